"""The *whole* form: one file with columns, titles and the vocabulary, and buckets of description words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from search_index.analyzer import index_words
from search_index.analyzer import words as words_of
from search_index.codec import ascending, fnv, numbers
from search_index.documents import Document
from search_index.facets import UNSTATED, Row, slugify
from search_index.lexicon import Lexicon, build_lexicon
from search_index.tables import abbreviations, asking_words, stop_words

if TYPE_CHECKING:
    from search_index.export import Writer

SOURCES = ("stated", "outline", "title")
ELIGIBLE = ("yes", "unknown", "no")
# Families a bucket of description words holds on average; more make each file larger, fewer make more files.
BUCKET = 20
MOST_BUCKETS = 280
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


def labels(documents: Sequence[Document]) -> dict[str, dict[str, str]]:
    """Names of the values that have one, by group."""
    rows = [document.row for document in documents]
    return {
        "kategori": dict(sorted({slugify(row.category): row.category for row in rows if row.category}.items())),
        "lembaga": dict(sorted({row.provider_id: row.provider or "" for row in rows if row.provider_id}.items())),
        "kota": dict(sorted({pair for document in documents for pair in document.cities.items()})),
    }


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
    """The family of every near word as a code, in the order in which the browser meets them: words of `names`, then
    of synonyms; and the names of the families that have no code."""
    found = (*map(index_words, names), *(words_of(text.replace("=", " ")) for text in lexicon.synonym_texts))
    near = dict.fromkeys(chain.from_iterable(found))
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


def far_words(document: Document) -> tuple[Counter[str], Counter[str]]:
    """Written words of the description and of the skills, which stand in buckets."""
    return Counter(document.text), Counter(document.fields["skills"])


def _postings(documents: Sequence[Document], lexicon: Lexicon) -> dict[str, list[tuple[int, int, int]]]:
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for number, document in enumerate(documents):
        text, skills = (_by_family(words, lexicon) for words in far_words(document))
        for name in text.keys() | skills.keys():
            found[name].append((number, text[name], skills[name]))
    return found


def _by_family(words: Counter[str], lexicon: Lexicon) -> Counter[str]:
    families: Counter[str] = Counter()
    for word, count in words.items():
        families[lexicon.forms[word]] += count
    return families


def _posting(entries: list[tuple[int, int, int]]) -> list[str]:
    """Courses, then text counts unless all are 1, then skill counts unless all are 0."""
    parts = [ascending(course for course, _, _ in entries), "", ""]
    if any(text != 1 for _, text, _ in entries):
        parts[1] = numbers(text for _, text, _ in entries)
    if any(skills for _, _, skills in entries):
        parts[2] = numbers(skills for _, _, skills in entries)
    while not parts[-1]:
        parts.pop()
    return parts


def _asked_together(lexicon: Lexicon) -> dict[str, set[str]]:
    """First word of an expression that has synonyms -> the words of these."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in lexicon.synonym_texts:
        members = [
            [lexicon.forms[word] for word in words_of(part) if word not in stop_words()] for part in text.split("=")
        ]
        together = {name for member in members for name in member}
        for member in members:
            if member:
                found[member[0]] |= together - {member[0]}
    return dict(sorted(found.items()))


def write_buckets(documents: Sequence[Document], lexicon: Lexicon, writer: Writer) -> tuple[int, str]:
    """Buckets by the hash of the family; returns their number and what is added to all their names.

    A form whose family lies elsewhere stands as an alias in its own bucket; the synonyms of an expression stand in the
    bucket of its first word too, so that asking for a word costs one request.
    """
    postings = _postings(documents, lexicon)
    if not postings:
        return 0, ""
    count = min(MOST_BUCKETS, max(1, len(postings) // BUCKET))
    buckets: list[dict[str, Any]] = [{"words": {}, "alias": {}} for _ in range(count)]
    written = {name: _posting(entries) for name, entries in sorted(postings.items())}
    for name, posting in written.items():
        buckets[fnv(name) % count]["words"][name] = posting
    for name, others in _asked_together(lexicon).items():
        buckets[fnv(name) % count]["words"] |= {other: written.get(other, [""]) for other in sorted(others)}
    near = set(lexicon.strong)
    for word, name in sorted(lexicon.forms.items()):
        if word != name and word not in near and name in postings:
            buckets[fnv(word) % count]["alias"][word] = name
    return count, writer.together((f"t{number}", bucket) for number, bucket in enumerate(buckets))


def write_whole(documents: Sequence[Document], writer: Writer, build: str) -> str:
    """Writes the files; returns the name of the boot file, which here holds everything but the buckets."""
    from search_index.export import FORMAT
    from search_index.packing import pack

    lexicon = build_lexicon(documents)
    rows = [document.row for document in documents]
    platforms = platform_ids(rows)
    titles = [one_line(row.title) for row in rows]
    buckets, tag = write_buckets(documents, lexicon, writer)
    named = labels(documents)
    facts = {
        "words": word_tables(),
        "labels": {"kategori": named["kategori"], "kota": named["kota"]},
        "platforms": platforms,
        "synonyms": "\n".join(lexicon.synonym_texts),
        "buckets": buckets,
        "tag": tag,
        "slugs": "\n".join(slug_code(row, title) for row, title in zip(rows, titles, strict=True)),
    }
    packed = pack(rows, platforms, facts, titles, lexicon)
    return writer.write("boot", {"format": FORMAT, "form": "whole", "build": build, "count": len(rows)} | packed)
