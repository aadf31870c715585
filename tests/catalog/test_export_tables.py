"""Tables of a large catalog: a snapshot that stays and what changed since, together always tonight's rows."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import random
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog import export_tables
from catalog.export_tables import TableWriter
from catalog.open_tables import BEHIND, CHANGES, OFFERS
from tests.catalog.nights import START, files_of, part_rows

Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_tables, "WHOLE_ROWS", 10)
    monkeypatch.setattr(export_tables, "PER_PART", 16)


def behind(prices: Mapping[int, str]) -> Rows:
    """Rows of a table with one key column."""
    return [
        {
            "offer": f"tokopedia:{n}",
            "course": f"c{n}",
            "slug": f"kelas-{n}",
            "title": f"Kelas, {n}\nlanjutan",
            "raw": raw,
        }
        for n, raw in prices.items()
    ]


def write(root: Path, day: int, rows: Iterable[dict[str, Any]], *, large: bool = True, kept: str = "kept") -> Path:
    """One night's table `lists/harga`; returns the folder of its data."""
    out = root / f"data{day}"
    shutil.rmtree(out, ignore_errors=True)
    writer = TableWriter(out, root / kept, START + dt.timedelta(days=day), large=large)
    writer.write(BEHIND, rows, "lists/harga")
    writer.finish()
    return out


def shown(out: Path) -> list[tuple[str, str]]:
    """(offer, raw) as a reader of the data finds them."""
    return sorted((row["offer"], row["raw"]) for row in read_all(out))


def read_all(out: Path) -> list[dict[str, str]]:
    """The table as the documentation says how to read it, which also knows line ends inside of cells."""
    (recipe,) = re.findall(r"```sql\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), flags=re.DOTALL)
    recipe = recipe.replace("tables/offers", str(out / "tables/lists-harga")).replace(" id ", " offer ")
    table = duckdb.sql(recipe)
    return [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]


DOCUMENTATION = Path(__file__).parents[2] / "docs/catalog-format.md"
PRICES = {number: f"Rp{number}.000" for number in range(100)}


def as_shown(prices: Mapping[int, str]) -> list[tuple[str, str]]:
    return sorted((f"tokopedia:{n}", raw) for n, raw in prices.items())


def snapshots(out: Path) -> dict[str, bytes]:
    return {
        name: data for name, data in files_of(out / "tables").items() if "changed" not in name and "removed" not in name
    }


def test_a_changed_row_leaves_every_part_of_the_snapshot_as_it_is(tmp_path: Path) -> None:
    first = write(tmp_path, 0, behind(PRICES))
    tonight = {**PRICES, 7: "Rp999.000", 200: "Rp1"}
    del tonight[3]
    second = write(tmp_path, 1, behind(tonight))
    assert len(snapshots(first)) == 8
    assert snapshots(second) == snapshots(first)
    assert (shown(first), shown(second)) == (as_shown(PRICES), as_shown(tonight))
    beside = {
        holds: gzip.decompress((second / f"tables/lists-harga/{holds}.csv.gz").read_bytes()).decode()
        for holds in ("changed", "removed")
    }
    assert [row["offer"] for row in csv.DictReader(beside["changed"].splitlines(keepends=True))] == [
        "tokopedia:7",
        "tokopedia:200",
    ]
    assert beside["removed"] == "offer\ntokopedia:3\n"


def test_on_a_night_without_changes_nothing_is_new(tmp_path: Path) -> None:
    first, second = write(tmp_path, 0, behind(PRICES)), write(tmp_path, 1, reversed(behind(PRICES)))
    assert files_of(second) == files_of(first)


def test_past_a_share_of_changed_rows_tonights_are_the_next_snapshot(tmp_path: Path) -> None:
    first = write(tmp_path, 0, behind(PRICES))
    few, many = ({n: raw if n >= moved else "Rp1" for n, raw in PRICES.items()} for moved in (15, 16))
    kept = write(tmp_path, 1, behind(few))
    assert snapshots(kept) == snapshots(first)
    renewed = write(tmp_path, 2, behind(many))
    assert not snapshots(renewed).keys() & snapshots(first).keys()
    assert shown(renewed) == as_shown(many)
    assert {path.name for path in (tmp_path / "kept/lists-harga").iterdir()} == {
        path.rsplit("/", 1)[1] for path in snapshots(renewed)
    }


def test_forty_nights_of_random_changes_are_always_whole(tmp_path: Path) -> None:
    dice = random.Random(8)
    prices, names = dict(PRICES), set()
    for day in range(40):
        for number in dice.sample(range(130), 3):
            if dice.random() < 0.4:
                prices.pop(number, None)
            else:
                prices[number] = f"Rp{dice.randrange(10**6)}"
        out = write(tmp_path, day, behind(prices))
        assert shown(out) == as_shown(prices)
        names.add(min(snapshots(out)))
    assert 3 < len(names) < 40  # renewed, but not every night


def test_a_writer_with_another_past_of_the_same_snapshot_writes_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, 0, behind(PRICES))
    shutil.copytree(tmp_path / "kept", tmp_path / "fetched")
    for day in range(1, 4):
        write(tmp_path, day, behind({**PRICES, day: "Rp5"}))
    here = files_of(write(tmp_path, 4, behind({**PRICES, 50: "Rp6"})))
    assert files_of(write(tmp_path, 4, behind({**PRICES, 50: "Rp6"}), kept="fetched")) == here


