"""When a course runs: dates, clock times, zone, weekdays of texts like 'Sabtu, 12 - 13 Sep 2020, 09.00-12.00 WIB'.

A date needs its year; a text without one keeps its times and weekdays. dateparser reads single Indonesian dates well
but not ranges, lists or 'Jum'at', and needs over a millisecond a string, so this is a month table and a few patterns.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass

from catalog.normalize.clean import fold, remembered
from catalog.records import Weekday, Zone


@dataclass(frozen=True, slots=True)
class Schedule:
    """Local dates and times as written; `end` only where a second date stands there. Times are HH:MM."""

    start: dt.date | None = None
    end: dt.date | None = None
    start_time: str | None = None
    end_time: str | None = None
    zone: Zone | None = None
    weekdays: tuple[Weekday, ...] = ()


UNKNOWN = Schedule()
LONGEST = 500
"""Signs of a schedule text that are read; no text may make the reader slow."""

_MONTHS = {
    "januari": 1, "january": 1, "jan": 1,
    "februari": 2, "pebruari": 2, "february": 2, "feb": 2, "peb": 2, "febuari": 2,
    "maret": 3, "march": 3, "mar": 3, "mrt": 3,
    "april": 4, "apr": 4,
    "mei": 5, "may": 5,
    "juni": 6, "june": 6, "jun": 6,
    "juli": 7, "july": 7, "jul": 7,
    "agustus": 8, "august": 8, "agt": 8, "agu": 8, "agst": 8, "agus": 8, "ags": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9,
    "oktober": 10, "october": 10, "okt": 10, "oct": 10,
    "november": 11, "nopember": 11, "nov": 11, "nop": 11,
    "desember": 12, "december": 12, "des": 12, "dec": 12,
}  # fmt: skip
_DAYS: tuple[Weekday, ...] = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_DAY_NAMES: dict[str, Weekday] = {
    "senin": "senin", "sen": "senin", "monday": "senin", "mon": "senin",
    "selasa": "selasa", "sel": "selasa", "tuesday": "selasa", "tue": "selasa", "tues": "selasa",
    "rabu": "rabu", "rab": "rabu", "wednesday": "rabu", "wed": "rabu",
    "kamis": "kamis", "kam": "kamis", "thursday": "kamis", "thu": "kamis", "thurs": "kamis",
    "jumat": "jumat", "jum'at": "jumat", "jum": "jumat", "friday": "jumat", "fri": "jumat",
    "sabtu": "sabtu", "sab": "sabtu", "saturday": "sabtu", "sat": "sabtu",
    "minggu": "minggu", "ahad": "minggu", "min": "minggu", "sunday": "minggu", "sun": "minggu",
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_NAME = "|".join(re.escape(n) for n in sorted(_DAY_NAMES, key=len, reverse=True))
_TO = r"(?:-|~|s\s?/\s?d|s\.?\s?d\.?|sampai(?: dengan)?|hingga|to|until)"
_YEAR = r"(?:(?:19|20)[0-9]{2})(?![0-9])"

_WEEKDAY = re.compile(rf"(?<![\w'])(?P<day>{_DAY_NAME})(?![\w'])\.?")
_WEEK_NOT_SUNDAY = re.compile(
    r"\b(?:[0-9]+|per|setiap|tiap|satu|dua|tiga|empat|lima|enam|beberapa|akhir|dalam|selama|se)\s?minggu\b"
    r"|\bminggu\s(?:ke(?:-?\s?[0-9]+)?|depan|ini|lalu|pertama|kedua|ketiga|keempat|terakhir)\b|\bmin\.?(?=imal|imum|\s[0-9]+\s(?:peserta|orang))"
)
_BETWEEN_DAYS = re.compile(rf"^\s?{_TO}\s?$")

_ISO = re.compile(rf"\b(?P<y>{_YEAR})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}})(?![0-9])t?")
_OFFSET = re.compile(
    r"(?P<kept>:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)\s?[+-][0-9]{2}:?[0-9]{2}\b|\+[0-9]{2}:[0-9]{2}\b"
    r"|\b(?:gmt|utc)\s?[+-]?[0-9]{0,2}\b"
)
_NUMERIC = re.compile(
    r"(?<![0-9./-])(?P<d>[0-9]{1,2})\s?(?P<sep>[/.-])\s?(?P<m>[0-9]{1,2})\s?(?P=sep)\s?(?P<y>(?:19|20)?[0-9]{2})(?![0-9])"
)
_NUMERIC_HINT = re.compile(r"[0-9]\s?[/.-]\s?[0-9]{1,2}\s?[/.-]\s?[0-9]")
_NUMERIC_RANGE = re.compile(
    rf"(?<![0-9/.])(?P<first>[0-9]{{1,2}})\s?{_TO}\s?(?=(?P<d>[0-9]{{1,2}})/(?P<m>[0-9]{{1,2}})/(?P<y>{_YEAR}))"
)
_DAY = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_LIST = rf"{_DAY}(?:\s?(?:,|&|/|dan|and|{_TO})\s?(?:dan\s|&\s|,\s)?(?:tanggal\s|tgl\.?\s)?{_DAY}(?![0-9:])){{0,20}}"
_NAMED = re.compile(
    rf"(?<![0-9:.])(?P<days>{_LIST})\s?(?:of\s)?[-/.,]?\s?(?P<month>{_MONTH})(?![a-z_])\.?(?:\s?[-/,']?\s?(?P<year>{_YEAR}))?"
)
_ENGLISH = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?\s(?P<days>{_DAY}(?:\s?(?:{_TO}|&|,)\s?{_DAY}(?![0-9]))?)(?:,?\s(?P<year>{_YEAR}))"
)
_SPACES = re.compile(r"\s+")
_MONTH_FIRST = re.compile(r"[a-z]\.? [0-3]?[0-9](?:st|nd|rd|th)?\b.*(?:19|20)[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,2}")

_TIME = r"(?:[01]?[0-9]|2[0-4])"
_CLOCK = re.compile(
    rf"(?<![0-9:.])(?<![0-9],)(?P<h>{_TIME})\s?(?P<point>[:.])\s?(?P<m>[0-5][0-9])"
    r"(?P<seconds>[:.][0-5][0-9](?:\.[0-9]+)?)?(?![0-9%])"
    r"\s?(?P<half>a\.?m\.?|p\.?m\.?)?(?=wib|wita|wit|[^a-z]|$)"
    rf"|(?<![0-9:.,])(?P<h12>{_TIME})\s?(?P<half12>am|pm)\b"
    rf"|\b(?:pukul|jam|pkl\.?)\s?:?\s?(?P<hour>{_TIME})(?![0-9.:])(?:\s?(?P<part>pagi|siang|sore|malam))?"
    rf"|(?<![0-9:.,])(?P<zoned>{_TIME})(?=\s?(?:wib|wita|wit)\b)"
    rf"|(?<![0-9:.,/])(?P<hhmm>[0-2][0-9][0-5][0-9])(?=\s?(?:{_TO}\s?[0-2][0-9][0-5][0-9]\s?)?(?:wib|wita|wit)\b)"
)
_NO_CLOCK_AFTER = re.compile(
    r"\b(?:rp|idr|usd|v|ver|versi|version|level|rating|skor|score|nilai|harga|biaya|bintang|ipk|no|nomor|pasal|bab|modul|sesi|lantai|lt|blok|unit)\s?[.:=]?\s?$"
)
_NO_CLOCK_BEFORE = re.compile(
    r"\s?(?:dari [0-9]|/\s?[0-9]|,-|(?:rb|ribu|jt|juta|persen|km|kg|gb|mb|cm|meter|bintang|poin|rupiah"
    r"|jam|jp|orang|peserta)\b)"
)
_GLUED_LEAD = re.compile(r"(?:jam|pukul|pkl)$")
_HOUR_RANGE = re.compile(
    rf"\b(?P<lead>pukul|jam|pkl\.?)?\s?:?\s?(?<![0-9:.,])(?P<a>{_TIME})\s?{_TO}\s?(?P<b>{_TIME})(?=\s?(?P<tail>wib|wita|wit)\b|(?![0-9:.]))"
)
_ZONE = re.compile(r"(?<![a-z])(?P<zone>wib|wita|wit)\b")


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


@dataclass(slots=True)
class _Group:
    start: int
    end: int
    days: list[int]
    month: int
    year: int | None


def _numeric_groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    if not _NUMERIC_HINT.search(text):
        return groups
    for match in _ISO.finditer(text):
        groups.append(_Group(match.start(), match.end(), [int(match["d"])], int(match["m"]), int(match["y"])))
    for match in _NUMERIC.finditer(text):
        year = int(match["y"])
        if match["sep"] != "/" and year < 100:
            continue
        year += 2000 if year < 100 else 0
        groups.append(_Group(match.start(), match.end(), [int(match["d"])], int(match["m"]), year))
    for match in _NUMERIC_RANGE.finditer(text):
        group = _Group(match.start(), match.end(), [int(match["first"])], int(match["m"]), int(match["y"]))
        groups.append(group)
    return groups


def _named_groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    # An English date begins with the month, so a letter stands before the day.
    for pattern in (_ENGLISH, _NAMED) if _MONTH_FIRST.search(text) else (_NAMED,):
        for match in pattern.finditer(text):
            if any(g.start < match.end() and match.start() < g.end for g in groups):
                continue
            days = [int(d) for d in _NUMBER.findall(match["days"])]
            if "/" in match["days"] and days != sorted(days):
                days = days[-1:]  # '9/12 Mei' is no list of days
            year = int(match["year"]) if match["year"] else None
            groups.append(_Group(match.start(), match.end(), days, _MONTHS[match["month"]], year))
    return groups


def _with_years(groups: list[_Group]) -> list[_Group]:
    """'28 Des - 3 Jan 2024': a group without a year takes the next one's, the year before when its month is later."""
    for index in range(len(groups) - 2, -1, -1):
        group, after = groups[index], groups[index + 1]
        if group.year is None and after.year is not None:
            group.year = after.year - (1 if group.month > after.month else 0)
    for before, group in itertools.pairwise(groups):
        if group.year is None and before.year is not None:
            group.year = before.year + (1 if group.month < before.month else 0)
    return groups


