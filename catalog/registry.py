"""Ids and slugs that outlive nights, and the reviewed decisions about which offers are one course.

A course's id is made from the id of the offer that it was first seen with, never from text, and stays with its offers:
when they part, the id stays with the larger part; when courses turn out to be one, the older id wins and the other is
remembered as merged, so that an old address can lead to the new one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.files import write_json
from catalog.normalize.clean import fold

VERSION = 1
SLUG_LENGTH = 60
MAX_HOPS = 50
_SLUG_WORD = re.compile(r"[a-z0-9]+")


class RegistryError(ValueError):
    """The registry can't be read; the message says what to do."""


class DecisionError(ValueError):
    """A line of the decisions can't be used; the message names the line."""


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()


def slug_words(title: str) -> str:
    """The words of a title as they stand in an address, cut at a word; "" when it has no Latin letters or digits."""
    slug = ""
    for word in _SLUG_WORD.findall(fold(title)):
        longer = f"{slug}-{word}" if slug else word[:SLUG_LENGTH]
        if len(longer) > SLUG_LENGTH:
            break
        slug = longer
    return slug


@dataclass
class Registry:
    """offer id -> course id, course id -> slug, merged course id -> the one that it went into."""

    offers: dict[str, str] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict, repr=False)
    taken: set[str] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self.order = {course: place for place, course in enumerate(self.slugs)}
        self.taken = set(self.slugs.values())

    @classmethod
    def load(cls, path: Path) -> Registry:
        """The registry of a run-data folder; an empty one when there is none. Raises RegistryError."""
        if not path.exists():
            return cls()
        try:
            data: Any = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RegistryError(
                f"{path}: can't be read ({error}); restore it from a backup or the published state"
            ) from error
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise RegistryError(f"{path}: not a registry of version {VERSION}; restore it or remove it to start anew")
        tables = [data.get(name, {}) for name in ("offers", "slugs", "merged")]
        if not all(isinstance(t, dict) and all(isinstance(v, str) for v in t.values()) for t in tables):
            raise RegistryError(f"{path}: a table of it isn't text to text; restore it or remove it to start anew")
        return cls(*tables)

    def save(self, path: Path) -> None:
        """Writes it whole, aside and renamed; equal registries give equal bytes."""
        offers = dict(sorted(self.offers.items()))
        merged = dict(sorted(self.merged.items()))
        write_json(path, {"version": VERSION, "offers": offers, "slugs": self.slugs, "merged": merged})

    def current(self, course: str) -> str:
        """The id that a course goes by now, after merges."""
        for _ in range(MAX_HOPS):
            if course not in self.merged:
                break
            course = self.merged[course]
        return course

    def _new_id(self, offer: str) -> str:
        text = offer
        for size in (4, 6, 8, 12, 16):
            course = f"c{_digest(text, size)}"
            if course not in self.slugs:
                return course
        return f"c{_digest(f'{offer} {len(self.slugs)}', 16)}"

    def _new_slug(self, course: str, title: str) -> str:
        base = slug_words(title) or "pelatihan"
        for length in (7, 11, 17, 33):
            slug = f"{base}-{course[1:length]}"
            if slug not in self.taken:
                return slug
        return f"{base}-{course}"

    def assign(self, clusters: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
        """(course id, slug) of each cluster of (offer id, title); registers what is new.

        A known id goes to the cluster that holds most of its offers (ties: the smallest offer id); of several ids in a
        cluster the oldest wins and the others are marked merged.
        """
        claims: dict[str, list[tuple[int, str, int]]] = {}
        for place, cluster in enumerate(clusters):
            held: dict[str, list[str]] = {}
            for offer, _ in cluster:
                if offer in self.offers:
                    held.setdefault(self.current(self.offers[offer]), []).append(offer)
            for course, offers in held.items():
                claims.setdefault(course, []).append((-len(offers), min(offers), place))
        won: dict[int, list[str]] = {}
        for course, claimed in claims.items():
            won.setdefault(min(claimed)[2], []).append(course)
        return [self._register(cluster, won.get(place, [])) for place, cluster in enumerate(clusters)]

    def _register(self, cluster: Sequence[tuple[str, str]], known: list[str]) -> tuple[str, str]:
        first, title = min(cluster)
        known.sort(key=lambda c: (self.order.get(c, len(self.order)), c))
        course = known[0] if known else self._new_id(first)
        for other in known[1:]:
            self.merged[other] = course
        if course not in self.slugs:
            self.slugs[course] = self._new_slug(course, title)
            self.order[course] = len(self.order)
            self.taken.add(self.slugs[course])
        for offer, _ in cluster:
            self.offers[offer] = course
        return course, self.slugs[course]


Pair = tuple[str, str]


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a <= b else (b, a)


@dataclass(frozen=True)
class Decisions:
    """Reviewed pairs of offer ids; they overrule every rule."""

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()

    def apart(self, a: str, b: str) -> bool:
        return _pair(a, b) in self.different

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> Decisions:
        """From (verdict, offer, offer)."""
        same: set[Pair] = set()
        different: set[Pair] = set()
        for verdict, a, b in rows:
            (same if verdict == "same" else different).add(_pair(a, b))
        return cls(frozenset(same - different), frozenset(different))

    @classmethod
    def load(cls, *paths: Path) -> Decisions:
        """Decisions of CSV files (columns verdict, offer_a, offer_b, reason, reviewed); missing files are empty."""
        rows = []
        for path in paths:
            if not path.exists():
                continue
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for number, row in enumerate(csv.DictReader(lines), 2):
                    verdict, a, b = ((row.get(k) or "").strip() for k in ("verdict", "offer_a", "offer_b"))
                    if verdict not in ("same", "different") or not a or not b or a == b:
                        raise DecisionError(
                            f"{path.name}: line {number}: needs verdict 'same' or 'different' and two offer ids"
                        )
                    rows.append((verdict, a, b))
        return cls.of(rows)
