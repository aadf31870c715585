"""A segment of the *sharded* form: buckets of words with their best courses and cards, tails, blocks of cards.

A segment never changes. A later night that changes few courses keeps the files of the first one (the base) and adds a
small second segment (the delta) with the courses that are new or changed; delta.py decides that.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from search_index.codec import ascending, fnv, numbers
from search_index.facets import Row, slugify
from search_index.lexicon import Expression, Lexicon
from search_index.postings import Posting, Scores
from search_index.whole import card_block, offer_columns

if TYPE_CHECKING:
    from search_index.export import Writer

HEAD = 20  # courses of a word that stand in its bucket, best first
CARDS = 10  # of which so many have their cards there: one page
CARDED = 5  # words that fewer courses have in their names go without: they are most words, and few ask for them
FEW = 3  # a word without cards that has no more courses than this goes without a tail
BUCKET_BYTES = 5_000  # JSON text of a bucket on average, before the host compresses it
MOST_BUCKETS = 3_400
TAIL_BYTES = 3_000  # JSON text of a file of tails; a longer tail has a file of its own
MOST_TAILS = 2_000
BLOCK = 16  # courses of a card block, at least
MOST_BLOCKS = 5_000


@dataclass(frozen=True)
class Gone:
    """What a delta takes away from a word of the base: courses, courses by name, places in the base's best."""

    courses: int = 0
    named: int = 0
    best: tuple[int, ...] = ()


