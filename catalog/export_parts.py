"""A catalog that is too large for single files: records in packed parts by the hash of an id (tables: export_tables).

A part follows from the id alone, so that a night changes only the parts of changed courses. Parts are small, since each
changed course costs its whole part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from catalog.changes import Changes
from catalog.files import dump_json, link, pack, part_count, write_json
from catalog.part_memory import PartMemory
from catalog.published import Part
from catalog.records import Course

# Courses and offers together in one courses.json: some 23 MB, and no host takes files above 24 MiB. Also the rows of a
# single changes.json.
WHOLE_UP_TO = 18_000
PER_PART = 16  # courses
MOST_PARTS = 32_768


def is_large(courses: Sequence[Course]) -> bool:
    """Are single files too large for this catalog?"""
    return len(courses) + sum(len(course.offers) for course in courses) > WHOLE_UP_TO


def part_of(key: str, parts: int) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % parts


def split(keyed: Iterable[tuple[str, Any]], parts: int) -> list[list[Any]]:
    """Values by the part that their keys belong to."""
    found: list[list[Any]] = [[] for _ in range(parts)]
    for key, value in keyed:
        found[part_of(key, parts)].append(value)
    return found


def write_records(
    records: Sequence[Course],
    out: Path,
    head: dict[str, Any],
    public: Callable[[Course], dict[str, Any]],
    memory: PartMemory,
) -> list[Part]:
    """courses/<number>.json.gz, each with the head and its courses by id. Parts without courses are there too, so that
    a course more or less moves no other."""
    count = part_count(len(records), PER_PART, MOST_PARTS)
    parts = []
    for number, chosen in enumerate(split(((course.id, course) for course in records), count)):
        chosen.sort(key=lambda course: course.id)
        name = f"courses/{number:04x}.json.gz"
        key = memory.key(head, [course.id for course in chosen])
        if source := memory.source(name, key):
            link(source, out / name)
            part = told(name, source.read_bytes(), courses=len(chosen))
        else:
            body = {**head, "courses": [public(course) for course in chosen]}
            part = write_part(out, name, pack((dump_json(body) + "\n").encode()), courses=len(chosen))
        memory.learn(name, key, part.sha256)
        parts.append(part)
    memory.save()
    return parts


def write_part(out: Path, name: str, data: bytes, **what: Any) -> Part:
    """Writes out/<name>; returns it as lists of parts name it, see `told`."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)  # thousands of files of a build that is synced as a whole before it is shown
    return told(name, data, **what)


def told(name: str, data: bytes, **what: Any) -> Part:
    """A file as lists of parts name it; `what` are the other fields of Part: how many records, and what it holds."""
    return Part(path=name, **what, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


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
        parts.append(write_part(out, f"changes/{number:03d}.json", data, changes=len(chosen)))
    whole = changes.model_copy(update={"changes": []}).model_dump(mode="json")
    write_json(out / "changes.json", {**whole, "parts": [part.model_dump(exclude_none=True) for part in parts]})
