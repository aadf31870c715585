"""The segment that CourseWriter writes is Whoosh's own, found out by reading both with Whoosh."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import index

from search_index.documents import STRONG
from search_index.schema import make_schema
from search_index.writer import BLOCK, CourseWriter

NAMES = (*STRONG, "text")
Course = tuple[str, dict[str, list[str]]]


def drawn(seed: int, courses: int) -> list[Course]:
    """Courses of few common and many rare words; some fields are empty, some words are not ASCII."""
    lot = random.Random(seed)
    rare = [f"kata{number}" for number in range(3 * courses)] + ["é", "ﬁ", "日本", "c++", "z" * 300]
    some = ["umum", "biasa", "sering"]

    def words(most: int) -> list[str]:
        return [lot.choice(some if lot.random() < 0.5 else rare) for _ in range(lot.randrange(most))]

    return [
        (f"k{number:05}", {name: words(60 if name == "text" else 9) for name in NAMES}) for number in range(courses)
    ]


def whooshs(folder: Path, courses: list[Course]) -> Any:
    folder.mkdir()
    writer = index.create_in(str(folder), make_schema()).writer()
    for name, words in courses:
        writer.add_document(id=name, row=[name, 1], **{field: " ".join(text) for field, text in words.items()})
    writer.commit()
    return index.open_dir(str(folder))


def ours(folder: Path, courses: list[Course]) -> Any:
    folder.mkdir()
    writer = CourseWriter(index.create_in(str(folder), make_schema()))
    for name, words in courses:
        writer.add_course({"id": name, "row": [name, 1]}, words | {"id": [name]})
    writer.commit()
    return index.open_dir(str(folder))


def contents(opened: Any) -> Iterator[Any]:
    """All that a reader can tell of an index."""
    with opened.reader() as reader:
        yield reader.doc_count_all(), sorted(reader.indexed_field_names())
        for number in range(reader.doc_count_all()):
            yield reader.stored_fields(number), [reader.doc_field_length(number, name) for name in NAMES]
        lengths = {name: reader.field_length(name) for name in NAMES}
        yield (
            lengths,
            [(reader.min_field_length(n), reader.max_field_length(n)) for n, length in lengths.items() if length],
        )
        for field, term in reader.all_terms():
            info = reader.term_info(field, term)
            yield field, term, info.weight(), info.doc_frequency(), info.max_weight()
            yield info.min_length(), info.max_length(), info.min_id(), info.max_id()
            matcher = reader.postings(field, term)
            while matcher.is_active():
                yield matcher.id(), matcher.weight(), matcher.block_max_weight(), matcher.block_min_length()
                matcher.next()


@pytest.mark.parametrize(("seed", "courses"), [(1, 1), (2, BLOCK), (3, BLOCK + 1), (4, 2 * BLOCK + 7)])
def test_it_reads_as_whooshs_own(tmp_path: Path, seed: int, courses: int) -> None:
    chosen = drawn(seed, courses)
    expected = list(contents(whooshs(tmp_path / "whoosh", chosen)))
    assert list(contents(ours(tmp_path / "ours", chosen))) == expected
    assert len(expected) > courses


def test_a_changed_word_is_seen(tmp_path: Path) -> None:
    chosen = drawn(5, 20)
    expected = list(contents(whooshs(tmp_path / "whoosh", chosen)))
    chosen[7][1]["text"].append("umum")
    assert list(contents(ours(tmp_path / "ours", chosen))) != expected


def test_no_course_and_courses_without_a_word(tmp_path: Path) -> None:
    assert list(contents(ours(tmp_path / "none", []))) == list(contents(whooshs(tmp_path / "none2", [])))
    silent: list[Course] = [("k1", {name: [] for name in NAMES}), ("k2", {name: [] for name in NAMES})]
    assert list(contents(ours(tmp_path / "silent", silent))) == list(contents(whooshs(tmp_path / "silent2", silent)))


def test_a_cancelled_writer_leaves_the_folder_usable(tmp_path: Path) -> None:
    opened = index.create_in(str(tmp_path), make_schema())
    writer = CourseWriter(opened)
    writer.add_course({"id": "k1"}, {"id": ["k1"], "title": ["a"]})
    writer.cancel()
    assert opened.reader().doc_count_all() == 0
