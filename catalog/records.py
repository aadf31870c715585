"""The records that travel through the stages: Listing (as seen), Offer (read), Course (offers of one training).

Every stage meets the next one through files of these records, one JSON object a line. JSON Schemas and
docs/catalog-format.md are generated from this module. Unknown is ``None``: never 0, never "", never a guess.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

Level = Literal["beginner", "intermediate", "advanced"]
LevelSource = Literal["stated", "outline", "title"]
Mode = Literal["self_paced", "live_online", "onsite", "blended"]
Eligibility = Literal["yes", "no", "unknown"]
OfferStatus = Literal["active", "gone", "archived"]
ArchivedWhy = Literal["directory", "left_programme", "not_yet_official", "stale"]
Zone = Literal["WIB", "WITA", "WIT"]
Weekday = Literal["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]

LEVELS: tuple[Level, ...] = ("beginner", "intermediate", "advanced")
MODES: tuple[Mode, ...] = ("self_paced", "live_online", "onsite", "blended")


class Record(BaseModel):
    """Base of all records: unknown keys are errors, so that a renamed field can't vanish silently."""

    # A stage builds only the validators that it uses: a dozen processes a night would each build all of them.
    model_config = ConfigDict(extra="forbid", validate_assignment=False, defer_build=True)

    def model_post_init(self, _context: Any, /) -> None:
        """Lets go of pydantic's set of the fields that were given: nobody asks for it, and it is 2 KB an offer."""
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN)


_GIVEN: set[str] = set()


class Section(Record):
    """One section of a description's outline. `key` is the canonical heading ("level", "durasi_total", …),
    None where the heading is not one of the programme's."""

    key: str | None = None
    heading: str
    text: str


class Listing(Record):
    """One training as one platform showed it on one night; every value is the text that was seen.

    Source: a spider's parse function, which is pure over the saved bytes of the answer. Numbers of a JSON
    answer are kept as their JSON text ("300000"). Personal contacts and instructor names are already scrubbed.
    """

    platform: str
    native_id: str
    url: str | None = Field(None, description="the platform's real address, also when fetched through --origin")
    fetched_at: str = Field(description="ISO 8601 with offset; never part of a content hash")
    title: str | None = None
    provider: str | None = None
    price: str | None = None
    list_price: str | None = Field(None, description="the struck price")
    category: str | None = None
    level: str | None = Field(None, description="a structured level field, where the platform has one")
    mode: str | None = None
    duration: str | None = None
    place: str | None = None
    rating: str | None = None
    rating_count: str | None = None
    sold: str | None = None
    quota: str | None = None
    certificate: str | None = None
    competency: str | None = None
    code: str | None = Field(None, description="course code of the programme or platform, where shown")
    age: str | None = None
    education: str | None = None
    image: str | None = None
    tags: list[str] = Field(default_factory=list)
    sections: list[Section] = Field(default_factory=list)
    text: str | None = Field(None, description="description text outside the outline, scrubbed, for search")
    sessions: list[str] = Field(default_factory=list)
    eligible: Eligibility = "unknown"
    eligible_evidence: str | None = Field(None, description="tag, category, page or text that shows it")
    edition: str | None = Field(None, description="a directory's edition, e.g. 'Indonesia Skills Week 2023'")
    discount: str | None = None
    page_status: int | None = Field(
        None, description="how the course's own page answered: 200, or 404 and 410 where it is gone; null: not fetched"
    )
    evidence: dict[str, str] = Field(
        default_factory=dict,
        description="field -> layer: api, embedded, json-ld, microdata, opengraph, html, outline",
    )
    source_hash: str | None = Field(None, description="blake2b of the answer's bytes that this was read from")


class RunReport(Record):
    """What one run of one platform's spider did: var/runs/<run>/<platform>/report.json."""

    platform: str
    run: str
    started: str
    finished: str
    finish_reason: str = Field(description="'finished', or the guard or signal that ended the run")
    declared: int | None = Field(None, description="what the platform itself says it has")
    declared_method: Literal["pager_total", "sitemap", "category_sums", "list_length", "unknown"] = "unknown"
    declared_scope: Literal["prakerja", "whole_shop", "unknown"] = "unknown"
    received: int = Field(0, description="distinct native ids before any filter")
    requests: int = 0
    statuses: dict[str, int] = Field(default_factory=dict)
    bytes: int = 0
    layers: dict[str, int] = Field(default_factory=dict, description="extraction layer -> listings that used it")
    errors: dict[str, int] = Field(
        default_factory=dict,
        description="dns, timeout, reset, 4xx, 5xx, challenge, redesign, parse, … -> count",
    )
    notes: list[str] = Field(default_factory=list)
    sample: bool = Field(False, description="replicas or --origin were used")
    night: str | None = None
    server_time: str | None = Field(None, description="what the platform's own clock said (header Date), ISO 8601, UTC")


class Session(Record):
    """One dated run of a course (schema.org CourseInstance). Dates are local dates of the place's zone."""

    start: dt.date | None = None
    end: dt.date | None = None
    start_time: str | None = Field(None, description="HH:MM")
    end_time: str | None = None
    zone: Zone | None = None
    weekdays: list[Weekday] = Field(default_factory=list)
    regency: str | None = None
    regency_code: str | None = None
    quota: int | None = None
    code: str | None = None
    buy_by: dt.date | None = Field(
        None,
        description="last calendar day (WIB) on which the rules let one buy; null where no rule is known",
    )
    raw: str = ""


