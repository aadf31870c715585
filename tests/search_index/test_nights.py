"""The sharded form from night to night: a base that stays, a small delta, answers as of a new index."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from catalog.records import Course
from search_index.delta import difference, digest, read_base
from search_index.documents import analyze_all
from search_index.export import FORMAT, export_index
from search_index.sharded import cheapest_first, usable_synonyms
from search_index.whole import category_names, platform_ids
from tests.search_index.support import OPTIONS, Both, build_both, make_catalog, random_state
from tests.search_index.test_parity import all_cards


def changed_night(courses: list[Course], seed: int = 1) -> list[Course]:
    """Another night: some prices, titles and texts are others, some courses are gone, some are new."""
    dice = random.Random(seed)
    later = [course.model_copy(deep=True) for course in courses]
    for course in dice.sample(later, 6):
        for offer in course.offers:
            offer.price_idr = (offer.price_idr or 10_000) + 5_000
    for course in dice.sample(later, 5):
        course.title = f"{course.title} bersama Ahli"
        course.text = f"{course.text} kaligrafi"
    for course in dice.sample(later, 6):
        later.remove(course)
    new = [course for course in make_catalog(200, seed=99) if course.status == "active"]
    return [*later, *new[:9]]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Both, Both]:
    """Two nights, the second on top of the first; small buckets and lists."""
    folder = tmp_path_factory.mktemp("nights")
    courses = make_catalog(700, seed=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search_index.segment.BUCKET_BYTES", 2_000)
        patch.setattr("search_index.lists.LIST_COURSES", 250)
        patch.setattr("search_index.lists.FACET_COURSES", 60)
        patch.setattr("search_index.lists.LEVELS_APART", 100)
        patch.setattr("search_index.sharded.HEAD", 300)
        first = build_both(courses, folder / "1", "sharded")
        second = build_both(changed_night(courses), folder / "2", "sharded", first.boot.parent)
    return first, second


def boot_of(both: Both) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(both.boot.read_text())
    return found


def test_the_base_keeps_its_files(nights: tuple[Both, Both]) -> None:
    first, second = nights
    assert len(boot_of(first)["segments"]) == 1
    base, delta = boot_of(second)["segments"]
    assert base == boot_of(first)["segments"][0]
    assert 15 <= delta["count"] <= 25
    for path in first.boot.parent.glob(f"*-{base['tag']}.json"):
        assert (second.boot.parent / path.name).read_bytes() == path.read_bytes()


def test_answers_are_those_of_a_whole_new_index(nights: tuple[Both, Both]) -> None:
    both = nights[1]
    dice = random.Random(2)
    states = [random_state(dice) for _ in range(120)]
    states += [{"q": q} for q in ("ahli", "kaligrafi", "desain", "english", "bersama ahli", "zzzz", "roti kaligrafi")]
    states += [{"urut": "harga"}, {"urut": "terbaru"}, {"tingkat": ["tidak-disebutkan"], "urut": "harga"}]
    states += [
        {"sertifikat": ["ya"], "cara": [way], group: [value], "urut": "harga"}
        for way in ("webinar", "belajar-mandiri")
        for group in ("platform", "prakerja", "tingkat")
        for value in OPTIONS[group][:3]
    ]
    results, answers = both.whoosh(states), both.browser(states)
    for state, whoosh, browser in zip(states, results, answers, strict=True):
        assert browser["total"] == whoosh.total, state
        assert browser["facets"] == whoosh.facets, state
        assert browser["suggestion"] == whoosh.suggestion, state
    assert sum(result.total > 0 for result in results) > 60
    for state, whoosh, cards in zip(states, results, all_cards(both, states, [r.total for r in results]), strict=True):
        prices = {hit.row.id: hit.offer.price if hit.offer else None for hit in whoosh.hits}
        assert {card["id"]: card["price"] for card in cards} == prices, state
        scores = {hit.row.id: hit.score for hit in whoosh.hits}
        if state.get("urut", "relevan") != "relevan" or not any(scores.values()):
            assert [card["id"] for card in cards] == list(scores), state
            continue
        found = [scores[card["id"]] for card in cards]
        # A group of synonyms was put together with the base's rarities: a little more room than a new index has.
        assert all(b <= a * 1.02 for a, b in pairwise(found)), state


def test_a_quiet_night_changes_nothing_and_many_changes_make_a_new_base(
    nights: tuple[Both, Both], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = nights
    monkeypatch.setattr("search_index.sharded.HEAD", 300)  # as the nights have
    quiet = export_index(first.courses, tmp_path / "q", build="uji", form="sharded", previous=first.boot.parent)
    assert {*quiet.files} == {path.name for path in first.boot.parent.glob("*.json")}
    other = export_index(
        make_catalog(700, seed=6), tmp_path / "o", build="uji", form="sharded", previous=first.boot.parent
    )
    assert len(json.loads((tmp_path / "o" / other.boot).read_text())["segments"]) == 1
    empty = export_index([], tmp_path / "e", build="uji", form="sharded", previous=first.boot.parent)
    assert json.loads((tmp_path / "e" / empty.boot).read_text())["count"] == 0


@pytest.mark.parametrize("harm", ["lost", "changed", "cut"])
def test_a_base_that_is_not_whole_is_not_used(nights: tuple[Both, Both], tmp_path: Path, harm: str) -> None:
    first, _ = nights
    folder = tmp_path / "harmed"
    folder.mkdir()
    for path in first.boot.parent.glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    documents = list(analyze_all(first.courses))
    known = (platform_ids(d.row for d in documents), category_names(documents))
    assert read_base(folder, FORMAT, *known) is not None
    assert read_base(folder, FORMAT, known[0], {}) is None
    victim = sorted(folder.glob("w3-*.json"))[0]
    if harm == "lost":
        victim.unlink()
    elif harm == "changed":
        victim.write_bytes(victim.read_bytes().replace(b"[", b"[ ", 1))
    else:
        boot = folder / first.boot.name
        boot.write_bytes(boot.read_bytes()[:-20])
    assert read_base(folder, FORMAT, *known) is None
    assert read_base(folder, FORMAT + 1, *known) is None and read_base(tmp_path / "none", FORMAT, [], {}) is None
    again = export_index(first.courses, tmp_path / "new", build="uji", form="sharded", previous=folder)
    assert again.courses == len([c for c in first.courses if c.status == "active"])


def test_what_differs_is_found_by_any_change(nights: tuple[Both, Both]) -> None:
    first, _ = nights
    documents = sorted(analyze_all(first.courses), key=cheapest_first)
    known = (platform_ids(d.row for d in documents), category_names(documents))
    base = read_base(first.boot.parent, FORMAT, *known)
    assert base is not None
    marks = [digest(document) for document in documents]
    assert difference(base, documents, marks) == ([], [])
    dead, fresh = difference(base, documents[1:], ["other", *marks[2:]])
    assert dead == [0, 1] and [d.row.id for d in fresh] == [documents[1].row.id]


def test_synonyms_that_no_course_holds_are_not_usable() -> None:
    from search_index.lexicon import build_lexicon

    assert usable_synonyms(build_lexicon([])) == {}
