"""Postings of one part of a catalog: which courses hold a family and how well, as Whoosh would score them."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from search_index import ranking
from search_index.documents import Document
from search_index.lexicon import Expression, Lexicon

STEP = 1.006  # scores are kept as powers of this: within a third of a percent
Posting = list[tuple[int, int]]  # place of the course in its part, score code


@lru_cache(maxsize=200_000)
def score_code(score: float) -> int:
    """A score as a small number: 1 and less is 0."""
    return max(0, round(math.log(max(score, 1.0)) / math.log(STEP)))


@lru_cache(maxsize=1_000)
def _text_code(count: int) -> int:
    return score_code(ranking.BOOSTS["text"] * ranking.saturate(count))


class Scores:
    """Postings of documents, in their order, made in one pass."""

    def __init__(self, documents: Iterable[Document], lexicon: Lexicon, rarity: Callable[[str], float]) -> None:
        self.lexicon = lexicon
        self.rarity = rarity
        # Arrays: eleven million postings as objects would not fit the memory of a small machine.
        self._values: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("H")))
        for number, document in enumerate(documents):
            for name, code in self._weigh(document).items():
                ids, values = self._values[name]
                ids.append(number)
                values.append(code)

    def _weigh(self, document: Document) -> dict[str, int]:
        """Family -> code of how well this course answers it, without the family's rarity."""
        family_of = self.lexicon.forms.__getitem__
        everything = Counter(map(family_of, document.text))
        named: dict[str, float] = defaultdict(float)
        for fieldname, words in document.fields.items():
            counts = Counter(map(family_of, words))
            everything.update(counts)
            b = ranking.TITLE_B if fieldname == "title" else 0.0
            for name, count in counts.items():
                named[name] += ranking.BOOSTS[fieldname] * ranking.saturate(count, b, len(words))
        out = {name: _text_code(count) for name, count in everything.items()}
        for name, value in named.items():
            out[name] = score_code(value + ranking.BOOSTS["text"] * ranking.saturate(everything[name]))
        return out

    def count(self) -> int:
        """How many postings there are."""
        return sum(len(ids) for ids, _ in self._values.values())

    def families(self) -> Iterable[str]:
        return self._values.keys()

    def of_family(self, name: str) -> Posting:
        """Courses with the codes of their scores, the family's rarity (which the browser knows) left out."""
        return list(zip(*self._values[name], strict=True)) if name in self._values else []

    def of_expression(self, expression: Expression) -> dict[int, float]:
        """Scores of the courses that hold all families of an expression."""
        found: dict[int, float] | None = None
        for name in expression:
            share = self.rarity(name) / len(expression)
            scores = {number: share * STEP**code for number, code in self.of_family(name)}
            found = scores if found is None else {n: found[n] + s for n, s in scores.items() if n in found}
        return found or {}

    def of_group(self, expression: Expression, others: Sequence[Expression]) -> Posting:
        """Courses that hold an expression or one of its synonyms, with codes of a hundred times the score."""
        total = dict(self.of_expression(expression))
        for other in others:
            for number, score in self.of_expression(other).items():
                total[number] = total.get(number, 0.0) + score * ranking.SYNONYM
        return [(number, score_code(score * 100)) for number, score in sorted(total.items())]
