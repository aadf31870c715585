"""Files that are never half-written: JSON and JSON lines, written aside and renamed; bad lines set apart on reading."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

R = TypeVar("R", bound=BaseModel)
_ASIDE = re.compile(
    r"\..+\.(\d{1,9})\.(?:tmp|new)(?:\.aside)?"
)  # ".name.PROCESS.tmp": a file or folder that is being written
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@contextlib.contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Writes beside `path`, syncs, renames. A reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """The whole file, or on any failure the file that was there before."""
    with _written(path) as out:
        out.write(data)


def sync(path: Path) -> None:
    """Asks the system to write a file's bytes, or a folder's names, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(root: Path, leave: Collection[str] = ()) -> None:
    """Removes what killed writers left beside their files and folders anywhere below `root`; what a living process is
    writing stays. Folders of `root` named in `leave` are not looked into."""
    for place, folders, files in os.walk(root):
        found = [(name, match) for name in (*folders, *files) if (match := _ASIDE.fullmatch(name))]
        for name, match in found:
            if not _lives(int(match[1])):
                _remove(Path(place, name))
        inside = {name for name, _ in found} | (set(leave) if Path(place) == root else set())
        folders[:] = [name for name in folders if name not in inside]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def link(source: Path, path: Path) -> None:
    """The same file under a second name, a copy where the file system has no links between the two. Never write into
    one of them: replace it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, path)
    except OSError:
        shutil.copyfile(source, path)


def pack(data: bytes) -> bytes:
    """gzip without the time: equal data, equal bytes."""
    return gzip.compress(data, compresslevel=6, mtime=0)


def part_count(items: int, each: int, most: int) -> int:
    """Into how many files `items` are cut, about `each` in one: a power of two up to `most`, so that items more or less
    seldom move others."""
    count = 1
    while count * each < items and count < most:
        count *= 2
    return count


def dump_json(value: Any, *, indent: int | None = None) -> str:
    """JSON with a fixed spelling, so that equal values give equal bytes."""
    if indent is None:
        return _COMPACT.encode(value)
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=(",", ": "), sort_keys=False)


def write_json(path: Path, value: Any, *, indent: int | None = None) -> None:
    if isinstance(value, BaseModel):
        if indent is None:  # the same bytes without a copy of all of it
            write_bytes(path, value.model_dump_json().encode() + b"\n")
            return
        value = value.model_dump(mode="json")
    write_bytes(path, (dump_json(value, indent=indent) + "\n").encode())


def write_lines(path: Path, records: Iterable[BaseModel]) -> int:
    """One record a line; returns the number of lines. Streams, so 100,000 records need no second copy."""
    return write_texts(path, (record.model_dump_json(exclude_defaults=True) for record in records))


def write_texts(path: Path, texts: Iterable[str]) -> int:
    """One text a line, as `write_lines`."""
    count = 0
    with _written(path) as out:
        for text in texts:
            out.write(text.encode())
            out.write(b"\n")
            count += 1
    return count


def read_lines(path: Path, model: type[R], on_bad: Callable[[int, str, str], None] | None = None) -> Iterator[R]:
    """Records of a JSON-lines file.

    A bad line goes to `on_bad(number, line, reason)`; without it ValueError is raised.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield model.model_validate_json(line)
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                if on_bad is None:
                    raise ValueError(f"{path}: line {number}: {reason}") from error
                on_bad(number, line.rstrip("\n"), reason)
