"""Nights on empty machines: with the past fetched from the published site, 30 of them equal 30 nights on one disk."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from catalog import export_parts, export_state, export_tables
from catalog.build import build_catalog
from catalog.export import export_data
from catalog.history import History
from catalog.layout import Var
from catalog.records import RunReport
from nightly.bootstrap import fetch_past
from nightly.cli import run as banding
from nightly.options import known_specs
from nightly.report import SilentProgress
from tests.factories import make_listing
from tests.nightly.chaos import tree

FIRST = dt.date(2020, 7, 1)
PLATFORMS = ("tokopedia", "pintaria")
COURSES = 30
# What stands behind the sign at which kept texts are cut must still be read on every night.
ENDS = ("", " Mengacu pada SKKNI Nomor 305 Tahun 2016.", " Tidak berlaku untuk Kartu Prakerja.")


def crawl(var: Var, night: dt.date, seed: int) -> str:
    """A night's crawl: prices move, courses come and go, one platform fails now and then."""
    dice = random.Random(f"{seed} {night}")
    run = night.isoformat()
    for platform in PLATFORMS:
        folder = var.run_dir(run, platform)
        folder.mkdir(parents=True)
        failed = dice.random() < 0.15
        chosen = [n for n in range(COURSES) if (n + night.day) % 11 or n % 3]
        lines = []
        for number in chosen[: 3 if failed else None]:
            price = 100_000 + 1_000 * number + 5_000 * ((night.toordinal() + number) // 9 % 4)
            listing = make_listing(
                platform=platform,
                native_id=str(number),
                url=None,
                title=f"Kelas Menjahit Kebaya {number} untuk Pemula",
                provider=f"LKP Contoh {number % 7}",
                price=f"Rp{price:,}".replace(",", "."),
                text=f"Uraian nomor {number // 3} tentang kebaya. " * 60 + ENDS[number % 3],
                eligible="unknown",
                fetched_at=f"{night}T02:{dice.randrange(60):02}:00+07:00",
            )
            lines.append(listing.model_dump_json(exclude_defaults=True) + "\n")
        (folder / "listings.jsonl").write_text("".join(lines), encoding="utf-8")
        report = RunReport(
            platform=platform,
            run=run,
            started=f"{night}T02:00:00+07:00",
            finished=f"{night}T02:30:00+07:00",
            finish_reason="challenge" if failed else "finished",
            declared=len(chosen),
            declared_method="pager_total",
            declared_scope="prakerja",
            received=len(lines),
            night=night.isoformat(),
        )
        (folder / "report.json").write_text(report.model_dump_json(), encoding="utf-8")
    return run


def one_night(var: Var, night: dt.date, out: Path, seed: int) -> None:
    run = crawl(var, night, seed)
    specs = {name: spec for name, spec in known_specs().items() if name in PLATFORMS}
    build_catalog(var, specs, night, run, origins=set(PLATFORMS), sample=False)
    export_data(var, out / "data", build=f"b{night:%Y%m%d}", night=night, sample=False)


@pytest.mark.parametrize("seed", [1])
def test_thirty_stateless_nights_equal_thirty_on_one_disk(
    seed: int, site: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_state, "WHOLE_UP_TO", 4_000)  # bases and deltas although the files are small
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 10)  # and the form of a large catalog
    monkeypatch.setattr(export_tables, "WHOLE_ROWS", 10)
    published, address = site
    disk = Var(tmp_path / "disk")
    nights: Counter[bool] = Counter()
    bases: set[str] = set()
    snapshots: Counter[str] = Counter()
    for number in range(30):
        night = FIRST + dt.timedelta(days=number)
        one_night(disk, night, tmp_path / "whole", seed)
        empty = Var(tmp_path / f"machine{number}")
        if number:
            fetch_past(address, empty, SilentProgress())
        one_night(empty, night, published, seed)
        here, there = tree(tmp_path / "whole/data"), tree(published / "data")
        coverage = json.loads((published / "data/coverage.json").read_text())
        bases.update(path.name for path in (published / "data/state").glob("*.base.gz"))
        snapshots[min(path.name for path in (published / "data/tables/courses").glob("2020-*"))] += 1
        nights[any(row["reasons"] for row in coverage["platforms"])] += 1
        assert there == here, night  # every byte, the state for the next night included
        assert History(empty).all() == History(disk).all()
        shutil.rmtree(empty.root)
    assert min(nights.values()) >= 3  # both kinds of nights came
    assert 5 < len(bases) < 5 * 30  # bases were renewed, but not every night
    assert 5 < len(snapshots) < 30 and max(snapshots.values()) > 1  # so were snapshots of tables
    assert len(History(disk).all()) == len(PLATFORMS) * COURSES
    assert max(len(intervals) for intervals in History(disk).all().values()) >= 3


