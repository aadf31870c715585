"""Prices: one table of named cases; strings are our own in the shapes that shops use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.normalize.price import read_price

ONE = {
    "grouped": ("Rp 275.000", 275_000),
    "foreign with rupiah in brackets": ("USD 20 (Rp 310.000)", 310_000),
    "whole and instalments": ("Rp 9 juta, dicicil 3x Rp 3 juta", 9_000_000),
    "no space": ("Rp1.150.000", 1_150_000),
    "point after rp": ("Rp.85.000", 85_000),
    "upper case, no groups": ("RP 425000", 425_000),
    "idr": ("IDR 320.000", 320_000),
    "at sign": ("@Rp 40.000", 40_000),
    "comma dash": ("Rp 99.000,-", 99_000),
    "point dash": ("Rp 50.000.-", 50_000),
    "cents": ("Rp 250.000,00", 250_000),
    "english groups": ("IDR 250,000.00", 250_000),
    "json decimal": ("150000.0", 150_000),
    "bare": ("310000", 310_000),
    "bare grouped": ("99.000", 99_000),
    "rb": ("Rp45rb", 45_000),
    "ribu": ("310 ribu", 310_000),
    "k": ("350K", 350_000),
    "k apart": ("150 k", 150_000),
    "jt": ("2 jt", 2_000_000),
    "decimal juta": ("Rp 1,5 juta", 1_500_000),
    "point as decimal before jt": ("2.5jt", 2_500_000),
    "two decimals": ("Rp7,59jt", 7_590_000),
    "nya": ("Rp 2 jutanya", 2_000_000),
    "t": ("Rp 5,6 T", 5_600_000_000_000),
    "m": ("Rp 1,5 M", 1_500_000_000),
    "arrow": ("Rp 350.000 → Rp 250.000", 250_000),
    "triliun": ("Rp 1,2 triliun", 1_200_000_000_000),
    "two units are one amount": ("Rp 1 juta 250 ribu", 1_250_000),
    "number words": ("dua ratus lima puluh ribu rupiah", 250_000),
    "unit price as written": ("Rp 75.000 per sesi", 75_000),
    "no sum is worked out": ("Rp 100.000 selama 3 bulan", 100_000),
    "points in brackets": ("Rp 120.000 (120 poin)", 120_000),
    "amount in brackets only": ("(Rp 150.000)", 150_000),
    "discount beside the price": ("Diskon 50% Rp 500.000", 500_000),
    "changed": ("dari Rp 500.000 menjadi Rp 250.000", 250_000),
    "whole and instalment": ("Rp 300.000 dibayar Rp 100.000 setiap bulan", 300_000),
    "label before": ("Harga: 275.000", 275_000),
}
RANGES = {
    "own units": ("Rp 500.000 hingga Rp 1,8 juta", 500_000, 1_800_000),
    "between": ("antara Rp 40.000 dan Rp 90.000", 40_000, 90_000),
    "shared unit": ("200-300 ribu", 200_000, 300_000),
    "s/d": ("Rp.200.000,- s/d Rp.500.000,-", 200_000, 500_000),
    "dash without spaces": ("Rp250.000-500.000", 250_000, 500_000),
}
REFUSED = {
    "about so many": "Rp 450.000-an",
    "a year": "2023",
    "empty": "",
    "dash": "-",
    "percentage": "97,5%",
    "zero percent": "0%",
    "four digits before the point": "Rp 1250.000",
    "four digits at the end": "Rp 1.500.0000",
    "two digits at the end": "Rp 300.000.00,-",
    "two digits in the middle": "Rp 4.50.000",
    "cut off": "Rp 1.5xx.xxx",
    "cut off by dots": "Rp 250…",
    "vague": "ratusan ribu",
    "vague with a figure": "200 ribuan",
    "foreign": "USD 25",
    "negative": "Rp -50.000",
    "two prices without a word between": "Rp149.000 Rp299.000",
    "money off": "Hemat Rp 50.000",
    "telephone number": "081234567890",
    "too small to be a price": "50",
    "too small with its currency": "Rp 250",
    "about": "Rp 100rb-an",
    "not free": "tidak gratis",
    "a sentence about free things": "hampir semua isi kelas ini sama dengan video gratis yang ada di mana-mana",
    "days": "5 hari",
}


@pytest.mark.parametrize("case", ONE)
def test_one_price(case: str) -> None:
    text, amount = ONE[case]
    read = read_price(text)
    assert (read.low, read.high, read.free) == (amount, amount, False)


@pytest.mark.parametrize("case", RANGES)
def test_ranges(case: str) -> None:
    text, low, high = RANGES[case]
    assert (read_price(text).low, read_price(text).high) == (low, high)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_price_stays_unknown(case: str) -> None:
    read = read_price(REFUSED[case])
    assert (read.low, read.high, read.free) == (None, None, False)


@pytest.mark.parametrize("text", ["Gratis", "GRATIS", "Rp 0", "Rp0,-", "0", "Free", "gratis untuk peserta Prakerja"])
def test_free_is_zero_and_says_so(text: str) -> None:
    read = read_price(text)
    assert (read.low, read.high, read.free) == (0, 0, True)


def test_free_shipping_is_not_a_free_course() -> None:
    assert read_price("Gratis ongkir Rp 200.000").low == 200_000


@pytest.mark.shared
def test_labelled_prices(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "price.jsonl").read_text().splitlines()]
    wrong = [
        row["text"]
        for row in rows
        if (read := read_price(row["text"]))
        and (read.low, read.high, read.free) != (row["min"], row["max"], row["free"])
    ]
    assert len(wrong) <= 0.03 * len(rows), wrong
