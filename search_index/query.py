"""Asking the Whoosh index: the same words, filters, counts and sorts as on the site's search page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whoosh import index, query, searching

from search_index.build import LEXICON
from search_index.documents import STRONG
from search_index.facets import Row, RowOffer, unpack
from search_index.filters import Counts, Query, cheapest, matches, passing_offers, sort_key
from search_index.lexicon import Lexicon
from search_index.ranking import BOOSTS
from search_index.schema import CourseWeighting
from search_index.understand import Alternative, Understood, understand, word_by_word

__all__ = ["Hit", "Query", "Repair", "SearchError", "SearchResult", "search"]


# Without words nothing is more relevant than anything else: the cheapest come first, as on the site's lists.
NO_WORDS = "harga"


class SearchError(ValueError):
    """The index can't be asked; the message says what to do."""


@dataclass(frozen=True)
class Hit:
    """A found course; `offer` is the cheapest one that passes the filters."""

    row: Row
    score: float
    offer: RowOffer | None
    why: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        row = self.row
        out = {
            "id": row.id,
            "slug": row.slug,
            "title": row.title,
            "provider": row.provider,
            "lowest_price_idr": row.lowest_price,
            "price_idr": self.offer.price if self.offer else None,
            "levels": list(row.levels),
            "score": round(self.score, 6),
        }
        return out | {"why": list(self.why)} if self.why else out


@dataclass(frozen=True)
class Repair:
    """The condition whose removal helps most, and how many courses there would be."""

    key: str
    value: str
    total: int


@dataclass
class SearchResult:
    """`facets` has group -> value -> number of courses with that value as the group's only choice."""

    total: int = 0
    hits: list[Hit] = field(default_factory=list)
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    suggestion: str | None = None
    ignored: list[str] = field(default_factory=list)
    repair: Repair | None = None
    category: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What `banding search --json` prints."""
        out: dict[str, Any] = {
            "total": self.total,
            "facets": self.facets,
            "results": [hit.to_json() for hit in self.hits],
        }
        if self.suggestion:
            out["suggestion"] = self.suggestion
        if self.ignored:
            out["ignored"] = self.ignored
        if self.repair:
            out["repair"] = vars(self.repair)
        if self.category:
            out["category"] = self.category
        return out


def _term(name: str, weight: float) -> query.Query:
    return query.Or([query.Term(fieldname, name, boost=boost * weight) for fieldname, boost in BOOSTS.items()])


def _alternative(alternative: Alternative) -> query.Query:
    share = alternative.weight / len(alternative.families)
    return query.And([_term(name, share) for name in alternative.families])


def whoosh_query(understood: Understood) -> query.Query:
    """All groups must match, one alternative of each suffices; without groups every course matches."""
    if not understood.groups:
        return query.Every()
    return query.And([query.Or([_alternative(one) for one in group]) for group in understood.groups])


def _open(folder: Path) -> tuple[searching.Searcher, Lexicon]:
    """Both of one index: where a new one takes the folder's place meanwhile, the new one is opened."""
    while True:
        place = folder.stat().st_ino
        try:
            searcher = index.open_dir(str(folder)).searcher(weighting=CourseWeighting())
            lexicon = Lexicon.load(folder / LEXICON)
        except Exception as error:  # whatever Whoosh makes of files that are missing, cut or not its own
            if folder.stat().st_ino == place:
                raise SearchError(f"{folder}: damaged ({error}); run `banding index` to make it anew") from error
            continue
        if folder.stat().st_ino == place:
            return searcher, lexicon
        searcher.close()


