"""Nights from crawls that lie ready: published whole or not at all, resumed, repeated, rolled back."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.layout import Var
from nightly import job as jobs
from nightly import processes, verify
from nightly.cli import run as banding
from nightly.deploy import is_immutable
from nightly.job import Job, Night, is_sample, read_report, verdicts
from nightly.journal import Journal, runs
from nightly.options import known_specs
from nightly.report import SilentProgress, coverage_rows
from tests.nightly.chaos import read_json, tree, whole
from tests.nightly.test_stateless import PLATFORMS, crawl

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("job")]
NIGHT = dt.date(2020, 7, 15)


def words(place: Path, *more: str) -> list[str]:
    only = [word for platform in PLATFORMS for word in ("--only", platform)]
    where = ["--var", str(place / "var"), "--public", str(place / "public"), "--log", "plain"]
    return ["nightly", *where, *only, *more]


def prepare(place: Path, night: dt.date, *, sample: bool = True) -> None:
    crawl(Var(place / "var"), night, 3)
    for path in (place / "var/runs" / night.isoformat()).glob("*/report.json"):
        report = read_json(path) | {"sample": sample}
        path.write_text(json.dumps(report), encoding="utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place with one published night."""
    place = tmp_path_factory.mktemp("job")
    prepare(place, NIGHT)
    assert banding(words(place, "--run", NIGHT.isoformat())) == 0
    yield place


@pytest.mark.parametrize(("sample", "told"), [(True, "the published one is used"), (False, "the history begins anew")])
def test_a_damaged_history_is_told_and_that_of_the_site_is_used(
    sample: bool, told: str, first: Path, tmp_path: Path, capsys: Any
) -> None:
    """Of a site of sample data only in a past of sample data, and the other way round."""
    place = tmp_path / "place"
    shutil.copytree(first, place)
    history = place / "var/history/intervals.parquet"
    whole_file = history.read_bytes()
    history.write_bytes(whole_file[:100])
    build = place / "public/build.json"
    build.write_text(json.dumps(read_json(build) | {"sample": sample}), encoding="utf-8")
    assert banding(["catalog", "--var", str(place / "var"), "--public", str(place / "public")]) in (0, 3)
    assert told in capsys.readouterr().err
    assert history.read_bytes() == whole_file  # after one night the same either way


def test_a_crawled_run_becomes_a_whole_site(first: Path) -> None:
    build = whole(first / "public")
    assert read_json(first / "public/build.json") == {
        "build": build,
        "night": "2020-07-15",
        "sample": True,
        "base": "/",
    }
    assert is_sample(Var(first / "var"))
    journal = Journal(Var(first / "var"), "2020-07-15")
    assert journal.finished
    done = [event["stage"] for event in journal.events() if event["state"] == "done"]
    assert done == ["catalog", "index", "site", "data", "verify", "publish"]


def test_the_sites_own_cache_rules_name_the_same_files(first: Path) -> None:
    path, promised = "", set()
    for line in (first / "public/_headers").read_text(encoding="utf-8").splitlines():
        path = line if line.startswith("/") else path
        if "immutable" in line:
            promised.add(path.strip("/*"))
    assert promised
    files = [p.relative_to(first / "public").as_posix() for p in (first / "public").rglob("*") if p.is_file()]
    assert {n for n in files if is_immutable(n)} == {n for n in files if n.split("/")[0] in promised}


def test_equal_input_gives_equal_bytes_on_another_machine(first: Path, tmp_path: Path) -> None:
    prepare(tmp_path, NIGHT)
    assert banding(words(tmp_path, "--run", NIGHT.isoformat())) == 0
    assert tree(tmp_path / "public") == tree(first / "public")


