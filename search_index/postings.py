"""Postings of one part of a catalog: which courses hold a family and how well, as Whoosh would score them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence

import numpy as np

from search_index import ranking
from search_index.bulk import Ints
from search_index.documents import NEAR, STRONG, Document
from search_index.lexicon import Expression, Lexicon

STEP = 1.006  # scores are kept as powers of this: within a third of a percent
FIELDS = (*STRONG, "text")


def score_codes(scores: Ints) -> Ints:
    """Scores as small numbers: 1 and less is 0."""
    return np.rint(np.log(np.maximum(scores, 1.0)) / math.log(STEP)).astype(np.uint16)


def saturate(counts: Ints, b: float, lengths: Ints) -> Ints:
    """`ranking.saturate` of many."""
    usual = np.minimum(lengths, ranking.LONGEST_TITLE) / ranking.USUAL_TITLE
    return np.asarray(counts * (ranking.K1 + 1) / (counts + ranking.K1 * (1 - b + b * usual)))


class Postings:
    """Postings of documents, which are numbered in their order, made in one pass.

    `named` has every family, A to Z, and how many courses have it in their names. Entries `starts[n]` to
    `starts[n + 1]` of `courses` and `codes` are those of the n-th family: its courses, ascending, and the codes of
    their scores; the family's rarity, which the browser knows, is left out.
    """

    def __init__(self, documents: Sequence[Document], lexicon: Lexicon, rarity: Callable[[str], float]) -> None:
        self.rarity = rarity
        self.size = max(1, len(documents))
        names, tokens, lengths = _read(documents, lexicon)
        self._place = {name: place for place, name in enumerate(names)}
        fields = len(FIELDS)
        # One number says family, course and field; sorting brings equal ones together.
        met = tokens * lengths.size
        met += np.repeat(np.arange(lengths.size, dtype=np.int64), lengths.ravel())
        met.sort()
        last = np.flatnonzero(np.diff(met, append=-1))
        counts = np.diff(last, prepend=-1)
        entry, field = np.divmod(met[last], fields)
        first = np.flatnonzero(np.diff(entry, prepend=-1))
        named = np.zeros(len(entry), dtype=np.float64)
        for place, name in enumerate(STRONG):
            at = np.flatnonzero(field == place)
            words = lengths[entry[at] % self.size, place]
            b = ranking.TITLE_B if name == "title" else 0.0
            named[at] = ranking.BOOSTS[name] * saturate(counts[at], b, words)
        near = np.isin(field, [FIELDS.index(name) for name in NEAR])
        everything = np.add.reduceat(counts, first) if len(entry) else counts
        scores = (np.add.reduceat(named, first) if len(entry) else named) + ranking.BOOSTS["text"] * saturate(
            everything, 0.0, everything
        )
        family = entry[first] // self.size
        self.courses = (entry[first] % self.size).astype(np.uint32)
        self.codes = score_codes(scores)
        self.starts = np.searchsorted(family, np.arange(len(names) + 1))
        found = np.bincount(np.unique(entry[near]) // self.size, minlength=len(names))
        self.named = dict(zip(names, found.tolist(), strict=True))

    def of(self, name: str) -> tuple[Ints, Ints]:
        """A family's courses and codes."""
        place = self._place.get(name)
        if place is None:
            return self.courses[:0], self.codes[:0]
        part = slice(self.starts[place], self.starts[place + 1])
        return self.courses[part], self.codes[part]

    def of_expression(self, expression: Expression) -> Ints:
        """Every course's score for an expression; 0 where it does not hold all of its families."""
        total = np.zeros(self.size)
        held = np.full(self.size, True)
        for name in expression:
            courses, codes = self.of(name)
            here = np.zeros(self.size)
            here[courses] = self.rarity(name) / len(expression) * STEP ** codes.astype(np.float64)
            total += here
            held &= here > 0
        return np.where(held, total, 0.0)

    def of_group(self, expression: Expression, others: Sequence[Expression]) -> tuple[Ints, Ints]:
        """Courses that hold an expression or one of its synonyms, with codes of a hundred times the score."""
        total = self.of_expression(expression)
        for other in others:
            total += self.of_expression(other) * ranking.SYNONYM
        courses = np.flatnonzero(total)
        return courses.astype(np.uint32), score_codes(total[courses] * 100)


def _read(documents: Sequence[Document], lexicon: Lexicon) -> tuple[list[str], Ints, Ints]:
    """Families A to Z; the family of every word, course by course and field by field; how many words each has."""
    places: dict[str, int] = {}
    numbers = {word: places.setdefault(name, len(places)) for word, name in lexicon.forms.items()}
    tokens, lengths = array("I"), array("I")
    for document in documents:
        for words in (*map(document.fields.__getitem__, STRONG), document.text):
            lengths.append(len(words))
            tokens.extend(map(numbers.__getitem__, words))
    read = np.array(tokens, dtype=np.int64)
    held = np.zeros(len(places), dtype=bool)
    held[read] = True
    names = [name for name in sorted(places) if held[places[name]]]
    rank = np.zeros(len(places), dtype=np.int64)
    rank[[places[name] for name in names]] = np.arange(len(names))
    return names, rank[read], np.array(lengths, dtype=np.int64).reshape(-1, len(FIELDS))
