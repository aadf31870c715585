"""Every course as the builder knows it: card, events for the feeds, facet values; remembered between builds.

An unchanged line of courses.jsonl is not read as a record again: what was made of it is taken from the last build's
memory, which is bound to the frame (templates, scripts, rules, base path) that it was made with.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import BinaryIO

from banding_cards import Card, make_card
from banding_facets import facet_values
from banding_feeds import Event, events_of
from banding_groups import group_name
from banding_output import digest
from banding_read import CourseFile
from pydantic_core import from_json

from catalog.records import Course

_FIELDS = tuple(f.name for f in fields(Card))
_HASH = 24  # digits of a digest
_ID = re.compile(rb'"id":\s*"([^"\\]+)"')


@dataclass(slots=True)
class Entry:
    """`key` hashes the course's line without the night it was seen on; `facets` are (filter, value, label); `moved`
    names its offers whose price was ever another."""

    key: str
    card: Card
    events: list[Event]
    facets: list[tuple[str, str, str]]
    moved: Sequence[str] = ()


class Memory:
    """One line a course: its key, then what was made of it. Read by seeking, never as a whole."""

    def __init__(self, path: Path, frame: str) -> None:
        self.path = path
        self.frame = frame
        self._places: dict[str, int] = {}
        self._old = self._open()
        self._aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._new = self._aside.open("wb")
        self._new.write(f"{frame}\n".encode())

    def _open(self) -> BinaryIO | None:
        try:
            file = self.path.open("rb")
        except OSError:
            return None
        if file.readline().strip() != self.frame.encode():
            file.close()
            return None
        position = file.tell()
        for line in file:
            self._places[line[:_HASH].decode()] = position
            position += len(line)
        return file

    def find(self, key: str) -> Entry | None:
        place = self._places.get(key)
        if place is None or self._old is None:
            return None
        self._old.seek(place + _HASH + 1)
        line = self._old.readline()
        try:
            card, events, facets = from_json(line)
            self._new.write(f"{key} ".encode() + line)
            return Entry(key, Card(*card), [Event(*event) for event in events], [tuple(f) for f in facets])
        except (ValueError, TypeError):
            return None

    def keep(self, entry: Entry) -> None:
        card = [getattr(entry.card, name) for name in _FIELDS]
        events = [[e.day, e.kind, e.platform, e.before, e.after] for e in entry.events]
        text = json.dumps([card, events, entry.facets], ensure_ascii=False, separators=(",", ":"))
        self._new.write(f"{entry.key} {text}\n".encode())

    def finish(self) -> None:
        self._new.close()
        self._aside.replace(self.path)
        if self._old is not None:
            self._old.close()


def course_key(line: bytes, tonight: bytes, price_before: str) -> str:
    """The night on which an offer was seen is no content: a quiet night keeps the key."""
    return digest(line.replace(tonight, b""), price_before)


def read_entries(
    courses: CourseFile,
    memory: Memory,
    tonight: bytes,
    before: dict[str, int | None],
    render: Callable[[Card], str],
    groups: int = 0,
) -> Iterator[Entry]:
    """One entry a course, in the file's order. `groups`: over how many shared pages the courses go, 0 for none."""
    for number, line in enumerate(courses.lines(), 1):
        # The feeds' "menjadi" needs the price before; it belongs to the key only where there is one.
        moved = moved_in(line, before)
        key = course_key(line, tonight, _before_of(moved, before))
        entry = memory.find(key)
        if entry is None:
            course = courses.read(line, number)
            group = group_name(course.id, groups) if groups else ""
            entry = _make(course, make_card(course, group), key, before, render)
            memory.keep(entry)
        entry.moved = moved
        yield entry


def ids_in(line: bytes) -> list[str]:
    """Every id that a line of courses.jsonl names, those of its offers among them. Reading the whole line costs ten
    times as much; a quotation mark within a text stands behind a backslash and so looks like no id."""
    return [found.decode() for found in _ID.findall(line)]


def moved_in(line: bytes, before: dict[str, int | None]) -> Sequence[str]:
    """The offers of a line whose price was ever another."""
    return [offer for offer in ids_in(line) if offer in before] if before else ()


def _before_of(moved: Sequence[str], before: dict[str, int | None]) -> str:
    """Their prices before; "" where none moved, so that the first price change of the catalog renews no other page."""
    return repr([before[offer] for offer in moved]) if moved else ""


def _make(course: Course, card: Card, key: str, before: dict[str, int | None], render: Callable[[Card], str]) -> Entry:
    card.html = render(card)
    card.mark = digest(card.html)
    return Entry(key, card, events_of(course, before), facet_values(course) if card.active else [])
