"""The open data: everything under `public/data/`, made from var/catalog and the history.

Equal catalogs give equal bytes. Long texts of providers are not published; nothing here holds an instructor, a
telephone number or an address of a person.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from catalog import export_parts
from catalog import open_tables as tables
from catalog.alarms import AlarmsFile
from catalog.badge import badge
from catalog.changes import Changes, group_of
from catalog.collector import no_collector
from catalog.completeness import lists
from catalog.datapackage import write_checksums, write_datapackage, write_dictionary, write_schemas
from catalog.export_state import export_state
from catalog.export_tables import TableWriter
from catalog.feed import atom
from catalog.figures import Coverage
from catalog.files import read_lines, write_bytes, write_json
from catalog.findings import read_follow_ups
from catalog.history import History
from catalog.intake import Rejected
from catalog.layout import Var
from catalog.official import OfficialReport
from catalog.part_memory import PartMemory
from catalog.published import Part, public_course
from catalog.quarantine import Quarantine
from catalog.records import SCHEMA_VERSION, Course, Finding
from catalog.tables import Table
from catalog.trends import TrendBook, shown
from catalog.workbook import workbook

GONE = "gone"  # the group of offers that stand in no platform's table
FOLDERS = ("courses", "changes", "tables", "platform", "lists", "badge", "schema", "state")


class ExportError(RuntimeError):
    """The catalog stage has not run, or its files can't be used."""


def export_data(var: Var, out: Path, *, build: str, night: dt.date, sample: bool, previous: Path | None = None) -> None:
    """Writes `out` (public/data) anew; files of `previous`, the data of the last build, may come to stand in it under a
    second name. Raises ExportError when there is no catalog."""
    if not var.courses.exists():
        raise ExportError(f"{var.courses} is not there: run `banding catalog` first")
    out.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        shutil.rmtree(out / folder, ignore_errors=True)
    with no_collector():
        snapshots = _export_catalog(var, out, build=build, night=night, sample=sample, previous=previous)
    write_dictionary(out)
    write_schemas(out / "schema")
    write_datapackage(out, night=night, sample=sample)
    export_state(var, out / "state", night=night, sample=sample, tables=snapshots)
    write_checksums(out)


def _export_catalog(
    var: Var, out: Path, *, build: str, night: dt.date, sample: bool, previous: Path | None
) -> list[Part]:
    """Everything that is made of the courses, which leave memory before the state is packed. Returns the snapshots of
    tables that the next night builds on."""
    courses = [_without_text(course) for course in read_lines(var.courses, Course)]
    changes = Changes.model_validate_json((var.catalog / "changes.json").read_text(encoding="utf-8"))
    head = {"schema_version": SCHEMA_VERSION, "build": build, "night": night.isoformat(), "sample": sample}
    large = export_parts.is_large(courses)
    writer = TableWriter(out, var.root / "published" / "tables", night, large=large)
    write_courses(courses, out, head, night, PartMemory(var, previous, night) if large else None)
    write_offers(courses, writer)
    export_parts.write_changes(changes, out, lasting(head))
    writer.write(tables.COURSES, tables.course_rows(courses))
    export_history(var, out, as_text=not large)
    export_coverage(var, courses, changes, writer)
    _change_lists(writer, changes)
    return writer.finish()


def _without_text(course: Course) -> Course:
    course.text = None  # never published
    return course


def _records(var: Var, name: str, model: Any) -> Iterator[Any]:
    path = var.catalog / name
    return read_lines(path, model) if path.exists() else iter(())


def write_courses(
    courses: list[Course], out: Path, head: dict[str, Any], night: dt.date, memory: PartMemory | None
) -> None:
    """courses.json; of a large catalog, which has a memory of its parts, it lists those under courses/."""

    def public(course: Course) -> dict[str, Any]:
        return public_course(course, night)

    if memory is None:
        write_json(out / "courses.json", {**head, "courses": [public(course) for course in courses]})
        return
    parts = export_parts.write_records(courses, out, lasting(head), public, memory)
    listed = [part.model_dump(exclude_none=True) for part in parts]
    write_json(out / "courses.json", {**head, "courses": [], "parts": listed})


def lasting(head: dict[str, Any]) -> dict[str, Any]:
    """The part of a file's head that does not change every night."""
    return {key: value for key, value in head.items() if key not in ("build", "night")}


def write_offers(courses: list[Course], writer: TableWriter) -> None:
    """offers.csv with every offer, and platform/<id>.csv with those that are published of one platform (gone ones left
    out). Of a large catalog both list the same parts."""
    rows = list(tables.offer_rows(courses, writer.night))
    found = _grouped(rows, lambda row: [GONE if row["status"] == "gone" else row["platform"]])
    lists = {platform: f"platform/{platform}" for platform in found if platform != GONE}
    if writer.large:
        writer.write_groups(tables.OFFERS, found, lists)
        return
    writer.write(tables.OFFERS, rows)
    for platform, name in lists.items():
        writer.write(tables.OFFERS, found[platform], name)


def export_history(var: Var, out: Path, *, as_text: bool = True) -> None:
    """price-history.parquet is the history itself (its nights stand in its metadata), .csv the same as text; a large
    catalog has no text, which would outgrow what hosts take."""
    history = History(var)
    if history.path.exists():
        write_bytes(out / "price-history.parquet", history.path.read_bytes())
        if as_text:
            history.to_csv(out / "price-history.csv")


