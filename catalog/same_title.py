"""Do two titles name one training? Compared by what sets trainings apart, then word by word.

Level, part, number, tool, language, city, time and audience decide first: two different ones are two trainings however
alike the rest is; one missing leaves it open. What remains must be the same words but for filler and one-letter slips.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from catalog.normalize.clean import fold, words_of
from catalog.normalize.level import title_levels
from catalog.normalize.mode import mode_of_title
from catalog.normalize.place import gazetteer
from catalog.normalize.title import clean_title
from catalog.real_words import is_word

Verdict = Literal["same", "different", "unsure"]

ALIKE = 88.0
"""From this token ratio on, titles that rules can't call one are left open instead of called two."""
REPLACED = 70.0
"""Words that stand in each other's place and are less alike than this name two things ("Pramusaji" / "Pengemudi")."""
MORE_WORDS = 3
CUT_AT = 90
"""Some sources cut titles at about 100 signs: a shorter one never counts as cut."""
CUT_SCORE = 0.93
"""The score of a title with a longer one that it begins; no other rule gives it."""


@dataclass(frozen=True, slots=True)
class _Words:
    filler: frozenset[str]
    apart: dict[str, str]
    same: dict[str, str]
    joined: re.Pattern[str]
    instead: dict[str, str]


@cache
def _words() -> _Words:
    data = tomllib.loads((files("catalog") / "words" / "title_words.toml").read_text(encoding="utf-8"))
    joined = dict(data["joined"])
    body = "|".join(re.escape(p).replace(r"\ ", r"[\s\-/]") for p in sorted(joined, key=len, reverse=True))
    return _Words(
        frozenset(data["filler"]),
        {word: kind for kind, words in data["apart"].items() for word in words},
        {word: name for name, words in data["same"].items() for word in words},
        re.compile(rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])"),
        {re.sub(r"[\s\-/]", " ", k): v for k, v in joined.items()},
    )


_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
    "xi": "11",
    "xii": "12",
}
_COUNTED = frozenset(
    [
        "part",
        "bagian",
        "level",
        "seri",
        "series",
        "volume",
        "vol",
        "jilid",
        "tahap",
        "batch",
        "angkatan",
        "modul",
        "sesi",
        "kelas",
        "tingkat",
        "grade",
        "chapter",
        "bab",
    ]
)
_NUMBER_WORDS = {
    "satu": "1",
    "dua": "2",
    "tiga": "3",
    "empat": "4",
    "lima": "5",
    "enam": "6",
    "tujuh": "7",
    "delapan": "8",
    "sembilan": "9",
    "sepuluh": "10",
    "one": "1",
    "two": "2",
    "three": "3",
}
_LEVEL_WORDS = frozenset(
    [
        "pemula",
        "dasar",
        "dasar-dasar",
        "basic",
        "basics",
        "beginner",
        "beginners",
        "fundamental",
        "fundamentals",
        "menengah",
        "intermediate",
        "lanjutan",
        "lanjut",
        "advanced",
        "advance",
        "elementary",
        "mahir",
    ]
)
_MODE_MARKS = frozenset(["webinar", "luring", "daring", "offline", "bauran", "blended", "spl", "tatap", "muka"])
_NEGATIONS = frozenset(["tanpa", "bukan", "non", "tidak", "without", "no", "anti"])
_DIRECTIONS = frozenset(["dari", "ke", "menjadi", "jadi", "from", "to"])
_TRAILING = re.compile(r"(?:\.\.\.|…)$")


@dataclass(frozen=True, slots=True)
class TitleKey:
    """A title as it is compared: `apart` holds (kind, words), `content` the other words, sorted."""

    text: str
    content: tuple[str, ...]
    apart: tuple[tuple[str, frozenset[str]], ...]
    mode: str | None
    cut: bool

    @property
    def words(self) -> int:
        """How many words say something; a title of one or two is anybody's."""
        return len(self.content) + sum(len(words) for _, words in self.apart)

    @property
    def exact(self) -> tuple[tuple[str, ...], tuple[tuple[str, frozenset[str]], ...]]:
        """Equal for titles that differ in decoration, order and filler only."""
        return self.content, self.apart


