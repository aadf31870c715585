"""A segment of the *sharded* form: buckets of words with their best courses and cards, lists, blocks of cards.

A segment never changes. A later night that changes few courses keeps the files of the first one (the base) and adds a
small second segment (the delta) with the courses that are new or changed; delta.py decides that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from search_index import bits, lists
from search_index.bulk import fnv, signs
from search_index.cards import Cards
from search_index.codec import ascending, numbers
from search_index.facets import Row
from search_index.lexicon import Expression, Lexicon
from search_index.lists import Facets, Lists, file_of, level_codes, option_lists, prices
from search_index.postings import Postings
from search_index.walk import lowest_prices

if TYPE_CHECKING:
    from search_index.export import Writer

HEAD = 20  # best courses of a word that stand in its bucket; one that has no more goes without a list
PAGE = 10  # courses of a page: so many have their cards in the bucket too
# Words that fewer courses, or a smaller share of them, have in their names are rare: they are most words, and few ask
# for them. They go without cards, into buckets of their own and into large files.
ASKED = 5
ASKED_SHARE = 0.0001
BUCKET_BYTES = 4_000  # JSON text of a bucket on average, before the host compresses it
MOST_BUCKETS = (600, 700)
BLOCK = 12  # courses of a card block, at least
MOST_BLOCKS = 5_000
DELTA_FILES = 0.08  # so many files may a delta have of what a base may: both together stay below 12,000


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
    rare: int
    near: int
    far: int
    block: int
    apart: int
    slots: int
    led: tuple[int, str]

    def to_json(self) -> dict[str, Any]:
        return vars(self)


@dataclass(slots=True)
class Entry:
    """A word or an expression of a bucket: what is written of it, and the courses whose cards stand beside it."""

    told: list[Any]
    carded: list[int]


@dataclass
class Bucket:
    """What will stand in a file of words."""

    words: dict[str, str | int] = field(default_factory=dict)
    terms: dict[str, list[Any]] = field(default_factory=dict)
    synonyms: dict[str, dict[str, list[str] | None]] = field(default_factory=dict)
    carded: set[int] = field(default_factory=set)


@dataclass
class SegmentWriter:
    """Writes the segment of `rows`; `postings` are of the same courses in the same order."""

    rows: Sequence[Row]
    postings: Postings
    lexicon: Lexicon
    platforms: Sequence[str]
    categories: Sequence[str]
    usable: Mapping[Expression, Sequence[Expression]]
    near: Sequence[dict[str, Any]]  # files of near.py: words of names,
    far: Sequence[dict[str, Any]]  # and of descriptions
    gone: Mapping[str, Gone] = field(default_factory=dict)
    loose: Iterable[Expression] = ()  # expressions whose usable synonyms are others than in the base
    words: Mapping[str, str] = field(default_factory=dict)  # written word -> family, of this segment
    base: bool = True

    def write(self, writer: Writer, start: int, digests: str) -> Segment:
        """Writes all files under one tag."""
        asked, rare = self._entries()
        rare_words = {word: name for word, name in self.words.items() if name in rare}
        asked_words = {word: name for word, name in self.words.items() if name not in rare}
        buckets = [
            self._buckets(asked, asked_words, self._most(MOST_BUCKETS[0])),
            self._buckets(rare, rare_words, MOST_BUCKETS[1]) if rare else [],
        ]
        self._add_synonyms(buckets[0])
        block = max(BLOCK, -(-len(self.rows) // self._most(MOST_BLOCKS)))
        tag = writer.together(self._files(buckets, block, digests))
        asked_buckets, rare_buckets = map(len, buckets)
        return Segment(
            tag, start, len(self.rows), asked_buckets, rare_buckets, len(self.near), len(self.far), block=block,
            apart=self._apart, slots=self._led.slots,
            led=(len(self._led.used), bits.ascending(self._led.used, [len(self._led.used)])[0]),
        )  # fmt: skip

    def _files(self, buckets: Sequence[Sequence[Bucket]], block: int, digests: str) -> Iterator[tuple[str, Any]]:
        for kind, some in zip("wx", buckets, strict=True):
            for place, bucket in enumerate(some):
                known = {"words": bucket.words, "terms": bucket.terms, "synonyms": bucket.synonyms}
                yield f"{kind}{place}", {key: value for key, value in known.items() if value}
        for place, bucket in enumerate(buckets[0]):
            courses = sorted(bucket.carded)
            yield f"h{place}", {"numbers": ascending(courses), "cards": self._cards.block(courses)} if courses else {}
        for at in range(0, len(self.rows), block):
            yield f"c{at // block}", self._cards.block(range(len(self.rows))[at : at + block])
        yield "s", {"ids": "\n".join(row.id for row in self.rows), "digests": digests}
        for kind, files in zip("bm", (self.near, self.far), strict=True):
            yield from ((f"{kind}{place}", file) for place, file in enumerate(files))
        yield "t", self._facets.tables
        yield "l", prices(self._lowest) | {"dearer": self._facets.dearer}
        yield from self._facets.write(self._facet_files, self._all)
        yield from self._all.write(self._list_files, self._levels, self._apart)

    def __post_init__(self) -> None:
        self._lowest = lowest_prices(self.rows)
        self._facets = Facets(self.rows, self._lowest, self.platforms)
        least = max(ASKED, ASKED_SHARE * len(self.rows))
        named = self.postings.named
        groups = {"=" + " ".join(e): (e, others) for e, others in self.usable.items() if others and e not in self.loose}
        found = {key: self.postings.of_group(*group) for key, group in groups.items()}
        held = {key: part for key, part in found.items() if len(part[0]) or key in self.gone}
        options = option_lists(self.rows, self._facets.more)
        gone = sorted(key for key in self.gone if key[0] != "=" and key not in named and key not in options)
        self._all = Lists.after(self.postings, gone, held | options)
        carded = [*(count >= least for count in named.values()), *([False] * len(gone)), *([True] * len(held))]
        self._carded = np.array(carded + [False] * len(options), dtype=bool)
        # A delta is small: all its words have the same buckets.
        self._asked = np.ones(len(self._carded), dtype=bool)
        if self.base:
            self._asked[: len(named)] = self._carded[: len(named)]
        self._levels = level_codes(self.rows)
        self._cards = Cards(self.rows, self.platforms, self.categories)
        long = np.flatnonzero(self._all.sizes > HEAD)
        most_lists, most_facets = ([*map(self._most, most)] for most in (lists.MOST_LISTS, lists.MOST_FACETS))
        self._led = self._all.led(long[self._asked[long]], self._most(lists.MOST_LED))
        left = np.setdiff1d(long, np.concatenate([*self._led.files, long[:0]]))
        most_lists[0] -= len(self._led.files)
        self._list_files = self._led.files + self._all.files(left, self._asked, lists.LIST_COURSES, most_lists)
        self._apart = self._all.apart(self._most(lists.MOST_LEVELS))
        faceted = self._facets.having(self._all)
        self._facet_files = self._all.files(faceted, self._asked, lists.FACET_COURSES, most_facets)

    def _most(self, files: int) -> int:
        return files if self.base else max(1, int(files * DELTA_FILES))

    def _entries(self) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """The entries of words that are asked for and of rare ones."""
        known = self._all
        list_of, facets_of = (file_of(files, len(known.keys)) for files in (self._list_files, self._facet_files))
        short = known.sizes <= HEAD
        most = np.where(self._asked | short, HEAD, PAGE)
        best, drops, courses, ends = known.best(most)
        held = signs(
            self._levels[courses[np.repeat(short, np.minimum(known.sizes, most))]], np.where(short, known.sizes, 0)
        )
        entries: tuple[dict[str, Entry], dict[str, Entry]] = ({}, {})
        firsts = ends - np.minimum(known.sizes, most)
        for n, (key, size) in enumerate(zip(known.keys, known.sizes.tolist(), strict=True)):
            told = [size, self.postings.named.get(key, 0), best[n], drops[n], held[n] or list_of[n], facets_of[n]]
            gone = self.gone.get(key)
            if gone:
                told += [gone.courses, gone.named, numbers(gone.best)]
            carded = courses[firsts[n] : ends[n]][:PAGE].tolist() if self._carded[n] else []
            entries[0 if self._asked[n] else 1][key] = Entry(told, carded)
        return entries

    def _buckets(self, entries: Mapping[str, Entry], words: Mapping[str, str], most: int) -> list[Bucket]:
        """Buckets of entries and of written words, the latter without those that are their own family."""
        others = sorted(word for word, name in words.items() if word != name or name not in entries)
        size = sum(len(word) + len(words[word]) + 6 for word in others)
        size += sum(len(key) + 16 + len(e.told[2]) + len(e.told[3]) + 60 * len(e.carded) for key, e in entries.items())
        buckets = [Bucket() for _ in range(max(1, min(most, size // BUCKET_BYTES)))]
        for word, place in zip(others, fnv(others) % len(buckets), strict=True):
            buckets[place].words[word] = 0 if word == words[word] else words[word]
        # An expression lies with its first word, which tells of it.
        firsts = [key.removeprefix("=").split(" ")[0] for key in entries]
        for (key, entry), place in zip(entries.items(), fnv(firsts) % len(buckets), strict=True):
            buckets[place].terms[key] = entry.told
            buckets[place].carded.update(entry.carded)
        return buckets

    def _add_synonyms(self, buckets: Sequence[Bucket]) -> None:
        """Expressions in the bucket of their first family; in a delta only those that are others than in the base."""
        chosen = None if self.base else set(self.loose)
        starts: dict[str, list[Expression]] = defaultdict(list)
        for expression in sorted({*self.usable, *self.loose}):
            if chosen is None or expression in chosen:
                starts[expression[0]].append(expression)
        for (key, expressions), place in zip(starts.items(), fnv(list(starts)) % len(buckets), strict=True):
            buckets[place].synonyms[key] = {" ".join(e): self._others(e) for e in expressions}

    def _others(self, expression: Expression) -> list[str] | None:
        """Usable synonyms; None where no course holds the expression nor any of them."""
        others = self.usable.get(expression)
        return None if others is None else [" ".join(other) for other in others]
