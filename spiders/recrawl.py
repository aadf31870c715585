"""Conditional recrawl: what is known of each course page from earlier nights, so that a quiet night asks for little.

A page is not asked for when its sitemap date or its row in the list is the same as before; else it is asked for with
If-None-Match / If-Modified-Since. The memory is one SQLite file per platform under var/state/crawl/, written aside and
renamed after a good run; deleting it only makes the next night a full one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import Listing
from spiders.origin import Origin

if TYPE_CHECKING:
    from spiders.base import Course
    from spiders.page import Answer

_TABLES = (
    "CREATE TABLE page(url TEXT PRIMARY KEY, row TEXT, lastmod TEXT, etag TEXT, modified TEXT, listing TEXT)",
    "CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT)",
)
VERSION = "1"
Known = tuple[Listing, str]
"""A Listing and the line that it was read from."""


class Memory:
    """`unchanged` and `same` give the Listing of an earlier night and its line; `keep` remembers this night's."""

    def __init__(self, path: Path, old: sqlite3.Connection | None, new: sqlite3.Connection, *, full: bool) -> None:
        self.path, self.old, self.new, self.full = path, old, new, full
        self.reused = 0

    @classmethod
    def open(cls, var: Var, spec: Spec, night: dt.date, origin: Origin | None) -> Memory:
        """The platform's memory. On the spec's full weekday, or after another origin, nothing of it is used."""
        folder = var.state / "crawl"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{spec.id}.sqlite"
        where = (
            f"{VERSION} {origin.netloc if origin is not None and not origin.loopback else 'loopback' if origin else ''}"
        )
        old = _read(path, where)
        aside = folder / f".{spec.id}.{os.getpid()}.sqlite"
        for left in folder.glob(f".{spec.id}.*.sqlite*"):
            left.unlink()
        new = sqlite3.connect(aside)
        new.execute("PRAGMA journal_mode=OFF")
        new.execute("PRAGMA synchronous=OFF")
        for table in _TABLES:
            new.execute(table)
        new.execute("INSERT INTO about VALUES('where', ?)", (where,))
        return cls(path, old, new, full=night.weekday() == spec.crawl.full_weekday)

    def _find(self, course: Course) -> tuple[str | None, ...] | None:
        if self.old is None:
            return None
        found = self.old.execute(
            "SELECT row, lastmod, etag, modified, listing FROM page WHERE url = ?", (course.url,)
        ).fetchone()
        return tuple(found) if found else None

    def unchanged(self, course: Course) -> Known | None:
        """The earlier Listing when the list itself shows that nothing changed; None when the page must be asked for."""
        known = self._find(course)
        if known is None or self.full:
            return None
        row, lastmod = _row(course), course.lastmod
        proven = (lastmod is not None and lastmod == known[1]) or (
            lastmod is None and row is not None and row == known[0]
        )
        return self._reuse(course, row, known) if proven else None

    def conditions(self, course: Course) -> dict[str, str]:
        """Headers that let the site answer 304."""
        known = self._find(course) if not self.full else None
        headers = {}
        if known and known[2]:
            headers["If-None-Match"] = known[2]
        if known and known[3]:
            headers["If-Modified-Since"] = known[3]
        return headers

    def same(self, course: Course) -> Known | None:
        """The earlier Listing after the site answered 304."""
        known = self._find(course)
        return self._reuse(course, _row(course), known) if known else None

    def _reuse(self, course: Course, row: str | None, known: tuple[str | None, ...]) -> Known:
        text = known[4] or "{}"
        listing = Listing.model_validate_json(text)
        self._write(course, row, known[2], known[3], text)
        self.reused += 1
        return listing, text

    def keep(self, course: Course, answer: Answer, listing: str) -> None:
        """Remembers a Listing (its JSON) with the validators of the answer that it was read from."""
        headers = answer.headers
        if answer.url.partition("?")[0].rstrip("/") != course.url.rstrip("/"):
            headers = {}  # read from another address: its validators say nothing of this one
        self._write(course, _row(course), headers.get("etag"), headers.get("last-modified"), listing)

    def _write(self, course: Course, row: str | None, etag: str | None, modified: str | None, listing: str) -> None:
        self.new.execute(
            "INSERT OR REPLACE INTO page VALUES(?,?,?,?,?,?)",
            (course.url, row, course.lastmod, etag, modified, listing),
        )

    def close(self, *, keep: bool) -> None:
        """Puts the new memory in place after a good run; drops it otherwise."""
        name = next(row[2] for row in self.new.execute("PRAGMA database_list"))
        self.new.commit()
        self.new.close()
        if self.old is not None:
            self.old.close()
        if keep:
            Path(name).replace(self.path)
        else:
            Path(name).unlink(missing_ok=True)


def _read(path: Path, where: str) -> sqlite3.Connection | None:
    """The earlier memory, None when it is absent, broken, or of another place."""
    if not path.is_file():
        return None
    try:
        old = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        found = old.execute("SELECT value FROM about WHERE key = 'where'").fetchone()
        if found and found[0] == where and old.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
            return old
        old.close()
    except sqlite3.Error:
        return None
    return None


def _row(course: Course) -> str | None:
    """A fingerprint of what the list shows; None when it shows no price, since then it proves nothing."""
    if not course.fields.get("price"):
        return None
    shown = json.dumps(course.fields, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.blake2b(shown.encode(), digest_size=12).hexdigest()
