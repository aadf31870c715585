"""The spiders' memory of pages (SQLite under var/state/crawl/) as lines of JSON and back.

Published as lines: listings in it are cut like all kept listings, quiet nights change few lines, and who restores it
runs no SQL of the file. The form is generic: tables of texts whose first column is the key.
"""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

from catalog.condense import slim

LISTING = "listing"  # the column that holds a Listing
_NAME = re.compile(r"[a-z_]{1,40}")


class MemoryLinesError(ValueError):
    """The lines are no dump of such a memory."""


def to_lines(path: Path) -> str | None:
    """Every table's columns and rows, sorted; None when the file is no such memory (then a night without it is a full
    one, nothing worse)."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
    try:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        lines = []
        for name in sorted(names):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({_checked(name)})")]
            lines.append(json.dumps({"table": name, "columns": [_checked(column) for column in columns]}))
            rows = database.execute(f"SELECT * FROM {_checked(name)} ORDER BY 1")  # noqa: S608 - a checked name
            lines += [json.dumps(_row(columns, row), ensure_ascii=False) for row in rows]
    except (sqlite3.Error, MemoryLinesError):
        return None
    finally:
        database.close()
    return "".join(line + "\n" for line in lines)


def _checked(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise MemoryLinesError(f"{name!r} is no name of a table or column")
    return name


def _row(columns: list[str], row: tuple[object, ...]) -> list[str | None]:
    found: list[str | None] = []
    for column, value in zip(columns, row, strict=True):
        if value is not None and not isinstance(value, str):
            raise MemoryLinesError(f"{column}: not a text")
        found.append((slim(value) or "{}") if column == LISTING and value else value)
    return found


def from_lines(text: str) -> bytes:
    """The SQLite file again. MemoryLinesError when the lines are no dump."""
    database = sqlite3.connect(":memory:")
    insert = ""
    width = 0
    try:
        for line in text.removesuffix("\n").split("\n"):
            value = json.loads(line)
            if isinstance(value, dict):
                columns = [_checked(column) for column in value["columns"]]
                width, table = len(columns), _checked(value["table"])
                spelled = ", ".join(f"{column} TEXT{' PRIMARY KEY' * (not n)}" for n, column in enumerate(columns))
                database.execute(f"CREATE TABLE {table}({spelled})")
                insert = f"INSERT INTO {table} VALUES({', '.join('?' * width)})"
            elif isinstance(value, list) and len(value) == width and all(_is_text(cell) for cell in value):
                database.execute(insert, value)
            else:
                raise MemoryLinesError("a row does not fit its table")
        database.commit()
        return database.serialize()
    except (ValueError, KeyError, TypeError, sqlite3.Error) as error:
        raise MemoryLinesError(f"no memory of pages: {error}") from error
    finally:
        database.close()


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)
