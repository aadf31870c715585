"""Cards of the *sharded* form: what a result shows of a few courses, in one small block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from search_index.codec import column, numbers, read_numbers
from search_index.facets import LEVELS, MODES, Row, slugify
from search_index.packing import id_digits, numbered
from search_index.whole import ELIGIBLE, SOURCES, one_line, slug_code

LEVEL_NAMES = tuple(LEVELS)
MODE_NAMES = tuple(MODES)


def mask(chosen: Sequence[str], names: Sequence[str]) -> int:
    """Which of the names are chosen: the first counts 1, the next 2, then 4."""
    return sum(1 << place for place, name in enumerate(names) if name in chosen)


def _more(value: int | None) -> int:
    return 0 if value is None else value + 1


class Cards:
    """Cards of courses, block by block; what a single course needs is made once, since popular courses stand in many
    blocks."""

    def __init__(self, rows: Sequence[Row], platforms: Sequence[str], categories: Sequence[str]) -> None:
        self.rows = rows
        self.digits = id_digits(rows) if len({len(row.id) for row in rows}) == 1 else 0
        place = {name: number for number, name in enumerate(categories, 1)}
        kinds = {name: place[slugify(name)] for name in {row.category for row in rows} if name}
        shops = {name: number for number, name in enumerate(platforms)}
        self.titles = [one_line(row.title) for row in rows]
        self.slugs = [slug_code(row, title) for row, title in zip(rows, self.titles, strict=True)]
        self.facts = [
            (
                kinds.get(row.category or "", 0),
                mask(row.levels, LEVEL_NAMES),
                SOURCES.index(row.level_source) + 1 if row.level_source else 0,
                mask(row.modes, MODE_NAMES),
                _more(row.minutes),
                _more(row.days),
                _more(row.rating_count),
                len(row.offers),
            )
            for row in rows
        ]
        self.offers = [
            [(shops[offer.platform], ELIGIBLE.index(offer.eligible)) for offer in row.offers] for row in rows
        ]

    def block(self, courses: Sequence[int]) -> dict[str, Any]:
        """Cards of these courses with their offers; docs/search-format.md says what `facts` holds."""
        rows = [self.rows[n] for n in courses]
        offers = [offer for row in rows for offer in row.offers]
        prices, price_of = numbered([offer.price for offer in offers])
        days, day_of = numbered([offer.until for offer in offers])
        ratings, rating_of = numbered([row.rating for row in rows])
        providers = sorted({row.provider_id: row.provider for row in rows if row.provider_id}.items())
        provider_of = {name: place for place, (name, _) in enumerate(providers, 1)}
        sold = [known for n in courses for known in self.offers[n]]
        facts = chain(
            (provider_of.get(row.provider_id or "", 0) for row in rows),
            *zip(*(self.facts[n] for n in courses), strict=True),
            rating_of,
            *zip(*sold, strict=True),
            price_of,
            day_of,
        )
        return {
            "ids": column([int(row.id[1:], 16) for row in rows]) if self.digits else [row.id for row in rows],
            "digits": self.digits,
            "titles": "\n".join(self.titles[n] for n in courses),
            "slugs": "\n".join(self.slugs[n] for n in courses),
            "providers": [name for name, _ in providers],
            "names": "\n".join(one_line(name or "") for _, name in providers),
            "tables": [prices, days, ratings],
            "facts": numbers(facts),
        }


def card_names(block: dict[str, Any], categories: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Title, provider and category of each card of a block."""
    titles = block["titles"].split("\n")
    facts = read_numbers(block["facts"])
    providers = ["", *block["names"].split("\n")]
    known = ["", *(categories[slug] for slug in sorted(categories))]
    own, kinds = facts[: len(titles)], facts[len(titles) : 2 * len(titles)]
    return [(title, providers[a], known[b]) for title, a, b in zip(titles, own, kinds, strict=True)]