def _dates(text: str) -> tuple[list[dt.date], str]:
    """All dates in their order, and the text without them (so that '12.04.2020' is no clock time)."""
    groups = _numeric_groups(text)
    groups += [g for g in _named_groups(text) if not any(g.start < o.end and o.start < g.end for o in groups)]
    groups.sort(key=lambda g: g.start)
    dates: list[dt.date] = []
    for group in _with_years(groups):
        for day in group.days:
            date = _date(group.year, group.month, day) if group.year is not None else None
            if date is not None:
                dates.append(date)
            elif group.year is not None:
                return [], _blank(text, groups)
    return dates, _blank(text, groups)


def _blank(text: str, groups: list[_Group]) -> str:
    for group in groups:
        text = text[: group.start] + " " * (group.end - group.start) + text[group.end :]
    return text


def _weekdays(text: str) -> tuple[tuple[Weekday, ...], str]:
    """The weekdays that are named, ranges filled in, and the text without them."""
    if "min" in text:
        text = _WEEK_NOT_SUNDAY.sub(" ", text)
    matches = [m for m in _WEEKDAY.finditer(text) if m["day"] != "min" or re.match(r"\s?[,)-]", text[m.end() :])]
    named: list[Weekday] = []
    # 'Senin - Jumat' is a range; 'Senin-Rabu-Jumat' is a list.
    joins = [bool(_BETWEEN_DAYS.match(text[a.end() : b.start()])) for a, b in itertools.pairwise(matches)]
    for index, match in enumerate(matches):
        day = _DAY_NAMES[match["day"]]
        if index and joins[index - 1] and not any(joins[j] for j in (index - 2, index) if 0 <= j < len(joins)):
            place = _DAYS.index(_DAY_NAMES[matches[index - 1]["day"]])
            while _DAYS[place % 7] != day:
                place += 1
                named.append(_DAYS[place % 7])
        named.append(day)
    for match in reversed(matches):
        text = text[: match.start()] + " " + text[match.end() :]
    return tuple(dict.fromkeys(named)), _SPACES.sub(" ", text)


