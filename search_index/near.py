"""Words in files by what is left of them when they are misspelt or not yet written to their end.

Of names, for the *sharded* form: a word stands under its first three letters; a longer one also under its last three, a
short one under its first and its last two: one edit leaves one of these as it is. Two letters lead to the commonest
words that begin so. Of descriptions: under the first three letters, so that a misspelling costs one request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from search_index.codec import fnv, numbers, read_numbers
from search_index.understand import MOST_EXPANSIONS, SHORTEST_PREFIX, SHORTEST_TYPO, WHOLE_START

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
        for key in (word[:WHOLE_START], *ends(word)) if len(word) > SHORTEST_PREFIX else ():
            keys[key].add(word)
    for start, words in _commonest(today, {word[:SHORTEST_PREFIX] for word in chosen}).items():
        keys[start].update(words)
    return _files(keys, {**today, **chosen}, max(1, min(MOST_FILES, len(chosen) // WORDS)))


def far_files(words: Mapping[str, int], most: int = MOST_FILES) -> list[dict[str, Any]]:
    """Files of words of descriptions, each with a number that says how common it is (0: gone)."""
    keys: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if len(word) >= SHORTEST_TYPO - 1:
            keys[word[:WHOLE_START]].add(word)
    return _files(keys, words, min(most, -(-len(words) // WORDS)))


def read_files(files: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The words of such files with their numbers."""
    found: dict[str, int] = {}
    for file in files:
        found.update(zip(_words(file["keys"]), read_numbers(file["counts"]), strict=True))
    return found


def _files(keys: Mapping[str, set[str]], counts: Mapping[str, int], most: int) -> list[dict[str, Any]]:
    files: list[dict[str, str]] = [{} for _ in range(most)]
    for key in sorted(keys):
        files[fnv(key) % most][key] = " ".join(sorted(keys[key]))
    return [{"keys": file, "counts": numbers(counts[word] for word in _words(file))} for file in files]


def _commonest(today: Mapping[str, int], starts: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(today, key=lambda word: (-today[word], word)):
        start = word[:SHORTEST_PREFIX]
        if len(start) == SHORTEST_PREFIX and start in starts and len(found[start]) < MOST_EXPANSIONS:
            found[start].append(word)
    return found


def _words(file: Mapping[str, str]) -> list[str]:
    """The words of a file, A to Z."""
    return sorted({word for line in file.values() for word in line.split()})
