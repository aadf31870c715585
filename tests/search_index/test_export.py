"""The static index as files: deterministic, immutable names, small changes on quiet nights, both forms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from search_index.codec import ascending, column, fnv, numbers
from search_index.columns import coded
from search_index.export import WHOLE_UP_TO, export_index
from search_index.near import ends
from search_index.understand import one_edit
from search_index.whole import cut, form_code
from tests.bench.search_catalog import Catalog
from tests.search_index.support import build_both, make_catalog


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_equal_courses_give_equal_bytes_in_any_order(tmp_path: Path, form: str) -> None:
    courses = make_catalog(120)
    first = export_index(courses, tmp_path / "a", build="b", form=form)  # type: ignore[arg-type]
    again = export_index(courses[::-1], tmp_path / "b", build="b", form=form)  # type: ignore[arg-type]
    assert first == again
    for name in first.files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_names_change_with_content_and_only_the_boot_file_with_the_build(tmp_path: Path, form: str) -> None:
    courses = make_catalog(120)
    one = export_index(courses, tmp_path / "a", build="one", form=form)  # type: ignore[arg-type]
    two = export_index(courses, tmp_path / "b", build="two", form=form)  # type: ignore[arg-type]
    assert one.boot != two.boot
    assert set(one.files) - {one.boot} == set(two.files) - {two.boot}
    assert all(re.fullmatch(r"[a-z-]+\d*-[0-9a-z]{5}\.json", name) for name in one.files)
    assert json.loads((tmp_path / "a" / one.boot).read_text())["build"] == "one"


def test_a_night_of_changes_leaves_most_bytes_when_sharded(tmp_path: Path) -> None:
    before = export_index(Catalog(1500), tmp_path / "a", build="1", form="sharded")
    later = [*Catalog(1500, changed=0.005)[4:], *Catalog(4, seed=3)]
    after = export_index(later, tmp_path / "b", build="2", form="sharded", previous=tmp_path / "a")
    new = sum(size for name, size in after.files.items() if name not in before.files)
    assert 0 < new <= 0.15 * after.bytes
    other = export_index(Catalog(1500, seed=2), tmp_path / "c", build="2", form="sharded", previous=tmp_path / "a")
    assert sum(size for name, size in other.files.items() if name not in before.files) > 0.9 * other.bytes


def test_the_form_follows_the_number_of_courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WHOLE_UP_TO == 5_000
    courses = make_catalog(60)
    assert export_index(courses, tmp_path / "a", build="b").form == "whole"
    monkeypatch.setattr("search_index.export.WHOLE_UP_TO", 20)
    manifest = export_index(courses, tmp_path / "b", build="b")
    assert manifest.form == "sharded"
    assert manifest.courses == sum(course.status == "active" for course in courses)
    assert max(manifest.files.values()) < 24 * 2**20


def test_numbers_are_written_as_the_format_says() -> None:
    assert column([]) == "$"
    assert column([0, 90]) == "$#~"
    assert column([0, 91])[0] == "%"
    assert numbers([0, 44, 45]) == "#OP$"
    assert ascending([3, 4, 9]) == numbers([3, 0, 4])
    assert coded([None, "b", "a"]) == {"t": ["a", "b"], "c": "$#%$"}
    assert fnv("") == 0x811C9DC5 and fnv("a") == 0xE40C292C


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_ids_of_any_make_come_back(tmp_path: Path, form: str) -> None:
    courses = [course for course in make_catalog(40) if course.status == "active"]
    longer = [course.model_copy(update={"id": f"{course.id[:9]}{n:04x}"}) for n, course in enumerate(courses[:3])]
    short = [course.model_copy(update={"id": course.id[:9]}) for course in courses]
    odd = [course.model_copy(update={"id": f"kursus-{n}"}) for n, course in enumerate(courses)]
    for number, wanted in enumerate(([*longer, *short[3:]], short, odd)):
        both = build_both(wanted, tmp_path / str(number), form)
        pages = both.browser([{"urut": "harga", "hal": page} for page in range(1, len(wanted) // 10 + 2)])
        assert {card["id"] for page in pages for card in page["cards"]} == {course.id for course in wanted}


@pytest.mark.parametrize(
    ("word", "name", "known"),
    [("memasak", "masak", True), ("menulis", "tulis", True), ("roti", "roti", True), ("koding", "kode", False)],
)
def test_families_are_told_by_what_is_cut_off(word: str, name: str, known: bool) -> None:
    assert (form_code(word, name) is not None) == known


def test_a_title_slug_is_cut_between_words() -> None:
    assert cut("satu-dua-tiga", 9) == "satu-dua"
    assert cut("satu-dua", 8) == "satu-dua"
    assert cut("satudua", 4) == "satu"


@pytest.mark.parametrize("word", ["kopis", "barista", "fotografi", "wawancara"])
def test_every_misspelling_is_found_by_one_end_of_the_word(word: str) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    spoiled = {word[:i] + word[i + 1 :] for i in range(len(word))}
    spoiled |= {word[:i] + letter + word[i + n :] for i in range(len(word) + 1) for letter in letters for n in (0, 1)}
    spoiled |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    for typed in spoiled - {word}:
        assert one_edit(typed, word) and one_edit(word, typed)
        if len(typed) >= 5:
            asked = {typed[:3], f"${typed[-3:]}", f"^{typed[:2]}", f"${typed[-2:]}"}
            assert asked & {word[:3], *ends(word)}, typed
    assert not one_edit(word, word) and not one_edit(word, word[2:])
