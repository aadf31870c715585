"""Filters by price without words, in the sharded form: blocks of the cheapest courses give what all columns would."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from search_index.codec import numbers
from search_index.counts import OptionCounts
from search_index.facets import read_row
from tests.search_index.support import OPTIONS, Both, build_both, make_catalog

ASKED = tuple(key for key in OPTIONS if key not in ("kota", "lembaga"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """A catalog of several blocks, of which only the first have cards, and of several buckets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search_index.walk.STRETCHES", (16, 32, 64, 128))
        patch.setattr("search_index.walk.CARDED", 64)
        patch.setattr("search_index.walk.CARDS", 8)
        patch.setattr("search_index.sharded.CARD_FILE", 8)
        patch.setattr("search_index.segment.BUCKET_BYTES", 1_000)
        patch.setattr("search_index.lists.LIST_COURSES", 40)
        patch.setattr("search_index.lists.MOST_LED", 80)
        patch.setattr("search_index.lists.FACET_COURSES", 40)
        patch.setattr("search_index.lists.LEVELS_APART", 100)
        patch.setattr("search_index.sharded.LEADERS", (16, 48))
        patch.setattr("search_index.sharded.HEAD", 250)
        return build_both(make_catalog(500, seed=3), tmp_path_factory.mktemp("walk"), "sharded")


def pairs() -> list[dict[str, Any]]:
    """Every option alone and every two options of different groups."""
    options = [(key, value) for key in ASKED for value in OPTIONS[key]]
    states = [{key: [value]} for key, value in options]
    states += [{a: [x], b: [y]} for (a, x), (b, y) in itertools.combinations(options, 2) if a != b]
    return [{**state, "urut": "harga"} for state in states]


def test_one_and_two_conditions_give_whooshs_courses_in_its_order_with_its_totals(both: Both) -> None:
    states = [{**state, "hal": page} for state in pairs()[::7] for page in (1, 2)]
    ours = both.whoosh([{k: v for k, v in state.items() if k != "hal"} for state in states])
    for state, whoosh, browser in zip(states, ours, both.browser(states), strict=True):
        start = 10 * (state["hal"] - 1)
        hits = whoosh.hits[start : start + 10]
        assert browser["total"] == whoosh.total, state
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in hits], state
        assert browser["facets"] == whoosh.facets, state
        assert [card["price"] for card in browser["cards"]] == [hit.offer.price if hit.offer else None for hit in hits]


def triples() -> list[dict[str, Any]]:
    """Every three options of different groups, by price."""
    options = [(key, value) for key in ASKED for value in OPTIONS[key]]
    chosen = itertools.combinations(options, 3)
    return [{**{k: [v] for k, v in three}, "urut": "harga"} for three in chosen if len({k for k, _ in three}) == 3]


def test_three_conditions_give_whooshs_courses_in_its_order_with_its_totals(both: Both) -> None:
    states = [{**state, "hal": page} for state in triples()[::83] for page in (1, 2)]
    ours = both.whoosh([{k: v for k, v in state.items() if k != "hal"} for state in states])
    shown, listed = 0, 0
    for state, whoosh, browser in zip(states, ours, both.browser(states), strict=True):
        hits = whoosh.hits[10 * (state["hal"] - 1) :][:10]
        assert browser["total"] == whoosh.total, state
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in hits], state
        assert [card["price"] for card in browser["cards"]] == [hit.offer.price if hit.offer else None for hit in hits]
        assert browser["facets"] == whoosh.facets, state
        shown += len(hits)
        listed += any(name[0] in "rfk" for name in browser["files"])
    assert shown > 200
    assert 0 < listed < len(states)


def test_heads_of_options_answer_three_conditions_without_lists_where_these_tell_enough(both: Both) -> None:
    states: list[dict[str, Any]] = [
        {"sertifikat": ["ya"], "prakerja": ["ya"], "durasi": ["10-20"]},
        {"sertifikat": ["ya"], "cara": ["webinar"], "rating": ["4"]},
    ]
    answers = both.browser([{**state, "fresh": True} for state in states])
    for whoosh, browser in zip(both.whoosh(states), answers, strict=True):
        assert browser["total"] == whoosh.total > 10
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in whoosh.hits[:10]]
        assert {name[0] for name in browser["files"]} <= set("bolc")