def export_coverage(var: Var, courses: list[Course], changes: Changes, writer: TableWriter) -> None:
    """The programme office's files: JSON, CSV, workbook, feed, badges, and the list behind every number."""
    out, night = writer.out, writer.night
    quarantine = Quarantine(var.quarantine)
    coverage = Coverage.model_validate_json((var.catalog / "coverage.json").read_text(encoding="utf-8"))
    alarms = AlarmsFile.model_validate_json((var.catalog / "alarms.json").read_text(encoding="utf-8"))
    notes = read_follow_ups(var, quarantine)
    trends = shown(TrendBook(var, quarantine).before(night + dt.timedelta(days=1)), night)
    findings = [f for f in _records(var, "findings.jsonl", Finding) if f.state == "true"]
    rows: list[tuple[Table, list[dict[str, Any]]]] = [
        (tables.COVERAGE, list(tables.record_rows(tables.COVERAGE, coverage.platforms))),
        (tables.COMPLETENESS, list(tables.record_rows(tables.COMPLETENESS, coverage.completeness))),
        (tables.CHECKS, list(tables.record_rows(tables.CHECKS, coverage.checks))),
        (tables.FINDINGS, list(tables.finding_rows(findings, notes))),
        (tables.REJECTED, list(tables.record_rows(tables.REJECTED, _records(var, "rejected.jsonl", Rejected)))),
        (tables.ALARMS, list(tables.record_rows(tables.ALARMS, (*alarms.open, *alarms.closed)))),
        (tables.TRENDS, list(tables.record_rows(tables.TRENDS, trends))),
        (tables.CHANGES, list(tables.record_rows(tables.CHANGES, changes.changes))),
    ]
    about = [("malam (WIB)", night.isoformat()), ("contoh", "ya, DATA CONTOH" if coverage.sample else "tidak")]
    write_json(out / "coverage.json", coverage)
    write_json(out / "alarms.json", alarms)
    write_bytes(out / "alarms.atom", atom(alarms))
    write_bytes(out / "coverage.xlsx", workbook(rows, about))
    named = {table.name: lines for table, lines in rows}
    named["findings"] = list(tables.without_night(named["findings"], night))
    for table, _ in rows:
        writer.write(table, named[table.name])
    for row in coverage.platforms:
        write_bytes(out / "badge" / f"{row.platform}.svg", badge(row, sample=coverage.sample).encode())
    _lists(writer, courses, named["findings"], named["rejected"])
    _official(var, writer, about)
    quarantine.flush()


def _lists(
    writer: TableWriter, courses: list[Course], findings: list[dict[str, Any]], rejected: list[dict[str, Any]]
) -> None:
    """The rows behind the numbers, never a sample: lists/isian/<platform>-<field>-<state>.csv (platform/<id>.csv where
    all offers of a platform are behind the number),
    lists/pemeriksaan/<check>.csv and <check>-<platform>.csv, lists/ditolak/<platform>.csv."""
    for (platform, field, state), entries in sorted(lists(courses).items()):
        writer.write(tables.BEHIND, tables.behind_rows(entries), f"lists/isian/{platform}-{field}-{state}")
    for name, lines in _grouped(findings, _lists_of_finding).items():
        writer.write(tables.FINDINGS, lines, f"lists/pemeriksaan/{name}")
    for name, lines in _grouped(rejected, lambda row: [row["platform"]]).items():
        writer.write(tables.REJECTED, lines, f"lists/ditolak/{name}")


def _lists_of_finding(row: dict[str, Any]) -> list[str]:
    """A finding between courses has no platform."""
    return [row["check"], *([f"{row['check']}-{row['platform']}"] if row["platform"] else [])]


def _official(var: Var, writer: TableWriter, about: list[tuple[str, str]]) -> None:
    """The comparison with the office's own list, where one was given."""
    path = var.catalog / "official.json"
    if not path.exists():
        return
    report = OfficialReport.model_validate_json(path.read_text(encoding="utf-8"))
    lines = list(tables.record_rows(tables.OFFICIAL, report.differences))
    write_json(writer.out / "official.json", report)
    writer.write(tables.OFFICIAL, lines)
    write_bytes(writer.out / "official.xlsx", workbook([(tables.OFFICIAL, lines)], about))


def _grouped(
    rows: list[dict[str, Any]], names: Callable[[dict[str, Any]], list[str]]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for name in names(row):
            found.setdefault(name, []).append(row)
    return dict(sorted(found.items()))


def _change_lists(writer: TableWriter, changes: Changes) -> None:
    """lists/perubahan/<platform>-<new|gone|changed>.csv; an offer that changed twice over is one row."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for change in changes.changes:
        group = group_of(change.kind)
        if group is None:
            continue
        rows = found.setdefault(f"{change.platform}-{group}", {})
        row = {name: getattr(change, name) for name in tables.CHANGES.header}
        if change.offer in rows:
            for name in ("kind", "before", "after"):
                rows[change.offer][name] = f"{rows[change.offer][name]} | {row[name]}"
        else:
            rows[change.offer] = row
    for name, by_offer in sorted(found.items()):
        writer.write(tables.CHANGES, by_offer.values(), f"lists/perubahan/{name}")
