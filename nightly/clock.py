"""Is it the night that it is said to be? History runs forward only, so one night that a wrong clock or a slip of
`--date` set far ahead would keep all true ones out until that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from catalog.layout import Var, today_wib
from catalog.records import RunReport
from nightly.errors import UserError
from nightly.journal import Journal, runs
from nightly.publish import read_build

LONGEST_GAP = dt.timedelta(days=400)
DAY = dt.timedelta(days=1)


class WrongClock(UserError):
    """The night is not the one that it is said to be; nothing was changed."""


def check_order(var: Var, public: Path, night: dt.date, *, explicit: bool) -> None:
    """A clock that jumped must not write a night before the last one, or far after it."""
    begun = [Journal(var, name) for name in runs(var)]
    nights = [journal.night for journal in begun if journal.changed_anything] + [_published(public)]
    last = max((day for day in nights if day), default=None)
    if last is None:
        return
    if night < last:
        raise UserError(
            f"the night {night} is before the last one, {last}: set this machine's clock, or give --date "
            "(history only runs forward; use another --var folder to look back)"
        )
    if night - last > LONGEST_GAP and not explicit:
        raise UserError(f"the last night was {last}, more than a year ago: if the clock is right, give --date {night}")


def check_not_ahead(night: dt.date) -> None:
    """WrongClock for a night that this machine's own clock has not reached. Replicas may have any date."""
    if night > today_wib() + DAY:
        raise WrongClock(f"the night {night} has not come: today is {today_wib()}; give another --date, or none")


def check_servers(night: dt.date, run: str, reports: Iterable[RunReport]) -> None:
    """WrongClock when none of the platforms asked agrees with the clock of the machine that asked them, and the night
    is that clock's. One platform alone is not believed: it may be the one that is wrong."""
    real = {report.platform: report for report in reports if report.server_time and not report.sample}
    times = {name: (_moment(report.server_time), _moment(report.started)) for name, report in real.items()}
    told = {name: (there, here) for name, (there, here) in times.items() if there and here}
    if len(told) < 2 or any(abs(there - here) <= DAY for there, here in told.values()):
        return
    now = max(today_wib(there) for there, _ in told.values())
    if abs(night - now) <= DAY:
        return
    raise WrongClock(
        f"the clock of the machine that crawled is wrong: {', '.join(sorted(told))} say that it is {now}, the night"
        f" would be {night}; set it, then take what was crawled with --run {run} --date {now}"
    )


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _published(public: Path) -> dt.date | None:
    build = read_build(public)
    try:
        return dt.date.fromisoformat(str(build["night"])) if build and not build.get("sample") else None
    except (KeyError, ValueError):
        return None
