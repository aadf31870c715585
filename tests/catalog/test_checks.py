"""Checks: each is true, false and not tested somewhere here, and says nothing about nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.checks import (
    LABELS,
    OFFER_CHECKS,
    SAME_TEXT_FLOOR,
    TEMPLATE_FLOOR,
    CheckContext,
    check_offer,
    check_offers,
    check_templates,
    finding_id,
)
from catalog.platforms import Spec
from catalog.records import Offer, Session
from tests.factories import make_offer

NIGHT = dt.date(2024, 3, 1)
UNKNOWN_YEAR = dt.date(2026, 3, 1)
SPEC = Spec.model_validate(
    {
        "id": "tokopedia",
        "name": "Tokopedia",
        "operator": "PT Contoh",
        "confidence": "convention",
        "hosts": ["www.tokopedia.com"],
    }
)
SHOP = SPEC.model_copy(update={"id": "skillacademy"})


def session(day: dt.date) -> Session:
    return Session(start=day, raw=day.isoformat())


def offer(**over: Any) -> Offer:
    values: dict[str, Any] = {"duration_minutes": 600, "url_raw": "https://www.tokopedia.com/a", "last_seen": NIGHT}
    return make_offer(**(values | over))


def state(check: str, given: Offer, night: dt.date = NIGHT, spec: Spec | None = SPEC, **context: Any) -> str:
    found = {f.check: f for f in check_offer(given, spec, night, CheckContext(**context))}
    return found[check].state


OLD, NEXT = session(dt.date(2024, 2, 1)), session(dt.date(2024, 4, 1))
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # check: what makes it true, false, not tested
    "price_malformed": (
        {"price_idr": None, "price_raw": "Rp 1250.000"},
        {"price_idr": 1000, "price_raw": "Rp 1.000"},
        {"price_raw": None, "price_idr": None},
    ),
    "price_above_ceiling": ({"price_idr": 3_600_000}, {"price_idr": 3_500_000}, {"price_idr": None}),
    "list_price_below": ({"list_price_idr": 100_000}, {"list_price_idr": 300_000}, {"list_price_idr": None}),
    "fake_sale": (
        {"list_price_idr": 400_000, "list_price_seen": False},
        {"list_price_idr": 400_000, "list_price_seen": True},
        {"list_price_idr": 400_000, "list_price_seen": None},
    ),
    "title_promotion": (
        {"title": "Belajar Excel", "title_raw": "Belajar Excel Diskon 50%"},
        {"title": "Strategi Promo Penjualan", "title_raw": "Strategi Promo Penjualan"},
        {"title": "", "title_raw": ""},
    ),
    "suspected_bundle": (
        {"title": "Paket Kursus Ojek Daring"},
        {"title": "Paket Wisata untuk Pemandu"},
        {"title": "Paket Kursus Ojek Daring", "status": "archived"},
    ),
    "past_start": ({"sessions": [OLD]}, {"sessions": [OLD, NEXT]}, {"sessions": []}),
    "below_minimum_length": (
        {"duration_minutes": 500, "mode": "self_paced"},
        {"duration_minutes": 540, "mode": "self_paced"},
        {"duration_minutes": None},
    ),
    "foreign_link": (
        {"url": None, "url_raw": "https://bit.ly/contoh"},
        {"url_raw": "https://www.tokopedia.com/a"},
        {"url": None, "url_raw": None},
    ),
    "dead_link": ({"page_status": 404}, {"page_status": 200}, {"page_status": None}),
    "markup_in_text": (
        {"title_raw": "Belajar <script>alert(1)</script>"},
        {"title_raw": "Belajar C++ < 3 jam"},
        {"title_raw": "", "price_raw": None},
    ),
}


@pytest.mark.parametrize("check", CASES)
@pytest.mark.parametrize(("place", "expected"), [(0, "true"), (1, "false"), (2, "not_tested")])
def test_three_states(check: str, place: int, expected: str) -> None:
    assert state(check, offer(**CASES[check][place])) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PAKET  Kursus Ojek", "true"),
        ("Pak\x00et kursus ojek", "true"),
        ("<i>Paket</i> kursus &amp; ojek", "true"),
        ("3 in 1: Ojek", "true"),
        ("Ojek Daring", "false"),
        ("<b></b>", "not_tested"),
        ("  ", "not_tested"),
    ],
)
def test_a_bundle_in_any_spelling(title: str, expected: str) -> None:
    assert state("suspected_bundle", offer(title=title, title_raw=title)) == expected


def test_price_missing_is_never_untested() -> None:
    assert state("price_missing", offer(price_raw=None, price_idr=None)) == "true"
    assert state("price_missing", offer(price_raw=" ", price_idr=None)) == "true"
    assert state("price_missing", offer(price_raw="?", price_idr=None)) == "false"


@pytest.mark.parametrize(
    ("before", "expected"),
    [(100_000, "true"), (600_000, "true"), (200_000, "false"), (None, "not_tested"), (0, "not_tested")],
)
def test_a_jump_needs_a_price_before(before: int | None, expected: str) -> None:
    given = offer(price_idr=250_000)
    assert state("price_jump", given, price_before={given.id: before}) == expected
    assert state("price_jump", given, price_before=None) == "not_tested"


def test_a_provider_owned_by_the_selling_platform() -> None:
    own = offer(platform="skillacademy", provider_id="skillacademy")
    assert state("provider_owned", own, spec=SHOP) == "true"
    assert state("provider_owned", offer(provider_id="skillacademy")) == "false"
    assert state("provider_owned", offer(provider_id=None)) == "not_tested"
    assert state("provider_owned", own, dt.date(2020, 7, 15), SHOP) == "not_tested"


@pytest.mark.parametrize("check", ["price_above_ceiling", "suspected_bundle", "below_minimum_length", "provider_owned"])
def test_what_needs_a_rule_is_not_tested_where_none_is_known(check: str) -> None:
    given = offer(
        price_idr=9_000_000,
        title="Paket Kursus",
        duration_minutes=10,
        provider_id="skillacademy",
        platform="skillacademy",
    )
    found = {f.check: f for f in check_offer(given, SHOP, UNKNOWN_YEAR, CheckContext())}
    assert found[check].state == "not_tested"
    assert "aturan terakhir yang kami ketahui: 2024" in found[check].reason


@pytest.mark.parametrize("status", ["gone", "archived"])
def test_rules_of_the_night_dont_bind_archives(status: str) -> None:
    given = offer(price_idr=9_000_000, duration_minutes=10, sessions=[OLD], status=status)
    for check in ("price_above_ceiling", "below_minimum_length", "past_start", "suspected_bundle"):
        assert state(check, given) == "not_tested"


def test_every_check_has_a_name_and_findings_say_where_they_come_from() -> None:
    findings = check_offer(offer(price_idr=9_000_000, price_raw="Rp9.000.000"), SPEC, NIGHT, CheckContext())
    assert [f.check for f in findings] == [c.code for c in OFFER_CHECKS]
    assert set(LABELS) == {c.code for c in OFFER_CHECKS} | {"template_value"}
    true = next(f for f in findings if f.check == "price_above_ceiling")
    assert true.id == finding_id("price_above_ceiling", true.subject)
    assert (true.raw, true.seen, true.version, true.platform) == ("Rp9.000.000", "2024-03-01", 1, "tokopedia")
    assert true.source and true.source.startswith("https://")
    assert true.reason.startswith("Perlu diperiksa") and "Rp9.000.000" in true.reason


def test_reasons_accuse_nobody() -> None:
    given = offer(
        price_idr=9_000_000, price_raw=None, list_price_idr=1, title="Paket Kursus",
        title_raw="<b>Paket</b> Kursus Promo",
        url=None,
        duration_minutes=10, sessions=[OLD], provider_id="skillacademy", platform="skillacademy",
    )  # fmt: skip
    true = [f for f in check_offer(given, SHOP, NIGHT, CheckContext(price_before={given.id: 10})) if f.state == "true"]
    assert len(true) >= 8
    for finding in true:
        assert finding.reason.startswith("Perlu diperiksa")
        assert not any(
            word in finding.reason.lower() for word in ("curang", "menipu", "palsu", "melanggar", "penipuan")
        )


def test_templates_in_three_states() -> None:
    def stamped(price: int | None) -> list[Offer]:
        return [offer(native_id=str(n), price_idr=price or n, rating=None) for n in range(TEMPLATE_FLOOR)]

    def of(field: str, offers: list[Offer]) -> str:
        return next(f.state for f in check_templates("tokopedia", offers) if f.subject == f"tokopedia/{field}")

    assert of("price", stamped(250_000)) == "true"
    assert of("price", stamped(None)) == "false"
    assert of("rating", stamped(250_000)) == "not_tested"
    assert of("price", []) == "not_tested"


def test_one_text_under_many_titles() -> None:
    def described(count: int, text: str | None) -> str:
        offers = [offer(native_id=str(n), title=f"Judul {n}", text=text) for n in range(count)]
        return next(f.state for f in check_templates("tokopedia", offers) if f.subject == "tokopedia/text")

    assert described(SAME_TEXT_FLOOR, "uraian " * 50) == "true"
    assert described(SAME_TEXT_FLOOR - 1, "uraian " * 50) == "false"
    assert described(SAME_TEXT_FLOOR, "pendek") == "not_tested"
    assert described(SAME_TEXT_FLOOR, None) == "not_tested"


def test_no_offers_no_findings() -> None:
    assert check_offers([], {}, NIGHT) == []


def test_true_ones_are_listed_the_rest_is_counted() -> None:
    offers = [
        offer(native_id=str(n), price_raw=None if n < 3 else "Rp1", price_idr=None if n < 3 else 1) for n in range(10)
    ]
    findings = [f for f in check_offers(offers, {"tokopedia": SPEC}, NIGHT) if f.check == "price_missing"]
    assert [f.subject for f in findings if f.state == "true"] == ["tokopedia:0", "tokopedia:1", "tokopedia:2"]
    assert [(f.subject, f.count) for f in findings if f.state == "false"] == [("tokopedia", 7)]
    assert sum(f.count for f in findings) == len(offers)


def test_findings_dont_depend_on_the_order_of_offers() -> None:
    offers = [offer(native_id=str(n), price_idr=n * 1000) for n in range(5)]
    specs = {"tokopedia": SPEC}
    assert check_offers(offers, specs, NIGHT) == check_offers(offers[::-1], specs, NIGHT)


SEEDED: dict[str, dict[str, Any]] = {check: faults[0] for check, faults in CASES.items()} | {
    "price_missing": {"price_idr": None, "price_raw": None},
    "price_jump": {},
    "provider_owned": {},
}


@pytest.mark.parametrize("check", [c.code for c in OFFER_CHECKS])
def test_a_seeded_fault_turns_its_own_check_and_no_other(check: str) -> None:
    spec, over = SPEC, SEEDED[check]
    before: dict[str, int | None] = {}
    if check == "price_jump":
        before = {offer().id: 20_000}
    if check == "provider_owned":
        spec, over = SHOP, {"platform": "skillacademy", "provider_id": "skillacademy"}
    night = dt.date(2021, 3, 1) if check == "suspected_bundle" else NIGHT
    context = CheckContext(price_before=before)

    def true(given: Offer) -> set[str]:
        return {f.check for f in check_offer(given, spec, night, context) if f.state == "true"}

    clean = offer(platform=spec.id)
    assert true(clean) - {"price_jump"} == set()
    assert true(offer(**{"platform": spec.id, **over})) == {check}


def test_a_night_of_unknown_rules_turns_nothing_green_that_needs_them() -> None:
    found = {f.check: f.state for f in check_offer(offer(), SPEC, UNKNOWN_YEAR, CheckContext())}
    needs = ("price_above_ceiling", "suspected_bundle", "below_minimum_length", "provider_owned")
    assert {found[check] for check in needs} == {"not_tested"}
