"""What of the index of an earlier night can stay: its base segment, if few courses changed since.

The state is the published index itself: the base's files lie in the previous build and name the courses they hold with
a digest of each. Nothing else is kept between nights, and without a previous build everything is written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.analyzer import index_words
from search_index.bits import read_ascending
from search_index.cards import card_names
from search_index.codec import digest_of, read_numbers, together_tag
from search_index.documents import Document
from search_index.facets import pack
from search_index.families import family
from search_index.lexicon import Expression
from search_index.near import read_files
from search_index.segment import Gone, Segment

MOST_CHANGED = 0.05  # share of the base's courses; past it a new base is written
DIGEST = 4  # bytes


@cache
def recipe() -> str:
    """What an index is made with: a base that other code or other word tables made is not used."""
    mark = hashlib.blake2b(digest_size=6)
    for folder, ending in (("search_index", ".py"), ("catalog", "words")):
        root = files(folder) if ending == ".py" else files(folder) / ending
        for part in sorted(root.iterdir(), key=lambda path: path.name):
            if part.name.endswith((".py", ".toml")):
                mark.update(part.name.encode() + part.read_bytes())
    return mark.hexdigest()


def digest(document: Document) -> str:
    """Changes with anything that the index shows or finds of a course."""
    told = f"{pack(document.row)!r}{document.fields!r}{document.cities!r}" + "\n".join(document.text)
    return hashlib.blake2b(told.encode(), digest_size=DIGEST).hexdigest()


@dataclass
class Base:
    """The base segment of an earlier index: its files by name without their tag, and its courses."""

    segment: Segment
    files: dict[str, Path]
    ids: list[str]
    digests: list[str]
    categories: dict[str, str]

    def load(self, name: str) -> Any:
        return json.loads(self.files[name].read_bytes())

    def buckets(self) -> Iterator[Any]:
        """All buckets of words."""
        segment = self.segment
        yield from (self.load(f"w{place}") for place in range(segment.buckets))
        yield from (self.load(f"x{place}") for place in range(segment.rare))


def read_base(
    previous: Path | None, version: int, platforms: Sequence[str], categories: Mapping[str, str]
) -> Base | None:
    """The base of the index in `previous`; None where there is none that fits, or where it is not whole."""
    boots = sorted(previous.glob("boot-*.json")) if previous else []
    if not previous or len(boots) != 1:
        return None
    try:
        boot = json.loads(boots[0].read_bytes())
        made = tuple(boot.get(key) for key in ("format", "form", "recipe", "platforms", "categories"))
        if made != (version, "sharded", recipe(), [*platforms], {**categories}):
            return None
        known = boot["segments"][0]
        ending = f"-{known['tag']}.json"
        found = {path.name.removesuffix(ending): path for path in previous.glob(f"*{ending}")}
        if together_tag({stem: digest_of(path.read_bytes()) for stem, path in found.items()}) != known["tag"]:
            return None
        told = json.loads(found["s"].read_bytes())
        ids, digests = told["ids"].split("\n"), told["digests"]
        cut = [digests[at : at + 2 * DIGEST] for at in range(0, len(digests), 2 * DIGEST)]
        return Base(Segment(**known), found, ids, cut, {**categories}) if len(cut) == len(ids) else None
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def difference(base: Base, documents: Sequence[Document], digests: Sequence[str]) -> tuple[list[int], list[Document]]:
    """Places of the base's courses that are no longer as they were, and today's courses that it does not have so."""
    known = dict(zip(base.ids, base.digests, strict=True))
    fresh = [d for d, mark in zip(documents, digests, strict=True) if known.get(d.row.id) != mark]
    today = {d.row.id: mark for d, mark in zip(documents, digests, strict=True)}
    dead = [place for place, (name, mark) in enumerate(known.items()) if today.get(name) != mark]
    return dead, fresh


def changed_far_words(base: Base, today: Mapping[str, int]) -> dict[str, int]:
    """Words of descriptions whose numbers are others than in the base's files; 0 is gone."""
    before = read_files(base.load(f"m{place}") for place in range(base.segment.far))
    return {word: today.get(word, 0) for word in {*before, *today} if before.get(word) != today.get(word)}


def what_is_gone(base: Base, dead: Collection[int]) -> tuple[dict[str, Gone], set[str]]:
    """For every word and expression of the base how many of its courses are dead, and which of its best; the words of
    the dead courses' names."""
    if not dead:
        return {}, set()
    lost = np.zeros(len(base.ids), dtype=bool)
    lost[[*dead]] = True
    words, named = _names_of(base, set(dead))
    entries = {key: entry for bucket in base.buckets() for key, entry in bucket.get("terms", {}).items()}
    counts = _dead_courses(base, entries, lost)
    found: dict[str, Gone] = {}
    for key, count in counts.items():
        if count:
            best = tuple(at for at, number in enumerate(read_numbers(entries[key][2])) if lost[number])
            found[key] = Gone(count, 0 if key[0] == "=" else named[key], best)
    return found, words


def _dead_courses(base: Base, entries: Mapping[str, Any], lost: npt.NDArray[np.bool_]) -> dict[str, int]:
    """How many of each word's courses are dead."""
    short = [key for key, (_, _, _, _, place, *_) in entries.items() if isinstance(place, str)]
    found = {key: sum(bool(lost[number]) for number in read_numbers(entries[key][2])) for key in short}
    files = sorted({entry[4] for entry in entries.values() if not isinstance(entry[4], str)})
    for name in files:
        lists = base.load(f"r{name}")
        for key, text in zip(lists["keys"], lists["courses"], strict=True):
            found[key] = int(lost[read_ascending(text, entries[key][0])].sum())
    return found


def _names_of(base: Base, lost: set[int]) -> tuple[set[str], Counter[str]]:
    """The words of the dead courses' names, which stand on their cards; how many have each family in them."""
    words: set[str] = set()
    found: Counter[str] = Counter()
    for block in sorted({number // base.segment.block for number in lost}):
        for at, names in enumerate(card_names(base.load(f"c{block}"), base.categories)):
            if block * base.segment.block + at in lost:
                written = {word for name in names for word in index_words(name)}
                words |= written
                found.update({family(word) for word in written})
    return words, found


def changed_expressions(base: Base, usable: Mapping[Expression, Sequence[Expression]]) -> set[Expression]:
    """Expressions whose usable synonyms are not those of the base's night."""
    before: dict[Expression, list[str]] = {}
    for bucket in base.buckets():
        for group in bucket.get("synonyms", {}).values():
            before.update({tuple(key.split(" ")): others for key, others in group.items()})
    now = {key: [" ".join(other) for other in others] for key, others in usable.items()}
    return {key for key in {*before, *now} if before.get(key) != now.get(key)}
