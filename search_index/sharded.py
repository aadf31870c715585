"""The *sharded* form, for catalogs too large for one file: a small boot file, shards of words with the best courses
and their cards inlined, tails with all courses of a word, columns by facet, blocks of cards.

A night on which only prices change keeps the shards and tails: prices stand in files of their own.
"""

from __future__ import annotations

import heapq
import itertools
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from search_index import ranking
from search_index.codec import ascending, coded, fnv, numbers
from search_index.documents import Document
from search_index.facets import Row
from search_index.filters import sort_key
from search_index.lexicon import Expression, Lexicon, build_lexicon
from search_index.understand import MOST_EXPANSIONS, SHORTEST_PREFIX, SHORTEST_TYPO
from search_index.walk import CARDS as CARD_FILE
from search_index.walk import lowest_prices, option_counts, provider_counts, write_walk
from search_index.whole import card_block, facet_columns, labels, offer_columns, platform_ids, word_tables

if TYPE_CHECKING:
    from search_index.export import Writer

HEAD = 20  # courses of a word that stand in its shard, best first
CARDS = 10  # of which so many have their cards there: one page
CARDED = 4  # words that fewer courses have in their names go without: they are most words, and few ask for them
BLOCK = 24  # courses of a card block
NAMES = 256  # card blocks whose tags stand in one file
SHARD_BYTES = 24_000  # JSON text of a shard, before the host compresses it
OWN_TAIL = 1_500  # a word with more courses has its tail in a file of its own
LISTED = 64  # shards whose first keys and tags stand in one file
NEAR_WORDS = 192  # words of a file of beginnings and misspellings, on average
FIRST = 50  # courses of the ready lists without words
STEP = 1.006  # scores are kept as powers of this: within a third of a percent
SORTS = ("harga", "-harga", "per_jam", "rating", "terbaru")

Posting = list[tuple[int, int]]  # course, score code


@lru_cache(maxsize=100_000)
def score_code(score: float) -> int:
    """A score as a small number: 1 and less is 0."""
    return max(0, round(math.log(max(score, 1.0)) / math.log(STEP)))


class Scores:
    """How well courses answer families: the postings that Whoosh would score, made in one pass."""

    def __init__(self, documents: Sequence[Document], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.courses = len(documents)
        # Arrays: eleven million postings as objects would not fit the memory of a small machine.
        self._values: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("H")))
        for number, document in enumerate(documents):
            for name, value in self._weigh(document).items():
                ids, values = self._values[name]
                ids.append(number)
                values.append(score_code(value))

    def _weigh(self, document: Document) -> dict[str, float]:
        """Family -> how well this course answers it, without the family's rarity."""
        forms = self.lexicon.forms
        everything: dict[str, int] = defaultdict(int)
        out: dict[str, float] = defaultdict(float)
        for fieldname, words in (*document.fields.items(), ("text", document.text)):
            counts: dict[str, int] = defaultdict(int)
            for word in words:
                counts[forms[word]] += 1
            for name, count in counts.items():
                everything[name] += count
                if fieldname == "title":
                    out[name] += ranking.BOOSTS["title"] * ranking.saturate(count, ranking.TITLE_B, len(words))
                elif fieldname != "text":
                    out[name] += ranking.BOOSTS[fieldname] * ranking.saturate(count)
        for name, count in everything.items():
            out[name] += ranking.BOOSTS["text"] * ranking.saturate(count)
        return out

    def families(self) -> Iterable[str]:
        return self._values.keys()

    def of_family(self, name: str) -> Posting:
        """Courses by number with the codes of their scores, the family's rarity (which the browser knows) left out."""
        return list(zip(*self._values[name], strict=True)) if name in self._values else []

    def _scores(self, name: str) -> dict[int, float]:
        posting = self.of_family(name)
        rarity = ranking.rarity(self.courses, len(posting))
        return {number: rarity * STEP**code for number, code in posting}

    def of_expression(self, expression: Expression) -> dict[int, float]:
        """Courses that hold all families of an expression."""
        found: dict[int, float] | None = None
        for name in expression:
            scores = {number: score / len(expression) for number, score in self._scores(name).items()}
            found = scores if found is None else {n: found[n] + s for n, s in scores.items() if n in found}
        return found or {}

    def of_group(self, expression: Expression, others: Iterable[Expression]) -> Posting:
        """Courses that hold an expression or one of its synonyms, with codes of a hundred times the score."""
        total = dict(self.of_expression(expression))
        for other in others:
            for number, score in self.of_expression(other).items():
                total[number] = total.get(number, 0.0) + score * ranking.SYNONYM
        return [(number, score_code(score * 100)) for number, score in sorted(total.items())]


