"""A catalog that is too large for single files: records and tables in packed parts by the hash of an id.

A part follows from the id alone, so that a night changes only the parts of changed courses. Parts of records are small,
since each changed course costs its whole part; tables come in fewer parts, since people load all of a table.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from catalog.changes import Changes
from catalog.files import dump_json, pack, part_count, write_bytes, write_json
from catalog.open_tables import PARTS
from catalog.published import Part
from catalog.records import Course
from catalog.tables import Table, to_csv

# Courses and offers together in one courses.json: some 23 MB, and no host takes files above 24 MiB. Also the rows of a
# single changes.json.
WHOLE_UP_TO = 18_000
PER_PART = 16  # courses
MOST_PARTS = 32_768
WHOLE_ROWS = 5_000  # of a table of a large catalog, and about as many in each part of a longer one
MOST_TABLE_PARTS = 256


def is_large(courses: Sequence[Course]) -> bool:
    """Are single files too large for this catalog?"""
    return len(courses) + sum(len(course.offers) for course in courses) > WHOLE_UP_TO


def part_of(key: str, parts: int) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % parts


def _split(keyed: Iterable[tuple[str, Any]], parts: int) -> list[list[Any]]:
    found: list[list[Any]] = [[] for _ in range(parts)]
    for key, value in keyed:
        found[part_of(key, parts)].append(value)
    return found


def write_records(
    records: Sequence[Course], out: Path, head: dict[str, Any], public: Callable[[Course], dict[str, Any]]
) -> list[Part]:
    """courses/<number>.json.gz, each with the head and its courses by id. Parts without courses are there too, so that
    a course more or less moves no other."""
    count = part_count(len(records), PER_PART, MOST_PARTS)
    parts = []
    for number, chosen in enumerate(_split(((course.id, course) for course in records), count)):
        chosen.sort(key=lambda course: course.id)
        body = {**head, "courses": [public(course) for course in chosen]}
        packed = pack((dump_json(body) + "\n").encode())
        parts.append(_write(out, f"courses/{number:04x}.json.gz", packed, courses=len(chosen)))
    return parts


def _write(out: Path, name: str, data: bytes, **counts: int) -> Part:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)  # thousands of files of a build that is synced as a whole before it is shown
    return Part(path=name, **counts, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def write_table(out: Path, table: Table, rows: Iterable[dict[str, Any]], *, name: str = "", large: bool) -> None:
    """<name>.csv, with all rows or, where a large catalog has too many, as a list of the parts that hold them."""
    name, lines = name or table.name, list(rows)
    if not large or len(lines) <= WHOLE_ROWS:
        write_bytes(out / f"{name}.csv", to_csv(table.header, lines))
    else:
        list_parts(out, name, write_parts(out, table, lines, name))


def write_parts(out: Path, table: Table, rows: Sequence[dict[str, Any]], name: str) -> list[Part]:
    """tables/<name>-<number>.csv.gz, each with the header; rows of one id stand in one part."""
    key = (table.key or table.header)[-1]
    count = part_count(len(rows), WHOLE_ROWS, MOST_TABLE_PARTS)
    parts = []
    for number, chosen in enumerate(_split(((str(row[key]), row) for row in rows), count)):
        path = f"tables/{name.replace('/', '-')}-{number:02d}.csv.gz"
        parts.append(_write(out, path, pack(to_csv(table.header, chosen)), rows=len(chosen)))
    return parts


def list_parts(out: Path, name: str, parts: Iterable[Part]) -> None:
    """<name>.csv as the list of its parts."""
    rows = ({name: getattr(part, name) for name in PARTS.header} for part in parts)
    write_bytes(out / f"{name}.csv", to_csv(PARTS.header, rows))


def parts_of(path: Path) -> list[str]:
    """The parts that a table's file lists; none where it holds the rows itself."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        return [row["path"] for row in reader] if reader.fieldnames == PARTS.header else []


def write_changes(changes: Changes, out: Path, head: dict[str, Any]) -> None:
    """changes.json; a night with very many changes (the first one of a large catalog) has them in parts."""
    if len(changes.changes) <= WHOLE_UP_TO:
        write_json(out / "changes.json", changes)
        return
    parts = []
    for number, start in enumerate(range(0, len(changes.changes), WHOLE_UP_TO)):
        chosen = changes.changes[start : start + WHOLE_UP_TO]
        body = {**head, "changes": [change.model_dump(mode="json") for change in chosen]}
        data = (dump_json(body) + "\n").encode()
        parts.append(_write(out, f"changes/{number:03d}.json", data, changes=len(chosen)))
    whole = changes.model_copy(update={"changes": []}).model_dump(mode="json")
    write_json(out / "changes.json", {**whole, "parts": [part.model_dump(exclude_none=True) for part in parts]})
