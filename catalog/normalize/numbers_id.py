"""Indonesian number words as digits: 'dua belas' -> 12, 'satu setengah' -> 1,5, 'seratus lima puluh ribu' -> 150000."""

from __future__ import annotations

import re

_UNITS = {
    "nol": 0,
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
    "sepuluh": 10,
    "sebelas": 11,
}
_WORD = "|".join((*_UNITS, "seratus", "belas", "puluh", "ratus"))
_RUN = re.compile(rf"\b(?:{_WORD})(?:\s+(?:{_WORD}))*\b(?:\s+(setengah))?")
_ONES = {
    re.compile(r"\bsetengah (?=jam|hari|juta|sampai|hingga|-)"): "0,5 ",
    re.compile(
        r"(?:^|(?<=selama )|(?<=dalam )|(?<=durasi )|(?<=: )|(?<=total )|(?<=minimal ))"
        r"se(?=(?:jam|hari|minggu|pekan|bulan|tahun)\b(?!\s[0-9]+\s?(?:kali|x)))"
    ): "1 ",
    re.compile(r"\bse(?=(?:ribu|juta)\b)"): "1 ",
}


def _value(words: list[str]) -> int | None:
    """The number of a run of words below a thousand; None when the words don't form one ('dua tiga')."""
    total, last = 0, None
    for word in words:
        if word in ("belas", "puluh", "ratus"):
            if last is None:
                return None
            total += {"belas": last + 10, "puluh": last * 10, "ratus": last * 100}[word]
            last = None
            continue
        if last is not None:
            return None
        if word == "seratus":
            total += 100
        else:
            last = _UNITS[word]
    return total + (last or 0)


def _replace(found: re.Match[str]) -> str:
    words = found.group(0).split()
    half = bool(found.group(1))
    value = _value(words[:-1] if half else words)
    if value is None:
        return found.group(0)
    return f"{value},5" if half else str(value)


def digits(text: str) -> str:
    """The folded text with number words written as digits; other words stay."""
    text = _RUN.sub(_replace, text)
    for pattern, instead in _ONES.items():
        text = pattern.sub(instead, text)
    return text
