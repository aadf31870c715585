"""The programme office's figures: per platform and night, what is there, what is missing, and why.

A number that nobody counted is null, never 0. A percentage exists only where the platform's own total counts
programme trainings and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import Field

from catalog.changes import COUNTED, Change
from catalog.intake import RunFacts
from catalog.platforms import Spec
from catalog.records import SCHEMA_VERSION, Course, Record, Verdict
from catalog.store import Meta


class PlatformRow(Record):
    """One platform on one night. `received`, `valid` and `rejected` speak of tonight's run, `published` of the site."""

    platform: str
    name: str
    kind: str
    official: bool
    confidence: str
    declared: int | None = None
    declared_method: str = "unknown"
    declared_scope: str = "unknown"
    share: float | None = Field(None, description="received / declared; only for the scope 'prakerja'")
    received: int | None = None
    valid: int | None = None
    rejected: int | None = None
    rejected_by: dict[str, int] = Field(default_factory=dict)
    published: int = 0
    active: int = 0
    new: int = 0
    gone: int = 0
    changed: int = 0
    outcome: str = "not_run"
    reasons: list[str] = Field(default_factory=list)
    codes: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    last_good: dt.date | None = Field(None, description="null: never collected")
    age_nights: int | None = None
    released: str | None = None
    requests: int | None = None
    errors: dict[str, int] = Field(default_factory=dict)
    statuses: dict[str, int] = Field(default_factory=dict)
    layers: dict[str, int] = Field(default_factory=dict)
    minutes: float | None = Field(None, description="how long the run took; not given for sample data")
    unmapped: dict[str, float] = Field(default_factory=dict)


class Totals(Record):
    courses: int
    active_courses: int
    offers: int
    active_offers: int


class Coverage(Record):
    """coverage.json: every figure of the coverage page."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    sample: bool = False
    totals: Totals
    platforms: list[PlatformRow] = Field(default_factory=list)


def share_of(declared: int | None, scope: str, received: int | None) -> float | None:
    """Received / declared, where that means something: a known total above 0 that counts programme trainings only."""
    if scope != "prakerja" or not declared or received is None:
        return None
    return round(received / declared, 4)


def totals_of(courses: Sequence[Course]) -> Totals:
    offers = [offer for course in courses for offer in course.offers]
    return Totals(
        courses=len(courses),
        active_courses=sum(1 for course in courses if course.status == "active"),
        offers=len(offers),
        active_offers=sum(1 for offer in offers if offer.status == "active"),
    )


def platform_rows(
    specs: Mapping[str, Spec],
    night: dt.date,
    *,
    verdicts: Mapping[str, Verdict],
    facts: Mapping[str, RunFacts],
    metas: Mapping[str, Meta],
    courses: Sequence[Course],
    changes: Sequence[Change],
) -> list[PlatformRow]:
    """One row for every spec, in the specs' order."""
    offers = [offer for course in courses for offer in course.offers]
    published = Counter(offer.platform for offer in offers if offer.status != "gone")
    active = Counter(offer.platform for offer in offers if offer.status == "active")
    new = Counter(change.platform for change in changes if change.kind in ("new", "back"))
    gone = Counter(change.platform for change in changes if change.kind == "gone")
    changed = Counter(platform for platform, _ in {(c.platform, c.offer) for c in changes if c.kind in COUNTED})
    rows = []
    for platform, spec in specs.items():
        verdict, meta = verdicts[platform], metas.get(platform)
        row = PlatformRow(
            platform=platform,
            name=spec.name_on(night),
            kind=spec.kind,
            official=spec.official_on(night),
            confidence=spec.confidence,
            published=published[platform],
            active=active[platform],
            new=new[platform],
            gone=gone[platform],
            changed=changed[platform],
            outcome=verdict.outcome,
            reasons=verdict.reasons,
            codes=verdict.codes,
            warnings=verdict.warnings,
            last_good=meta.night if meta else None,
            age_nights=(night - meta.night).days if meta else None,
            released=meta.released if meta and meta.night == night else None,
        )
        if platform in facts:
            _add_facts(row, facts[platform])
        rows.append(row)
    return rows


def _add_facts(row: PlatformRow, facts: RunFacts) -> None:
    row.declared = facts.declared
    row.declared_method = facts.declared_method
    row.declared_scope = facts.declared_scope
    row.share = share_of(facts.declared, facts.declared_scope, facts.received)
    row.received = facts.received
    row.valid = facts.valid
    row.rejected = sum(facts.rejected.values())
    row.rejected_by = facts.rejected
    row.requests = facts.requests
    row.errors = facts.errors
    row.statuses = facts.statuses
    row.layers = facts.layers
    row.unmapped = facts.unmapped
    row.minutes = None if facts.sample else minutes_between(facts.started, facts.finished)


def minutes_between(started: str | None, finished: str | None) -> float | None:
    """Minutes with one decimal between two ISO moments; None when one is missing or they can't be read."""
    if not started or not finished:
        return None
    try:
        passed = dt.datetime.fromisoformat(finished) - dt.datetime.fromisoformat(started)
    except (ValueError, TypeError):
        return None
    return round(passed.total_seconds() / 60, 1)
