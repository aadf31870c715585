"""Courses by id for the compare and plan pages: small JSON files (banding_groups.py).

A reader who compares four courses fetches four small files, not the catalog.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from banding_cards import Card
from banding_context import Site
from banding_course import offer_view
from banding_groups import group_name
from banding_ld import without_unknown
from banding_output import Output, digest
from banding_read import Once
from banding_text import age

from catalog.files import dump_json
from catalog.records import Course


def brief(course: Course, card: Card, site: Site) -> str:
    """What compare and plan show of one course, as JSON."""
    offers = [
        without_unknown(
            {
                "platform": view["name"],
                "price": view["o"].price_idr,
                "eligible": view["o"].eligible,
                "url": view["url"],
                "where": view["where"],
            }
        )
        for view in (offer_view(o, site) for o in course.offers if o.status == "active")
    ]
    offers.sort(key=lambda o: ("price" not in o, o.get("price", 0), o["platform"]))
    sessions: dict[tuple[Any, ...], dict[str, Any]] = {}
    for offer in course.offers:
        for s in offer.sessions if offer.status == "active" else ():
            value = {
                "start": s.start,
                "end": s.end,
                "from": s.start_time,
                "to": s.end_time,
                "place": s.regency,
                "buy_by": s.buy_by,
            }
            if s.start:
                sessions[tuple(value.values())] = without_unknown({k: str(v) if v else None for k, v in value.items()})
    return dump_json(
        without_unknown(
            {
                "id": course.id,
                "slug": card.slug,
                "title": card.title,
                "status": course.status,
                "provider": card.provider,
                "category": course.category,
                "levels": card.levels,
                "level_source": card.level_source,
                "modes": card.modes,
                "minutes": card.minutes,
                "days": card.days,
                "price": card.price,
                "eligible": card.eligible,
                "lowest": card.lowest,
                "places": card.places,
                "certificate": (course.certificate or "")[:120],
                "age": age(course),
                "education": course.min_education,
                "rating": course.rating,
                "rating_count": course.rating_count,
                "offers": offers,
                "sessions": sorted(sessions.values(), key=lambda s: (s["start"], s.get("from", "")))[:12],
            }
        )
    )


class Shards:
    """All shards of one build; only those with a changed course are made anew."""

    def __init__(self, site: Site, output: Output, frame: str, cards: Sequence[Card], keys: Sequence[str]) -> None:
        self.site, self.output = site, output
        self.count = site.groups
        members: dict[str, list[str]] = {f"{n:03x}": [] for n in range(self.count)}
        for card, key in zip(cards, keys, strict=True):
            members[group_name(card.id, self.count)].append(key)
        self.keys = {name: digest(frame, str(self.count), *rows) for name, rows in members.items()}
        self.rows: dict[str, list[str]] = {
            name: [] for name in members if not output.unchanged(_file(name), self.keys[name])
        }

    def add(self, card: Card, course: Once) -> None:
        """Takes the course's short form if its shard is to be written."""
        rows = self.rows.get(group_name(card.id, self.count))
        if rows is not None:
            rows.append(brief(course.value, card, self.site))

    def write(self) -> None:
        for name, key in self.keys.items():
            self.output.emit(_file(name), key, partial(self._render, name))

    def _render(self, name: str) -> str:
        return '{"courses":[' + ",\n".join(self.rows[name]) + "]}\n"


def _file(name: str) -> str:
    return f"ringkas/{name}.json"
