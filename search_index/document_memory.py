"""The analyzed courses of the last index: the stage after it reads them instead of analyzing all again, and so does
the next night, on which nearly all courses are the same.

Like the cache of offers, the file may be deleted, cut or stale and decides nothing: it begins with the hash of all that
analyzes, a course is known by the hash of its line, and every entry carries a checksum.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any

from pydantic import ValidationError

from catalog.files import dump_json
from catalog.layout import Var
from catalog.reading import version_with
from catalog.records import Course
from search_index.documents import Document, analyze
from search_index.facets import Row, pack, unpack

# A line names the night on which each offer was last seen, which is no part of the document and moves every night.
_SEEN = re.compile(rb'"last_seen":"[0-9-]{10}",?')
_KEY, _SUM = 24, 8  # hexadecimal digits

Remembered = Callable[[bytes], bytes | None]


def read_documents(var: Var, *, keep: bool = False) -> Iterator[Document]:
    """Documents of the active courses of courses.jsonl, in its order. With `keep` they are remembered once all were
    read. ValueError where a line can't be read, with its number and what to do."""
    path = var.cache / "documents.jsonl"
    with _remembered(path) as remembered, _kept(path, keep=keep) as write, var.courses.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            key = hashlib.blake2b(_SEEN.sub(b"", line), digest_size=_KEY // 2).hexdigest().encode()
            entry = remembered(key)
            if entry is None:
                document = _analyze(line, f"{var.courses}: course {number}")
                entry = dump_json(_packed(document)).encode("utf-8", "surrogatepass")
            else:
                document = _unpacked(json.loads(entry))
            write(b"%s%08x%s\n" % (key, zlib.crc32(entry), entry))
            if document is not None:
                yield document


def _analyze(line: bytes, where: str) -> Document | None:
    try:
        course = Course.model_validate_json(line)
    except ValidationError as error:
        raise ValueError(f"{where}: {error.errors()[0]['msg']}; run `banding catalog` again") from error
    return analyze(course) if course.status == "active" else None


def _packed(document: Document | None) -> Any:
    """Plain values; words joined by spaces, which no word holds."""
    if document is None:
        return None
    fields = {name: " ".join(words) for name, words in document.fields.items()}
    return [pack(document.row), fields, " ".join(document.text), document.cities]


def _unpacked(value: Any) -> Document | None:
    if value is None:
        return None
    row, fields, text, cities = value
    words = {name: _words(joined) for name, joined in fields.items()}
    return Document(_row(row), words, _words(text), cities)


def _row(plain: list[Any]) -> Row:
    """JSON knows no tuples."""
    *simple, values = plain
    row = [tuple(value) if isinstance(value, list) else value for value in simple]
    return unpack([*row, {name: tuple(chosen) for name, chosen in values.items()}])


def _words(joined: str) -> tuple[str, ...]:
    return tuple(map(intern, joined.split(" "))) if joined else ()


@cache
def _head() -> bytes:
    return f"{version_with(*sorted(Path(__file__).parent.glob('*.py')))}\n".encode()


def _mapped(path: Path) -> mmap.mmap | None:
    """The file where it can be used; it may be missing, empty or of another program."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    if data[: len(_head())] == _head():
        return data
    data.close()
    return None


@contextmanager
def _remembered(path: Path) -> Iterator[Remembered]:
    """Finds an entry by its key; None where there is none or it is damaged."""
    data = _mapped(path)
    if data is None:
        yield lambda key: None
        return
    places = _places(data)

    def find(key: bytes) -> bytes | None:
        start = places.get(key)
        if start is None:
            return None
        entry = data[start + _SUM : data.find(b"\n", start)]
        return entry if b"%08x" % zlib.crc32(entry) == data[start : start + _SUM] else None

    with data:
        yield find


def _places(data: mmap.mmap) -> dict[bytes, int]:
    """Key -> where its checksum begins, of all whole lines."""
    found = {}
    start = len(_head())
    while (end := data.find(b"\n", start)) >= 0:
        found[data[start : start + _KEY]] = start + _KEY
        start = end + 1
    return found


@contextmanager
def _kept(path: Path, *, keep: bool) -> Iterator[Callable[[bytes], object]]:
    """Writes entries aside; the file takes the old one's place when all went well."""
    if not keep:
        yield lambda entry: None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as out:
            out.write(_head())
            yield out.write
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
