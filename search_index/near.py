"""Words of names by their beginnings (while typing) and by their ends (misspellings), for the *sharded* form.

A word stands under its first three letters; a longer one also under its last three, a short one under its first and its
last two: one edit leaves one of these as it is. Two letters lead to the commonest words that begin so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from search_index.codec import fnv, numbers
from search_index.understand import MOST_EXPANSIONS, SHORTEST_PREFIX, SHORTEST_TYPO

WORDS = 192  # of a file, on average
MOST_FILES = 256
LONG = 7


def ends(word: str) -> list[str]:
    """The keys under which a misspelling of a word is looked for."""
    if len(word) < SHORTEST_TYPO - 1:
        return []
    return ["$" + word[-3:]] if len(word) >= LONG else ["^" + word[:2], "$" + word[-2:]]


def near_files(today: Mapping[str, int], changed: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """Files of the words of `today` (with their courses), or only of those in `changed`, the delta's, where a word that
    is gone has no courses."""
    chosen = today if changed is None else changed
    keys: dict[str, set[str]] = defaultdict(set)
    for word in chosen:
        for key in (word[:3], *ends(word)) if len(word) > SHORTEST_PREFIX else ():
            keys[key].add(word)
    for start, words in _commonest(today, {word[:SHORTEST_PREFIX] for word in chosen}).items():
        keys[start].update(words)
    count = max(1, min(MOST_FILES, len(chosen) // WORDS))
    files: list[dict[str, str]] = [{} for _ in range(count)]
    for key in sorted(keys):
        files[fnv(key) % count][key] = " ".join(sorted(keys[key]))
    counts = {**today, **chosen}
    return [_counted(file, counts) for file in files]


def _commonest(today: Mapping[str, int], starts: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(today, key=lambda word: (-today[word], word)):
        start = word[:SHORTEST_PREFIX]
        if len(start) == SHORTEST_PREFIX and start in starts and len(found[start]) < MOST_EXPANSIONS:
            found[start].append(word)
    return found


def _counted(file: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, Any]:
    """A file with the courses of its words, A to Z."""
    words: Iterable[str] = sorted({word for line in file.values() for word in line.split()})
    return {"keys": file, "counts": numbers(counts[word] for word in words)}
