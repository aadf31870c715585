"""The gate: every rule refuses what it must refuse, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.gate import Baseline, baseline_of, fill_rates, judge, not_run, unmapped_words
from catalog.normalize.offer import read_offer
from catalog.platforms import Expect
from catalog.records import Listing, Verdict
from tests.catalog.nights import START, listings, make_report, make_spec
from tests.factories import make_listing, make_offer


def verdict(
    items: list[Listing],
    report: dict[str, Any] | None = None,
    baseline: Baseline | None = None,
    origin: bool = False,
    offers: list[Any] | None = None,
    **spec: Any,
) -> Verdict:
    values = {"declared": len(items), "received": len(items), **(report or {})}
    answer = make_report("tokopedia", "r", len(items), **values)
    return judge(answer, items, offers or [], baseline, make_spec(**spec), origin=origin)


HUNDRED = listings("tokopedia", range(100))


def test_a_good_run_is_accepted_with_nothing_to_say() -> None:
    said = verdict(HUNDRED)
    assert (said.outcome, said.reasons, said.codes, said.warnings) == ("accepted", [], [], [])


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({"finish_reason": "closespider_errorcount"}, "finish"),
        ({"finish_reason": "shutdown"}, "finish"),
        ({"declared": 104}, "declared"),
    ],
)
def test_a_run_that_did_not_get_everything_is_held(report: dict[str, Any], code: str) -> None:
    said = verdict(HUNDRED, report)
    assert (said.outcome, said.codes) == ("held", [code])
    assert len(said.reasons) == 1


def test_97_percent_of_the_declared_total_is_enough_and_unknown_totals_do_not_hold() -> None:
    assert verdict(HUNDRED, {"declared": 103}).outcome == "accepted"
    assert verdict(HUNDRED, {"declared": None}).outcome == "accepted"


def test_received_counts_before_any_filter() -> None:
    assert verdict(HUNDRED[:60], {"declared": 100, "received": 100}).outcome == "accepted"


def test_fewer_than_the_minimum_is_fatal_and_an_origin_needs_only_one() -> None:
    spec = {"expect": Expect(min=500)}
    assert verdict(HUNDRED, **spec).codes == ["minimum"]
    assert verdict(HUNDRED, origin=True, **spec).outcome == "accepted"


def test_more_than_the_maximum_only_warns() -> None:
    said = verdict(HUNDRED, expect=Expect(min=1, max=50))
    assert said.outcome == "accepted"
    assert len(said.warnings) == 1


def test_a_fifth_fewer_than_last_good_is_held_and_a_little_fewer_is_not() -> None:
    before = baseline_of(listings("tokopedia", range(125)), make_report("tokopedia", "r", 125))
    assert verdict(HUNDRED, baseline=before).outcome == "accepted"
    assert verdict(HUNDRED[:99], baseline=before).codes == ["shrink"]


def test_a_fill_rate_below_the_specs_floor_is_held() -> None:
    items = [*HUNDRED[:60], *(item.model_copy(update={"provider": None}) for item in HUNDRED[60:])]
    assert verdict(items, expect=Expect(min=1, fill={"provider": 0.7})).codes == ["fill:provider"]
    assert verdict(items, expect=Expect(min=1, fill={"provider": 0.6})).outcome == "accepted"


def test_a_field_that_vanished_since_last_good_is_held_without_any_floor() -> None:
    before = baseline_of(HUNDRED, make_report("tokopedia", "r", 100))
    items = [item.model_copy(update={"price": None}) for item in HUNDRED]
    assert verdict(items, baseline=before).codes == ["lost:price"]


def test_a_lesser_field_that_vanished_only_warns() -> None:
    pictured = [item.model_copy(update={"image": "https://gambar.contoh.invalid/1.jpg"}) for item in HUNDRED]
    before = baseline_of(pictured, make_report("tokopedia", "r", 100))
    said = verdict(HUNDRED, baseline=before)
    assert (said.outcome, said.warnings) == ("accepted", ["Isian 'image' turun dari 100 % menjadi 0 %."])


def test_titles_or_prices_that_are_suspiciously_alike_are_held() -> None:
    titles = [item.model_copy(update={"title": "Kelas"}) for item in HUNDRED]
    prices = [item.model_copy(update={"price": "Rp1"}) for item in HUNDRED]
    assert verdict(titles).codes == ["alike:title"]
    assert verdict(prices).codes == ["alike:price"]


def test_a_platform_whose_prices_were_always_alike_is_not_held_for_it() -> None:
    prices = [item.model_copy(update={"price": "Gratis"}) for item in HUNDRED]
    before = baseline_of(prices, make_report("tokopedia", "r", 100))
    assert verdict(prices, baseline=before).outcome == "accepted"


def test_unknown_words_hold_a_run_but_only_warn_for_an_origin() -> None:
    strange = make_offer(category=None, category_raw="Seni Rupa Baru", evidence={"category": "api"})
    known = make_offer(category_raw="Teknik", evidence={"category": "api"})
    offers = [strange] * 3 + [known] * 97
    assert verdict(HUNDRED, offers=offers).codes == ["words:category"]
    said = verdict(HUNDRED, offers=offers, origin=True)
    assert (said.outcome, len(said.warnings)) == ("accepted", 1)
    assert verdict(HUNDRED, offers=[strange] * 2 + [known] * 98).outcome == "accepted"


@pytest.mark.parametrize(
    ("over", "all_unread", "holds"),
    [
        ({"category": None, "category_raw": "Seni Rupa Baru"}, 1.0, 1.0),
        ({"category": "Teknik", "category_derived": True, "category_raw": "Seni Rupa Baru"}, 1.0, 0.0),
        ({"category": "Teknik", "category_raw": "Teknik"}, 0.0, 0.0),
        ({"category": None, "category_raw": "Kartu Prakerja"}, None, None),
    ],
)
def test_a_value_found_elsewhere_is_counted_but_holds_nothing(
    over: dict[str, object], all_unread: float | None, holds: float | None
) -> None:
    offer = make_offer(evidence={"category": "api"}, **over)
    assert unmapped_words([offer]).get("category") == all_unread
    assert unmapped_words([offer], replaced=False).get("category") == holds


def test_level_words_that_nobody_knows_are_seen() -> None:
    listing = make_listing(level="Purnama", title="Membuat Kendi", evidence={"level": "api"})
    offer = read_offer(listing, make_spec("tokopedia"), START)
    assert (offer.levels, offer.level_raw) == ([], "Purnama")
    assert unmapped_words([offer]) == {"level": 1.0}
    open_word = read_offer(listing.model_copy(update={"level": "Umum"}), make_spec("tokopedia"), START)
    assert unmapped_words([open_word]) == {}


def test_words_read_from_a_title_say_nothing_about_the_platforms_words() -> None:
    offer = make_offer(levels=[], level_raw="jadi jago", evidence={"level": "title"})
    assert unmapped_words([offer]) == {}
    assert unmapped_words([]) == {}


def test_nothing_found_differs_from_held_and_from_not_run() -> None:
    assert verdict([], {"declared": None}).outcome == "none_found"
    assert verdict([], {"declared": 0}).outcome == "none_found"
    assert verdict([], {"declared": 50}).outcome == "held"
    assert verdict([], {"finish_reason": "timeout", "declared": None}).outcome == "held"
    assert not_run("tokopedia").outcome == "not_run"


def test_every_reason_that_applies_is_given() -> None:
    before = baseline_of(HUNDRED, make_report("tokopedia", "r", 100))
    said = verdict(HUNDRED[:10], {"finish_reason": "cut", "declared": 100}, baseline=before)
    assert said.codes == ["finish", "declared", "shrink"]
    assert all(reason.endswith(".") for reason in said.reasons)


def test_fill_rates_of_nothing_are_unknown() -> None:
    assert fill_rates([]) == {}
    assert fill_rates(HUNDRED)["price"] == 1.0