def test_a_machine_with_a_past_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "lastgood").mkdir()
    (tmp_path / "lastgood/tokopedia.meta.json").write_text("{}", encoding="utf-8")
    fetch_past("http://127.0.0.1:9/", Var(tmp_path), SilentProgress())


def test_a_machine_with_a_past_gets_back_a_lost_price_history(site: tuple[Path, str], tmp_path: Path) -> None:
    published, address = site
    var = Var(tmp_path / "var")
    for number in range(3):
        one_night(var, FIRST + dt.timedelta(days=number), published, 1)
    before = tree(var.root)
    known = History(var).all()
    shutil.rmtree(var.history)
    one_night(Var(tmp_path / "var"), FIRST + dt.timedelta(days=3), tmp_path / "out", 1)  # the history begins anew
    assert History(var).all() != known
    after = tree(var.lastgood) | tree(var.state)
    assert banding(["history", "bootstrap", address, "--var", str(var.root), "--log", "plain"]) == 0
    assert tree(var.lastgood) | tree(var.state) == after != before
    for offer, intervals in known.items():
        assert History(var).all()[offer][: len(intervals) - 1] == intervals[:-1], offer
    assert sorted(History(var).nights()["tokopedia"])[0] == FIRST


def test_a_real_price_history_takes_in_no_invented_one(site: tuple[Path, str], tmp_path: Path, capsys: Any) -> None:
    published, address = site
    var = Var(tmp_path / "var")
    one_night(var, FIRST, published, 1)
    manifest = published / "data/state/manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"sample": True}), encoding="utf-8")
    before = tree(var.root)
    assert banding(["history", "bootstrap", address, "--var", str(var.root), "--log", "plain"]) == 1
    assert "sample data" in capsys.readouterr().err
    assert {name: mark for name, mark in tree(var.root).items() if name != "lock"} == before


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        ("nothing there", "status 404"),
        ("cut", "not what the manifest says"),
        ("elsewhere", "no file of state"),
        ("no json", "state/manifest.json"),
    ],
)
def test_a_past_that_can_not_be_trusted_stops_the_night(
    spoil: str, word: str, site: tuple[Path, str], tmp_path: Path, capsys: Any
) -> None:
    published, address = site
    one_night(Var(tmp_path / "first"), FIRST, published, 1)
    state = published / "data/state"
    if spoil == "nothing there":
        shutil.rmtree(state)
    elif spoil == "no json":
        (state / "manifest.json").write_text("<html>", encoding="utf-8")
    else:
        manifest = json.loads((state / "manifest.json").read_text(encoding="utf-8"))
        if spoil == "cut":
            path = state / manifest["files"][0]["path"]
            path.write_bytes(path.read_bytes()[:-9])
        else:
            manifest["files"][0]["as"] = "../../escaped"
            (state / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    var = tmp_path / "var"
    words = ["nightly", "--bootstrap", address, "--var", str(var), "--public", str(tmp_path / "public")]
    assert banding([*words, "--log", "plain"]) == 1
    assert word in capsys.readouterr().err
    assert [p for p in var.rglob("*") if p.is_file() and p.name != "lock"] == []
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "public").exists()


def test_half_a_past_is_fetched_again_and_never_built_upon(
    site: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    published, address = site
    one_night(Var(tmp_path / "first"), FIRST, published, 1)
    var = Var(tmp_path / "var")
    with monkeypatch.context() as patch:
        patch.setattr("catalog.bootstrap._merge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        assert banding(["history", "bootstrap", address, "--var", str(var.root)]) == 130
    assert list(var.lastgood.glob("*.meta.json"))
    words = ["--var", str(var.root), "--public", str(tmp_path / "public")]
    for command in (["nightly", "--log", "plain"], ["catalog"], ["site"]):
        assert banding([*command, *words]) == 1
        assert "fetched only in part: run again with --bootstrap" in capsys.readouterr().err
    assert not (tmp_path / "public").exists()
    assert banding(["history", "bootstrap", address, "--var", str(var.root)]) == 0
    assert History(var).all() == History(Var(tmp_path / "first")).all() != {}
