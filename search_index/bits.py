"""Numbers as bits, six to a sign, many lists at once: courses of words, and codes of which few are common.

A host's compression finds nothing more in such text and costs nothing either: what is written here is what is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_index.bulk import SIGNS_OF, VALUES_OF, Ints, cut_texts
from search_index.codec import SIGNS, numbers
from search_index.press import tree

SIX = 6
_PLACES = 1 << np.arange(SIX - 1, -1, -1)
USUAL = 0.69  # of the mean gap: so many low bits make a Rice code shortest


class _Lists(NamedTuple):
    """Of entries of several lists which list each is in, and at which entry each list begins."""

    sizes: Ints
    list_of: Ints
    firsts: Ints

    @classmethod
    def of(cls, sizes: Sequence[int] | Ints) -> _Lists:
        known = np.asarray(sizes, dtype=np.int64)
        return cls(known, np.repeat(np.arange(len(known)), known), np.cumsum(known) - known)

    def sums(self, values: Ints) -> Ints:
        """The sum of each list's values."""
        return np.bincount(self.list_of, weights=values, minlength=len(self.sizes)).astype(np.int64)

    def before(self, values: Ints) -> Ints:
        """Of each entry the sum of its list's earlier values."""
        sums = np.concatenate([[0], np.cumsum(values)])
        return np.asarray(sums[:-1] - sums[self.firsts][self.list_of], dtype=np.int64)


def _aligned(lengths: Ints) -> Ints:
    """Where each of some texts of so many bits begins, and where the last one ends: texts have whole signs."""
    return np.concatenate([[0], np.cumsum(-(-lengths // SIX) * SIX)])


def _texts(starts: Ints, ones: Sequence[Ints]) -> list[str]:
    """The texts whose bits are 1 at these places."""
    bits = np.zeros(int(starts[-1]), dtype=np.uint8)
    for places in ones:
        bits[places] = 1
    return cut_texts(SIGNS_OF[bits.reshape(-1, SIX) @ _PLACES], starts // SIX)


def _digits(values: Ints, widths: Ints, at: Ints) -> list[Ints]:
    """Where the ones of numbers stand that are written with so many bits from `at` on, highest first."""
    found = []
    for bit in range(int(widths.max(initial=0))):
        long = np.flatnonzero(widths > bit)
        found.append(at[long][(values[long] >> (widths[long] - 1 - bit)) & 1 == 1] + bit)
    return found


def ascending(values: Ints, sizes: Sequence[int] | Ints) -> list[str]:
    """Lists of ascending numbers, one after the other, as Rice codes of their gaps: a sign says how many low bits a gap
    has; then of every gap what is above them, as so many zeros and a one; then all low bits."""
    lists = _Lists.of(sizes)
    gaps = np.diff(np.asarray(values, dtype=np.int64), prepend=-1) - 1
    firsts = lists.firsts[lists.sizes > 0]
    gaps[firsts] = np.asarray(values, dtype=np.int64)[firsts]
    # frexp's exponent is one more than the binary logarithm, rounded down.
    low = np.maximum(np.frexp(USUAL * lists.sums(gaps) / np.maximum(lists.sizes, 1))[1] - 1, 0).astype(np.int64)
    widths = low[lists.list_of]
    high = (gaps >> widths) + 1
    heights = lists.sums(high)
    starts = _aligned(heights + lists.sizes * low)
    begin = starts[:-1][lists.list_of]
    ones = begin + lists.before(high) + high - 1
    at = begin + heights[lists.list_of] + (np.arange(len(gaps)) - lists.firsts[lists.list_of]) * widths
    texts = _texts(starts, [ones, *_digits(gaps, widths, at)])
    return [SIGNS[width] + text for width, text in zip(low.tolist(), texts, strict=True)]


def read_ascending(text: str, size: int) -> Ints:
    """A list of `size` numbers that `ascending` wrote."""
    signs = VALUES_OF[np.frombuffer(text.encode(), dtype=np.uint8)]
    low = int(signs[0])
    bits = (signs[1:, None] & _PLACES > 0).ravel()
    ones = np.flatnonzero(bits)[:size]
    high = np.diff(ones, prepend=-1) - 1
    start = int(ones[-1]) + 1 if size else 0
    rest = bits[start : start + size * low].reshape(size, low) @ (1 << np.arange(low - 1, -1, -1))
    return np.cumsum((high << low | rest.astype(np.int64)) + 1) - 1


class Coded(NamedTuple):
    """Lists of numbers in a Huffman code. `table` has the numbers, those with the shortest codes first, and how many
    bits each code has; codes of a length follow each other, and a longer one begins where the shorter ones end."""

    table: tuple[str, str]
    texts: list[str]


def coded(values: Ints, sizes: Sequence[int] | Ints) -> Coded:
    """Several lists of numbers in one code."""
    lists = _Lists.of(sizes)
    symbols, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    lengths = np.array([len(path) for path in tree(counts.tolist()).paths], dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    codes = np.zeros(len(symbols), dtype=np.int64)
    code, last = -1, 0
    for symbol in order:
        length = int(lengths[symbol])
        code, last = (code + 1) << (length - last), length
        codes[symbol] = code
    widths = lengths[index]
    starts = _aligned(lists.sums(widths))
    at = starts[:-1][lists.list_of] + lists.before(widths)
    table = (numbers(symbols[order].tolist()), numbers(lengths[order].tolist()))
    return Coded(table, _texts(starts, _digits(codes[index], widths, at)))
