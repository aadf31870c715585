"""Is it an Indonesian word? PySastrawi's 30,000 roots and its affix rules tell a slip of the pen from another word.

"mengelas" and "mengemas" differ by one letter and are two trades; "digtal" is no word and so a slip of "digital".
Loan words that the list lacks stand in the reviewed word families.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any


@cache
def _stemmer() -> tuple[frozenset[str], Any]:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    factory = StemmerFactory()
    return frozenset(factory.get_words()), factory.create_stemmer()


@cache
def _reviewed() -> frozenset[str]:
    data = tomllib.loads((files("catalog") / "words" / "word_families.toml").read_text(encoding="utf-8"))
    return frozenset(word for line in data["families"] for word in line.split())


@lru_cache(maxsize=65_536)
def is_word(word: str) -> bool:
    """Is the folded word a root, a form of one, or a reviewed loan word? Names and slips are not."""
    roots, stemmer = _stemmer()
    return word in roots or word in _reviewed() or (word.isalpha() and stemmer.stem(word) in roots)
