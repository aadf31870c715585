"""Schedules: one table of named cases. Columns: start, end, start time, end time, zone, weekdays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.normalize.schedule import read_schedule

WORK = ["senin", "selasa", "rabu", "kamis", "jumat"]
CASES = {
    "date": ("4 Maret 2021", ("2021-03-04", None, None, None, None, [])),
    "glued date": ("9juli2021", ("2021-07-09", None, None, None, None, [])),
    "two days with a slash": ("4/5 Maret 2021", ("2021-03-04", "2021-03-05", None, None, None, [])),
    "a slash that is no list": ("9/5 Maret 2021", ("2021-03-05", None, None, None, None, [])),
    "version": ("v3.20", (None, None, None, None, None, [])),
    "amount": ("Rp 15.00", (None, None, None, None, None, [])),
    "rating": ("rating 4.40 dari 5", (None, None, None, None, None, [])),
    "people": ("20.00 peserta", (None, None, None, None, None, [])),
    "two points": ("17.08.45", (None, None, None, None, None, [])),
    "glued zone after a comma": ("Kamis,22 Juli 2021,10.00WIB", ("2021-07-22", None, "10:00", None, "WIB", ["kamis"])),
    "glued lead": ("jam10.30", (None, None, "10:30", None, None, [])),
    "short month": ("06 Okt 2020", ("2020-10-06", None, None, None, None, [])),
    "english": ("July 3rd, 2020", ("2020-07-03", None, None, None, None, [])),
    "slashes are day first": ("05/10/2020", ("2020-10-05", None, None, None, None, [])),
    "iso": ("2021-03-04T10:15:30+07:00", ("2021-03-04", None, "10:15", None, None, [])),
    "points": ("12.04.2020 13.30", ("2020-04-12", None, "13:30", None, None, [])),
    "range in a month": ("8 - 15 Mei 2021", ("2021-05-08", "2021-05-15", None, None, None, [])),
    "range over months": ("28 Juni s.d. 3 Juli 2021", ("2021-06-28", "2021-07-03", None, None, None, [])),
    "range over a year's end": ("28 Des - 3 Jan 2024", ("2023-12-28", "2024-01-03", None, None, None, [])),
    "list": ("tanggal 3, 4 dan 9 Juni 2022", ("2022-06-03", "2022-06-09", None, None, None, [])),
    "days named with their dates": (
        "Sabtu 5 dan Minggu 6 Juni 2021",
        ("2021-06-05", "2021-06-06", None, None, None, ["sabtu", "minggu"]),
    ),
    "days named before their dates": (
        "Rabu, 2 & Kamis, 3 Februari 2022",
        ("2022-02-02", "2022-02-03", None, None, None, ["rabu", "kamis"]),
    ),
    "no year, no date": ("Rabu (29/4) pukul 10.00", (None, None, "10:00", None, None, ["rabu"])),
    "impossible date": ("31 Februari 2021", (None, None, None, None, None, [])),
    "times": ("Pukul: 13.00-14.30 WITA", (None, None, "13:00", "14:30", "WITA", [])),
    "bare hours": ("pukul 9 - 11 WIB", (None, None, "09:00", "11:00", "WIB", [])),
    "no space before the zone": ("09.00WIB", (None, None, "09:00", None, "WIB", [])),
    "one time in three zones": ("19.00 WIB/20.00 WITA/21.00 WIT", (None, None, "19:00", None, "WIB", [])),
    "afternoon in words": ("jam 2 siang", (None, None, "14:00", None, None, [])),
    "open end": ("09.00 s.d. selesai", (None, None, "09:00", None, None, [])),
    "range of weekdays": ("Senin - Jumat, 08.00 - 16.00", (None, None, "08:00", "16:00", None, WORK)),
    "list of weekdays": ("Senin-Rabu-Jumat 19.00", (None, None, "19:00", None, None, ["senin", "rabu", "jumat"])),
    "jum'at": ("Jum'at, 11 September 2020", ("2020-09-11", None, None, None, None, ["jumat"])),
    "weeks are no sundays": ("2 minggu, setiap minggu", (None, None, None, None, None, [])),
    "sunday": ("Minggu, 13/09/2020", ("2020-09-13", None, None, None, None, ["minggu"])),
    "minimum is no sunday": ("min. 20 peserta", (None, None, None, None, None, [])),
    "today": ("Hari Ini Pukul 12.00 WIB", (None, None, "12:00", None, "WIB", [])),
    "price": ("Rp 10.000", (None, None, None, None, None, [])),
    "empty": ("", (None, None, None, None, None, [])),
}


@pytest.mark.parametrize("case", CASES)
def test_schedules(case: str) -> None:
    text, expected = CASES[case]
    read = read_schedule(text)
    start, end = (d and d.isoformat() for d in (read.start, read.end))
    assert (start, end, read.start_time, read.end_time, read.zone, list(read.weekdays)) == expected


@pytest.mark.shared
def test_labelled_schedules(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "date.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows:
        read = read_schedule(row["text"])
        start, end = (d and d.isoformat() for d in (read.start, read.end))
        mine = (start, end, read.start_time, read.end_time, read.zone, list(read.weekdays))
        if mine != tuple(row[k] for k in ("start", "end", "start_time", "end_time", "tz", "weekdays")):
            wrong.append(row["text"])
    assert len(wrong) <= 0.1 * len(rows), wrong
