"""Lengths: one table of named cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.normalize.duration import read_duration

CASES = {
    "minutes": ("75 menit", (75, 75, None)),
    "hours": ("4 Jam", (240, 240, None)),
    "english short": ("1h 20m", (80, 80, None)),
    "english hours": ("3h", (180, 180, None)),
    "indonesian short": ("2j 15m", (135, 135, None)),
    "h before a day is a deadline": ("H-3", (None, None, None)),
    "glued": ("1jam45menit", (105, 105, None)),
    "fraction": ("3/4 jam", (45, 45, None)),
    "decimal hours": ("2,5 jam", (150, 150, None)),
    "half": ("2½ jam", (150, 150, None)),
    "hours and minutes": ("6 jam 5 menit", (365, 365, None)),
    "lesson hours": ("20 JP", (900, 900, None)),
    "lesson hours in words": ("10 jam pelajaran", (450, 450, None)),
    "defined lesson hours": ("40 JP (1 JP = 45 menit)", (1800, 1800, None)),
    "mm:ss drops seconds": ("(12:48 menit)", (12, 12, None)),
    "hh:mm before jam": ("02:30 jam", (150, 150, None)),
    "range": ("2-3 jam", (120, 180, None)),
    "between": ("antara 4 dan 6 jam", (240, 360, None)),
    "between days": ("antara empat dan enam hari", (None, None, None)),
    "once in so many weeks": ("sekali dalam 3 minggu", (None, None, None)),
    "validity": ("masa aktif 60 hari", (None, None, None)),
    "range of words": ("empat hingga enam jam", (240, 360, None)),
    "range with two units": ("45 menit hingga 1 jam", (45, 60, None)),
    "lower bound": ("minimal 7 jam", (420, None, None)),
    "lower bound by sign": ("15+ jam", (900, None, None)),
    "upper bound": ("maksimal 8 jam", (None, 480, None)),
    "about": ("sekitar 2 jam", (120, 120, None)),
    "product": ("4 x 2 jam", (480, 480, None)),
    "product of meetings": ("5 pertemuan @ 90 menit", (450, 450, None)),
    "product in words": ("2 jam per hari selama 5 hari", (600, 600, None)),
    "total among parts": ("Topik 1 30 menit, Topik 2 40 menit. Total durasi 70 menit", (70, 70, None)),
    "days": ("3 hari", (None, None, 3)),
    "weeks": ("2 minggu", (None, None, 14)),
    "months": ("3 bulan", (None, None, 90)),
    "number twice": ("6 (enam) bulan", (None, None, 180)),
    "bound on days": ("maksimal 3 hari", (None, None, 3)),
    "n x 24 hours are days": ("2x24 jam", (None, None, 2)),
    "n x 24 hours and a word": ("3 x 24 jam hari kerja", (None, None, 3)),
    "half after the unit": ("tiga jam setengah", (210, 210, None)),
    "defined beside the number": ("6 JP (45 menit)", (270, 270, None)),
    "product of counted meetings": ("4x pertemuan @ 3 jam", (720, 720, None)),
    "hours and days apart": ("15 jam dalam 5 hari", (900, 900, 5)),
    "a change of rule": ("minimal 6 jam menjadi 12 jam", (720, None, None)),
}
REFUSED = {
    "empty": "",
    "modules": "26 Modul",
    "meetings": "8x pertemuan",
    "age": "usia 18 - 35 tahun",
    "law": "UU No. 11 Tahun 2020",
    "rate": "2 jam per pertemuan",
    "rate by slash": "2 jam/hari",
    "rate of videos": "2-3 menit per video",
    "daily": "3 jam sehari",
    "frequency": "setiap 2 minggu",
    "twice a week": "2 kali seminggu",
    "range of days": "7-15 hari",
    "deadline": "15 hari sejak pembelian",
    "lead time": "paling lambat 3 hari sebelum pelatihan",
    "access": "akses 30 hari",
    "clock time": "pukul 10.00",
    "clock time after a year": "2020 jam 10.00",
    "zero": "0 menit",
    "several parts without a total": "Topik 1 30 menit, Topik 2 40 menit",
}


@pytest.mark.parametrize("case", CASES)
def test_lengths(case: str) -> None:
    text, expected = CASES[case]
    read = read_duration(text)
    assert (read.minutes_min, read.minutes_max, read.days) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_length_stays_unknown(case: str) -> None:
    read = read_duration(REFUSED[case])
    assert (read.minutes_min, read.minutes_max, read.days) == (None, None, None)


@pytest.mark.shared
def test_labelled_durations(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "duration.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows:
        read = read_duration(row["text"])
        if (read.minutes_min, read.minutes_max, read.days) != (row["minutes_min"], row["minutes_max"], row["days"]):
            wrong.append(row["text"])
    assert len(wrong) <= 0.05 * len(rows), wrong
