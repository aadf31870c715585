"""The *whole* form: one file with columns, titles and the vocabulary, and buckets of description words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from search_index.codec import ascending, coded, column, fnv, numbers
from search_index.documents import Document
from search_index.facets import UNSTATED, Row, slugify
from search_index.lexicon import Lexicon, build_lexicon, synonym_words
from search_index.tables import abbreviations, asking_words, stop_words

if TYPE_CHECKING:
    from search_index.export import Writer

SOURCES = ("stated", "outline", "title")
ELIGIBLE = ("yes", "unknown", "no")
# Families a bucket of description words holds on average; more make each file larger, fewer make more files.
BUCKET = 96
MOST_BUCKETS = 256


def one_line(text: str) -> str:
    """Text that can be joined with line ends."""
    return " ".join(text.split())


def facet_columns(rows: Sequence[Row]) -> dict[str, Any]:
    """The columns that filters, sorts and cards need, each as a table of values and numbers into it."""
    columns: dict[str, Any] = {
        name: coded([None if row.values[name] == (UNSTATED,) else row.values[name] for row in rows])
        for name in ("tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat")
    }
    columns["source"] = coded([SOURCES.index(row.level_source) + 1 if row.level_source else None for row in rows])
    columns["minutes"] = coded([row.minutes for row in rows])
    columns["days"] = coded([row.days for row in rows])
    columns["rating"] = coded([row.rating for row in rows])
    columns["raters"] = coded([row.rating_count for row in rows])
    columns["seen"] = coded([int(row.first_seen.replace("-", "")) if row.first_seen else None for row in rows])
    return columns


def offer_columns(rows: Sequence[Row], platforms: Sequence[str]) -> dict[str, Any]:
    """Active offers of all courses one after the other; `n` says how many each course has."""
    offers = [offer for row in rows for offer in row.offers]
    return {
        "n": column([len(row.offers) for row in rows]),
        "p": column([platforms.index(offer.platform) for offer in offers]),
        "e": column([ELIGIBLE.index(offer.eligible) for offer in offers]),
        "price": coded([offer.price for offer in offers]),
    }


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


def form_lines(forms: dict[str, str], words: Iterable[str]) -> str:
    """A line a family: its name, then the written words that belong to it. Words that are their own family are left
    out where the names show them; those of the synonym table stand alone on their line."""
    members: dict[str, set[str]] = {word: set() for word, name in synonym_words().items() if word == name}
    for word in words:
        if forms[word] != word:
            members.setdefault(forms[word], set()).add(word)
    return "\n".join(" ".join((name, *sorted(found))) for name, found in sorted(members.items()))


def synonym_lines(lexicon: Lexicon) -> str:
    """Synonym groups by families, as far as a course holds one of a group's expressions."""
    lines = []
    for group in lexicon.synonym_groups:
        if any(all(lexicon.holding[name] for name in member) for member in group):
            lines.append("=".join(" ".join(member) for member in group))
    return "\n".join(lines)


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


def write_buckets(documents: Sequence[Document], lexicon: Lexicon, writer: Writer) -> list[str]:
    """Buckets by the hash of the family; a form whose family lies elsewhere stands as an alias in its own bucket."""
    postings = _postings(documents, lexicon)
    if not postings:
        return []
    count = min(MOST_BUCKETS, max(1, len(postings) // BUCKET))
    buckets: list[dict[str, Any]] = [{"words": {}, "alias": {}} for _ in range(count)]
    for name in sorted(postings):
        buckets[fnv(name) % count]["words"][name] = _posting(postings[name])
    near = set(lexicon.strong)
    for word, name in sorted(lexicon.forms.items()):
        if word != name and word not in near and name in postings:
            buckets[fnv(word) % count]["alias"][word] = name
    return [writer.write(f"t{number}", bucket) for number, bucket in enumerate(buckets)]


def write_whole(documents: Sequence[Document], writer: Writer, build: str) -> str:
    """Writes the files; returns the name of the boot file, which here holds everything but the buckets."""
    from search_index.export import FORMAT

    lexicon = build_lexicon(documents)
    rows = [document.row for document in documents]
    platforms = platform_ids(rows)
    titles = [one_line(row.title) for row in rows]
    slugs = [
        "" if row.slug == f"{slugify(title)}-{row.id}" else row.slug for row, title in zip(rows, titles, strict=True)
    ]
    data = {
        "format": FORMAT,
        "form": "whole",
        "build": build,
        "tables": word_tables(),
        "labels": labels(documents),
        "platforms": platforms,
        "columns": facet_columns(rows),
        "offers": offer_columns(rows, platforms),
        "ids": "\n".join(row.id for row in rows),
        "titles": "\n".join(titles),
        "slugs": "\n".join(slugs),
        "forms": form_lines(lexicon.forms, lexicon.near_words),
        "synonyms": synonym_lines(lexicon),
        "text": write_buckets(documents, lexicon, writer),
    }
    return writer.write("boot", data)
