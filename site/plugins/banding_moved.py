"""Courses that turned out to be another one: their old address leads to the one that they are found under now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from banding_cards import Card
from banding_context import Site
from banding_format import safe_slug

from catalog.registry import Registry

MOST_RULES = 2_000  # Cloudflare Pages takes no more lines in _redirects


class Moved(NamedTuple):
    """`path` was the page of a course that now stands on the page of `card`."""

    path: str
    card: Card


def moved_courses(site: Site, cards: Sequence[Card]) -> list[Moved]:
    """Old addresses in a fixed order; none where courses share pages, since there an old address is an anchor."""
    registry = Registry.load(site.var.state / "registry.json")
    if site.shared or not registry.merged:
        return []
    by_id, taken = {card.id: card for card in cards}, {card.slug for card in cards}
    found = []
    for old in sorted(registry.merged):
        slug, card = safe_slug(registry.slugs.get(old, old)), by_id.get(registry.current(old))
        if card is not None and slug not in taken:
            taken.add(slug)
            found.append(Moved(f"/pelatihan/{slug}/", card))
    return found


def page_values(moved: Moved) -> dict[str, Any]:
    """What templates/pindah.html shows."""
    crumbs = [("Daftar", "/daftar/"), (moved.card.title, "")]
    return {"canonical": moved.card.path, "card": moved.card, "crumbs": crumbs}


def redirect_rules(moved: Sequence[Moved], site: Site) -> str:
    """`_redirects` for hosts that read it; the others show the page at the old address, which leads on by itself."""
    return "".join(f"{site.href(m.path)} {site.href(m.card.path)} 301\n" for m in moved[:MOST_RULES])
