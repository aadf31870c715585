"""The cheapest courses of every option, for several filters without words in the *sharded* form: a browser that wants
the ten cheapest reads these and how many there are in all, instead of whole lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from search_index import bits
from search_index.codec import fnv
from search_index.counts import OptionCounts, offer_options, own_options
from search_index.facets import Row

HEAD = 8_192  # of the cheapest courses it is said which options they have
BUCKETS = 128  # a few options are seldom in one file


def dearer_codes(rows: Sequence[Row], lowest: Sequence[int | None], head: Sequence[int]) -> dict[str, dict[int, int]]:
    """Of every option its courses among those of `head`, ascending, with by how much the cheapest offer that has the
    option is dearer than the course's cheapest, and one more; 0 is an unknown price."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for n in sorted(head):
        row, low = rows[n], lowest[n]
        for option in own_options(row):
            found[option][n] = 1
        for offer in sorted(row.offers, key=lambda offer: (offer.price is None, offer.price)):
            code = 0 if offer.price is None or low is None else offer.price - low + 1
            for option in offer_options(offer):
                found[option].setdefault(n, code)
    return found


def head_files(
    rows: Sequence[Row], lowest: Sequence[int | None], head: Sequence[int], counts: OptionCounts, base: int
) -> list[dict[str, Any]]:
    """Files of options by their hashes. `head` are the cheapest courses' numbers; `base` of the numbers are the base
    segment's, the others are the delta's."""
    codes = dearer_codes(rows, lowest, head)
    files: list[dict[str, Any]] = [{} for _ in range(BUCKETS)]
    for option, told in counts.triples().items():
        known = codes.get(option, {})
        files[fnv(option) % BUCKETS][option] = _list(known, base) | told
    return files


def _list(codes: Mapping[int, int], base: int) -> dict[str, Any]:
    numbers = np.fromiter(codes, dtype=np.int64)
    sizes = [int((numbers < base).sum()), int((numbers >= base).sum())]
    values = np.fromiter(codes.values(), dtype=np.int64)
    courses = bits.ascending(np.where(numbers < base, numbers, numbers - base), sizes)
    return {"sizes": sizes, "courses": courses, "codes": bits.coded(values, [len(values)]) if codes else None}
