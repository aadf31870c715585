"""How well a course answers a word: BM25F with these boosts. The browser uses the same numbers (docs/search-format.md).

Two simplifications let the browser work from small files and a quiet night change few bytes: a word's rarity is
measured once, over all fields (as BM25F is defined; stock Whoosh measures it field by field), and the title's
length is compared with a fixed usual length instead of the night's average.
"""

from __future__ import annotations

import math

# `text` is the catch-all: every word of the course, its title and description included.
BOOSTS = {"title": 6.0, "skills": 2.5, "category": 2.0, "provider": 2.0, "text": 1.0}
K1 = 1.2
TITLE_B = 0.4
USUAL_TITLE = 6
# Whoosh keeps longer lengths only roughly; longer titles count as this long.
LONGEST_TITLE = 10
SYNONYM = 0.7
PREFIX = 0.6
TYPO = 0.5


def rarity(courses: int, holding: int) -> float:
    """Inverse document frequency, Whoosh's formula."""
    return math.log(courses / (holding + 1)) + 1


def saturate(count: float, b: float = 0.0, length: float = 1.0) -> float:
    """BM25's effect of `count` occurrences in a field of `length` words (it matters where b > 0)."""
    return count * (K1 + 1) / (count + K1 * (1 - b + b * min(length, LONGEST_TITLE) / USUAL_TITLE))
