"""What was made of a platform's long texts and list rows on the night before: nearly all of them come again.

It decides nothing: everything is found by the hash of all that it was made of, programs and spec included, so that the
file (SQLite under var/cache/crawl/) may be deleted at any time. It is written anew every night with what was asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
from lxml import etree

from catalog.files import dump_json
from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import Listing
from spiders.recrawl import fresh, settle
from spiders.scrub import scrub_piece

if TYPE_CHECKING:
    from spiders.base import Course

HERE = Path(__file__).resolve().parent
_CATALOG = HERE.parent / "catalog"


def version_of(spec: Spec, own: Path) -> bytes:
    """Hash of all that decides what is made of an answer; `own` is the platform's spider."""
    digest = hashlib.blake2b(digest_size=16)
    for path in (*sorted(HERE.glob("*.py")), own, _CATALOG / "normalize" / "outline.py", _CATALOG / "records.py"):
        digest.update(path.read_bytes() if path.is_file() else b"")
    digest.update(f"{spec.model_dump_json()} {phonenumbers.__version__} {etree.__version__}".encode())
    return digest.digest()


class Kept:
    """`scrubbed` is `scrub_piece`; `listing` gives a complete row's Listing where one was made, `keep` remembers it."""

    def __init__(self, var: Var, spec: Spec, own: Path) -> None:
        folder = var.cache / "crawl"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{spec.id}.sqlite"
        self.version = version_of(spec, own)
        self._old = _opened(self.path)
        self._new = fresh(self.path)
        self._new.execute("CREATE TABLE made(key BLOB PRIMARY KEY, value TEXT) WITHOUT ROWID")

    @classmethod
    def open(cls, var: Var, spec: Spec, own: Path) -> Kept | None:
        """None where nothing can be kept (a full disk, a folder that is none): the night is only slower."""
        try:
            return cls(var, spec, own)
        except (OSError, sqlite3.Error):
            return None

    def _key(self, *parts: str) -> bytes:
        digest = hashlib.blake2b(self.version, digest_size=16)
        digest.update("\x00".join(parts).encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _find(self, key: bytes) -> str | None:
        if self._old is None:
            return None
        try:
            found = self._old.execute("SELECT value FROM made WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:  # a damaged page of the file
            self._old = None
            return None
        if found:
            self._put(key, found[0])
        return found[0] if found else None

    def _put(self, key: bytes, value: str) -> None:
        with contextlib.suppress(
            UnicodeEncodeError, sqlite3.Error
        ):  # half a sign, which SQLite does not take; a full disk
            self._new.execute("INSERT OR IGNORE INTO made VALUES(?,?)", (key, value))

    def scrubbed(self, text: str, names: Sequence[str]) -> str:
        key = self._key("text", text, *names)
        clean = self._find(key)
        if clean is None:
            clean = scrub_piece(text, names)
            self._put(key, clean)
        return clean

    def _row(self, course: Course) -> bytes:
        return self._key("row", dump_json([course.native_id, course.url, course.layer, course.eligible, course.fields]))

    def listing(self, course: Course) -> Listing | None:
        """The Listing as it was made of an equal row; its moment and its answer's hash are the caller's to set."""
        text = self._find(self._row(course))
        return Listing.model_validate_json(text) if text is not None else None

    def keep(self, course: Course, listing: Listing) -> None:
        self._put(self._row(course), listing.model_dump_json(exclude_defaults=True))

    def close(self, *, keep: bool) -> None:
        """Puts tonight's in place after a good run; drops it otherwise."""
        if self._old is not None:
            self._old.close()
        with contextlib.suppress(OSError, sqlite3.Error):
            settle(self._new, self.path, keep=keep)


def _opened(path: Path) -> sqlite3.Connection | None:
    if not path.is_file():
        return None
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
