"""Lengths of trainings: minutes ('3 x 2 jam', '15 JP', 'tiga hingga lima jam') and, apart from them, days.

Refused: modules and meetings without a length, rates ('2 jam per pertemuan'), frequencies, years (ages, laws),
deadlines. An answer has `minutes_min` = `minutes_max` for one length, one of them alone for a bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.normalize.clean import fold, remembered
from catalog.normalize.numbers_id import digits

MOST_MINUTES = 200_000
LONGEST = 400
"""Signs of a duration text that are read; no text may make the reader slow."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Minutes as bounds, and calendar days for lengths in days, weeks or months."""

    minutes_min: int | None = None
    minutes_max: int | None = None
    days: int | None = None


UNKNOWN = Duration()

_JP = r"jp[l]?|jam (?:pelajaran|pembelajaran)|jampel"
_HOUR = r"jam|hours?|hrs?|jm"
_MINUTE = r"menit|mnt|minutes?|mins?(?!\.)"
_DAY = r"hari|days?"
_WEEK = r"minggu|pekan|weeks?"
_MONTH = r"bulan|months?|bln"
_UNIT = rf"(?P<unit>{_JP}|{_HOUR}|{_MINUTE}|{_DAY}|{_WEEK}|{_MONTH}|detik|tahun|thn)(?:an|nya)?\b"
_N = r"[0-9]+(?:[.,][0-9]+)?(?![0-9:])"
_TO = r"(?:-|~|hingga|sampai(?: dengan)?|s\s?/\s?d|s\.?d\.?|to|atau)"
_LENGTH = re.compile(
    rf"(?<![0-9.,:/])(?P<clock>[0-9]{{1,3}}:[0-9]{{2}}(?::[0-9]{{2}})?)\s?(?P<clock_unit>{_MINUTE}|{_HOUR})?\b"
    rf"|(?<![0-9.,:/])(?P<low>{_N})\s?(?P<plus>\+)?"
    rf"(?:\s?(?:{_JP}|{_HOUR}|{_MINUTE}|{_DAY}|{_WEEK}|{_MONTH})?(?:\s?{_TO}\s?)(?P<high>{_N}))?\s?-?{_UNIT}"
)
_FIRST_UNIT = re.compile(rf"^{_N}\s?(?P<unit>{_JP}|{_HOUR}|{_MINUTE}|{_DAY}|{_WEEK}|{_MONTH})\b")
_REPEATED = re.compile(r"(?<=[0-9])\s?\(\s?[0-9]+(?:[.,][0-9]+)?\s?\)")
_JP_MEANS = re.compile(rf"\(?\b1\s?(?:{_JP})\s?(?:=|:|adalah|setara|@)\s?[0-9]+\s?(?:{_MINUTE})\)?")
_JP_LENGTH = re.compile(rf"(?<=[0-9])(?P<jp>\s?(?:{_JP}))\s?\(\s?@?\s?45\s?(?:{_MINUTE})\s?\)")
_SHORT = re.compile(
    r"(?<![a-z0-9.,:/-])(?P<h>[0-9]{1,3}(?:[.,][0-9])?)\s?(?:[hj]\s?(?P<m>[0-9]{1,2})\s?(?:m|mnt|mins?|menit)(?![a-z0-9])|h(?![a-z0-9-]))"
)
_FRACTIONS = {"1/2": "0,5", "1/4": "0,25", "3/4": "0,75"}
_FRACTION = re.compile(r"(?<![0-9.,/] )(?<![0-9.,/])(?P<of>1/2|1/4|3/4)\s?jam\b")
_GLUED = re.compile(r"(?<=[0-9])\s?(jam|menit|hari|hours?|hrs?)(?=[0-9])")
_AND_A_HALF = re.compile(rf"(?<![0-9.,])(?P<n>[0-9]{{1,3}})\s?(?P<unit>{_HOUR})\s?(?:dan )?setengah\b")
_BETWEEN = re.compile(
    rf"\bantara\s(?P<low>{_N}(?:\s?(?:{_JP}|{_HOUR}|{_MINUTE}|{_DAY}|{_WEEK}|{_MONTH}))?)\sdan\s(?={_N})"
)
_DAILY = re.compile(
    rf"(?P<rate>{_N})\s?(?P<unit>{_JP}|{_HOUR}|{_MINUTE})\s?(?:/|per\s|setiap\s|tiap\s|se"
    rf"|dalam 1 )\s?(?P<each>hari|sesi|pertemuan)\b"
    r"[^0-9]{0,20}(?P<n>[0-9]{1,3})\s?(?:kali\s)?(?P=each)\b"
)
_COUNT = (
    r"(?:kali\s?)?(?:jp|sesi|pertemuan|hari|kali|kelas|video|modul|minggu|pekan|meeting|topik|materi"
    r"|days?|sessions?|weeks?)?"
)
_PRODUCT_BEFORE = re.compile(
    rf"(?P<n>[0-9]{{1,3}})\s?(?:x\s)?{_COUNT}\s?(?:x|@|\*|kali|,?\s?masing-masing|,?\s?setiap sesi)"
    r"\s?@?\s?(?:selama\s)?$"
)
_PRODUCT_AFTER = re.compile(
    r"^\s?(?:(?:/|per\s|se)\s?(?:sesi|pertemuan|hari|kelas)\s?)?(?:x|\*|@)\s?(?P<n>[0-9]{1,3})\s?"
    r"(?:x\s?)?(?:kali|sesi|pertemuan|hari|kelas|minggu|pekan|meeting)?\b(?!\s?(?:jam|menit|jp))"
)
_RATE_AFTER = re.compile(
    r"^\s?(?:(?:pelajaran|belajar|video|materi|lamanya|waktu)\s)?(?:/|@|per\b|untuk (?:satu|1|setiap|tiap"
    r"|masing)|setiap\b|tiap\b|sekali\b|se(?:hari|minggu|bulan|pekan)\b"
    r"|1 (?:hari|minggu|bulan|pekan)\b|dalam (?:sehari|seminggu|1 hari|1 minggu))"
)
_RATE_BEFORE = re.compile(
    r"(?:\b(?:setiap|tiap|per|each|every|kali|sekali dalam|kali dalam|seminggu|hari ke|minggu ke|jam ke"
    r"|pukul|/|h)\s?-?\s?|\bper-"
    r"|\b(?:setiap|tiap|per) (?:hari|sesi|pertemuan|minggu|kelas|video|modul|bulan)(?:nya)?\s?:?\s?)$"
)
_LOWER = re.compile(
    r"(?:\b(?:minimal|minimum|min\.?|paling sedikit|paling singkat|setidaknya|sekurang-kurangnya"
    r"|sedikitnya|(?<!tidak )lebih dari|di ?atas|at least|from)|>=?|≥)"
    r"\s?(?:selama |durasi |total |waktu )*$"
)
_UPPER = re.compile(
    r"(?:\b(?:maksimal|maksimum|maks\.?|max\.?|paling lama|paling banyak|kurang dari|di ?bawah|hingga"
    r"|sampai(?: dengan)?|up to|at most|tidak lebih dari)|<=?|≤)"
    r"\s?(?:selama |durasi |total |waktu )*$"
)
_DEADLINE = re.compile(
    r"\b(?:sejak|setelah|sesudah|sebelum|semenjak|terhitung|usai|dari tanggal|lagi|yang lalu|lalu|kemudian"
    r"|berlaku|masa berlaku|masa aktif"
    r"|akses(?:nya)?|paling lambat|selambat\w*|garansi|h-|kadaluarsa|kedaluwarsa|expired|usia|umur|berusia"
    r"|berumur|pengalaman)\b"
)
_TOTAL = re.compile(r"\b(?:total|keseluruhan|seluruhnya|jumlah)\b[^0-9]{0,30}$")
_BECOMES = re.compile(r"\b(?:menjadi|jadi)\b")
_DAY_UNITS = {"hari": 1, "day": 1, "minggu": 7, "pekan": 7, "week": 7, "bulan": 30, "month": 30, "bln": 30}


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    low: float
    high: float
    kind: str
    plus: bool
    span: bool


