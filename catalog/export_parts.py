"""A catalog that is too large for single files: records and tables in parts by the hash of the course's id.

A part follows from the id alone, so that a night changes only the parts of changed courses. JSON parts are small, since
each changed course costs its whole part; tables come in a few packed parts, since people load all of a table.
"""

from __future__ import annotations

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

WHOLE_UP_TO = 20_000  # courses in one courses.json, rows of a single changes.json
PER_PART = 16  # courses
MOST_PARTS = 32_768
TABLE_PARTS = 16


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
    """courses/<number>.json, each with the head and its courses by id. Parts without courses are there too, so that a
    course more or less moves no other."""
    count = part_count(len(records), PER_PART, MOST_PARTS)
    parts = []
    for number, chosen in enumerate(_split(((course.id, course) for course in records), count)):
        chosen.sort(key=lambda course: course.id)
        body = {**head, "courses": [public(course) for course in chosen]}
        parts.append(_write(out, f"courses/{number:04x}.json", (dump_json(body) + "\n").encode(), courses=len(chosen)))
    return parts


def _write(out: Path, name: str, data: bytes, **counts: int) -> Part:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)  # thousands of files of a build that is synced as a whole before it is shown
    return Part(path=name, **counts, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def write_table(out: Path, table: Table, rows: Iterable[dict[str, Any]], key: str) -> None:
    """<table>.csv lists the parts; they are tables/<table>-<number>.csv.gz, each with the header."""
    parts = []
    for number, chosen in enumerate(_split(((str(row[key]), row) for row in rows), TABLE_PARTS)):
        packed = pack(to_csv(table.header, chosen))
        parts.append(_write(out, f"tables/{table.name}-{number:02d}.csv.gz", packed, rows=len(chosen)))
    listed = ({name: getattr(part, name) for name in PARTS.header} for part in parts)
    write_bytes(out / f"{table.name}.csv", to_csv(PARTS.header, listed))


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
