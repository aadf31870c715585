"""Reading the programme office's own list of validated trainings, CSV or XLSX, columns found by their headers.

| column | headers that are understood (any case; brackets, signs and line breaks don't matter) | needed |
|---|---|---|
| platform | platform, platform digital, marketplace, kanal, mitra platform | yes |
| title | judul, judul pelatihan, nama pelatihan, nama kelas, pelatihan, title, course | title or code |
| code | kode, kode pelatihan, code, id pelatihan, course code | title or code |
| provider | lembaga, lembaga pelatihan, nama lembaga, lp, provider, penyelenggara | no |
| price | harga, harga tervalidasi, harga (Rp), biaya, price | no |
| url | tautan, link, url, alamat | no |

A table may stand below a title, on any sheet, under a header of two rows; merged cells count for every row that they
cover, and a training that is validated for several platforms at once ("Tokopedia, Bukalapak") is a row of each.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from catalog.normalize.price import read_price
from catalog.platforms import Spec
from catalog.records import Record

HEADERS: dict[str, tuple[str, ...]] = {
    "platform": ("platform", "nama platform", "marketplace", "kanal", "kanal penjualan"),
    "title": ("judul", "pelatihan", "kelas", "title", "course", "training", "nama kelas", "nama pelatihan"),
    "code": ("kode", "code", "id pelatihan", "course id", "nomor pelatihan", "sku"),
    "provider": ("lembaga", "lp", "lpk", "provider", "penyelenggara", "institution", "institusi"),
    "price": ("harga", "harga tervalidasi", "harga validasi", "biaya", "tarif", "price", "validated price"),
    "url": ("tautan", "link", "url", "alamat", "laman"),
}
# Of headers that are none of these whole, words that settle it; the first line that fits counts.
_HINTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(r"\b(?:tautan|link|url|laman)\b")),
    ("price", re.compile(r"\b(?:harga|biaya|tarif|price)\b")),
    ("code", re.compile(r"\b(?:kode|code)\b|\bid (?:pelatihan|kelas|kursus|course)\b")),
    ("provider", re.compile(r"\b(?:lembaga|provider|penyelenggara|institusi|lpk)\b")),
    ("platform", re.compile(r"\b(?:platform|marketplace|kanal)\b")),
    (
        "title",
        re.compile(r"\bjudul\b|\btitle\b|\b(?:nama|daftar) (?:pelatihan|kelas|kursus|course|training|program)\b"),
    ),
)
_OTHER = re.compile(r"\b(?:tanggal|status|jenis|kategori|jumlah|durasi|metode|alamat lembaga|kota|telepon|email)\b")
_VALIDATED = re.compile(r"validasi|validated|resmi|disetujui|maksim")
LOOKED_AT = 25  # rows in which the header may stand, below a title or a logo
MERGED = 0.3  # blank platform cells below filled ones, from this share on, are what a merged cell leaves in a CSV file
_TOTAL = re.compile(r"(?:jumlah|total|grand total|subtotal)\b[^a-z]*$")
_EXCEL_ERROR = re.compile(r"#(?:n/?a|ref!|value!|name\?|div/0!|null!|num!)", re.I)

Cells = Sequence[object]


class OfficialError(ValueError):
    """A list that can't be used; the message says what to do."""


class OfficialRow(Record):
    """One validated training of the list on one platform. `row` is its line in the file."""

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
    for lines in _sheets(path):
        header = _header(lines)
        if header is not None:
            rows = list(_rows(lines, *header, _platform_names(specs)))
            if not rows:
                raise OfficialError(f"{path.name}: no row with a title or a code below the header")
            return rows
    needed = "platform and judul (or kode)"
    raise OfficialError(f"{path.name}: no header row with the columns {needed} in its first {LOOKED_AT} rows")


# --- rows ---


def _rows(lines: Sequence[Cells], columns: dict[str, int], first: int, names: dict[str, str]) -> Iterator[OfficialRow]:
    body: list[tuple[int, dict[str, str | None]]] = []
    for number, cells in enumerate(lines[first:], first + 1):
        values = {key: _text(cells[place]) if place < len(cells) else None for key, place in columns.items()}
        if _is_training(values):
            body.append((number, values))
    _fill_platforms(body)
    for number, values in body:
        raw = values.get("platform") or ""
        for platform in _platforms(raw, names):
            yield _row(number, platform, raw, values)


def _is_training(values: dict[str, str | None]) -> bool:
    """Not an empty row, the header once more, or a sum below the table."""
    title, code = values.get("title"), values.get("code")
    if not (title or code):
        return False
    if all(_kind(text) == key for key, text in values.items() if text):
        return False
    return not (_TOTAL.match((title or "").casefold()) and not code and not values.get("platform"))


def _fill_platforms(body: Sequence[tuple[int, dict[str, str | None]]]) -> None:
    blank = sum(not values.get("platform") for _, values in body)
    if not body or blank < MERGED * len(body):
        return
    above = None
    for _, values in body:
        above = values["platform"] = values.get("platform") or above


