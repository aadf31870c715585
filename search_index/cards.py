"""Cards of the *sharded* form: what a result shows of a few courses, in one small block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_index.codec import column, numbers, read_numbers
from search_index.facets import LEVELS, MODES, Row, slugify
from search_index.packing import ids_are_numbers, numbered
from search_index.whole import ELIGIBLE, SOURCES, one_line, slug_code


def mask(chosen: Sequence[str], names: Sequence[str]) -> int:
    """Which of the names are chosen: the first counts 1, the next 2, then 4."""
    return sum(1 << place for place, name in enumerate(names) if name in chosen)


def _more(value: int | None) -> int:
    return 0 if value is None else value + 1


def card_block(rows: Sequence[Row], platforms: Sequence[str], categories: Sequence[str]) -> dict[str, Any]:
    """Cards of courses with their offers; docs/search-format.md says what `facts` holds one after the other."""
    offers = [offer for row in rows for offer in row.offers]
    prices, price_of = numbered([offer.price for offer in offers])
    days, day_of = numbered([offer.until for offer in offers])
    ratings, rating_of = numbered([row.rating for row in rows])
    providers = sorted({row.provider_id: row.provider for row in rows if row.provider_id}.items())
    provider_of = {name: place for place, (name, _) in enumerate(providers, 1)}
    titles = [one_line(row.title) for row in rows]
    facts = [
        [provider_of.get(row.provider_id or "", 0) for row in rows],
        [categories.index(slugify(row.category)) + 1 if row.category else 0 for row in rows],
        [mask(row.levels, [*LEVELS]) for row in rows],
        [SOURCES.index(row.level_source) + 1 if row.level_source else 0 for row in rows],
        [mask(row.modes, [*MODES]) for row in rows],
        [_more(row.minutes) for row in rows],
        [_more(row.days) for row in rows],
        rating_of,
        [_more(row.rating_count) for row in rows],
        [len(row.offers) for row in rows],
        [platforms.index(offer.platform) for offer in offers],
        [ELIGIBLE.index(offer.eligible) for offer in offers],
        price_of,
        day_of,
    ]
    short = ids_are_numbers(rows)
    return {
        "ids": column([int(row.id[1:], 16) for row in rows]) if short else [row.id for row in rows],
        "titles": "\n".join(titles),
        "slugs": "\n".join(slug_code(row, title) for row, title in zip(rows, titles, strict=True)),
        "providers": [name for name, _ in providers],
        "names": "\n".join(one_line(name or "") for _, name in providers),
        "tables": [prices, days, ratings],
        "facts": numbers(value for values in facts for value in values),
    }


def card_names(block: dict[str, Any], categories: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Title, provider and category of each card of a block."""
    titles = block["titles"].split("\n")
    facts = read_numbers(block["facts"])
    providers = ["", *block["names"].split("\n")]
    known = ["", *(categories[slug] for slug in sorted(categories))]
    own, kinds = facts[: len(titles)], facts[len(titles) : 2 * len(titles)]
    return [(title, providers[a], known[b]) for title, a, b in zip(titles, own, kinds, strict=True)]