def _may_be_clock(match: re.Match[str]) -> bool:
    """A number with a point is often something else: 'v2.10', 'Rp 10.00', 'rating 4.50', '17.08.45'."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if before[-1:].isalpha() and not _GLUED_LEAD.search(before):
        return False
    if (match["seconds"] or "").startswith(".") and not _ZONE.match(after.lstrip()):
        return False
    return not (_NO_CLOCK_AFTER.search(before[-12:]) or _NO_CLOCK_BEFORE.match(after))


def _hour(match: re.Match[str]) -> str | None:
    if match["hhmm"]:
        return f"{match['hhmm'][:2]}:{match['hhmm'][2:]}" if int(match["hhmm"]) < 2400 else None
    if match["point"] == "." and not _may_be_clock(match):
        return None
    hour = int(match["h"] or match["h12"] or match["hour"] or match["zoned"])
    minute = int(match["m"] or 0)
    half = (match["half"] or match["half12"] or "").replace(".", "")
    if half and hour > 12:
        half = ""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    part = match["part"]
    if (part in ("sore", "malam") and hour < 12) or (part == "siang" and hour < 6):
        hour += 12
    if hour == 24 and minute:
        return None
    return f"{hour:02d}:{minute:02d}" if hour <= 24 else None


def _times(text: str) -> tuple[list[str], Zone | None]:
    if not any(c.isdigit() for c in text):
        named = _ZONE.search(text)
        return [], named["zone"].upper() if named else None  # type: ignore[return-value]
    if ":" in text or "gmt" in text or "utc" in text:
        text = _OFFSET.sub(lambda m: m["kept"] or " ", text)
    zones = list(_ZONE.finditer(text))
    if len({z["zone"] for z in zones}) > 1:
        text = text[: zones[0].end()]
    for match in _HOUR_RANGE.finditer(text):
        if match["lead"] or match["tail"]:
            text = f"{text[: match.start()]} pukul {match['a']} - pukul {match['b']} {text[match.end() :]}"
            break
    times = [t for t in (_hour(m) for m in _CLOCK.finditer(text)) if t is not None]
    zone = zones[0]["zone"].upper() if zones else None
    return times, zone  # type: ignore[return-value]


@remembered
def read_schedule(text: object) -> Schedule:
    """Dates, times, zone and weekdays of a text. Total: any value in; what can't be read stays None."""
    line = fold(text, LONGEST)
    if not line:
        return UNKNOWN
    weekdays, line = _weekdays(line)
    dates, rest = _dates(line) if any(c.isdigit() for c in line) else ([], line)
    times, zone = _times(rest)
    start = dates[0] if dates else None
    end = dates[-1] if len(dates) > 1 and start and dates[-1] > start else None
    end_time = times[-1] if len(times) > 1 and times[-1] != times[0] else None
    return Schedule(start, end, times[0] if times else None, end_time, zone, weekdays)
