"""A course from its offers: lowest price, what speaks for it, and its sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.assemble import assemble, duration_words, lowest_offer
from catalog.records import Course, Session
from tests.factories import make_offer


def course(*rows: dict[str, Any]) -> Course:
    return assemble("c1", "contoh", [make_offer(**({"native_id": str(n)} | row)) for n, row in enumerate(rows)])


def test_the_lowest_price_needs_an_active_and_eligible_offer() -> None:
    rows: list[dict[str, Any]] = [
        {"price_idr": 10_000, "status": "archived", "archived_why": "left_programme"},
        {"price_idr": 20_000, "status": "gone"},
        {"price_idr": 30_000, "eligible": "no"},
        {"price_idr": 40_000, "eligible": "unknown"},
        {"price_idr": None},
        {"price_idr": 60_000},
        {"price_idr": 50_000},
    ]
    made = course(*rows)
    assert (made.lowest_price_idr, made.lowest_offer) == (50_000, "tokopedia:6")
    assert course(*rows[:5]).lowest_price_idr is None
    assert course(*rows[:5]).lowest_offer is None


def test_free_is_the_lowest_price() -> None:
    assert course({"price_idr": 0, "free": True}, {"price_idr": 1}).lowest_price_idr == 0


def test_offers_stand_cheapest_first_and_unknown_last() -> None:
    made = course({"price_idr": None}, {"price_idr": 5}, {"price_idr": 3}, {"price_idr": 3, "platform": "bukalapak"})
    assert [(o.platform, o.price_idr) for o in made.offers] == [
        ("bukalapak", 3),
        ("tokopedia", 3),
        ("tokopedia", 5),
        ("tokopedia", None),
    ]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [(["gone", "active"], "active"), (["archived", "gone"], "gone"), (["archived"], "archived")],
)
def test_status(statuses: list[str], expected: str) -> None:
    assert course(*({"status": s} for s in statuses)).status == expected


def test_active_offers_speak_for_the_course() -> None:
    made = course({"status": "gone", "mode": "onsite", "regency": "Kota Medan"}, {"mode": "live_online"})
    assert (made.modes, made.regencies) == (["live_online"], [])


def test_a_stated_level_beats_a_titles_level() -> None:
    made = course(
        {"levels": ["beginner"], "level_source": "title"}, {"levels": ["intermediate"], "level_source": "outline"}
    )
    assert (made.levels, made.level_source) == (["intermediate"], "outline")
    assert (
        course({"levels": [], "level_source": None}).levels,
        course({"levels": [], "level_source": None}).level_source,
    ) == ([], None)


def test_a_stated_category_beats_derived_ones() -> None:
    derived = {"category": "Lainnya", "category_derived": True}
    made = course(derived, derived, {"category": "Keuangan"})
    assert (made.category, made.category_derived) == ("Keuangan", False)
    assert course(derived).category_derived is True
    assert (course({"category": None}).category, course({"category": None}).category_derived) == (None, False)


def test_the_rating_with_most_raters_is_shown_with_its_platform() -> None:
    made = course(
        {"rating": 5.0, "rating_count": 3},
        {"rating": 4.4, "rating_count": 90, "platform": "pintaria"},
        {"rating": None},
    )
    assert (made.rating, made.rating_count, made.rating_platform) == (4.4, 90, "pintaria")
    assert course({"rating": None}).rating is None


def test_places_come_from_offers_and_sessions() -> None:
    made = course({"regency": "Kota Medan", "sessions": [Session(regency="Kota Ambon", start=dt.date(2024, 1, 1))]})
    assert made.regencies == ["Kota Ambon", "Kota Medan"]


def test_the_sentence_is_made_of_facts() -> None:
    made = course(
        {"mode": "live_online", "duration_minutes": 390},
        {"platform": "pintaria", "mode": "live_online", "duration_minutes": 390},
    )
    assert made.description == (
        "Pelatihan bidang Makanan dan Minuman dari LPK Dapur Contoh untuk tingkat pemula dengan cara webinar "
        "selama 6 jam 30 menit, dijual di 2 platform."
    )


def test_a_course_of_which_nothing_is_known() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("provider_id", "provider_name", "mode", "duration_minutes", "category", "price_idr")
    )
    made = course(nothing | {"levels": [], "level_source": None})
    assert made.description == "Pelatihan."
    assert made.provider is None and made.duration_minutes is None


def test_a_course_needs_an_offer() -> None:
    with pytest.raises(ValueError, match="at least one offer"):
        assemble("c1", "contoh", [])
    assert lowest_offer([]) is None


@pytest.mark.parametrize(
    ("minutes", "days", "words"),
    [
        (360, None, "6 jam"),
        (45, None, "45 menit"),
        (95, None, "1 jam 35 menit"),
        (None, 5, "5 hari"),
        (None, None, None),
    ],
)
def test_duration_in_words(minutes: int | None, days: int | None, words: str | None) -> None:
    assert duration_words(minutes, days) == words
