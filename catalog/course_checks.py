"""Checks across the offers of one course: prices far apart, dearer than elsewhere, twice on one platform.

Shaped as catalog.checks does it: what is true offer by offer (or course by course), the rest summed up per platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from catalog.checks import State, finding_id, rupiah
from catalog.records import Course, Finding, Offer

APART = 1.25
VERSION = 1
LABELS: dict[str, str] = {
    "price_gap": "Harga satu pelatihan terpaut lebih dari 25 persen",
    "dearer_elsewhere": "Lebih mahal daripada di platform lain",
    "duplicate_offer": "Pelatihan yang sama dua kali di satu platform",
}


def check_courses(courses: Sequence[Course]) -> list[Finding]:
    """Findings of every check, sorted by check, platform, state and subject. Empty input gives an empty list."""
    true: list[Finding] = []
    rest: dict[tuple[str, str, State], Counter[str]] = {}
    for course in courses:
        for finding in _of_course(course):
            if finding.state == "true":
                true.append(finding)
            else:
                key = finding.check, finding.platform or "", finding.state
                rest.setdefault(key, Counter())[finding.reason] += 1
    summed = [_sum(check, platform, state, reasons) for (check, platform, state), reasons in rest.items()]
    return sorted((*true, *summed), key=lambda f: (f.check, f.platform or "", f.state, f.subject))


def on_sale(course: Course) -> list[Offer]:
    """The offers that a card holder could choose between."""
    return [offer for offer in course.offers if offer.status == "active" and offer.eligible != "no"]


def _of_course(course: Course) -> Iterator[Finding]:
    offers = on_sale(course)
    priced = [offer for offer in offers if offer.price_idr is not None]
    platforms = {offer.platform for offer in priced}
    yield _gap(course, priced, len(platforms))
    for offer in offers:
        yield _dearer(offer, priced)
        yield _twice(offer, offers)


def _gap(course: Course, priced: Sequence[Offer], platforms: int) -> Finding:
    if platforms < 2:
        return _finding("price_gap", course.id, None, "not_tested", "kurang dari dua platform dengan harga")
    low = min(priced, key=lambda o: (o.price_idr or 0, o.id))
    high = max(priced, key=lambda o: (o.price_idr or 0, o.id))
    lowest, highest = low.price_idr or 0, high.price_idr or 0
    if highest <= lowest * APART:
        return _finding("price_gap", course.id, None, "false")
    reason = (
        f"Perlu diperiksa: {rupiah(lowest)} di {low.platform}, {rupiah(highest)} di {high.platform} "
        "untuk pelatihan yang sama."
    )
    return _finding("price_gap", course.id, None, "true", reason, high)


def _dearer(offer: Offer, priced: Sequence[Offer]) -> Finding:
    others = [o for o in priced if o.platform != offer.platform]
    if offer.price_idr is None or not others:
        return _finding("dearer_elsewhere", offer.id, offer.platform, "not_tested", "tidak ada pembanding")
    cheapest = min(others, key=lambda o: (o.price_idr or 0, o.id))
    if offer.price_idr <= (cheapest.price_idr or 0):
        return _finding("dearer_elsewhere", offer.id, offer.platform, "false")
    reason = f"Perlu diperiksa: di {cheapest.platform} pelatihan yang sama {rupiah(cheapest.price_idr or 0)}."
    return _finding("dearer_elsewhere", offer.id, offer.platform, "true", reason, offer)


def _twice(offer: Offer, offers: Sequence[Offer]) -> Finding:
    twins = [o.id for o in offers if o.platform == offer.platform and o.id != offer.id]
    if not twins:
        return _finding("duplicate_offer", offer.id, offer.platform, "false")
    reason = f"Perlu diperiksa: pelatihan yang sama juga tercatat sebagai {', '.join(sorted(twins)[:3])}."
    return _finding("duplicate_offer", offer.id, offer.platform, "true", reason, offer)


def _finding(
    check: str, subject: str, platform: str | None, state: State, reason: str = "", offer: Offer | None = None
) -> Finding:
    return Finding(
        id=finding_id(check, subject),
        check=check,
        version=VERSION,
        state=state,
        subject=subject,
        platform=platform,
        reason=reason,
        raw=offer.price_raw if offer and check != "duplicate_offer" else offer.title_raw if offer else None,
        source="perbandingan antarplatform di katalog ini" if offer else None,
        seen=offer.last_seen.isoformat() if offer and offer.last_seen else None,
        source_hash=offer.source_hash if offer else None,
    )


def _sum(check: str, platform: str, state: State, reasons: Counter[str]) -> Finding:
    subject = platform or "katalog"
    finding = _finding(f"{check}", subject, platform or None, state)
    finding.id = finding_id(f"{check}/{state}", subject)
    finding.count = reasons.total()
    finding.reason = "; ".join(f"{reason} ({number})" for reason, number in sorted(reasons.items()) if reason)
    return finding
