"""The *whole* form: one file with columns, titles and the vocabulary, and buckets of description words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_index.analyzer import index_words
from search_index.buckets import write_buckets
from search_index.documents import Document
from search_index.facets import UNSTATED, Row, slugify
from search_index.lexicon import Lexicon, build_lexicon
from search_index.tables import abbreviations, asking_words, stop_words

if TYPE_CHECKING:
    from search_index.export import Writer

SOURCES = ("stated", "outline", "title")
ELIGIBLE = ("yes", "unknown", "no")
SLUG = 60  # where the registry cuts a title's slug (catalog/registry.py)
ENDS = 7  # most letters cut off a word's end, and one
SWALLOWED = ("", "s", "k", "p", "t")


def one_line(text: str) -> str:
    """Text that can be joined with line ends."""
    return " ".join(text.split())


def facet_values(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The values that filters, sorts and cards need, course by course; None is unknown."""
    values: dict[str, list[Any]] = {
        name: [None if row.values[name] == (UNSTATED,) else row.values[name] for row in rows]
        for name in ("tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat")
    }
    values["source"] = [SOURCES.index(row.level_source) + 1 if row.level_source else None for row in rows]
    values["minutes"] = [row.minutes for row in rows]
    values["days"] = [row.days for row in rows]
    values["rating"] = [row.rating for row in rows]
    values["raters"] = [row.rating_count for row in rows]
    values["seen"] = [int(row.first_seen.replace("-", "")) if row.first_seen else None for row in rows]
    return values


def platform_ids(rows: Iterable[Row]) -> list[str]:
    """Platforms with active offers, A to Z."""
    return sorted({offer.platform for row in rows for offer in row.offers})


def category_names(documents: Sequence[Document]) -> dict[str, str]:
    """Names of the categories by their slugs."""
    rows = [document.row for document in documents]
    return dict(sorted({slugify(row.category): row.category for row in rows if row.category}.items()))


def word_tables() -> dict[str, Any]:
    """Stop words, asking words and abbreviations."""
    short = {key: " ".join(full) for key, full in sorted(abbreviations().items())}
    return {"stop": " ".join(sorted(stop_words())), "asking": " ".join(sorted(asking_words())), "short": short}


def form_code(word: str, name: str) -> int | None:
    """A family as what is cut off the word's beginning and end and which swallowed sound is given back; None where
    it can't be told so."""
    for given, sound in enumerate(SWALLOWED):
        root = name[len(sound) :]
        if root and name.startswith(sound) and (start := word.find(root)) >= 0 and len(word) - start - len(root) < ENDS:
            return (start * ENDS + len(word) - start - len(root)) * len(SWALLOWED) + given
    return None


def form_codes(lexicon: Lexicon, names: Iterable[str]) -> tuple[dict[str, int], dict[str, str]]:
    """The family of every word of `names` as a code, in the order in which the browser meets them; and the names of
    the families that have no code."""
    near = dict.fromkeys(chain.from_iterable(map(index_words, names)))
    codes = {word: form_code(word, lexicon.forms[word]) for word in near}
    exceptions = {word: lexicon.forms[word] for word, code in codes.items() if code is None}
    return {word: code or 0 for word, code in codes.items()}, exceptions


def cut(slug: str, longest: int = SLUG) -> str:
    """A title's slug as the registry cuts it: whole words while they fit."""
    if len(slug) <= longest:
        return slug
    place = slug.rfind("-", 0, longest + 1)
    return slug[:place] if place > 0 else slug[:longest]


def slug_code(row: Row, title: str) -> str:
    """Nothing where the slug is the cut title and the id's beginning; else how many signs it shares with the title's
    and the rest, or the whole slug after a slash where its end is another."""
    mark, own = f"-{row.id[1:7]}", slugify(title)
    base = row.slug.removesuffix(mark)
    if row.slug != base + mark:
        return f"/{row.slug}"
    if base == cut(own):
        return ""
    shared = next((n for n, (a, b) in enumerate(zip(own, base, strict=False)) if a != b), min(len(own), len(base)))
    return f"{shared}{base[shared:] and '+'}{base[shared:]}"


def write_whole(documents: Sequence[Document], writer: Writer, build: str) -> str:
    """Writes the files; returns the name of the boot file, which here holds everything but the buckets."""
    from search_index.export import FORMAT
    from search_index.packing import pack

    lexicon = build_lexicon(documents)
    rows = [document.row for document in documents]
    platforms = platform_ids(rows)
    titles = [one_line(row.title) for row in rows]
    buckets, far, tag = write_buckets(documents, lexicon, writer)
    facts = {
        "words": word_tables(),
        "kategori": category_names(documents),
        "platforms": platforms,
        "buckets": buckets,
        "far": far,
        "tag": tag,
        "slugs": "\n".join(slug_code(row, title) for row, title in zip(rows, titles, strict=True)),
    }
    packed = pack(rows, platforms, facts, titles, lexicon)
    return writer.write("boot", {"format": FORMAT, "form": "whole", "build": build, "count": len(rows)} | packed)


def hint(boot: Path) -> str:
    """What may stand after a "#" in the boot file's address: where a word's bucket lies, so that a browser can ask for
    both at once. Empty where there are no buckets."""
    facts = json.loads(boot.read_bytes())["facts"]
    return f"#{facts['buckets']}-{facts['tag']}" if facts["buckets"] else ""
