"""Ratings, counts, ages, education, titles, eligibility."""

from __future__ import annotations

import random

import pytest

from catalog.normalize import clean
from catalog.normalize.clean import plain
from catalog.normalize.counts import read_ages, read_count, read_education, read_rating
from catalog.normalize.eligibility import read_eligibility
from catalog.normalize.title import PROMO, clean_title, has_promotion
from tests.factories import make_listing

COUNTS = {
    "11,4 rb": 11_400, "100+ terjual": 100, "(122 rating)": 122, "12 Ulasan": 12, "1.149": 1_149,
    "500 Peserta": 500, "0": 0,
    "Unlimited": None, "": None, "banyak": None, "9" * 400: None,
}  # fmt: skip
AGES = {
    "Pria dan wanita dengan rentang usia 18 - 35 tahun": (18, 35),
    "Usia minimal 21 tahun": (21, None),
    "umur antara 20 dan 45 tahun": (20, 45),
    "Masa kerja minimal 15 tahun": (None, None),
    "berusia minimal 18 tahun dan maksimal 64 tahun": (18, 64),
    "usia maksimal 40 tahun": (None, 40),
    "18 tahun ke atas": (18, None),
    "pengalaman kerja 2 tahun": (None, None),
    "": (None, None),
}
SCHOOLS = {
    "Pendidikan minimal SMA dan sederajat": "SMA",
    "Pendidikan tingkat SMA hingga Sarjana": "SMA",
    "Minimal pendidikan SMP/sederajat": "SMP",
    "Lulusan D3 Akuntansi": "D3",
    "S1 semua jurusan": "S1",
    "Semua jenjang pendidikan": None,
    "Peserta yang ingin belajar": None,
    "": None,
}
CLEANED = {
    "[PRAKERJA] Belajar Excel - Rp 250.000": "Belajar Excel",
    "🔥 Belajar Membuat Kue 🔥": "Belajar Membuat Kue",
    "Belajar Menyulam (Kartu Prakerja)": "Belajar Menyulam",
    "Belajar Menyulam - Kartu Prakerja": "Belajar Menyulam",
    "[PROMO] Belajar Menyulam": "Belajar Menyulam",
    "Diskon 50% Belajar Menyulam": "Belajar Menyulam",
    "<b>Belajar</b>  Menyulam": "Belajar Menyulam",
    "Strategi Promo Penjualan": "Strategi Promo Penjualan",
    "Kelas C++ & C#": "Kelas C++ & C#",
    "Merawat Tanaman (Webinar)": "Merawat Tanaman (Webinar)",
    "Kelas Merajut mulai dari Rp 45.000!": "Kelas Merajut!",
    "Diskon 30% Kelas Merajut": "Kelas Merajut",
    "Warung Kopi Modal Rp 750.000": "Warung Kopi Modal Rp 750.000",
    "Raih Omzet Rp 5 Juta per Bulan": "Raih Omzet Rp 5 Juta per Bulan",
    "Cara Hemat 40% Listrik Rumah": "Cara Hemat 40% Listrik Rumah",
    "Mengelola Promo Spesial di Kedai": "Mengelola Promo Spesial di Kedai",
    "🎉🎉": "🎉🎉",
    "": "",
}


@pytest.mark.parametrize("text", COUNTS)
def test_counts(text: str) -> None:
    assert read_count(text) == COUNTS[text]


@pytest.mark.parametrize("text", AGES)
def test_ages(text: str) -> None:
    read = read_ages(text)
    assert (read.low, read.high) == AGES[text]


@pytest.mark.parametrize("text", SCHOOLS)
def test_education(text: str) -> None:
    assert read_education(text) == SCHOOLS[text]


@pytest.mark.parametrize("raw", CLEANED)
def test_titles_lose_their_decoration(raw: str) -> None:
    assert clean_title(raw) == CLEANED[raw]


def test_promotion_words() -> None:
    assert has_promotion("Belajar Excel Diskon 50%") and not has_promotion("Belajar Excel")


