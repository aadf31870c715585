"""The boot file of the *whole* form: columns, ids, words and titles in one pressed stream (press.py)."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from search_index.codec import ascending, numbers
from search_index.facets import Row, slugify
from search_index.press import Press, Tree, by_count, mix, ranked, tree
from search_index.whole import ELIGIBLE, facet_values, form_codes

if TYPE_CHECKING:
    from search_index.lexicon import Lexicon

# In this order: a column may be guessed from the provider's other courses or from the column before it.
COLUMNS = (
    "lembaga", "kategori", "cara", "kota", "minutes", "days",
    "mulai", "sertifikat", "tingkat", "source", "rating", "seen",
)  # fmt: skip
SHARED = 16  # more signs are not said to be shared with the word before
FAR = 9  # places in a word from which on they look alike
MOST_DIGITS = 12  # of an id, as a number
_HEX = re.compile("c[0-9a-f]{8,}")
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_STARTS = re.compile("(^|[^a-z])([a-z])")
_LETTER = re.compile("[a-z]")
# First contexts; press.js's callers in packing.js have the same.
COLUMN, SHARE, SIGN, WORD, SHAPE, FORM, RATERS, IDS = range(1, 9)


def numbered(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The distinct values, sorted, and each value's place among them from 1 on; 0 is unknown."""
    table = sorted({value for value in values if value is not None})
    place = {value: number for number, value in enumerate(table, 1)}
    return table, [0 if value is None else place[value] for value in values]


def id_digits(rows: Sequence[Row]) -> int:
    """How many hexadecimal digits all ids have at least after their "c"; 0 where one is no such id."""
    if not all(_HEX.fullmatch(row.id) for row in rows):
        return 0
    return min((len(row.id) - 1 for row in rows), default=0)


def squashed(name: str) -> str:
    """What a provider's id mostly is: its name without all but letters and digits."""
    return slugify(name).replace("-", "")


def shapes(word: str) -> tuple[str, str, str]:
    """A word of small letters as names are written, as it is, and in capitals; only a to z change."""
    raised = _STARTS.sub(lambda found: found[1] + found[2].upper(), word)
    return raised, word, _LETTER.sub(lambda found: found[0].upper(), word)


class Packer:
    """The stream, with the counts from which the reader makes the same trees, and `told`: a digit for every column,
    what it is guessed from."""

    def __init__(self) -> None:
        self.press = Press()
        self.counts: dict[str, str] = {}
        self.told = ""

    def _tally(self, name: str, values: Iterable[int], symbols: int) -> list[int]:
        tally = [0] * symbols
        for value in values:
            tally[value] += 1
        self.counts[name] = numbers(tally)
        return tally

    def column(
        self, name: str, values: Sequence[int], symbols: int, beside: Sequence[int], near: Sequence[int]
    ) -> None:
        """Numbers below `symbols`, guessed from nothing (0), from `beside` (1) or from `near` (2): whichever tells
        most about them."""
        told = tree(self._tally(name, values, symbols))
        own = mix(COLUMN, len(self.counts))
        choices = [[own] * len(values), [mix(own, one + 1) for one in beside], [mix(own, ~one) for one in near]]
        best = min(range(len(choices)), key=lambda choice: _pressed(told, values, choices[choice]))
        self.told += str(best)
        for value, context in zip(values, choices[best], strict=True):
            self.press.symbol(told, value, context)

    def sizes(self, values: Sequence[int], number: int, beside: Sequence[int], bits: int = 0) -> None:
        """Numbers of any size, of which nothing is known of the last `bits` bits; `beside` may tell how large."""
        for value, one in zip(values, beside, strict=True):
            self.press.size(value >> bits, mix(number, one))
            self.press.plain(value & (1 << bits) - 1, bits)

    def words(self, words: Sequence[str]) -> str:
        """Words in an order in which neighbours begin alike; returns their signs, the commonest first."""
        signs, counts = by_count(sign for word in words for sign in word)
        self.counts["signs"] = numbers([len(words), *counts])
        told, shared = tree([len(words), *counts]), ranked(SHARED)
        number = {sign: place for place, sign in enumerate(signs, 1)}
        last: list[int] = []
        for word in words:
            code = [number[sign] for sign in word]
            same = _shared(last, code)
            self.press.symbol(shared, same, mix(SHARE, len(last)))
            # The first sign that differs from the word before comes after that word's.
            other = 1 + (last[same] if same < len(last) else 0)
            for place in range(same, len(code) + 1):
                before = mix(SIGN, code[place - 1] if place else 0)
                self.press.symbol(told, code[place] if place < len(code) else 0, mix(before, other))
                other = 0
            last = code
        return "".join(signs)

    def lines(self, lines: Sequence[str]) -> tuple[str, list[str]]:
        """Lines of words, each guessed from the one before. Returns the signs of all words, and the words."""
        split = [line.split(" ") for line in lines]
        counts = Counter(word.translate(_SMALL) for words in split for word in words)
        known = sorted(counts)
        signs = self.words(known)
        for word in known:
            self.press.size(counts[word], mix(WORD, min(len(word), FAR)))
        told, shaped = tree([len(lines), *(counts[word] for word in known)]), ranked(4)
        number = {word: place for place, word in enumerate(known, 1)}
        for words in split:
            last = before = 0
            for word in words:
                small = word.translate(_SMALL)
                place = number[small]
                self.press.symbol(told, place, mix(WORD, ~last))
                last = place
                shape = next((n for n, text in enumerate(shapes(small)) if text == word), 3)
                self.press.symbol(shaped, shape, mix(mix(SHAPE, last), before))
                before = shape
                for sign in word if shape == 3 else "":
                    if sign.translate(_SMALL) in string.ascii_lowercase:
                        self.press.plain(int(sign in string.ascii_uppercase), 1)
            self.press.symbol(told, 0, mix(WORD, ~last))
        return signs, known

    def forms(self, words: Sequence[str], codes: Sequence[int]) -> None:
        """A code for every word, guessed from how the word ends."""
        told = tree(self._tally("forms", codes, max(codes, default=0) + 1))
        for word, code in zip(words, codes, strict=True):
            units = [0, *_units(word)]
            self.press.symbol(told, code, mix(mix(FORM, units[-1]), units[-2]))


