"""All courses of words, for the *sharded* form: files of lists, and files of what can be filtered and counted of the
courses on a list, so that a query reads that of its rarest word instead of whole columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

import numpy as np

from search_index import bits
from search_index.bulk import Ints, column, fnv, joined, numbers, ranges, spelled
from search_index.cards import LEVEL_NAMES, mask
from search_index.counts import offer_options, own_options
from search_index.facets import Row
from search_index.packing import numbered
from search_index.postings import Postings
from search_index.whole import ELIGIBLE, facet_values

LIST_COURSES = 1_000  # courses of the lists of one file; a longer list has a file of its own
# At most so many files of such lists lie where their keys' hashes say, that is in slots, of which most stay empty.
MOST_LED = 1_500
SLOTS = 32  # for each of these lists: a key without one is seldom taken for another
FACET_COURSES = 1_500  # courses of the lists of one file of facets
# At most so many files for words that people ask for, and for all others.
MOST_LISTS = (2_000, 250)
MOST_FACETS = (900, 150)
LEVELS_APART = 12_000
MOST_LEVELS = 300
TOO_MANY = 0.4  # share of the courses: words that more have go without facets; for them whole columns are read
STEP = 1_000_000  # postings that are sorted at a time
COLUMNS = ("kategori", "cara", "kota", "lembaga", "minutes", "mulai", "sertifikat", "rating")


def cut(sizes: Sequence[int], least: int, most_files: int) -> list[int]:
    """The file of each of some lists of these sizes: files hold `least`, or as much more as makes `most_files` do."""
    room = least
    while True:
        files, left, last = [], 0, -1
        for size in sizes:
            if size > left:
                last, left = last + 1, room
            files.append(last)
            left -= size
        if last < most_files:
            return files
        room += room // 4


def level_codes(rows: Sequence[Row]) -> Ints:
    """Levels of courses: beginner counts 1, intermediate 2, advanced 4."""
    return np.array([mask(row.levels, LEVEL_NAMES) for row in rows], dtype=np.int64)


def option_lists(rows: Sequence[Row], more: Sequence[int]) -> dict[str, tuple[Ints, Ints]]:
    """The courses of every option, providers included, as lists whose keys begin with "#". They have no scores: codes
    of an option of offers say by how much the cheapest of these is dearer than the course's cheapest, as `more` says of
    all offers, one course's after the other's; other codes are 0."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    steps = iter(more)
    for number, row in enumerate(rows):
        providers = (f"lembaga={name}" for name in row.values["lembaga"])
        for option in (*own_options(row), *providers):
            found[f"#{option}"][number] = 0
        for offer, step in zip(row.offers, steps, strict=False):
            for option in offer_options(offer):
                dearer = found[f"#{option}"]
                dearer[number] = min(step, dearer.get(number, step))
    return {key: _entries(found[key]) for key in sorted(found)}


def _entries(codes: Mapping[int, int]) -> tuple[Ints, Ints]:
    return np.fromiter(codes, dtype=np.uint32), np.fromiter(codes.values(), dtype=np.uint16)


def prices(lowest: Sequence[int | None]) -> dict[str, Any]:
    """Lowest prices in the order of courses, ascending, as each price and how many courses have it; the others have
    none."""
    table, codes = numbered(lowest)
    counts = np.bincount(np.array(codes, dtype=np.int64), minlength=len(table) + 1)[1:]
    return {"prices": table, "courses": numbers(counts, [len(counts)])[0]}


class Led(NamedTuple):
    """Files of lists that lie where their keys' hashes say: of so many slots those that are used, ascending, and the
    lists of each, so that a browser asks for a list before it knows the word."""

    slots: int
    used: Ints
    files: list[Ints]


