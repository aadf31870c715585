"""The word tables that the search reads: catalog/words/{synonyms,abbreviations,stopwords,word_families}.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("catalog") / "words" / name).read_text(encoding="utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no subject; they are neither indexed nor asked for."""
    return frozenset(word for line in _table("stopwords.toml")["words"] for word in line.split())


@cache
def asking_words() -> frozenset[str]:
    """Words with which people ask for any course; a query that has other words too goes without them."""
    return frozenset(word for line in _table("stopwords.toml")["asking"] for word in line.split())


@cache
def abbreviations() -> dict[str, tuple[str, ...]]:
    """Written abbreviation -> the words it stands for."""
    return {short: tuple(full.split()) for short, full in _table("abbreviations.toml")["abbreviations"].items()}


@cache
def reviewed_families() -> dict[str, str]:
    """Word -> family, where affix rules alone would go wrong; the first word of a line names the family."""
    found: dict[str, str] = {}
    for line in _table("word_families.toml")["families"]:
        names = line.split()
        for word in names:
            if found.setdefault(word, names[0]) != names[0]:
                raise ValueError(f"word_families.toml: {word!r} stands in two families: keep it in one line")
    return found


@cache
def synonym_groups() -> tuple[tuple[str, ...], ...]:
    """Groups of expressions that mean the same for a searcher; an expression may have several words."""
    groups = tuple(tuple(part.strip() for part in line.split("=")) for line in _table("synonyms.toml")["groups"])
    for group in groups:
        if len(group) < 2 or not all(group):
            raise ValueError(f"synonyms.toml: {' = '.join(group)!r} is no group: write 'one = other'")
    return groups


@cache
def roots() -> frozenset[str]:
    """Roots that trainings are made of (word_families.toml)."""
    return frozenset(_table("word_families.toml")["roots"].split())
