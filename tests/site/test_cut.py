"""A list is cut at fixed places: complete, in order, and a course more or less touches its own page only."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from banding_cut import DIGITS, LETTERS, Piece, cut, price_key, price_place, title_key, title_place

MOST = 40


def price_keys(prices: dict[str, int | None]) -> list[str]:
    return sorted(price_key(price, identity) for identity, price in prices.items())


def contents(keys: list[str], pieces: list[Piece]) -> dict[str, tuple[str, ...]]:
    return {piece.bound: tuple(keys[piece.start : piece.end]) for piece in pieces}


@pytest.fixture
def prices() -> dict[str, int | None]:
    dice = random.Random(5)
    common = (None, 0, 150_000, 200_000, 250_000, 1_000_000)
    return {f"c{n:x}": dice.choice((*common, *[dice.randrange(24, 1_000) * 1_000] * 6)) for n in range(1_500)}


def test_nothing_is_cut_of_nothing() -> None:
    assert cut([], DIGITS, MOST) == []


def test_pieces_are_complete_in_order_and_not_too_long(prices: dict[str, int | None]) -> None:
    keys = price_keys(prices)
    pieces = cut(keys, DIGITS, MOST)
    assert [pieces[0].start, *[p.end for p in pieces]] == [*[p.start for p in pieces], len(keys)]
    assert max(p.end - p.start for p in pieces) <= MOST
    assert len(pieces) < 2 * len(keys) / MOST
    assert all(piece.bound.ljust(len(keys[0]), "0") <= keys[piece.start] for piece in pieces)
    assert len({price_place(p.bound) for p in pieces}) == len(pieces)


def test_equal_keys_stay_together_even_when_they_are_many() -> None:
    keys = [price_key(5_000, "same")] * (MOST + 1)
    assert [(p.start, p.end) for p in cut(keys, DIGITS, MOST)] == [(0, MOST + 1)]


def test_one_changed_price_touches_few_pieces(prices: dict[str, int | None]) -> None:
    """Cutting at every fortieth would move about half of them."""
    before = contents(keys := price_keys(prices), cut(keys, DIGITS, MOST))
    touched = []
    for identity in list(prices)[:100]:
        moved = prices | {identity: 333_000}
        after = contents(keys := price_keys(moved), cut(keys, DIGITS, MOST))
        touched.append(sum(before.get(bound) != cards for bound, cards in after.items()))
    assert max(touched) <= 5
    assert sum(touched) <= 2.3 * len(touched)


def test_many_courses_of_one_price_and_of_none_have_pages_of_their_own() -> None:
    prices: dict[str, int | None] = {f"c{n}": 200_000 if n % 2 else None for n in range(400)}
    keys = price_keys(prices)
    places = [price_place(piece.bound)[0] for piece in cut(keys, DIGITS, MOST)]
    assert any(place.startswith("dari-200000-") for place in places)
    assert any(place.startswith("tanpa-harga-") for place in places)
    assert [p for p, q in pairwise(keys) if p > q] == []


@pytest.mark.parametrize(
    ("bound", "place"),
    [
        ("000002", ("dari-200000", "dari Rp200.000")),
        ("00000125", ("dari-125000", "dari Rp125.000")),
        ("000002000005", ("dari-200000-5", "dari Rp200.000")),
        ("1", ("tanpa-harga", "tanpa harga")),
    ],
)
def test_a_piece_by_price_is_named_by_its_lowest_price(bound: str, place: tuple[str, str]) -> None:
    assert price_place(bound) == place


def test_titles_stand_in_order_of_letters_whatever_their_signs() -> None:
    titles = [
        "Élan Vital",
        "“Aman” di Dapur",
        "belajar Excel",
        "Belajar  C++",
        "数据",
        "Zumba",
        "101 Resep",
        "<b>Bakso</b>",
    ]
    order = sorted(titles, key=lambda title: title_key(title, "c1"))
    assert order == [
        "数据",
        "101 Resep",
        "“Aman” di Dapur",
        "<b>Bakso</b>",
        "Belajar  C++",
        "belajar Excel",
        "Élan Vital",
        "Zumba",
    ]
    keys = sorted(title_key(f"{title} {n}", f"c{n}") for title in titles for n in range(30))
    pieces = cut(keys, LETTERS, MOST)
    assert len({len(key) for key in keys}) == 1
    assert max(p.end - p.start for p in pieces) <= MOST
    assert len({title_place(p.bound, "")[0] for p in pieces}) == len(pieces) > 4
    assert title_place("belajar m", "Belajar Menjahit") == ("dari-belajar-m", "dari “Belajar Menjahit”")
    assert title_place("b", "Belajar Menjahit Kebaya Modern")[1] == "dari “Belajar Menjahit Kebaya…”"
