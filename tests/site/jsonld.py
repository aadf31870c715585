"""Our own checker of the structured data: no published validator knows Course with offers of several platforms.

Rules: docs/decisions/0051-structured-data.md. `problems(html, base)` gives one line for each broken rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import lxml.html

# schema.org properties that we use, by type; anything else is a spelling mistake.
VOCABULARY = {
    "Course": "@id url name description inLanguage provider about educationalLevel teaches aggregateRating "
    "financialAidEligible hasCourseInstance offers",
    "CourseInstance": "courseMode courseWorkload courseSchedule location startDate endDate",
    "Organization": "name url",
    "Place": "address",
    "PostalAddress": "addressRegion addressCountry",
    "AggregateRating": "ratingValue bestRating ratingCount",
    "Offer": "category price priceCurrency availability url validFrom seller",
    "BreadcrumbList": "itemListElement",
    "ItemList": "itemListElement",
    "ListItem": "position name item url",
    "WebSite": "name url inLanguage",
    "Dataset": "name description url license dateModified creator distribution isAccessibleForFree temporalCoverage "
    "inLanguage",
    "DataDownload": "contentUrl encodingFormat name",
}
DURATION = re.compile(r"^P(T?\d+[HMDW])+(\d+[HM])?$")
SELLING = re.compile(r"\brp\.?\s*\d|\d+\s*%|\bdiskon\b|\bcashback\b", re.IGNORECASE)


def blocks(html: bytes) -> list[Any]:
    tree = lxml.html.document_fromstring(html.decode())
    return [json.loads(script.text) for script in tree.iter("script") if script.get("type") == "application/ld+json"]


def problems(html: bytes, base: str) -> list[str]:
    """Broken rules of all data blocks of a page; `base` is the site's absolute address."""
    found: list[str] = []
    for raw in re.findall(rb'<script type="application/ld\+json">(.*?)</script>', html, re.S):
        if b"<" in raw:
            found.append("a '<' stands unescaped in a data block")
    visible = " ".join(lxml.html.document_fromstring(html.decode()).text_content().split())
    for block in blocks(html):
        if block.get("@context") != "https://schema.org":
            found.append("@context is not https://schema.org")
        found += _unknown(block)
        found += _addresses(block, base)
        if block["@type"] == "Course":
            found += _course(block, visible)
        elif block["@type"] == "ItemList":
            found += _positions(block, 3)
        elif block["@type"] == "BreadcrumbList":
            found += _positions(block, 2)
    return found


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item)


def _unknown(block: dict[str, Any]) -> Iterator[str]:
    for node in _walk(block):
        kind = node.get("@type")
        if kind not in VOCABULARY:
            yield f"type {kind!r} is not known"
            continue
        for name, value in node.items():
            if not name.startswith("@") and name not in VOCABULARY[kind].split():
                yield f"{kind} has no property {name}"
            if value in (None, "", [], {}) or value in ("null", "undefined", "NaN"):
                yield f"{kind}.{name} is empty"


def _addresses(block: dict[str, Any], base: str) -> Iterator[str]:
    for node in _walk(block):
        for name in ("url", "@id", "item", "contentUrl"):
            value = node.get(name)
            if value is not None and not value.startswith("https://"):
                yield f"{node.get('@type')}.{name} is not absolute: {value}"
            if value is not None and node.get("@type") != "Offer" and not value.startswith(base):
                yield f"{node.get('@type')}.{name} leads elsewhere: {value}"


def _course(block: dict[str, Any], visible: str) -> Iterator[str]:
    if not block.get("name") or not block.get("description"):
        yield "Course without name or description"
    if SELLING.search(block.get("name", "")):
        yield f"Course.name advertises: {block['name']}"
    provider = block.get("provider")
    if provider is not None and (provider.get("@type") != "Organization" or not provider.get("name")):
        yield "provider is no named Organization"
    for level in block.get("educationalLevel", []):
        if level not in ("Beginner", "Intermediate", "Advanced"):
            yield f"educationalLevel {level}"
    for instance in block.get("hasCourseInstance", []):
        if instance.get("courseMode") not in ("Online", "Onsite", "Blended"):
            yield f"courseMode {instance.get('courseMode')}"
        if "courseWorkload" in instance and not DURATION.match(instance["courseWorkload"]):
            yield f"courseWorkload {instance['courseWorkload']}"
    for offer in block.get("offers", []):
        yield from _offer(offer, visible)
    rating = block.get("aggregateRating")
    if rating and not (rating.get("ratingCount", 0) >= 1 and 0 < rating.get("ratingValue", 0) <= 5):
        yield "aggregateRating without raters"


def _offer(offer: dict[str, Any], visible: str) -> Iterator[str]:
    price = offer.get("price", "")
    if not re.fullmatch(r"\d+", price):
        yield f"price {price!r} is no whole number"
    elif price != "0" and f"{int(price):,}".replace(",", ".") not in visible:
        yield f"price {price} is not on the page"
    if (offer.get("category") == "Free") != (price == "0"):
        yield f"category {offer.get('category')} with price {price}"
    if offer.get("priceCurrency") != "IDR":
        yield "priceCurrency is not IDR"
    if offer.get("seller", {}).get("name", "?") not in visible:
        yield "the seller is not on the page"


def _positions(block: dict[str, Any], least: int) -> Iterator[str]:
    items = block["itemListElement"]
    positions = [item.get("position") for item in items]
    if len(items) < least:
        yield f"{block['@type']} with {len(items)} entries"
    if positions != list(range(positions[0], positions[0] + len(items))):
        yield f"{block['@type']} positions {positions}"
    if block["@type"] == "ItemList" and len({item["url"] for item in items}) != len(items):
        yield "ItemList names a page twice"
