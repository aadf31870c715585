"""The open data: everything under `public/data/`, made from var/catalog and the history.

Equal catalogs give equal bytes. Long texts of providers are not published; nothing here holds an instructor, a
telephone number or an address of a person.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from catalog import open_tables
from catalog.changes import Changes
from catalog.figures import Coverage
from catalog.files import dump_json, read_lines, write_bytes, write_json
from catalog.history import History
from catalog.intake import Rejected
from catalog.layout import Var
from catalog.published import CoursesFile, Part, public_course
from catalog.records import SCHEMA_VERSION, Course, Finding, Listing
from catalog.store import LastGood
from catalog.tables import Table, to_csv

WHOLE_UP_TO = 20_000  # courses in one courses.json; more are split into parts by id
PART_SIZE = 5_000
SECTION_SIGNS = 600  # of a description's section in the published state; the rest is the provider's text
LICENSE = {"name": "ODC-By-1.0", "title": "Open Data Commons Attribution License 1.0"}


class ExportError(RuntimeError):
    """The catalog stage has not run, or its files can't be used."""


def export_data(var: Var, out: Path, *, build: str, night: dt.date, sample: bool) -> None:
    """Writes `out` (public/data) anew. Raises ExportError when there is no catalog."""
    if not var.courses.exists():
        raise ExportError(f"{var.courses} is not there: run `banding catalog` first")
    out.mkdir(parents=True, exist_ok=True)
    courses = list(read_lines(var.courses, Course))
    changes = Changes.model_validate_json((var.catalog / "changes.json").read_text(encoding="utf-8"))
    coverage = Coverage.model_validate_json((var.catalog / "coverage.json").read_text(encoding="utf-8"))
    write_courses(courses, out, build=build, night=night, sample=sample)
    write_json(out / "coverage.json", coverage)
    write_json(out / "changes.json", changes)
    _table(out, open_tables.COURSES, open_tables.course_rows(courses))
    _table(out, open_tables.OFFERS, open_tables.offer_rows(courses, night))
    _table(out, open_tables.COVERAGE, open_tables.coverage_table_rows(coverage))
    _table(out, open_tables.CHANGES, open_tables.change_rows(changes))
    _table(out, open_tables.REJECTED, open_tables.rejected_rows(_records(var, "rejected.jsonl", Rejected)))
    findings = (f for f in _records(var, "findings.jsonl", Finding) if f.state == "true")
    _table(out, open_tables.FINDINGS, open_tables.finding_rows(findings))
    export_history(var, out)
    write_schemas(out / "schema")
    write_datapackage(out, night=night, sample=sample)
    export_state(var, out / "state", night=night, sample=sample)


def _records(var: Var, name: str, model: Any) -> Iterator[Any]:
    path = var.catalog / name
    return read_lines(path, model) if path.exists() else iter(())


def _table(out: Path, table: Table, rows: Iterable[Any]) -> None:
    write_bytes(out / f"{table.name}.csv", to_csv(table.header, rows))


def write_courses(courses: list[Course], out: Path, *, build: str, night: dt.date, sample: bool) -> None:
    """courses.json; with many courses it lists parts under courses/, split in the order of their ids."""
    head = {"schema_version": SCHEMA_VERSION, "build": build, "night": night.isoformat(), "sample": sample}
    folder = out / "courses"
    shutil.rmtree(folder, ignore_errors=True)
    if len(courses) <= WHOLE_UP_TO:
        body = {**head, "courses": [public_course(course, night) for course in courses]}
        write_json(out / "courses.json", body)
        return
    courses = sorted(courses, key=lambda course: course.id)
    parts = []
    for number in range(0, len(courses), PART_SIZE):
        chosen = courses[number : number + PART_SIZE]
        name = f"courses/{number // PART_SIZE:03d}.json"
        data = (dump_json({**head, "courses": [public_course(c, night) for c in chosen]}) + "\n").encode()
        write_bytes(out / name, data)
        parts.append(Part(path=name, courses=len(chosen), bytes=len(data), sha256=hashlib.sha256(data).hexdigest()))
    write_json(out / "courses.json", {**head, "courses": [], "parts": [part.model_dump() for part in parts]})


