"""The boot file of the *whole* form: columns, ids, words and titles in one pressed stream (press.py)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from search_index.codec import numbers
from search_index.facets import Row
from search_index.press import Press, by_count, mix, ranked, tree
from search_index.whole import ELIGIBLE, facet_values

# In this order: a column is guessed from the provider's other courses and from the column before it.
COLUMNS = (
    "lembaga", "kategori", "cara", "kota", "minutes", "days",
    "mulai", "sertifikat", "tingkat", "source", "rating", "seen",
)  # fmt: skip
SHARED = 16  # more signs are not said to be shared with the word before
FAR = 9  # places in a word from which on they look alike
_HEX = re.compile("c[0-9a-f]{12}")
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_STARTS = re.compile("(^|[^a-z])([a-z])")
_LETTER = re.compile("[a-z]")
# Sets of weights and first contexts; press.js's callers in packing.js have the same.
COLUMN, SHARE, SIGN, WORD, SHAPE, FORM = range(1, 7)


def numbered(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The distinct values, sorted, and each value's place among them from 1 on; 0 is unknown."""
    table = sorted({value for value in values if value is not None})
    place = {value: number for number, value in enumerate(table, 1)}
    return table, [0 if value is None else place[value] for value in values]


def ids_are_numbers(rows: Sequence[Row]) -> bool:
    """Are all ids "c" and twelve hexadecimal digits?"""
    return all(_HEX.fullmatch(row.id) for row in rows)


def shapes(word: str) -> tuple[str, str, str]:
    """A word of small letters as names are written, as it is, and in capitals; only a to z change."""
    raised = _STARTS.sub(lambda found: found[1] + found[2].upper(), word)
    return raised, word, _LETTER.sub(lambda found: found[0].upper(), word)


class Packer:
    """The stream, with the counts from which the reader makes the same trees."""

    def __init__(self) -> None:
        self.press = Press()
        self.counts: dict[str, str] = {}

    def _tally(self, name: str, values: Iterable[int], symbols: int) -> list[int]:
        tally = [0] * symbols
        for value in values:
            tally[value] += 1
        self.counts[name] = numbers(tally)
        return tally

    def column(
        self, name: str, values: Sequence[int], symbols: int, beside: Sequence[int], near: Sequence[int]
    ) -> None:
        """Numbers below `symbols`; the columns `beside` and `near` may tell something about this one."""
        told = tree(self._tally(name, values, symbols))
        own = mix(COLUMN, len(self.counts))
        for value, one, other in zip(values, beside, near, strict=True):
            first = mix(own, one + 1)
            self.press.symbol(told, value, COLUMN, first, mix(own, ~other), mix(first, ~other))

    def sizes(self, values: Iterable[int], number: int, bits: int = 0) -> None:
        """Numbers of any size, of which nothing is known of the last `bits` bits."""
        for value in values:
            self.press.size(value >> bits, mix(0, number))
            self.press.plain(value & (1 << bits) - 1, bits)

    def words(self, words: Sequence[str]) -> str:
        """Words in an order in which neighbours begin alike; returns their signs, the commonest first."""
        signs, counts = by_count(sign for word in words for sign in word)
        self.counts["signs"] = numbers([len(words), *counts])
        told, shared = tree([len(words), *counts]), ranked(SHARED)
        number = {sign: place for place, sign in enumerate(signs, 1)}
        last: list[int] = []
        before = 0
        for word in words:
            code = [number[sign] for sign in word]
            same = _shared(last, code)
            self.press.symbol(shared, same, SHARE, mix(SHARE, 0), mix(SHARE, 1 + before), mix(SHARE, ~len(last)))
            for place in range(same, len(code) + 1):
                a, b = code[place - 1] if place else 0, code[place - 2] if place > 1 else 0
                first = 1 + (last[place] if place < len(last) else 0) if place == same else 0
                one = mix(mix(SIGN, a), first)
                two = mix(mix(mix(SIGN, ~a), b), first and 1)
                where = mix(mix(SIGN, min(place, FAR) + 1000), first)
                self.press.symbol(told, code[place] if place < len(code) else 0, SIGN, one, two, where)
            last, before = code, same
        return "".join(signs)

    def lines(self, lines: Sequence[str], about: Sequence[int]) -> str:
        """Lines of words; `about` tells something about each. Returns the signs of all words."""
        split = [line.split(" ") for line in lines]
        counts = Counter(word.translate(_SMALL) for words in split for word in words)
        known = sorted(counts)
        signs = self.words(known)
        for word in known:
            self.press.size(counts[word], mix(WORD, min(len(word), FAR)))
        told, shaped = tree([len(lines), *(counts[word] for word in known)]), ranked(4)
        number = {word: place for place, word in enumerate(known, 1)}
        for words, topic in zip(split, about, strict=True):
            last = before = 0
            own = mix(WORD, 0)
            for word in words:
                small = word.translate(_SMALL)
                place = number[small]
                self.press.symbol(told, place, WORD, own, mix(own, last + 1), mix(mix(own, ~last), topic))
                last = place
                shape = next((n for n, text in enumerate(shapes(small)) if text == word), 3)
                at = mix(SHAPE, last)
                self.press.symbol(shaped, shape, SHAPE, at, mix(SHAPE, ~before), mix(at, ~before))
                before = shape
                for sign in word if shape == 3 else "":
                    if sign.translate(_SMALL) in string.ascii_lowercase:
                        self.press.plain(int(sign in string.ascii_uppercase), 1)
            self.press.symbol(told, 0, WORD, own, mix(own, last + 1), mix(mix(own, ~last), topic))
        return signs

    def forms(self, words: Sequence[str], codes: Sequence[int]) -> None:
        """A code for every word, guessed from how the word begins and ends."""
        told = tree(self._tally("forms", codes, max(codes, default=0) + 1))
        for word, code in zip(words, codes, strict=True):
            units = _units(word)
            end = mix(mix(FORM, units[-1]), units[-2] if len(units) > 1 else 0)
            more = mix(mix(end, units[-3] if len(units) > 2 else 0), units[-4] if len(units) > 3 else 0)
            start = mix(mix(mix(end, units[0]), units[1] if len(units) > 1 else 0), units[2] if len(units) > 2 else 0)
            self.press.symbol(told, code, FORM, end, more, start)


