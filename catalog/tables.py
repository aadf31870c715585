"""Tables of the catalog as rows of plain values: one definition for CSV, workbook, data dictionary and schema."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """One column: its name, its Frictionless type, and what it means in Indonesian and English."""

    name: str
    type: str
    id: str
    en: str
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One published table: how its rows are made and what its columns mean."""

    name: str
    title_id: str
    title_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]


# A spreadsheet takes text that begins so for a formula; a leading apostrophe makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(value: Value) -> Value:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def cell(value: Any) -> str:
    """One CSV cell: unknown is empty, lists are joined with ' | ', booleans are true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return str(harmless(" | ".join(str(item) for item in value)))
    return str(harmless(value)) if isinstance(value, str) else str(value)


def cells(values: Iterable[Any]) -> list[str]:
    """A row's values as CSV cells. Asks `cell` only where a value is more than a plain text, which most are."""
    return [
        "" if value is None else value if type(value) is str and not value.startswith(_FORMULA) else cell(value)
        for value in values
    ]


def to_csv(header: Sequence[str], rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with LF; rows are mappings by column name, or sequences in the header's order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        values = map(row.get, header) if isinstance(row, Mapping) else row
        writer.writerow(cells(values))
    return out.getvalue().encode()


RowMaker = Callable[[], Iterable[Mapping[str, Any]]]
