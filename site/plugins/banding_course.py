"""What a course page shows besides the record itself: offers in their groups, eligibility in words, JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from banding_cards import Card
from banding_context import Site

from catalog.records import Course, Offer

_FACT_WORDS = {
    "tujuan_umum": "Tujuan",
    "tujuan_khusus": "Tujuan khusus",
    "kelompok_sasaran": "Untuk siapa",
    "durasi_total": "Lama seluruhnya",
    "durasi_sesi": "Lama tiap sesi",
    "kapasitas": "Kapasitas",
    "metode": "Metode",
    "evaluasi": "Penilaian",
    "sertifikat": "Sertifikat",
    "jadwal": "Jadwal",
    "aspek_pengetahuan": "Pengetahuan",
    "aspek_keterampilan": "Keterampilan",
    "aspek_sikap": "Sikap",
}


def _order(offer: Offer) -> tuple[bool, int, str]:
    return (offer.price_idr is None, offer.price_idr or 0, offer.id)


def offer_view(offer: Offer, site: Site) -> dict[str, Any]:
    """One offer for the template: the record beside the words that depend on the platform's spec and the year."""
    spec = site.specs.get(offer.platform)
    buying = spec.buying_on(site.night) if spec else None
    url = offer.url if spec and spec.may_link(offer.url) else None
    return {
        "o": offer,
        "name": spec.name_on(site.night) if spec else offer.platform,
        "known": spec is not None,
        "url": url,
        "host": urlsplit(url).hostname if url else None,
        "where": buying.where if buying else "unknown",
    }


def course_view(course: Course, card: Card, site: Site, similar: Sequence[Card]) -> dict[str, Any]:
    """Everything that templates/pelatihan.html needs. Pure: equal input gives an equal page."""
    active = sorted((o for o in course.offers if o.status == "active"), key=_order)
    # The cheapest that can surely be bought with the card stands first among equals of price, never instead of order.
    rest = sorted((o for o in course.offers if o.status != "active"), key=lambda o: (o.status, *_order(o)))
    buying = []
    for platform in dict.fromkeys(o.platform for o in active):
        spec = site.specs.get(platform)
        rule = spec.buying_on(site.night) if spec else None
        if spec and rule:
            buying.append((spec.name_on(site.night), rule))
    return {
        "c": course,
        "card": card,
        "path": card.path,
        "offers": [offer_view(o, site) for o in active],
        "rest": [offer_view(o, site) for o in rest],
        "lowest": course.lowest_offer if any(o.id == course.lowest_offer for o in active) else None,
        "buying": buying,
        "sessions": _sessions(active),
        "facts": [
            (_FACT_WORDS.get(key, key.replace("_", " ").capitalize()), text) for key, text in course.facts.items()
        ],
        "similar": similar,
        "eligibility": _eligibility(active),
    }


def _eligibility(active: Sequence[Offer]) -> str:
    """The course's best case: yes if any active offer surely is, no only if all surely are not."""
    said = {o.eligible for o in active}
    if "yes" in said:
        return "yes"
    return "no" if said == {"no"} else "unknown"


def _sessions(active: Sequence[Offer]) -> list[dict[str, Any]]:
    """Dated runs of all active offers in order of start; equal runs of several platforms stand once."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for offer in active:
        for session in offer.sessions:
            key = (session.start, session.end, session.start_time, session.end_time, session.regency, session.code)
            entry = found.setdefault(key, {"s": session, "platforms": []})
            if offer.platform not in entry["platforms"]:
                entry["platforms"].append(offer.platform)
    return sorted(
        found.values(),
        key=lambda e: (e["s"].start is None, str(e["s"].start), str(e["s"].start_time), str(e["s"].regency)),
    )