def _shared(last: Sequence[int], code: Sequence[int]) -> int:
    """How many signs the two begin with together, as far as that can be said."""
    most = min(len(last), len(code), SHARED - 1)
    return next((place for place in range(most) if last[place] != code[place]), most)


def _units(word: str) -> list[int]:
    """A word's UTF-16 units: what the browser's strings are made of."""
    data = word.encode("utf-16-le")
    return [data[at] | data[at + 1] << 8 for at in range(0, len(data), 2)]


def pack(
    rows: Sequence[Row], platforms: Sequence[str], facts: dict[str, Any], titles: Sequence[str], forms: dict[str, int]
) -> dict[str, Any]:
    """What the boot file holds besides its head: `facts` as they are, with the tables and counts of the columns, and
    `packed`: columns of courses, raters, offers, ids (unless they stand in the facts), words, titles and names of
    providers, codes of `forms`.
    """
    packer = Packer()
    nothing = [0] * len(rows)
    columns = {name: numbered(values) for name, values in facet_values(rows).items() if name in COLUMNS}
    provider, near = columns["lembaga"][1], nothing
    for name in COLUMNS:
        table, values = columns[name]
        packer.column(name, values, len(table) + 1, nothing if name == "lembaga" else provider, near)
        near = values
    packer.sizes((0 if row.rating_count is None else row.rating_count + 1 for row in rows), 1)
    tables = {name: columns[name][0] for name in COLUMNS} | _pack_offers(packer, rows, platforms, provider)

    head = facts | {"tables": tables}
    if ids_are_numbers(rows):
        values = [int(row.id[1:], 16) for row in rows]
        gaps = [b - a - 1 for a, b in zip([-1, *values], values, strict=False)]
        head["gap"] = (sum(gaps) // max(1, len(gaps))).bit_length()
        packer.sizes(gaps, 2, head["gap"])
    else:
        head["ids"] = "\n".join(row.id for row in rows)
    names = {row.provider_id: row.provider or "" for row in rows}
    lines = [*titles, *(names[value] for (value,) in columns["lembaga"][0])]
    topics = [*columns["kategori"][1], *[len(columns["kategori"][0]) + 1] * (len(lines) - len(titles))]
    head["signs"] = packer.lines(lines, topics)
    packer.forms([*forms], [*forms.values()])
    return {"facts": head | {"counts": packer.counts}, "packed": packer.press.done()}


def _pack_offers(
    packer: Packer, rows: Sequence[Row], platforms: Sequence[str], provider: Sequence[int]
) -> dict[str, Any]:
    """Columns of offers, each guessed from the course's offer before; returns the tables of prices and last days."""
    offers = [offer for row in rows for offer in row.offers]
    counts = [len(row.offers) for row in rows]
    packer.column("n", counts, max(counts, default=0) + 1, provider, [0] * len(rows))
    owner = [provider[course] for course, count in enumerate(counts) for _ in range(count)]
    first = [number == 0 for count in counts for number in range(count)]

    def told(name: str, values: Sequence[int], symbols: int, near: Sequence[int]) -> None:
        before = [0 if new else last + 1 for new, last in zip(first, [0, *values], strict=False)]
        packer.column(name, values, symbols, before, near)

    shops = [platforms.index(offer.platform) for offer in offers]
    told("p", shops, len(platforms), owner)
    told("e", [ELIGIBLE.index(offer.eligible) for offer in offers], len(ELIGIBLE), shops)
    prices, days = numbered([offer.price for offer in offers]), numbered([offer.until for offer in offers])
    told("price", prices[1], len(prices[0]) + 1, owner)
    told("until", days[1], len(days[0]) + 1, shops)
    return {"price": prices[0], "until": days[0]}