def _value(text: str) -> float:
    whole = re.fullmatch(r"([0-9]{1,3})\.([0-9]{3})", text)
    return float(text.replace(".", "")) if whole else float(text.replace(",", "."))


def _scale(unit: str) -> tuple[str, float]:
    """(kind, minutes or days a unit); kind is 'minutes', 'days' or 'none'."""
    if re.fullmatch(_JP, unit):
        return "minutes", 45
    if re.fullmatch(_HOUR, unit):
        return "minutes", 60
    if re.fullmatch(_MINUTE, unit):
        return "minutes", 1
    for name, days in _DAY_UNITS.items():
        if unit.startswith(name):
            return "days", days
    return "none", 0


def _clock(text: str, unit: str | None) -> float | None:
    """mm:ss before 'menit' (seconds dropped), hh:mm before 'jam', h:mm:ss alone."""
    fields = [int(f) for f in text.split(":")]
    if len(fields) == 3:
        return fields[0] * 60 + fields[1]
    if unit is None:
        return None
    return float(fields[0]) if _scale(unit)[1] == 1 else fields[0] * 60.0 + fields[1]


def _parts(text: str) -> list[_Part]:
    found = []
    for match in _LENGTH.finditer(text):
        if match["clock"]:
            minutes = _clock(match["clock"], match["clock_unit"])
            if minutes:
                found.append(_Part(match.start(), match.end(), minutes, minutes, "minutes", False, False))
            continue
        kind, scale = _scale(match["unit"])
        clock_follows = re.match(r"\s?[0-9]{1,2}[.:][0-9]{2}", text[match.end() :])
        if kind == "none" or (match["unit"].startswith("jam") and clock_follows):
            continue
        first = _FIRST_UNIT.match(match.group(0))
        low_kind, low_scale = _scale(first["unit"]) if first and match["high"] else (kind, scale)
        if low_kind != kind:
            continue
        low = _value(match["low"]) * low_scale
        high = _value(match["high"]) * scale if match["high"] else low
        found.append(_Part(match.start(), match.end(), low, high, kind, bool(match["plus"]), bool(match["high"])))
    return found


