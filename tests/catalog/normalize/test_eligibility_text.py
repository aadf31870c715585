"""What a text says about the card: a clear refusal is a "no", everything else proves nothing."""

from __future__ import annotations

import pytest

from catalog.normalize.eligibility import read_eligibility
from tests.factories import make_listing

REFUSALS = [
    "Kelas ini tidak bisa dibeli dengan Kartu Prakerja",
    "Belum dapat dibayar menggunakan Kartu Prakerja",
    "Voucher tidak berlaku bagi pemegang Kartu Prakerja",
    "Bukan untuk peserta Kartu Prakerja",
    "Kami tidak menerima pembayaran lewat Kartu Prakerja",
    "Pelatihan ini tidak termasuk program Kartu Prakerja",
    "Kartu Prakerja tidak dapat digunakan di sini",
    "Peserta Kartu Prakerja tidak bisa membeli kelas ini",
    "Kelas khusus non Kartu Prakerja",
]
NO_REFUSALS = [
    "",
    "Bisa dibeli dengan Kartu Prakerja",
    "Tidak hanya untuk peserta Kartu Prakerja",
    "Bagi yang belum menjadi peserta Kartu Prakerja, daftar dahulu",
    "Belum terdaftar di Kartu Prakerja?",
    "Yang bukan peserta Kartu Prakerja juga boleh ikut",
    "Peserta Kartu Prakerja tidak dapat membatalkan pembelian",
    "Jangan khawatir, tidak sulit untuk peserta Kartu Prakerja",
    "Bila tidak dapat menemukan nomor Kartu Prakerja, hubungi pusat bantuan",
    "Kelas yang dibeli dengan Kartu Prakerja tidak dapat dipindahtangankan",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_clear_refusal_is_a_no(text: str) -> None:
    answer, evidence = read_eligibility(make_listing(title="Merajut Topi", text=text, eligible="unknown"))
    assert (answer, bool(evidence and evidence.startswith("text: "))) == ("no", True)


@pytest.mark.parametrize("text", NO_REFUSALS)
def test_other_words_about_the_card_prove_nothing(text: str) -> None:
    listing = make_listing(title="Merajut Topi", text=text, eligible="unknown", eligible_evidence=None)
    assert read_eligibility(listing) == ("unknown", None)


def test_a_title_may_refuse() -> None:
    listing = make_listing(title="Merajut Topi (Non Prakerja)", text=None, eligible="unknown")
    assert read_eligibility(listing)[0] == "no"


def test_structured_evidence_stands() -> None:
    listing = make_listing(text=REFUSALS[0], eligible="yes", eligible_evidence="tag")
    assert read_eligibility(listing) == ("yes", "tag")
