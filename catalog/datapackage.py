"""What describes the open data: JSON Schemas, the data dictionary, the Data Package and checksums."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from catalog import open_tables
from catalog.alarms import AlarmsFile
from catalog.export_tables import files_of
from catalog.figures import Coverage
from catalog.files import write_bytes, write_json
from catalog.official import OfficialReport
from catalog.published import ChangesFile, ChangesPart, CoursesFile, CoursesPart
from catalog.records import SCHEMA_VERSION, Course, Finding, Listing, Offer, RunReport
from catalog.tables import Column, Table, to_csv

LICENSE = {"name": "ODC-By-1.0", "title": "Open Data Commons Attribution License 1.0"}

HOLDS = (
    "Tabel ini = baris 'changed' + baris 'snapshot' yang kuncinya tidak ada di 'changed' dan 'removed'. / "
    "The table is the rows of 'changed' and those of 'snapshot' whose key stands neither in 'changed' nor in 'removed'."
)

SCHEMAS: dict[str, type[BaseModel]] = {
    "courses": CoursesFile,
    "courses-part": CoursesPart,
    "coverage": Coverage,
    "alarms": AlarmsFile,
    "changes": ChangesFile,
    "changes-part": ChangesPart,
    "official": OfficialReport,
    "listing": Listing,
    "offer": Offer,
    "course": Course,
    "finding": Finding,
    "run-report": RunReport,
}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema (2020-12) of a record. Unknown keys are allowed: later versions may add some."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_open(model.model_json_schema())}


def _open(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _open(v) for k, v in value.items() if not (k == "additionalProperties" and v is False)}
    return [_open(item) for item in value] if isinstance(value, list) else value


def write_schemas(folder: Path) -> None:
    """One JSON Schema for every JSON file."""
    for name, model in SCHEMAS.items():
        write_json(folder / f"{name}.json", schema_of(model), indent=1)


def write_datapackage(out: Path, *, night: dt.date, sample: bool) -> None:
    """A Frictionless Data Package that describes every table, with size and hash of each file."""
    here = [table for table in open_tables.TABLES if (out / f"{table.name}.csv").exists()]
    resources = [resource for table in here for resource in _resources(out, table)]
    resources.extend(
        {
            "name": path.stem + "-json",
            "path": path.name,
            "format": "json",
            "mediatype": "application/json",
            **fingerprint(path),
        }
        for path in sorted(out.glob("*.json"))
        if path.name not in ("datapackage.json", "build.json")
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


def _resources(out: Path, table: Table) -> Iterator[dict[str, Any]]:
    """A table in one file is one resource, one in parts is one for each thing that its files hold."""
    path = out / f"{table.name}.csv"
    files = files_of(path)
    if not files:
        yield _resource(table, table.name, table.columns, {"path": path.name, **fingerprint(path)})
    for holds in sorted({holds for _, holds in files}):
        columns = [column for column in table.columns if holds != "removed" or column.name in table.key]
        where = {"path": [name for name, what in files if what == holds], "compression": "gz", "description": HOLDS}
        yield _resource(table, f"{table.name}-{holds}", columns, where)


def _resource(table: Table, name: str, columns: Iterable[Column], where: dict[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "name": column.name,
            "type": column.type,
            "description": f"{column.id} / {column.en}",
            **({"constraints": {"required": True}} if column.required else {}),
        }
        for column in columns
    ]
    return {
        "name": name,
        "title": f"{table.title_id} / {table.title_en}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
        **where,
    }


def fingerprint(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "hash": "sha256:" + hashlib.sha256(data).hexdigest()}


def write_dictionary(out: Path) -> None:
    """dictionary.csv: every column of every table in Indonesian and English."""
    header = ["table", "column", "type", "required", "id", "en"]
    rows = [
        [table.name, column.name, column.type, column.required, column.id, column.en]
        for table in (*open_tables.TABLES, open_tables.BEHIND, open_tables.PARTS)
        for column in table.columns
    ]
    write_bytes(out / "dictionary.csv", to_csv(header, rows))


def write_checksums(out: Path) -> None:
    """SHA256SUMS over every published file, as sha256sum writes and checks it."""
    ours = (p for p in out.rglob("*") if p.is_file() and p.suffix != ".html" and not p.name.startswith("."))
    paths = sorted(p for p in ours if p.name != "SHA256SUMS")  # the site's own page about the data lies here too
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(out).as_posix()}\n" for p in paths]
    write_bytes(out / "SHA256SUMS", "".join(lines).encode())
