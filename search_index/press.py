"""A small context-mixing compressor for the file that every visitor of a small catalog reads first.

Hosts compress differently (brotli 11 or 4, gzip, nothing); this makes the file's size ours, and smaller than the best
of them does. Every bit is guessed from five contexts, the guesses are mixed by weights that learn, and an arithmetic
coder writes what is left. Whole numbers only, so that the browser's half (press.js) guesses the same.
"""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterable, Sequence

SLOTS = 1 << 20  # guesses, by the hash of their context
MOST = 60  # a guess that was corrected so often goes on learning at that pace
RATES = tuple(round(16384 / (n + 1.5)) for n in range(MOST + 1))
_OLDER = tuple(min(MOST, n + 1) for n in range(MOST + 1))
PACE = 50  # of the weights
START = 20_000  # a weight that has learned nothing; 65,536 is one
NIBBLE = 15  # signs up to this one take four bits, the rarer ones more
KINDS = 8  # sets of weights: 0 and 1 signs, 2 capital letters, 3 columns, 4 sizes, 5 highest bits of numbers
Contexts = tuple[int, int, int, int, int]


def _squash(value: int) -> int:
    return min(4095, max(1, round(4096 / (1 + math.exp(-value / 256)))))


SQUASH = tuple(_squash(value) for value in range(-2047, 2048))
_STRETCH = tuple(min(2047, max(-2047, round(256 * math.log((p + 0.5) / (4095.5 - p))))) for p in range(4096))
STRETCH = tuple(_STRETCH[guess >> 4] for guess in range(65536))


def mix(value: int, part: int) -> int:
    """The 32-bit hash of a context and one thing more."""
    value = ((value ^ part) * 0x2C1B3C6D + 0x297A2D39) & 0xFFFFFFFF
    return value ^ value >> 15


