"""Places: one table of named cases, (text, regency, province)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalog.normalize.place import gazetteer, read_place

CASES = {
    "kota": ("Jl. Melati 3, Kec. Coblong, Kota Bandung, Jawa Barat 40132", "Kota Bandung", "Jawa Barat"),
    "kabupaten": ("Desa Contoh, Kabupaten Bandung, Jawa Barat", "Kabupaten Bandung", "Jawa Barat"),
    "kab with a point": ("KAB. BUNGO", "Kabupaten Bungo", "Jambi"),
    "capital's city": ("Kota Jkt Utara 14440", "Kota Adm. Jakarta Utara", "DKI Jakarta"),
    "english city": ("East Kuningan, South Jakarta City, Jakarta 12950", "Kota Adm. Jakarta Selatan", "DKI Jakarta"),
    "english regency": ("Ubud, Gianyar Regency, Bali", "Kabupaten Gianyar", "Bali"),
    "english direction": ("Lembang, West Bandung Regency, West Java", "Kabupaten Bandung Barat", "Jawa Barat"),
    "initials": ("Kota SBY, Jawa Timur 60293", "Kota Surabaya", "Jawa Timur"),
    "short name": ("Tangsel", "Kota Tangerang Selatan", "Banten"),
    "misspelt": ("Tanggerang Selatan", "Kota Tangerang Selatan", "Banten"),
    "only one bears the name": ("Jl. Contoh No. 4, Medan", "Kota Medan", "Sumatera Utara"),
    "one segment": ("Jl. Contoh 1 No.16 RT 04/09 Depok 16451 Jawa Barat", "Kota Depok", "Jawa Barat"),
    "written apart": ("Kota Pare-Pare", "Kota Pare Pare", "Sulawesi Selatan"),
    "written together": ("Kota Parepare", "Kota Pare Pare", "Sulawesi Selatan"),
    "renamed since": ("Kabupaten Toba", "Kabupaten Toba Samosir", "Sumatera Utara"),
    "two names, no kind": ("Jl. Contoh, Malang, Jawa Timur", None, "Jawa Timur"),
    "postcode doesn't settle a pair": ("Gading Serpong, Tangerang, Banten 15811", None, "Banten"),
    "district settles a pair": ("Kec. Lowokwaru, Malang", "Kota Malang", "Jawa Timur"),
    "district by itself settles a pair": ("Trowulan, Mojokerto", "Kabupaten Mojokerto", "Jawa Timur"),
    "district of two pairs": ("Kec. Tegalrejo, Magelang", "Kabupaten Magelang", "Jawa Tengah"),
    "province settles a pair": ("Banjar, Kalimantan Selatan", "Kabupaten Banjar", "Kalimantan Selatan"),
    "capital alone": ("Jakarta", None, "DKI Jakarta"),
    "capital with a district": ("Kec. Ps. Minggu, Jakarta", "Kota Adm. Jakarta Selatan", "DKI Jakarta"),
    "capital with a postcode": ("Jl. Contoh Kav. 62, Jakarta 12920", "Kota Adm. Jakarta Selatan", "DKI Jakarta"),
    "street named after a city": ("Jl. Bandung No. 5, Kota Malang", "Kota Malang", "Jawa Timur"),
    "school named after a city": ("Politeknik Negeri Bandung", None, None),
    "school and its city": ("Politeknik Negeri Jember, Kota Surabaya", "Kota Surabaya", "Jawa Timur"),
    "institute named after a city": ("LPKN Denpasar", None, None),
    "district named after a city": ("Kec. Depok, Kabupaten Sleman", "Kabupaten Sleman", "Daerah Istimewa Yogyakarta"),
    "city and province share a name": ("Yogyakarta", None, "Daerah Istimewa Yogyakarta"),
    "that city by its kind": ("Kota Yogyakarta", "Kota Yogyakarta", "Daerah Istimewa Yogyakarta"),
    "regency in that province": ("Sleman, Yogyakarta", "Kabupaten Sleman", "Daerah Istimewa Yogyakarta"),
    "town": ("Purwokerto Timur", "Kabupaten Banyumas", "Jawa Tengah"),
    "two cities": ("Kota Bandung dan Kota Surabaya", None, None),
    "province": ("NTT", None, "Nusa Tenggara Timur"),
    "city against province": ("JAWA BARAT, KOTA JAKARTA PUSAT", "Kota Adm. Jakarta Pusat", "DKI Jakarta"),
    "mode before the place": ("(Luring) Kota Semarang", "Kota Semarang", "Jawa Tengah"),
    "country": ("Indonesia", None, None),
    "online": ("Zoom", None, None),
    "organisation": ("The Contoh Market Institute", None, None),
    "ordinary word": ("Batu bata merah", None, None),
    "empty": ("", None, None),
}


@pytest.mark.parametrize("case", CASES)
def test_places(case: str) -> None:
    text, regency, province = CASES[case]
    read = read_place(text)
    assert (read.regency, read.province, read.code) == (regency, province, None)


def test_every_official_name_reads_as_itself() -> None:
    wrong = [name for name, row in gazetteer().by_name.items() if read_place(name).regency != row.name]
    assert len(gazetteer().by_name) == 514
    assert wrong == []


def test_38_provinces() -> None:
    assert len({row.province for row in gazetteer().by_name.values()}) == 38
    assert len(set(gazetteer().provinces.values())) == 38


@pytest.mark.shared
def test_names_are_the_official_ones(shared: Path) -> None:
    rows = csv.DictReader((shared / "data" / "cities_official.csv").read_text().splitlines())
    assert {r["name"]: r["province"] for r in rows} == {n: r.province for n, r in gazetteer().by_name.items()}


@pytest.mark.shared
def test_labelled_places(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "city.jsonl").read_text().splitlines()]
    wrong = [
        r["text"]
        for r in rows
        if (p := read_place(r["text"])) and (p.regency, p.province) != (r["regency"], r["province"])
    ]
    assert len(wrong) <= 0.1 * len(rows), wrong
