"""The stages' files as the site reads them. A missing file is an empty catalog; a bad line says where it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from banding_context import Site
from pydantic import ValidationError

from catalog.records import Course


class CatalogError(ValueError):
    """A catalog file that can't be read; the message names file and line and says what to do."""


class CourseFile(Sequence[Course]):
    """courses.jsonl as a sequence that reads a course when it is asked for: 100,000 courses need no 100,000 objects."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._starts: list[int] = []
        if path.exists():
            with path.open("rb") as lines:
                position = 0
                for line in lines:
                    if line.strip():
                        self._starts.append(position)
                    position += len(line)

    def __len__(self) -> int:
        return len(self._starts)

    def lines(self) -> Iterator[bytes]:
        """The raw lines in order."""
        if self._starts:
            with self.path.open("rb") as lines:
                yield from (line for line in lines if line.strip())

    def read(self, line: bytes, number: int) -> Course:
        """One line as a record. Raises CatalogError."""
        try:
            return Course.model_validate_json(line)
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            message = f"{self.path}: course {number}: {reason}; run `banding catalog` again"
            raise CatalogError(message) from error

    def __iter__(self) -> Iterator[Course]:
        for number, line in enumerate(self.lines(), 1):
            yield self.read(line, number)

    @overload
    def __getitem__(self, index: int) -> Course: ...
    @overload
    def __getitem__(self, index: slice) -> list[Course]: ...
    def __getitem__(self, index: int | slice) -> Course | list[Course]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        with self.path.open("rb") as lines:
            lines.seek(self._starts[index])
            return self.read(lines.readline(), index + 1)


def read_json(path: Path) -> Any:
    """A JSON file, or None when it is not there. Raises CatalogError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise CatalogError(f"{path}: not valid JSON ({error}); run `banding catalog` again") from error


def read_last_good(site: Site) -> dict[str, str]:
    """platform -> the night of its last accepted data, as ISO text; platforms without any are missing."""
    coverage = read_json(site.var.catalog / "coverage.json") or {}
    rows = coverage.get("platforms", [])
    return {row["platform"]: row["last_good"] for row in rows if row.get("last_good")}


class Once:
    """A course that is read when it is asked for, and only once."""

    __slots__ = ("_read", "_value")

    def __init__(self, read: Callable[[], Course]) -> None:
        self._read = read
        self._value: Course | None = None

    @property
    def value(self) -> Course:
        if self._value is None:
            self._value = self._read()
        return self._value
