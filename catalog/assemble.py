"""A course from its offers: what its page and its search document say. Pure and deterministic."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TypeVar

from catalog.records import LEVELS, MODES, Course, Level, LevelSource, Match, Mode, Offer, OfferStatus, Provider

T = TypeVar("T")
MOST_SKILLS = 12
TEXT_LENGTH = 12_000
_SOURCES: tuple[LevelSource, ...] = ("stated", "outline", "title")
_STATUSES: tuple[OfferStatus, ...] = ("active", "gone", "archived")

LEVEL_WORDS: dict[Level, str] = {"beginner": "pemula", "intermediate": "menengah", "advanced": "mahir"}
MODE_WORDS: dict[Mode, str] = {
    "self_paced": "belajar mandiri",
    "live_online": "webinar",
    "onsite": "tatap muka",
    "blended": "campuran",
}


def price_order(offer: Offer) -> tuple[bool, int, str]:
    """Cheapest first, unknown prices last, ties by id."""
    return offer.price_idr is None, offer.price_idr or 0, offer.id


_id = attrgetter("id")


def lowest_offer(offers: Iterable[Offer]) -> Offer | None:
    """The cheapest offer that may set a lowest price: active (official platform, recently seen) and eligible."""
    fit = (o for o in offers if o.status == "active" and o.eligible == "yes" and o.price_idr is not None)
    return min(fit, key=price_order, default=None)


def _leading(offers: Sequence[Offer]) -> list[Offer]:
    """The offers that speak for the course: the active ones, else all."""
    return [o for o in offers if o.status == "active"] or list(offers)


def _most(offers: Sequence[Offer], value: Callable[[Offer], T | None]) -> T | None:
    """The value that most offers give; ties: that of the first offer, so they come in the order of their ids."""
    if len(offers) == 1:
        return value(offers[0])
    values = [v for v in map(value, offers) if v is not None]
    if not values or values.count(values[0]) == len(values):
        return values[0] if values else None
    return Counter(values).most_common(1)[0][0]


def _levels(offers: Sequence[Offer]) -> tuple[list[Level], LevelSource | None]:
    """Levels from the best source that any offer has."""
    for source in _SOURCES:
        found = {level for o in offers if o.level_source == source for level in o.levels}
        if found:
            return [level for level in LEVELS if level in found], source
    return [], None


def _modes(offers: Sequence[Offer]) -> list[Mode]:
    found = {o.mode for o in offers}
    return [mode for mode in MODES if mode in found]


def _category(offers: Sequence[Offer]) -> tuple[str | None, bool]:
    stated = _most([o for o in offers if not o.category_derived], attrgetter("category"))
    if stated:
        return stated, False
    derived = _most(offers, attrgetter("category"))
    return derived, derived is not None


def _rating(offers: Sequence[Offer]) -> Offer | None:
    """The offer whose rating is shown: the one with most raters."""
    rated = [o for o in offers if o.rating is not None]
    return max(rated, key=lambda o: (o.rating_count or 0, o.rating or 0, o.id), default=None)


def duration_words(minutes: int | None, days: int | None) -> str | None:
    """'6 jam', '1 jam 30 menit', '45 menit', '5 hari'."""
    if minutes:
        hours, rest = divmod(minutes, 60)
        parts = [f"{hours} jam" if hours else "", f"{rest} menit" if rest else ""]
        return " ".join(p for p in parts if p)
    return f"{days} hari" if days else None


def describe(course: Course) -> str:
    """Our own sentence about a course, made of its facts only."""
    words = ["Pelatihan"]
    if course.category:
        words.append(f"bidang {course.category}")
    if course.provider:
        words.append(f"dari {course.provider.name}")
    if course.levels:
        words.append(
            "untuk tingkat "
            + " sampai ".join(dict.fromkeys((LEVEL_WORDS[course.levels[0]], LEVEL_WORDS[course.levels[-1]])))
        )
    if course.modes:
        words.append("dengan cara " + " atau ".join(MODE_WORDS[m] for m in course.modes))
    if course.regencies:
        words.append(
            "di "
            + (
                ", ".join(course.regencies)
                if len(course.regencies) <= 3
                else f"{len(course.regencies)} kota dan kabupaten"
            )
        )
    length = duration_words(course.duration_minutes, course.duration_days)
    if length:
        words.append(f"selama {length}")
    sellers = len({o.platform for o in course.offers if o.status == "active"})
    ending = f", dijual di {sellers} platform" if sellers > 1 else ""
    return " ".join(words) + ending + "."


def _regencies(offers: Sequence[Offer]) -> list[str]:
    found = {o.regency for o in offers} | {s.regency for o in offers for s in o.sessions}
    return sorted(r for r in found if r)


def joined_text(offers: Sequence[Offer]) -> str | None:
    """The search text of a course: the different texts of the offers that speak for it."""
    texts = list(dict.fromkeys(o.text for o in _leading(offers) if o.text))
    return "\n".join(texts)[:TEXT_LENGTH] or None


def _facts(offers: Sequence[Offer]) -> dict[str, str]:
    if len(offers) == 1:
        return offers[0].facts
    facts: dict[str, str] = {}
    for offer in offers:
        for key, text in offer.facts.items():
            facts.setdefault(key, text)
    return facts


def _first_seen(offers: Sequence[Offer]) -> dt.date | None:
    return min((o.first_seen for o in offers if o.first_seen), default=None)


@lru_cache(maxsize=65_536)
def _provider(provider_id: str, name: str) -> Provider:
    """One record for all courses of a provider."""
    return Provider(id=provider_id, name=name)


def assemble(course_id: str, slug: str, offers: Sequence[Offer], match: Match | None = None) -> Course:
    """The course of one or more offers; raises ValueError for none."""
    if not offers:
        raise ValueError(f"{course_id}: a course needs at least one offer")
    ordered = sorted(offers, key=price_order)
    leading = _leading(ordered)
    named = sorted([o for o in leading if o.provider_id] or [o for o in ordered if o.provider_id], key=_id)
    counted = sorted(leading, key=_id)
    provider_id = _most(named, attrgetter("provider_id"))
    provider_name = _most([o for o in named if o.provider_id == provider_id], attrgetter("provider_name"))
    levels, level_source = _levels(leading)
    category, derived = _category(counted)
    rated, lowest = _rating(leading), lowest_offer(ordered)
    course = Course(
        id=course_id,
        slug=slug,
        title=_most(counted, lambda o: o.title or None) or ordered[0].title,
        status=min((o.status for o in ordered), key=_STATUSES.index),
        provider=_provider(provider_id, provider_name or provider_id) if provider_id else None,
        category=category,
        category_derived=derived,
        levels=levels,
        level_source=level_source,
        modes=_modes(leading),
        duration_minutes=_most(counted, attrgetter("duration_minutes")),
        duration_days=_most(counted, attrgetter("duration_days")),
        regencies=_regencies(leading),
        skills=list(dict.fromkeys(s for o in leading for s in o.skills))[:MOST_SKILLS],
        facts=_facts(leading),
        certificate=_most(counted, attrgetter("certificate")),
        min_age=_most(counted, attrgetter("min_age")),
        max_age=_most(counted, attrgetter("max_age")),
        min_education=_most(counted, attrgetter("min_education")),
        rating=rated.rating if rated else None,
        rating_count=rated.rating_count if rated else None,
        rating_platform=rated.platform if rated else None,
        lowest_price_idr=lowest.price_idr if lowest else None,
        lowest_offer=lowest.id if lowest else None,
        offers=ordered,
        match=match or Match(),
        text=joined_text(ordered),
        first_seen=_first_seen(ordered),
    )
    course.description = describe(course)
    return course
