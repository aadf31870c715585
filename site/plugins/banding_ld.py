"""schema.org values as JSON-LD: provider is the institution, seller the platform, unknown is left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from banding_cards import Card
from banding_context import Site
from banding_format import LEVEL_ORDER
from markupsafe import Markup

from catalog.records import Course

_MODES = {"self_paced": "Online", "live_online": "Online", "onsite": "Onsite", "blended": "Blended"}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LEVELS = {"beginner": "Beginner", "intermediate": "Intermediate", "advanced": "Advanced"}


def script(value: dict[str, Any] | None) -> Markup:
    """A data block; "<", ">" and "&" are escaped so that no text can end it."""
    if value is None:
        return Markup("")
    text = _ENCODER.encode({"@context": "https://schema.org", **value})
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup('<script type="application/ld+json">' + text + "</script>\n")  # noqa: S704 - escaped above


def without_unknown(value: dict[str, Any]) -> dict[str, Any]:
    """The pairs whose value is known."""
    return {key: item for key, item in value.items() if item not in (None, "", [], {})}


def iso_duration(minutes: int | None) -> str | None:
    """Minutes as an ISO 8601 duration: PT1H30M."""
    if not minutes:
        return None
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")


def course_ld(course: Course, card: Card, site: Site, offers: Sequence[dict[str, Any]], summary: str) -> dict[str, Any]:
    """The course with one Offer a platform; a course that is gone has none."""
    provider = course.provider
    instances = [_instance(course, mode) for mode in course.modes]
    return without_unknown(
        {
            "@type": "Course",
            "@id": site.absolute(card.path),
            "url": site.absolute(card.path),
            "name": card.title,
            "description": summary,
            "inLanguage": None,
            "provider": without_unknown(
                {"@type": "Organization", "name": provider.name, "url": site.absolute(f"/lembaga/{card.provider_id}/")}
            )
            if provider
            else None,
            "about": course.category,
            "educationalLevel": [_LEVELS[level] for level in LEVEL_ORDER if level in course.levels],
            "teaches": course.skills[:8],
            "aggregateRating": _rating(course),
            "financialAidEligible": "Kartu Prakerja" if any(o["o"].eligible == "yes" for o in offers) else None,
            "hasCourseInstance": instances,
            "offers": [_offer(entry) for entry in offers if entry["o"].price_idr is not None],
        }
    )


def _instance(course: Course, mode: str) -> dict[str, Any]:
    places = [
        {"@type": "Place", "address": {"@type": "PostalAddress", "addressRegion": p, "addressCountry": "ID"}}
        for p in course.regencies
    ]
    return without_unknown(
        {
            "@type": "CourseInstance",
            "courseMode": _MODES[mode],
            "courseWorkload": iso_duration(course.duration_minutes),
            "location": places if mode in ("onsite", "blended") else None,
        }
    )


def _rating(course: Course) -> dict[str, Any] | None:
    if course.rating is None or not course.rating_count or not course.rating_platform:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": course.rating,
        "bestRating": 5,
        "ratingCount": course.rating_count,
    }


def _offer(entry: dict[str, Any]) -> dict[str, Any]:
    offer = entry["o"]
    return without_unknown(
        {
            "@type": "Offer",
            "category": "Free" if offer.price_idr == 0 else "Paid",
            "price": str(offer.price_idr),
            "priceCurrency": "IDR",
            "availability": "https://schema.org/InStock",
            "url": entry["url"],
            "validFrom": offer.price_since.isoformat() if offer.price_since else None,
            "seller": {"@type": "Organization", "name": entry["name"]},
        }
    )


def breadcrumb_ld(crumbs: Sequence[tuple[str, str]], site: Site) -> dict[str, Any]:
    """Home and the crumbs; the last one has no address of its own."""
    steps = [("Beranda", "/"), *crumbs]
    items = []
    for position, (label, path) in enumerate(steps, 1):
        item: dict[str, Any] = {"@type": "ListItem", "position": position, "name": label}
        if position < len(steps):
            item["item"] = site.absolute(path)
        items.append(item)
    return {"@type": "BreadcrumbList", "itemListElement": items}


def item_list_ld(cards: Sequence[Card], site: Site) -> dict[str, Any] | None:
    """The cards in visual order, counted anew on each page; fewer than three are no list."""
    if len(cards) < 3:
        return None
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": card.title, "url": site.absolute(card.path)}
            for position, card in enumerate(cards, 1)
        ],
    }


def dataset_ld(files: Sequence[tuple[str, str, str]], site: Site) -> dict[str, Any]:
    """The open data as a whole with its main files: (name, media type, words)."""
    return {
        "@type": "Dataset",
        "name": "Katalog pelatihan Kartu Prakerja",
        "description": "Harga, tingkat, cara belajar, dan syarat pelatihan Kartu Prakerja di semua platform, "
        "riwayat harganya, dan kelengkapan datanya. Tidak resmi, independen.",
        "url": site.absolute("/data/"),
        "license": "https://opendatacommons.org/licenses/by/1-0/",
        "isAccessibleForFree": True,
        "dateModified": site.night.isoformat(),
        "creator": {"@type": "Organization", "name": "Bandingkan Pelatihan", "url": site.absolute("/")},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "encodingFormat": kind,
                "contentUrl": site.absolute(f"/data/{name}"),
            }
            for name, kind, _ in files
        ],
    }
