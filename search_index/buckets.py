"""Words of descriptions and skills of the *whole* form, in files by their hash, with the synonyms of words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from search_index.analyzer import words as words_of
from search_index.codec import ascending, fnv, numbers
from search_index.documents import Document
from search_index.lexicon import Lexicon
from search_index.near import far_files
from search_index.tables import stop_words

if TYPE_CHECKING:
    from search_index.export import Writer

# Families a bucket holds on average; more make each file larger, fewer make more files.
BUCKET = 6
MOST_BUCKETS = 280
MOST_FAR = 16
Entries = list[tuple[int, int, int]]


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


class _Synonyms:
    """Lines of the synonym table that a course can answer: `others` leads from the first family of an expression to its
    expressions with their synonyms, `together` to all families of these."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.others: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.together: dict[str, set[str]] = defaultdict(set)
        self.words: set[str] = set()
        for text in lexicon.synonym_texts:
            written = [[word for word in words_of(part) if word not in stop_words()] for part in text.split("=")]
            self.words.update(word for words in written for word in words)
            self._add(list(dict.fromkeys(tuple(lexicon.forms[word] for word in words) for words in written if words)))

    def _add(self, members: list[tuple[str, ...]]) -> None:
        for member in members:
            known = self.others[member[0]].setdefault(" ".join(member), [])
            others = [" ".join(other) for other in members if other != member]
            known.extend(other for other in others if other not in known)
            self.together[member[0]].update(name for other in members for name in other)


def write_buckets(documents: Sequence[Document], lexicon: Lexicon, writer: Writer) -> tuple[int, int, str]:
    """Buckets by the hash of the family and files of words that may be meant by a misspelt one; returns their numbers
    and what is added to all their names.

    A form whose family lies elsewhere stands as an alias in its own bucket. With the first word of an expression stand
    its synonyms and what is known of their words, so that asking for a word costs one request; for a form that only the
    synonym table has, they stand in its own bucket too.
    """
    postings = {name: _posting(entries) for name, entries in sorted(_postings(documents, lexicon).items())}
    if not postings:
        return 0, 0, ""
    count = min(MOST_BUCKETS, max(1, len(postings) // BUCKET))
    buckets: list[dict[str, Any]] = [{"words": {}, "alias": {}, "same": {}} for _ in range(count)]

    def tell(word: str, families: set[str]) -> None:
        """Puts what is known of these families into the bucket of `word`, nothing included."""
        buckets[fnv(word) % count]["words"] |= {name: postings.get(name, [""]) for name in sorted(families)}

    for name in postings:
        tell(name, {name})
    near, synonyms = set(lexicon.strong), _Synonyms(lexicon)
    for word, name in sorted(lexicon.forms.items()):
        if word not in near and word != name and (name in postings or word in synonyms.words):
            buckets[fnv(word) % count]["alias"][word] = name
    for word in sorted(synonyms.words):
        name = lexicon.forms[word]
        for asked in {name} if word in near else {name, word}:
            tell(asked, {name} | synonyms.together[name])
            buckets[fnv(asked) % count]["same"] |= synonyms.others[name]
    far = far_files(lexicon.far_words, MOST_FAR)
    files = [(f"t{number}", bucket) for number, bucket in enumerate(buckets)]
    return count, len(far), writer.together(files + [(f"n{number}", file) for number, file in enumerate(far)])
