"""The journal of a night, names of runs, and which runs are kept."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from catalog.layout import Var
from nightly.journal import Journal, new_run, run_key, runs
from nightly.retention import prune

NIGHT = dt.date(2020, 7, 15)


def test_what_was_done_with_which_inputs(tmp_path: Path) -> None:
    journal = Journal(Var(tmp_path), "r")
    assert (journal.done_with("crawl"), journal.finished, journal.settings()) == (None, False, {})
    journal.write("night", "started", settings={"night": "2020-07-15"})
    journal.write("crawl", "started", inputs="a")
    assert journal.done_with("crawl") is None
    journal.write("crawl", "done", inputs="a")
    journal.write("publish", "done", inputs="b")
    assert (journal.done_with("crawl"), journal.finished) == ("a", True)
    journal.write("crawl", "started", inputs="a")
    assert journal.done_with("crawl") is None  # begun again and not ended
    assert journal.settings() == {"night": "2020-07-15"}


def test_a_cut_line_is_ignored_and_closed(tmp_path: Path) -> None:
    journal = Journal(Var(tmp_path), "r")
    journal.write("crawl", "done", inputs="a")
    with journal.path.open("ab") as out:
        out.write(b'{"stage": "cat')
    journal.write("catalog", "done", inputs="b")
    assert [event["stage"] for event in journal.events()] == ["crawl", "catalog"]


def test_names_of_runs_sort_and_never_repeat(tmp_path: Path) -> None:
    var = Var(tmp_path)
    names = []
    for _ in range(12):
        names.append(new_run(var, NIGHT))
        Journal(var, names[-1]).write("night", "started")
    assert names[:3] == ["2020-07-15", "2020-07-15.2", "2020-07-15.3"]
    (var.runs / "2020-07-15-tokopedia/tokopedia").mkdir(parents=True)  # one platform alone is no night
    assert new_run(var, NIGHT) == "2020-07-15.13"
    mixed = [*names, "2020-07-16", "2020-07-09.2"]
    random.Random(1).shuffle(mixed)
    assert sorted(mixed, key=run_key) == ["2020-07-09.2", *names, "2020-07-16"]
    assert runs(var) == names
    assert runs(Var(tmp_path / "none")) == []


def test_runs_with_names_of_their_own_stand_where_their_night_does(tmp_path: Path) -> None:
    """A merged run, whose name may serve every night, is not for ever the last one."""
    var = Var(tmp_path)
    for run, night in (("merged", "2020-07-15"), ("2020-07-16", "2020-07-16"), ("2020-07-17", "2020-07-17")):
        Journal(var, run).write("night", "started", settings={"night": night})
    assert runs(var) == ["merged", "2020-07-16", "2020-07-17"]
    assert prune(var, keep=2, spare="2020-07-17") == ["merged"]
    Journal(var, "2020-07-17").write("publish", "done")
    merged = Journal(var, "merged")
    for night in ("2020-07-15", "2020-07-18"):
        assert not merged.finished
        merged.write("night", "started", settings={"night": night}, stages=["catalog", "publish"])
        merged.write("catalog", "done")
        assert not merged.finished
        merged.write("publish", "done")
        assert (merged.finished, merged.night, merged.stages) == (
            True,
            dt.date.fromisoformat(night),
            ["catalog", "publish"],
        )
        merged.write("night", "started", settings={"night": night})
    assert runs(var) == ["2020-07-16", "2020-07-17", "merged"]


def test_a_journal_that_says_nothing_is_the_oldest(tmp_path: Path) -> None:
    var = Var(tmp_path)
    Journal(var, "2020-07-16").write("night", "started", settings={"night": "2020-07-16"})
    for run, text in (
        ("empty", ""),
        ("strange", '{"stage": "night", "state": "started", "settings": {"night": 5}}\n'),
        (
            "stranger",
            '{"stage": "night", "state": "started", "settings": 5, "stages": 5}\n',
        ),
    ):
        (var.runs / run).mkdir()
        (var.runs / run / "journal.jsonl").write_text(text, encoding="utf-8")
        assert (Journal(var, run).night, Journal(var, run).finished) == (None, False)
    assert runs(var)[-1] == "2020-07-16"


def test_old_runs_go_and_the_newest_stay(tmp_path: Path) -> None:
    var = Var(tmp_path)
    for day in range(1, 8):
        Journal(var, f"2020-07-0{day}").write("night", "started")
        (var.runs / f"2020-07-0{day}-tokopedia").mkdir()
    gone = prune(var, keep=3, spare="2020-07-01")
    assert runs(var) == ["2020-07-01", "2020-07-05", "2020-07-06", "2020-07-07"]
    assert len(gone) == 7
    assert prune(var, keep=0, spare="") == []
    assert prune(Var(tmp_path / "none"), keep=3, spare="") == []
