"""Field by platform: how many published offers carry a value, in how many it could be read, and which do not.

For each field the offers of a platform fall into three parts that add up to all of them: `valid` (read), `unreadable`
(something stands there, but we do not trust our reading), `empty` (nothing there). Each has its full list, but where
it holds all offers of a platform: that list is the platform's own table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from catalog.figures import Cell
from catalog.records import Course, Offer


class Measure(NamedTuple):
    """How a field's raw text and its read value are found in an offer."""

    field: str
    name: str
    raw: Callable[[Offer], Any]
    value: Callable[[Offer], Any]


def _measure(field: str, name: str, raw: str | None, value: str) -> Measure:
    return Measure(field, name, attrgetter(raw) if raw else _nothing, attrgetter(value))


def _nothing(_: Offer) -> None:
    """Where a field has no raw text of its own."""


FIELDS: tuple[Measure, ...] = (
    _measure("title", "Judul", "title_raw", "title"),
    _measure("url", "Tautan", "url_raw", "url"),
    _measure("provider", "Lembaga", "provider_raw", "provider_id"),
    _measure("price", "Harga", "price_raw", "price_idr"),
    _measure("level", "Tingkat", "level_raw", "levels"),
    _measure("mode", "Cara belajar", "mode_raw", "mode"),
    _measure("duration", "Durasi", "duration_raw", "duration_minutes"),
    _measure("category", "Kategori", "category_raw", "category"),
    _measure("place", "Kabupaten/kota", "place_raw", "regency"),
    _measure("sessions", "Jadwal", None, "sessions"),
    _measure("rating", "Nilai", None, "rating"),
    _measure("certificate", "Sertifikat", None, "certificate"),
    _measure("competency", "Acuan kompetensi", None, "competency"),
)
NAMES = {measure.field: measure.name for measure in FIELDS}


def state_of(offer: Offer, measure: Measure) -> str:
    """'valid', 'unreadable' or 'empty'. A value read from elsewhere (a level from the title) is valid."""
    return _state(measure.raw(offer), measure.value(offer))


def _state(raw: Any, value: Any) -> str:
    if value or (value is not None and value != [] and value != ""):
        return "valid"
    return "unreadable" if raw is not None and str(raw).strip() else "empty"


def published_offers(courses: Iterable[Course]) -> Iterator[tuple[Course, Offer]]:
    """Every offer that the site shows as there: all but the gone ones. Those of a course by id, since a list in the
    order of prices would change with every price."""
    for course in courses:
        for offer in sorted(course.offers, key=attrgetter("id")):
            if offer.status != "gone":
                yield course, offer


def cells(courses: Sequence[Course], platforms: Sequence[str]) -> list[Cell]:
    """One cell a platform and field, also for platforms without offers (their share is unknown, not 0 %)."""
    by_platform: dict[str, list[Offer]] = {platform: [] for platform in platforms}
    for _, offer in published_offers(courses):
        if offer.platform in by_platform:
            by_platform[offer.platform].append(offer)
    return [_cell(platform, measure, offers) for platform, offers in by_platform.items() for measure in FIELDS]


def _cell(platform: str, measure: Measure, offers: Sequence[Offer]) -> Cell:
    counts = Counter(state_of(offer, measure) for offer in offers)
    parts = {state: counts[state] for state in ("valid", "unreadable", "empty")}
    share = round(counts["valid"] / len(offers), 4) if offers else None
    return Cell(platform=platform, field=measure.field, total=len(offers), share=share, **parts)


def lists(courses: Sequence[Course]) -> dict[tuple[str, str, str], list[tuple[Course, Offer, Any]]]:
    """(platform, field, state) -> exactly the offers behind that number, with the raw value (of a valid one what was
    read, where nothing was written in the field itself). A state that holds all offers of a platform is left out."""
    found: dict[tuple[str, str, str], list[tuple[Course, Offer, Any]]] = {}
    totals: dict[str, int] = {}
    for course, offer in published_offers(courses):
        totals[offer.platform] = totals.get(offer.platform, 0) + 1
        for measure in FIELDS:
            raw, value = measure.raw(offer), measure.value(offer)
            state = _state(raw, value)
            shown = raw or (_readable(value) if state == "valid" else None)
            found.setdefault((offer.platform, measure.field, state), []).append((course, offer, shown))
    return {key: entries for key, entries in found.items() if len(entries) < totals[key[0]]}


def _readable(value: Any) -> Any:
    """A value as one cell: dates of sessions rather than the records."""
    if isinstance(value, list):
        return " | ".join(str(getattr(item, "raw", item)) for item in value)
    return value


def list_file(platform: str, field: str, state: str, number: int, total: int) -> str:
    """Where the list behind a number lies, under data/."""
    return f"platform/{platform}.csv" if number == total else f"lists/isian/{platform}-{field}-{state}.csv"
