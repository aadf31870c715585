"""Changes: every difference of two nights once, under the right name."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.changes import diff, group_of
from catalog.lifecycle import Life
from tests.catalog.nights import START


def life(**over: Any) -> Life:
    values: dict[str, Any] = {
        "id": "p:1",
        "first_seen": START,
        "last_seen": START,
        "title": "Judul",
        "price": 100,
        "price_raw": "Rp100",
        "url": "https://contoh.id/1",
    }
    return Life(**(values | over))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (None, {}, ["new"]),
        ({}, {}, []),
        ({}, {"price": 200, "price_raw": "Rp200"}, ["dearer"]),
        ({}, {"price": 50, "price_raw": "Rp50"}, ["cheaper"]),
        ({}, {"price": None, "price_raw": None}, ["price_lost"]),
        ({"price": None, "price_raw": None}, {}, ["price_found"]),
        ({"price": 10}, {}, ["reread"]),
        ({}, {"title": "Judul Baru"}, ["renamed"]),
        ({}, {"url": "https://contoh.id/2"}, ["moved"]),
        ({}, {"url": None}, []),
        ({}, {"status": "gone"}, ["gone"]),
        ({"status": "gone"}, {"status": "gone"}, []),
        ({"status": "gone"}, {}, ["back"]),
        ({"status": "gone"}, {"price": 200, "price_raw": "Rp200"}, ["back", "dearer"]),
        ({}, {"status": "archived", "why": "stale"}, ["archived"]),
        (
            {},
            {"title": "B", "url": "https://contoh.id/2", "price": 1, "price_raw": "Rp1"},
            ["cheaper", "renamed", "moved"],
        ),
    ],
)
def test_each_difference_has_its_kind(before: dict[str, Any] | None, after: dict[str, Any], kinds: list[str]) -> None:
    old = {} if before is None else {"p:1": life(**before)}
    assert [change.kind for change in diff(old, {"p:1": life(**after)})] == kinds


def test_nothing_against_nothing_is_nothing() -> None:
    assert diff({}, {}) == []


def test_the_list_is_in_the_order_of_kind_platform_and_offer() -> None:
    after = {key: life(id=key) for key in ("q:1", "p:2", "p:1")}
    assert [change.offer for change in diff({}, after)] == ["p:1", "p:2", "q:1"]


def test_before_and_after_say_what_changed() -> None:
    change = diff({"p:1": life()}, {"p:1": life(price=150, price_raw="Rp150")})[0]
    assert (change.before, change.after, change.platform, change.title) == (100, 150, "p", "Judul")


def test_only_what_the_seller_changed_counts_as_changed() -> None:
    assert {kind: group_of(kind) for kind in ("new", "back", "gone", "dearer", "reread", "archived")} == {  # type: ignore[arg-type]
        "new": "new",
        "back": "new",
        "gone": "gone",
        "dearer": "changed",
        "reread": None,
        "archived": None,
    }
