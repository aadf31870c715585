"""The numbers of codec.py, many at once: a large catalog has eleven million postings."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.codec import BASE, HALF, SIGNS

Ints = npt.NDArray[Any]
SIGNS_OF = np.frombuffer(SIGNS.encode(), dtype=np.uint8)
VALUES_OF = np.zeros(128, dtype=np.int64)
VALUES_OF[SIGNS_OF] = np.arange(BASE)


def ranges(starts: Ints, ends: Ints) -> Ints:
    """All numbers from each start to before its end, one range after the other."""
    sizes = ends - starts
    if not sizes.sum():
        return np.zeros(0, dtype=np.int64)
    skipped = np.repeat(ends - np.cumsum(sizes), sizes)
    return np.asarray(np.arange(sizes.sum()) + skipped, dtype=np.int64)


def numbers(values: Ints, sizes: Sequence[int] | Ints) -> list[str]:
    """`codec.numbers` of the first `sizes[0]` values, the next `sizes[1]` and so on."""
    rest = np.asarray(values, dtype=np.int64)
    digits = np.ones(len(rest), dtype=np.int64)
    most = HALF
    while len(rest) and rest.max() >= most:
        digits += rest >= most
        most *= HALF
    ends = np.cumsum(digits)
    out = np.empty(int(digits.sum()), dtype=np.uint8)
    at, left = ends - digits, digits
    while len(rest):
        out[at] = SIGNS_OF[rest % HALF + HALF * (left > 1)]
        more = left > 1
        rest, at, left = rest[more] // HALF, at[more] + 1, left[more] - 1
    return cut_texts(out, np.concatenate([[0], ends])[np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])])


def column(values: Ints) -> str:
    """`codec.column`."""
    return joined(spelled(values))


def joined(rows: Ints) -> str:
    """The column of numbers that `spelled` spelled, or of some of them."""
    return SIGNS[rows.shape[1]] + rows.tobytes().decode()


def spelled(values: Ints) -> Ints:
    """Numbers as rows of signs, all as wide as the largest needs."""
    rest = np.asarray(values, dtype=np.int64)
    width, most = 1, BASE
    while len(rest) and rest.max() >= most:
        width, most = width + 1, most * BASE
    out = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        out[:, place] = SIGNS_OF[rest % BASE]
        rest = rest // BASE
    return out


def signs(values: Ints, sizes: Sequence[int] | Ints) -> list[str]:
    """Numbers below 91 as one sign each, several texts."""
    bounds = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    return cut_texts(SIGNS_OF[np.asarray(values, dtype=np.int64)], bounds)


def cut_texts(data: Ints, bounds: Ints) -> list[str]:
    """Signs cut into texts at these places, the first and the last one included."""
    text = data.tobytes().decode()
    places = bounds.tolist()
    return [text[a:b] for a, b in itertools.pairwise(places)]


def fnv(words: Sequence[str]) -> Ints:
    """`codec.fnv` of many words."""
    data = [word.encode("utf-16-le") for word in words]
    sizes = np.array([len(word) // 2 for word in data], dtype=np.int64)
    units = np.frombuffer(b"".join(data), dtype="<u2")
    starts = np.cumsum(sizes) - sizes
    values = np.full(len(words), 0x811C9DC5, dtype=np.uint32)
    for at in range(int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes > at)
        values[longer] = (values[longer] ^ units[starts[longer] + at]) * np.uint32(0x01000193)
    return values.astype(np.int64)