@pytest.mark.parametrize("spoil", ["cut", "no gzip", "other columns", "gone", "one of eight gone"])
def test_a_damaged_snapshot_costs_bytes_and_nothing_else(spoil: str, tmp_path: Path) -> None:
    write(tmp_path, 0, behind(PRICES))
    parts = sorted((tmp_path / "kept/lists-harga").iterdir())
    data = parts[0].read_bytes()
    if spoil == "gone":
        shutil.rmtree(tmp_path / "kept")
    elif spoil == "one of eight gone":
        parts[0].unlink()
    else:
        spoilt = {"cut": data[:-9], "no gzip": b"<html>", "other columns": gzip.compress(b"offer,kursus\na,b\n")}
        parts[0].unlink()  # the file has a second name among the published ones
        parts[0].write_bytes(spoilt[spoil])
    tonight = {**PRICES, 7: "Rp999.000"}
    out = write(tmp_path, 1, behind(tonight))
    assert shown(out) == as_shown(tonight)
    if spoil != "one of eight gone":
        assert all("2020-07-16" in name for name in snapshots(out))


def test_a_table_of_few_rows_or_of_a_small_catalog_is_one_file(tmp_path: Path) -> None:
    few = dict(list(PRICES.items())[:10])
    for day, (prices, large) in enumerate(((PRICES, True), (few, True), (PRICES, False), ({}, True))):
        out = write(tmp_path, day, behind(prices), large=large)
        assert (out / "tables").exists() == (day == 0)
        if day:
            table = list(csv.DictReader((out / "lists/harga.csv").open(encoding="utf-8", newline="")))
            assert sorted((row["offer"], row["raw"]) for row in table) == as_shown(prices)
            assert not list((tmp_path / "kept").rglob("*"))


def test_rows_without_one_key_column_are_tonights_every_night(tmp_path: Path) -> None:
    rows = [{"kind": "new", "platform": "tokopedia", "offer": f"tokopedia:{n}", "title": str(n)} for n in range(30)]
    for day, chosen in enumerate((rows, rows[1:] + rows[5:6])):  # one row twice over
        writer = TableWriter(tmp_path / f"data{day}", tmp_path / "kept", START + dt.timedelta(days=day), large=True)
        writer.write(CHANGES, chosen)
        assert writer.finish() == []
        table = part_rows(tmp_path / f"data{day}", "changes")
        assert sorted(row["title"] for row in table) == sorted(row["title"] for row in chosen)
    assert {path.name[:10] for path in (tmp_path / "data1/tables/changes").iterdir()} == {"2020-07-16"}


def offer(number: int, platform: str, status: str = "active") -> dict[str, Any]:
    return {"id": f"{platform}:{number}", "platform": platform, "status": status}


def test_an_offer_that_changes_its_group_stands_in_one_only(tmp_path: Path) -> None:
    """Gone and back again, and a whole platform that leaves: the rule holds for each list and for all of them."""
    everything = [offer(n, platform) for platform in ("bukalapak", "tokopedia") for n in range(40)]
    gone = {"tokopedia:3", "bukalapak:5"}
    nights: list[tuple[set[str], set[str]]] = [
        (set(), set()),
        (gone, set()),
        ({"bukalapak:5"}, set()),
        (gone, {"bukalapak"}),
    ]
    for day, (away, left) in enumerate(nights):
        tonight = [
            row | {"status": "gone" if row["id"] in away else "active"}
            for row in everything
            if row["platform"] not in left
        ]
        groups: dict[str, Rows] = {"gone": []}
        for row in tonight:
            groups.setdefault("gone" if row["status"] == "gone" else row["platform"], []).append(row)
        out = tmp_path / f"data{day}"
        writer = TableWriter(out, tmp_path / "kept", START + dt.timedelta(days=day), large=True)
        writer.write_groups(OFFERS, groups, {name: f"platform/{name}" for name in groups if name != "gone"})
        writer.finish()
        assert sorted((row["id"], row["status"]) for row in part_rows(out, "offers")) == sorted(
            (row["id"], row["status"]) for row in tonight
        )
        for platform in groups.keys() - {"gone"}:
            assert sorted(row["id"] for row in part_rows(out, f"platform/{platform}")) == sorted(
                row["id"] for row in groups[platform]
            )
