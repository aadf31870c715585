"""How many courses there are with each option, for questions without words in the *sharded* form: a browser that knows
these counts needs no columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from search_index.bulk import Ints, numbers
from search_index.facets import ELIGIBLE, Row, RowOffer
from search_index.filters import rating_values, still_buyable

ALWAYS = 99_999_999  # the day of what has no last day
COURSE_GROUPS = ("tingkat", "kategori", "cara", "kota", "durasi", "mulai", "sertifikat")
NOTHING = -1
SOLD_GROUPS = ("platform", "prakerja")


def last_days(row: Row) -> dict[str, int]:
    """Until when the course can be bought: "" for any of its offers, then for each option of an offer; only what can be
    bought at all is there."""
    found: dict[str, int] = {}
    for offer in row.offers:
        if still_buyable(offer, None):
            for option in ("", *offer_options(offer)):
                found[option] = max(found.get(option, 0), offer.until or ALWAYS)
    return found


def own_options(row: Row) -> list[str]:
    """A course's options ("group=value") without its provider and those of its offers."""
    own = [f"{group}={value}" for group in COURSE_GROUPS for value in row.values[group]]
    return own + [f"rating={value}" for value in rating_values(row)]


def offer_options(offer: RowOffer) -> tuple[str, str]:
    """An offer's platform and eligibility."""
    return f"platform={offer.platform}", f"prakerja={ELIGIBLE[offer.eligible]}"


def _offered_options(row: Row) -> list[str]:
    """Options of a course's offers."""
    return sorted({option for offer in row.offers for option in offer_options(offer)})


def _sold(row: Row) -> list[str]:
    """A platform and an eligibility of one offer, after each other."""
    return [option for pair in sorted({offer_options(offer) for offer in row.offers}) for option in pair]


