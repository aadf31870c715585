"""Numbers inside text: 91 printable signs that JSON need not escape (docs/search-format.md; codec.js reads them); and
the tags that names of files get from their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

SIGNS = "".join(chr(code) for code in range(35, 127) if code != 92)
BASE = len(SIGNS)
HALF = 45
_TAG = "0123456789abcdefghijklmnopqrstuvwxyz"
_VALUES = {sign: value for value, sign in enumerate(SIGNS)}


def column(values: Sequence[int]) -> str:
    """Fixed width: the first sign says how many signs a number has, highest first."""
    width, most = 1, BASE
    while values and max(values) >= most:
        width, most = width + 1, most * BASE
    out = [SIGNS[width]]
    for value in values:
        signs = []
        for _ in range(width):
            value, digit = divmod(value, BASE)
            signs.append(SIGNS[digit])
        out.extend(reversed(signs))
    return "".join(out)


def _spell(value: int) -> str:
    out = []
    while value >= HALF:
        value, digit = divmod(value, HALF)
        out.append(SIGNS[HALF + digit])
    return "".join(out) + SIGNS[value]


_SPELLED = [_spell(value) for value in range(HALF * HALF)]


def numbers(values: Iterable[int]) -> str:
    """Variable width, base 45, lowest digits first; signs from 45 on say that more follow."""
    return "".join([_SPELLED[value] if value < len(_SPELLED) else _spell(value) for value in values])


def read_numbers(text: str) -> list[int]:
    """What `numbers` wrote."""
    out = []
    value, scale = 0, 1
    for sign in text:
        digit = _VALUES[sign]
        if digit < HALF:
            out.append(value + digit * scale)
            value, scale = 0, 1
        else:
            value += (digit - HALF) * scale
            scale *= HALF
    return out


def read_ascending(text: str) -> list[int]:
    """What `ascending` wrote."""
    return [place + gap for place, gap in enumerate(accumulate(read_numbers(text)))]


def ascending(values: Iterable[int]) -> str:
    """Ascending numbers as gaps."""
    last = -1
    gaps = []
    for value in values:
        gaps.append(value - last - 1)
        last = value
    return numbers(gaps)


def tag_of(data: bytes) -> str:
    """Five signs made from a content."""
    number = int.from_bytes(digest_of(data))
    tag = ""
    for _ in range(5):
        number, digit = divmod(number, len(_TAG))
        tag += _TAG[digit]
    return tag


def digest_of(data: bytes) -> bytes:
    """What `together_tag` needs of a file."""
    return hashlib.blake2b(data, digest_size=8).digest()


def together_tag(digests: Mapping[str, bytes]) -> str:
    """Five signs made from several files, given by name with their digests."""
    return tag_of(b"".join(stem.encode() + b"\0" + digests[stem] for stem in sorted(digests)))


def fnv(word: str) -> int:
    """FNV-1a over UTF-16 units."""
    value = 0x811C9DC5
    data = word.encode("utf-16-le")
    for at in range(0, len(data), 2):
        value = ((value ^ (data[at] | data[at + 1] << 8)) * 0x01000193) & 0xFFFFFFFF
    return value