class Offer(Record):
    """One course on one platform, read: typed values with the raw text kept beside them."""

    id: str = Field(description="<platform>:<native_id>")
    platform: str
    native_id: str
    url: str | None = Field(
        None, description="a link that may be shown: http(s) on the spec's reviewed hosts, else null"
    )
    url_raw: str | None = None
    title: str = Field(description="without decoration (price, promotion, platform words)")
    title_raw: str
    provider_id: str | None = None
    provider_name: str | None = None
    provider_raw: str | None = None
    price_idr: int | None = Field(None, description="whole rupiah; 0 only if the text says free")
    price_max_idr: int | None = None
    price_raw: str | None = None
    list_price_idr: int | None = None
    list_price_raw: str | None = None
    free: bool = False
    levels: list[Level] = Field(default_factory=list)
    level_source: LevelSource | None = None
    level_raw: str | None = None
    mode: Mode | None = None
    mode_raw: str | None = None
    duration_minutes: int | None = None
    duration_minutes_max: int | None = None
    duration_days: int | None = None
    duration_raw: str | None = None
    category: str | None = Field(None, description="one of the programme's twelve, by official name")
    category_derived: bool = Field(False, description="true: read from the title, not from the platform's words")
    category_raw: str | None = None
    sessions: list[Session] = Field(default_factory=list)
    regency: str | None = None
    province: str | None = None
    regency_code: str | None = None
    place_raw: str | None = None
    rating: float | None = Field(None, description="0 < rating <= 5; null without raters")
    rating_count: int | None = None
    sold: int | None = None
    quota: int | None = None
    certificate: str | None = None
    competency: list[str] = Field(default_factory=list)
    code: str | None = None
    min_age: int | None = None
    max_age: int | None = None
    min_education: str | None = None
    eligible: Eligibility = "unknown"
    eligible_evidence: str | None = None
    edition: str | None = None
    skills: list[str] = Field(default_factory=list, description="short skill phrases from the outline")
    facts: dict[str, str] = Field(default_factory=dict, description="outline key -> short fact (at most 200 signs)")
    text: str | None = Field(
        None, description="text for the search index until the course has it (courses.jsonl); never published whole"
    )
    page_status: int | None = Field(
        None, description="how the course's own page answered when it was last fetched; null: it was not"
    )
    evidence: dict[str, str] = Field(default_factory=dict)
    source_hash: str | None = None
    content_hash: str | None = Field(None, description="hash of the listing without fetched_at")
    first_seen: dt.date | None = None
    last_seen: dt.date | None = None
    price_since: dt.date | None = None
    gone_since: dt.date | None = None
    list_price_seen: bool | None = Field(
        None, description="did we ever see this struck price as the price? null: no history yet"
    )
    status: OfferStatus = "active"
    archived_why: ArchivedWhy | None = None
    warnings: list[str] = Field(default_factory=list, description="reason codes of checks that are true")


class Provider(Record):
    id: str
    name: str


class Match(Record):
    """Why offers stand under one course."""

    score: float = 1.0
    why: list[str] = Field(default_factory=list)


class Course(Record):
    """One training of one provider with its offers, cheapest first; what a page and a search document is made of."""

    id: str = Field(description="stable over the nights; never made from cleaned text")
    slug: str
    title: str
    status: OfferStatus = Field("active", description="active when an offer is active, else gone or archived")
    provider: Provider | None = None
    category: str | None = None
    category_derived: bool = False
    levels: list[Level] = Field(default_factory=list)
    level_source: LevelSource | None = None
    modes: list[Mode] = Field(default_factory=list)
    duration_minutes: int | None = None
    duration_days: int | None = None
    regencies: list[str] = Field(default_factory=list)
    description: str = Field("", description="our own one-sentence summary of the facts")
    skills: list[str] = Field(default_factory=list)
    facts: dict[str, str] = Field(default_factory=dict)
    certificate: str | None = None
    min_age: int | None = None
    max_age: int | None = None
    min_education: str | None = None
    rating: float | None = None
    rating_count: int | None = None
    rating_platform: str | None = None
    lowest_price_idr: int | None = Field(
        None,
        description="over offers that are active and eligible 'yes' (active already means official and recently seen)",
    )
    lowest_offer: str | None = None
    offers: list[Offer] = Field(default_factory=list)
    match: Match = Field(default_factory=Match)
    text: str | None = Field(None, description="search text of all offers; never published whole")
    first_seen: dt.date | None = None
    changed: dt.date | None = Field(None, description="date of the last change of any published value")


class Finding(Record):
    """One check that is true, false or not tested for one record."""

    id: str
    check: str
    version: int = 1
    state: Literal["true", "false", "not_tested"]
    subject: str = Field(description="offer, course, platform or provider id")
    platform: str | None = None
    reason: str = Field("", description="in plain Indonesian, worded 'perlu diperiksa', never an accusation")
    raw: str | None = None
    source: str | None = Field(None, description="where the rule comes from")
    seen: str | None = None
    source_hash: str | None = None
    count: int = Field(1, description="records that this finding speaks of; more than one where a state is summed up")


class Verdict(Record):
    """The gate's answer for one run of one platform."""

    platform: str
    run: str | None = None
    outcome: Literal["accepted", "held", "not_run", "none_found"]
    reasons: list[str] = Field(default_factory=list, description="plain Indonesian, one a line")
    codes: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
