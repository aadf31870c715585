"""Nights that are not what they are said to be: refused before anything is changed, and no true night pays for it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from catalog.history import History
from catalog.layout import Var, today_wib
from catalog.records import RunReport
from nightly.cli import run as banding
from nightly.clock import WrongClock, check_not_ahead, check_order, check_servers
from nightly.errors import UserError
from nightly.job import is_sample
from nightly.journal import Journal, runs
from tests.nightly.chaos import read_json, whole
from tests.nightly.test_job import prepare, words

NIGHT = dt.date(2020, 7, 15)
LOCAL = "2020-07-15T02:00:00+07:00"
GOOD = (0, 3)  # published; few real listings raise an alarm
A_MONTH_AGO = "2020-06-14T19:00:10+00:00"  # 15 June in Indonesia


def report(platform: str, server_time: str | None, *, started: str = LOCAL, sample: bool = False) -> RunReport:
    return RunReport(
        platform=platform, run="r", started=started, finished=started, finish_reason="finished", sample=sample,
        server_time=server_time,
    )  # fmt: skip


def night_of(public: Path) -> str:
    whole(public)
    return str(read_json(public / "build.json")["night"])


def test_a_clock_that_no_server_agrees_with_is_wrong() -> None:
    reports = [report("tokopedia", A_MONTH_AGO), report("pintaria", A_MONTH_AGO), report("sisnaker", None)]
    with pytest.raises(WrongClock, match=r"pintaria, tokopedia it is 2020-06-15.*--run r --date 2020-06-15"):
        check_servers(NIGHT, "r", reports)
    check_servers(dt.date(2020, 6, 15), "r", reports)  # the night was given
    check_servers(dt.date(2020, 6, 14), "r", reports)  # crawled past midnight
    ahead = report("sisnaker", "2020-12-25T00:00:00+00:00")  # and a server that is wrong itself stops no true date
    check_servers(dt.date(2020, 6, 15), "r", [*reports, ahead])
    with pytest.raises(WrongClock, match="--date 2020-06-15"):
        check_servers(NIGHT, "r", [*reports, ahead])
    back = [report(platform, "2020-08-15T00:00:00+00:00") for platform in ("tokopedia", "pintaria")]
    with pytest.raises(WrongClock, match="2020-08-15"):
        check_servers(NIGHT, "r", back)


@pytest.mark.parametrize(
    "reports",
    [
        [],
        [report("tokopedia", A_MONTH_AGO)],  # it may be the one that is wrong
        [report("tokopedia", A_MONTH_AGO), report("pintaria", "2020-07-14T18:00:00+00:00")],
        [report("tokopedia", A_MONTH_AGO, sample=True), report("pintaria", A_MONTH_AGO, sample=True)],
        [report("tokopedia", "soon"), report("pintaria", A_MONTH_AGO)],
        [report("tokopedia", "9999-12-31T23:59:59+00:00"), report("pintaria", A_MONTH_AGO)],
        [report("tokopedia", A_MONTH_AGO, started=""), report("pintaria", A_MONTH_AGO, started="?")],
    ],
)
def test_clocks_that_are_believed(reports: list[RunReport]) -> None:
    check_servers(NIGHT, "r", reports)


def test_times_without_a_zone_are_utc() -> None:
    check_servers(
        NIGHT,
        "r",
        [report(p, "2020-07-15T00:00:00", started="2020-07-15T00:00:00+00:00") for p in ("tokopedia", "pintaria")],
    )


def test_a_night_that_has_not_come() -> None:
    check_not_ahead(today_wib() + dt.timedelta(days=1))
    with pytest.raises(WrongClock, match="has not come"):
        check_not_ahead(today_wib() + dt.timedelta(days=2))


def test_a_run_that_changed_nothing_keeps_no_night_out(tmp_path: Path) -> None:
    var, public = Var(tmp_path / "var"), tmp_path / "public"
    check_order(var, public, NIGHT, explicit=False)  # nothing there yet
    ahead = NIGHT + dt.timedelta(days=30)
    journal = Journal(var, ahead.isoformat())
    journal.write("night", "started", settings={"night": ahead.isoformat()}, stages=["crawl", "catalog"])
    journal.write("crawl", "started")
    check_order(var, public, NIGHT, explicit=False)
    assert runs(var) == [ahead.isoformat()]  # a day that has come: `--resume` may go on with it
    journal.write("catalog", "started")
    with pytest.raises(UserError, match="only runs forward"):
        check_order(var, public, NIGHT, explicit=False)


def test_a_crawl_of_a_day_that_has_not_come_is_put_aside_by_the_next_true_night(tmp_path: Path) -> None:
    """A wrong clock, noticed while it crawled."""
    var, ahead = Var(tmp_path / "var"), (today_wib() + dt.timedelta(days=30)).isoformat()
    Journal(var, ahead).write("night", "started", settings={"night": ahead}, stages=["crawl", "catalog"])
    check_order(var, tmp_path / "public", dt.date.fromisoformat(ahead), explicit=False)
    assert runs(var) == [ahead]  # itself it may go on
    check_order(var, tmp_path / "public", today_wib(), explicit=False)
    assert runs(var) == []


@pytest.mark.e2e
def test_a_slip_of_the_date_leaves_nothing_behind(tmp_path: Path, capsys: Any) -> None:
    prepare(tmp_path, NIGHT, sample=False)
    ahead = (today_wib() + dt.timedelta(days=40)).isoformat()
    assert banding(words(tmp_path, "--run", NIGHT.isoformat(), "--date", ahead)) == 1
    assert "has not come" in capsys.readouterr().err
    assert runs(Var(tmp_path / "var")) == []
    assert banding(words(tmp_path, "--run", NIGHT.isoformat())) in GOOD
    assert not is_sample(Var(tmp_path / "var"))
    assert night_of(tmp_path / "public") == "2020-07-15"


@pytest.mark.e2e
def test_what_a_wrong_clock_crawled_is_taken_under_its_true_date(tmp_path: Path, capsys: Any) -> None:
    prepare(tmp_path, NIGHT, sample=False)
    folder = tmp_path / "var/runs" / NIGHT.isoformat()
    for path in folder.glob("*/report.json"):
        path.write_text(json.dumps(read_json(path) | {"started": LOCAL, "server_time": A_MONTH_AGO}), encoding="utf-8")
    assert banding(words(tmp_path, "--run", NIGHT.isoformat())) == 1
    told = capsys.readouterr().err
    assert "--run 2020-07-15 --date 2020-06-15" in told
    assert not (tmp_path / "public").exists()
    assert runs(Var(tmp_path / "var")) == []
    assert banding(words(tmp_path, "--run", NIGHT.isoformat(), "--date", "2020-06-15")) in GOOD
    assert night_of(tmp_path / "public") == "2020-06-15"
    assert banding(words(tmp_path, "--run", NIGHT.isoformat())) == 1
    assert runs(Var(tmp_path / "var")) == [NIGHT.isoformat()]  # the night that was published stays the last one
    var, public = ["--var", str(tmp_path / "var")], ["--public", str(tmp_path / "public")]
    assert banding(["accept", "pintaria", NIGHT.isoformat(), "--reason", "seen", *var]) == 0
    assert read_json(tmp_path / "var/lastgood/pintaria.meta.json")["night"] == "2020-06-15"
    capsys.readouterr()
    assert banding(["site", "--date", "2020-05-01", *var, *public]) == 1
    assert "is before the last one" in capsys.readouterr().err
    prepare(tmp_path, dt.date(2020, 6, 16), sample=False)  # and the nights go on
    assert banding(words(tmp_path, "--run", "2020-06-16")) in GOOD


@pytest.mark.e2e
def test_the_runbooks_way_back_from_a_night_that_was_published_far_ahead(
    site: tuple[Path, str], tmp_path: Path, capsys: Any
) -> None:
    public, address = site
    next_night, ahead = NIGHT + dt.timedelta(days=1), NIGHT + dt.timedelta(days=90)

    def nightly(night: dt.date, *more: str) -> int:
        prepare(tmp_path, night, sample=False)
        return banding([*words(tmp_path, "--run", night.isoformat(), *more), "--public", str(public)])

    assert nightly(NIGHT) in GOOD and nightly(ahead) in GOOD
    assert nightly(next_night) == 1
    assert "is before the last one, 2020-10-13" in capsys.readouterr().err
    assert banding(["rollback", "--var", str(tmp_path / "var"), "--public", str(public)]) == 0
    (tmp_path / "var").rename(tmp_path / "aside")
    assert nightly(next_night, "--bootstrap", address) in GOOD
    assert night_of(public) == "2020-07-16"
    assert sorted(History(Var(tmp_path / "var")).nights()["pintaria"]) == [NIGHT, next_night]
