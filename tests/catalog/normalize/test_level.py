"""Levels: what a title claims, what a field states, what the outline says; and everything that only looks like it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from catalog.normalize.level import outline_levels, read_level, stated_levels, title_levels

B, M, A = "beginner", "intermediate", "advanced"
TITLES = {
    "for beginners": ("Belajar Menyulam untuk Pemula", (B,)),
    "pemula after the subject": ("Pemrograman Laravel Pemula", (B,)),
    "basics of the subject": ("Memahami Dasar Pembukuan Toko", (B,)),
    "subject and dasar": ("Bahasa Arab Dasar", (B,)),
    "dasar-dasar": ("Dasar-dasar Fotografi", (B,)),
    "a class of the basics": ("Kelas Dasar Merajut", (B,)),
    "a class for the advanced": ("Kelas Lanjutan: Merajut", (A,)),
    "from nothing": ("Menjahit dari Nol", (B,)),
    "fundamental": ("Fundamental Golang", (B,)),
    "english": ("Coding for Beginners", (B,)),
    "in brackets": ("Pelatihan Las (Dasar)", (B,)),
    "promise beside pemula": ("Jago Melukis untuk Pemula", (B,)),
    "beginner to job": ("Mengedit Video dari Pemula Hingga Kerja", (B,)),
    "middle": ("Bahasa Inggris Tingkat Menengah", (M,)),
    "intermediate": ("Python Intermediate", (M,)),
    "higher": ("Excel Lanjutan", (A,)),
    "lanjut at the end": ("Pembuatan Situs Lanjut", (A,)),
    "lanjut before whom": ("Pemasaran Lanjut bagi Pedagang", (A,)),
    "advance": ("Excel Advance", (A,)),
    "named mahir": ("Desain Tingkat Mahir", (A,)),
    "all three": ("Microsoft Word Dasar Hingga Mahir", (B, M, A)),
    "beginner to master": ("PHP dari pemula sampai master", (B, M, A)),
    "lower two": ("Gitar: Pemula - Menengah", (B, M)),
    "lower two joined": ("Gitar Dasar & Menengah", (B, M)),
    "all three listed": ("Gitar Tingkat Dasar, Menengah, dan Mahir", (B, M, A)),
    "two named": ("Menjahit Tingkat Dasar dan Lanjutan", (B, A)),
    "named level beside a tool": ("Merias dengan Teknik Dasar Tingkat Menengah", (M,)),
}
NO_LEVEL = [
    "Tindak Lanjut Keluhan Pelanggan",
    "Cara Lanjut Kuliah",
    "Pertanian Berkelanjutan",
    "Perawatan Lanjut bagi Lansia",
    "Rapat Efektif bagi Manajer Tingkat Menengah",
    "Lomba bagi SD dan Menengah",
    "Aneka Olahan Dasar Singkong",
    "Mahir Memotret Produk",
    "2 Jam Jago Membuat Poster",
    "Menjadi Barista Profesional",
    "Ahli K3 Umum",
    "Android Developer Expert",
    "Watercolor Mastery",
    "Budidaya Sayur untuk Petani Terampil",
    "Memulai Usaha Katering",
    "Pengenalan Awan AWS",
    "Digital Marketing 101",
    "Starter Pack Admin Gudang",
    "Sekretaris Junior",
    "Mengajar di Sekolah Dasar",
    "Sekolah Menengah Kejuruan",
    "Strategi Usaha Mikro Kecil dan Menengah",
    "Kue Berbahan Dasar Singkong",
    "Meracik Bumbu Dasar Nusantara",
    "Melukis dengan Kuas Dasar",
    "Analisis Fundamental Saham",
    "Visual Basic untuk Kantor",
    "Perawatan Lanjut Usia",
    "Studi Lanjut ke Luar Negeri",
    "Investasi Jangka Menengah",
    "Bukan untuk Pemula: Makro Excel",
    "Laporan Sederhana untuk Kantor",
    "",
]
STATED = {
    "Basic / Tingkat Dasar": (B,),
    "Dasar,Pemula": (B,),
    "Menengah,Pemula": (B, M),
    "Mahir,Professional": (A,),
    "Intermediate / Tingkat Menengah": (M,),
    "Dasar hingga Mahir": (B, M, A),
    "Semua Level": (B, M, A),
    "Kompetensi Sertifikasi": (),
    "Minimal SMA/SMK": (),
    "Sekolah Menengah Atas": (),
    "-": (),
}
OUTLINES = {
    "Setelah kelas ini peserta jadi mahir": (),
    "Basic / Tingkat dasar": (B,),
    "Tingkat kesulitan pelatihan ini adalah tingkat menengah;": (M,),
    "<b>Level Pelatihan</b><br>Lanjutan": (A,),
    "Level Pelatihan: Menengah Metode Pembelajaran: Webinar untuk pemula": (M,),
    "Pelatihan ini cocok bagi pemula yang ingin mahir memasak, dan siapa pun yang berminat mempelajarinya.": (),
    "Peserta dengan pendidikan minimal Sekolah Menengah Atas": (),
}


@pytest.mark.parametrize("case", TITLES)
def test_titles(case: str) -> None:
    title, levels = TITLES[case]
    assert title_levels(title) == levels


@pytest.mark.parametrize("title", NO_LEVEL)
def test_promises_roles_schools_and_materials_are_no_levels(title: str) -> None:
    assert title_levels(title) == ()


@pytest.mark.parametrize("text", STATED)
def test_stated(text: str) -> None:
    assert stated_levels(text) == STATED[text]


@pytest.mark.parametrize("text", OUTLINES)
def test_outlines(text: str) -> None:
    assert outline_levels(text) == OUTLINES[text]


def test_stated_beats_outline_beats_title() -> None:
    title, outline = "Belajar Fundamental Rust", "Level Pelatihan: Menengah"
    assert read_level(title, "Mahir", outline).levels == (A,)
    assert read_level(title, "Mahir", outline).source == "stated"
    assert (read_level(title, None, outline).levels, read_level(title, None, outline).source) == ((M,), "outline")
    assert (read_level(title).levels, read_level(title).source) == ((B,), "title")
    assert (read_level("Menjahit").levels, read_level("Menjahit").source) == ((), None)


def test_a_stated_value_that_is_no_level_is_skipped() -> None:
    read = read_level("Excel untuk Pemula", "Kompetensi Sertifikasi")
    assert (read.levels, read.source) == ((B,), "title")


@pytest.mark.shared
def test_labelled_levels(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "level.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows:
        read = read_level(row["title"], row["stated"])
        if (list(read.levels), read.source) != (row["levels"], row["source"]):
            wrong.append(row["title"])
    assert len(wrong) <= 0.07 * len(rows), wrong


def test_a_quick_look_misses_no_level_of_a_title(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles drawn of all words of the patterns, with the quick look and with the patterns alone."""
    dice = random.Random(3)
    words = "dasar pemula awal nol 0 zero basics newbie fundamental scratch mahir master lanjut lanjutan advanced ahli"
    words += " expert pro menengah intermediate sampai hingga - dari from tingkat level jenjang semua ( ) , dan Roti"
    titles = [" ".join(dice.choices(words.split(), k=dice.randint(1, 4))) for _ in range(2_000)]
    read = title_levels.__wrapped__  # type: ignore[attr-defined]
    quick = [read(title) for title in titles]
    assert sum(map(bool, quick)) > 500
    monkeypatch.setattr("catalog.normalize.level._TITLE_SIGNS", ("",))
    assert quick == [read(title) for title in titles]
