"""Which parts of courses the last build holds as tonight would write them: they are taken over instead.

The file is a cache like the others (decision 0033): it may be deleted, cut or stale, and decides nothing. A part is
known by the program, its head and the lines of its courses, and taken only where the last build has it just so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.files import dump_json, write_json
from catalog.layout import Var
from catalog.reading import HERE, version_with

_ID = re.compile(rb'\{"id":"([^"\\]+)"')


class PartMemory:
    """Of one night; `previous` is the data of the last build, if there is one."""

    def __init__(self, var: Var, previous: Path | None, night: dt.date) -> None:
        self.path, self.previous = var.cache / "course-parts.json", previous
        self._version = version_with(*(HERE / name for name in ("export_parts.py", "published.py", "files.py")))
        self._marks = _marks(var.courses, night)
        self._before = _read(self.path)
        self._tonight: dict[str, list[str]] = {}

    def key(self, head: Mapping[str, Any], ids: Sequence[str]) -> str:
        """Hash of all that decides a part's bytes."""
        key = hashlib.blake2b(f"{self._version} {dump_json(head)}".encode(), digest_size=16)
        for name in ids:
            key.update(self._marks[name])
        return key.hexdigest()

    def source(self, name: str, key: str) -> Path | None:
        """The file in the last build that was made under this key and is as it was written."""
        known = self._before.get(name)
        if self.previous is None or not isinstance(known, list) or known[:1] != [key]:
            return None
        path = self.previous / name
        try:
            return path if [key, hashlib.sha256(path.read_bytes()).hexdigest()] == known else None
        except OSError:
            return None

    def learn(self, name: str, key: str, sha256: str) -> None:
        """What stands in tonight's build."""
        self._tonight[name] = [key, sha256]

    def save(self) -> None:
        """Keeps tonight's for the next night."""
        write_json(self.path, self._tonight)


def _marks(path: Path, night: dt.date) -> dict[str, bytes]:
    """Course id -> hash of all that its line says. A last sight on this night is not published (public_course)."""
    tonight = f'"last_seen":"{night.isoformat()}"'.encode()
    found = {}
    with path.open("rb") as lines:
        for line in filter(bytes.strip, lines):
            match = _ID.match(line)
            name = match[1].decode() if match else str(json.loads(line)["id"])
            found[name] = hashlib.blake2b(line.replace(tonight, b""), digest_size=16).digest()
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
