"""The *sharded* form, for catalogs too large for one file: a small boot file, segments of words and cards (segment.py),
and columns, counts and ready lists over all courses, which are written every night.

Courses have numbers: those of the base from the cheapest on (by lowest price; ties by id; unknown prices last), then
those of the delta in the same order. A base's course that is gone or changed keeps its number, but is dead.
"""

from __future__ import annotations

from bisect import bisect_left as bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from search_index import ranking
from search_index.codec import ascending, column, numbers
from search_index.columns import facet_columns, offer_columns
from search_index.counts import OptionCounts
from search_index.delta import (
    MOST_CHANGED,
    Base,
    changed_expressions,
    changed_far_words,
    difference,
    digest,
    read_base,
    recipe,
    what_is_gone,
)
from search_index.documents import NEAR, Document
from search_index.facets import COURSE_GROUPS, UNSTATED, Row
from search_index.filters import sort_key
from search_index.heads import HEAD, head_files
from search_index.lexicon import Expression, Lexicon, build_lexicon
from search_index.near import far_files, near_files
from search_index.postings import Postings
from search_index.segment import SegmentWriter
from search_index.walk import CARDS as CARD_FILE
from search_index.walk import id_ranks, lowest_prices, write_walk
from search_index.whole import category_names, platform_ids, word_tables

if TYPE_CHECKING:
    from pathlib import Path

    from search_index.export import Writer

FIRST = 50  # courses of the ready lists without words
SORTS = ("harga", "-harga", "per_jam", "rating", "terbaru")
# Sorts by what no list tells: of these the first courses are known, a few and then more.
LED = ("rating", "terbaru")
LEADERS = (1_024, 4_096)
# Stands at the number of a dead course.
DEAD = Row(
    "", "", "", None, None, None, (), None, (), None, None, None, None, None, None, (),
    dict.fromkeys(COURSE_GROUPS, (UNSTATED,)),
)  # fmt: skip


def courses_by(sort: str, rows: Sequence[Row], prices: Sequence[int | None]) -> list[int]:
    """All courses in the order of a sort when nothing is asked for; `prices` are their lowest ones."""
    live = (n for n, row in enumerate(rows) if row is not DEAD)
    return sorted(live, key=lambda n: sort_key(sort, rows[n], prices[n], 0.0))


def leaders(order: Sequence[int], name: str, writer: Writer) -> list[str]:
    """Files of the first courses of a sort; returns their names."""
    cuts = [0, *accumulate(LEADERS)]
    parts = [order[a:b] for a, b in pairwise(cuts)]
    return [writer.write(f"q-{name}{n}", column(part)) for n, part in enumerate(parts) if part]


def write_heads(
    rows: Sequence[Row],
    prices: Sequence[int | None],
    order: Sequence[int],
    counts: OptionCounts,
    base: int,
    writer: Writer,
) -> dict[str, Any]:
    """Files of the cheapest courses' options; what the boot file says of them: `next` is the first course of which they
    say nothing."""
    files = head_files(rows, prices, order[:HEAD], counts, base)
    tag = writer.together((f"o{n}", file) for n, file in enumerate(files))
    return {"tag": tag, "files": len(files), "next": order[HEAD] if len(order) > HEAD else None}


def usable_synonyms(lexicon: Lexicon) -> dict[Expression, list[Expression]]:
    """Expressions with those of their synonyms that courses hold; none where no course holds any of them."""
    holding = lexicon.holding
    usable = {}
    for expression, others in lexicon.synonyms.items():
        found = [other for other in others if all(holding[name] for name in other)]
        if found or all(holding[name] for name in expression):
            usable[expression] = found
    return usable


def cheapest_first(document: Document) -> tuple[bool, float, str]:
    """The order in which courses have their numbers."""
    return sort_key("harga", document.row, lowest_prices([document.row])[0], 0.0)