def test_a_build_that_fails_its_checks_is_not_published(
    first: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    before = tree(first / "public")
    real = Job._run

    def run(self: Job, stage: str, args: Any, *, answers: bool = True) -> Any:
        if stage == "verify":
            (Path(args["out"]) / "pelatihan/index.html").unlink()
        return real(self, stage, args, answers=answers)

    monkeypatch.setattr(Job, "_run", run)
    assert banding(words(first, "--from", "site")) == 1
    err = capsys.readouterr().err
    assert "pelatihan/index.html is missing" in err
    assert "the site is as it was" in err.splitlines()[-1]
    assert tree(first / "public") == before
    assert not [path for path in first.iterdir() if path.name.startswith("public.new")]


def test_a_stage_run_again_builds_for_the_same_address(first: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    shutil.copytree(first, place)
    asked = ["--base", "/repo/", "--url", "https://contoh.id/repo/", "--links", "file"]
    assert banding(words(place, "--from", "site", *asked)) == 0
    before = tree(place / "public")
    assert read_json(place / "public/build.json")["base"] == "/repo/"
    where = ["--var", str(place / "var"), "--public", str(place / "public")]
    assert banding(["catalog", *where]) in (0, 3)  # a stage alone forgets nothing either
    assert banding(words(place, "--from", "site")) == 0
    assert tree(place / "public") == before
    assert banding(["site", *where, "--base", "/", "--url", "", "--links", "folder"]) == 0
    assert tree(place / "public") == tree(first / "public")


@pytest.mark.parametrize("stage", ["data", "verify", "publish"])
def test_a_late_stage_begins_with_the_site(stage: str, first: Path, capsys: Any) -> None:
    before = tree(first / "public")
    assert banding(words(first, "--from", stage)) == 0
    said = capsys.readouterr()
    assert "this begins with site" in said.err
    total = read_json(first / "public/data/coverage.json")["totals"]
    assert total["courses"] > 0
    assert f"({total['courses']} courses, {total['offers']} offers)" in said.out
    assert tree(first / "public") == before


def test_a_stage_that_fails_names_its_log(first: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("BANDING_SPECS", str(first / "none"))
    assert banding(words(first, "--from", "catalog")) == 1
    assert "no platform spec" in capsys.readouterr().err


def test_a_broken_catalog_is_told_whole_and_changes_nothing(first: Path, tmp_path: Path, capsys: Any) -> None:
    place = tmp_path / "broken"
    shutil.copytree(first, place, symlinks=True)
    before = tree(place / "public")
    (place / "var/catalog/courses.jsonl").write_text('{"id": "x"\n', encoding="utf-8")
    assert banding(words(place, "--from", "site")) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "courses.jsonl: course 1: " in said
    assert "run `banding catalog` again" in said
    assert tree(place / "public") == before


def test_resume_takes_what_was_done_with_the_same_inputs(
    first: Path, dead: int, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    night = NIGHT + dt.timedelta(days=1)
    prepare(first, night)
    monkeypatch.setattr(Job, "site", lambda self: (_ for _ in ()).throw(KeyboardInterrupt()))
    assert banding(words(first, "--run", night.isoformat())) == 130
    monkeypatch.undo()
    halves = [
        f"{night.isoformat()}/.catalog.json.{dead}.tmp",
        f"{NIGHT.isoformat()}/pijarmahir/.report.json.{dead}.tmp",
    ]
    alone = first / f"var/runs/alone/pijarmahir/.report.json.{dead}.tmp"  # perhaps of another machine
    for half in (alone, *(first / "var/runs" / name for name in halves)):
        half.parent.mkdir(parents=True, exist_ok=True)
        half.touch()
    capsys.readouterr()
    assert banding(words(first, "--resume")) in (0, 3)
    err = capsys.readouterr().err
    assert "catalog: skipped" in err
    assert "index: skipped" in err
    left = [name for name in halves if (first / "var/runs" / name).exists()]
    assert not left, "what killed nights were writing is swept"
    assert alone.exists()
    shutil.rmtree(first / "var/runs/alone")
    assert read_json(first / "public/build.json")["night"] == night.isoformat()
    assert banding(words(first, "--resume")) == 1
    assert "nothing to resume" in capsys.readouterr().err
    assert banding(["rollback", "--public", str(first / "public"), "--var", str(first / "var")]) == 0
    assert read_json(first / "public/build.json")["night"] == NIGHT.isoformat()
    assert banding(["rollback", "--public", str(first / "public"), "--var", str(first / "var")]) == 0
    assert read_json(first / "public/build.json")["night"] == night.isoformat()
    whole(first / "public")


def test_a_merged_run_is_gone_on_with_where_it_began(first: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Its platforms were crawled elsewhere: to crawl those that failed there anew would be another night."""
    night = NIGHT + dt.timedelta(days=2)
    prepare(first, night)
    (first / "var/runs" / night.isoformat()).rename(first / "var/runs/merged")
    monkeypatch.setattr(Job, "site", lambda self: (_ for _ in ()).throw(KeyboardInterrupt()))
    assert banding(words(first, "--run", "merged")) == 130
    monkeypatch.undo()
    monkeypatch.setattr(Job, "crawl", lambda self, *, resume: pytest.fail("crawled again"))
    capsys.readouterr()
    assert banding(words(first, "--resume")) in (0, 3)
    assert "catalog: skipped" in capsys.readouterr().err
    assert read_json(first / "public/build.json")["night"] == night.isoformat()
    assert banding(words(first, "--resume")) == 1


@pytest.mark.parametrize(
    ("asked", "origins", "width"),
    [
        (0, {}, 0),
        (0, {"tokopedia": "http://127.0.0.1:8001"}, 0),
        (0, dict.fromkeys(PLATFORMS, "http://127.0.0.1:8001"), 3),
        (7, dict.fromkeys(PLATFORMS, "http://127.0.0.1:8001"), 7),
    ],
)
def test_replicas_get_a_core_each_and_real_platforms_wait_side_by_side(
    asked: int, origins: dict[str, str], width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(jobs.os, "cpu_count", lambda: 3)
    monkeypatch.setenv("BANDING_CONTACT", "test@contoh.id")
    monkeypatch.setattr(processes, "run_all", lambda tasks, *, jobs, **_: seen.append(jobs) or {})
    night = Night(Var(tmp_path), tmp_path / "public", NIGHT, "r", PLATFORMS, origins, jobs=asked)
    Job(night, known_specs(), SilentProgress(), 0).crawl(resume=False)
    assert seen == [width]


def test_history_runs_forward_only(first: Path, capsys: Any) -> None:
    assert banding(words(first, "--date", "2020-07-01", "--from", "catalog")) == 1
    assert "history only runs forward" in capsys.readouterr().err
    assert banding(words(first)) == 1  # today is years later: that is no clock to trust unasked
    assert "more than a year ago" in capsys.readouterr().err


def test_a_dry_run_changes_nothing(tmp_path: Path, capsys: Any) -> None:
    assert banding(words(tmp_path, "--dry-run", "--date", "2020-07-15")) == 0
    assert "tokopedia: its own address" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        (["--run", "nichts"], "holds no report"),
        (["--run", "../x"], "name of a folder"),
        (["--resume"], "nothing to resume"),
        (["--from", "publish"], "run `banding catalog` first"),
    ],
)
def test_nights_that_can_not_begin(more: list[str], hint: str, tmp_path: Path, capsys: Any) -> None:
    assert banding(words(tmp_path, *more)) in (1, 2)
    assert hint in capsys.readouterr().err


def test_a_wrong_number_of_pages_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("BANDING_PAGES", "few")
    prepare(tmp_path, NIGHT)
    assert banding(words(tmp_path, "--run", NIGHT.isoformat())) == 2
    assert "BANDING_PAGES='few': use full" in capsys.readouterr().err
    assert not (tmp_path / "var/catalog").exists()


def test_a_crawl_that_dies_is_reported_and_held(tmp_path: Path) -> None:
    var = Var(tmp_path / "var")
    var.root.mkdir()
    night = Night(var, tmp_path / "public", NIGHT, "r", ("tokopedia",))
    job = Job(night, known_specs(), SilentProgress(), lock=0)
    outcome = processes.Outcome("tokopedia", -9, processes.Usage(), "over its time limit of 1 s")
    job._note_crawl("tokopedia", outcome)
    report = read_report(var, "r", "tokopedia")
    assert report is not None
    assert report.finish_reason == "over its time limit of 1 s"


def test_sample_stays_sample(tmp_path: Path) -> None:
    var = Var(tmp_path)
    assert not is_sample(var)
    jobs.mark_sample(var)
    assert is_sample(var)


def test_held_platforms_and_alarms_decide_the_exit_code() -> None:
    coverage = {
        "platforms": [
            {"platform": "a", "outcome": "held", "reasons": ["x", "y"]},
            {"platform": "b", "outcome": "not_run"},
            {"platform": "c", "outcome": "none_found"},
        ],
        "alarms": [{"id": "z"}],
    }
    assert verdicts(coverage) == (["a", "c"], ["z"])
    assert verdicts({}) == ([], [])
    assert coverage_rows(coverage)[0][-1] == "x (+1 more)"
    assert coverage_rows({}) == []


def test_runs_and_what_was_verified_are_remembered(first: Path) -> None:
    var = Var(first / "var")
    assert runs(var)[0] == "2020-07-15"
    assert (var.root / "site/last-build.json").exists()
    assert verify.catalog_courses(var, "2020-07-15")