class Index:
    """An opened index; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        if not any(folder.glob("*.toc")) or not (folder / LEXICON).is_file():
            raise SearchError(f"{folder}: no search index here; run `banding index` (or `banding nightly`) first")
        self.searcher, self.lexicon = _open(folder)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.searcher.close()

    def rows(self, understood: Understood) -> list[tuple[Row, float, int]]:
        """Every course that holds the words: row, score, document number. Where no course holds them all, those that
        hold most of them."""
        scores = self._scores(understood)
        if not scores:
            scores = self._loose(word_by_word(understood.groups))
        return [(unpack(self.searcher.stored_fields(number)["row"]), score, number) for number, score in scores.items()]

    def _scores(self, understood: Understood) -> dict[int, float]:
        scored = bool(understood.groups)
        found = self.searcher.search(whoosh_query(understood), limit=None, scored=scored)
        return {number: score if scored else 0.0 for score, number in found.top_n}

    def _loose(self, groups: list[list[Alternative]]) -> dict[int, float]:
        """Courses that hold as many groups as any course does."""
        held: dict[int, list[float]] = {}
        for group in groups:
            for number, score in self._scores(Understood(groups=[group])).items():
                held.setdefault(number, []).append(score)
        most = max(map(len, held.values()), default=0)
        return {number: sum(scores) for number, scores in held.items() if len(scores) == most}

    def search(self, asked: Query, *, explain: bool = False) -> SearchResult:
        """Answers one query; raises nothing for strange texts, they just find nothing."""
        understood = understand(asked.q, self.lexicon)
        rows = self.rows(understood)
        counts = Counts()
        passing = [(row, score, number) for row, score, number in rows if counts.add(asked, row)]
        result = SearchResult(
            total=counts.total,
            facets={group: dict(sorted(counter.items())) for group, counter in counts.by_group.items()},
            suggestion=understood.suggestion,
            ignored=understood.ignored,
        )
        offers = {row.id: cheapest(passing_offers(asked, row)) for row, _, _ in passing}
        prices = {key: offer.price if offer else None for key, offer in offers.items()}
        order = asked.urut if understood.groups or asked.urut != "relevan" else NO_WORDS
        passing.sort(key=lambda hit: sort_key(order, hit[0], prices[hit[0].id], hit[1]))
        first = (asked.hal - 1) * asked.limit
        for row, score, number in passing[first : first + asked.limit]:
            why = self.explain(understood, number) if explain else ()
            result.hits.append(Hit(row, score, offers[row.id], why))
        if not result.total:
            self._help(asked, understood, rows, result)
        return result

    def explain(self, understood: Understood, number: int) -> tuple[dict[str, Any], ...]:
        """Why a course stands where it stands: each word's share of the score, field by field."""
        parts = []
        for group in understood.groups:
            for alternative in group:
                for name in alternative.families:
                    weight = alternative.weight / len(alternative.families)
                    parts.extend(self._shares(name, weight, number))
        return tuple(part for part in parts if part["score"])

    def _shares(self, name: str, weight: float, number: int) -> list[dict[str, Any]]:
        shares = []
        for fieldname in ("text", *STRONG):
            if (fieldname, name) not in self.searcher.reader():
                continue
            boost = BOOSTS[fieldname] * weight
            matcher = query.Term(fieldname, name, boost=boost).matcher(self.searcher)
            if matcher.is_active():
                matcher.skip_to(number)
            if matcher.is_active() and matcher.id() == number:
                count = round(matcher.weight() / boost)
                shares.append({"word": name, "field": fieldname, "count": count, "score": matcher.score()})
        return shares

    def _help(
        self, asked: Query, understood: Understood, rows: list[tuple[Row, float, int]], result: SearchResult
    ) -> None:
        """Zero results: the one condition to drop, and the category that is nearest."""
        found = [row for row, _, _ in rows]
        result.repair = repair(asked, found)
        near = found
        if not near and understood.groups:
            loose = Understood(groups=[[one for group in understood.groups for one in group]])
            near = [row for row, _, _ in self.rows(loose)]
        result.category = commonest_category(near)


CONDITIONS = (
    "harga_maks", "harga_min", "tingkat", "platform", "kategori", "cara", "kota", "lembaga", "durasi", "mulai",
    "sertifikat", "rating", "prakerja", "buyable",
)  # fmt: skip


def repair(asked: Query, rows: list[Row]) -> Repair | None:
    """The filter whose removal gives most courses; None where no single one helps."""
    best: Repair | None = None
    for key in CONDITIONS:
        value = getattr(asked, key)
        if value in (None, ()):
            continue
        without = asked.without(key)
        total = sum(matches(without, row) for row in rows)
        if total and (best is None or total > best.total):
            best = Repair(key, ",".join(value) if isinstance(value, tuple) else str(value), total)
    return best


def commonest_category(rows: list[Row]) -> str | None:
    """The category that most of the rows have; ties go to the first by name."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.category:
            counts[row.category] = counts.get(row.category, 0) + 1
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def search(folder: Path, asked: Query, *, explain: bool = False) -> SearchResult:
    """Opens the index in `folder` and answers one query."""
    with Index(folder) as opened:
        return opened.search(asked, explain=explain)
