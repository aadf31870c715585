"""Checks across the offers of one course: prices far apart, dearer than elsewhere, twice on one platform.

Shaped as catalog.checks does it: what is true offer by offer (or course by course), the rest summed up per platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from catalog.checks import State, finding_id, rupiah
from catalog.records import Course, Finding, Offer

APART = 1.25
VERSION = 1
LABELS: dict[str, str] = {
    "price_gap": "Harga satu pelatihan terpaut lebih dari 25 persen",
    "dearer_elsewhere": "Lebih mahal daripada di platform lain",
    "duplicate_offer": "Pelatihan yang sama dua kali di satu platform",
}


class _Said(NamedTuple):
    """What a check says of one subject: most are only counted, so that few become a record."""

    check: str
    subject: str
    platform: str | None
    state: State
    reason: str = ""
    offer: Offer | None = None


def check_courses(courses: Sequence[Course]) -> list[Finding]:
    """Findings of every check, sorted by check, platform, state and subject. Empty input gives an empty list."""
    true: list[Finding] = []
    rest: dict[tuple[str, str, State], Counter[str]] = {}
    for course in courses:
        for said in _of_course(course):
            if said.state == "true":
                true.append(_finding(said))
            else:
                key = said.check, said.platform or "", said.state
                rest.setdefault(key, Counter())[said.reason] += 1
    summed = [_sum(check, platform, state, reasons) for (check, platform, state), reasons in rest.items()]
    return sorted((*true, *summed), key=lambda f: (f.check, f.platform or "", f.state, f.subject))


def on_sale(course: Course) -> list[Offer]:
    """The offers that a card holder could choose between."""
    return [offer for offer in course.offers if offer.status == "active" and offer.eligible != "no"]


def _of_course(course: Course) -> Iterator[_Said]:
    offers = on_sale(course)
    priced = [offer for offer in offers if offer.price_idr is not None]
    platforms = {offer.platform for offer in priced}
    yield _gap(course, priced, len(platforms))
    # Most courses have nothing to compare with, which is seen once a course.
    compared = priced if len(platforms) > 1 else ()
    beside = offers if len({offer.platform for offer in offers}) < len(offers) else ()
    for offer in offers:
        yield _dearer(offer, compared)
        yield _twice(offer, beside)


def _gap(course: Course, priced: Sequence[Offer], platforms: int) -> _Said:
    if platforms < 2:
        return _Said("price_gap", course.id, None, "not_tested", "kurang dari dua platform dengan harga")
    low = min(priced, key=lambda o: (o.price_idr or 0, o.id))
    high = max(priced, key=lambda o: (o.price_idr or 0, o.id))
    lowest, highest = low.price_idr or 0, high.price_idr or 0
    if highest <= lowest * APART:
        return _Said("price_gap", course.id, None, "false")
    reason = (
        f"Perlu diperiksa: {rupiah(lowest)} di {low.platform}, {rupiah(highest)} di {high.platform} "
        "untuk pelatihan yang sama."
    )
    return _Said("price_gap", course.id, None, "true", reason, high)


def _dearer(offer: Offer, priced: Sequence[Offer]) -> _Said:
    others = [o for o in priced if o.platform != offer.platform]
    if offer.price_idr is None or not others:
        return _Said("dearer_elsewhere", offer.id, offer.platform, "not_tested", "tidak ada pembanding")
    cheapest = min(others, key=lambda o: (o.price_idr or 0, o.id))
    if offer.price_idr <= (cheapest.price_idr or 0):
        return _Said("dearer_elsewhere", offer.id, offer.platform, "false")
    reason = f"Perlu diperiksa: di {cheapest.platform} pelatihan yang sama {rupiah(cheapest.price_idr or 0)}."
    return _Said("dearer_elsewhere", offer.id, offer.platform, "true", reason, offer)


def _twice(offer: Offer, offers: Sequence[Offer]) -> _Said:
    twins = [o.id for o in offers if o.platform == offer.platform and o.id != offer.id]
    if not twins:
        return _Said("duplicate_offer", offer.id, offer.platform, "false")
    reason = f"Perlu diperiksa: pelatihan yang sama juga tercatat sebagai {', '.join(sorted(twins)[:3])}."
    return _Said("duplicate_offer", offer.id, offer.platform, "true", reason, offer)


def _finding(said: _Said) -> Finding:
    check, offer = said.check, said.offer
    return Finding(
        id=finding_id(check, said.subject),
        check=check,
        version=VERSION,
        state=said.state,
        subject=said.subject,
        platform=said.platform,
        reason=said.reason,
        raw=offer.price_raw if offer and check != "duplicate_offer" else offer.title_raw if offer else None,
        source="perbandingan antarplatform di katalog ini" if offer else None,
        seen=offer.last_seen.isoformat() if offer and offer.last_seen else None,
        source_hash=offer.source_hash if offer else None,
    )


def _sum(check: str, platform: str, state: State, reasons: Counter[str]) -> Finding:
    subject = platform or "katalog"
    finding = _finding(_Said(check, subject, platform or None, state))
    finding.id = finding_id(f"{check}/{state}", subject)
    finding.count = reasons.total()
    finding.reason = "; ".join(f"{reason} ({number})" for reason, number in sorted(reasons.items()) if reason)
    return finding