class Lists:
    """Lists of many words, one after the other: `sizes` courses each, with codes of scores."""

    def __init__(self, keys: Sequence[str], sizes: Ints, courses: Ints, codes: Ints) -> None:
        self.keys, self.sizes, self.courses, self.codes = keys, sizes, courses, codes
        self.ends = np.cumsum(sizes)

    @classmethod
    def after(cls, postings: Postings, empty: Sequence[str], more: Mapping[str, tuple[Ints, Ints]]) -> Lists:
        """The families of `postings`, then keys without courses, then more keys."""
        sizes = np.concatenate([np.diff(postings.starts), [0] * len(empty), [len(part) for part, _ in more.values()]])
        courses = np.concatenate([postings.courses, *(part for part, _ in more.values())])
        codes = np.concatenate([postings.codes, *(part for _, part in more.values())])
        return cls([*postings.named, *empty, *more], sizes.astype(np.int64), courses, codes)

    def entries(self, chosen: Ints) -> Ints:
        """Places of the entries of the chosen lists."""
        return ranges(self.ends[chosen] - self.sizes[chosen], self.ends[chosen])

    def best(self, most: Ints) -> tuple[list[str], list[str], Ints, Ints]:
        """Of each list as many of its best courses as `most` says: courses, drops of codes (the first, then how much
        less each next one is), and the courses once more as numbers with where each list ends."""
        sizes = np.minimum(self.sizes, most)
        cuts = np.unique(np.searchsorted(self.ends, np.arange(0, len(self.courses) + STEP, STEP)))
        parts = [self._best(np.arange(a, b), sizes[a:b]) for a, b in pairwise([*cuts.tolist(), len(sizes)])]
        order = np.concatenate([*parts, np.zeros(0, dtype=np.int64)])
        courses, codes = order & 0xFFFFFF, 0xFFFF - (order >> 24 & 0xFFFF)
        drops = -np.diff(codes, prepend=0)
        firsts = (np.cumsum(sizes) - sizes)[sizes > 0]
        drops[firsts] = codes[firsts]
        return numbers(courses, sizes), numbers(drops, sizes), courses, np.cumsum(sizes)

    def _best(self, keys: Ints, sizes: Ints) -> Ints:
        entries = self.entries(keys)
        key = np.repeat(np.arange(len(keys), dtype=np.int64), self.sizes[keys])
        order = np.sort(key << 40 | (0xFFFF - self.codes[entries].astype(np.int64)) << 24 | self.courses[entries])
        starts = np.cumsum(self.sizes[keys]) - self.sizes[keys]
        return np.asarray(order[ranges(starts, starts + sizes)])

    def led(self, chosen: Ints, most: int) -> Led:
        """Puts the longest of the chosen lists, those that are worth a file, into slots; `most` lists at most."""
        longest = np.sort(self.sizes[chosen])[::-1]
        least = max(LIST_COURSES, int(longest[most]) if len(longest) > most else 0)
        long = chosen[self.sizes[chosen] > least]
        slots = fnv([self.keys[n] for n in long]) % max(1, SLOTS * len(long))
        order = np.argsort(slots, kind="stable")
        used, firsts = np.unique(slots[order], return_index=True)
        return Led(SLOTS * len(long), used, np.split(long[order], firsts[1:]) if len(long) else [])

    def files(self, chosen: Ints, asked: Ints, least: int, most: Sequence[int]) -> list[Ints]:
        """The chosen lists file by file: those of words that are asked for, then others; see `cut`."""
        found: list[Ints] = []
        for part, most_files in zip((chosen[asked[chosen]], chosen[~asked[chosen]]), most, strict=True):
            places = np.array(cut(self.sizes[part].tolist(), least, most_files), dtype=np.int64)
            found += [lists for lists in np.split(part, np.flatnonzero(np.diff(places)) + 1) if len(lists)]
        return found

    def apart(self, most: int) -> int:
        """Lists of more courses than that have their levels in files of their own, `most` at most: who asks for no
        level goes without them."""
        longest = np.sort(self.sizes)[::-1]
        return max(LEVELS_APART, int(longest[most]) if len(longest) > most else 0)

    def write(self, files: Sequence[Ints], levels: Ints, apart: int) -> Iterator[tuple[str, Any]]:
        """Files of lists, and of levels that lie apart."""
        for name, part in enumerate(files):
            at, sizes = self.entries(part), self.sizes[part]
            courses = self.courses[at]
            known = {"keys": [self.keys[n] for n in part], "courses": bits.ascending(courses, sizes)}
            codes = {"codes": bits.coded(self.codes[at], sizes)}
            told = {"levels": bits.coded(levels[courses], sizes)}
            if sizes.max() > apart:
                yield f"g{name}", told
                told = {}
            yield f"r{name}", known | codes | told


def file_of(files: Sequence[Ints], count: int) -> list[int]:
    """The file of each of `count` lists; -1 where it has none."""
    found = np.full(count, -1)
    for name, part in enumerate(files):
        found[part] = name
    return found.tolist()


class Facets:
    """Columns of a segment's courses, spelled, from which those of lists are taken. `more` says of every offer by how
    much it is dearer than the course's cheapest, as places from 1 on in `dearer`: ascending, at last -1, an unknown
    price."""

    def __init__(self, rows: Sequence[Row], lowest: Sequence[int | None], platforms: Sequence[str]) -> None:
        known = facet_values(rows)
        self.tables: dict[str, list[Any]] = {}
        self.columns: dict[str, Ints] = {}
        for name in COLUMNS:
            self.tables[name], codes = numbered(known[name])
            self.columns[name] = spelled(np.array(codes))
        offers = [(offer, price) for row, price in zip(rows, lowest, strict=True) for offer in row.offers]
        self.counts = np.array([len(row.offers) for row in rows], dtype=np.int64)
        self.ends = np.cumsum(self.counts)
        more = [inf if offer.price is None or price is None else offer.price - price for offer, price in offers]
        steps, self.more = numbered(more)
        self.dearer = [-1 if step == inf else step for step in steps]
        self.tables["until"], days = numbered([offer.until for offer, _ in offers])
        self.offers = {
            "p": spelled(np.array([platforms.index(offer.platform) for offer, _ in offers])),
            "e": spelled(np.array([ELIGIBLE.index(offer.eligible) for offer, _ in offers])),
            "more": spelled(np.array(self.more)),
            "until": spelled(np.array(days)),
        }

    def of(self, courses: Ints) -> dict[str, Any]:
        """Columns of these courses, in their order."""
        counts = self.counts[courses]
        at = ranges(self.ends[courses] - counts, self.ends[courses])
        found = {name: joined(np.take(values, courses, axis=0)) for name, values in self.columns.items()}
        found["n"] = column(counts)
        return found | {name: joined(np.take(values, at, axis=0)) for name, values in self.offers.items()}

    def having(self, lists: Lists) -> Ints:
        """The lists that have facets."""
        return np.flatnonzero((lists.sizes > 0) & (lists.sizes <= max(1, TOO_MANY * len(self.counts))))

    def write(self, files: Sequence[Ints], lists: Lists) -> Iterator[tuple[str, Any]]:
        """Files of the lists' facets."""
        for name, part in enumerate(files):
            sizes = lists.sizes[part]
            starts = dict(zip((lists.keys[n] for n in part), (np.cumsum(sizes) - sizes).tolist(), strict=True))
            yield f"f{name}", {"starts": starts} | self.of(lists.courses[lists.entries(part)])