@cache
def _cities() -> frozenset[str]:
    """One-word names of regencies that are no ordinary words."""
    from catalog.normalize.place import _COMMON

    return frozenset(k for k in gazetteer().by_base if len(k) >= 5 and k not in _COMMON)


def _kind_of(token: str, before: str, levels: bool) -> tuple[str, str] | None:
    """(kind, word) of a token that sets trainings apart."""
    if levels and token in _LEVEL_WORDS:
        return "tingkat", ""
    if any(c.isdigit() for c in token):
        return "nomor", token.lstrip("0") or "0"
    if before in _COUNTED and (token in _ROMAN or token in _NUMBER_WORDS):
        return "nomor", _ROMAN.get(token) or _NUMBER_WORDS[token]
    if token in ("ii", "iii", "iv", "vi", "vii", "viii"):
        return "nomor", _ROMAN[token]
    kind = _words().apart.get(token)
    if kind:
        return kind, token
    named = before in ("kota", "kabupaten", "kab") and token in gazetteer().by_base
    return ("kota", token) if named or token in _cities() else None


def _is_letter(word: str, following: str) -> bool:
    """The "a" of 'Brevet Pajak A' and 'A dan B'; an English article has its noun behind it."""
    return word == "a" and (len(following) <= 1 or following in ("dan", "atau", "and"))


@lru_cache(maxsize=262_144)
def title_key(raw: str) -> TitleKey:
    """The key of a title; cached, since the same title stands on many platforms."""
    table = _words()
    title = clean_title(raw)
    text = table.joined.sub(lambda m: table.instead[re.sub(r"[\s\-/]", " ", m.group(0))], fold(title).replace("-", " "))
    tokens = [sys.intern(table.same.get(t, t)) for t in words_of(text)]
    levels = title_levels(title)
    apart: dict[str, set[str]] = {"tingkat": set(levels)} if levels else {}
    content, before = [], ""
    for place, token in enumerate(tokens):
        kind = _kind_of(token, before, bool(levels))
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if kind and kind[1]:
            apart.setdefault(kind[0], set()).add(kind[1])
        elif not kind and token not in _MODE_MARKS and (_is_letter(token, following) or token not in table.filler):
            content.append(token)
        before = token
    sealed = tuple(sorted((kind, frozenset(words)) for kind, words in apart.items()))
    cut = len(title) >= CUT_AT or bool(_TRAILING.search(title))
    return TitleKey(_TRAILING.sub("", text).strip(), tuple(sorted(content)), sealed, mode_of_title(raw), cut)


def _typo(a: str, b: str) -> bool:
    """One letter of a longer word; the first letter must stand, and two words that both exist are two words."""
    if min(len(a), len(b)) < 6 or a[0] != b[0] or any(c.isdigit() for c in a + b):
        return False
    return DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1 and not (is_word(a) and is_word(b))


def _directions(text: str) -> dict[str, str]:
    """The word behind each word of direction: 'dari karyawan menjadi pengusaha'."""
    tokens = [t for t in words_of(text) if t in _DIRECTIONS or t not in _words().filler]
    return {a: b for a, b in pairwise(tokens) if a in _DIRECTIONS and b not in _DIRECTIONS}


def _turned_round(a: TitleKey, b: TitleKey) -> bool:
    """The same words the other way round: 'Indonesia ke Inggris', 'Inggris ke Indonesia'."""
    if a.text == b.text:
        return False
    first, second = _directions(a.text), _directions(b.text)
    return any(first[word] != second[word] and not _typo(first[word], second[word]) for word in first.keys() & second)


def _apart(a: TitleKey, b: TitleKey) -> tuple[Verdict, str] | None:
    """What sets the two apart: different ones (different) or one that only one title names (unsure)."""
    first, second = dict(a.apart), dict(b.apart)
    missing = None
    for kind in sorted(first.keys() | second.keys()):
        mine, other = first.get(kind, frozenset()), second.get(kind, frozenset())
        if mine == other:
            continue
        if mine and other and not (kind == "alat" and (mine < other or other < mine)):
            return "different", f"{kind} berbeda: {', '.join(sorted(mine))} / {', '.join(sorted(other))}"
        missing = missing or f"{kind} hanya ada pada satu judul: {', '.join(sorted(mine ^ other))}"
    return ("unsure", missing) if missing else None