def _pressed(told: Tree, values: Sequence[int], contexts: Sequence[int]) -> int:
    """How long the values are in these contexts."""
    trial = Press()
    for value, context in zip(values, contexts, strict=True):
        trial.symbol(told, value, context)
    return len(trial.done())


def _shared(last: Sequence[int], code: Sequence[int]) -> int:
    """How many signs the two begin with together, as far as that can be said."""
    most = min(len(last), len(code), SHARED - 1)
    return next((place for place in range(most) if last[place] != code[place]), most)


def _units(word: str) -> list[int]:
    """A word's UTF-16 units: what the browser's strings are made of."""
    data = word.encode("utf-16-le")
    return [data[at] | data[at + 1] << 8 for at in range(0, len(data), 2)]


def pack(
    rows: Sequence[Row], platforms: Sequence[str], facts: dict[str, Any], titles: Sequence[str], lexicon: Lexicon
) -> dict[str, Any]:
    """What the boot file holds besides its head: `facts` as they are, with the tables and counts of the columns, and
    `packed`: columns of courses, raters, offers, ids (unless they stand in the facts), words, titles and names of
    providers, codes of forms.
    """
    packer = Packer()
    nothing = [0] * len(rows)
    columns = {name: numbered(values) for name, values in facet_values(rows).items() if name in COLUMNS}
    provider, near = columns["lembaga"][1], nothing
    for name in COLUMNS:
        table, values = columns[name]
        packer.column(name, values, len(table) + 1, nothing if name == "lembaga" else provider, near)
        near = values
    raters = [0 if row.rating_count is None else row.rating_count + 1 for row in rows]
    packer.sizes(raters, RATERS, columns["rating"][1])
    tables = {name: columns[name][0] for name in COLUMNS} | _pack_offers(packer, rows, platforms, provider)

    head = facts | {"tables": tables} | _pack_ids(packer, rows)
    named = {row.provider_id: row.provider or "" for row in rows}
    providers = [(own, named[own]) for (own,) in columns["lembaga"][0]]
    tables["lembaga"] = ["" if own == squashed(name) else own for own, name in providers]
    head["signs"], words = packer.lines([*titles, *(name for _, name in providers)])
    codes, head["names"] = form_codes(lexicon, [*words, *facts["kategori"].values()])
    packer.forms([*codes], [*codes.values()])
    return {"facts": head | {"told": packer.told, "counts": packer.counts}, "packed": packer.press.done()}


def _pack_ids(packer: Packer, rows: Sequence[Row]) -> dict[str, Any]:
    """Ids as gaps between numbers of as many digits as all have; what longer ones have more stands in the facts."""
    digits = min(MOST_DIGITS, id_digits(rows))
    if not digits:
        return {"ids": "\n".join(row.id for row in rows)}
    values = [int(row.id[1 : 1 + digits], 16) for row in rows]
    gaps = [b - a for a, b in zip([0, *values], values, strict=False)]
    bits = (values[-1] // len(values)).bit_length()
    packer.sizes(gaps, IDS, [0] * len(gaps), bits)
    rests = [row.id[1 + digits :] for row in rows]
    return {"digits": digits, "gap": bits} | ({"rests": "\n".join(rests)} if any(rests) else {})


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
    step = math.gcd(*prices[0]) or 1
    return {"price": [step, ascending(price // step for price in prices[0])], "until": days[0]}
