"""Prices as whole rupiah: 'Rp350rb', '1,5 juta', 'Rp 500.000 hingga Rp 1,8 juta', 'Gratis'.

Indonesian shops write thousands with points and decimals with a comma, and often a multiplier word instead of zeros.
Public price parsers read no multiplier and repair malformed groups, so this is a small grammar of our own: an amount
is a number with a currency word or a multiplier (or the whole text); groups that aren't groups of three are refused,
since a wrong price is worse than a missing one.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal

from catalog.normalize.clean import fold, remembered
from catalog.normalize.numbers_id import digits

LONGEST = 300
"""Signs of a price text that are read; prices are short, and no text may make the reader slow."""
LEAST = 1_000
"""Smaller amounts are no prices in rupiah: the cheapest course ever sold cost 24,000."""
MOST_WORDS = 8
"""A longer text that holds the word "gratis" is a sentence about something, not a price field that says free."""
MOST = 10**15
"""Larger amounts are mistakes or phone numbers, not prices."""


@dataclass(frozen=True, slots=True)
class Price:
    """`low` and `high` in whole rupiah (equal for one price, None when unknown); `free` only where it says so."""

    low: int | None = None
    high: int | None = None
    free: bool = False


UNKNOWN = Price()
FREE = Price(0, 0, True)

_MULTIPLIERS = {
    "rb": 10**3,
    "rbu": 10**3,
    "ribu": 10**3,
    "k": 10**3,
    "jt": 10**6,
    "jta": 10**6,
    "juta": 10**6,
    "m": 10**9,
    "t": 10**12,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
    "trilyun": 10**12,
}
_UNIT = r"(?:ribu|rbu|rb|juta|jta|jt|miliar|milyar|trili?yun|triliun)"
_AMOUNT = re.compile(
    rf"""
    (?P<sign>^-\s?)?(?P<money>(?:\brp|\bidr|@)(?:\s?[.:])?\s?(?P<inner>-\s?)?)?
    (?<![0-9])(?<![0-9][.,])(?P<number>[0-9](?:[0-9.,]|[ ](?=[0-9]{{3}}(?![0-9])))*)
    (?:(?<=[.,])-|-(?=$|[^0-9a-z\s]))?
    (?P<after>\s?{_UNIT}(?:nya|an)?\b|m(?:nya)?\b|\s?k(?:nya)?\b|\s?[mt]\b)?
    (?P<rupiah>\s?rupiah\b)?
    """,
    re.VERBOSE,
)
_FOREIGN = re.compile(
    r"(?:us\$|s\$|rm|usd|sgd|myr|eur|gbp|jpy|aud|cny|\$|€|£|¥|₹)\s?[0-9][0-9.,]*"
    r"|(?<![0-9.,])[0-9][0-9.,]{0,20}\s?(?:usd|sgd|myr|eur|gbp|jpy|aud|dolar|dollar|euro|ringgit|yen|\$|€|£|¥)"
)
_PERCENT = re.compile(r"(?<![0-9.,])[0-9][0-9.,]{0,20}\s?(?:%|persen\b)")
_BRACKETS = re.compile(r"\([^()]*\)")
_CUT_OFF = re.compile(r"[0-9][.,]?\s?(?:…|\.{2,}|[x*?]{2,}|\.[x*]+)")
_VAGUE = re.compile(
    r"\b(?:belasan|puluhan|ratusan|ribuan|jutaan|sekian|beberapa)\b|[0-9]\s?(?:ribu|juta|rb|jt|k)\s?-?an\b|[0-9]\s?-\s?an\b"
)
_FREE = re.compile(
    r"\b(?:gratis|free|cuma-cuma|(?:tanpa|bebas) (?:biaya|bayar)|tidak (?:berbayar|dipungut biaya)|zero rupiah)\b"
)
_FREE_OF = re.compile(
    r"\b(?:tidak|bukan|gak|nggak|buy|beli)\b[^.]*\b(?:gratis|free)\b"
    r"|\b(?:gratis|free)\s?:?\s(?:ongkir|ongkos|konsultasi|sertifikat|modul|e-?book|bonus|trial|percobaan|akses|"
    r"materi|bahan|voucher|kelas|[0-9]+)\b"
)
_TAKEN_OFF = re.compile(r"\b(?:hemat|cashback|potongan|potong|dipotong|diskon|disc|discount|voucher|kupon)\s?:?\s?$")
_TIMES = re.compile(r"^\s?(?:x\b|kali\b|%|hari\b|bulan\b|jam\b|menit\b|orang\b|peserta\b|pts?\b|poin\b)")
_RANGE = re.compile(
    r"^\s?(?:/-)?\s?(?:-|~|hingga|sampai(?: dengan| ke)?|s\s?/\s?d|s\.?d\.?|to|ke)\s?(?:maksimal |max\.? )?$"
)
_BETWEEN = re.compile(r"\bantara\s?$")
_CHANGED = re.compile(r"\b(?:menjadi|jadi|sekarang|kini|now)\b|->|=>|→")
_INSTALMENT = re.compile(
    r"\b(?:dibayar\w*|(?:di)?cicil\w*|(?:di|meng)?angsur\w*|setiap|tiap|dp"
    r"|uang muka|x|kali|termin|total|rincian|terdiri)\b"
)
_BARE = re.compile(
    r"^(?:(?:harga|biaya|tarif|investasi|price|htm)\b\s?[:=]?\s?)?[0-9][0-9., ]*(?:,-|\.-|/-)?\s?"
    r"(?:(?:/|per )\s?[a-z]+)?$"
)
_YEAR = re.compile(r"(?:19[89]|20[0-4])[0-9]$")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?$|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?$")
_PLAIN = re.compile(r"[0-9]+$|[0-9]{3,},[0-9]{1,2}$|0,0{1,2}$|[0-9]{5,}\.[0-9]{1,2}$|0\.0{1,2}$")
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?$")


def _number(text: str, unit: int | None) -> Decimal | None:
    """The value of one number, None when its groups are malformed."""
    text = text.replace(" ", ".") if " " in text and "." not in text else text.replace(" ", "")
    text = text.rstrip(".,")
    if text.startswith("0") and len(text) > 1 and text[1] not in ".,":
        return None
    if _GROUPED.match(text) and not (unit and len(text) <= 5 and "," in text):
        if "." in text and "," in text:
            decimal = max(text.rfind("."), text.rfind(","))
            text = text[:decimal]
        return Decimal(text.replace(".", "").replace(",", ""))
    if unit is not None:
        return Decimal(text.replace(",", ".")) if _DECIMAL.match(text) else None
    if not _PLAIN.match(text):
        return None
    return Decimal(re.split(r"[.,]", text)[0])


@dataclass(slots=True)
class _Amount:
    start: int
    end: int
    value: int | None
    unit: int | None
    marked: bool


def _amounts(text: str) -> list[_Amount]:
    found = []
    for match in _AMOUNT.finditer(text):
        after = (match["after"] or "").strip()
        unit = _MULTIPLIERS.get(re.sub(r"(?:nya|an)$", "", after).replace("trilyun", "triliun")) if after else None
        marked = bool(match["money"] or match["rupiah"])
        if not marked and (unit is None or after in ("m", "t")):
            found.append(_Amount(match.start(), match.end(), None, None, False))
            continue
        if _TIMES.match(text[match.end() :]) and not marked and unit is None:
            continue
        number = _number(match["number"], unit)
        value = None if number is None else int(number * (unit or 1))
        negative = match["inner"] or match["sign"]
        # "Rp 250" is an amount cut off or short for thousands, never a price of 250 rupiah.
        if negative or (value is not None and (value > MOST or 0 < value < LEAST)):
            value = None
        if _TAKEN_OFF.search(text[: match.start()]):
            continue
        found.append(_Amount(match.start(), match.end(), value, unit, True))
    return found


def _inherit(first: _Amount, second: _Amount, text: str) -> int | None:
    """The lower end of 'Rp 1 - 1,5 juta' takes the unit of the upper one; '200-300 ribu' too."""
    raw = re.search(r"[0-9][0-9.,]*", text[first.start : first.end])
    if raw is None:
        return None
    if first.unit is None and second.unit is not None and (not first.marked or (first.value or 0) < 1000):
        number = _number(raw.group(0), second.unit)
        return None if number is None else int(number * second.unit)
    if first.marked:
        return first.value
    number = _number(raw.group(0), None) if second.unit is None else None
    return None if number is None or number < 1000 else int(number)


def _upper(first: _Amount, second: _Amount, text: str) -> int | None:
    if second.marked:
        return second.value
    raw = text[second.start : second.end].strip(" -")
    number = _number(raw, None)
    return None if number is None or number < 1000 or not first.marked else int(number)


def _range(amounts: list[_Amount], text: str) -> Price | None:
    for first, second in itertools.pairwise(amounts):
        link = text[first.end : second.start]
        between = link.strip() == "dan" and _BETWEEN.search(text[: first.start])
        if not (first.marked or second.marked) or not (between or _RANGE.match(link)):
            continue
        low, high = _inherit(first, second, text), _upper(first, second, text)
        if low is None or high is None or low > high:
            return UNKNOWN
        return Price(low, high, high == 0)
    return None


def _sum_of_parts(amounts: list[_Amount], text: str) -> list[_Amount]:
    """'1 juta 500 ribu' is one amount: a smaller unit follows a larger one directly."""
    joined: list[_Amount] = []
    for amount in amounts:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.unit
            and amount.unit
            and amount.unit < last.unit
            and None not in (last.value, amount.value)
            and not text[last.end : amount.start].strip()
            and (amount.value or 0) < last.unit
        ):
            joined[-1] = _Amount(last.start, amount.end, (last.value or 0) + (amount.value or 0), amount.unit, True)
        else:
            joined.append(amount)
    return joined


def _bare(text: str) -> Price:
    """A text that is nothing but a number is a price, unless it is too small to be one in rupiah."""
    if not _BARE.match(text) or _YEAR.match(text):
        return UNKNOWN
    raw = re.search(r"[0-9][0-9., ]*", text)
    number = _number(raw.group(0).strip(), None) if raw else None
    if number is None or 0 < number < LEAST or number > MOST:
        return UNKNOWN
    return Price(int(number), int(number), number == 0)


def _choose(amounts: list[_Amount], text: str) -> Price:
    values = [a.value for a in amounts]
    if any(v is None for v in values):
        return UNKNOWN
    known = [v for v in values if v is not None]
    if len(set(known)) == 1:
        return Price(known[0], known[0], known[0] == 0)
    between = text[amounts[0].end : amounts[-1].start]
    if _CHANGED.search(between):
        return Price(known[-1], known[-1], known[-1] == 0)
    if _INSTALMENT.search(text):
        return Price(max(known), max(known))
    return UNKNOWN


def _read(text: str) -> Price:
    if _CUT_OFF.search(text) or _VAGUE.search(text):
        return UNKNOWN
    text = _FOREIGN.sub(" ", text)
    amounts = _sum_of_parts(_amounts(_PERCENT.sub(" ; ", text)), _PERCENT.sub(" ; ", text))
    text = _PERCENT.sub(" ; ", text)
    ranged = _range(amounts, text)
    if ranged is not None:
        return ranged
    marked = [a for a in amounts if a.marked]
    free = _FREE.search(text)
    if free and not _FREE_OF.search(text) and len(text.split()) <= MOST_WORDS:
        if not marked or all(a.value == 0 for a in marked):
            return FREE
        return UNKNOWN if free.start() < marked[0].start else _choose(marked, text)
    return _choose(marked, text) if marked else _bare(text)


@remembered
def read_price(text: object) -> Price:
    """The price that a text states. Total: any value in, `UNKNOWN` where nothing can be read safely."""
    line = fold(text, LONGEST)
    if not line or not any(c.isdigit() or c.isalpha() for c in line):
        return UNKNOWN
    if not line.isdecimal():
        line = digits(line)
    outside = _BRACKETS.sub(" ", line).strip()
    price = _read(outside) if outside else UNKNOWN
    if price == UNKNOWN and not any(c.isdigit() for c in _FOREIGN.sub("", outside)) and not _VAGUE.search(outside):
        return _read(line.replace("(", " ").replace(")", " ").strip())
    return price