class OptionCounts:
    """Counts of courses with active offers by their options, which stand A to Z in `options`."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = [row for row in rows if row.offers]
        own, offered, sold = ([read(row) for row in self.rows] for read in (own_options, _offered_options, _sold))
        self.options = sorted({option for lists in (own, offered) for options in lists for option in options})
        place = {option: number for number, option in enumerate(self.options)}
        self._own, self._offered, self._sold = (_matrix(lists, place) for lists in (own, offered, sold))
        self.providers = sorted({name for row in self.rows for name in row.values["lembaga"]})
        known = {name: number for number, name in enumerate(self.providers)}
        self._provider = _matrix([row.values["lembaga"] for row in self.rows], known)

    def pairs(self) -> dict[str, Any]:
        """How many courses have each option and each two options of different groups, providers left out: the upper
        triangle, row by row. A platform and an eligibility must be one offer's."""
        return {"options": self.options, "counts": _triangle(self._pairs)}

    @cached_property
    def _pairs(self) -> Ints:
        size = len(self.options)
        counts = np.zeros((size, size), dtype=np.int64)
        columns = [*combinations(self._own, 2), *((a, a) for a in (*self._own, *self._offered))]
        columns += [(a, b) for a in self._own for b in self._offered]
        columns += list(zip(self._sold[::2], self._sold[1::2], strict=True))
        for a, b in columns:
            counts += _together(np.minimum(a, b), np.maximum(a, b), size, size)
        return counts

    def triples(self) -> dict[str, dict[str, Any]]:
        """Of every option how many courses have it (`total`), and how many have besides one or two of the `others`:
        options of other groups that come after it, whose upper triangle `counts` is. Cities are left out; a platform
        and an eligibility must be one offer's, and are not counted together with a third option."""
        counted = [n for n, option in enumerate(self.options) if not option.startswith("kota=")]
        names = [self.options[n] for n in counted]
        groups = np.array([name.split("=", 1)[0] for name in names])
        sold = np.isin(groups, SOLD_GROUPS)
        apart = np.equal.outer(groups, groups) | np.logical_and.outer(sold, sold)
        held = np.zeros((len(self.rows), len(self.options)), dtype=np.float32)
        for options in (*self._own, *self._offered):
            has = np.flatnonzero(options >= 0)
            held[has, options[has]] = 1
        held = held[:, counted]
        pairs = self._pairs[np.ix_(counted, counted)]
        found = {}
        for n, name in enumerate(names):
            others = np.flatnonzero((groups != groups[n]) & (np.arange(len(names)) > n))
            part = held[held[:, n] > 0][:, others]
            together = np.rint(part.T @ part).astype(np.int64)
            together[apart[np.ix_(others, others)] | (sold[n] & np.logical_or.outer(sold[others], sold[others]))] = 0
            together[np.diag_indices(len(others))] = pairs[n, others]
            told = {"total": int(pairs[n, n]), "others": " ".join(names[other] for other in others)}
            found[name] = told | {"counts": _triangle(together)}
        return found

    def by_provider(self) -> dict[str, Any]:
        """For every provider how many courses it has, and how many with each option: option by option, sparse."""
        size = len(self.providers)
        counts = np.zeros((len(self.options) + 1, size), dtype=np.int64)
        for provider in self._provider:
            counts[0] += np.bincount(provider[provider >= 0], minlength=size)
            for options in (*self._own, *self._offered):
                counts[1:] += _together(options, provider, len(self.options), size)
        return {"values": self.providers, "counts": [_sparse(line) for line in counts]}

    def buyable(self) -> dict[str, Any]:
        """How many courses can be bought until which of `days`: of all, of each option, of each provider; sparse."""
        last = [last_days(row) for row in self.rows]
        days = sorted({day for known in last for day in known.values()})
        place = {day: number for number, day in enumerate(days)}
        whole = np.array([place[known[""]] if known else NOTHING for known in last], dtype=np.int64)
        size = len(self.options)
        counts = np.zeros((size, len(days)), dtype=np.int64)
        for options in self._own:
            counts += _together(options, whole, size, len(days))
        for options in self._offered:
            named = (self.options[n] if n >= 0 else "" for n in options.tolist())
            until = [place[known[name]] if name in known else NOTHING for name, known in zip(named, last, strict=True)]
            counts += _together(options, np.array(until, dtype=np.int64), size, len(days))
        sold = np.zeros((len(self.providers), len(days)), dtype=np.int64)
        for provider in self._provider:
            sold += _together(provider, whole, len(self.providers), len(days))
        everything = np.bincount(whole[whole >= 0], minlength=len(days))
        told = [_sparse(line) for line in (everything, *counts)]
        return {"days": days, "options": told, "providers": [_sparse(line) for line in sold]}


def _matrix(lists: Sequence[Sequence[str]], place: dict[str, int]) -> list[Ints]:
    """Columns of the lists' places: the first of each list, the second and so on; nothing where a list is shorter."""
    width = max(map(len, lists), default=0)
    filled = [[*(place[name] for name in names), *[NOTHING] * (width - len(names))] for names in lists]
    return list(np.array(filled, dtype=np.int64).reshape(len(lists), width).T)


def _together(a: Ints, b: Ints, rows: int, columns: int) -> Ints:
    """A table of how often each number of `a` meets each of `b`."""
    both = (a >= 0) & (b >= 0)
    return np.bincount(a[both] * columns + b[both], minlength=rows * columns).reshape(rows, columns)


def _triangle(table: Ints) -> str:
    """The upper triangle of a square table, row by row."""
    size = len(table)
    return numbers(table[np.triu_indices(size)], [size * (size + 1) // 2])[0]


def _sparse(counts: Ints) -> str:
    """Pairs: the gap since the last count that is not 0, and that count less 1."""
    places = np.flatnonzero(counts)
    gaps = np.diff(places, prepend=-1) - 1
    return numbers(np.stack([gaps, counts[places] - 1], axis=1).ravel(), [2 * len(places)])[0]
