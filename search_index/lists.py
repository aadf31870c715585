"""All courses of words, for the *sharded* form: files of lists, and files of what can be filtered and counted of the
courses on a list, so that a query reads that of its rarest word instead of whole columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from search_index.bulk import Ints, ascending, column, numbers, ranges, signs
from search_index.cards import LEVEL_NAMES, mask
from search_index.facets import Row
from search_index.packing import numbered
from search_index.postings import Postings
from search_index.whole import ELIGIBLE, facet_values

LIST_BYTES = 3_000  # JSON text of a file of lists; a longer list has a file of its own
MOST_LISTS = 2_600
FACET_COURSES = 1_500  # courses of the lists of one file of facets
MOST_FACETS = 900
TOO_MANY = 0.4  # share of the courses: words that more have go without facets; for them whole columns are read
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


def prices(lowest: Sequence[int | None]) -> dict[str, Any]:
    """Lowest prices in the order of courses, ascending, as each price and how many courses have it; the others have
    none."""
    table, codes = numbered(lowest)
    counts = np.bincount(np.array(codes, dtype=np.int64), minlength=len(table) + 1)[1:]
    return {"prices": table, "courses": numbers(counts, [len(counts)])[0]}


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
        key = np.repeat(np.arange(len(self.sizes), dtype=np.int64), self.sizes)
        order = np.sort(key << 36 | (4095 - self.codes.astype(np.int64)) << 24 | self.courses)
        sizes = np.minimum(self.sizes, most)
        starts = self.ends - self.sizes
        order = order[ranges(starts, starts + sizes)]
        courses, codes = order & 0xFFFFFF, 4095 - (order >> 24 & 0xFFF)
        drops = -np.diff(codes, prepend=0)
        firsts = (np.cumsum(sizes) - sizes)[sizes > 0]
        drops[firsts] = codes[firsts]
        return numbers(courses, sizes), numbers(drops, sizes), courses, np.cumsum(sizes)

    def write(self, chosen: Ints, levels: Ints, files: dict[str, Any]) -> Ints:
        """Adds files of the chosen lists; returns the file of each list, -1 for others."""
        found = np.full(len(self.sizes), -1)
        per = (self.sizes[chosen] * 3).tolist()
        found[chosen] = cut(per, LIST_BYTES, MOST_LISTS)
        for name, part in _files(chosen, found):
            at, sizes = self.entries(part), self.sizes[part]
            courses = self.courses[at]
            texts = zip(
                ascending(courses, sizes), numbers(self.codes[at], sizes), signs(levels[courses], sizes), strict=True
            )
            files[f"r{name}"] = dict(zip((self.keys[n] for n in part), map(list, texts), strict=True))
        return found


def _files(chosen: Ints, files: Ints) -> Iterator[tuple[int, Ints]]:
    """Each file with the lists in it."""
    numbers_of = files[chosen]
    cuts = np.flatnonzero(np.diff(numbers_of)) + 1
    for part in np.split(chosen, cuts):
        if len(part):
            yield int(files[part[0]]), part


class Facets:
    """Columns of a segment's courses, from which those of lists are taken."""

    def __init__(self, rows: Sequence[Row], lowest: Sequence[int | None], platforms: Sequence[str]) -> None:
        known = facet_values(rows)
        self.tables: dict[str, list[Any]] = {}
        self.columns: dict[str, Ints] = {}
        for name in COLUMNS:
            self.tables[name], codes = numbered(known[name])
            self.columns[name] = np.array(codes, dtype=np.int64)
        offers = [(offer, price) for row, price in zip(rows, lowest, strict=True) for offer in row.offers]
        self.counts = np.array([len(row.offers) for row in rows], dtype=np.int64)
        self.ends = np.cumsum(self.counts)
        # How much more than the course's cheapest it costs; most courses have one offer. No known price is -1.
        more = [-1 if offer.price is None or price is None else offer.price - price for offer, price in offers]
        self.tables["more"], steps = numbered(more)
        self.tables["until"], days = numbered([offer.until for offer, _ in offers])
        self.offers = {
            "p": np.array([platforms.index(offer.platform) for offer, _ in offers], dtype=np.int64),
            "e": np.array([ELIGIBLE.index(offer.eligible) for offer, _ in offers], dtype=np.int64),
            "more": np.array(steps, dtype=np.int64),
            "until": np.array(days, dtype=np.int64),
        }

    def of(self, courses: Ints) -> dict[str, Any]:
        """Columns of these courses, in their order."""
        counts = self.counts[courses]
        at = ranges(self.ends[courses] - counts, self.ends[courses])
        found = {name: column(values[courses]) for name, values in self.columns.items()}
        found["n"] = column(counts)
        return found | {name: column(values[at]) for name, values in self.offers.items()}

    def write(self, lists: Lists, files: dict[str, Any]) -> Ints:
        """Adds files of the lists' facets; returns the file of each list, -1 where it has none."""
        chosen = np.flatnonzero((lists.sizes > 0) & (lists.sizes <= max(1, TOO_MANY * len(self.counts))))
        found = np.full(len(lists.sizes), -1)
        found[chosen] = cut(lists.sizes[chosen].tolist(), FACET_COURSES, MOST_FACETS)
        for name, part in _files(chosen, found):
            sizes = lists.sizes[part]
            starts = dict(zip((lists.keys[n] for n in part), (np.cumsum(sizes) - sizes).tolist(), strict=True))
            files[f"f{name}"] = {"starts": starts} | self.of(lists.courses[lists.entries(part)])
        return found
