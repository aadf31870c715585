"""Reading the programme office's own list of validated trainings, CSV or XLSX, columns found by their headers.

| column | headers that are understood (any case) | needed |
|---|---|---|
| platform | platform, platform digital, marketplace, kanal | yes |
| title | judul, judul pelatihan, nama pelatihan, pelatihan, title, course | title or code |
| code | kode, kode pelatihan, code, id pelatihan, course code | title or code |
| provider | lembaga, lembaga pelatihan, nama lembaga, lp, provider, penyelenggara | no |
| price | harga, harga tervalidasi, harga validasi, biaya, price | no |
| url | tautan, link, url, alamat | no |
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.normalize.price import read_price
from catalog.platforms import Spec
from catalog.records import Record

HEADERS: dict[str, tuple[str, ...]] = {
    "platform": ("platform", "platform digital", "nama platform", "marketplace", "kanal", "kanal penjualan"),
    "title": (
        "judul",
        "judul pelatihan",
        "nama pelatihan",
        "pelatihan",
        "title",
        "course",
        "course title",
        "nama kelas",
    ),
    "code": ("kode", "kode pelatihan", "code", "id pelatihan", "course code", "course id", "nomor pelatihan"),
    "provider": (
        *("lembaga", "lembaga pelatihan", "nama lembaga", "nama lembaga pelatihan", "lp", "provider"),
        *("penyelenggara", "institution"),
    ),
    "price": ("harga", "harga tervalidasi", "harga validasi", "harga pelatihan", "biaya", "price", "validated price"),
    "url": ("tautan", "link", "url", "alamat", "tautan pelatihan"),
}
LOOKED_AT = 15  # rows in which the header may stand, below a title or a logo


class OfficialError(ValueError):
    """A list that can't be used; the message says what to do."""


class OfficialRow(Record):
    """One validated training of the list. `row` is its line in the file."""

    row: int
    platform: str | None = None
    platform_raw: str = ""
    code: str | None = None
    title: str | None = None
    provider: str | None = None
    price_idr: int | None = None
    price_raw: str | None = None
    url: str | None = None


def read_official(path: Path, specs: dict[str, Spec]) -> list[OfficialRow]:
    """All rows of the list. A platform that we do not know stays None (its row is listed, not dropped).

    Raises OfficialError with one line that says what is wrong with the file.
    """
    if not path.is_file():
        raise OfficialError(f"{path} is not there: give a CSV or XLSX file")
    lines = _xlsx(path) if path.suffix.casefold() in (".xlsx", ".xlsm") else _csv(path)
    columns, body = _header(lines, path)
    names = _platform_names(specs)
    rows = []
    for number, cells in body:
        values = {key: _text(cells[place]) if place < len(cells) else None for key, place in columns.items()}
        if not (values.get("title") or values.get("code")):
            continue
        rows.append(_row(number, values, names))
    if not rows:
        raise OfficialError(f"{path.name}: no row with a title or a code below the header")
    return rows


def _row(number: int, values: dict[str, str | None], names: dict[str, str]) -> OfficialRow:
    raw = values.get("platform") or ""
    price = read_price(values.get("price"))
    return OfficialRow(
        row=number,
        platform=names.get(_key(raw)),
        platform_raw=raw,
        code=values.get("code"),
        title=values.get("title"),
        provider=values.get("provider"),
        price_idr=price.high if price.high is not None else price.low,
        price_raw=values.get("price"),
        url=values.get("url"),
    )


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def _platform_names(specs: dict[str, Spec]) -> dict[str, str]:
    """Every id and every name that a platform ever had."""
    names = {}
    for spec in specs.values():
        for name in (spec.id, spec.name, *(dated.name for dated in spec.names)):
            names[_key(name)] = spec.id
    return names


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return str(cell).strip() or None


def _csv(path: Path) -> list[Sequence[object]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    head = "\n".join(text.splitlines()[:LOOKED_AT])
    delimiter = max(",;\t|", key=head.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _xlsx(path: Path) -> list[Sequence[object]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise OfficialError(f"{path.name}: can't be read as XLSX ({error}); save it again or give a CSV") from error


def _header(
    lines: Sequence[Sequence[object]], path: Path
) -> tuple[dict[str, int], Iterator[tuple[int, Sequence[object]]]]:
    known = {_key(name): key for key, names in HEADERS.items() for name in names}
    for number, cells in enumerate(lines[:LOOKED_AT]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            key = known.get(_key(str(cell or "")))
            if key is not None:
                columns.setdefault(key, place)
        if "platform" in columns and ("title" in columns or "code" in columns):
            return columns, enumerate(lines[number + 1 :], number + 2)
    needed = "platform and judul (or kode)"
    raise OfficialError(f"{path.name}: no header row with the columns {needed} in its first {LOOKED_AT} rows")