@dataclass
class Shard:
    """A stretch of the alphabet: written words, families and expressions with their postings."""

    first: str
    words: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, list[Any]] = field(default_factory=dict)
    synonyms: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    cards: dict[int, int] = field(default_factory=dict)
    tails: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0


class ShardWriter:
    """Cuts the vocabulary into shards and writes them with their tails and prices."""

    def __init__(self, documents: Sequence[Document], lexicon: Lexicon, writer: Writer, platforms: list[str]) -> None:
        self.rows = [document.row for document in documents]
        self.lexicon = lexicon
        self.scores = Scores(documents, lexicon)
        self.writer = writer
        self.platforms = platforms
        self.usable = self._usable_synonyms()

    def _usable_synonyms(self) -> dict[Expression, list[Expression]]:
        holding = self.lexicon.holding
        usable = {}
        for expression, others in self.lexicon.synonyms.items():
            found = [other for other in others if all(holding[name] for name in other)]
            if found or all(holding[name] for name in expression):
                usable[expression] = found
        return usable

    def write(self) -> list[tuple[str, str]]:
        """Writes all shards and lists of LISTED shards; returns every list's first key and tag, A to Z."""
        shards = [self._write(number, shard) for number, shard in enumerate(self._cut())]
        lists = [shards[start : start + LISTED] for start in range(0, len(shards), LISTED)]
        return [(found[0][0], self._list(place, found)) for place, found in enumerate(lists)]

    def _list(self, place: int, shards: Sequence[list[str]]) -> str:
        firsts, words, prices = zip(*shards, strict=True)
        data = {"shards": "\n".join(firsts), "words": " ".join(words), "prices": " ".join(prices)}
        return self.writer.tag(f"d{place}", data)

    def _cut(self) -> Iterator[Shard]:
        forms = self.lexicon.forms
        starts: dict[str, list[Expression]] = defaultdict(list)
        for expression in self.usable:
            starts[expression[0]].append(expression)
        groups = {" ".join(expression): expression for expression in self.usable}
        keys = sorted(set(forms) | set(self.scores.families()) | set(groups) | set(starts))
        shard: Shard | None = None
        for key in keys:
            if shard is None or shard.size > SHARD_BYTES:
                if shard is not None:
                    yield shard
                shard = Shard(key)
            if key in forms:
                shard.words[key] = 0 if forms[key] == key else forms[key]
                shard.size += len(key) + 8
            if key in starts:
                shard.synonyms[key] = {" ".join(e): [" ".join(o) for o in self.usable[e]] for e in sorted(starts[key])}
                shard.size += sum(
                    len(name) + 12 for e in starts[key] for other in (e, *self.usable[e]) for name in other
                )
            if key in groups and self.usable[groups[key]]:
                self._add_term(shard, "=" + key, self.scores.of_group(groups[key], self.usable[groups[key]]), True)
            if self.lexicon.holding[key]:
                self._add_term(shard, key, self.scores.of_family(key), self.lexicon.strong_families[key] >= CARDED)
        if shard is not None:
            yield shard

    def _add_term(self, shard: Shard, key: str, posting: Posting, near: bool) -> None:
        """A term: how many courses, how many of them by name, the best with their scores, the tail's place."""
        best = heapq.nsmallest(HEAD, [(-code, number) for number, code in posting])
        carded = best[:CARDS] if near else []
        for _, number in carded:
            shard.cards.setdefault(number, len(shard.cards))
        codes = [-code for code, _ in best]
        drops = [codes[0], *(a - b for a, b in itertools.pairwise(codes))] if codes else []
        strong = self.lexicon.strong_families[key]
        term: list[Any] = [len(posting), strong, numbers(number for _, number in best), numbers(drops)]
        if len(posting) > HEAD:
            tail = [ascending(n for n, _ in posting), numbers(code for _, code in posting)]
            if len(posting) > OWN_TAIL:
                term.append(self.writer.write("x", tail))
            else:
                shard.tails[key] = tail
        shard.terms[key] = term
        shard.size += len(key) + len(term[2]) + len(term[3]) + 20 + 60 * len(carded)

    def _write(self, place: int, shard: Shard) -> list[str]:
        rows = [self.rows[number] for number in sorted(shard.cards)]
        data: dict[str, Any] = {"words": shard.words, "terms": shard.terms, "synonyms": shard.synonyms}
        data["numbers"] = ascending(sorted(shard.cards))
        data["cards"] = card_block(rows)
        data["tails"] = self.writer.write(f"r{place}", shard.tails) if shard.tails else ""
        prices = self.writer.tag(f"p{place}", offer_columns(rows, self.platforms))
        return [shard.first, self.writer.tag(f"w{place}", data), prices]


