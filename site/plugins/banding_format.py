"""Values -> plain Indonesian: money, dates, hours, words. Used as Jinja filters by every template.

Every function takes None for "unknown" and says so in words; none of them guesses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from babel.dates import format_date

UNKNOWN = "tidak disebutkan"
LEVEL_SLUGS = {"beginner": "pemula", "intermediate": "menengah", "advanced": "mahir"}
LEVEL_WORDS = {"beginner": "Pemula (dasar)", "intermediate": "Menengah", "advanced": "Mahir (lanjutan)"}
LEVEL_SHORT = {"beginner": "Pemula", "intermediate": "Menengah", "advanced": "Mahir"}
LEVEL_ORDER = ("beginner", "intermediate", "advanced")
SOURCE_WORDS = {"stated": "dinyatakan platform", "outline": "dari uraian", "title": "dari judul"}
MODE_SLUGS = {
    "self_paced": "belajar-mandiri",
    "live_online": "webinar",
    "onsite": "tatap-muka",
    "blended": "campuran",
}
LEVEL_ICONS = {"pemula": "tingkat-1", "menengah": "tingkat-2", "mahir": "tingkat"}
MODE_ICONS = {
    "belajar-mandiri": "video",
    "webinar": "webinar",
    "tatap-muka": "tempat",
    "campuran": "campuran",
}
# The categories with a picture of their own in icons.svg, by their part of the address.
CATEGORY_ICONS = frozenset(
    [
        "bahasa-asing",
        "gaya-hidup",
        "keuangan",
        "makanan-dan-minuman",
        "manajemen",
        "penjualan-dan-pemasaran",
        "perkantoran",
        "pertanian",
        "sosial-dan-perilaku",
        "teknik",
        "teknologi-informasi",
    ]
)
MODE_WORDS = {
    "self_paced": "Belajar mandiri (video)",
    "live_online": "Webinar (langsung)",
    "onsite": "Tatap muka",
    "blended": "Campuran (bauran)",
}
MODE_SHORT = {
    "self_paced": "Belajar mandiri",
    "live_online": "Webinar",
    "onsite": "Tatap muka",
    "blended": "Campuran",
}
ELIGIBLE_WORDS = {
    "yes": "Bisa dengan Kartu Prakerja",
    "no": "Tidak bisa dengan Kartu Prakerja",
    "unknown": "Periksa syarat Kartu Prakerja",
}
ARCHIVED_WORDS = {
    "directory": "Arsip direktori resmi program; bukan penawaran yang dijual sekarang",
    "left_programme": "Bukan lagi platform resmi",
    "not_yet_official": "Belum menjadi platform resmi",
    "stale": "Data lebih tua dari tujuh malam",
}
_SAFE_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")


@lru_cache(maxsize=4096)
def money(value: int | None, unknown: str = "Harga " + UNKNOWN) -> str:
    """Whole rupiah as "Rp1.250.000"; 0 is "Gratis"; None is `unknown`."""
    if value is None:
        return unknown
    return "Gratis" if value == 0 else "Rp" + f"{value:,}".replace(",", ".")


@lru_cache(maxsize=4096)
def date(value: dt.date | str | None, unknown: str = UNKNOWN) -> str:
    """A day as "15 Jul 2020"; ISO text is accepted."""
    if value is None:
        return unknown
    day = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, "d MMM yyyy", locale="id"))


@lru_cache(maxsize=4096)
def long_date(value: dt.date | str | None, unknown: str = UNKNOWN) -> str:
    """A day as "Rabu, 15 Juli 2020"."""
    if value is None:
        return unknown
    day = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, "EEEE, d MMMM yyyy", locale="id"))


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


@lru_cache(maxsize=4096)
def hours(minutes: int | None, days: int | None = None, unknown: str = UNKNOWN) -> str:
    """A length as "6 jam", "1,5 jam", "45 menit" or, where only days are known, "3 hari"."""
    if minutes is not None:
        return f"{minutes} menit" if minutes < 60 else f"{_number(round(minutes / 60, 1))} jam"
    return unknown if days is None else f"{days} hari"


def per_hour(price: int | None, minutes: int | None) -> int | None:
    """Rupiah an hour, whole; None unless price and length are both known."""
    return round(price * 60 / minutes) if price is not None and minutes else None


def count(value: int | None, unknown: str = "tidak diketahui") -> str:
    """A number with Indonesian thousands: 12.345."""
    return unknown if value is None else f"{value:,}".replace(",", ".")


def rating(value: float | None) -> str:
    """A mean rating with a comma: 4,7."""
    return UNKNOWN if value is None else f"{value:.1f}".replace(".", ",")


def levels(values: Iterable[str], unknown: str = "Tingkat " + UNKNOWN) -> str:
    """Levels in words from low to high: "Pemula", "Pemula sampai mahir"; "Pemula dan mahir" without the middle one."""
    chosen = set(values)
    places = [place for place, value in enumerate(LEVEL_ORDER) if value in chosen]
    if not places:
        return unknown
    low, high = (LEVEL_SHORT[LEVEL_ORDER[place]] for place in (places[0], places[-1]))
    joint = " dan " if places == [0, 2] else " sampai "
    return low if low == high else low + joint + high.lower()


def modes(values: Iterable[str], unknown: str = "Cara belajar " + UNKNOWN) -> str:
    """Modes in words."""
    chosen = set(values)
    return ", ".join(MODE_SHORT[v] for v in MODE_SHORT if v in chosen) or unknown


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """A name -> the part of an address: lower-case ASCII letters, digits and hyphens; never empty."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:80].strip("-")
    return plain or "x-" + blake2b(text.encode(), digest_size=4).hexdigest()


def safe_slug(text: str) -> str:
    """An id or slug that came with the data -> itself when it is a plain slug, else a made one.

    A provider called "../" must not choose where a page is written.
    """
    if _SAFE_SLUG.fullmatch(text):
        return text
    return f"{slug(text)[:60].strip('-')}-{blake2b(text.encode(), digest_size=4).hexdigest()}"


FILTERS = {
    "money": money,
    "tanggal": date,
    "tanggal_panjang": long_date,
    "jam": hours,
    "angka": count,
    "rating": rating,
    "tingkat": levels,
    "cara": modes,
    "slug": slug,
}
