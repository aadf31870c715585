"""The Whoosh schema. Fields hold families that were analyzed before, separated by spaces."""

from __future__ import annotations

from typing import Any

from whoosh import analysis, fields, scoring

from search_index import ranking
from search_index.documents import STRONG


def make_schema() -> fields.Schema:
    """Scored word fields, and one stored row with the facet values and prices (numbers) of the course."""
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        row=fields.STORED,
        text=fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=False),
        **{name: fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=False) for name in STRONG},
    )


class _CourseScorer(scoring.BM25FScorer):  # type: ignore[misc]
    """BM25F with one rarity over all fields and a fixed usual title length (ranking.py says why)."""

    def __init__(self, searcher: Any, fieldname: str, text: Any, b: float) -> None:
        parent = searcher.get_parent()
        spelled = text if isinstance(text, str) else text.decode()
        self.idf = parent.idf("text", spelled)
        self.avgfl = float(ranking.USUAL_TITLE)
        self.B = b
        self.K1 = ranking.K1
        self.qf = 1
        self.setup(searcher, fieldname, text)

    def _score(self, weight: float, length: int) -> float:
        return float(super()._score(weight, min(length, ranking.LONGEST_TITLE)))


class CourseWeighting(scoring.BM25F):  # type: ignore[misc]
    """The weighting of `banding search`."""

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: int = 1) -> Any:
        return _CourseScorer(searcher, fieldname, text, ranking.TITLE_B if fieldname == "title" else 0.0)
