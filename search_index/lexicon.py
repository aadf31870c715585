"""The catalog's own vocabulary: which words there are, their families, how many courses hold them."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from catalog.files import dump_json, write_bytes
from search_index.analyzer import family, tokens, words
from search_index.documents import NEAR, Document
from search_index.tables import synonym_groups

Expression = tuple[str, ...]
RARE = 2  # courses; a word of more is known well enough to be what somebody meant
AT_ONCE = 5_000  # courses whose words are counted at a time


def family_groups() -> list[list[Expression]]:
    """The synonym table with every expression as families; equal ones once."""
    return [list(dict.fromkeys(tuple(tokens(text)) for text in group)) for group in synonym_groups()]


def synonyms() -> dict[Expression, list[Expression]]:
    """Expression (families) -> the other expressions of its groups, in the table's order."""
    found: dict[Expression, list[Expression]] = {}
    for members in family_groups():
        for member in members:
            others = found.setdefault(member, [])
            others.extend(other for other in members if other != member and other not in others)
    return found


class _Numbers(dict[str, int]):
    """The number of every word's family, in the order in which they are met; `forms` learns all words."""

    def __init__(self, forms: dict[str, str]) -> None:
        self.forms = forms
        self.places: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        name = self.forms[word] = self.forms.get(word) or family(word)
        self.forms.setdefault(name, name)
        return self.setdefault(word, self.places.setdefault(name, len(self.places)))


class _Holding:
    """Counts courses per family, thousands of courses at a time: a large catalog has millions of words."""

    def __init__(self, forms: dict[str, str]) -> None:
        self.numbers = _Numbers(forms)
        self.counts = np.zeros(0, dtype=np.int64)
        self._start()

    def _start(self) -> None:
        self.tokens, self.sizes = array("I"), array("I")

    def add(self, words: Iterable[str]) -> None:
        """One course's words."""
        before = len(self.tokens)
        self.tokens.extend(map(self.numbers.__getitem__, words))
        self.sizes.append(len(self.tokens) - before)
        if len(self.sizes) >= AT_ONCE:
            self._count()

    def _count(self) -> None:
        courses = len(self.sizes)
        course = np.repeat(np.arange(courses), np.array(self.sizes, dtype=np.int64))
        met = np.sort(np.array(self.tokens, dtype=np.int64) * courses + course)
        once = met[np.diff(met, prepend=-1) > 0]
        found = np.bincount(once // max(1, courses), minlength=len(self.numbers.places))
        found[: len(self.counts)] += self.counts
        self.counts = found
        self._start()

    def finish(self) -> Counter[str]:
        """Family -> courses."""
        self._count()
        return Counter(dict(zip(self.numbers.places, self.counts.tolist(), strict=True)))


@dataclass
class Lexicon:
    """`strong` counts courses per written word of title, category or provider; `holding` and
    `strong_families` count courses per family. `holding` is there after `finish`."""

    courses: int = 0
    forms: dict[str, str] = field(default_factory=dict)
    strong: Counter[str] = field(default_factory=Counter)
    strong_families: Counter[str] = field(default_factory=Counter)
    holding: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._holding = _Holding(self.forms)

    def add(self, document: Document) -> None:
        """Counts one course."""
        self.courses += 1
        self._holding.add(chain(*document.fields.values(), document.text))
        named = {word for name in NEAR for word in document.fields[name]}
        self.strong.update(named)
        self.strong_families.update(set(map(self.forms.__getitem__, named)))

    def finish(self) -> Lexicon:
        """After the last course: adds the words of the synonym groups, slang that no course uses included."""
        self.holding = self._holding.finish()
        for text in self.synonym_texts:
            for word in words(text.replace("=", " ")):
                self.forms.setdefault(word, family(word))
        return self

    @cached_property
    def synonyms(self) -> dict[Expression, list[Expression]]:
        return synonyms()

    @cached_property
    def synonym_texts(self) -> list[str]:
        """Lines of the synonym table ("one=other") of which a course holds at least one expression."""
        return [
            "=".join(group)
            for group, members in zip(synonym_groups(), family_groups(), strict=True)
            if any(all(self.holding[name] for name in member) for member in members)
        ]

    @cached_property
    def near_words(self) -> list[str]:
        """Words whose families the browser must know at once: those of names and of the synonym lines, A to Z."""
        return sorted(set(self.strong).union(*(words(text.replace("=", " ")) for text in self.synonym_texts)))

    @cached_property
    def strong_words(self) -> list[str]:
        """Written words of titles, categories and providers, A to Z."""
        return sorted(self.strong)

    @cached_property
    def far_words(self) -> dict[str, int]:
        """Words without affixes that no name has and more than a few courses hold (0.05 % of a large catalog), A to Z;
        each with how many binary digits the number of these courses has, which few nights change."""
        least = max(RARE, self.courses // 2000)
        roots = sorted(word for word, name in self.forms.items() if word == name and word not in self.strong)
        courses = ((word, self.holding[word]) for word in roots)
        return {word: count.bit_length() for word, count in courses if count > least}

    def save(self, path: Path) -> None:
        """Writes the lexicon as JSON."""
        data: dict[str, Any] = {
            "courses": self.courses,
            "forms": dict(sorted(self.forms.items())),
            "strong": dict(sorted(self.strong.items())),
            "strong_families": dict(sorted(self.strong_families.items())),
            "holding": dict(sorted(self.holding.items())),
        }
        write_bytes(path, dump_json(data).encode())

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Reads what `save` wrote."""
        import json

        data = json.loads(path.read_text(encoding="utf-8"))
        counters = {name: Counter(data[name]) for name in ("strong", "strong_families", "holding")}
        return cls(courses=data["courses"], forms=data["forms"], **counters)


def build_lexicon(documents: Iterable[Document]) -> Lexicon:
    """The lexicon of all documents."""
    lexicon = Lexicon()
    for document in documents:
        lexicon.add(document)
    return lexicon.finish()
