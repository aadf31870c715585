"""A segment of the *sharded* form: buckets of words with their best courses and cards, lists, blocks of cards.

A segment never changes. A later night that changes few courses keeps the files of the first one (the base) and adds a
small second segment (the delta) with the courses that are new or changed; delta.py decides that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from search_index.bulk import fnv, signs
from search_index.cards import Cards
from search_index.codec import ascending, numbers
from search_index.facets import Row
from search_index.lexicon import Expression, Lexicon
from search_index.lists import Facets, Lists, level_codes, prices
from search_index.postings import Postings
from search_index.walk import lowest_prices

if TYPE_CHECKING:
    from search_index.export import Writer

HEAD = 20  # best courses of a word that stand in its bucket; one that has no more goes without a list
PAGE = 10  # courses of a page: so many have their cards in the bucket too
CARDED = 5  # words that fewer courses have in their names go without cards: they are most words, and few ask for them
BUCKET_BYTES = 4_000  # JSON text of a bucket on average, before the host compresses it
MOST_BUCKETS = 3_000
BLOCK = 12  # courses of a card block, at least
MOST_BLOCKS = 4_600


@dataclass(frozen=True)
class Gone:
    """What a delta takes away from a word of the base: courses, courses by name, places in the base's best."""

    courses: int = 0
    named: int = 0
    best: tuple[int, ...] = ()


@dataclass
class Segment:
    """What the boot file says of a segment: `start` is the number of its first course."""

    tag: str
    start: int
    count: int
    buckets: int
    near: int
    block: int

    def to_json(self) -> dict[str, Any]:
        return vars(self)


@dataclass
class Entry:
    """A word or an expression of a bucket: what is written of it, and the courses whose cards stand beside it."""

    told: list[Any]
    carded: list[int]


