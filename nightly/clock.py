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
    for journal in begun:  # a wrong clock's crawl that was cut off: else --from and --resume take it for the last night
        if journal.night and journal.night > max(night, today_wib() + DAY) and not journal.changed_anything:
            journal.withdraw()
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
        raise WrongClock(
            f"the night {night} has not come: today is {today_wib()}; give another --date, or set the clock"
        )


def check_servers(night: dt.date, run: str, reports: Iterable[RunReport]) -> None:
    """WrongClock when none of the platforms asked agrees with the clock of the machine that asked them, nor with the
    night. One platform alone is not believed: it may be the one that is wrong."""
    told = {report.platform: times for report in reports if not report.sample and (times := _times(report))}
    if len(told) < 2 or any(abs(there - here) <= DAY for there, here in told.values()):
        return
    days = sorted(today_wib(there) for there, _ in told.values())
    usual = days[len(days) // 2]
    if any(abs(night - day) <= DAY for day in days):
        return
    raise WrongClock(
        f"the clock of the machine that crawled is wrong: for {', '.join(sorted(told))} it is {usual}, the night would"
        f" be {night}; set it, then take what was crawled with --run {run} --date {usual}"
    )


def _times(report: RunReport) -> tuple[dt.datetime, dt.datetime] | None:
    """What time it was when the run began, for the platform and for the machine that asked; None where not both say."""
    try:
        there, here = (dt.datetime.fromisoformat(text or "") for text in (report.server_time, report.started))
        there, here = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC) for moment in (there, here))
        today_wib(there)
    except (ValueError, OverflowError):
        return None
    return there, here


def _published(public: Path) -> dt.date | None:
    build = read_build(public)
    try:
        return dt.date.fromisoformat(str(build["night"])) if build and not build.get("sample") else None
    except (KeyError, ValueError):
        return None
