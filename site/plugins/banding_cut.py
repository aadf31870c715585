"""Cuts a sorted list into pages whose borders lie at fixed places, by price or by letters, not at every N-th entry.

A course more or less changes the page that it stands on and moves none of the others: on a quiet night most pages of a
list keep their bytes, and "from Rp250,000" keeps its address. A key is a text of fixed length over an alphabet; a range
of keys that holds too many is halved between two letters, which needs nothing but the keys within it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from banding_format import money
from banding_groups import id_hash

from catalog.normalize.clean import fold

DIGITS = "0123456789"
LETTERS = " 0123456789abcdefghijklmnopqrstuvwxyz"
_PRICE = 11  # digits; the first one is 1 where no price is known
_NO_PRICE = 10 ** (_PRICE - 1)
_TITLE = 40  # letters
_SHOWN = 24  # signs of a title that names a page
_WORD = re.compile("[a-z0-9]+")
_SMALL = 4  # a page of less than a quarter of what fits joins the one before, if it has room


class Piece(NamedTuple):
    """Entries `start` to `end` of the list; all keys from `bound` on that stand before the next piece's bound."""

    bound: str
    start: int
    end: int


def price_key(price: int | None, identity: str) -> str:
    """Cheapest first, unknown prices last; ties in an order that follows from the id alone."""
    place = _NO_PRICE if price is None else min(price, _NO_PRICE - 1)
    return f"{place:0{_PRICE}d}{id_hash(identity):010d}"


@cache
def title_key(title: str, identity: str) -> str:
    """Alphabetical by the title's Latin letters and digits; ties in an order that follows from the id alone."""
    letters = " ".join(_WORD.findall(fold(title)))[:_TITLE]
    return f"{letters:{_TITLE}}{id_hash(identity):010d}"


def cut(keys: Sequence[str], alphabet: str, most: int) -> list[Piece]:
    """The pieces of sorted `keys` of one length, each of at most `most` (more only where keys are equal)."""
    pieces: list[Piece] = []

    def halve(prefix: str, low: int, high: int, start: int, end: int) -> None:
        if end - start <= most or len(prefix) == len(keys[0]):
            pieces.append(Piece((prefix + alphabet[low]).rstrip(alphabet[0]), start, end))
        elif high - low == 1:
            halve(prefix + alphabet[low], 0, len(alphabet), start, end)
        else:
            middle = (low + high) // 2
            border = bisect_left(keys, prefix + alphabet[middle], start, end)
            if start < border:
                halve(prefix, low, middle, start, border)
            if border < end:
                halve(prefix, middle, high, border, end)

    if keys:
        halve("", 0, len(alphabet), 0, len(keys))
    return _without_small(pieces, most)


def _without_small(pieces: Sequence[Piece], most: int) -> list[Piece]:
    kept: list[Piece] = []
    for piece in pieces:
        small = kept and piece.end - piece.start < most // _SMALL and piece.end - kept[-1].start <= most
        if small:
            kept[-1] = kept[-1]._replace(end=piece.end)
        else:
            kept.append(piece)
    return kept


def price_place(bound: str) -> tuple[str, str]:
    """(part of the address, words) of a piece by price: "dari-250000", "dari Rp250.000"."""
    price, rest = int(bound[:_PRICE].ljust(_PRICE, "0")), bound[_PRICE:]
    unknown = price >= _NO_PRICE
    place, words = ("tanpa-harga", "tanpa harga") if unknown else (f"dari-{price}", f"dari {money(price)}")
    return place + (f"-{rest}" if rest else ""), words


def title_place(bound: str, first: str) -> tuple[str, str]:
    """The same of a piece by title that begins with `first`: "dari-belajar-m", "dari “Belajar Menjahit”"."""
    short = first if len(first) <= _SHOWN else first[: _SHOWN - 1].rstrip() + "…"
    return "dari-" + bound.replace(" ", "-"), f"dari “{short}”"
