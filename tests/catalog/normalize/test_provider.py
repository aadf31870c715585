"""Providers: spellings of one, and those that must stay apart."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalog.normalize.provider import aliases, read_provider

ALIKE = [
    ("Karya Contoh", "KARYA CONTOH"),
    ("ruang contoh", "Ruang Contoh"),
    ("LPK Karya Contoh", "Karya Contoh"),
    ("PT. Karya Contoh Tbk", "PT Karya Contoh"),
    ("Karya-Contoh", "KaryaContoh"),
    ("LPK Karya Contoh Bangsa (KCB)", "PT Karya Contoh Bangsa"),
    ("PT Karya Contoh (KARYA)", "Karya Contoh"),
    ("Karya Contoh .", "Karya Contoh -"),
    ("Karya Contoh Indonesia", "Karya Contoh"),
    ("Karya Contoh Official Store", "Karya Contoh"),
    ("Karya Contoh PRAKERJA", "Karya Contoh"),
    ("Kelas&nbsp;Contoh", "Kelas Contoh"),
]
APART = [
    ("Bina Karya", "Bina Dharma"),
    ("Universitas Indonesia", "Universitas Terbuka"),
    ("Akademi Indonesia", "Akademi Bali"),
    ("Arkademi", "Arkademy"),
    ("LPK Contoh (Medan)", "LPK Contoh (Ambon)"),
    ("LPK Contoh Bangsa (MDN)", "LPK Contoh Bangsa"),
    ("日本語", "韓国語"),
]


@pytest.mark.parametrize(("a", "b"), ALIKE)
def test_spellings_of_one_provider(a: str, b: str) -> None:
    assert read_provider(a).id == read_provider(b).id


@pytest.mark.parametrize(("a", "b"), APART)
def test_two_providers(a: str, b: str) -> None:
    assert read_provider(a).id != read_provider(b).id


@pytest.mark.parametrize("text", ["", " ", "-", "../", "null", "N/A", None, 7])
def test_nobody_named(text: object) -> None:
    assert (read_provider(text).id, read_provider(text).name) == (None, None)


@pytest.mark.parametrize("text", ["🎉", "../../etc/passwd", "日本語", "a/b?c#d", "<b>Karya</b>"])
def test_ids_are_safe_in_addresses(text: str) -> None:
    made = read_provider(text).id
    assert made and made.isascii() and made.isalnum()


def test_names_for_people() -> None:
    assert read_provider("PUSAT KARYA CONTOH").name == "Pusat Karya Contoh"
    assert read_provider("LPK CONTOH MAJU").name == "LPK Contoh Maju"
    assert read_provider("QuBisa").name == "QuBisa"
    assert read_provider("Karya Contoh .").name == "Karya Contoh"


def test_reviewed_aliases_lead_to_one_spelling() -> None:
    assert all(read_provider(found.name).id == found.id for found in aliases().values())


@pytest.mark.shared
def test_recorded_variants(shared: Path) -> None:
    rows = list(csv.DictReader((shared / "data" / "provider_variants.csv").read_text().splitlines()))
    assert rows
    assert [r for r in rows if read_provider(r["spelling_a"]).id != read_provider(r["spelling_b"]).id] == []