@dataclass
class SegmentWriter:
    """Writes the segment of `rows`; `postings` are of the same courses in the same order."""

    rows: Sequence[Row]
    postings: Postings
    lexicon: Lexicon
    platforms: Sequence[str]
    categories: Sequence[str]
    usable: Mapping[Expression, Sequence[Expression]]
    near: Sequence[dict[str, Any]]  # files of near.py
    gone: Mapping[str, Gone] = field(default_factory=dict)
    loose: Iterable[Expression] = ()  # expressions whose usable synonyms are others than in the base
    words: Mapping[str, str] = field(default_factory=dict)  # written word -> family, of this segment
    base: bool = True

    def write(self, writer: Writer, start: int, digests: str) -> Segment:
        """Writes all files under one tag."""
        files: dict[str, Any] = {}
        cards = Cards(self.rows, self.platforms, self.categories)
        buckets = self._buckets(self._entries(files), cards)
        for place, bucket in enumerate(buckets):
            files[f"w{place}"] = bucket
        block = max(BLOCK, -(-len(self.rows) // MOST_BLOCKS))
        for at in range(0, len(self.rows), block):
            files[f"c{at // block}"] = cards.block(range(len(self.rows))[at : at + block])
        files["s"] = {"ids": "\n".join(row.id for row in self.rows), "digests": digests, "categories": self.categories}
        files |= {f"b{place}": file for place, file in enumerate(self.near)}
        return Segment(writer.together(files), start, len(self.rows), len(buckets), len(self.near), block)

    def _lists(self) -> tuple[Lists, list[int]]:
        """Every word and expression with its courses, and how many of them have the word in their names."""
        groups = {"=" + " ".join(e): (e, others) for e, others in self.usable.items() if others and e not in self.loose}
        found = {key: self.postings.of_group(*group) for key, group in groups.items()}
        held = {key: part for key, part in found.items() if len(part[0]) or key in self.gone}
        gone = sorted(key for key in self.gone if key[0] != "=" and key not in self.postings.named)
        named = [*self.postings.named.values(), *([0] * len(gone)), *([CARDED] * len(held))]
        return Lists.after(self.postings, gone, held), named

    def _entries(self, files: dict[str, Any]) -> dict[str, Entry]:
        """The entries of all words; adds the files of their lists and facets, of all values and of lowest prices."""
        lists, named = self._lists()
        lowest = lowest_prices(self.rows)
        facets = Facets(self.rows, lowest, self.platforms)
        levels = level_codes(self.rows)
        files["t"] = facets.tables
        files["l"] = prices(lowest)
        list_of = lists.write(np.flatnonzero(lists.sizes > HEAD), levels, files).tolist()
        facets_of = facets.write(lists, files).tolist()
        carded = np.array(named, dtype=np.int64) >= CARDED
        most = np.where(carded | (lists.sizes <= HEAD) | (not self.base), HEAD, PAGE)
        best, drops, courses, ends = lists.best(most)
        short = lists.sizes <= HEAD
        sizes = np.where(short, lists.sizes, 0)
        held = signs(levels[courses[np.repeat(short, np.minimum(lists.sizes, most))]], sizes)
        entries = {}
        for n, (key, size, name) in enumerate(zip(lists.keys, lists.sizes.tolist(), named, strict=True)):
            told = [size, 0 if key[0] == "=" else name, best[n], drops[n], held[n] or list_of[n], facets_of[n]]
            gone = self.gone.get(key)
            if gone:
                told += [gone.courses, gone.named, numbers(gone.best)]
            first = int(ends[n]) - min(size, int(most[n]))
            entries[key] = Entry(told, courses[first : min(first + PAGE, int(ends[n]))].tolist() if carded[n] else [])
        return entries

    def _buckets(self, entries: Mapping[str, Entry], cards: Cards) -> list[dict[str, Any]]:
        others = {word: name for word, name in self.words.items() if word != name or name not in entries}
        size = sum(len(word) + len(name) + 6 for word, name in others.items())
        size += sum(len(key) + 16 + len(e.told[2]) + len(e.told[3]) + 60 * len(e.carded) for key, e in entries.items())
        count = max(1, min(MOST_BUCKETS, size // BUCKET_BYTES))
        buckets: list[dict[str, Any]] = [{"words": {}, "terms": {}, "synonyms": {}} for _ in range(count)]
        carded: list[set[int]] = [set() for _ in range(count)]
        words = sorted(others)
        for word, place in zip(words, fnv(words) % count, strict=True):
            name = others[word]
            buckets[place]["words"][word] = 0 if word == name else name
        # An expression lies with its first word, which tells of it.
        firsts = [key.removeprefix("=").split(" ")[0] for key in entries]
        for (key, entry), place in zip(entries.items(), fnv(firsts) % count, strict=True):
            buckets[place]["terms"][key] = entry.told
            carded[place].update(entry.carded)
        self._add_synonyms(buckets)
        for bucket, chosen in zip(buckets, carded, strict=True):
            bucket["numbers"] = ascending(sorted(chosen))
            bucket["cards"] = cards.block(sorted(chosen)) if chosen else None
        return [{key: value for key, value in bucket.items() if value} for bucket in buckets]

    def _add_synonyms(self, buckets: list[dict[str, Any]]) -> None:
        """Expressions in the bucket of their first family; in a delta only those that are others than in the base."""
        chosen = None if self.base else set(self.loose)
        starts: dict[str, list[Expression]] = defaultdict(list)
        for expression in sorted({*self.usable, *self.loose}):
            if chosen is None or expression in chosen:
                starts[expression[0]].append(expression)
        for (key, expressions), place in zip(starts.items(), fnv(list(starts)) % len(buckets), strict=True):
            buckets[place]["synonyms"][key] = {" ".join(e): self._others(e) for e in expressions}

    def _others(self, expression: Expression) -> list[str] | None:
        """Usable synonyms; None where no course holds the expression nor any of them."""
        others = self.usable.get(expression)
        return None if others is None else [" ".join(other) for other in others]
