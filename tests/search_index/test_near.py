"""Words that a misspelt one may mean: of names, and of descriptions where no name has one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.records import Course
from search_index.near import far_files, read_files
from tests.factories import make_course, make_offer
from tests.search_index.support import Both, build_both


def courses(*texts: str) -> list[Course]:
    return [
        make_course(
            [make_offer(native_id=str(n))], id=f"c{n:012x}", slug=f"p{n}", title="Kelas Roti", text=text, skills=[]
        )
        for n, text in enumerate(texts)
    ]


LIGHT = ["memakai lightroom dan kamera"] * 3
RARE = ["memakai gramofon"] * 2
ASKED: list[dict[str, Any]] = [
    {"q": word} for word in ("lightrom", "ligthroom", "lightrooms", "kmera", "gramofom", "rotie")
]


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_a_word_of_descriptions_is_meant_where_no_name_has_one(tmp_path: Path, form: str) -> None:
    both = build_both(courses(*LIGHT, *RARE), tmp_path, form)
    answers = both.browser(ASKED)
    assert [(a["suggestion"], a["total"]) for a in answers[:3]] == [("lightroom", 3)] * 3
    # The first three letters must be right; a word of two courses may be misspelt itself; names come first.
    assert [(a["suggestion"], a["total"]) for a in answers[3:]] == [(None, 0), (None, 0), ("roti", 5)]
    assert [(r.suggestion, r.total) for r in both.whoosh(ASKED)] == [(a["suggestion"], a["total"]) for a in answers]


def test_a_delta_knows_which_words_came_and_went(tmp_path: Path) -> None:
    many = courses(*LIGHT, *(["roti manis"] * 300))
    first = build_both(many, tmp_path / "first", "sharded")
    gone = build_both(
        [*many[2:], *courses(*(["" for _ in many]), *(["mesin gramofon"] * 3))[len(many) :]],
        tmp_path / "next", "sharded", previous=first.boot.parent,
    )  # fmt: skip
    assert len(segments(gone)) == 2, "a base and a delta"
    states = [{"q": "lightrom"}, {"q": "gramofom"}]
    assert [(a["suggestion"], a["total"]) for a in first.browser(states)] == [("lightroom", 3), (None, 0)]
    assert [(a["suggestion"], a["total"]) for a in gone.browser(states)] == [(None, 0), ("gramofon", 3)]
    assert [(r.suggestion, r.total) for r in gone.whoosh(states)] == [(None, 0), ("gramofon", 3)]


def segments(both: Both) -> list[Any]:
    import json

    found: list[Any] = json.loads(both.boot.read_bytes())["segments"]
    return found


def test_files_hold_each_word_with_its_number() -> None:
    words = {f"kata{n:03}": n % 5 + 1 for n in range(500)} | {"abc": 2}
    files = far_files(words)
    assert len(files) == 3
    assert read_files(files) == {word: size for word, size in words.items() if len(word) > 3}
    assert far_files({}) == [] and read_files([]) == {}
    assert len(far_files(words, most=2)) == 2
