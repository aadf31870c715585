"""Alarms: open once, close once, and stay as they are on nights that prove nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from catalog.alarms import Rule, Signal, Tonight, advance, alarms_file, read_rules, signals
from catalog.feed import atom
from catalog.figures import Alarm, PlatformRow
from catalog.trends import TrendRow
from tests.catalog.nights import START
from tests.factories import make_offer

DAY = dt.timedelta(days=1)


def platform_row(**over: Any) -> PlatformRow:
    values: dict[str, Any] = {
        "platform": "p",
        "name": "P",
        "kind": "platform",
        "official": True,
        "confidence": "recorded",
        "outcome": "accepted",
        "valid": 100,
        "last_good": START,
        "age_nights": 0,
    }
    return PlatformRow(**(values | over))


def past(count: int, **over: Any) -> list[TrendRow]:
    values: dict[str, Any] = {"platform": "p", "outcome": "accepted", "valid": 100, "fill": {"price": 1.0}}
    return [TrendRow(night=START - (count - n) * DAY, **(values | over)) for n in range(count)]


def tonight(row: PlatformRow, trends: list[TrendRow] | None = None, **over: Any) -> Tonight:
    values: dict[str, Any] = {
        "night": START,
        "rows": [row],
        "trends": past(14) if trends is None else trends,
        "now": [],
        "usual_prices": {},
        "prices_before": over.get("usual_prices", {}),
        "offers": [],
        "sample": False,
    }
    return Tonight(**(values | over))


def on(state: Tonight) -> set[str]:
    return {signal.rule.id for signal in signals(read_rules(), state) if signal.on}


def test_a_calm_night_raises_nothing() -> None:
    assert on(tonight(platform_row())) == set()


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ({"outcome": "held"}, {"ditahan"}),
        ({"outcome": "none_found"}, {"tidak-ada-hasil"}),
        ({"outcome": "not_run"}, set()),
        ({"age_nights": 3}, set()),
        ({"age_nights": 4}, {"umur"}),
        ({"age_nights": None, "last_good": None, "outcome": "not_run"}, set()),
        ({"valid": 90}, set()),
        ({"valid": 89}, {"susut"}),
        ({"unmapped": {"mode": 0.02}}, set()),
        ({"unmapped": {"mode": 0.03}}, {"kata-baru"}),
    ],
)
def test_each_fault_turns_exactly_its_own_alarm(row: dict[str, Any], rules: set[str]) -> None:
    assert on(tonight(platform_row(**row))) == rules


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("price", "isian-harga"),
        ("provider", "isian-lembaga"),
        ("duration", "isian-durasi"),
        ("sections", "isian-uraian"),
    ],
)
def test_a_field_that_thins_out_turns_its_own_alarm(field: str, rule: str) -> None:
    fill = {"price": 1.0, "provider": 1.0, "duration": 1.0, "sections": 1.0}
    now = [TrendRow(night=START, platform="p", outcome="accepted", fill=fill | {field: 0.7})]
    assert on(tonight(platform_row(), past(14, fill=fill), now=now)) == {rule}


def test_too_few_good_nights_test_nothing() -> None:
    assert on(tonight(platform_row(valid=10), past(4))) == set()
    assert on(tonight(platform_row(valid=10), past(14, outcome="held"))) == set()
    assert on(tonight(platform_row(valid=10), [])) == set()


def offers(prices: list[int]) -> list[Any]:
    return [make_offer(platform="p", native_id=str(n), price_idr=price) for n, price in enumerate(prices)]


def test_prices_of_one_provider_that_move_together_are_seen_and_single_ones_are_not() -> None:
    usual = {f"p:{n}": 100 for n in range(4)}
    assert on(tonight(platform_row(), offers=offers([1000] * 3 + [100]), usual_prices=usual)) == {"harga-bergeser"}
    assert on(tonight(platform_row(), offers=offers([10] * 4), usual_prices=usual)) == {"harga-bergeser"}
    assert on(tonight(platform_row(), offers=offers([1000, 1000, 100, 100]), usual_prices=usual)) == set()
    assert on(tonight(platform_row(), offers=offers([1000] * 4), usual_prices={})) == set()
    assert on(tonight(platform_row(outcome="held"), offers=offers([1000] * 4), usual_prices=usual)) == {"ditahan"}


def test_prices_that_moved_on_different_nights_are_no_common_leap() -> None:
    usual = {f"p:{n}": 100 for n in range(4)}
    before = {"p:0": 1000, "p:1": 1000, "p:2": 1000, "p:3": 100}
    assert on(tonight(platform_row(), offers=offers([1000] * 4), usual_prices=usual, prices_before=before)) == set()


def test_a_provider_with_few_offers_is_counted_over_all_platforms() -> None:
    few = [make_offer(platform=p, native_id="1", price_idr=1000) for p in ("p", "q", "r")]
    usual = {offer.id: 100 for offer in few}
    assert on(tonight(platform_row(), offers=few, usual_prices=usual)) == {"harga-bergeser"}
    assert on(tonight(platform_row(), offers=few[:2], usual_prices=usual)) == {"harga-bergeser"}
    assert on(tonight(platform_row(), offers=few[:1], usual_prices=usual)) == set()
    only_here = {offer.id: 1000 for offer in few} | {"p:1": 100}
    assert on(tonight(platform_row(), offers=few, usual_prices=only_here)) == set()


RULE = Rule(id="r", kind="drop", open=0.9, close=0.95, title="Judul", text="x")


def signal(state: bool | None, calm: bool = False, detail: str = "") -> Signal:
    return Signal(RULE, "p", detail, state, calm, value=1.0, limit=2.0, text="teks")


def play(said: list[Signal]) -> list[tuple[int, int | None]]:
    """(opened, closed) of every alarm after a row of nights."""
    alarms: list[Alarm] = []
    for number, one in enumerate(said):
        alarms = advance(alarms, [one], START + number * DAY, {"p"})
    return [((a.opened - START).days, (a.closed - START).days if a.closed else None) for a in alarms]


def test_an_alarm_opens_once_and_closes_once() -> None:
    calm = signal(False, True)
    assert play([calm, signal(True), signal(True), calm, calm]) == [(1, 3)]


def test_trembling_between_the_two_limits_neither_opens_nor_closes() -> None:
    between = signal(False, False)
    assert play([between, signal(True), between, signal(True), between, signal(False, True)]) == [(1, 5)]
    assert play([between, between]) == []


def test_a_night_that_proves_nothing_changes_nothing() -> None:
    assert play([signal(True), signal(None), signal(None)]) == [(0, None)]
    assert play([signal(None), signal(None)]) == []


def test_it_may_open_again_with_a_new_id() -> None:
    assert play([signal(True), signal(False, True), signal(True)]) == [(0, 1), (2, None)]


def test_an_alarm_about_a_provider_that_is_no_more_closes() -> None:
    alarms = advance([], [signal(True, detail="x")], START, {"p"})
    assert advance(alarms, [], START + DAY, set())[0].closed is None
    assert advance(alarms, [], START + DAY, {"p"})[0].closed == START + DAY


def test_the_feed_has_an_entry_for_the_opening_and_one_for_the_closing() -> None:
    alarms = advance(advance([], [signal(True)], START, {"p"}), [signal(False, True)], START + DAY, {"p"})
    feed = atom(alarms_file(alarms, START + DAY, sample=False)).decode()
    assert feed.count("<entry>") == 2
    assert f"urn:bandingkan-pelatihan:alarm:r:p:{START}:mulai" in feed
    assert f"urn:bandingkan-pelatihan:alarm:r:p:{START}:selesai" in feed
    empty = atom(alarms_file([], START, sample=False))
    assert empty == atom(alarms_file([], START, sample=False))
    assert b"<entry>" not in empty


@pytest.mark.parametrize(
    "text", ["", "x = [", "[[rule]]\nid = 'a'\n", "[[rule]]\nid='a'\nkind='drop'\nopen=1\ntitle=''\ntext=''\nopne=2\n"]
)
def test_rules_that_cannot_be_used_name_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "alarms.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"^alarms\.toml: "):
        read_rules(path)
