"""Is a title English? It is marked with lang="en" then. The lists stand in theme/static/js/bahasa.js for both sides."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from banding_context import STATIC
from markupsafe import Markup

_WORD = re.compile(r"[a-z]+")


@cache
def _lists() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    """English words, Indonesian words, words with Indonesian affixes. Raises ValueError when the file lacks one."""
    code = (STATIC / "js" / "bahasa.js").read_text(encoding="utf-8")

    def found(pattern: str) -> str:
        match = re.search(pattern, code)
        if match is None:
            raise ValueError(f"bahasa.js: no line like {pattern}")
        return match[1]

    english, indonesian = (frozenset(found(rf'const {n} = "([^"]+)"').split()) for n in ("ENGLISH", "INDONESIAN"))
    return english, indonesian, re.compile(found(r"const AFFIXED = /(.+)/;"))


@lru_cache(maxsize=200_000)
def language_of(title: str) -> str | None:
    """ "en" when most words are English and none is Indonesian, else None: unsure is nothing."""
    english, indonesian, affixed = _lists()
    words = _WORD.findall(title.lower())
    hits = sum(word in english for word in words)
    if hits < 2 or hits * 2 < len(words):
        return None
    foreign = any(word in indonesian or (word not in english and affixed.search(word)) for word in words)
    return None if foreign else "en"


_MARK = Markup(' lang="en"')
_NONE = Markup("")


def language_mark(title: str) -> Markup:
    """The attribute for an element that holds the title alone."""
    return _MARK if language_of(title) else _NONE
