"""Courses in the order of their lowest price, for filters without words in the *sharded* form: a browser that wants the
ten cheapest reads the first of these blocks instead of every column. counts.py says how many there are in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from search_index.cards import Cards
from search_index.codec import column
from search_index.columns import facet_columns, offer_columns
from search_index.facets import Row
from search_index.filters import cheapest

if TYPE_CHECKING:
    from search_index.export import Writer

STRETCHES = (512, 1024, 2048, 4096)  # courses of the first blocks; who looks further reads whole columns
CARDED = 1024  # so many of the cheapest courses have cards in this order too
CARDS = 32  # courses of such a card file: results lie scattered, and few files come in one round trip
COLUMNS = ("tingkat", "kategori", "cara", "mulai", "sertifikat", "minutes", "rating")


def lowest_prices(rows: Sequence[Row]) -> list[int | None]:
    """The price of each course's cheapest offer."""
    return [offer.price if (offer := cheapest(row.offers)) else None for row in rows]


def id_ranks(rows: Sequence[Row]) -> list[int]:
    """Every course's place in the order of ids."""
    ranks = [0] * len(rows)
    for place, number in enumerate(sorted(range(len(rows)), key=lambda n: rows[n].id)):
        ranks[number] = place
    return ranks


def write_walk(
    rows: Sequence[Row],
    prices: Sequence[int | None],
    order: Sequence[int],
    writer: Writer,
    platforms: Sequence[str],
    categories: Sequence[str],
) -> list[str]:
    """Blocks of the cheapest courses, in the `order` of their lowest `prices`; returns their tags."""
    ranks = id_ranks(rows)
    tags: list[str] = []
    start = 0
    for size in STRETCHES:
        chosen = order[start : start + size]
        if not chosen:
            break
        part = [rows[n] for n in chosen]
        known = facet_columns(part)
        after = order[start + size] if start + size < len(order) else None
        block: dict[str, Any] = {
            "first": start,
            "numbers": column(chosen),
            "ranks": column([ranks[n] for n in chosen]),
            "columns": {name: known[name] for name in COLUMNS},
            "offers": offer_columns(part, platforms),
            "next": None if after is None else [prices[after], ranks[after]],
            "cards": " ".join(_card_files(part[: max(0, CARDED - start)], start, writer, platforms, categories)),
        }
        tags.append(writer.tag(f"v{len(tags)}", block))
        start += size
    return tags


def _card_files(
    rows: Sequence[Row], start: int, writer: Writer, platforms: Sequence[str], categories: Sequence[str]
) -> Iterable[str]:
    cards = Cards(rows, platforms, categories)
    for at in range(0, len(rows), CARDS):
        yield writer.tag(f"u{(start + at) // CARDS}", cards.block(range(len(rows))[at : at + CARDS]))
