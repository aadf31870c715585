"""Writing pages: each under a key of everything that went into it; equal key and an untouched old file -> a hard link.

A quiet night then costs little more than reading the catalog, and an unchanged page keeps its bytes for certain.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from banding_context import Site

from catalog.files import write_bytes


def digest(*parts: str | bytes) -> str:
    """A short hash of the parts and of where one ends."""
    whole = blake2b(digest_size=12)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "little"))
        whole.update(data)
    return whole.hexdigest()


def _write(path: str, data: bytes) -> os.stat_result:
    """Writes a file and gives its size and time. Plain system calls: a file object a page costs more than the write."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        while data:
            data = data[os.write(handle, data) :]
        return os.fstat(handle)
    finally:
        os.close(handle)


class Output:
    """The folder that is being built, the folder of the last build (or None) and the record that joins them.

    The record names key, size and modification time of every file of the last build; a file of the old folder is
    taken over only if all three agree, so that a folder that somebody touched or mixed up is written anew.
    """

    def __init__(self, folder: Path, previous: Path | None, record: Path) -> None:
        self.folder = folder
        self.previous = previous if previous is not None and previous.is_dir() else None
        self.record = record
        self.old = self._read_record() if self.previous else {}
        self.new: dict[str, list[str | int]] = {}
        self.written = self.kept = 0
        self._folders: set[str] = set()

    @classmethod
    def open(cls, folder: str | Path, site: Site) -> Output:
        """The output of one build; its record lies under var/site/."""
        return cls(Path(folder), site.previous, site.var.root / "site" / "record.json")

    def _read_record(self) -> dict[str, list[str | int]]:
        try:
            value = json.loads(self.record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _make_folder(self, name: str) -> None:
        parent = name.rpartition("/")[0]
        if parent not in self._folders:
            path = f"{self.folder}/{parent}"
            try:
                os.mkdir(path)  # noqa: PTH102 - nearly every page makes one folder in one that is there
            except FileExistsError:
                pass
            except FileNotFoundError:
                os.makedirs(path, exist_ok=True)  # noqa: PTH103
            self._folders.add(parent)

    def emit(self, name: str, key: str, render: Callable[[], str | bytes]) -> None:
        """Takes over `name` (a relative path) from the last build when its key is unchanged, else renders it."""
        if name in self.new:
            raise ValueError(f"{name} would be written twice; two pages have the same address")
        path = f"{self.folder}/{name}"
        self._make_folder(name)
        if self.unchanged(name, key) and self._take_over(name, path):
            self.kept += 1
            return
        data = render()
        info = _write(path, data.encode() if isinstance(data, str) else data)
        self.new[name] = [key, info.st_size, info.st_mtime_ns]
        self.written += 1

    def unchanged(self, name: str, key: str) -> bool:
        """Is `name` of the last build there, untouched, and made under the same key?"""
        kept = self.old.get(name)
        if kept is None or kept[0] != key:
            return False
        try:
            info = os.stat(f"{self.previous}/{name}")  # noqa: PTH116
        except OSError:
            return False
        return [info.st_size, info.st_mtime_ns] == kept[1:]

    def _take_over(self, name: str, path: str) -> bool:
        source = f"{self.previous}/{name}"
        if source != path:
            try:
                os.link(source, path)
            except OSError:  # another file system, or a file system without links
                return False
        self.new[name] = self.old[name]
        return True

    def finish(self) -> None:
        """Stores the record for the next build."""
        write_bytes(self.record, json.dumps(self.new, separators=(",", ":")).encode())
