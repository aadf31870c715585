"""Who may buy, until when: which offers may set a lowest price, from the listing to the course."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from catalog.lifecycle import advance
from catalog.matching import Decisions, Registry, group
from catalog.normalize.offer import read_offer
from catalog.platforms import Spec, read_specs
from catalog.records import Course, Listing
from spiders import SPECS
from tests.factories import make_listing

SUMMER_2020, AFTER_LEAVING = dt.date(2020, 7, 15), dt.date(2020, 9, 4)


@pytest.fixture(scope="module")
def specs() -> dict[str, Spec]:
    return read_specs(Path(SPECS))


def night(specs: dict[str, Spec], day: dt.date, *listings: Listing, seen: dt.date | None = None) -> list[Course]:
    """The courses of one night; `seen` is the night of the last good copies."""
    offers = [read_offer(listing, specs[listing.platform], day) for listing in listings]
    good = {o.platform: seen or day for o in offers}
    advance({}, offers, [], night=day, good_nights=good, specs=specs)
    return group(offers, Registry(), Decisions())


def listing(platform: str, **over: Any) -> Listing:
    return make_listing(**({"platform": platform, "native_id": platform, "price": "Rp 200.000"} | over))


def only(courses: list[Course]) -> Course:
    assert len(courses) == 1
    return courses[0]


def test_an_official_platform_that_offers_it_for_the_card_sets_the_lowest_price(specs: dict[str, Spec]) -> None:
    course = only(night(specs, SUMMER_2020, listing("tokopedia"), listing("skillacademy", price="Rp 150.000")))
    assert (course.lowest_price_idr, course.lowest_offer) == (150_000, "skillacademy:skillacademy")


def test_a_platform_that_left_sets_none_from_that_day_on(specs: dict[str, Spec]) -> None:
    course = only(night(specs, AFTER_LEAVING, listing("tokopedia"), listing("skillacademy", price="Rp 150.000")))
    assert (course.lowest_price_idr, course.lowest_offer) == (200_000, "tokopedia:tokopedia")
    assert {o.platform: o.archived_why for o in course.offers} == {"skillacademy": "left_programme", "tokopedia": None}
    assert only(night(specs, dt.date(2020, 9, 3), listing("skillacademy"))).lowest_price_idr == 200_000


@pytest.mark.parametrize("eligible", ["unknown", "no"])
def test_without_a_yes_there_is_no_lowest_price(specs: dict[str, Spec], eligible: str) -> None:
    """Such as an answer with `tags: []`, whose text speaks of the card."""
    text = "Khusus untuk pengguna Kartu Prakerja, pastikan nama sesuai."
    course = only(
        night(specs, SUMMER_2020, listing("skillacademy", eligible=eligible, eligible_evidence=None, text=text))
    )
    assert (course.status, course.lowest_price_idr, course.offers[0].price_idr) == ("active", None, 200_000)


def test_rows_of_a_directory_are_archives(specs: dict[str, Spec]) -> None:
    course = only(night(specs, dt.date(2023, 6, 1), listing("skillsweek", edition="Indonesia Skills Week 2023")))
    assert (course.status, course.lowest_price_idr) == ("archived", None)
    assert (course.offers[0].archived_why, course.offers[0].edition) == ("directory", "Indonesia Skills Week 2023")


@pytest.mark.parametrize(("days", "price"), [(0, 200_000), (7, 200_000), (8, None)])
def test_last_good_older_than_seven_nights_sets_none(specs: dict[str, Spec], days: int, price: int | None) -> None:
    seen = SUMMER_2020 - dt.timedelta(days=days)
    assert only(night(specs, SUMMER_2020, listing("tokopedia"), seen=seen)).lowest_price_idr == price


def test_nothing_listed_nothing_sold(specs: dict[str, Spec]) -> None:
    assert night(specs, SUMMER_2020) == []


@pytest.mark.parametrize(
    ("day", "mode", "buy_by"),
    [
        (dt.date(2023, 5, 1), "Webinar", dt.date(2023, 5, 19)),
        (dt.date(2023, 5, 1), "Tatap Muka", dt.date(2023, 5, 17)),
        (dt.date(2023, 5, 1), "Daring", None),
    ],
)
def test_until_when(specs: dict[str, Spec], day: dt.date, mode: str, buy_by: dt.date | None) -> None:
    course = only(
        night(specs, day, listing("tokopedia", mode=mode, sessions=["Sabtu, 20 Mei 2023, 09.00 - 12.00 WIB"]))
    )
    assert [s.buy_by for s in course.offers[0].sessions] == [buy_by]


def test_no_deadline_is_asserted_where_no_rule_is_known(specs: dict[str, Spec]) -> None:
    course = only(night(specs, SUMMER_2020, listing("tokopedia", mode="Webinar", sessions=["Sabtu, 18 Juli 2020"])))
    assert [(s.start, s.buy_by) for s in course.offers[0].sessions] == [(dt.date(2020, 7, 18), None)]
