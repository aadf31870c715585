"""The Pelican plugin for the coverage pages: /cakupan/ and below, and its English mirror.

Every number comes from the files that are also published under data/; every number that is more than 0 and stands
for rows links to exactly those rows.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from banding_coverage_words import CHECK_WORDS, ENGLISH, INDONESIAN
from banding_trends import Plot, Point, draw
from pelican import signals
from pelican.generators import Generator

from catalog.alarms import AlarmsFile
from catalog.completeness import FIELDS, NAMES, list_file
from catalog.figures import Cell, CheckCount, Coverage, PlatformRow
from catalog.files import read_lines, write_bytes
from catalog.intake import Rejected
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.trends import TrendBook, TrendRow, shown

PLOTTED = ("declared", "received", "published", "new", "gone", "changed", "median_price_idr")


class CoverageData:
    """What the catalog stage left for these pages; empty where it has not run."""

    def __init__(self, var: Var, night: dt.date) -> None:
        self.var = var
        self.night = night

    def _text(self, name: str) -> str | None:
        path = self.var.catalog / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    @cached_property
    def coverage(self) -> Coverage | None:
        text = self._text("coverage.json")
        return Coverage.model_validate_json(text) if text else None

    @cached_property
    def alarms(self) -> AlarmsFile:
        text = self._text("alarms.json")
        return AlarmsFile.model_validate_json(text) if text else AlarmsFile(night=self.night)

    @cached_property
    def trends(self) -> list[TrendRow]:
        book = TrendBook(self.var, Quarantine(self.var.quarantine))
        return shown(book.before(self.night + dt.timedelta(days=1)), self.night)

    @cached_property
    def rejected(self) -> list[Rejected]:
        path = self.var.catalog / "rejected.jsonl"
        return list(read_lines(path, Rejected)) if path.exists() else []

    @cached_property
    def official(self) -> Mapping[str, Any] | None:
        text = self._text("official.json")
        return json.loads(text) if text else None  # type: ignore[no-any-return]


def percent(share: float | None, words: Mapping[str, Any]) -> str:
    """A share as "97,5 %"; unknown in words, and never rounded up to 100."""
    if share is None:
        return str(words["unknown"])
    shown_share = min(share * 100, 99.9) if share < 1 else share * 100
    text = f"{shown_share:.1f}".removesuffix(".0")
    return f"{text.replace('.', words['point'])} %"


class Pages:
    """Makes and writes the pages of one language."""

    def __init__(self, site: Any, env: Any, out: Path, data: CoverageData, words: Mapping[str, Any]) -> None:
        self.site, self.env, self.out, self.data, self.words = site, env, out, data, words

    def write(self, path: str, template: str, **values: Any) -> None:
        target = self.out / path.lstrip("/") / "index.html"
        values |= {
            "path": path,
            "t": self.words,
            "lang": self.words["lang"],
            "pct": lambda share: percent(share, self.words),
            "n": lambda value: (
                self.words["unknown"] if value is None else f"{value:,}".replace(",", self.words["digits"])
            ),
            "page_js": "cakupan.js",
        }
        write_bytes(target, self.env.get_template(template).render(**values).encode())

    # --- /cakupan/ ---

    def overview(self, path: str, other: str) -> None:
        coverage = self.data.coverage
        self.write(
            path,
            "cakupan.html",
            c=coverage,
            rows=coverage.platforms if coverage else [],
            alarms=self.data.alarms,
            official=self.data.official,
            alternates=[("id", "/cakupan/"), ("en", "/en/cakupan/")],
            other=other,
            crumbs=[(self.words["title"], "")],
        )

    def platform(self, row: PlatformRow) -> None:
        lines = [line for line in self.data.trends if line.platform == row.platform]
        alarms = [a for a in (*self.data.alarms.open, *self.data.alarms.closed) if a.platform == row.platform]
        coverage = self.data.coverage
        assert coverage is not None
        self.write(
            f"/cakupan/{row.platform}/",
            "cakupan-platform.html",
            r=row,
            cells=[cell for cell in coverage.completeness if cell.platform == row.platform],
            checks=[count for count in coverage.checks if count.platform == row.platform and count.true],
            check_words=CHECK_WORDS,
            names=NAMES,
            rejected=[item for item in self.data.rejected if item.platform == row.platform],
            alarms=alarms,
            trends=lines,
            plots=list(self._plots(row, lines, [(a.opened, a.title) for a in alarms])),
            crumbs=[(self.words["title"], "/cakupan/"), (row.name, "")],
        )

    def _plots(
        self, row: PlatformRow, lines: list[TrendRow], alarms: list[tuple[dt.date, str]]
    ) -> Iterator[tuple[str, Any]]:
        for metric in PLOTTED:
            label = self.words["metrics"][metric]
            points = [Point(line.night, getattr(line, metric)) for line in lines]
            if any(point.value for point in points):
                name = f"{label}, {row.name}, {points[0].night.isoformat()} – {points[-1].night.isoformat()}"
                yield label, draw(Plot(name, points, alarms, self.words["digits"]))

    def matrices(self) -> None:
        coverage = self.data.coverage
        platforms = [(row.platform, row.name) for row in coverage.platforms] if coverage else []
        cells = {(cell.platform, cell.field): cell for cell in coverage.completeness} if coverage else {}
        self.write(
            "/cakupan/isian/",
            "cakupan-isian.html",
            fields=[(measure.field, measure.name) for measure in FIELDS],
            platforms=platforms,
            cells=cells,
            crumbs=[(self.words["title"], "/cakupan/"), ("Isian", "")],
        )
        counts = coverage.checks if coverage else []
        self.write(
            "/cakupan/pemeriksaan/",
            "cakupan-pemeriksaan.html",
            checks=by_check(counts),
            words=CHECK_WORDS,
            platforms=platforms,
            names=dict(platforms),
            crumbs=[(self.words["title"], "/cakupan/"), ("Pemeriksaan", "")],
        )

    def rest(self) -> None:
        crumb = (self.words["title"], "/cakupan/")
        self.write("/cakupan/alarm/", "cakupan-alarm.html", alarms=self.data.alarms, crumbs=[crumb, ("Peringatan", "")])
        self.write(
            "/cakupan/daftar-resmi/",
            "cakupan-resmi.html",
            official=self.data.official,
            crumbs=[crumb, ("Daftar resmi", "")],
        )


def by_check(counts: Iterable[CheckCount]) -> list[tuple[str, dict[str, CheckCount], CheckCount]]:
    """Each check with its counts per platform and in all."""
    found: dict[str, dict[str, CheckCount]] = {}
    for count in counts:
        found.setdefault(count.check, {})[count.platform] = count
    result = []
    for check, by_platform in found.items():
        whole = CheckCount(check=check, version=next(iter(by_platform.values())).version, platform="")
        for count in by_platform.values():
            whole.true += count.true
            whole.false += count.false
            whole.not_tested += count.not_tested
        result.append((check, by_platform, whole))
    return result


def cell_lists(cell: Cell) -> list[tuple[str, int, str]]:
    """The lists behind a cell: word, number, file."""
    numbers = [(state, getattr(cell, state)) for state in ("valid", "unreadable", "empty")]
    return [(state, n, list_file(cell.platform, cell.field, state, n, cell.total)) for state, n in numbers]


class CoverageGenerator(Generator):  # type: ignore[misc]
    """Writes the coverage pages with Pelican's own Jinja environment."""

    def generate_output(self, writer: Any) -> None:
        site = self.env.globals["site"]
        data = CoverageData(site.var, site.night)
        self.env.globals["cell_lists"] = cell_lists
        pages = Pages(site, self.env, Path(self.output_path), data, INDONESIAN)
        pages.overview("/cakupan/", "/en/cakupan/")
        if data.coverage is not None:
            for row in data.coverage.platforms:
                pages.platform(row)
        pages.matrices()
        pages.rest()
        english = Pages(site, self.env, Path(self.output_path), data, ENGLISH)
        english.overview("/en/cakupan/", "/cakupan/")
        english.write(
            "/en/data/",
            "data-en.html",
            tables=dictionary(),
            alternates=[("id", "/data/"), ("en", "/en/data/")],
            crumbs=[("Open data", "")],
        )


def dictionary() -> list[Any]:
    """The tables of the open data with the meaning of each column."""
    from catalog.open_tables import BEHIND, TABLES

    return [*TABLES, BEHIND]


def get_generators(pelican_object: Any) -> type[CoverageGenerator]:
    return CoverageGenerator


def register() -> None:
    signals.get_generators.connect(get_generators)
