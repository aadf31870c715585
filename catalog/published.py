"""The shape of the published files: what of a course and an offer leaves the house. Long texts never do.

Kept apart from the records of the stages, so that a new inner field is not published by accident.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from catalog.changes import Change, Changes
from catalog.records import (
    SCHEMA_VERSION,
    ArchivedWhy,
    Course,
    Eligibility,
    Level,
    LevelSource,
    Match,
    Mode,
    OfferStatus,
    Provider,
    Record,
    Session,
)


class PublicOffer(Record):
    """One course on one platform, with its price there."""

    id: str
    platform: str
    url: str | None
    title: str
    title_raw: str
    provider_raw: str | None
    price_idr: int | None = Field(description="whole rupiah; null: unknown; 0 only where the platform says free")
    price_max_idr: int | None
    price_raw: str | None
    list_price_idr: int | None = Field(description="the struck price")
    list_price_raw: str | None
    list_price_seen: bool | None = Field(description="was the struck price ever the price? null: watched too briefly")
    free: bool
    eligible: Eligibility = Field(description="may it be bought with the card?")
    eligible_evidence: str | None
    edition: str | None
    mode: Mode | None
    mode_raw: str | None
    duration_minutes: int | None
    duration_minutes_max: int | None
    duration_days: int | None
    duration_raw: str | None
    category: str | None
    category_raw: str | None
    levels: list[Level]
    level_source: LevelSource | None
    level_raw: str | None
    sessions: list[Session]
    regency: str | None
    province: str | None
    regency_code: str | None
    rating: float | None
    rating_count: int | None
    sold: int | None
    quota: int | None
    code: str | None
    status: OfferStatus
    archived_why: ArchivedWhy | None
    first_seen: dt.date | None
    last_seen: dt.date | None = Field(description="only where it was not seen on this night, else null")
    price_since: dt.date | None
    gone_since: dt.date | None
    warnings: list[str] = Field(description="codes of checks that are true: to be looked at, not an accusation")


class PublicCourse(Record):
    """One training of one provider with its offers, cheapest first."""

    id: str
    slug: str
    title: str
    status: OfferStatus
    provider: Provider | None
    category: str | None
    category_derived: bool
    levels: list[Level]
    level_source: LevelSource | None
    modes: list[Mode]
    duration_minutes: int | None
    duration_days: int | None
    regencies: list[str]
    description: str
    skills: list[str]
    certificate: str | None
    min_age: int | None
    max_age: int | None
    min_education: str | None
    rating: float | None
    rating_count: int | None
    rating_platform: str | None
    lowest_price_idr: int | None = Field(description="over active offers that the card may buy")
    lowest_offer: str | None
    match: Match
    first_seen: dt.date | None
    changed: dt.date | None
    offers: list[PublicOffer]


Holds = Literal["snapshot", "changed", "removed"]


class Part(Record):
    """One file of a catalog that is too large for one; it counts courses, changes or rows of a table. Of a table it
    says what it holds: rows as of the night in its name, rows new or different since, or keys that are gone."""

    path: str
    holds: Holds | None = None
    courses: int | None = None
    changes: int | None = None
    rows: int | None = None
    bytes: int
    sha256: str


class CoursesPart(Record):
    """courses/<number>.json.gz: a part of a large catalog. Without build and night, which every night changes."""

    schema_version: int = SCHEMA_VERSION
    sample: bool
    courses: list[PublicCourse] = Field(default_factory=list)


class CoursesFile(Record):
    """courses.json. Either `courses` or `parts` is filled."""

    schema_version: int = SCHEMA_VERSION
    build: str
    night: dt.date
    sample: bool
    courses: list[PublicCourse] = Field(default_factory=list)
    parts: list[Part] = Field(default_factory=list)


class ChangesFile(Changes):
    """changes.json. Either `changes` or `parts` is filled."""

    parts: list[Part] = Field(default_factory=list)


class ChangesPart(Record):
    """changes/<number>.json: a part of very many changes."""

    schema_version: int = SCHEMA_VERSION
    sample: bool
    changes: list[Change] = Field(default_factory=list)


_OFFER_KEYS = set(PublicOffer.model_fields)
_COURSE_KEYS = set(PublicCourse.model_fields)
_INCLUDE: Any = {**{key: True for key in _COURSE_KEYS if key != "offers"}, "offers": {"__all__": _OFFER_KEYS}}
LONGEST = 400  # signs of any published text; a longer one is cut at a word


def _offer(dumped: dict[str, Any], night: dt.date) -> dict[str, Any]:
    if dumped["last_seen"] == night.isoformat():
        dumped["last_seen"] = None
    return {key: shortened(dumped[key]) for key in PublicOffer.model_fields}


def public_course(course: Course, night: dt.date) -> dict[str, Any]:
    """A course as it is published: the keys of PublicCourse, always all of them, in that order."""
    dumped = course.model_dump(mode="json", include=_INCLUDE)
    offers = [_offer(offer, night) for offer in dumped["offers"]]
    return {key: shortened(dumped[key]) if key != "offers" else offers for key in PublicCourse.model_fields}


def shortened(value: Any) -> Any:
    """Texts of at most LONGEST signs, also inside lists; everything else as it is."""
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    if isinstance(value, list):
        return [shortened(item) for item in value]
    return value
