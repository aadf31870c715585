"""From typed words to groups of families: synonyms, words not finished, one typo. The browser has the same rules
(site/theme/static/js/search/understand.js).

A query is a list of groups, all of which a course must hold; a group is a list of alternatives, one of which
suffices; an alternative is one family or several that must stand in the course together.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from search_index import ranking
from search_index.analyzer import words
from search_index.families import readings
from search_index.lexicon import RARE, Lexicon
from search_index.tables import asking_words, stop_words

LONGEST_TEXT = 300
MOST_WORDS = 16
MOST_EXPANSIONS = 8
MOST_CORRECTIONS = 3
SHORTEST_PREFIX = 2
SHORTEST_TYPO = 5
WHOLE_START = 3
LONGEST_EXPRESSION = 4


@dataclass(frozen=True)
class Alternative:
    families: tuple[str, ...]
    weight: float = 1.0


@dataclass
class Understood:
    """Groups of alternatives; `suggestion` is the corrected text where a typo was assumed; `ignored` are words that
    no course holds, left out because others are held."""

    groups: list[list[Alternative]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    suggestion: str | None = None
    ignored: list[str] = field(default_factory=list)


def one_edit(a: str, b: str) -> bool:
    """Is b one insertion, deletion, replacement or swap of neighbours away from a?"""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    i = 0
    while i < len(short) and short[i] == long[i]:
        i += 1
    if len(short) < len(long):
        return short[i:] == long[i + 1 :]
    if short[i + 1 :] == long[i + 1 :]:
        return True
    return short[i : i + 2] == long[i : i + 2][::-1] and short[i + 2 :] == long[i + 2 :]


def corrections(word: str, lexicon: Lexicon) -> list[str]:
    """Words one edit away, the commonest first: of titles, categories and providers, or else of descriptions and
    skills, where the first three letters must be right."""
    if len(word) < SHORTEST_TYPO:
        return []
    start = word[:WHOLE_START]
    far = {known: size for known, size in lexicon.far_words.items() if known.startswith(start)}
    for courses in (lexicon.strong, far):
        near = [known for known in courses if len(known) > 3 and one_edit(word, known)]
        if near:
            return sorted(near, key=lambda known: (-courses[known], known))[:MOST_CORRECTIONS]
    return []


def completions(start: str, lexicon: Lexicon) -> list[str]:
    """Words of titles, categories and providers that begin so, the commonest first."""
    known = lexicon.strong_words
    first = bisect.bisect_left(known, start)
    last = bisect.bisect_left(known, start + "\U0010ffff")
    return sorted(known[first:last], key=lambda word: (-lexicon.strong[word], word))[:MOST_EXPANSIONS]


def _family(word: str, lexicon: Lexicon) -> str:
    """The word's family in this catalog; a form that no course uses is read by its affixes."""
    if word in lexicon.forms:
        return lexicon.forms[word]
    possible = [root for root in readings(word).items() if lexicon.strong_families[root[0]]]
    best = min(possible, key=lambda root: (-len(root[0]), root[1], root[0]), default=(word, 0))
    return best[0]


def _distinct(families: list[str], weight: float, taken: set[str]) -> list[Alternative]:
    out = []
    for name in families:
        if name not in taken:
            taken.add(name)
            out.append(Alternative((name,), weight))
    return out


def _expression(families: list[str], start: int, lexicon: Lexicon) -> tuple[int, list[Alternative]]:
    """The longest known expression from `start` on: how many words it takes, and its alternatives."""
    for length in range(min(LONGEST_EXPRESSION, len(families) - start), 0, -1):
        key = tuple(families[start : start + length])
        others = lexicon.synonyms.get(key)
        if others:
            usable = [o for o in others if all(lexicon.holding[name] for name in o)]
            group = [Alternative(key), *(Alternative(o, ranking.SYNONYM) for o in usable)]
            if length == 1 or _held(group, lexicon):
                return length, group
    return 1, [Alternative((families[start],))]


def asked_words(text: str) -> list[str]:
    """Words of a query without stop words, and without asking words where others remain."""
    typed = [word for word in words(text[:LONGEST_TEXT]) if word not in stop_words()][:MOST_WORDS]
    return [word for word in typed if word not in asking_words()] or typed


def understand(text: str, lexicon: Lexicon) -> Understood:
    """Reads a query text; a text without words gives no groups."""
    typed = asked_words(text)
    result = Understood(words=typed)
    families = [_family(word, lexicon) for word in typed]
    corrected = list(typed)
    groups: list[tuple[str, list[Alternative]]] = []
    at = 0
    while at < len(typed):
        length, group = _expression(families, at, lexicon)
        if length == 1 and not lexicon.strong_families[families[at]] and len(group) == 1:
            _widen(group, typed[at], at == len(typed) - 1, lexicon, corrected, at)
        groups.append((" ".join(typed[at : at + length]), group))
        at += length
    held = [(text, group) for text, group in groups if _held(group, lexicon)]
    result.groups = [group for _, group in held or groups]
    if held:
        result.ignored = [text for text, group in groups if not _held(group, lexicon)]
    if corrected != typed:
        result.suggestion = " ".join(corrected)
    return result


def word_by_word(groups: list[list[Alternative]]) -> list[list[Alternative]]:
    """The groups with expressions of several words taken apart; a synonym stands for each of the words."""
    apart: list[list[Alternative]] = []
    for group in groups:
        if len(group[0].families) == 1:
            apart.append(group)
        else:
            apart.extend([Alternative((name,)), *group[1:]] for name in group[0].families)
    return apart


def _held(group: list[Alternative], lexicon: Lexicon) -> bool:
    return any(all(lexicon.holding[name] for name in one.families) for one in group)


def _widen(group: list[Alternative], word: str, last: bool, lexicon: Lexicon, corrected: list[str], at: int) -> None:
    """Adds what an unusual word may be the beginning or the misspelling of."""
    taken = set(group[0].families)
    if last and len(word) >= SHORTEST_PREFIX:
        found = [lexicon.forms[known] for known in completions(word, lexicon)]
        group.extend(_distinct(found, ranking.PREFIX, taken))
    if len(group) == 1 and lexicon.holding[group[0].families[0]] <= RARE:
        near = corrections(word, lexicon)
        group.extend(_distinct([lexicon.forms[known] for known in near], ranking.TYPO, taken))
        if near:
            corrected[at] = near[0]