def _leftover(a: TitleKey, b: TitleKey) -> tuple[list[str], list[str], int]:
    """Words of each title without a partner in the other, and how many pairs are slips of the pen."""
    mine, other = list(a.content), list(b.content)
    for word in list(mine):
        if word in other:
            mine.remove(word)
            other.remove(word)
    slips = 0
    for word in list(mine):
        partner = next((o for o in other if _typo(word, o)), None)
        if partner is not None:
            mine.remove(word)
            other.remove(partner)
            slips += 1
    return mine, other, slips


def _alone(a: TitleKey, b: TitleKey) -> list[str]:
    """Tools, languages, audiences, places of a title where the other names none of that kind."""
    other = dict(b.apart)
    return sorted(word for kind, words in a.apart if kind not in ("tingkat", "nomor", *other) for word in words)


def _one_says_more(mine: list[str], other: list[str], a: TitleKey, b: TitleKey) -> bool:
    """'Membuat Logo' and 'Membuat Logo untuk Toko Roti': all words of one title and a few more."""
    return not (mine and other) and len(mine) + len(other) <= MORE_WORDS and min(a.words, b.words) >= 2


def _is_cut(a: TitleKey, b: TitleKey) -> bool:
    short, long = sorted((a, b), key=lambda k: len(k.text))
    return short.cut and len(short.text) >= 40 and long.text.startswith(short.text)


def _same_words(a: TitleKey, b: TitleKey, slips: int, alike: float) -> tuple[Verdict, float, str]:
    """The verdict on titles that consist of the same words but for slips."""
    if not a.content and not a.apart:
        return "unsure", alike, "judul tidak punya kata isi"
    if _turned_round(a, b):
        return "unsure", alike, "kata sama, arahnya mungkin terbalik"
    if slips == 0:
        return "same", 0.99, "judul sama setelah hiasan dibuang"
    return ("same", 0.95, "judul sama kecuali salah ketik") if slips == 1 else ("unsure", alike, "beberapa kata mirip")


def compare_titles(a: TitleKey, b: TitleKey) -> tuple[Verdict, float, str]:
    """(verdict, score 0 to 1, why in Indonesian) of two titles of one provider."""
    alike = fuzz.token_sort_ratio(a.text, b.text) / 100
    if a.text == b.text and a.text:
        return "same", 1.0, "judul sama persis"
    apart = _apart(a, b)
    if apart and apart[0] == "different":
        return "different", alike, apart[1]
    # Where the rest names a part, a level or a city, the cut title may belong to another one just as well.
    if _is_cut(a, b) and not apart:
        return "same", CUT_SCORE, "judul yang satu terpotong"
    if a.mode and b.mode and a.mode != b.mode:
        return "different", alike, f"cara belajar berbeda: {a.mode} / {b.mode}"
    mine, other, slips = _leftover(a, b)
    if "".join(mine) == "".join(other) and not apart:
        return _same_words(a, b, slips, alike)
    if apart and not (mine or other):
        return "unsure", alike, apart[1]
    if (mine or other) and _NEGATIONS.issuperset(mine + other):
        return "different", alike, f"hanya satu judul menyangkal: {' '.join(mine + other)}"
    mine, other = mine + _alone(a, b), other + _alone(b, a)
    differing = " / ".join(filter(None, (" ".join(mine), " ".join(other))))
    if mine and other and fuzz.ratio("".join(mine), "".join(other)) < REPLACED:
        return "different", alike, f"judul berbeda: {differing}"[:160]
    if alike * 100 >= ALIKE or _one_says_more(mine, other, a, b):
        return "unsure", alike, f"judul mirip, beda kata: {differing}"
    return "different", alike, f"judul berbeda: {differing}"[:160]
