"""The programme office's workbook: one sheet a topic, the same rows as the CSV files.

Text stays text: a cell that begins like a formula is written as a string and never run.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from catalog.tables import Table, harmless

STAMP = dt.datetime(2020, 1, 1)
MOST_ROWS = 20_000  # of a sheet; longer ones open slowly, and cost more than all other files of a large first night
_WIDTH = {"integer": 11, "number": 11, "date": 12, "boolean": 9}


def workbook(sheets: Sequence[tuple[Table, Sequence[Mapping[str, Any]]]], about: Sequence[tuple[str, str]]) -> bytes:
    """An XLSX file with a first sheet 'tentang' (`about`, then a line a table) and one sheet a table; a table of more
    than MOST_ROWS rows has no sheet, rather than a cut one. Equal rows give equal bytes."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": "Kelengkapan data", "created": STAMP})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet("tentang")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for number, (name, text) in enumerate([*about, *(_about(table, rows) for table, rows in sheets)]):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text)
    for table, rows in sheets:
        if len(rows) <= MOST_ROWS:
            _sheet(book, bold, table, rows)
    book.close()
    return out.getvalue()


def _about(table: Table, rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    left_out = f"; terlalu panjang untuk buku kerja ini, lihat {table.name}.csv" if len(rows) > MOST_ROWS else ""
    return table.name, f"{table.title_id} ({len(rows)} baris){left_out}"


def _sheet(book: Any, bold: Any, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(table.name[:31])
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.name, bold)
        sheet.set_column(number, number, _WIDTH.get(column.type, 28))
    count = 0
    for count, row in enumerate(rows, 1):
        for number, name in enumerate(table.header):
            _cell(sheet, count, number, row.get(name))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(count, 1), len(table.columns) - 1)


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == [] or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, list | tuple):
        sheet.write_string(row, column, str(harmless(" | ".join(str(item) for item in value)))[:32_000])
    else:
        sheet.write_string(row, column, str(harmless(str(value)))[:32_000])
