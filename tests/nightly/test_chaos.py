"""Kills, full disks, two nightlies at once, nights of random faults.

The dice follow BANDING_CHAOS_SEED and the part's number; BANDING_CHAOS=full (`make chaos`) runs all parts, else a
small share of one. A part stands alone, so a long suite can be run in slices: `make chaos ARGS="-k part03"`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nightly import job, nights
from nightly.cli import run as banding
from spiders.sandbox import serve
from tests.nightly.chaos import (
    FULL,
    PLATFORMS,
    SEED,
    catalog,
    history,
    night,
    offers,
    read_json,
    start,
    tree,
    whole,
    words,
)

pytestmark = [pytest.mark.chaos, pytest.mark.e2e, pytest.mark.xdist_group("chaos")]
COURSES = 40
FIRST = dt.date(2020, 7, 15)


def day(number: int) -> str:
    return (FIRST + dt.timedelta(days=number)).isoformat()


@contextlib.contextmanager
def replicas(seed: int = 1, faults: str | None = None) -> Iterator[serve.Sandbox]:
    with serve.start(COURSES, seed, FIRST, faults) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def quiet() -> Iterator[serve.Sandbox]:
    with replicas() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def troubled() -> Iterator[serve.Sandbox]:
    """The same courses with faults that one platform survives and that hold the other."""
    with replicas(faults="server-errors@tokopedia,repeated-page@pijarmahir") as sandbox:
        yield sandbox


# 300 kills and 100 nights in all of `make chaos`.
KILL_PARTS, KILLS = (30, 10) if FULL else (1, 20)
FAULT_PARTS, FAULT_NIGHTS = (10, 10) if FULL else (1, 3)


def parts(number: int) -> Any:
    return pytest.mark.parametrize("part", range(number), ids=[f"part{n:02}" for n in range(number)])


@parts(KILL_PARTS)
def test_killed_at_any_instant_public_is_one_whole_build_and_history_is_exact(
    part: int, quiet: serve.Sandbox, troubled: serve.Sandbox, tmp_path: Path
) -> None:
    """The same nights with and without kills end in the same history and the same site."""
    dice = random.Random(f"{SEED} kills {part}")
    kills, per_night = KILLS, KILLS // 2
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    killed = number = 0
    while killed < kills:
        sandbox = troubled if number % 2 else quiet
        codes = (0, 3)
        began = time.monotonic()
        night(words(sandbox.origins, calm, day(number)), codes)
        length = time.monotonic() - began
        arguments = words(sandbox.origins, wild, day(number))
        for _ in range(min(per_night, kills - killed)):
            process = start(arguments)
            time.sleep(dice.uniform(0.2, length))
            process.kill()
            process.communicate()
            killed += 1
            if number or (wild / "public").exists():
                whole(wild / "public")
        night(arguments, codes)  # the next run is clean, whatever was left behind
        whole(wild / "public")
        assert history(wild) == history(calm)
        assert catalog(wild) == catalog(calm)
        assert tree(wild / "public/pelatihan").keys() == tree(calm / "public/pelatihan").keys()
        number += 1
    left = {path.name for path in wild.iterdir()}
    assert left <= {"var", "public", "public.previous"}
    aside = {path.name for path in (wild / "var").rglob(".*") if path.suffix in (".tmp", ".new", ".aside")}
    assert not aside, "what killed writers left is swept"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 80 MB of our own; skips where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


STAGES = job.STAGES if FULL else ("catalog", "publish")


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="needs a file system of its own")
def test_a_full_disk_at_any_stage_leaves_the_site_as_it_was(
    quiet: serve.Sandbox, small_disk: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "FREE_MB", 0)
    assert banding(words(quiet.origins, small_disk, day(0))) == 0
    before, filler = tree(small_disk / "public"), small_disk / "filler"
    real = job.Job._stage
    for number, full_at in enumerate(STAGES, 1):

        def stage(self: job.Job, name: str, *, resume: bool, full_at: str = full_at) -> None:
            if name == full_at:
                with contextlib.suppress(OSError), filler.open("wb", buffering=0) as out:
                    while True:
                        out.write(bytes(1 << 16))
                with contextlib.suppress(OSError), filler.open("ab", buffering=0) as out:
                    while True:
                        out.write(b"x" * 512)
            real(self, name, resume=resume)

        monkeypatch.setattr(job.Job, "_stage", stage)
        code = banding(words(quiet.origins, small_disk, day(number)))
        said = capsys.readouterr().err.strip().splitlines()[-1]
        assert code in (0, 1), said  # a swap needs no space: then the night is published all the same
        if code:
            assert said.startswith("banding: ")
            assert tree(small_disk / "public") == before
        filler.unlink()
        monkeypatch.setattr(job.Job, "_stage", real)
        assert banding(words(quiet.origins, small_disk, day(number))) == 0
        capsys.readouterr()
        whole(small_disk / "public")
        before = tree(small_disk / "public")
    history(small_disk)


def test_too_little_space_is_said_before_anything_begins(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(nights, "FREE_MB", 10**9)
    assert banding(["nightly", "--var", str(tmp_path / "var"), "--public", str(tmp_path / "public")]) == 1
    assert "free some space" in capsys.readouterr().err


def test_of_two_nightlies_at_once_one_runs_and_the_other_says_who(quiet: serve.Sandbox, tmp_path: Path) -> None:
    arguments = words(quiet.origins, tmp_path, day(0))
    both = [start(arguments), start(arguments)]
    outs = [process.communicate(timeout=200)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    loser = outs[[process.returncode for process in both].index(1)]
    assert "in use by `banding nightly" in loser
    whole(tmp_path / "public")


@parts(FAULT_PARTS)
def test_nights_of_random_faults_lose_nothing_and_call_nothing_gone(part: int, tmp_path: Path) -> None:
    dice = random.Random(f"{SEED} faults {part}")
    faults = """
        server-errors rate-limit reset cut-json empty zero-rows challenge login-wall soft-404 no-jsonld redesign
        repeated-page total-high total-low charset hostile duplicate-ids price-types redirect-away shrink down
    """.split()  # noqa: SIM905
    with replicas() as sandbox:
        night(words(sandbox.origins, tmp_path, day(0)))
    known = offers(tmp_path / "public")
    assert len(known) > 10
    for number in range(1, FAULT_NIGHTS + 1):
        chosen = [f"{dice.choice(faults)}@{platform}" for platform in PLATFORMS if dice.random() < 0.8]
        with replicas(faults=",".join(chosen) or None) as sandbox:
            night(words(sandbox.origins, tmp_path, day(number)), (0, 3))
        public = tmp_path / "public"
        whole(public)
        there = offers(public)
        assert set(there) >= set(known), f"night {number} with {chosen} lost offers"
        ages = {
            row["platform"]: row.get("age_nights") or 0 for row in read_json(public / "data/coverage.json")["platforms"]
        }
        for offer in there.values():
            if ages[offer["platform"]] < 7 and offer["id"] in known:
                assert offer["status"] == "active", f"night {number} with {chosen}: {offer['id']} is {offer['status']}"
    history(tmp_path)


def test_a_replica_that_never_answers_costs_its_limit_and_not_the_night(tmp_path: Path) -> None:
    with replicas(faults="timeout@pijarmahir") as sandbox:
        began = time.monotonic()
        arguments = words(sandbox.origins, tmp_path, day(0), "--crawl-minutes", "0.4")
        out = night(arguments, (3,), BANDING_TIMEOUT="300")
    assert time.monotonic() - began < 150
    assert "over its time limit" in out
    whole(tmp_path / "public")
    rows = {row["platform"]: row for row in read_json(tmp_path / "public/data/coverage.json")["platforms"]}
    assert rows["tokopedia"]["outcome"] == "accepted"
    assert rows["pijarmahir"]["outcome"] == "held"