def export_history(var: Var, out: Path) -> None:
    """price-history.parquet is the history itself (its nights stand in its metadata), .csv the same as text."""
    history = History(var)
    if history.path.exists():
        write_bytes(out / "price-history.parquet", history.path.read_bytes())
        history.to_csv(out / "price-history.csv")


SCHEMAS: dict[str, Any] = {
    "courses": CoursesFile,
    "coverage": Coverage,
    "changes": Changes,
}


def write_schemas(folder: Path) -> None:
    """One JSON Schema (2020-12) for every JSON file."""
    for name, model in SCHEMAS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        write_json(folder / f"{name}.json", schema, indent=1)


# --- Data Package ---


def write_datapackage(out: Path, *, night: dt.date, sample: bool) -> None:
    """A Frictionless Data Package that describes every table, with size and hash of each file."""
    resources = [_resource(out, table) for table in open_tables.TABLES if (out / f"{table.name}.csv").exists()]
    resources.extend(
        {
            "name": path.stem + "-json",
            "path": path.name,
            "format": "json",
            "mediatype": "application/json",
            **fingerprint(path),
        }
        for path in sorted(out.glob("*.json"))
        if path.name != "datapackage.json"
    )
    parquet = out / "price-history.parquet"
    if parquet.exists():
        resources.append(
            {
                "name": "price-history-parquet",
                "path": parquet.name,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                **fingerprint(parquet),
            }
        )
    package = {
        "name": "bandingkan-pelatihan",
        "title": "Bandingkan Pelatihan: data terbuka" + (" (DATA CONTOH)" if sample else ""),
        "description": "Pelatihan Kartu Prakerja dari semua platform resmi: harga, tingkat, cara belajar, riwayat.",
        "version": f"{SCHEMA_VERSION}.{night:%Y%m%d}",
        "licenses": [LICENSE],
        "resources": resources,
    }
    write_json(out / "datapackage.json", package, indent=1)


def _resource(out: Path, table: Table) -> dict[str, Any]:
    path = out / f"{table.name}.csv"
    fields = [
        {
            "name": column.name,
            "type": column.type,
            "description": f"{column.id} / {column.en}",
            **({"constraints": {"required": True}} if column.required else {}),
        }
        for column in table.columns
    ]
    return {
        "name": table.name,
        "path": path.name,
        "title": f"{table.title_id} / {table.title_en}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
        **fingerprint(path),
    }


def fingerprint(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "hash": "sha256:" + hashlib.sha256(data).hexdigest()}


# --- the state of a night that starts on an empty machine ---


def export_state(var: Var, out: Path, *, night: dt.date, sample: bool) -> None:
    """Last good copies, ids, lives and validators, packed, with a manifest of hashes (see catalog.bootstrap)."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    files = []
    for source, name, data in _state_files(var):
        packed = gzip.compress(data, compresslevel=6, mtime=0)
        target = out / (name.replace("/", "-") + ".gz")
        write_bytes(target, packed)
        files.append(
            {
                "path": target.name,
                "as": source,
                "bytes": len(packed),
                "sha256": hashlib.sha256(packed).hexdigest(),
            }
        )
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "night": night.isoformat(),
        "sample": sample,
        "files": files,
        "history": "../price-history.parquet",
    }
    write_json(out / "manifest.json", manifest, indent=1)


def _state_files(var: Var) -> Iterator[tuple[str, str, bytes]]:
    store = LastGood(var)
    for platform in store.platforms():
        texts = "".join(slim(line.text) + "\n" for line in store.lines(platform))
        yield f"lastgood/{platform}.jsonl", f"lastgood-{platform}.jsonl", texts.encode()
        meta = store.meta_path(platform)
        if meta.exists():
            yield f"lastgood/{meta.name}", f"lastgood-{meta.name}", meta.read_bytes()
    for path in sorted(var.state.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        name = path.relative_to(var.root).as_posix()
        data = path.read_bytes()
        if path.parent.name == "absent":
            data = "".join(slim(line) + "\n" for line in data.decode().splitlines()).encode()
        yield name, name, data


def slim(line: str) -> str:
    """A listing without its long texts: they are the provider's, and the next crawl brings them back."""
    try:
        listing = Listing.model_validate(json.loads(line))
    except ValueError:
        return line
    listing.text = None
    for section in listing.sections:
        section.text = section.text[:SECTION_SIGNS]
    return listing.model_dump_json(exclude_defaults=True)
