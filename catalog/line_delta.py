"""A text as what it shares with an earlier text plus what is new: a list of [start, count] runs and literal pieces.

The published state uses it: a quiet night sends the few lines that changed and not every listing again. Texts of many
lines are cut at line ends, one-line JSON before each `,"`.
"""

from __future__ import annotations

import itertools
import json
import re

_FEW_LINES = 10
_BEFORE_KEYS = re.compile(r'(?=,")')


class DeltaError(ValueError):
    """The delta does not fit its base."""


def pieces(text: str) -> list[str]:
    """The text cut where it is likely to stay equal; joined again they are the text."""
    if text.count("\n") > _FEW_LINES:
        return text.split("\n")
    return _BEFORE_KEYS.split(text)


def _join(text: str) -> str:
    return "\n" if text.count("\n") > _FEW_LINES else ""


def encode(base: str, text: str) -> str:
    """Lines: first the sign between pieces and the base's, then runs and literals as JSON."""
    old = pieces(base)
    where: dict[str, int] = {}
    for number, piece in enumerate(old):
        where.setdefault(piece, number)
    steps: list[list[int] | str] = []
    for piece in pieces(text):
        last = steps[-1] if steps else None
        if isinstance(last, list) and sum(last) < len(old) and old[sum(last)] == piece:
            last[1] += 1
        elif piece in where:
            steps.append([where[piece], 1])
        else:
            steps.append(piece)
    head = {"join": _join(text)}
    return "".join(json.dumps(step, ensure_ascii=False) + "\n" for step in itertools.chain([head], steps))


def decode(base: str, delta: str, longest: int) -> str:
    """The text again, at most `longest` signs. DeltaError when the delta is not one of this base."""
    try:
        head, *steps = [json.loads(line) for line in delta.removesuffix("\n").split("\n")]
        join = head["join"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeltaError(f"is no delta: {error}") from error
    old = pieces(base)
    found: list[str] = []
    size = 0
    for step in steps:
        taken = [step] if isinstance(step, str) else _run(old, step)
        size += sum(len(piece) + 1 for piece in taken)
        if size > longest + 1:
            raise DeltaError(f"unpacks to more than {longest} signs")
        found += taken
    return str(join).join(found)


def _run(old: list[str], step: object) -> list[str]:
    if not isinstance(step, list) or len(step) != 2 or not all(isinstance(n, int) for n in step):
        raise DeltaError("holds something that is neither a run nor a text")
    start, count = step
    if start < 0 or count < 1 or start + count > len(old):
        raise DeltaError("names pieces that its base does not have")
    return old[start : start + count]
