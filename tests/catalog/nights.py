"""Simulated nights for tests: runs written as spiders write them, and a catalog built night by night."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from catalog.build import CatalogSummary, build_catalog
from catalog.files import write_json, write_lines
from catalog.layout import Var
from catalog.platforms import Dated, Expect, Spec
from catalog.records import Listing, RunReport
from tests.factories import NIGHT, make_listing

START = NIGHT


def make_spec(platform: str = "tokopedia", **over: Any) -> Spec:
    values: dict[str, Any] = {
        "id": platform,
        "name": platform.title(),
        "operator": "Contoh",
        "confidence": "convention",
        "official": [Dated.model_validate({"from": dt.date(2020, 4, 1)})],
        "hosts": ["www.tokopedia.com"],
        "declared_scope": "prakerja",
        "expect": Expect(min=1),
    }
    return Spec(**(values | over))


def listings(platform: str, ids: Iterable[int], **over: Any) -> list[Listing]:
    """Varied listings, one an id: equal ids give equal listings."""
    return [
        make_listing(
            platform=platform,
            native_id=f"{number:05d}",
            title=f"Belajar Keterampilan {_WORDS[number % len(_WORDS)]} Nomor {number}",
            provider=f"LPK Contoh {number % 7}",
            price=f"Rp{(24 + number % 900) * 1000:,}".replace(",", "."),
            url=f"https://www.tokopedia.com/kartu-prakerja/{number}",
            **over,
        )
        for number in ids
    ]


_WORDS = ["Roti", "Kebaya", "Web", "Motor", "Foto", "Kopi", "Bahasa", "Keuangan", "Taman", "Listrik", "Kayu"]


def make_report(platform: str, run: str, found: int, **over: Any) -> RunReport:
    values: dict[str, Any] = {
        "platform": platform,
        "run": run,
        "started": "2020-07-15T01:00:00+07:00",
        "finished": "2020-07-15T01:10:00+07:00",
        "finish_reason": "finished",
        "declared": found,
        "declared_method": "pager_total",
        "declared_scope": "prakerja",
        "received": found,
        "requests": found + 3,
        "statuses": {"200": found + 3},
        "layers": {"api": found},
        "sample": True,
    }
    return RunReport(**(values | over))


def write_run(var: Var, run: str, platform: str, items: list[Listing], report: Mapping[str, Any] | None = None) -> Path:
    folder = var.run_dir(run, platform)
    write_lines(folder / "listings.jsonl", items)
    write_json(folder / "report.json", make_report(platform, run, len(items), **(report or {})))
    return folder


class Nights:
    """A var folder that lives through nights."""

    def __init__(self, root: Path, specs: Iterable[Spec]) -> None:
        self.var = Var(root / "var")
        self.specs = {spec.id: spec for spec in specs}
        self.summaries: dict[dt.date, CatalogSummary] = {}

    def night(
        self,
        day: int | dt.date,
        runs: Mapping[str, list[Listing] | None],
        reports: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> CatalogSummary:
        """One night: listings per platform; a platform that is not named, or None, is not run."""
        night = day if isinstance(day, dt.date) else START + dt.timedelta(days=day)
        run = f"{night:%Y%m%d}T020000"
        for platform, items in runs.items():
            if items is not None:
                write_run(self.var, run, platform, items, (reports or {}).get(platform))
        return self.build(night, run)

    def build(self, night: dt.date, run: str | None) -> CatalogSummary:
        summary = build_catalog(self.var, self.specs, night, run, origins=set(), sample=True)
        self.summaries[night] = summary
        return summary

    def json(self, name: str) -> Any:
        return json.loads((self.var.catalog / name).read_text(encoding="utf-8"))

    def row(self, summary: CatalogSummary, platform: str) -> Any:
        return next(row for row in summary.platforms if row.platform == platform)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by relative path: equal dictionaries mean that nothing changed."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def part_rows(out: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table that is published as a list of files, put together as its readers are told to, each file
    checked against the list."""
    held: dict[str, list[dict[str, str]]] = {"snapshot": [], "changed": [], "removed": []}
    for part in csv.DictReader((out / f"{name}.csv").read_text(encoding="utf-8").splitlines()):
        packed = (out / part["path"]).read_bytes()
        rows = list(csv.DictReader(gzip.decompress(packed).decode().splitlines()))
        told = part["sha256"], part["bytes"], part["rows"]
        assert told == (hashlib.sha256(packed).hexdigest(), str(len(packed)), str(len(rows))), part["path"]
        held[part["holds"]] += rows
    if not held["changed"] and not held["removed"]:
        return held["snapshot"]
    key = next(iter((held["removed"] or [{"id": ""}])[0]))
    replaced = {row[key] for holds in ("changed", "removed") for row in held[holds]}
    return held["changed"] + [row for row in held["snapshot"] if row[key] not in replaced]
