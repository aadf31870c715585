"""A small adaptive coder for the file that every visitor of a small catalog reads first.

Hosts compress differently (brotli 11 or 4, gzip, nothing); this makes the file's size ours, and smaller than the best
of them does. Every symbol is a walk down a tree from its counts; every turn of it is guessed from one context, by what
came there before, and an arithmetic coder writes what is left. Whole numbers only, so that the browser's half
(press.js) guesses the same.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

SLOTS = 1 << 18  # guesses, by the hash of their context
EVEN = 32768  # a guess (16 bits) that knows nothing
MOST = 60  # a guess that was corrected so often goes on learning at that pace
RATES = tuple(round(16384 / (n + 2.25)) for n in range(MOST + 1))
WIDTHS = 49  # sizes up to 48 bits
WHOLE = (1 << 30) - 1  # the coder's span at first: everything stays a small integer of browsers' engines
LEAST = 1 << 24  # a narrower span is widened by a sign
SIGNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def mix(value: int, part: int) -> int:
    """The hash of a context and one thing more: 30 bits, which are small integers in browsers' engines."""
    value = ((value ^ part & 0xFFFFFFFF) * 0x2C1B3C6D + 0x297A2D39) & 0xFFFFFFFF
    return (value ^ value >> 15) & 0x3FFFFFFF


@dataclass(frozen=True)
class Tree:
    """A Huffman tree: two children of every inner node, a leaf as ~symbol. The last node is the root."""

    symbols: int
    kids: tuple[int, ...]

    @cached_property
    def paths(self) -> list[list[tuple[int, int]]]:
        """Of every symbol the nodes from the root on, hashed, with the turn that is taken."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.symbols)]
        ways: list[list[tuple[int, int]]] = [[] for _ in self.kids[::2]]
        for node in range(len(ways) - 1, -1, -1):
            for turn in (0, 1):
                kid = self.kids[2 * node + turn]
                way = [*ways[node], (node * 40503, turn)]
                if kid < 0:
                    found[~kid] = way
                else:
                    ways[kid] = way
        return found


def tree(counts: Sequence[int]) -> Tree:
    """The tree of symbols that occur so often: the two rarest become one, the later ones first among equals."""
    order = sorted(range(len(counts)), key=lambda symbol: (-counts[symbol], symbol))
    kids: list[int] = []
    sums: list[int] = []
    inner = 0

    def least() -> tuple[int, int]:
        nonlocal inner
        if order and (inner == len(sums) or counts[order[-1]] <= sums[inner]):
            symbol = order.pop()
            return ~symbol, counts[symbol]
        inner += 1
        return inner - 1, sums[inner - 1]

    for _ in range(len(counts) - 1):
        (one, n), (other, m) = least(), least()
        kids += (other, one)
        sums.append(n + m)
    return Tree(len(counts), tuple(kids))


def ranked(symbols: int) -> Tree:
    """The tree of symbols that are the rarer the later they stand, as words of a language are."""
    return tree([(1 << 24) // (rank + 1) for rank in range(symbols)])


class Press:
    """Takes symbols, numbers and sizes; `done` gives the text."""

    def __init__(self) -> None:
        self._guesses = [EVEN] * SLOTS
        self._corrected = bytearray(SLOTS)
        self._low, self._span = 0, WHOLE
        self._out = bytearray()  # six bits each
        self._widths = ranked(WIDTHS)

    def _settle(self) -> None:
        """Hands a carry on, and writes what is settled."""
        out = self._out
        if self._low > WHOLE:
            at = len(out) - 1
            while out[at] == 63:
                out[at] = 0
                at -= 1
            out[at] += 1
            self._low &= WHOLE
        while self._span < LEAST:
            out.append(self._low >> 24)
            self._low = self._low << 6 & WHOLE
            self._span <<= 6

    def symbol(self, tree: Tree, symbol: int, context: int) -> None:
        """A symbol in a context."""
        guesses, corrected, mask = self._guesses, self._corrected, SLOTS - 1
        for shift, turn in tree.paths[symbol]:
            at = context + shift & mask
            guess, times = guesses[at], corrected[at]
            bound = (self._span >> 12) * (guess >> 4 | 1)
            if turn:
                self._span = bound
                guesses[at] = guess + ((65535 - guess) * RATES[times] >> 14)
            else:
                self._low += bound
                self._span -= bound
                guesses[at] = guess - (guess * RATES[times] >> 14)
            if times < MOST:
                corrected[at] = times + 1
            if self._low > WHOLE or self._span < LEAST:
                self._settle()

    def plain(self, value: int, bits: int) -> None:
        """A number of which nothing is known but its bits."""
        while bits:
            part = min(bits, 12)
            bits -= part
            self._span >>= part
            self._low += (value >> bits & (1 << part) - 1) * self._span
            self._settle()

    def size(self, value: int, context: int) -> None:
        """A number of up to 48 bits: how many it has by experience, then the bits as they are."""
        width = value.bit_length()
        self.symbol(self._widths, width, context)
        if width > 1:
            self.plain(value & (1 << width - 1) - 1, width - 1)

    def done(self) -> str:
        """What was coded, six bits a sign: every host's compression takes it back to that."""
        rest = [self._low >> bits & 63 for bits in range(24, -1, -6)]
        return "".join(SIGNS[value] for value in (*self._out, *rest))


def by_count(values: Iterable[str]) -> tuple[list[str], list[int]]:
    """The distinct values, the commonest first, A to Z among equals, and how often each occurs."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    found = sorted(counts, key=lambda value: (-counts[value], value))
    return found, [counts[value] for value in found]
