"""Filters equal a brute-force pass over the published records, written apart from the code that it checks."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from catalog.records import Session
from search_index.facets import slugify
from search_index.filters import Query, rating_bound
from tests.factories import make_course, make_offer
from tests.search_index.support import Both, build_both, make_catalog, random_state

LEVEL = {"pemula": "beginner", "menengah": "intermediate", "mahir": "advanced"}
MODE = {"belajar-mandiri": "self_paced", "webinar": "live_online", "tatap-muka": "onsite", "campuran": "blended"}
CARD = {"ya": "yes", "periksa": "unknown", "tidak": "no"}
NONE = "tidak-disebutkan"
OFFERS = ("q", "urut", "today", "harga_min", "harga_maks", "platform", "prakerja", "buyable")


def holds(course: dict[str, Any], key: str, value: str) -> bool:
    """Does one condition value hold for a published course?"""
    active = [offer for offer in course["offers"] if offer["status"] == "active"]
    minutes = course["duration_minutes"]
    if key == "tingkat":
        return LEVEL[value] in course["levels"] if value != NONE else not course["levels"]
    if key == "cara":
        return MODE[value] in course["modes"] if value != NONE else not course["modes"]
    if key == "kategori":
        return slugify(course["category"]) == value if course["category"] else value == NONE
    if key == "lembaga":
        return course["provider"]["id"] == value if course["provider"] else value == NONE
    if key == "kota":
        names = {slugify(offer["regency"]) for offer in active if offer["regency"]}
        return value in names if value != NONE else not names
    if key == "durasi":
        if minutes is None or value == NONE:
            return minutes is None and value == NONE
        low, high = {"kurang-5": (0, 299), "5-10": (300, 599), "10-20": (600, 1200), "lebih-20": (1201, 10**9)}[value]
        return bool(low <= minutes <= high)
    if key == "mulai":
        months = {session["start"][:7] for offer in active for session in offer["sessions"] if session["start"]}
        anytime = "self_paced" in course["modes"]
        if value == NONE:
            return not months and not anytime
        return anytime if value == "kapan-saja" else value in months
    if key == "sertifikat":
        return bool(course["certificate"]) == (value == "ya")
    assert key == "rating"
    return (
        course["rating"] is None if value == NONE else course["rating"] is not None and course["rating"] >= float(value)
    )


def still(offer: dict[str, Any], today: int) -> bool:
    """Bookable with the card, priced, and not every dated run over for buyers?"""
    dated = [run["buy_by"] or run["start"] for run in offer["sessions"] if run["start"]]
    open_yet = not dated or any(int(day.replace("-", "")) >= today for day in dated)
    return offer["eligible"] == "yes" and offer["price_idr"] is not None and open_yet


def fair_prices(course: dict[str, Any], state: dict[str, Any]) -> list[int | None] | None:
    """Prices of the active offers that fulfil platform, price and eligibility together; None where none does."""
    prices = []
    for offer in course["offers"]:
        price = offer["price_idr"]
        bounds = [
            state.get("harga_min") is None or (price is not None and price >= state["harga_min"]),
            state.get("harga_maks") is None or (price is not None and price <= state["harga_maks"]),
        ]
        shops, card = state.get("platform"), state.get("prakerja")
        fits = (not shops or offer["platform"] in shops) and (not card or offer["eligible"] in [CARD[c] for c in card])
        fits = fits and ("buyable" not in state or still(offer, state["today"]))
        if offer["status"] == "active" and all(bounds) and fits:
            prices.append(price)
    return prices or None


def brute_force(courses: list[dict[str, Any]], state: dict[str, Any]) -> dict[str, int | None]:
    """Course id -> cheapest fair price, of all courses that fulfil every condition."""
    found = {}
    for course in courses:
        groups = (k for k in state if k not in OFFERS)
        if course["status"] != "active" or not all(any(holds(course, k, v) for v in state[k]) for k in groups):
            continue
        prices = fair_prices(course, state)
        if prices is not None:
            known = [price for price in prices if price is not None]
            found[course["id"]] = min(known, default=None)
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return build_both(make_catalog(400, seed=3), tmp_path_factory.mktemp("filters"), "whole")


def test_random_filters_equal_brute_force_over_the_published_courses(both: Both) -> None:
    dice = random.Random(5)
    states = [{**random_state(dice), "q": ""} for _ in range(150)]
    published = [course.model_dump(mode="json") for course in both.courses]
    totals = []
    for state, result in zip(states, both.whoosh(states), strict=True):
        expected = brute_force(published, state)
        found = {hit.row.id: hit.offer.price if hit.offer else None for hit in result.hits}
        assert found == expected, state
        totals.append(len(expected))
    assert sum(total > 0 for total in totals) > 60


def test_buyable_depends_on_the_day_and_stands_on_one_offer(tmp_path: Any) -> None:
    run = Session(start=dt.date(2020, 7, 20), buy_by=dt.date(2020, 7, 17), raw="x")
    later = Session(start=dt.date(2020, 8, 1), raw="y")
    offers = {
        "open": [make_offer(price_idr=1)],
        "runs": [make_offer(price_idr=2, sessions=[run])],
        "later": [make_offer(price_idr=3, sessions=[run, later])],
        "dear": [make_offer(price_idr=None)],
        "mixed": [make_offer(eligible="no", price_idr=4), make_offer(platform="pintaria", sessions=[run], price_idr=5)],
    }
    both = build_both([make_course(found, id=key, slug=key) for key, found in offers.items()], tmp_path, "whole")
    asked = [{"buyable": ["1"], "today": day} for day in (20200717, 20200718, 20200801, 20200802)]
    expected = [["open", "runs", "later", "mixed"], ["open", "later"], ["open", "later"], ["open"]]
    for state, ids, result, answer in zip(asked, expected, both.whoosh(asked), both.browser(asked), strict=True):
        assert [hit.row.id for hit in result.hits] == [card["id"] for card in answer["cards"]] == ids, state
        assert answer["facets"]["buyable"] == result.facets["buyable"] == {"1": len(ids)}
    tight = {"buyable": ["1"], "platform": ["tokopedia"], "today": 20200717, "harga_maks": 4}
    assert [r.total for r in both.whoosh([tight])] == [3] and both.browser([tight])[0]["total"] == 3


def test_brute_force_would_notice_a_wrong_price_rule(both: Both) -> None:
    published = [course.model_dump(mode="json") for course in both.courses]
    state = {"q": "", "harga_maks": 100_000, "platform": ["tokopedia"]}
    for course in published:
        for offer in course["offers"]:
            offer["platform"] = "tokopedia"
    found = {hit.row.id for hit in both.whoosh([state])[0].hits}
    assert found != set(brute_force(published, state))


def test_counts_of_options_are_what_choosing_them_gives(both: Both) -> None:
    dice = random.Random(8)
    for _ in range(12):
        state = {**random_state(dice), "q": ""}
        facets = both.whoosh([state])[0].facets
        asked = [(g, v, n) for g, counts in facets.items() for v, n in counts.items() if g != "lembaga"]
        results = both.whoosh([{**state, g: [v]} for g, v, _ in asked])
        assert [result.total for result in results] == [n for _, _, n in asked]


def test_platform_and_price_must_hold_on_one_offer(tmp_path: Any) -> None:
    cheap = make_offer(platform="tokopedia", price_idr=100_000, eligible="no")
    dear = make_offer(platform="pintaria", price_idr=900_000, eligible="yes")
    both = build_both([make_course([cheap, dear])], tmp_path, "whole")
    states = [
        {"platform": ["pintaria"], "harga_maks": 500_000},
        {"prakerja": ["ya"], "harga_maks": 500_000},
        {"platform": ["tokopedia"], "harga_maks": 500_000},
    ]
    assert [r.total for r in both.whoosh(states)] == [0, 0, 1]
    assert [a["total"] for a in both.browser(states)] == [0, 0, 1]
    assert both.browser([states[0]])[0]["repair"] == {"key": "harga_maks", "value": "500000", "total": 1}


@pytest.mark.parametrize("sort", ["harga", "-harga"])
def test_an_unknown_price_is_last_both_ways(tmp_path: Any, sort: str) -> None:
    prices = {"a": None, "b": 0, "c": 50_000, "d": None, "e": 50_000}
    courses = [make_course([make_offer(price_idr=price)], id=key, slug=key) for key, price in prices.items()]
    both = build_both(courses, tmp_path, "whole")
    expected = ["b", "c", "e", "a", "d"] if sort == "harga" else ["c", "e", "b", "a", "d"]
    assert [hit.row.id for hit in both.whoosh([{"urut": sort}])[0].hits] == expected
    assert [card["id"] for card in both.browser([{"urut": sort}])[0]["cards"]] == expected


def test_three_perfect_ratings_do_not_beat_many_good_ones(both: Both) -> None:
    rows = [hit.row for hit in both.whoosh([{}])[0].hits]
    few = rating_bound(rows[0]._replace(rating=5.0, rating_count=3))
    many = rating_bound(rows[0]._replace(rating=4.8, rating_count=1000))
    assert few is not None and many is not None and few < many
    assert rating_bound(rows[0]._replace(rating=None)) is None


def test_without_takes_one_condition_away() -> None:
    query = Query(q="roti", harga_maks=5, tingkat=("pemula",))
    assert query.without("harga_maks").harga_maks is None
    assert query.without("tingkat").tingkat == ()
    assert query.without("q").q == "" and query.without("q").harga_maks == 5
