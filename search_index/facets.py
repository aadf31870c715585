"""What a course can be filtered and sorted by: one row a course, read the same way by Whoosh's side and the export.

Names and values are those of the address's query (`kategori=teknologi-informasi`). Only active offers count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from catalog.records import Course, Offer
from search_index.analyzer import fold

UNSTATED = "tidak-disebutkan"
ANYTIME = "kapan-saja"
LEVELS = {"beginner": "pemula", "intermediate": "menengah", "advanced": "mahir"}
MODES = {"self_paced": "belajar-mandiri", "live_online": "webinar", "onsite": "tatap-muka", "blended": "campuran"}
ELIGIBLE = {"yes": "ya", "unknown": "periksa", "no": "tidak"}
DURATIONS = ("kurang-5", "5-10", "10-20", "lebih-20")
RATINGS = ("3", "4", "4.5")
SORTS = ("relevan", "harga", "-harga", "per_jam", "rating", "terbaru")
# Groups of which a course has its own values; `platform` and `prakerja` belong to offers, `rating` is a lower bound.
COURSE_GROUPS = ("tingkat", "kategori", "cara", "kota", "lembaga", "durasi", "mulai", "sertifikat")
GROUPS = (
    "tingkat",
    "platform",
    "kategori",
    "cara",
    "kota",
    "lembaga",
    "durasi",
    "mulai",
    "sertifikat",
    "rating",
    "prakerja",
    "buyable",
)
BUYABLE = "1"


class RowOffer(NamedTuple):
    """An active offer as filters see it. `until` is the last day (YYYYMMDD as a number) on which a dated run of it can
    still be bought; None where it has no dated run, and so no last day."""

    platform: str
    price: int | None
    eligible: str
    until: int | None = None


class Row(NamedTuple):
    """A course as filters, sorts and cards see it. `values` has the values of COURSE_GROUPS, never empty."""

    id: str
    slug: str
    title: str
    provider_id: str | None
    provider: str | None
    category: str | None
    levels: tuple[str, ...]
    level_source: str | None
    modes: tuple[str, ...]
    minutes: int | None
    days: int | None
    rating: float | None
    rating_count: int | None
    lowest_price: int | None
    first_seen: str | None
    offers: tuple[RowOffer, ...]
    values: dict[str, tuple[str, ...]]


def slugify(name: str) -> str:
    """The address form of a name: "Makanan dan Minuman" -> makanan-dan-minuman."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def duration_value(minutes: int | None) -> str:
    """Hours in four steps: under 5, 5 to under 10, 10 to 20, over 20."""
    if minutes is None:
        return UNSTATED
    if minutes < 300:
        return "kurang-5"
    if minutes < 600:
        return "5-10"
    return "10-20" if minutes <= 1200 else "lebih-20"


def day_number(day: dt.date) -> int:
    """A calendar day as a number that sorts and compares like it: 20200715."""
    return day.year * 10_000 + day.month * 100 + day.day


def last_day(offer: Offer) -> int | None:
    """Until when a run of the offer can be bought: its last `buy_by`, or its start where no rule is known."""
    days = [session.buy_by or session.start for session in offer.sessions if session.start]
    return max((day_number(day) for day in days), default=None)


def _starts(course: Course) -> Iterable[str]:
    for offer in course.offers:
        if offer.status == "active":
            yield from (session.start.strftime("%Y-%m") for session in offer.sessions if session.start)
    if "self_paced" in course.modes:
        yield ANYTIME


def _cities(course: Course) -> Iterable[str]:
    yield from course.regencies
    for offer in course.offers:
        if offer.status == "active" and offer.regency:
            yield offer.regency


def _some(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values))) or (UNSTATED,)


def city_names(course: Course) -> dict[str, str]:
    """Slug -> name of the course's regencies."""
    return {slugify(name): name for name in _cities(course) if slugify(name)}


def read_row(course: Course) -> Row:
    """The row of an active course; offers that are not active are left out."""
    offers = tuple(
        RowOffer(offer.platform, offer.price_idr, offer.eligible, last_day(offer))
        for offer in sorted(course.offers, key=lambda o: o.id)
        if offer.status == "active"
    )
    provider = course.provider
    values = {
        "tingkat": _some(LEVELS[level] for level in course.levels),
        "kategori": _some([slugify(course.category)] if course.category else []),
        "cara": _some(MODES[mode] for mode in course.modes),
        "kota": _some(city_names(course)),
        "lembaga": _some([provider.id] if provider else []),
        "durasi": (duration_value(course.duration_minutes),),
        "mulai": _some(_starts(course)),
        "sertifikat": ("ya",) if course.certificate else (UNSTATED,),
    }
    return Row(
        id=course.id,
        slug=course.slug,
        title=course.title,
        provider_id=provider.id if provider else None,
        provider=provider.name if provider else None,
        category=course.category,
        levels=tuple(course.levels),
        level_source=course.level_source,
        modes=tuple(course.modes),
        minutes=course.duration_minutes,
        days=course.duration_days,
        rating=course.rating,
        rating_count=course.rating_count,
        lowest_price=course.lowest_price_idr,
        first_seen=course.first_seen.isoformat() if course.first_seen else None,
        offers=offers,
        values=values,
    )


def pack(row: Row) -> list[Any]:
    """The row as plain values for Whoosh's stored field."""
    return [*row[:-2], [tuple(offer) for offer in row.offers], row.values]


def unpack(stored: Any) -> Row:
    """The row of `pack`."""
    *plain, offers, values = stored
    return Row._make([*plain, tuple(RowOffer(*offer) for offer in offers), values])
