"""Ratings, raters, sales, quotas, ages and education of a listing; never 0 for 'unknown'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.normalize.clean import fold, remembered

_COUNT = re.compile(
    r"(?<![0-9.,])(?P<n>[0-9]{1,3}(?:[.,][0-9]{3}){1,4}|[0-9]{1,12}(?:[.,][0-9]{1,6})?)(?![0-9])\s?(?P<unit>rb|ribu|k|jt|juta)?\b\s?\+?"
)
_UNITS = {None: 1, "rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}
_RATING = re.compile(r"(?<![0-9.,])(?P<n>[0-5](?:[.,][0-9]{1,3})?)(?![0-9])(?:\s?(?:/|dari)\s?5(?![0-9]))?")
_UNLIMITED = re.compile(r"\b(?:unlimited|tak terbatas|tidak terbatas|tanpa batas|bebas)\b")

_AGE = r"(?P<{0}>[1-9][0-9])"
_AGE_RANGE = re.compile(
    r"\b(?:usia|umur|berusia|berumur|rentang usia)\b[^0-9.;]{0,25}"
    r"(?P<low>[1-9][0-9])\s?(?:tahun\s?)?(?:-|hingga|dan|sampai(?: dengan)?|s\s?/\s?d|s\.?d\.?)\s?"
    r"(?P<high>[1-9][0-9])\b"
)
_AGE_LOW = re.compile(
    r"\b(?:usia|umur|berusia|berumur)\b[^0-9.;]{0,20}(?:minimal|minimum|min\.?|paling rendah|di ?atas|mulai(?: dari)?|"
    r"sekurang-kurangnya|setidaknya|>=?)\s?(?P<a>[1-9][0-9])\b"
    r"|\b(?:minimal|minimum|min\.?)\s?(?:ber)?(?:usia|umur)?\s?(?P<b>[1-9][0-9])\s?(?:tahun|thn|th)\b"
    r"|\b(?P<c>[1-9][0-9])\s?(?:tahun|thn)?\s?(?:ke atas|\+)"
)
_AGE_HIGH = re.compile(
    r"\b(?:usia|umur|berusia|berumur)\b[^0-9.;]{0,20}(?:maksimal|maksimum|maks\.?|max\.?|paling tinggi"
    r"|di ?bawah|<=?)\s?"
    r"(?P<a>[1-9][0-9])\b|\b(?:maksimal|maksimum|maks\.?)\s?(?:ber)?(?:usia|umur)?\s?(?P<b>[1-9][0-9])\s?(?:tahun|thn|th)\b"
)
_EXPERIENCE = re.compile(r"\b(?:pengalaman|masa kerja|lama kerja|bekerja|berdiri)\b[^.;,\n]{0,30}?\b(?:tahun|thn|th)\b")

EDUCATION = ("SD", "SMP", "SMA", "D1", "D2", "D3", "D4", "S1", "S2", "S3")
_SCHOOLS = (
    (re.compile(r"\b(?:sekolah dasar|sd|mi|paket a)\b"), "SD"),
    (re.compile(r"\b(?:smp|mts|sltp|sekolah menengah pertama|paket b)\b"), "SMP"),
    (re.compile(r"\b(?:sma|smk|slta|stm|man|sekolah menengah (?:atas|kejuruan)|paket c|sma/smk)\b"), "SMA"),
    (re.compile(r"\b(?:d-?1|d-?i|diploma (?:1|i|satu))\b"), "D1"),
    (re.compile(r"\b(?:d-?2|d-?ii|diploma (?:2|ii|dua))\b"), "D2"),
    (re.compile(r"\b(?:d-?3|d-?iii|diploma(?: (?:3|iii|tiga))?)\b"), "D3"),
    (re.compile(r"\b(?:d-?4|d-?iv|diploma (?:4|iv|empat))\b"), "D4"),
    (re.compile(r"\b(?:s-?1|sarjana|strata (?:1|satu))\b"), "S1"),
    (re.compile(r"\b(?:s-?2|magister|strata (?:2|dua))\b"), "S2"),
)
_EDUCATION_LINE = re.compile(r"\b(?:pendidikan|ijazah|lulusan|jenjang|tamatan|minimal|min\.?|lulus)\b[^.;]{0,80}")
_NO_EDUCATION = re.compile(
    r"\b(?:semua (?:jenjang|tingkat|latar belakang)|tanpa (?:syarat|batasan)|tidak ada (?:syarat|batasan))\b"
)


@dataclass(frozen=True, slots=True)
class Ages:
    low: int | None = None
    high: int | None = None


@remembered
def read_count(text: object) -> int | None:
    """A count such as '11,4 rb', '100+ terjual', '(122 rating)', '1.149'; None for nothing or 'Unlimited'."""
    line = fold(text, 120)
    match = _COUNT.search(line) if line and not _UNLIMITED.search(line) else None
    if match is None:
        return None
    number, unit = match["n"], match["unit"]
    if re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3})+", number) and unit is None:
        value = float(re.sub(r"[.,]", "", number))
    else:
        value = float(number.replace(",", ".")) if number.count(".") + number.count(",") <= 1 else -1
    count = round(value * _UNITS[unit])
    return count if 0 <= count <= 10**9 else None


def read_rating(text: object, raters: int | None) -> float | None:
    """A rating of at most 5, None for 0 and where it is known that nobody rated."""
    match = _RATING.search(fold(text, 120))
    if match is None or raters == 0:
        return None
    value = round(float(match["n"].replace(",", ".")), 2)
    return value if 0 < value <= 5 else None


@remembered
def read_ages(text: object) -> Ages:
    """Minimum and maximum age that a text sets for participants, in years."""
    line = _EXPERIENCE.sub(" ", fold(text))
    span = _AGE_RANGE.search(line)
    if span:
        low, high = int(span["low"]), int(span["high"])
        return Ages(low, high) if low <= high else Ages()
    low_match, high_match = _AGE_LOW.search(line), _AGE_HIGH.search(line)
    low = next((int(g) for g in low_match.groups() if g), None) if low_match else None  # type: ignore[assignment]
    high = next((int(g) for g in high_match.groups() if g), None) if high_match else None  # type: ignore[assignment]
    return Ages(low if low is None or low >= 12 else None, high)


@remembered
def read_education(text: object) -> str | None:
    """The least schooling that a text asks for, one of EDUCATION."""
    line = fold(text)
    if not line or _NO_EDUCATION.search(line):
        return None
    spans = [m.group(0) for m in _EDUCATION_LINE.finditer(line)] or ([line] if len(line) <= 40 else [])
    found = {name for span in spans for pattern, name in _SCHOOLS if pattern.search(span)}
    return next((name for name in EDUCATION if name in found), None)
