"""Word families: `masak memasak masakan dimasak pemasak` -> `masak`.

No single stemmer does this well for the words of trainings, so three sources are combined, the surest first:
the reviewed table (catalog/words/word_families.toml), affix rules over its list of roots, and PySastrawi's
dictionary of roots under the same rules.
"""

from __future__ import annotations

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


# By the first two letters: most words have no prefix at all, and every word of a night is read.
_STARTS = {rule[0][:2] for rule in _NASAL} | {prefix[:2] for prefix in _PLAIN}
_PREFIXES = {
    start: (
        [rule for rule in _NASAL if rule[0].startswith(start)],
        [prefix for prefix in _PLAIN if prefix.startswith(start)],
    )
    for start in _STARTS
}


def strip_prefix(word: str) -> list[str]:
    """All readings of a word with one prefix taken off; swallowed first sounds are restored."""
    found: list[str] = []
    nasal, plain = _PREFIXES.get(word[:2], ((), ()))
    for prefix, follow, swallowed in nasal:
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        if rest[:1] and rest[0] in follow:
            found.append(rest)
        if swallowed and rest[:1] and (rest[0] in _VOWELS or (swallowed == "p" and rest[0] in "rl")):
            found.append(swallowed + rest)
    found.extend(word[len(prefix) :] for prefix in plain if word.startswith(prefix))
    return found


def readings(word: str) -> dict[str, int]:
    """Possible roots of a word -> how many affixes were taken off; the word itself counts 0."""
    found = {word: 0}
    edge = [word]
    if word.endswith(_CLITICS):
        for clitic in _CLITICS:
            if word.endswith(clitic) and len(word) - len(clitic) >= _SHORTEST:
                found[word[: -len(clitic)]] = 1
                edge.append(word[: -len(clitic)])
    for depth in (1, 2, 3):
        shorter: list[str] = []
        for form in edge:
            if form[:2] in _PREFIXES:
                shorter += strip_prefix(form)
            if form.endswith(_SUFFIXES):
                shorter += [form[: -len(suffix)] for suffix in _SUFFIXES if form.endswith(suffix)]
        edge = [root for root in dict.fromkeys(shorter) if len(root) >= _SHORTEST and root not in found]
        if not edge:
            break
        found.update(dict.fromkeys(edge, depth))
    return found


@cache
def _dictionary() -> frozenset[str]:
    """PySastrawi's root words."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return frozenset(StemmerFactory().get_words())


def _best(possible: dict[str, int], roots_: frozenset[str], shortest: int) -> str | None:
    """The longest root explains the most: `pengemasan` is kemas, not emas; then the fewest affixes, then A to Z."""
    if roots_.isdisjoint(possible):
        return None
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
    if len(possible) == 1:
        return word
    best = _best(possible, _field(), _SHORTEST)
    if best is None and word not in _dictionary():
        best = _best(possible, _dictionary(), _SHORTEST + 1)
    return reviewed.get(best, best) if best else word


@cache
def _field() -> frozenset[str]:
    return roots() | frozenset(reviewed_families())
