"""Categories: from the platform's words, else derived from the title."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalog.normalize.category import category_of_title, official, read_category, tables

WORDS = {
    "Teknologi Informasi": "Teknologi Informasi",
    "GAYA HIDUP": "Gaya hidup",
    "Kuliner": "Makanan dan Minuman",
    "akuntansi, pajak": "Keuangan",
    "Desain grafis, ilustrasi, animasi": "Teknologi Informasi",
    "Digital Marketing": "Penjualan dan Pemasaran",
    "perikanan": "Pertanian",
    "Kartu Prakerja": None,
    "": None,
}
TITLES = {
    "Meracik Es Kopi bagi Pemilik Kedai": "Makanan dan Minuman",
    "Menyusun Neraca Toko": "Keuangan",
    "Percakapan Bahasa Jerman": "Bahasa Asing",
    "Budidaya Jamur Tiram": "Pertanian",
    "Merawat Mesin Sepeda Motor": "Teknik",
    "Menata Arsip Kantor": "Perkantoran",
    "Membuat Situs dengan PHP": "Teknologi Informasi",
    "Merias Wajah untuk Pesta": "Gaya hidup",
    "Berjualan di Marketplace": "Penjualan dan Pemasaran",
    "Menyanyi dan Bermain Gitar": "Lainnya",
    "Mengelola Gudang dan Persediaan": "Manajemen",
    "Berani Public Speaking": "Sosial dan Perilaku",
    "Xyzzy": None,
    "": None,
}


@pytest.mark.parametrize("text", WORDS)
def test_platform_words(text: str) -> None:
    read = read_category(text, None)
    assert (read.name, read.derived) == (WORDS[text], False)


@pytest.mark.parametrize("title", TITLES)
def test_titles(title: str) -> None:
    read = read_category(None, title)
    assert (read.name, read.derived) == (TITLES[title], TITLES[title] is not None)


def test_the_platforms_own_table_comes_first() -> None:
    own = {"kuliner": "Lainnya"}
    assert read_category("Kuliner", "Membuat Kue", own).name == "Lainnya"


def test_words_beat_the_title() -> None:
    assert read_category("Keuangan", "Membuat Kue").name == "Keuangan"


def test_every_name_in_the_tables_is_official() -> None:
    table = tables()
    assert len(table.official) == 12
    assert {*table.platform.values()} == {*table.official}
    assert {name for named in table.weights.values() for name, _ in named} == {*table.official}
    assert official("teknologi informasi") == "Teknologi Informasi"
    assert official("kuliner") is None


@pytest.mark.shared
def test_titles_of_the_directory(shared: Path) -> None:
    """Labels there contradict each other now and then, so a share of them can't be met by any rule."""
    rows = json.loads((shared / "data" / "prakerja-skillsweek-course-2023.json").read_text())
    labelled = {r["title"] for r in csv.DictReader((shared / "gold" / "courses_open.csv").read_text().splitlines())}
    chosen = [r for r in rows if r["course_title"] in labelled]
    right = [r for r in chosen if category_of_title(r["course_title"]) == r["course_category"]]
    assert len(right) >= 0.9 * len(chosen)
