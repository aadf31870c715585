"""The programme's category: from the platform's own word, else from the title's subject words (marked as derived)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from catalog.normalize.clean import fold


@dataclass(frozen=True, slots=True)
class CategoryRead:
    """`name` is an official name; `derived` is True when it was read from a title."""

    name: str | None = None
    derived: bool = False


NONE = CategoryRead()


@dataclass(frozen=True, slots=True)
class _Tables:
    official: tuple[str, ...]
    platform: dict[str, str]
    title: re.Pattern[str]
    weights: dict[str, tuple[tuple[str, float], ...]]


def _phrase(text: str) -> tuple[str, float]:
    """'excel*2' -> ('excel', 2.0); without a figure the weight is 1."""
    phrase, _, weight = text.rpartition("*")
    return (phrase, float(weight)) if phrase else (text, 1.0)


@cache
def tables() -> _Tables:
    data = tomllib.loads((files("catalog") / "words" / "categories.toml").read_text(encoding="utf-8"))
    official = tuple(data["official"])
    platform = {fold(name): name for name in official}
    for name, words in data["platform"].items():
        platform.update({fold(w): name for w in words})
    weights: dict[str, list[tuple[str, float]]] = {}
    for name, phrases in data.get("title", {}).items():
        for entry in phrases:
            phrase, weight = _phrase(entry)
            weights.setdefault(phrase, []).append((name, weight))
    ordered = sorted(weights, key=lambda p: (-len(p), p))
    body = "|".join(re.escape(p) for p in ordered) or r"(?!)"
    pattern = re.compile(rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])")
    return _Tables(official, platform, pattern, {k: tuple(v) for k, v in weights.items()})


def official(name: str | None) -> str | None:
    """The official spelling of a category name, None when it is none of the twelve."""
    return {fold(n): n for n in tables().official}.get(fold(name)) if name else None


def category_of_words(text: object, own: dict[str, str] | None = None) -> str | None:
    """The category that a platform's word stands for; `own` is the platform's reviewed table and comes first."""
    key = fold(text)
    if not key:
        return None
    if own and key in own:
        return official(own[key]) or own[key]
    key = re.sub(r"^(?:kategori|category)\s?:?\s", "", key)
    found = tables().platform.get(key) or tables().platform.get(key.replace("-", " "))
    if found or not re.search(r"[>/|]", key):
        return found
    for part in reversed(re.split(r"\s*[>|/]\s*", key)):
        if part in tables().platform:
            return tables().platform[part]
    return None


@lru_cache(maxsize=8_192)
def _title(line: str) -> str | None:
    table = tables()
    score: dict[str, float] = {}
    for match in table.title.finditer(line):
        for name, weight in table.weights[match.group(0)]:
            score[name] = score.get(name, 0.0) + weight
    # Of two that weigh the same the first named wins: a title says what is taught before it says for whom.
    return max(score, key=lambda name: score[name]) if score else None


def category_of_title(title: object) -> str | None:
    """The category that the title's subject words point to, None when they point nowhere."""
    line = fold(title)
    return _title(line) if line else None


def read_category(words: object = None, title: object = None, own: dict[str, str] | None = None) -> CategoryRead:
    """The category from the platform's word, else derived from the title. Total."""
    stated = category_of_words(words, own)
    if stated:
        return CategoryRead(stated, False)
    derived = category_of_title(title)
    return CategoryRead(derived, True) if derived else NONE
