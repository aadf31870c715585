"""What was made of a platform's long texts and list rows on the night before: nearly all of them come again.

It decides nothing: everything is found by the hash of all that it was made of, programs and spec included, so that the
file (SQLite under var/cache/crawl/) may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
from lxml import etree

from catalog.files import dump_json
from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import Listing
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


_TABLE = "CREATE TABLE made(key BLOB PRIMARY KEY, value BLOB, sum INTEGER)"
SPARE = 4
"""A quarter of the rows may be of texts that are no more, before they are cleared away."""


class Kept:
    """`scrubbed` is `scrub_piece`; `listing` gives a complete row's Listing where one was made, `keep` remembers it.

    One transaction a night: a killed or bad run leaves the file as it was.
    """

    def __init__(self, var: Var, spec: Spec, own: Path) -> None:
        folder = var.cache / "crawl"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{spec.id}.sqlite"
        self.version = version_of(spec, own)
        self._used: set[bytes] = set()
        self._made = _begun(self.path)

    @classmethod
    def open(cls, var: Var, spec: Spec, own: Path) -> Kept | None:
        """None where nothing can be kept (a full disk, another run at work, a folder that is none): only slower."""
        try:
            return cls(var, spec, own)
        except (OSError, sqlite3.Error):
            return None

    def _key(self, *parts: str) -> bytes:
        digest = hashlib.blake2b(self.version, digest_size=16)
        digest.update("\x00".join(parts).encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _find(self, key: bytes) -> str | None:
        try:
            found = self._made.execute("SELECT value, sum FROM made WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:  # a damaged page of the file
            return None
        if found is None or not isinstance(found[0], bytes) or found[1] != _sum(key, found[0]):
            return None
        self._used.add(key)
        return found[0].decode()

    def _put(self, key: bytes, value: str) -> None:
        self._used.add(key)
        with contextlib.suppress(UnicodeEncodeError, sqlite3.Error):  # half a sign; a full disk
            data = value.encode()
            self._made.execute("INSERT OR REPLACE INTO made VALUES(?,?,?)", (key, data, _sum(key, data)))

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

    def keep(self, course: Course, listing: str) -> None:
        """Remembers what was made of a row: a Listing's line."""
        self._put(self._row(course), listing)

    def close(self, *, keep: bool) -> None:
        """Keeps tonight's after a good run; else all stays as it was."""
        with contextlib.suppress(sqlite3.Error):
            if keep:
                self._clear()
                self._made.commit()
        self._made.close()

    def _clear(self) -> None:
        """Drops what was not asked for tonight, once there is much of it."""
        rows = self._made.execute("SELECT count(*) FROM made").fetchone()[0]
        if (rows - len(self._used)) * SPARE <= rows:
            return
        self._made.execute("CREATE TEMP TABLE used(key BLOB PRIMARY KEY) WITHOUT ROWID")
        self._made.executemany("INSERT INTO used VALUES(?)", ((key,) for key in self._used))
        self._made.execute("DELETE FROM made WHERE key NOT IN (SELECT key FROM used)")


def _sum(key: bytes, value: bytes) -> int:
    """A row's checksum: SQLite itself does not see a flipped bit in a text."""
    return zlib.crc32(value, zlib.crc32(key))


def _begun(path: Path) -> sqlite3.Connection:
    """The file's rows in a transaction of our own; a file that is none of ours is begun anew. Raises sqlite3.Error."""
    for _ in range(2):
        made = sqlite3.connect(path, timeout=0.1, isolation_level=None)
        try:
            made.execute("BEGIN IMMEDIATE")
            made.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS"))
            if made.execute("SELECT sql FROM sqlite_master WHERE name = 'made'").fetchone() != (_TABLE,):
                raise sqlite3.DatabaseError("a table of another form")
            made.execute("SELECT key FROM made LIMIT 1").fetchone()
            return made
        except sqlite3.OperationalError:
            made.close()
            raise
        except sqlite3.DatabaseError:
            made.close()
            path.unlink(missing_ok=True)
    raise sqlite3.DatabaseError(f"{path}: can't be begun anew")
