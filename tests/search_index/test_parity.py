"""The browser's engine answers as `banding search` does: the same courses, counts and order."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

from tests.search_index.support import QUERIES, Both, build_both, make_catalog, random_state


@pytest.fixture(scope="module", params=["whole", "sharded"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return build_both(make_catalog(600), tmp_path_factory.mktemp(request.param), request.param)


def all_cards(both: Both, states: list[dict[str, Any]], totals: list[int]) -> list[list[dict[str, Any]]]:
    """Cards of all pages of every state."""
    paged = [(n, {**s, "hal": p}) for n, s in enumerate(states) for p in range(1, -(-totals[n] // 10) + 1)]
    cards: list[list[dict[str, Any]]] = [[] for _ in states]
    for (n, _), answer in zip(paged, both.browser([s for _, s in paged]), strict=True):
        cards[n].extend(answer["cards"])
    return cards


def test_200_queries_with_filters_give_the_same_courses_counts_and_order(both: Both) -> None:
    dice = random.Random(11)
    states = [random_state(dice) for _ in range(200)]
    ours = both.whoosh(states)
    theirs = both.browser(states)
    for state, whoosh, browser in zip(states, ours, theirs, strict=True):
        assert browser["total"] == whoosh.total, state
        assert browser["facets"] == whoosh.facets, state
        assert browser["suggestion"] == whoosh.suggestion, state
        assert browser["repair"] == (vars(whoosh.repair) if whoosh.repair else None), state
        assert browser["category"] == whoosh.category, state
    assert sum(result.total > 0 for result in ours) > 80
    cards = all_cards(both, states, [result.total for result in ours])
    for state, whoosh, found in zip(states, ours, cards, strict=True):
        scores = {hit.row.id: hit.score for hit in whoosh.hits}
        prices = {hit.row.id: hit.offer.price if hit.offer else None for hit in whoosh.hits}
        assert {card["id"]: card["price"] for card in found} == prices, state
        rows = {hit.row.id: hit.row for hit in whoosh.hits}
        for card in found:
            row = rows[card["id"]]
            shown = (row.slug, row.title, row.provider, row.category, row.rating, row.rating_count, row.minutes)
            keys = ("slug", "title", "provider", "category", "rating", "rating_count", "minutes")
            assert tuple(card[key] for key in keys) == shown
            assert (card["levels"], card["modes"]) == (list(row.levels), list(row.modes))
            assert set(card["platforms"]) == {offer.platform for offer in row.offers}
        if state["urut"] != "relevan" or not any(scores.values()):
            assert [card["id"] for card in found] == list(scores), state
            continue
        order = [scores[card["id"]] for card in found]
        assert all(later <= earlier * 1.01 for earlier, later in pairwise(order)), state


def test_what_was_asked_before_changes_no_answer(both: Both) -> None:
    dice = random.Random(5)
    asked = sorted({*QUERIES, *" ".join(QUERIES).split()})
    alone = dict(zip(asked, both.browser([{"q": query, "fresh": True} for query in asked]), strict=True))
    pairs = [(dice.choice(asked), query) for query in asked for _ in range(8)]
    answers = both.browser([state for first, then in pairs for state in ({"q": first, "fresh": True}, {"q": then})])
    for (first, then), answer in zip(pairs, answers[1::2], strict=True):
        for key in ("total", "suggestion", "ignored", "facets", "cards"):
            assert answer[key] == alone[then][key], (first, then)


def test_the_comparison_notices_a_course_that_is_missing(both: Both, tmp_path: Any) -> None:
    other = build_both(make_catalog(600)[:-60], tmp_path, "whole")
    states = [{"q": "desain kemasan"}, {"q": ""}]
    assert [a["total"] for a in other.browser(states)] != [r.total for r in both.whoosh(states)]


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_an_empty_catalog_answers_nothing(tmp_path: Any, form: str) -> None:
    empty = build_both([], tmp_path, form)
    states = [{"q": ""}, {"q": "desain"}, {"q": "desain", "harga_maks": 1, "platform": ["tokopedia"]}]
    assert [a["total"] for a in empty.browser(states)] == [0, 0, 0]
    assert [r.total for r in empty.whoosh(states)] == [0, 0, 0]
