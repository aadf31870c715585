"""A title without decoration: price, promotion and platform words go, the course's own words stay."""

from __future__ import annotations

import re
import unicodedata

from catalog.normalize.clean import is_plain, plain

_EMOJI = {"So", "Sk", "Cs", "Co"}
_MONEY = r"(?:rp\.?|idr)\s?[0-9][0-9.,]*(?:\s?(?:rb|ribu|k|jt|juta))?(?:,-)?"
_DECORATION = re.compile(
    rf"""
    [\[(]\s?(?:kartu\s?)?pra\s?kerja(?:\s?[0-9]{{4}})?\s?[\])]
  | [\[(]\s?(?:promo|diskon|sale|flash\s?sale|best\s?seller|terlaris|new|baru|hot|bonus|gratis|free|voucher
      |e-?voucher)[^\])]{{0,40}}[\])]
  | \b(?:diskon|disc\.?|hemat|promo|cashback|potongan)\s?(?:s/d\s?|hingga\s|up\sto\s)?[0-9]{{1,3}}\s?%(?:\soff)?
  | \b(?:promo|diskon|hemat|hanya|cuma|harga|mulai(?:\sdari)?)?\s?:?\s?{_MONEY}
  | \b(?:flash\s?sale|best\s?seller|promo\s(?:spesial|terbatas|hari\sini|murah)|murah\smeriah)\b!*
  | \b(?:beli\s1\sgratis\s1|buy\s1\sget\s1)\b!* | ^promo\s?!+
  | (?:\s[-|:]\s?|^)(?:kartu\s)?pra\s?kerja(?:\s[0-9]{{4}})?(?=\s[-|:]|\s?$|\s?:)
  | ^(?:pelatihan|kelas|kursus)\s(?:kartu\s)?pra\s?kerja\s?[-:|]\s?
  | ^(?:voucher|e-?voucher)\s(?:pelatihan|kelas|kursus)?\s?[-:|]?\s?(?=\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every decoration has one of these; a plain search first is many times cheaper, and most titles have none.
_DECORATION_SIGNS = (
    "kerja",
    "[",
    "(",
    "%",
    "rp",
    "idr",
    "flash",
    "best",
    "promo",
    "murah",
    "beli",
    "buy",
    "voucher",
)
# "Modal Rp 500.000", "Cara Hemat 50% Listrik": amounts that are what the course is about, and tell two courses apart.
_ABOUT_BEFORE = re.compile(
    r"\b(?:modal|om[sz]et|gaji|upah|dapat|dapatkan|raih|meraih|untung|laba|profit|cuan|(?:meng)?hasilkan|penghasilan|pendapatan"
    r"|income|dari|hingga|sampai|dengan|utang|hutang|nilai|senilai|anggaran|tabungan|(?:me)?nabung|kumpulkan|jadi|menjadi"
    r"|cara|strategi|tips|trik|teknik|jurus|kiat|rahasia|membuat|mengelola|mengatur|menyusun|merancang|menjalankan|menghitung)\s*$",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(
    r"\s*(?:/|per\b|pertama\b|se(?:bulan|hari|minggu|tahun)\b|dalam\b|hingga\b|sampai\b)", re.IGNORECASE
)
_INLINE = re.compile(r"[\[(]|(?:^|.*\W)(?:pra\s?kerja|e?-?voucher)\b", re.IGNORECASE)
_EMPTY = re.compile(r"[\[(]\s*[\])]")
_EDGES = re.compile(r"^[\s\-–|:;,.!*~_/]+|[\s\-–|:;,*~_/]+$")
_MANY = re.compile(r"([!?*~])\1+")
PROMO = re.compile(
    rf"{_MONEY}|\b(?:diskon|disc|promo|hemat|cashback|flash\s?sale|gratis|murah|best\s?seller|termurah|bonus)\b|[0-9]{{1,3}}\s?%",
    re.IGNORECASE,
)
_PROMO_SIGNS = (
    "rp",
    "idr",
    "%",
    "disk",
    "disc",
    "promo",
    "hemat",
    "cashback",
    "flash",
    "gratis",
    "murah",
    "best",
    "bonus",
)


def _without(match: re.Match[str]) -> str:
    """A space for decoration, the text itself where it is part of what the title says."""
    found, before, after = match.group(0), match.string[: match.start()], match.string[match.end() :]
    if _INLINE.match(found):
        return " "
    amid_words = "%" in found and re.search(r"\w\s*$", before) and re.match(r"\s*\w", after)
    about = _ABOUT_BEFORE.search(before) or ("%" not in found and _ABOUT_AFTER.match(after))
    return found if amid_words or about else " "


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
    if not bare.isascii() or _has_any(bare, _DECORATION_SIGNS):
        bare = _EMPTY.sub(" ", _DECORATION.sub(_without, bare))
    bare = _MANY.sub(r"\1", re.sub(r"\s+(?=[!?]|$)", "", re.sub(r"\s+", " ", bare))).strip()
    previous = None
    while previous != bare:
        previous, bare = bare, _EDGES.sub("", bare)
    return bare if any(c.isalnum() for c in bare) else text


def _has_any(text: str, signs: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(sign in lower for sign in signs)


def has_promotion(raw: object) -> bool:
    """Does the raw title carry price or promotion words?"""
    # Plain searches first: many times cheaper, and few titles have such a word.
    if isinstance(raw, str) and is_plain(raw) and not _has_any(raw, _PROMO_SIGNS):
        return False
    return bool(PROMO.search(plain(raw)))
