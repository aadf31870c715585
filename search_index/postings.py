"""Postings of one part of a catalog: which courses hold a family and how well, as Whoosh would score them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search_index import ranking
from search_index.bulk import Ints
from search_index.documents import NEAR, STRONG, Document
from search_index.lexicon import Expression, Lexicon

STEP = 1.006  # scores are kept as powers of this: within a third of a percent
FIELDS = (*STRONG, "text")
AT_ONCE = 5_000  # documents whose words are counted at a time


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
        names = sorted(set(lexicon.forms.values()))
        place = {name: number for number, name in enumerate(names)}
        numbers = {word: place[name] for word, name in lexicon.forms.items()}
        named = np.zeros(len(names), dtype=np.int64)
        parts = [np.zeros(0, dtype=np.int64)]
        for first in range(0, len(documents), AT_ONCE):
            found = _weigh(*_read(documents[first : first + AT_ONCE], numbers))
            # One number says family, course and code; sorting brings a family's courses together.
            parts.append(found.families << 36 | (found.courses + first) << 12 | found.codes)
            named += np.bincount(found.families[found.named], minlength=len(names))
        entries = np.concatenate(parts)
        del parts
        entries.sort()
        starts = np.searchsorted(entries, np.arange(len(names) + 1) << 36)
        held = np.flatnonzero(np.diff(starts))
        self.starts = np.append(starts[held], starts[-1])
        self.codes = (entries & 0xFFF).astype(np.uint16)
        self.courses = (entries >> 12 & 0xFFFFFF).astype(np.uint32)
        self.named = {names[n]: int(named[n]) for n in held}
        self._place = {name: number for number, name in enumerate(self.named)}

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


class _Weighed(NamedTuple):
    """Families of courses with codes of scores, and whether it is a family of the course's names."""

    families: Ints
    courses: Ints
    codes: Ints
    named: Ints


def _read(documents: Sequence[Document], numbers: Mapping[str, int]) -> tuple[Ints, Ints]:
    """The family of every word, course by course and field by field; how many words each field has."""
    tokens, lengths = array("I"), array("I")
    for document in documents:
        for words in (*map(document.fields.__getitem__, STRONG), document.text):
            lengths.append(len(words))
            tokens.extend(map(numbers.__getitem__, words))
    return np.array(tokens, dtype=np.int64), np.array(lengths, dtype=np.int64).reshape(-1, len(FIELDS))


def _weigh(tokens: Ints, lengths: Ints) -> _Weighed:
    """How well each course answers each of its families."""
    # One number says family, course and field; equal ones are counted.
    where = np.repeat(np.arange(lengths.size, dtype=np.int64), lengths.ravel())
    met, counts = np.unique(tokens * lengths.size + where, return_counts=True)
    entry, field = np.divmod(met, len(FIELDS))
    family, course = np.divmod(entry, max(1, len(lengths)))
    named = np.zeros(len(met), dtype=np.float64)
    for place, name in enumerate(STRONG):
        at = np.flatnonzero(field == place)
        b = ranking.TITLE_B if name == "title" else 0.0
        named[at] = ranking.BOOSTS[name] * saturate(counts[at], b, lengths[course[at], place])
    first = np.flatnonzero(np.diff(entry, prepend=-1))
    if not len(first):
        return _Weighed(family, course, counts, counts.astype(bool))
    everything = np.add.reduceat(counts, first)
    scores = np.add.reduceat(named, first) + ranking.BOOSTS["text"] * saturate(everything, 0.0, everything)
    near = np.isin(field, [FIELDS.index(name) for name in NEAR])
    held = np.logical_or.reduceat(near, first)
    return _Weighed(family[first], course[first], score_codes(scores).astype(np.int64), held)
