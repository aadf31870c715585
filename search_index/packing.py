"""The boot file of the *whole* form: facts, titles, columns and ids in one pressed stream (press.py)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from catalog.files import dump_json
from search_index.facets import Row
from search_index.press import Press, alphabet_of, spelled
from search_index.whole import ELIGIBLE, facet_values

# In this order: a column is guessed from the provider's other courses and from the column before it.
COLUMNS = (
    "lembaga", "kategori", "cara", "kota", "minutes", "days",
    "mulai", "sertifikat", "tingkat", "source", "rating", "seen",
)  # fmt: skip
_HEX = re.compile("c[0-9a-f]{12}")


def numbered(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The distinct values, sorted, and each value's place among them from 1 on; 0 is unknown."""
    table = sorted({value for value in values if value is not None})
    place = {value: number for number, value in enumerate(table, 1)}
    return table, [0 if value is None else place[value] for value in values]


def _before(numbers: Sequence[int], first: Sequence[bool]) -> list[int]:
    """The value of the same course's offer before, plus one; 0 for a first offer."""
    return [0 if new else last + 1 for new, last in zip(first, [0, *numbers], strict=False)]


def ids_are_numbers(rows: Sequence[Row]) -> bool:
    """Are all ids "c" and twelve hexadecimal digits?"""
    return all(_HEX.fullmatch(row.id) for row in rows)


def pack(
    rows: Sequence[Row], platforms: Sequence[str], facts: dict[str, Any], titles: str, forms: Sequence[int]
) -> dict[str, Any]:
    """What the boot file holds besides its head: `signs`, `lengths` of the two texts, and `packed`.

    The stream: `facts` with the tables of the columns as JSON, the titles, columns of courses, raters, offers, ids
    (unless they stand in the facts), codes of forms.
    """
    known = facet_values(rows)
    columns = {name: numbered(known[name]) for name in COLUMNS}
    offers = [offer for row in rows for offer in row.offers]
    prices, days = numbered([offer.price for offer in offers]), numbered([offer.until for offer in offers])
    counts = [len(row.offers) for row in rows]
    numeric = ids_are_numbers(rows)
    tables = {name: table for name, (table, _) in columns.items()} | {"price": prices[0], "until": days[0]}
    head = facts | {"tables": tables, "most": [max(counts, default=0), max(forms, default=0)], "forms": len(forms)}
    if not numeric:
        head["ids"] = "\n".join(row.id for row in rows)
    text = dump_json(head)
    signs = alphabet_of([text, titles])
    press = Press()
    press.text(text, signs)
    press.text(titles, signs)

    nothing = near = [0] * len(rows)
    provider = columns["lembaga"][1]
    for number, (name, (table, values)) in enumerate(columns.items()):
        press.column(values, len(table), number, nothing if name == "lembaga" else provider, near)
        near = values
    press.sizes((0 if row.rating_count is None else row.rating_count + 1 for row in rows), 20)

    press.column(counts, head["most"][0], 21, provider, nothing)
    owner = [provider[course] for course, count in enumerate(counts) for _ in range(count)]
    first = [number == 0 for count in counts for number in range(count)]
    shops = [platforms.index(offer.platform) for offer in offers]
    eligible = [ELIGIBLE.index(offer.eligible) for offer in offers]
    press.column(shops, len(platforms), 22, _before(shops, first), owner)
    press.column(eligible, len(ELIGIBLE), 23, _before(eligible, first), shops)
    press.column(prices[1], len(prices[0]), 24, _before(prices[1], first), owner)
    press.column(days[1], len(days[0]), 25, _before(days[1], first), shops)

    if numeric:
        values = [int(row.id[1:], 16) for row in rows]
        press.sizes((b - a - 1 for a, b in zip([-1, *values], values, strict=False)), 26)
    flat = [0] * len(forms)
    press.column(forms, head["most"][1], 27, flat, flat)
    return {"count": len(rows), "signs": signs, "lengths": [len(text), len(titles)], "packed": spelled(press.done())}