def test_what_blocks_cannot_answer_is_looked_for_in_all_courses(both: Both) -> None:
    states: list[dict[str, Any]] = [
        {"tingkat": ["pemula", "mahir"], "urut": "harga"},
        {"tingkat": ["pemula"], "lembaga": ["lembaga-1"], "urut": "harga"},
        {"tingkat": ["pemula"], "platform": ["tokopedia"], "cara": ["webinar"], "urut": "harga"},
        {"tingkat": ["pemula"], "harga_maks": 300_000, "urut": "harga"},
        {"tingkat": ["tidak-ada"], "urut": "harga"},
        {"tingkat": ["pemula"], "urut": "harga", "hal": 500},
        {"harga_maks": 300_000, "urut": "-harga"},
        {"harga_maks": 300_000, "harga_min": 100_000, "urut": "harga"},
    ]
    ours = both.whoosh([{k: v for k, v in state.items() if k != "hal"} for state in states])
    for state, whoosh, browser in zip(states, ours, both.browser(states), strict=True):
        hits = [] if "hal" in state else whoosh.hits[:10]
        assert browser["total"] == whoosh.total, state
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in hits], state


def test_counts_without_and_with_one_condition_are_whooshs(both: Both) -> None:
    states = [
        {},
        *({key: [value]} for key in OPTIONS for value in OPTIONS[key]),
        {"kota": ["x"]},
        {"harga_maks": 300_000},
    ]
    for state, whoosh, browser in zip(states, both.whoosh(states), both.browser(states), strict=True):
        assert browser["facets"] == whoosh.facets, state


def test_words_are_found_through_many_buckets_and_lists(both: Both) -> None:
    assert len(list(both.boot.parent.glob("w*.json"))) > 20
    assert len(list(both.boot.parent.glob("r*.json"))) > 5
    states = [{"q": q} for q in ("desain kemasan", "memasak", "english", "zzzzzz", "fotog", "bahsa inggris")]
    for whoosh, browser in zip(both.whoosh(states), both.browser(states), strict=True):
        assert browser["total"] == whoosh.total


@pytest.mark.parametrize(
    "state",
    [
        {"q": "desain", "platform": ["tokopedia"], "urut": "harga"},
        {"q": "desain memasak", "cara": ["webinar", "tatap-muka"], "tingkat": ["pemula"]},
        {"kategori": ["gaya-hidup"], "platform": ["tokopedia", "pintaria"], "harga_maks": 600_000, "urut": "harga"},
        {"cara": ["webinar"], "durasi": ["5-10"], "tingkat": ["pemula", "mahir"], "urut": "-harga"},
        {"prakerja": ["periksa"], "harga_maks": 400_000, "urut": "harga"},
        {"tingkat": ["pemula"], "harga_maks": 400_000, "urut": "harga"},
    ],
)
def test_lists_of_options_answer_without_facets_and_columns(both: Both, state: dict[str, Any]) -> None:
    [whoosh], [browser] = both.whoosh([state]), both.browser([state])
    assert browser["total"] == whoosh.total > 0
    cards = {card["id"]: card["price"] for card in browser["cards"]}
    if "urut" in state:
        assert list(cards) == [hit.row.id for hit in whoosh.hits[:10]]
    prices = {hit.row.id: hit.offer.price if hit.offer else None for hit in whoosh.hits}
    assert cards.items() <= prices.items()
    assert not [name for name in browser["files"] if name[0] in "fkt"]
    assert any(name[0] == "r" for name in browser["files"])


def test_a_later_page_after_the_counts_is_of_the_same_courses(both: Both) -> None:
    """What counts had read of all courses of one option stood for those of all options."""
    asked = {
        "platform": ["tokopedia"],
        "tingkat": ["pemula"],
        "harga_maks": 900_000,
        "sertifikat": ["ya"],
        "urut": "harga",
    }
    states = [{**asked, "hal": page} for page in (1, 2, 1)]
    [whoosh] = both.whoosh([asked])
    assert whoosh.total > 10
    for state, browser in zip(states, both.browser(states), strict=True):
        hits = whoosh.hits[10 * (state["hal"] - 1) :][:10]
        assert browser["total"] == whoosh.total
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in hits]
        assert browser["facets"] == whoosh.facets


def test_what_lists_of_options_do_not_tell_is_read_from_facets(both: Both) -> None:
    states: list[dict[str, Any]] = [
        {"q": "desain", "platform": ["tokopedia"], "prakerja": ["ya"], "urut": "harga"},
        {"q": "desain", "platform": ["tokopedia"], "harga_min": 100_000, "urut": "harga"},
        {"q": "desain", "cara": ["webinar"], "urut": "per_jam"},
    ]
    for state in states:
        [whoosh], [browser] = both.whoosh([state]), both.browser([state])
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in whoosh.hits[:10]] != []
        assert [name for name in browser["files"] if name[0] in "fk"]


