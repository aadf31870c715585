"""A small context-mixing compressor for the file that every visitor of a small catalog reads first.

Hosts compress differently (brotli 11 or 4, gzip, nothing); this makes the file's size ours, and smaller than the best
of them does. Every symbol is a walk down a tree from its counts; every step is guessed from three contexts, the guesses
are mixed by weights that learn, and an arithmetic coder writes what is left. Whole numbers only, so that the browser's
half (press.js) guesses the same.
"""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

SLOTS = 1 << 20  # guesses, by the hash of their context
MOST = 60  # a guess that was corrected so often goes on learning at that pace
# A slot holds its guess (16 bits) and how often it was corrected (6 bits).
FRESH = 32768 << 6
RATES = tuple(round(16384 / (n + 1.5)) for n in range(MOST + 1))
PACE = 50  # of the weights
START = 26_000  # a weight that has learned nothing; 65,536 is one
LIMIT = 1 << 18  # of weights, so that sums stay within 32 bits
SURE = 10  # errors up to this one (of 4,096) teach the weights nothing
KINDS = 8  # sets of weights
WIDTHS = 49  # sizes up to 48 bits
WHOLE = (1 << 30) - 1  # the coder's span at first: everything stays a small integer of browsers' engines
LEAST = 1 << 24  # a narrower span is widened by a sign
SIGNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def _squash(value: int) -> int:
    return min(4095, max(1, round(4096 / (1 + math.exp(-value / 256)))))


SQUASH = tuple(_squash(value) for value in range(-2047, 2048))
STRETCH = tuple(min(2047, max(-2047, round(256 * math.log((p + 0.5) / (4095.5 - p))))) for p in range(4096))


def mix(value: int, part: int) -> int:
    """The hash of a context and one thing more: 30 bits, which are small integers in browsers' engines."""
    value = ((value ^ part & 0xFFFFFFFF) * 0x2C1B3C6D + 0x297A2D39) & 0xFFFFFFFF
    return (value ^ value >> 15) & 0x3FFFFFFF


def _learned(weight: int, change: int) -> int:
    return min(LIMIT, max(-LIMIT, weight + (change + 32768 >> 16)))


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
        self._slots = [FRESH] * SLOTS
        self._weights = [(START,) * 3] * (KINDS * 8)
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

    def symbol(self, tree: Tree, symbol: int, kind: int, c0: int, c1: int, c2: int) -> None:
        """A symbol in three contexts; `kind` chooses the weights. Written out thrice: all the time goes here."""
        slots, all_weights, mask = self._slots, self._weights, SLOTS - 1
        for shift, turn in tree.paths[symbol]:
            i0, i1, i2 = c0 + shift & mask, c1 + shift & mask, c2 + shift & mask
            s0, s1, s2 = slots[i0], slots[i1], slots[i2]
            g0, g1, g2, n0, n1, n2 = s0 >> 6, s1 >> 6, s2 >> 6, s0 & 63, s1 & 63, s2 & 63
            x0, x1, x2 = STRETCH[g0 >> 4], STRETCH[g1 >> 4], STRETCH[g2 >> 4]
            at = kind * 8 + (n0 > 0) + 2 * (n1 > 0) + 4 * (n2 > 0)
            w0, w1, w2 = all_weights[at]
            total = x0 * w0 + x1 * w1 + x2 * w2 >> 16
            chance = SQUASH[(total if -2047 < total < 2047 else 2047 if total > 0 else -2047) + 2047]
            bound = (self._span >> 12) * chance
            if turn:
                self._span = bound
            else:
                self._low += bound
                self._span -= bound
            if self._low > WHOLE or self._span < LEAST:
                self._settle()
            error = (turn << 12) - chance
            if not -SURE < error < SURE:
                error *= PACE
                all_weights[at] = _learned(w0, x0 * error), _learned(w1, x1 * error), _learned(w2, x2 * error)
            goal = 65535 * turn
            slots[i0] = g0 + ((goal - g0) * RATES[n0] >> 14) << 6 | (n0 + 1 if n0 < MOST else MOST)
            if i1 != i0:
                slots[i1] = g1 + ((goal - g1) * RATES[n1] >> 14) << 6 | (n1 + 1 if n1 < MOST else MOST)
            if i2 != i1 and i2 != i0:
                slots[i2] = g2 + ((goal - g2) * RATES[n2] >> 14) << 6 | (n2 + 1 if n2 < MOST else MOST)

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
        self.symbol(self._widths, width, 0, context, context, context)
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