class Segments:
    """Today's segments: a base, kept from an earlier night or new, and a delta where the base has not all."""

    def __init__(
        self,
        documents: Sequence[Document],
        lexicon: Lexicon,
        platforms: Sequence[str],
        categories: Mapping[str, str],
        previous: Path | None,
    ) -> None:
        from search_index.export import FORMAT

        self.lexicon = lexicon
        self.platforms = platforms
        self.categories = categories
        self.usable = usable_synonyms(lexicon)
        self.digests = [digest(document) for document in documents]
        self.base = read_base(previous, FORMAT, platforms, categories)
        self.dead: list[int] = []
        self.fresh: Sequence[Document] = []
        if self.base:
            self.dead, self.fresh = difference(self.base, documents, self.digests)
            if max(len(self.dead), len(self.fresh)) > MOST_CHANGED * len(self.base.ids):
                self.base, self.dead, self.fresh = None, [], []
        if self.base is None:
            self.documents: list[Document | None] = list(documents)
        else:
            today = {document.row.id: document for document in documents}
            lost = set(self.dead)
            known = [None if place in lost else today[name] for place, name in enumerate(self.base.ids)]
            self.documents = [*known, *self.fresh]

    @property
    def rows(self) -> list[Row]:
        """Rows by number."""
        return [document.row if document else DEAD for document in self.documents]

    @property
    def start(self) -> int:
        """The number of the delta's first course."""
        return len(self.base.ids) if self.base else len(self.documents)

    def write(self, writer: Writer) -> list[dict[str, Any]]:
        """Writes them; returns what the boot file says of them."""
        if self.base is None:
            documents = [document for document in self.documents if document]
            near, far = near_files(self.lexicon.strong), far_files(self.lexicon.far_words)
            base = self._writer(documents, near=near, far=far, words=self.lexicon.forms)
            return [base.write(writer, 0, "".join(self.digests)).to_json()]
        writer.keep({path.name: path for path in self.base.files.values()})
        segments = [self.base.segment]
        if self.dead or self.fresh:
            segments.append(self._delta(self.base).write(writer, len(self.base.ids), ""))
        return [segment.to_json() for segment in segments]

    def _delta(self, base: Base) -> SegmentWriter:
        held = {word for d in self.fresh for field in (*d.fields.values(), d.text) for word in field}
        words = {word: self.lexicon.forms[word] for word in held}
        words |= {name: name for name in words.values()}
        gone, lost = what_is_gone(base, self.dead)
        named = {word for document in self.fresh for name in NEAR for word in document.fields[name]}
        changed = {word: self.lexicon.strong[word] for word in named | lost}
        return self._writer(
            self.fresh,
            near=near_files(self.lexicon.strong, changed),
            far=far_files(changed_far_words(base, self.lexicon.far_words)),
            gone=gone,
            loose=changed_expressions(base, self.usable),
            words=words,
            base=False,
        )

    def _writer(self, documents: Sequence[Document], **more: Any) -> SegmentWriter:
        return SegmentWriter(
            rows=[document.row for document in documents],
            postings=Postings(documents, self.lexicon, self._rarity),
            lexicon=self.lexicon,
            platforms=self.platforms,
            categories=sorted(self.categories),
            usable=self.usable,
            **more,
        )

    def _rarity(self, name: str) -> float:
        return ranking.rarity(self.lexicon.courses, self.lexicon.holding[name])

    def difference(self) -> dict[str, str] | None:
        """Which numbers are dead, and how many of the base's ids come before each of the delta's courses."""
        if not self.base or not (self.dead or self.fresh):
            return None
        known = [(place, cheapest_first(d)) for place, d in enumerate(self.documents[: len(self.base.ids)]) if d]
        # After the last of the base's that come before it; the dead between two of these do not matter.
        befores = (bisect(known, cheapest_first(document), key=itemgetter(1)) for document in self.fresh)
        places = [known[before - 1][0] + 1 if before else 0 for before in befores]
        gaps = (place - before for before, place in zip([0, *places], places, strict=False))
        return {"dead": ascending(self.dead), "after": numbers(gaps)}


def write_sharded(documents: Sequence[Document], writer: Writer, build: str, previous: Path | None = None) -> str:
    """Writes all files; returns the name of the boot file. `previous` is the folder of an earlier index."""
    from search_index.export import FORMAT

    documents = sorted(documents, key=cheapest_first)
    lexicon = build_lexicon(documents)
    platforms = platform_ids(document.row for document in documents)
    categories = category_names(documents)
    segments = Segments(documents, lexicon, platforms, categories, previous)
    rows = segments.rows
    prices = lowest_prices(rows)
    orders = {sort: courses_by(sort, rows, prices) for sort in SORTS}
    counts = OptionCounts(rows)
    data = {
        "format": FORMAT,
        "form": "sharded",
        "build": build,
        "recipe": recipe(),
        "count": len(documents),
        "segments": segments.write(writer),
        "tables": word_tables(),
        "platforms": platforms,
        "categories": categories,
        "columns": {name: writer.write(f"k-{name}", value) for name, value in facet_columns(rows).items()},
        "offers": writer.write("k-offers", offer_columns(rows, platforms)),
        "ranks": writer.write("k-ranks", column(id_ranks(rows))),
        "walk": " ".join(write_walk(rows, prices, orders["harga"], writer, platforms, sorted(categories))),
        "walked": CARD_FILE,
        "heads": write_heads(rows, prices, orders["harga"], counts, segments.start, writer),
        "options": writer.write("options", counts.pairs()),
        "providers": writer.write("providers", counts.by_provider() | {"buyable": counts.buyable()}),
        "first": writer.write("first", {sort: numbers(order[:FIRST]) for sort, order in orders.items()}),
        "leaders": {sort: leaders(orders[sort], sort, writer) for sort in LED},
    }
    changed = segments.difference()
    if changed:
        data["difference"] = writer.write("d", changed)
    return writer.write("boot", data)