def write_blocks(rows: Sequence[Row], writer: Writer, platforms: list[str]) -> list[str]:
    """Card blocks with offers, in the order of course numbers; their tags are listed in files of NAMES blocks."""
    names = []
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        names.append(writer.tag(f"c{start // BLOCK}", card_block(part) | {"offers": offer_columns(part, platforms)}))
    lists = [names[start : start + NAMES] for start in range(0, len(names), NAMES)]
    return [writer.tag(f"n{place}", " ".join(found)) for place, found in enumerate(lists)]


def first_courses(rows: Sequence[Row]) -> dict[str, str]:
    """For each sort the first courses when nothing is asked for."""
    out = {}
    prices = lowest_prices(rows)
    for sort in SORTS:
        order = sorted(range(len(rows)), key=lambda n: sort_key(sort, rows[n], prices[n], 0.0))
        out[sort] = numbers(order[:FIRST])
    return out


def kept(length: int) -> int:
    """One edit leaves so many letters at the beginning or at the end of a word of this length as they are."""
    return 4 if length >= 9 else 3 if length >= 7 else 2


def write_beginnings(lexicon: Lexicon, writer: Writer) -> list[str]:
    """Words of names by their beginnings (while typing) and by their first and last letters (misspellings)."""
    entries: dict[str, list[str]] = defaultdict(list)
    ranked = sorted(lexicon.strong, key=lambda word: (-lexicon.strong[word], word))
    for word in ranked:
        for length in range(SHORTEST_PREFIX, len(word) + 1):
            entries[word[:length]].append(word)
        if len(word) >= SHORTEST_TYPO - 1:
            length = kept(len(word))
            entries["^" + word[:length]].append(word)
            entries["$" + word[-length:]].append(word)
    count = max(1, min(256, len(ranked) // NEAR_WORDS))
    files: list[dict[str, str]] = [{} for _ in range(count)]
    for key in sorted(entries):
        found = entries[key]
        if key[0] in "^$":
            files[fnv(key) % count][key] = " ".join(found)
        elif len(key) == SHORTEST_PREFIX or len(entries[key[:-1]]) > MOST_EXPANSIONS:
            files[fnv(key[:3]) % count][key] = " ".join(found[:MOST_EXPANSIONS])
    return [writer.tag(f"b{place}", _counted(file, lexicon)) for place, file in enumerate(files)]


def _counted(file: dict[str, str], lexicon: Lexicon) -> dict[str, Any]:
    words = sorted({word for line in file.values() for word in line.split()})
    facts = {word: [lexicon.strong[word], 0 if lexicon.forms[word] == word else lexicon.forms[word]] for word in words}
    return {"keys": file, "words": facts}


def write_sharded(documents: Sequence[Document], writer: Writer, build: str) -> str:
    """Writes all files; returns the name of the boot file."""
    from search_index.export import FORMAT

    lexicon = build_lexicon(documents)
    rows = [document.row for document in documents]
    platforms = platform_ids(rows)
    columns = facet_columns(rows)
    options = option_counts(rows)
    lists = ShardWriter(documents, lexicon, writer, platforms).write()
    data = {
        "format": FORMAT,
        "form": "sharded",
        "build": build,
        "count": len(rows),
        "block": BLOCK,
        "names": NAMES,
        "tables": word_tables(),
        "platforms": platforms,
        "categories": labels(documents)["kategori"],
        "columns": {name: writer.write(f"k-{name}", value) for name, value in columns.items()},
        "offers": writer.write("k-offers", offer_columns(rows, platforms)),
        "lowest": writer.write("k-lowest", coded(lowest_prices(rows))),
        "walk": " ".join(write_walk(rows, writer, platforms)),
        "walked": CARD_FILE,
        "options": writer.write("options", options),
        "providers": writer.write("providers", provider_counts(rows, options["options"])),
        "first": writer.write("first", first_courses(rows)),
        "blocks": " ".join(write_blocks(rows, writer, platforms)),
        "beginnings": " ".join(write_beginnings(lexicon, writer)),
        "shards": "\n".join(first for first, _ in lists),
        "lists": " ".join(tag for _, tag in lists),
        "listed": LISTED,
    }
    return writer.write("boot", data)
