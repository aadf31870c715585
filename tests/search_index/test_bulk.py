"""Many numbers at once are written and read as one by one."""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search_index import bulk, codec

LISTS = st.lists(st.lists(st.integers(0, 2**40), max_size=8), max_size=6)


def flat(lists: list[list[int]]) -> tuple[bulk.Ints, list[int]]:
    return np.array([value for values in lists for value in values], dtype=np.int64), [len(part) for part in lists]


@given(LISTS)
def test_numbers(lists: list[list[int]]) -> None:
    assert bulk.numbers(*flat(lists)) == [codec.numbers(values) for values in lists]


@given(st.lists(st.integers(0, 91**3)))
def test_columns(values: list[int]) -> None:
    assert bulk.column(np.array(values, dtype=np.int64)) == codec.column(values)


@given(st.lists(st.lists(st.integers(0, 90), max_size=5), max_size=5))
def test_signs(lists: list[list[int]]) -> None:
    assert bulk.signs(*flat(lists)) == [codec.column(values)[1:] for values in lists]


@given(st.lists(st.text(max_size=12), max_size=9))
def test_hashes(words: list[str]) -> None:
    usable = [word for word in words if word.encode("utf-16-le", "ignore").decode("utf-16-le") == word]
    assert bulk.fnv(usable).tolist() == [codec.fnv(word) for word in usable]


@given(st.lists(st.integers(0, 5), max_size=9), st.integers(0, 3))
def test_ranges(sizes: list[int], gap: int) -> None:
    ends = list(accumulate(size + gap for size in sizes))
    starts = [end - size for end, size in zip(ends, sizes, strict=True)]
    wanted = [n for start, end in zip(starts, ends, strict=True) for n in range(start, end)]
    assert bulk.ranges(np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)).tolist() == wanted
    assert all(a < b for a, b in pairwise(wanted))
