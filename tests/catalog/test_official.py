"""The office's own list: read from CSV and XLSX, each row and offer in exactly one place."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from catalog.export import export_data
from catalog.official import OfficialReport, compare, compare_rows
from catalog.official_list import OfficialError, OfficialRow, read_official
from catalog.records import Course
from tests.catalog.nights import START, Nights, listings, make_spec
from tests.factories import make_course, make_offer

SPECS = {name: make_spec(name) for name in ("tokopedia", "bukalapak")}
SUBJECTS = ["Roti", "Kebaya", "Fotografi", "Hidroponik", "Akuntansi", "Perkawatan", "Kopi", "Mobil", "Jahit", "Riasan"]
KINDS = ("Praktis", "Intensif", "Terapan", "Usaha", "Rumahan")


def catalog(count: int = 50, code: bool = True) -> list[Course]:
    courses = []
    for n in range(count):
        offer = make_offer(
            native_id=str(n),
            title=f"Pelatihan {SUBJECTS[n % 10]} {KINDS[n // 10 % 5]}",
            code=f"PRA-{n:04d}" if code else None,
            provider_raw=f"LPK {SUBJECTS[(n + 3) % 10]} Nusantara",
            price_idr=200_000 + n * 1_000,
        )
        courses.append(make_course([offer], id=f"c{n}", slug=f"s-{n}"))
    return courses


def row(course: Course, number: int, **over: Any) -> OfficialRow:
    offer = course.offers[0]
    values: dict[str, Any] = {
        "row": number,
        "platform": "tokopedia",
        "code": offer.code,
        "title": offer.title_raw,
        "provider": offer.provider_raw,
        "price_idr": offer.price_idr,
    }
    return OfficialRow(**(values | over))


def planted(courses: list[Course]) -> list[OfficialRow]:
    """Ten differences of each kind: missing on the platform, not on the list, dearer, title, provider."""
    rows = [row(course, n + 2) for n, course in enumerate(courses)]
    rows = rows[10:]  # the first ten are not on the list
    for n in range(10):
        rows[n].price_idr = (rows[n].price_idr or 0) - 50_000
        rows[10 + n].title = f"{rows[10 + n].title} Edisi Baru"
        rows[20 + n].provider = f"Yayasan Lain {n}"
    extra = [
        OfficialRow(
            row=900 + n, platform="tokopedia", code=f"X{n}", title=f"Selancar {SUBJECTS[n]}", provider="LPK Ombak"
        )
        for n in range(10)
    ]
    return rows + extra


def test_fifty_planted_differences_are_found_and_no_other() -> None:
    courses = catalog()
    report = compare_rows(planted(courses), courses, START)
    counts: dict[str, int] = {}
    for difference in report.differences:
        counts[difference.kind] = counts.get(difference.kind, 0) + 1
    assert counts == {"missing": 10, "unlisted": 10, "dearer": 10, "title": 10, "provider": 10}
    figures = report.platforms[0]
    assert (figures.listed, figures.published, figures.matched, figures.by_code) == (50, 50, 40, 40)
    assert figures.differing == 20
    unlisted = {d.offer for d in report.differences if d.kind == "unlisted"}
    assert unlisted == {f"tokopedia:{n}" for n in range(10)}


def test_without_codes_the_matcher_finds_the_pairs_and_says_how_sure_it_is() -> None:
    courses = catalog(code=False)
    rows = [row(course, n + 2) for n, course in enumerate(courses)]
    report = compare_rows(rows, courses, START)
    assert report.differences == []
    assert report.platforms[0].by_matcher == 50


def test_a_pair_that_only_the_matcher_made_carries_its_confidence() -> None:
    courses = catalog(code=False)
    rows = [row(course, n + 2, price_idr=1_000) for n, course in enumerate(courses)]
    dearer = compare_rows(rows, courses, START).differences
    assert len(dearer) == 50
    assert all(d.kind == "dearer" and d.how == "judul dan lembaga" and d.confidence for d in dearer)


def test_every_row_and_offer_stands_in_exactly_one_place() -> None:
    courses = catalog(30)
    rows = planted(catalog(50))
    report = compare_rows(rows, courses, START)
    for figures in report.platforms:
        assert figures.listed == figures.matched + figures.missing == len(rows)
        assert figures.published == figures.matched + figures.unlisted == 30


def test_a_price_that_one_side_does_not_name_is_not_tested() -> None:
    courses = catalog(2)
    rows = [row(courses[0], 2, price_idr=None), row(courses[1], 3)]
    figures = compare_rows(rows, courses, START).platforms[0]
    assert (figures.dearer, figures.price_unknown) == (0, 1)


def test_gone_offers_are_not_on_sale_and_so_missing() -> None:
    courses = catalog(1)
    courses[0].offers[0].status = "gone"
    assert [d.kind for d in compare_rows([row(courses[0], 2)], courses, START).differences] == ["missing"]


def test_an_empty_list_and_an_empty_catalog() -> None:
    assert compare_rows([], catalog(2), START).platforms == []
    assert compare_rows([row(catalog(1)[0], 2)], [], START).platforms[0].missing == 1


def test_platforms_that_the_list_does_not_name_are_left_out() -> None:
    report = compare_rows([OfficialRow(row=2, platform="bukalapak", title="Pelatihan Roti")], catalog(3), START)
    assert [figures.platform for figures in report.platforms] == ["bukalapak"]


HEADER = ["Nama Platform", "Kode Pelatihan", "Judul Pelatihan", "Lembaga Pelatihan", "Harga Tervalidasi"]
LINES = [
    ["Tokopedia", "PRA-1", "Roti", "LPK A", "Rp 250.000"],
    ["BUKALAPAK", "", "Kopi", "", 300000.0],
    ["Lain", "", "Teh", "", ""],
]


@pytest.mark.parametrize("kind", ["comma", "semicolon", "xlsx", "title-above"])
def test_columns_are_found_by_their_headers(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("list.xlsx" if kind == "xlsx" else "list.csv")
    if kind == "xlsx":
        book = Workbook()
        book.active.append(["Daftar pelatihan"])
        for line in (HEADER, *LINES):
            book.active.append(line)
        book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, delimiter=";" if kind == "semicolon" else ",")
            if kind == "title-above":
                writer.writerow(["Daftar pelatihan tervalidasi"])
            writer.writerow(HEADER)
            writer.writerows(LINES)
    rows = read_official(path, SPECS)
    assert [(r.platform, r.code, r.title, r.provider, r.price_idr) for r in rows] == [
        ("tokopedia", "PRA-1", "Roti", "LPK A", 250_000),
        ("bukalapak", None, "Kopi", None, 300_000),
        (None, None, "Teh", None, None),
    ]


def sheet(path: Path, lines: list[list[Any]], merged: tuple[str, ...] = (), cover: bool = False) -> Path:
    book = Workbook()
    if cover:
        book.active.append(["Direktorat Contoh"])
        book.create_sheet("Data")
    table = book.worksheets[-1]
    for line in lines:
        table.append(line)
    for area in merged:
        table.merge_cells(area)
    book.save(path)
    return path


def read(path: Path) -> list[tuple[Any, ...]]:
    return [(r.platform, r.code, r.title, r.provider, r.price_idr) for r in read_official(path, SPECS)]


def test_a_sheet_as_offices_make_them(tmp_path: Path) -> None:
    """Cover sheet, banner, two-row header, merged cells, leading zeros, an error value, a sum, the header once more."""
    lines: list[list[Any]] = [
        ["DAFTAR PELATIHAN TERVALIDASI 2020", None, None, None, None, None],
        [],
        ["No.", "Platform Digital (PD)", "Pelatihan", None, "Nama Lembaga\nPelatihan", "Harga Pelatihan (Rp)"],
        [None, None, "Kode", "Judul*", None, None],
        [1, "PT Tokopedia", 7, "Roti", "LPK A", 250_000],
        [2, None, 8, "Kopi", "#N/A", "Rp300.000,-"],
        ["No.", "Platform Digital (PD)", "Kode", "Judul*", "Nama Lembaga", "Harga Pelatihan (Rp)"],
        [3, "Tokopedia, Bukalapak", 9, "Teh", "LPK B", 125_000.0],
        [None, None, None, "Jumlah", None, 675_000],
    ]
    path = sheet(tmp_path / "list.xlsx", lines, ("A1:F1", "C3:D3", "B5:B6"), cover=True)
    book = load_workbook(path)
    for row in (5, 6, 8):
        book["Data"][f"C{row}"].number_format = "0000"
    book.save(path)
    assert read(path) == [
        ("tokopedia", "0007", "Roti", "LPK A", 250_000),
        ("tokopedia", "0008", "Kopi", None, 300_000),
        ("tokopedia", "0009", "Teh", "LPK B", 125_000),
        ("bukalapak", "0009", "Teh", "LPK B", 125_000),
    ]


def test_of_several_prices_the_validated_one_counts(tmp_path: Path) -> None:
    header = ["Kategori Pelatihan", "Judul Pelatihan", "Platform", "Harga Normal", "Harga Validasi", "Durasi Pelatihan"]
    path = sheet(tmp_path / "l.xlsx", [header, ["Teknik", "Roti", "Tokopedia", 300_000, 250_000, "6 jam"]])
    assert read(path) == [("tokopedia", None, "Roti", None, 250_000)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = ["Platform|Judul|Harga", 'Tokopedia|"Café ""Rumahan"""|250000', "Bukalapak|Batik é|300000"]
    path = tmp_path / "l.csv"
    path.write_bytes("\r\n".join(lines).replace("|", delimiter).encode(encoding))
    titles = [('Café "Rumahan"', "tokopedia", 250_000), ("Batik é", "bukalapak", 300_000)]
    assert [(r.title, r.platform, r.price_idr) for r in read_official(path, SPECS)] == titles


