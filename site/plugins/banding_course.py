"""What a course page shows besides the record itself: offers in their groups, eligibility in words, JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from banding_cards import Card
from banding_context import Site
from banding_format import SOURCE_WORDS, UNKNOWN, count, date, hours, levels, modes, money, per_hour, rating, slug
from banding_text import age, evidence_words
from markupsafe import Markup

from catalog.records import Course, Offer

_OUTLINE = {
    "tujuan": "Tujuan",
    "tujuan_umum": "Tujuan",
    "tujuan_khusus": "Tujuan khusus",
    "pengetahuan": "Pengetahuan",
    "keterampilan": "Keterampilan",
    "sikap": "Sikap",
    "metode": "Metode",
    "evaluasi": "Penilaian",
    "durasi_sesi": "Lama tiap sesi",
    "durasi_total": "Lama seluruhnya",
    "kapasitas": "Kapasitas",
    "jadwal": "Jadwal",
    "konsultasi": "Konsultasi",
    "lokasi": "Lokasi",
    "fasilitas": "Fasilitas",
}
_TAGS = {
    "yes": ("good", "ya", "bisa dengan Kartu Prakerja"),
    "no": ("bad", "tidak", "tidak bisa dengan Kartu Prakerja"),
    "unknown": ("warn", "periksa", "periksa syarat"),
}
_OUTLINE_WORDS = SOURCE_WORDS["outline"]
_READ = "terbaca dari uraian atau judul"
_FORCED = "peserta wajib menilai, maka nilai cenderung tinggi"


def _order(offer: Offer) -> tuple[bool, int, str]:
    return (offer.price_idr is None, offer.price_idr or 0, offer.id)


def offer_view(offer: Offer, site: Site) -> dict[str, Any]:
    """One offer for the template: the record beside the words that depend on the platform's spec and the year."""
    spec = site.specs.get(offer.platform)
    buying = site.buying(offer.platform)
    url = offer.url if spec and spec.may_link(offer.url) else None
    return {
        "o": offer,
        "name": site.platform_name(offer.platform),
        "url": url,
        "where": buying.where if buying else "unknown",
        "tag": eligibility_tag(offer.eligible, site),
        "evidence": evidence_words(offer.evidence),
    }


@lru_cache(maxsize=64)
def _tag(value: str, icon: Markup) -> Markup:
    kind, _, words = _TAGS[value]
    return Markup('<span class="tag {}">{}{}</span>').format(kind, icon, words)


def eligibility_tag(value: str, site: Site) -> Markup:
    """May it be bought with the card, as a tag with icon and words."""
    return _tag(value, site.icon(_TAGS[value][1]))


def course_view(course: Course, card: Card, site: Site, similar: Sequence[Card]) -> dict[str, Any]:
    """Everything that templates/pelatihan.html needs. Pure: equal input gives an equal page."""
    active = sorted((o for o in course.offers if o.status == "active"), key=_order)
    # The cheapest that can surely be bought with the card stands first among equals of price, never instead of order.
    rest = sorted((o for o in course.offers if o.status != "active"), key=lambda o: (o.status, *_order(o)))
    buying = []
    for platform in dict.fromkeys(o.platform for o in active):
        rule = site.buying(platform)
        if rule:
            buying.append((site.platform_name(platform), rule))
    return {
        "c": course,
        "card": card,
        "path": card.path,
        "offers": [offer_view(o, site) for o in active],
        "rest": [offer_view(o, site) for o in rest],
        "lowest": course.lowest_offer if any(o.id == course.lowest_offer for o in active) else None,
        "buying": buying,
        "sessions": _sessions(active),
        "who": _who(course),
        "facts": _facts(course, card, site),
        "outline": [(_OUTLINE[key], text) for key, text in course.facts.items() if key in _OUTLINE],
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


def _who(course: Course) -> list[tuple[str, str, str]]:
    """Conditions as (name, words, where it was read)."""
    years = age(course)
    rows = [
        ("Umur", years or UNKNOWN, _OUTLINE_WORDS if years else ""),
        ("Pendidikan", course.min_education or UNKNOWN, _OUTLINE_WORDS if course.min_education else ""),
    ]
    audience = course.facts.get("sasaran")
    return [*rows, ("Untuk siapa", audience, _OUTLINE_WORDS)] if audience else rows


def _origin(course: Course, field: str) -> str:
    """Where the field's value was read, in words, by the offers' own notes; "" where none says it."""
    layers = {offer.evidence[field] for offer in course.offers if field in offer.evidence}
    if not layers:
        return ""
    return _OUTLINE_WORDS if layers == {"outline"} else SOURCE_WORDS["stated"]


def _facts(course: Course, card: Card, site: Site) -> list[tuple[str, str, str, str]]:
    """The course's facts as (name, words, where it was read, link); what is not known is said where it matters."""
    category = course.category
    rows = [
        ("Tingkat materi", levels(course.levels, UNKNOWN), SOURCE_WORDS.get(course.level_source or "", ""), ""),
        ("Cara belajar", modes(course.modes, UNKNOWN), _origin(course, "mode") or (_READ if course.modes else ""), ""),
        ("Lama", hours(card.minutes, card.days), _origin(course, "duration"), ""),
    ]
    hourly = per_hour(card.price, card.minutes)
    if hourly is not None:
        rows.append(("Harga per jam", money(hourly), "harga termurah dibagi lama", ""))
    if category:
        rows.append(
            (
                "Kategori",
                category,
                SOURCE_WORDS["title" if course.category_derived else "stated"],
                f"/kategori/{slug(category)}/",
            )
        )
    else:
        rows.append(("Kategori", UNKNOWN, "", ""))
    if course.regencies:
        rows.append(("Tempat", ", ".join(course.regencies), _origin(course, "place"), ""))
    rows.append(("Sertifikat", course.certificate or UNKNOWN, _origin(course, "certificate"), ""))
    competency = ", ".join(dict.fromkeys(c for o in course.offers for c in o.competency))
    if competency:
        rows.append(("Acuan kompetensi", competency, _origin(course, "competency"), ""))
    if course.rating is not None and course.rating_count:
        shop = f"{site.platform_name(course.rating_platform)}; " if course.rating_platform else ""
        words = f"{rating(course.rating)} dari 5, {count(course.rating_count)} penilai"
        rows.append(("Rating", words, shop + _FORCED, ""))
    if course.first_seen:
        rows.append(("Masuk katalog", date(course.first_seen), "pertama kami lihat", ""))
    return rows
