"""Analyzed courses are remembered, and what is remembered never changes an answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from catalog.files import write_lines
from catalog.layout import Var
from catalog.records import Course
from search_index import document_memory
from search_index.document_memory import read_documents
from search_index.documents import analyze_all
from tests.factories import make_course, make_offer

WORDS = ("memasak", "roti", "Node.js", "c++", "bhs", "inggris", "\u00e9clair", "\ufb01lter", "k3", "\u2028kata")


def drawn(seed: int, number: int = 60) -> list[Course]:
    lot = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(lot.choices(WORDS, k=lot.randrange(1, most)))

    return [
        make_course(
            id=f"c{n:012x}",
            slug=f"pelatihan-{n}",
            title=text(8),
            description=text(40),
            levels=lot.sample(["beginner", "advanced"], k=lot.randrange(3)),
            skills=[text(4) for _ in range(lot.randrange(3))],
            offers=[make_offer(native_id=str(n), status=lot.choice(["active", "active", "gone"]))],
            status=lot.choice(["active", "active", "gone"]),
        )
        for n in range(number)
    ]


@pytest.fixture
def var(tmp_path: Path) -> Var:
    return Var(tmp_path / "var")


def read(var: Var, courses: list[Course], *, keep: bool = True) -> None:
    """Reads the courses as a night does and compares with a plain analysis."""
    write_lines(var.courses, courses)
    assert list(read_documents(var, keep=keep)) == list(analyze_all(courses))


def test_a_second_reading_analyzes_nothing(var: Var, monkeypatch: pytest.MonkeyPatch) -> None:
    courses = drawn(1)
    read(var, courses)
    expected = list(analyze_all(courses))
    monkeypatch.setattr(document_memory, "analyze", lambda course: pytest.fail("analyzed again"))
    assert list(read_documents(var)) == expected
    with pytest.raises(pytest.fail.Exception):
        write_lines(var.courses, drawn(2))
        list(read_documents(var))


def test_only_changed_courses_are_analyzed_and_a_later_sight_is_no_change(
    var: Var, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses = drawn(3)
    read(var, courses)
    analyzed: list[str] = []
    plain = document_memory.analyze
    monkeypatch.setattr(document_memory, "analyze", lambda course: analyzed.append(course.id) or plain(course))
    for course in courses:
        for offer in course.offers:
            offer.last_seen = offer.first_seen
    changed = next(course for course in courses if course.status == "active")
    changed.title += " lanjutan"
    new = make_course(id="cfff", slug="baru", title="Baru")
    read(var, [new, *courses[5:], *courses[:5]])
    assert analyzed == ["cfff", changed.id]


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_memory_changes_nothing(var: Var, seed: int) -> None:
    lot = random.Random(seed)
    courses = drawn(seed, 12)
    read(var, courses)
    path = var.cache / "documents.jsonl"
    data = bytearray(path.read_bytes())
    for _ in range(lot.choice([1, 30])):
        data[lot.randrange(len(data))] = lot.randrange(256)
    path.write_bytes(data[: lot.choice([len(data), lot.randrange(len(data))])])
    read(var, courses)
    read(var, courses)


def test_without_courses_without_memory_and_unkept(var: Var) -> None:
    read(var, [])
    read(var, drawn(4), keep=False)
    path = var.cache / "documents.jsonl"
    before = path.read_bytes()
    read(var, drawn(5), keep=False)
    assert path.read_bytes() == before
    path.write_bytes(b"")
    read(var, drawn(5))
    assert path.stat().st_size > len(before)


def test_an_unreadable_line_is_told_and_the_memory_stays(var: Var) -> None:
    read(var, drawn(6))
    before = (var.cache / "documents.jsonl").read_bytes()
    var.courses.write_bytes(var.courses.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"courses\.jsonl: course 60: .*run `banding catalog` again"):
        list(read_documents(var, keep=True))
    assert (var.cache / "documents.jsonl").read_bytes() == before
    assert not list(var.cache.glob(".*.tmp"))
