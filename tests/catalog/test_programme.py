"""The programme's facts: what holds on a day, and what is not asserted where nothing is known."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from catalog.programme import ProgrammeError, parse_programme, read_programme

DAY_2020, DAY_2024, DAY_2026 = dt.date(2020, 7, 15), dt.date(2024, 6, 1), dt.date(2026, 5, 1)


def test_the_rules_of_a_known_day() -> None:
    rules = read_programme().on(DAY_2024)
    assert (rules.known, rules.rule_year, rules.state) == (True, 2024, "open")
    assert (rules.balance_idr, rules.first_purchase_days, rules.next_purchase_days) == (3_500_000, 15, 15)
    assert rules.buy_before_days == {"online": 1, "onsite": 3}
    assert rules.one_at_a_time and rules.where == "dashboard" and rules.cancel_text and rules.sources


def test_rules_change_with_the_years() -> None:
    rules = read_programme().on(DAY_2020)
    assert (rules.balance_idr, rules.minimum_minutes, rules.where) == (1_000_000, 360, "platform")
    assert rules.buy_before_days is None and rules.bundles_forbidden is None
    assert read_programme().on(dt.date(2020, 8, 1)).bundles_forbidden is True


def test_a_year_without_facts_names_the_last_known_rules_and_asserts_no_deadline() -> None:
    rules = read_programme().on(DAY_2026)
    assert (rules.known, rules.rule_year, rules.state) == (False, 2024, "unknown")
    assert rules.balance_idr == 3_500_000
    assert rules.buy_before_days is None
    assert rules.last_day_to_buy(DAY_2026, "onsite") is None


def test_before_the_programme_nothing_is_known() -> None:
    rules = read_programme().on(dt.date(2019, 12, 31))
    assert (rules.known, rules.rule_year, rules.balance_idr, rules.sources) == (False, None, None, [])


def test_last_day_to_buy() -> None:
    rules = read_programme().on(DAY_2024)
    start = dt.date(2024, 6, 10)
    assert rules.last_day_to_buy(start, "live_online") == dt.date(2024, 6, 9)
    assert rules.last_day_to_buy(start, "onsite") == dt.date(2024, 6, 7)
    assert rules.last_day_to_buy(start, None) is None
    assert rules.last_day_to_buy(start, "blended") is None
    assert rules.last_day_to_buy(None, "onsite") is None


def test_minimum_length_by_mode() -> None:
    rules = read_programme().on(DAY_2024)
    assert (rules.minimum_for("live_online"), rules.minimum_for("self_paced"), rules.minimum_for(None)) == (
        900,
        540,
        540,
    )
    assert rules.minimum_for("blended") is None
    assert read_programme().on(dt.date(2023, 6, 1)).minimum_for("self_paced") is None


def test_platform_lists() -> None:
    programme = read_programme()
    assert len(programme.platforms_on(DAY_2020) or []) == 8
    assert "skillacademy" not in (programme.platforms_on(dt.date(2020, 9, 4)) or [])
    assert len(programme.platforms_on(DAY_2024) or []) == 6
    assert programme.platforms_on(DAY_2026) is None


def test_every_span_has_a_source_and_none_overlap() -> None:
    programme = read_programme()
    for spans in (programme.rules, programme.platforms):
        assert all(span.sources for span in spans)
        ordered = sorted(spans, key=lambda s: s.from_)
        assert all(a.to is not None and a.to < b.from_ for a, b in pairwise(ordered))
    assert all(owner.sources for owner in programme.owned_providers)


def test_owners() -> None:
    owner = read_programme().owner_of("skillacademy")
    assert owner is not None and owner.platform == "skillacademy"
    assert read_programme().owner_of(None) is None
    assert read_programme().owner_of("lembaga-lain") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("= 1", "TOML"),
        ("", "meta"),
        (
            "status = []\nplatforms = []\nowned_providers = []\n[meta]\n[[rules]]\nfrom = 2020-01-01\nbalanse = 1",
            "balanse",
        ),
    ],
)
def test_a_table_that_cant_be_used_says_why(text: str, says: str) -> None:
    with pytest.raises(ProgrammeError, match=says) as error:
        parse_programme(text)
    assert str(error.value).startswith("programme.toml: ")