def test_what_a_merged_cell_leaves_in_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("sep=;\nPlatform;Judul\nTokopedia;Roti\n;Kopi\n;Teh\nBukalapak;Susu\n")
    assert [row[0] for row in read(path)] == ["tokopedia", "tokopedia", "tokopedia", "bukalapak"]
    one_blank = "\n".join(f"Tokopedia;Roti {n}" for n in range(9))
    path.write_text(f"Platform;Judul\n{one_blank}\n;Kopi\n")
    assert read(path)[-1][0] is None


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("none.csv", None, "is not there"),
        ("empty.csv", b"", "no header row"),
        ("other.csv", b"a,b\n1,2\n", "no header row"),
        ("only-header.csv", b"platform,judul\n", "no row"),
        ("broken.xlsx", b"PK no", "can't be read as XLSX"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        ("page.xls", b"<html><table><tr><td>Platform</td></tr></table></html>", "a web page"),
        ("noise.csv", bytes(range(256)) * 40, "no header row"),
    ],
)
def test_a_list_that_cannot_be_used_gives_one_line(tmp_path: Path, name: str, data: bytes | None, why: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(OfficialError, match=why) as caught:
        read_official(path, SPECS)
    assert "\n" not in str(caught.value)


def test_the_list_is_kept_and_compared_again_every_night(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.night(0, {"tokopedia": listings("tokopedia", range(4))})
    path = tmp_path / "list.csv"
    titles = [f"tokopedia,{x.title},{x.provider}" for x in listings("tokopedia", range(5))]
    path.write_text("platform,judul,lembaga\n" + "\n".join(titles) + "\n")
    first = compare(nights.var, nights.specs, path, START)
    assert first.platforms[0].missing == 1
    nights.night(1, {"tokopedia": listings("tokopedia", range(5))})
    second = OfficialReport.model_validate(nights.json("official.json"))
    assert (second.night, second.platforms[0].missing) == (START + dt.timedelta(days=1), 0)
    export_data(nights.var, tmp_path / "data", build="b", night=second.night, sample=True)
    assert (tmp_path / "data/official.csv").read_text().count("\n") == 1 + len(second.differences)
    assert (tmp_path / "data/official.xlsx").exists()