def _row(number: int, platform: str | None, raw: str, values: dict[str, str | None]) -> OfficialRow:
    price = read_price(values.get("price"))
    return OfficialRow(
        row=number,
        platform=platform,
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


def _platforms(raw: str, names: dict[str, str]) -> list[str | None]:
    """The platforms that a cell names; [None] where one of them is not known."""
    whole = _platform(raw, names)
    if whole is not None:
        return [whole]
    parts = [part for part in re.split(r"[,;/&\n|]|\bdan\b", raw) if part.strip()]
    found = [_platform(part, names) for part in parts]
    return list(dict.fromkeys(found)) if len(found) > 1 and None not in found else [None]


def _platform(raw: str, names: dict[str, str]) -> str | None:
    """By its whole name, else by the one known name that stands in it ("PT Tokopedia (Persero)", "tokopedia.com")."""
    key = _key(raw)
    if key in names:
        return names[key]
    within = {platform for name, platform in names.items() if len(name) >= 6 and name in key}
    return within.pop() if len(within) == 1 else None


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, dt.datetime | dt.time):
        return None
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    text = " ".join(str(cell).split())
    return None if not text or _EXCEL_ERROR.fullmatch(text) else text


# --- header ---


def _header(lines: Sequence[Cells]) -> tuple[dict[str, int], int] | None:
    """The columns and the number of the first line below the header, which may have two rows."""
    best: tuple[dict[str, int], int] | None = None
    for number in range(min(len(lines), LOOKED_AT)):
        for rows in (lines[number : number + 1], lines[number : number + 2]):
            columns = _columns(rows)
            enough = "platform" in columns and ("title" in columns or "code" in columns)
            if enough and (best is None or len(columns) > len(best[0])):
                best = columns, number + len(rows)
        if best is not None and number + 1 >= best[1]:
            break
    return best


def _columns(rows: Sequence[Cells]) -> dict[str, int]:
    """key -> column. The lower of two rows counts where it says something; of two prices the validated one."""
    columns: dict[str, int] = {}
    validated = False
    for place in range(max((len(row) for row in rows), default=0)):
        cells = [_text(row[place]) for row in rows if place < len(row)]
        text = next((cell for cell in reversed(cells) if cell), None)
        kind = _kind(text) if text else None
        if kind is None or len(text or "") > 60:
            continue
        better = kind == "price" and not validated and bool(_VALIDATED.search((text or "").casefold()))
        validated = validated or better
        if better or kind not in columns:
            columns[kind] = place
    return columns


def _kind(text: str) -> str | None:
    """What a header names: as a whole, else by a word in it."""
    words = " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)|\*", " ", text.casefold())))
    for kind, known in HEADERS.items():
        if words in known:
            return kind
    if _OTHER.search(words):
        return None
    return next((kind for kind, hint in _HINTS if hint.search(words)), None) if len(words.split()) <= 5 else None


# --- files ---


def _sheets(path: Path) -> Iterator[list[Cells]]:
    """The tables of a file, told apart by its first bytes, whatever its name ends with."""
    data = path.read_bytes()
    if data.startswith(b"PK") or (not data and path.suffix.casefold() == ".xlsx"):
        yield from _xlsx(path, data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise OfficialError(f"{path.name}: an old Excel file (.xls); save it as .xlsx or CSV")
    elif re.match(rb"\s*(?:<!doctype html|<html|<table|<\?xml)", data[:200], re.I):
        raise OfficialError(f"{path.name}: a web page, not a table; open it in Excel and save it as .xlsx or CSV")
    else:
        try:
            yield _csv(data)
        except csv.Error as error:
            raise OfficialError(f"{path.name}: can't be read as CSV ({error}); save it again as .xlsx") from error


def _csv(data: bytes) -> list[Cells]:
    text = _decoded(data)
    head = "\n".join(text.splitlines()[:LOOKED_AT])
    told = re.match(r"sep=(.)\r?\n", text)
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else max(",;\t|", key=head.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _decoded(data: bytes) -> str:
    """UTF-8, what Excel calls "Unicode text" (UTF-16), else the Windows encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if data[1:40:2].count(0) > 10:
        return data.decode("utf-16-le", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _xlsx(path: Path, data: bytes) -> Iterator[list[Cells]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
        for sheet in book.worksheets:
            yield _unmerged(sheet)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError, TypeError, IndexError) as error:
        raise OfficialError(f"{path.name}: can't be read as XLSX ({error}); save it again or give a CSV") from error


def _unmerged(sheet: Any) -> list[Cells]:
    """The sheet's values; a merged cell's value stands in every cell that it covers."""
    rows: list[list[object]] = [[_shown(cell) for cell in row] for row in sheet.iter_rows()]
    for area in sheet.merged_cells.ranges:
        value = rows[area.min_row - 1][area.min_col - 1]
        for row in rows[area.min_row - 1 : area.max_row]:
            row[area.min_col - 1 : area.max_col] = [value] * (area.max_col - area.min_col + 1)
    return list(rows)


def _shown(cell: Any) -> object:
    """A cell's value; a number that is shown with leading zeros (a code) keeps them."""
    width = len(cell.number_format or "")
    if isinstance(cell.value, int) and re.fullmatch(r"0{2,}", cell.number_format or ""):
        return str(cell.value).zfill(width)
    return cell.value
