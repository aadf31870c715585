"""A title without decoration: price, promotion and platform words go, the course's own words stay."""

from __future__ import annotations

import re
import unicodedata

from catalog.normalize.clean import plain

_EMOJI = {"So", "Sk", "Cs", "Co"}
_MONEY = r"(?:rp\.?|idr)\s?[0-9][0-9.,]*(?:\s?(?:rb|ribu|k|jt|juta))?(?:,-)?"
_DECORATION = re.compile(
    rf"""
    [\[(]\s?(?:kartu\s?)?pra\s?kerja(?:\s?[0-9]{{4}})?\s?[\])]
  | [\[(]\s?(?:promo|diskon|sale|flash\s?sale|best\s?seller|terlaris|new|baru|hot|bonus|gratis|free|voucher
      |e-?voucher)[^\])]{{0,40}}[\])]
  | \b(?:diskon|disc\.?|hemat|promo|cashback|potongan)\s?(?:s/d\s?|hingga\s|up\sto\s)?[0-9]{{1,3}}\s?%(?:\soff)?
  | \b(?:promo|diskon|hemat|hanya|cuma|harga)?\s?:?\s?{_MONEY}
  | \b(?:flash\s?sale|best\s?seller|promo\s(?:spesial|terbatas|hari\sini|murah)|murah\smeriah)\b!*
  | \b(?:beli\s1\sgratis\s1|buy\s1\sget\s1)\b!* | ^promo\s?!+
  | (?:\s[-|:]\s?|^)(?:kartu\s)?pra\s?kerja(?:\s[0-9]{{4}})?(?=\s[-|:]|\s?$|\s?:)
  | ^(?:pelatihan|kelas|kursus)\s(?:kartu\s)?pra\s?kerja\s?[-:|]\s?
  | ^(?:voucher|e-?voucher)\s(?:pelatihan|kelas|kursus)?\s?[-:|]?\s?(?=\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EMPTY = re.compile(r"[\[(]\s*[\])]")
_EDGES = re.compile(r"^[\s\-–|:;,.!*~_/]+|[\s\-–|:;,*~_/]+$")
_MANY = re.compile(r"([!?*~])\1+")
PROMO = re.compile(
    rf"{_MONEY}|\b(?:diskon|disc|promo|hemat|cashback|flash\s?sale|gratis|murah|best\s?seller|termurah|bonus)\b|[0-9]{{1,3}}\s?%",
    re.IGNORECASE,
)


def clean_title(raw: object, platform_words: list[str] | None = None) -> str:
    """The title for people; the whole text when nothing would be left. Never raises."""
    text = plain(raw)
    bare = (
        text
        if text.isascii()
        else "".join(" " if unicodedata.category(c) in _EMOJI and c not in "+^°" else c for c in text)
    )
    for word in platform_words or []:
        bare = re.sub(rf"[\[(]?\b{re.escape(word)}\b[\])]?", " ", bare, flags=re.IGNORECASE) if word else bare
    bare = _EMPTY.sub(" ", _DECORATION.sub(" ", bare))
    bare = _MANY.sub(r"\1", re.sub(r"\s+", " ", bare)).strip()
    previous = None
    while previous != bare:
        previous, bare = bare, _EDGES.sub("", bare)
    return bare if any(c.isalnum() for c in bare) else text


def has_promotion(raw: object) -> bool:
    """Does the raw title carry price or promotion words?"""
    return bool(PROMO.search(plain(raw)))