def test_a_rating_needs_raters_where_they_are_known() -> None:
    assert read_rating("4,87", 12) == 4.87
    assert read_rating("4.8", None) == 4.8
    assert read_rating("5", 0) is None
    assert read_rating("0", None) is None
    assert read_rating("", None) is None


def test_structured_evidence_decides() -> None:
    listing = make_listing(
        eligible="yes", eligible_evidence="tag:TAG-PRAKERJA", text="tidak bisa dibeli dengan Kartu Prakerja"
    )
    assert read_eligibility(listing) == ("yes", "tag:TAG-PRAKERJA")


def test_text_about_the_card_is_no_proof() -> None:
    listing = make_listing(
        eligible="unknown", eligible_evidence=None, text="Khusus pengguna Kartu Prakerja, isi data dengan benar"
    )
    assert read_eligibility(listing)[0] == "unknown"


def test_a_clear_refusal_is_a_no_with_its_words() -> None:
    listing = make_listing(eligible="unknown", text="Kelas ini tidak dapat dibeli dengan Kartu Prakerja.")
    eligible, evidence = read_eligibility(listing)
    assert eligible == "no" and evidence is not None and "tidak dapat dibeli" in evidence


def test_a_warning_about_handing_on_is_no_refusal() -> None:
    listing = make_listing(
        eligible="unknown", text="Pelatihan yang dibeli menggunakan Kartu Prakerja tidak dapat dipindahtangankan."
    )
    assert read_eligibility(listing)[0] == "unknown"


def test_nothing_said() -> None:
    assert read_eligibility(make_listing(eligible="unknown", eligible_evidence=None, text=None)) == ("unknown", None)


def test_the_quick_look_for_promotion_misses_none() -> None:
    """Titles drawn of promotion words in every spelling; the pattern alone is right."""
    dice = random.Random(1)
    signs = [
        "PROMO",
        "Disc",
        "d\u0131skon",
        "dis\x00kon",
        "Flash  Sale",
        "best seller",
        "&#37; 50&#37;",
        "50 %",
        "Rp 10.000",
    ]
    signs += [
        "idr5",
        "rp.3",
        "TERMURAH",
        "bonus",
        "cashback",
        "Hemat",
        "<b>gratis</b>",
        "\uff12\uff10\uff05",
        "Roti",
        "Excel 2",
        "",
    ]
    for _ in range(500):
        title = dice.choice([" ", "", "-"]).join(dice.sample(signs, 2))
        assert has_promotion(title) == bool(PROMO.search(plain(title))), title


def test_a_quick_look_misses_no_decoration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles drawn of decorations in every spelling, with the quick look and with the pattern alone."""
    dice = random.Random(2)
    parts = ["[Prakerja]", "(Pra Kerja 2020)", "(best seller)", "[ BONUS modul ]", "Diskon 20%", "cashback s/d 5 %"]
    parts += [
        "Rp99.000",
        "IDR 5k",
        "mulai dari rp. 10 ribu",
        "Flash  Sale",
        "BEST SELLER",
        "promo hari ini",
        "promo !!",
    ]
    parts += ["murah meriah!", "Beli 1 Gratis 1", "BUY 1 GET 1", "Kartu Prakerja :", "- prakerja", "kelas pra kerja -"]
    parts += ["e-Voucher kursus", "voucher", "d\u0131skon 5%", "\uff32p 5.000", "( )", "Roti", "Excel 2", "Kerja Sama"]
    titles = [dice.choice([" ", " - ", ": "]).join(dice.sample(parts, 2)) for _ in range(600)]
    quick = [clean_title(title) for title in titles]
    monkeypatch.setattr("catalog.normalize.title._DECORATION_SIGNS", ("",))
    assert quick == [clean_title(title) for title in titles]


@pytest.mark.parametrize(
    "text", ["  Dua   kata ", "", " ", "A&amp;B  c", "<b>x</b>  y", "a\tb", "x\x00 y", "caf\u00e9  x"]
)
def test_plain_text_takes_a_short_way_to_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = clean.plain.__wrapped__(text)  # type: ignore[attr-defined]
    monkeypatch.setattr(clean, "is_plain", lambda _: False)
    assert quick == clean.plain.__wrapped__(text)  # type: ignore[attr-defined]
