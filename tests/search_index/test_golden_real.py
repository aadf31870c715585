"""Natural queries against titles as platforms write them: where the recorded list of courses is at hand."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from catalog.records import Course, Provider
from tests.factories import make_course, make_offer
from tests.search_index.support import Both, build_both

pytestmark = pytest.mark.shared
LINES = Path(__file__).with_name("golden_real.txt").read_text(encoding="utf-8").splitlines()
ASKED = [tuple(part.strip() for part in line.split("=")) for line in LINES if not line.startswith("#")]


def real_courses(path: Path) -> list[Course]:
    """Courses that have nothing but the title, provider and category of the recorded list."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["title"]: row for row in csv.DictReader(file)}
    return [
        make_course(
            [make_offer(native_id=str(n), title=title)],
            id=f"c{n:012x}", slug=f"p{n}", title=title, category=row["category"] or None, text="", skills=[],
            provider=Provider(id=f"l{n}", name=row["provider"]) if row["provider"] else None,
        )
        for n, (title, row) in enumerate(rows.items())
    ]  # fmt: skip


@pytest.fixture(scope="module")
def both(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return build_both(real_courses(shared / "gold" / "courses_open.csv"), tmp_path_factory.mktemp("real"), "sharded")


def missed(found: list[list[str]]) -> list[str]:
    return [q for (q, word), titles in zip(ASKED, found, strict=True) if not any(word in t.lower() for t in titles[:5])]


def test_people_find_what_they_mean(both: Both) -> None:
    states = [{"q": query} for query, _ in ASKED]
    assert len(missed([[hit.row.title for hit in result.hits] for result in both.whoosh(states)])) <= 0.05 * len(ASKED)
    assert len(missed([[c["title"] for c in answer["cards"]] for answer in both.browser(states)])) <= 0.05 * len(ASKED)
    assert len(missed([[] for _ in ASKED])) == len(ASKED)


def test_both_engines_agree_on_words_thrown_together(both: Both) -> None:
    dice = random.Random(3)
    pool = " ".join(query for query, _ in ASKED).split()
    states = [{"q": " ".join(dice.sample(pool, dice.choice((1, 2, 3))))} for _ in range(150)]
    for state, whoosh, browser in zip(states, both.whoosh(states), both.browser(states), strict=True):
        assert (browser["total"], browser["suggestion"]) == (whoosh.total, whoosh.suggestion), state
        assert (browser["ignored"], browser["category"]) == (whoosh.ignored, whoosh.category), state