def test_long_lists_are_asked_for_before_their_words_are_known(both: Both) -> None:
    for state in ({"q": "desain memasak"}, {"prakerja": ["ya"], "harga_maks": 400_000, "urut": "harga"}):
        [answer] = both.browser([state])
        kinds = [name[0] for name in answer["files"]]
        assert "r" in kinds[: kinds.index("w")], kinds


def test_option_counts_hold_pairs_of_one_offer_and_nothing_of_no_courses() -> None:
    nothing = OptionCounts([])
    assert nothing.pairs() == {"options": [], "counts": ""}
    assert nothing.triples() == {}
    assert nothing.by_provider() == {"values": [], "counts": [""]}
    assert nothing.buyable() == {"days": [], "options": [""], "providers": []}
    rows = [read_row(course) for course in make_catalog(40) if course.status == "active"]
    data = OptionCounts(rows).pairs()
    size = len(data["options"])
    low, high = data["options"].index("platform=tokopedia"), data["options"].index("prakerja=ya")
    wanted = sum(any(o.platform == "tokopedia" and o.eligible == "yes" for o in row.offers) for row in rows)
    assert 0 < wanted < len(rows)
    assert len(data["counts"]) == size * (size + 1) // 2  # fewer than 45 courses: one sign a number
    assert data["counts"][low * size - low * (low - 1) // 2 + high - low] == numbers([wanted])


def test_sorts_by_rating_and_age_read_the_first_courses_of_all_and_columns_where_these_do_not_do(both: Both) -> None:
    asked: list[dict[str, Any]] = [{"q": "desain"}, {"q": "memasak"}, {"q": "surat", "cara": ["webinar"]}]
    asked += [{"q": "roti zzzzzz"}, {"q": "zzzzzz"}, {"tingkat": ["pemula"], "harga_maks": 600_000}]
    states = [{**state, "urut": sort} for state in asked for sort in ("rating", "terbaru")]
    paged = [{**state, "hal": page} for state in states for page in (1, 2)]
    ours = [result for result in both.whoosh(states) for _ in range(2)]
    shown = 0
    for state, whoosh, browser in zip(paged, ours, both.browser(paged), strict=True):
        start = 10 * (state["hal"] - 1)
        assert browser["total"] == whoosh.total, state
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in whoosh.hits[start : start + 10]], (
            state
        )
        shown += len(browser["cards"])
    assert shown > 100


def test_several_conditions_without_words_read_the_list_of_the_rarest(both: Both) -> None:
    states: list[dict[str, Any]] = [
        {"lembaga": ["lembaga-3"], "urut": "harga"},
        {"lembaga": ["lembaga-3", "lembaga-7"], "tingkat": ["pemula"], "urut": "-harga"},
        {"kota": ["kota-bandung"], "platform": ["tokopedia"], "cara": ["webinar"], "urut": "per_jam"},
        {"kategori": ["gaya-hidup"], "prakerja": ["ya"], "harga_maks": 400_000, "urut": "terbaru"},
        {"kategori": ["gaya-hidup"], "harga_maks": 400_000, "urut": "harga"},
        {"rating": ["4.5"], "harga_maks": 400_000, "urut": "harga"},
        {"platform": ["pintaria"], "harga_maks": 400_000, "urut": "harga"},
        {"prakerja": ["tidak"], "harga_maks": 400_000, "urut": "harga"},
        {"kategori": ["tidak-ada"], "tingkat": ["pemula"], "harga_maks": 400_000, "urut": "harga"},
        {"kategori": ["gaya-hidup"], "rating": ["4.5"], "harga_min": 999_000, "durasi": ["lebih-20"], "urut": "harga"},
    ]
    for state, whoosh, browser in zip(states, both.whoosh(states), both.browser(states), strict=True):
        assert browser["total"] == whoosh.total, state
        assert [card["id"] for card in browser["cards"]] == [hit.row.id for hit in whoosh.hits[:10]], state
        assert browser["repair"] == (vars(whoosh.repair) if whoosh.repair else None), state
        assert browser["category"] == whoosh.category, state
        assert browser["facets"] == whoosh.facets, state