def _joined(parts: list[_Part], text: str) -> list[_Part]:
    """'1 jam 30 menit' and '1 bulan 2 minggu' are one length: a smaller one follows directly."""
    result: list[_Part] = []
    for part in parts:
        last = result[-1] if result else None
        if (
            last
            and last.kind == part.kind
            and not (last.span or part.span)
            and part.low < last.low
            and re.fullmatch(r"\s?(?:,|dan|&|lebih)?\s?", text[last.end : part.start])
        ):
            total = last.low + part.low
            result[-1] = _Part(last.start, part.end, total, total, part.kind, part.plus, False)
        else:
            result.append(part)
    return result


def _length(part: _Part, text: str) -> Duration | None:
    """What one part says, None when it is a rate or a frequency."""
    before, after = text[: part.start], text[part.end :]
    times_before, times_after = _PRODUCT_BEFORE.search(before), _PRODUCT_AFTER.match(after)
    if part.kind == "minutes" and times_before and part.low == part.high == 1440:
        return Duration(days=int(times_before["n"]))
    if part.kind == "minutes" and (times_before or times_after):
        factor = int((times_before or times_after)["n"])  # type: ignore[index]
        return Duration(round(part.low * factor), round(part.high * factor))
    if _RATE_AFTER.match(after) or _RATE_BEFORE.search(before):
        return None
    if part.kind == "days":
        if part.span or part.low != int(part.low):
            return None
        return Duration(days=int(part.low))
    low, high = round(part.low), round(part.high)
    if part.span:
        return Duration(low, high) if low <= high else None
    if part.plus or _LOWER.search(before) or re.match(r"\s?(?:lebih|ke atas|atau lebih|\+)\b", after):
        return Duration(low, None)
    if _UPPER.search(before):
        return Duration(None, high)
    return Duration(low, high)


def _is_product(part: _Part, text: str) -> bool:
    before, after = text[: part.start], text[part.end :]
    return part.kind == "minutes" and bool(_PRODUCT_BEFORE.search(before) or _PRODUCT_AFTER.match(after))


def _spelled_out(short: re.Match[str]) -> str:
    """'1h 30m' and '2j 30m' in words; 'h' alone counts, 'j' and 'm' only beside each other."""
    return f"{short['h']} jam {short['m']} menit" if short["m"] else f"{short['h']} jam"


def _sane(value: Duration) -> Duration:
    for minutes in (value.minutes_min, value.minutes_max):
        if minutes is not None and not 0 < minutes <= MOST_MINUTES:
            return UNKNOWN
    return UNKNOWN if value.days is not None and not 0 < value.days <= 3_660 else value


def _one_of(kind: str, parts: list[_Part], text: str) -> Duration:
    """The one length of a kind: the total where one is named, the only one, or nothing when several stand there."""
    same = [p for p in parts if p.kind == kind]
    totals = [p for p in same if _TOTAL.search(text[: p.start])]
    read = [d for d in (_length(p, text) for p in (totals or same)) if d is not None]
    return read[0] if read and all(d == read[0] for d in read) else UNKNOWN


@remembered
def read_duration(text: object) -> Duration:
    """The length that a text states. Total: any value in, `UNKNOWN` where no whole length is stated."""
    line = fold(text, LONGEST)
    if not any(c.isdigit() for c in line):
        line = digits(line)
        if not any(c.isdigit() for c in line):
            return UNKNOWN
    line = _JP_LENGTH.sub(r"\g<jp>", _JP_MEANS.sub("", _REPEATED.sub("", digits(line))))
    line = _FRACTION.sub(lambda f: _FRACTIONS[f["of"]] + " jam", line)
    line = _GLUED.sub(r" \1 ", _SHORT.sub(_spelled_out, line))
    line = _BETWEEN.sub(r"\g<low> - ", line) if "antara" in line else line
    line = _AND_A_HALF.sub(r"\g<n>,5 \g<unit>", line)
    if _DEADLINE.search(line):
        return UNKNOWN
    daily = _DAILY.search(line)
    if daily:
        whole = round(_value(daily["rate"]) * _scale(daily["unit"])[1]) * int(daily["n"])
        return _sane(Duration(whole, whole))
    parts = _joined(_parts(line), line)
    change = _BECOMES.search(line)
    if change and parts and parts[-1].start >= change.end() and len(parts) > 1:
        line = line[: parts[0].start] + line[parts[-1].start :]
        parts = _joined(_parts(line), line)
    minutes, days = _one_of("minutes", parts, line), _one_of("days", parts, line)
    if minutes.days is not None:
        return _sane(minutes)
    if any(_is_product(p, line) for p in parts):
        days = UNKNOWN
    return _sane(Duration(minutes.minutes_min, minutes.minutes_max, days.days))
