"""Word families: `masak memasak masakan dimasak pemasak` -> `masak`.

No single stemmer does this well for the words of trainings, so three sources are combined, the surest first:
the reviewed table (catalog/words/word_families.toml), affix rules over its list of roots, and PySastrawi's
dictionary of roots under the same rules.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cache, lru_cache

from search_index.tables import reviewed_families, roots

_CLITICS = ("nya", "lah", "kah", "ku", "mu", "pun")
_SUFFIXES = ("kan", "an", "i")
# prefix -> what may follow it, and the sounds that it may have swallowed.
_NASAL = (
    ("meny", "", "s"),
    ("peny", "", "s"),
    ("menge", "bcdfghjklmnprstwz", ""),
    ("penge", "bcdfghjklmnprstwz", ""),
    ("meng", "aeioughkq", "k"),
    ("peng", "aeioughkq", "k"),
    ("mem", "bfvp", "p"),
    ("pem", "bfvp", "p"),
    ("men", "cdjztsy", "t"),
    ("pen", "cdjztsy", "t"),
    ("me", "lmnrwy", ""),
    ("pe", "lmnrwytdkgsjbp", ""),
    ("nge", "bcdfghjklmnprstwz", ""),
    ("ng", "aeiougk", "k"),
    ("ny", "", "s"),
)
_PLAIN = ("memper", "diper", "keber", "berke", "pember", "ber", "be", "bel", "ter", "te", "per", "di", "ke", "se")
_SHORTEST = 3
_VOWELS = frozenset("aeiou")


# By first letter: most words have no prefix at all, and every word of a night is read.
_NASAL_OF = {letter: [rule for rule in _NASAL if rule[0][0] == letter] for letter in "mpn"}
_PLAIN_OF = {letter: [prefix for prefix in _PLAIN if prefix[0] == letter] for letter in "mdkpbts"}


def strip_prefix(word: str) -> Iterator[str]:
    """All readings of a word with one prefix taken off; swallowed first sounds are restored."""
    for prefix, follow, swallowed in _NASAL_OF.get(word[0], ()):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        if rest[:1] and rest[0] in follow:
            yield rest
        if swallowed and rest[:1] and (rest[0] in _VOWELS or (swallowed == "p" and rest[0] in "rl")):
            yield swallowed + rest
    for prefix in _PLAIN_OF.get(word[0], ()):
        if word.startswith(prefix):
            yield word[len(prefix) :]


def _strip_suffix(word: str) -> Iterator[str]:
    for suffix in _SUFFIXES:
        if word.endswith(suffix):
            yield word[: -len(suffix)]


def readings(word: str) -> dict[str, int]:
    """Possible roots of a word -> how many affixes were taken off; the word itself counts 0."""
    found = {word: 0}
    edge = [word]
    for clitic in _CLITICS:
        if word.endswith(clitic) and len(word) - len(clitic) >= _SHORTEST:
            found[word[: -len(clitic)]] = 1
            edge.append(word[: -len(clitic)])
    for depth in (1, 2, 3):
        edge = [
            root
            for form in edge
            for root in (*strip_prefix(form), *_strip_suffix(form))
            if len(root) >= _SHORTEST and root not in found and not found.setdefault(root, depth) < 0
        ]
    return found


@cache
def _dictionary() -> frozenset[str]:
    """PySastrawi's root words."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return frozenset(StemmerFactory().get_words())


def _best(possible: dict[str, int], roots_: Container[str], shortest: int) -> str | None:
    """The longest root explains the most: `pengemasan` is kemas, not emas; then the fewest affixes, then A to Z."""
    known = [root for root in possible if len(root) >= shortest and root in roots_]
    return min(known, key=lambda root: (-len(root), possible[root], root), default=None)


@lru_cache(maxsize=200_000)
def family(word: str) -> str:
    """The family of one folded word. Names with signs or digits, and words without affixes, are their own family."""
    reviewed = reviewed_families()
    if word in reviewed:
        return reviewed[word]
    if len(word) < 4 or not word.isalpha() or not word.isascii() or word in roots():
        return word
    possible = readings(word)
    best = _best(possible, _field(), _SHORTEST)
    if best is None and word not in _dictionary():
        best = _best(possible, _dictionary(), _SHORTEST + 1)
    return reviewed.get(best, best) if best else word


@cache
def _field() -> frozenset[str]:
    return roots() | frozenset(reviewed_families())
