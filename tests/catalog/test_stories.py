"""Months of nights drawn by lot: every story on its morning, nothing else, and lists that match the truth."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from catalog.alarms import AlarmsFile
from catalog.changes import Changes
from catalog.export import export_data
from catalog.figures import Coverage
from catalog.files import read_lines
from catalog.official import compare
from catalog.records import Course, Finding
from tests.catalog.nights import START, Nights, make_spec
from tests.catalog.stories import NIGHTS, Expected, Month, provider_of, title_of

SEEDS = range(1, 21) if os.environ.get("BANDING_CHAOS") == "full" else (1, 8)
PRICE_CHECKS = {"price_missing", "price_jump", "price_above_ceiling", "dearer_elsewhere", "price_gap"}


def live(folder: Path, seed: int) -> tuple[Month, Nights, Expected]:
    """Lives through the month; gives what the files said each morning."""
    month = Month(seed)
    nights, told = Nights(folder, month.specs()), Expected()
    for number in range(NIGHTS):
        if number == month.rename and not month.dated:
            nights.specs[month.renamed] = make_spec(month.renamed, name="Baru")
        runs, reports = month.runs(number)
        nights.night(number, runs, reports)
        listen(nights, number, told)
    return month, nights, told


def listen(nights: Nights, number: int, told: Expected) -> None:
    folder, night = nights.var.catalog, START + dt.timedelta(days=number)
    coverage = Coverage.model_validate_json((folder / "coverage.json").read_text())
    alarms = AlarmsFile.model_validate_json((folder / "alarms.json").read_text())
    changes = Changes.model_validate_json((folder / "changes.json").read_text())
    every = [*alarms.open, *alarms.closed]
    told.opened[number] = {f"{a.rule}:{a.platform}:{a.detail}" for a in every if a.opened == night}
    told.closed[number] = {f"{a.rule}:{a.platform}:{a.detail}" for a in alarms.closed if a.closed == night}
    told.events[number] = {f"{event.kind}:{event.platform}" for event in coverage.events}
    told.outcomes[number] = {row.platform: row.outcome for row in coverage.platforms}
    told.changes[number] = {(change.kind, change.offer) for change in changes.changes}
    numbers = {c.id: str(int(c.offers[0].native_id)) for c in read_lines(nights.var.courses, Course)}
    told.findings[number] = {
        (f.check, numbers.get(f.subject, f.subject))
        for f in read_lines(folder / "findings.jsonl", Finding)
        if f.state == "true"
    }


@pytest.fixture(scope="module", params=SEEDS)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Month, Nights, Expected]:
    return live(tmp_path_factory.mktemp("stories"), request.param)


@pytest.mark.e2e
@pytest.mark.parametrize("what", ["outcomes", "events", "opened", "closed", "changes", "findings"])
def test_each_morning_tells_what_happened_and_nothing_else(lived: tuple[Month, Nights, Expected], what: str) -> None:
    month, _, told = lived
    right, said = getattr(month.expected, what), getattr(told, what)
    wrong = {n: (right[n], said[n]) for n in range(NIGHTS) if right[n] != said[n]}
    assert not wrong


@pytest.mark.e2e
def test_the_month_held_every_story(lived: tuple[Month, Nights, Expected]) -> None:
    """Else the test above would prove little."""
    right = lived[0].expected
    opened = {key.partition(":")[0] for night in right.opened.values() for key in night}
    assert {"susut", "harga-bergeser"} <= opened
    assert {key.partition(":")[0] for night in right.events.values() for key in night} == {
        "renamed", "joined", "first_collected",
    }  # fmt: skip
    # Two faults of two platforms; each leaves another outcome or an alarm about what is missing.
    assert len(opened) > 2 or {outcome for night in right.outcomes.values() for outcome in night.values()} > {
        "accepted"
    }


@pytest.mark.e2e
def test_the_published_lists_match_the_truth(lived: tuple[Month, Nights, Expected], tmp_path: Path) -> None:
    month, nights, _ = lived
    last = NIGHTS - 1
    export_data(nights.var, tmp_path, build="b", night=START + dt.timedelta(days=last), sample=True)
    right, said = month.expected, {"findings": set(), "changes": set()}
    numbers = {row["course_id"]: str(int(row["id"].rpartition(":")[2])) for row in table(tmp_path / "offers.csv")}
    for path in (tmp_path / "lists" / "pemeriksaan").glob("*.csv"):
        if path.stem in PRICE_CHECKS:
            said["findings"] |= {(path.stem, numbers.get(r["subject"], r["subject"])) for r in table(path)}
    for path in (tmp_path / "lists" / "perubahan").glob("*.csv"):
        said["changes"] |= {(row["kind"], row["offer"]) for row in table(path)}
    assert said == {"findings": right.findings[last], "changes": right.changes[last]}
    book = load_workbook(tmp_path / "coverage.xlsx", read_only=True)
    for name in ("coverage", "checks", "findings", "alarms", "trends", "completeness"):
        assert sum(1 for _ in book[name].iter_rows()) - 1 == len(table(tmp_path / f"{name}.csv"))


@pytest.mark.e2e
def test_an_official_list_with_fifty_differences_tells_exactly_these(
    lived: tuple[Month, Nights, Expected], tmp_path: Path
) -> None:
    month, nights, _ = lived
    rows, planted = official_list(month)
    book = Workbook()
    for line in (
        ["DAFTAR PELATIHAN TERVALIDASI"],
        [],
        ["No", "NAMA PELATIHAN", "Platform Digital", "Lembaga", "Harga (Rp)"],
    ):
        book.active.append(line)
    for number, row in enumerate(rows, 1):
        book.active.append([number, *row])
    book.save(tmp_path / "daftar.xlsx")
    report = compare(nights.var, nights.specs, tmp_path / "daftar.xlsx", START + dt.timedelta(days=NIGHTS - 1))
    told = Counter((d.kind, d.official_title or d.title) for d in report.differences)
    assert told == planted
    assert sum(planted.values()) == 50


def official_list(month: Month) -> tuple[list[list[object]], Counter[tuple[str, str]]]:
    """What the office would have validated of three platforms, and fifty things in which it differs."""
    rows: list[list[object]] = []
    planted: Counter[tuple[str, str]] = Counter()
    plan = ["unlisted"] * 10 + ["dearer"] * 14 + ["provider"] * 12
    for platform in (month.down, month.tenfold, month.joiner):
        there = {
            k: p for k, p in month.oracle.prices.items() if k.startswith(f"{platform}:") and k not in month.oracle.gone
        }
        for key, price in sorted(there.items()):
            number = month.oracle.numbers[key]
            row: list[object] = [title_of(number), platform.upper(), provider_of(number), price]
            if plan and number % 2:
                kind = plan.pop()
                planted[kind, title_of(number)] += 1
                if kind == "unlisted":
                    continue
                if kind == "dearer":
                    row[3] = (price or 0) - 10_000
                else:
                    row[2] = f"Yayasan Pengganti {number}"
            rows.append(row)
    for number in range(14 + len(plan)):
        title = f"Menyelam Bebas Angkatan {number}"
        planted["missing", title] += 1
        rows.append([title, month.down, "Klub Samudra", 100_000])
    return rows, planted


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
