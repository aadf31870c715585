"""Courses in the order of their lowest price, for filters without words in the *sharded* form: a browser that wants the
ten cheapest reads the first of these blocks instead of every column. How many there are in all is counted here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from search_index.cards import Cards
from search_index.codec import column, numbers
from search_index.facets import ELIGIBLE, Row
from search_index.filters import cheapest, rating_values, sort_key, still_buyable
from search_index.whole import facet_columns, offer_columns

if TYPE_CHECKING:
    from search_index.export import Writer

STRETCHES = (512, 1024, 2048, 4096)  # courses of the first blocks; who looks further reads whole columns
CARDED = 1024  # so many of the cheapest courses have cards in this order too
CARDS = 8  # courses of such a card file: results that pass a filter lie scattered
ALWAYS = 99_999_999  # the day of what has no last day
COLUMNS = ("tingkat", "kategori", "cara", "mulai", "sertifikat", "minutes", "rating")
COURSE_GROUPS = ("tingkat", "kategori", "cara", "kota", "durasi", "mulai", "sertifikat")


def lowest_prices(rows: Sequence[Row]) -> list[int | None]:
    """The price of each course's cheapest offer."""
    return [offer.price if (offer := cheapest(row.offers)) else None for row in rows]


def id_ranks(rows: Sequence[Row]) -> list[int]:
    """Every course's place in the order of ids."""
    ranks = [0] * len(rows)
    for place, number in enumerate(sorted(range(len(rows)), key=lambda n: rows[n].id)):
        ranks[number] = place
    return ranks


def write_walk(rows: Sequence[Row], writer: Writer, platforms: Sequence[str], categories: Sequence[str]) -> list[str]:
    """Blocks of the cheapest courses, cheapest first; returns their tags."""
    prices, ranks = lowest_prices(rows), id_ranks(rows)
    live = (n for n, row in enumerate(rows) if row.id)
    order = sorted(live, key=lambda n: sort_key("harga", rows[n], prices[n], 0.0))
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


def _options(row: Row) -> tuple[list[str], set[str]]:
    """A course's options ("group=value") without its provider: those of the course, those of its offers."""
    own = [f"{group}={value}" for group in COURSE_GROUPS for value in row.values[group]]
    own += [f"rating={value}" for value in rating_values(row)]
    shops = {f"platform={offer.platform}" for offer in row.offers}
    return own, shops | {f"prakerja={ELIGIBLE[offer.eligible]}" for offer in row.offers}


def option_counts(rows: Iterable[Row]) -> dict[str, Any]:
    """How many courses have each option and each two options of different groups, providers left out.

    A platform and an eligibility must be one offer's.
    """
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if not row.offers:
            continue
        own, offered = _options(row)
        found.update(itertools.combinations(own, 2))
        found.update(itertools.product(own, offered))
        found.update((option, option) for option in (*own, *offered))
        found.update({(f"platform={o.platform}", f"prakerja={ELIGIBLE[o.eligible]}") for o in row.offers})
    options = sorted({option for pair in found for option in pair})
    pairs = ((a, b) for at, a in enumerate(options) for b in options[at:])
    # A pair was met in one order or the other; a Counter has 0 for what was not met.
    counts = (found[a, b] + (found[b, a] if a != b else 0) for a, b in pairs)
    return {"options": options, "counts": numbers(counts)}


def last_days(row: Row) -> dict[str, int]:
    """Until when the course can be bought: "" for any of its offers, then for each option of an offer; only what can be
    bought at all is there."""
    found: dict[str, int] = {}
    for offer in row.offers:
        if still_buyable(offer, None):
            for option in ("", f"platform={offer.platform}", f"prakerja={ELIGIBLE[offer.eligible]}"):
                found[option] = max(found.get(option, 0), offer.until or ALWAYS)
    return found


def buyable_counts(rows: Sequence[Row], options: Sequence[str], providers: Sequence[str]) -> dict[str, Any]:
    """How many courses can be bought until when: of all, of each option, of each provider; by the places of `days`."""
    found: dict[str, Counter[int]] = {"": Counter(), **{name: Counter() for name in options}}
    sold: dict[str, Counter[int]] = {name: Counter() for name in providers}
    for row in rows:
        last = last_days(row)
        if not last:
            continue
        own, offered = _options(row)
        for option in own:
            found[option][last[""]] += 1
        for option in offered & last.keys():
            found[option][last[option]] += 1
        found[""][last[""]] += 1
        for provider in row.values["lembaga"]:
            sold[provider][last[""]] += 1
    days = sorted({day for counts in found.values() for day in counts})
    told = [_sparse([counts[day] for day in days]) for counts in (*found.values(), *sold.values())]
    return {"days": days, "options": told[: len(options) + 1], "providers": told[len(options) + 1 :]}


def provider_counts(rows: Iterable[Row], options: Sequence[str]) -> dict[str, Any]:
    """For every provider how many courses it has, and how many with each option of `options`."""
    found: dict[str, list[int]] = {}
    place = {option: at for at, option in enumerate(options, 1)}
    for row in rows:
        if not row.offers:
            continue
        own, offered = _options(row)
        for provider in row.values["lembaga"]:
            counts = found.setdefault(provider, [0] * (len(options) + 1))
            counts[0] += 1
            for option in (*own, *offered):
                counts[place[option]] += 1
    values = sorted(found)
    # Option by option, and only what is not 0: the gap since the last such provider, then its count.
    sparse = (_sparse([found[value][at] for value in values]) for at in range(len(options) + 1))
    return {"values": values, "counts": list(sparse)}


def _sparse(counts: Sequence[int]) -> str:
    out = []
    last = -1
    for place, count in enumerate(counts):
        if count:
            out += [place - last - 1, count - 1]
            last = place
    return numbers(out)
