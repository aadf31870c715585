"""Lists as bits: what is written is read back, and common codes are short."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import bits
from search_index.codec import SIGNS, read_numbers
from tests.search_index.test_bulk import flat


@given(st.lists(st.lists(st.integers(0, 2**24), max_size=12), max_size=6))
def test_ascending_there_and_back(lists: list[list[int]]) -> None:
    rising = [sorted(set(values)) for values in lists]
    texts = bits.ascending(*flat(rising))
    assert [bits.read_ascending(text, len(part)).tolist() for text, part in zip(texts, rising, strict=True)] == rising


def read_coded(table: tuple[str, str], text: str, size: int) -> list[int]:
    """Reads bit by bit: every code is looked up among all of them."""
    codes: dict[str, int] = {}
    code, last = -1, 0
    for value, length in zip(*map(read_numbers, table), strict=True):
        code, last = (code + 1) << (length - last), length
        codes[f"{code:0{length}b}" if length else ""] = value
    left = "".join(f"{SIGNS.index(sign):06b}" for sign in text)
    found = []
    for _ in range(size):
        length = next(n for n in range(len(left) + 1) if left[:n] in codes)
        found.append(codes[left[:length]])
        left = left[length:]
    return found


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=6))
def test_codes_there_and_back(lists: list[list[int]]) -> None:
    found = bits.coded(*flat(lists))
    assert [read_coded(found.table, text, len(part)) for text, part in zip(found.texts, lists, strict=True)] == lists


def test_what_is_common_is_short() -> None:
    chosen = np.flatnonzero(np.random.default_rng(1).random(60_000) < 0.06)
    [text] = bits.ascending(chosen, [len(chosen)])
    assert len(text) * 6 < 60_000 * 0.34  # the entropy is 0.327
    values = np.array([0] * 900 + [7] * 90 + [300] * 10)
    [codes] = bits.coded(values, [1000]).texts
    assert len(codes) == pytest.approx(1100 / 6, abs=1)
    assert bits.coded(np.array([5, 5, 5]), [3]) == (("(", "#"), [""])
