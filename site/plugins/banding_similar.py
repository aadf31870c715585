"""Similar but cheaper: courses that share most title words, category and level, in a clearly lower price band.

Neighbours name bands and not prices, and are chosen by words and id: one price change then changes few other pages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from banding_cards import Card
from banding_format import money

MOST = 3
# A word that stands in more titles than this says too little about what a course teaches.
COMMON = 400
LEAST_SHARE = 0.5
BANDS = (50_000, 100_000, 200_000, 350_000, 500_000, 750_000, 1_000_000)
_WORD = re.compile(r"[a-z0-9+#]{3,}")
_EMPTY = frozenset(
    [
        "untuk",
        "dari",
        "dengan",
        "dan",
        "bagi",
        "yang",
        "pada",
        "dalam",
        "menjadi",
        "cara",
        "belajar",
        "pelatihan",
        "kelas",
        "kursus",
        "dasar",
        "pemula",
        "menengah",
        "lanjutan",
        "mahir",
        "tingkat",
        "level",
        "bersama",
        "agar",
        "anda",
        "online",
        "daring",
        "webinar",
    ]
)


class Neighbour(NamedTuple):
    path: str
    title: str
    provider: str | None
    band: str


@dataclass(slots=True)
class _Known:
    card: Card
    words: frozenset[str]
    band: int


def title_words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold())) - _EMPTY


def band_index(price: int) -> int:
    return bisect_left(BANDS, price)


def _band_words(band: int) -> str:
    return f"tidak lebih dari {money(BANDS[band])}" if band < len(BANDS) else f"lebih dari {money(BANDS[-1])}"


def find_similar(cards: Sequence[Card]) -> dict[str, tuple[Neighbour, ...]]:
    """Course id -> neighbours whose price with the card lies in a lower band. Only active, surely eligible courses."""
    known = [_Known(c, title_words(c.title), band_index(c.lowest)) for c in cards if c.active and c.lowest is not None]
    holders: dict[tuple[str, str | None], list[_Known]] = defaultdict(list)
    for one in known:
        for word in one.words:
            holders[word, one.card.category].append(one)
    found = {}
    for one in known:
        near = _neighbours(one, holders)
        if near:
            found[one.card.id] = tuple(
                Neighbour(other.card.path, other.card.title, other.card.provider, _band_words(other.band))
                for other in near
            )
    return found


def _neighbours(one: _Known, holders: dict[tuple[str, str | None], list[_Known]]) -> list[_Known]:
    if one.band == 0 or not one.words or one.card.category is None:
        return []
    # The rarest word decides who is looked at; a neighbour that lacks it shares too little anyway.
    word = min(one.words, key=lambda w: (len(holders[w, one.card.category]), w))
    candidates = holders[word, one.card.category]
    if len(candidates) > COMMON:
        return []
    scored = []
    for other in candidates:
        if (
            other is one
            or other.band >= one.band
            or other.card.levels != one.card.levels
            or other.card.modes != one.card.modes
        ):
            continue
        shared = len(one.words & other.words)
        share = shared / len(one.words | other.words)
        if share >= LEAST_SHARE:
            scored.append((-share, other.card.id, other))
    scored.sort(key=lambda row: row[:2])
    return [other for _, _, other in scored[:MOST]]
