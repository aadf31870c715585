"""The programme office's figures: per platform and night, what is there, what is missing, and why.

A number that nobody counted is null, never 0. A percentage exists only where the platform's own total counts
programme trainings and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from catalog.changes import Change, group_of
from catalog.figures import Event, PlatformRow, Totals
from catalog.intake import RunFacts
from catalog.platforms import Spec
from catalog.records import Course, Verdict
from catalog.store import Meta
from catalog.trends import TrendRow


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
    told = {(c.platform, group_of(c.kind), c.offer) for c in changes}
    grouped = Counter((platform, group) for platform, group, _ in told)
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
            new=grouped[platform, "new"],
            gone=grouped[platform, "gone"],
            changed=grouped[platform, "changed"],
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


TRIAL_NIGHTS = 2


def mark_trials(specs: Mapping[str, Spec], rows: Sequence[PlatformRow], earlier: Sequence[TrendRow]) -> None:
    """A source whose spec says `trial` leaves its trial by itself once two nights were accepted (spec unchanged)."""
    nights = Counter(row.platform for row in earlier if row.outcome == "accepted")
    for row in rows:
        accepted = nights[row.platform] + (row.outcome == "accepted")
        row.trial = specs[row.platform].trial and accepted < TRIAL_NIGHTS


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


def events_of(
    specs: Mapping[str, Spec],
    rows: Sequence[PlatformRow],
    night: dt.date,
    since: dt.date | None,
    collected: set[str],
    names: Mapping[str, str],
) -> list[Event]:
    """What happened between `since` and `night`. `collected` are platforms that were accepted on an earlier night,
    `names` what platforms were called on the night before: a spec may be renamed without a date."""
    found = []
    for row in rows:
        spec = specs[row.platform]
        if since is not None:
            found.extend(_official_events(spec, night, since))
            before, now = names.get(spec.id) or spec.name_on(since), spec.name_on(night)
            if before != now:
                found.append(Event(kind="renamed", platform=spec.id, text=f"{before} kini bernama {now}."))
            if row.last_good == night and row.platform not in collected:
                text = f"{now} untuk pertama kali terkumpul: {row.published} pelatihan."
                found.append(Event(kind="first_collected", platform=spec.id, text=text))
        if row.released:
            text = f"Hasil {row.name} yang ditahan dilepas oleh petugas: {row.released}"
            found.append(Event(kind="released", platform=spec.id, text=text))
    return found


def _official_events(spec: Spec, night: dt.date, since: dt.date) -> list[Event]:
    was, now = spec.official_on(since), spec.official_on(night)
    if now and not was:
        return [Event(kind="joined", platform=spec.id, text=f"{spec.name_on(night)} menjadi platform resmi.")]
    if was and not now:
        return [Event(kind="left", platform=spec.id, text=f"{spec.name_on(since)} bukan lagi platform resmi.")]
    return []
