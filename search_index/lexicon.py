"""The catalog's own vocabulary: which words there are, their families, how many courses hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.files import dump_json, write_bytes
from search_index.analyzer import family, tokens, words
from search_index.documents import NEAR, Document
from search_index.tables import synonym_groups

Expression = tuple[str, ...]


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


def synonym_words() -> dict[str, str]:
    """Word -> family of every word in the synonym table, so that slang which no course uses is understood too."""
    return {word: family(word) for group in synonym_groups() for text in group for word in words(text)}


@dataclass
class Lexicon:
    """`strong` counts courses per written word of title, category or provider; `holding` and
    `strong_families` count courses per family."""

    courses: int = 0
    forms: dict[str, str] = field(default_factory=synonym_words)
    strong: Counter[str] = field(default_factory=Counter)
    strong_families: Counter[str] = field(default_factory=Counter)
    holding: Counter[str] = field(default_factory=Counter)

    def add(self, document: Document) -> None:
        """Counts one course."""
        self.courses += 1
        named = {word for name in NEAR for word in document.fields[name]}
        written = named.union(document.text, document.fields["skills"])
        for word in written:
            if word not in self.forms:
                name = family(word)
                self.forms[word] = name
                self.forms.setdefault(name, name)
        self.strong.update(named)
        self.strong_families.update({self.forms[word] for word in named})
        self.holding.update({self.forms[word] for word in written})

    @cached_property
    def synonyms(self) -> dict[Expression, list[Expression]]:
        return synonyms()

    @cached_property
    def synonym_groups(self) -> list[list[Expression]]:
        return family_groups()

    @cached_property
    def near_words(self) -> list[str]:
        """Words whose families the browser must know at once: those of names and of the synonym table."""
        return sorted(set(self.strong) | set(synonym_words()))

    @cached_property
    def strong_words(self) -> list[str]:
        """Written words of titles, categories and providers, A to Z."""
        return sorted(self.strong)

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
    return lexicon