@dataclass
class Term:
    """A word's or an expression's entry before it is written; `tail` is the number of its file, or nothing."""

    holding: int
    best: Posting
    named: int
    carded: bool
    gone: Gone = Gone()
    tail: int | None = None

    def spelled(self) -> list[Any]:
        codes = [code for _, code in self.best]
        drops = [codes[0], *(a - b for a, b in itertools.pairwise(codes))] if codes else []
        out = [self.holding, self.named, numbers(number for number, _ in self.best), numbers(drops)]
        out.append(-1 if self.tail is None else self.tail)
        if self.gone.courses:
            out += [self.gone.courses, self.gone.named, numbers(self.gone.best)]
        return out


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
class SegmentWriter:
    """Writes the segment of `rows`; `scores` are of the same courses in the same order."""

    rows: Sequence[Row]
    scores: Scores
    lexicon: Lexicon
    platforms: Sequence[str]
    named: Mapping[str, int]  # courses of this segment that have the family in their names
    usable: Mapping[Expression, Sequence[Expression]]
    near: Sequence[dict[str, Any]]  # files of near.py
    gone: Mapping[str, Gone] = field(default_factory=dict)
    loose: Iterable[Expression] = ()  # expressions whose usable synonyms are others than in the base
    words: Mapping[str, str] = field(default_factory=dict)  # written word -> family, of this segment
    base: bool = True

    def write(self, writer: Writer, start: int, digests: str) -> Segment:
        """Writes all files under one tag."""
        terms, files = self._terms()
        buckets = self._buckets(terms)
        for place, bucket in enumerate(buckets):
            files[f"w{place}"] = bucket
        block = max(BLOCK, -(-len(self.rows) // MOST_BLOCKS))
        for at in range(0, len(self.rows), block):
            part = self.rows[at : at + block]
            files[f"c{at // block}"] = card_block(part) | {"offers": offer_columns(part, self.platforms)}
        categories = {slugify(row.category): row.category for row in self.rows if row.category}
        ids = "\n".join(row.id for row in self.rows)
        files["s"] = {"ids": ids, "digests": digests, "categories": dict(sorted(categories.items()))}
        files |= {f"b{place}": file for place, file in enumerate(self.near)}
        return Segment(writer.together(files), start, len(self.rows), len(buckets), len(self.near), block)

    def _postings(self) -> Iterator[tuple[str, Posting, int]]:
        """Every word and expression with its courses, and how many of them have it in their names; one at a time, since
        all of them together are large."""
        for name in sorted({*self.scores.families(), *(key for key in self.gone if key[0] != "=")}):
            yield name, self.scores.of_family(name), self.named.get(name, 0)
        for expression, others in self.usable.items():
            key = "=" + " ".join(expression)
            if not others or expression in self.loose:
                continue
            posting = self.scores.of_group(expression, others)
            if posting or key in self.gone:
                yield key, posting, CARDED

    def _terms(self) -> tuple[dict[str, Term], dict[str, Any]]:
        """The entries of all words, and the files of their tails by name."""
        terms: dict[str, Term] = {}
        files: list[dict[str, list[str]]] = []
        most = max(TAIL_BYTES, 3 * self.scores.count() // MOST_TAILS)
        room = 0
        for key, posting, named in self._postings():
            term = terms[key] = self._term(key, posting, named)
            if term.holding == len(term.best):
                continue
            tail = [ascending(n for n, _ in posting), numbers(code for _, code in posting)]
            size = len(tail[0]) + len(tail[1])
            if size > room or not files:
                files.append({})
                room = most
            files[-1][key] = tail
            room -= size
            term.tail = len(files) - 1
        return terms, {f"r{place}": file for place, file in enumerate(files)}

    def _term(self, key: str, posting: Posting, named: int) -> Term:
        carded = named >= CARDED
        most = HEAD if carded or not self.base else FEW
        best = []
        if carded or not self.base or len(posting) <= most:
            best = heapq.nsmallest(most, posting, key=lambda entry: (-entry[1], entry[0]))
        return Term(len(posting), best, 0 if key[0] == "=" else named, carded, self.gone.get(key, Gone()))

    def _buckets(self, terms: Mapping[str, Term]) -> list[dict[str, Any]]:
        size = sum(len(word) + len(name) + 6 for word, name in self.words.items() if word != name)
        size += sum(len(key) + 14 + 5 * len(t.best) + (650 if t.carded else 0) for key, t in terms.items())
        count = max(1, min(MOST_BUCKETS, size // BUCKET_BYTES))
        buckets: list[dict[str, Any]] = [{"words": {}, "terms": {}, "synonyms": {}} for _ in range(count)]
        cards: list[set[int]] = [set() for _ in range(count)]
        for word, name in sorted(self.words.items()):
            if word != name or name not in terms:
                buckets[fnv(word) % count]["words"][word] = 0 if word == name else name
        for key, term in terms.items():
            # An expression lies with its first word, which tells of it.
            place = fnv(key.removeprefix("=").split(" ")[0]) % count
            buckets[place]["terms"][key] = term.spelled()
            if term.carded:
                cards[place].update(number for number, _ in term.best[:CARDS])
        self._add_synonyms(buckets)
        for bucket, chosen in zip(buckets, cards, strict=True):
            rows = [self.rows[number] for number in sorted(chosen)]
            bucket["numbers"] = ascending(sorted(chosen))
            bucket["cards"] = card_block(rows) if rows else None
            bucket["offers"] = offer_columns(rows, self.platforms) if rows else None
        return [{key: value for key, value in bucket.items() if value} for bucket in buckets]

    def _add_synonyms(self, buckets: list[dict[str, Any]]) -> None:
        """Expressions in the bucket of their first family; in a delta only those that are others than in the base."""
        chosen = None if self.base else set(self.loose)
        starts: dict[str, list[Expression]] = defaultdict(list)
        for expression in sorted({*self.usable, *self.loose}):
            if chosen is None or expression in chosen:
                starts[expression[0]].append(expression)
        for key, expressions in starts.items():
            found = {" ".join(e): self._others(e) for e in expressions}
            buckets[fnv(key) % len(buckets)]["synonyms"][key] = found

    def _others(self, expression: Expression) -> list[str] | None:
        """Usable synonyms; None where no course holds the expression nor any of them."""
        others = self.usable.get(expression)
        return None if others is None else [" ".join(other) for other in others]


def named_families(documents: Iterable[Any], lexicon: Lexicon, near: Sequence[str]) -> Counter[str]:
    """How many of the documents have each family in their names."""
    found: Counter[str] = Counter()
    for document in documents:
        found.update({lexicon.forms[word] for name in near for word in document.fields[name]})
    return found
