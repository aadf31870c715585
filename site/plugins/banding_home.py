"""The home page's figures and choices: budget first, then goal, then way of learning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from banding_cards import Card
from banding_context import Site
from banding_format import CATEGORY_ICONS, LEVEL_ICONS, LEVEL_SHORT, LEVEL_SLUGS, MODE_SLUGS, money, slug
from banding_lists import BANDS, Listing

BUDGETS = (100_000, 250_000, 500_000)
GOALS = 9
WAYS = (
    ("self_paced", "Belajar mandiri", "video"),
    ("live_online", "Webinar", "webinar"),
    ("onsite", "Tatap muka", "tempat"),
)


def _category_icon(key: str) -> str:
    return key if key in CATEGORY_ICONS else "kategori"


def home_values(
    cards: Sequence[Card], lists: Sequence[Listing], categories: Sequence[str], site: Site
) -> dict[str, Any]:
    """What templates/beranda.html shows."""
    active = [card for card in cards if card.active]
    counts = Counter(card.category for card in active)
    levels = Counter(level for card in active for level in card.levels)
    sizes = {listing.path: listing.total for listing in lists}
    by_size = sorted(categories, key=lambda name: (-counts[name], name))
    # The latest balance that is known is a choice too: "cukup dengan saldo saya".
    steps = sorted({*BUDGETS, site.rules.balance_idr or 1_000_000})
    bands = [(words, f"/daftar/harga/{key}/") for key, words, _, _ in BANDS]
    shops = [(site.platform_name(s.id), f"/platform/{s.id}/") for s in site.sellers]
    return {
        "active": len(active),
        "archived": len(cards) - len(active),
        "providers": len({card.provider_id for card in active if card.provider_id}),
        "sellers": sum(spec.official_on(site.night) for spec in site.sellers),
        "budgets": [*((str(step), money(step)) for step in steps), ("", "Berapa pun")],
        "goals": [("", "Semua"), *[(slug(name), name) for name in by_size if counts[name]][:GOALS]],
        "ways": [("", "Semua", "campuran"), *((MODE_SLUGS[mode], words, glyph) for mode, words, glyph in WAYS)],
        "categories": [(n, f"/kategori/{slug(n)}/", counts[n], _category_icon(slug(n))) for n in by_size],
        "levels": [
            (LEVEL_SHORT[level], f"/tingkat/{key}/", levels[level], LEVEL_ICONS[key])
            for level, key in LEVEL_SLUGS.items()
        ],
        "bands": [(words, path, sizes.get(path, 0)) for words, path in bands],
        "platforms": [(name, path, sizes.get(path, 0)) for name, path in shops],
    }