class Press:
    """Takes texts, columns and numbers; `done` gives the bytes."""

    def __init__(self) -> None:
        self._guess = [32768] * SLOTS
        self._times = bytearray(SLOTS)
        self._weights: list[tuple[int, int, int, int, int]] = [(START,) * 5] * (KINDS * 10)
        self._low, self._high = 0, 0xFFFFFFFF
        self._out = bytearray()

    def _code(self, chance: int, bit: int) -> None:
        """Writes a bit that is 1 with this chance (of 4,096)."""
        middle = self._low + ((self._high - self._low) >> 12) * chance
        if bit:
            self._high = middle
        else:
            self._low = middle + 1
        while not (self._low ^ self._high) & 0xFF000000:
            self._out.append(self._high >> 24)
            self._low = (self._low << 8) & 0xFFFFFFFF
            self._high = (self._high << 8 | 255) & 0xFFFFFFFF

    def _symbol(self, contexts: Contexts, node: int, value: int, width: int, kind: int) -> None:
        """A number of `width` bits, highest first; written out five times because this is where all the time goes."""
        guess, times, all_weights = self._guess, self._times, self._weights
        mask, rates, older = SLOTS - 1, RATES, _OLDER
        c1, c2, c3, c4, c5 = contexts
        path = 1
        for place in range(width - 1, -1, -1):
            bit = value >> place & 1
            shift = (node + path - 1) * 40503
            path = path << 1 | bit
            i1, i2, i3 = c1 + shift & mask, c2 + shift & mask, c3 + shift & mask
            i4, i5 = c4 + shift & mask, c5 + shift & mask
            g1, g2, g3, g4, g5 = guess[i1], guess[i2], guess[i3], guess[i4], guess[i5]
            n1, n2, n3, n4, n5 = times[i1], times[i2], times[i3], times[i4], times[i5]
            x1, x2, x3, x4, x5 = STRETCH[g1], STRETCH[g2], STRETCH[g3], STRETCH[g4], STRETCH[g5]
            known = (n1 > 0) + (n2 > 0) + (n3 > 0) + (n4 > 0) + (5 if n5 else 0)
            w1, w2, w3, w4, w5 = all_weights[kind * 10 + known]
            total = (x1 * w1 + x2 * w2 + x3 * w3 + x4 * w4 + x5 * w5) >> 16
            chance = SQUASH[(total if -2047 < total < 2047 else 2047 if total > 0 else -2047) + 2047]
            self._code(chance, bit)
            error, goal = ((bit << 12) - chance) * PACE, 65535 * bit
            all_weights[kind * 10 + known] = (
                w1 + ((x1 * error + 32768) >> 16),
                w2 + ((x2 * error + 32768) >> 16),
                w3 + ((x3 * error + 32768) >> 16),
                w4 + ((x4 * error + 32768) >> 16),
                w5 + ((x5 * error + 32768) >> 16),
            )
            guess[i1] = g1 + ((goal - g1) * rates[n1] >> 14)
            guess[i2] = g2 + ((goal - g2) * rates[n2] >> 14)
            guess[i3] = g3 + ((goal - g3) * rates[n3] >> 14)
            guess[i4] = g4 + ((goal - g4) * rates[n4] >> 14)
            guess[i5] = g5 + ((goal - g5) * rates[n5] >> 14)
            times[i1], times[i2], times[i3] = older[n1], older[n2], older[n3]
            times[i4], times[i5] = older[n4], older[n5]

    def text(self, text: str, alphabet: str) -> None:
        """A text in the signs of `alphabet`; capital letters are their small ones with a mark."""
        rest = max(1, max(0, len(alphabet) - 1 - NIBBLE).bit_length())
        numbers = {sign: number for number, sign in enumerate(alphabet)}
        a = b = c = d = word = raised = 0
        for sign in text:
            small = sign.lower() if "A" <= sign <= "Z" else sign
            number = numbers[small]
            h1 = mix(1, a)
            h2 = mix(h1, b)
            h3 = mix(h2, c)
            contexts = (h1, h2, h3, mix(h3, d), mix(word, 2))
            self._symbol(contexts, 1, min(number, NIBBLE), 4, 0)
            if number >= NIBBLE:
                self._symbol(contexts, 16, number - NIBBLE, rest, 1)
            if "a" <= small <= "z":
                marked = int(small != sign)
                at = mix(3, raised * 2 + (word == 0))
                self._symbol((at, mix(at, a), mix(at, number), mix(mix(at, a), b), mix(4, word)), 1, marked, 1, 2)
                raised = (raised << 1 | marked) & 3
                word = mix(word, number + 5)
            else:
                word = raised = 0
            a, b, c, d = number + 1, a, b, c

    def column(self, values: Sequence[int], most: int, number: int, beside: Sequence[int], near: Sequence[int]) -> None:
        """Numbers up to `most`; the columns `beside` and `near` may tell something about this one."""
        width = max(1, most.bit_length())
        own, last = mix(5, number), 0
        after = mix(6, own)
        for value, one, other in zip(values, beside, near, strict=True):
            first, second = mix(own, one + 1), ~other & 0xFFFFFFFF
            contexts = (own, first, mix(own, second), mix(first, second), mix(after, last))
            self._symbol(contexts, 1, value, width, 3)
            last = value

    def sizes(self, values: Iterable[int], number: int) -> None:
        """Numbers of any size: how many bits, then the first bits by experience, the others as they are."""
        own = mix(7, number)
        for value in values:
            width = value.bit_length()
            self._symbol((own,) * 5, 1, width, 6, 4)
            told = min(3, max(0, width - 1))
            at = mix(own, width)
            self._symbol((at,) * 5, 1, value >> (width - 1 - told) & ((1 << told) - 1) if told else 0, told, 5)
            for place in range(width - 2 - told, -1, -1):
                self._code(2048, value >> place & 1)

    def done(self) -> bytes:
        """What was coded."""
        return bytes(self._out) + self._high.to_bytes(4)


def alphabet_of(texts: Iterable[str]) -> str:
    """The signs of texts, capital letters as small ones, the commonest first."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    for sign in [sign for sign in counts if "A" <= sign <= "Z"]:
        counts[sign.lower()] += counts.pop(sign)
    return "".join(sorted(counts, key=lambda sign: (-counts[sign], sign)))


def spelled(data: bytes) -> str:
    """Bytes as base64, which every host's compression takes back to six bits a sign."""
    return base64.b64encode(data).decode()
