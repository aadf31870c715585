"""The same training on several platforms: same provider, same title after decoration, nothing that contradicts.

Precision first, since a wrong merge shows a card holder a wrong price: what is merely alike stays apart. Reviewed
decisions (words/same_course.csv, var/same_course.csv) overrule the rules. Blocks are hashes of provider and title
words, so that the work grows with the number of offers, not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from catalog.assemble import assemble
from catalog.layout import Var
from catalog.normalize.clean import fold, letters_of, squash, words_of
from catalog.normalize.provider import read_provider
from catalog.real_words import is_word
from catalog.records import Course, Match, Offer
from catalog.registry import Decisions, Registry
from catalog.same_title import CUT_SCORE, TitleKey, compare_titles, title_key

__all__ = ["Decisions", "Registry", "decisions_of", "group", "match_pair", "registry_path"]

PROVIDER_ALIKE = 92.0
"""Ratio of two provider ids from which on they are one name with a slip."""
LARGEST_BLOCK = 300
"""Providers of one title that are compared with each other; in a larger block only alphabetic neighbours are."""
DURATION_TOLERANCE = 0.34
"""Lengths that differ by more contradict each other (platforms round, and some count exercises)."""

_PLATFORM_NAMES = {
    "skillacademybyruangguru": "skillacademy",
    "indonesiaskillsweek": "skillsweek",
    "indonesiaskillsweekprakerja": "skillsweek",
    "kariermu": "sekolahmu",
    "pintar": "pintaria",
    "siapkerja": "sisnaker",
    "skillhub": "sisnaker",
    "kemnaker": "sisnaker",
}


def registry_path(var: Var) -> Path:
    """Where the registry of a run-data folder stands."""
    return var.state / "registry.json"


def decisions_of(var: Var) -> Decisions:
    """Decisions that come with the project and those of the run-data folder (`same_course.csv` in it)."""
    return Decisions.load(Path(str(files("catalog") / "words" / "same_course.csv")), var.root / "same_course.csv")


# ---- providers --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def alike_providers(a: str, b: str) -> bool:
    """One provider id with a slip of the pen: long enough, first letter the same, nearly all letters the same."""
    if a == b:
        return True
    if min(len(a), len(b)) < 6 or a[0] != b[0] or any(c.isdigit() for c in a + b):
        return False
    return fuzz.ratio(a, b) >= PROVIDER_ALIKE


def _two_names(a: str | None, b: str | None) -> bool:
    """'Pelita Utama' and 'Pelita Utara': the word that differs exists both ways, so it is no slip."""
    first, second = words_of(a), words_of(b)
    if len(first) != len(second):
        return False
    return any(x != y and is_word(x) and is_word(y) for x, y in zip(first, second, strict=True))


Provider = tuple[str | None, str | None]
"""Id and name of a provider, both None where none is named."""


def _same_provider(one: Provider, other: Provider, platform_a: str, platform_b: str) -> tuple[bool | None, str]:
    """(True, False or None for 'can't say', why)."""
    a, b = one[0], other[0]
    if a and b:
        if a == b:
            return True, "lembaga sama"
        if alike_providers(a, b) and not _two_names(one[1], other[1]):
            return True, "lembaga sama kecuali salah ketik"
        if platform_a == platform_b and platform_a in (a, b):
            return None, "satu sisi hanya menyebut platform sebagai lembaga"
        return False, f"lembaga berbeda: {a} / {b}"
    if platform_a and platform_a == platform_b:
        return True, "lembaga tidak disebut, platform sama"
    return None, "lembaga tidak disebut pada salah satu sisi"


# ---- one pair ---------------------------------------------------------------------------------------------------


def _platform_id(name: Any) -> str:
    key = squash(fold(name if isinstance(name, str) else "").split("(")[0])
    return _PLATFORM_NAMES.get(key, key)


def match_pair(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Are two listings one training? Keys title, provider, platform, price_idr; `platform` may be a display name.

    Gives {"verdict": same | different | unsure, "score": 0 to 1, "why": [...]}. Total: missing keys make it unsure.
    """
    titles = [v if isinstance(v, str) else "" for v in (a.get("title"), b.get("title"))]
    if not all(squash(t) for t in titles):
        return {"verdict": "unsure", "score": 0.0, "why": ["judul tidak ada pada salah satu sisi"]}
    first, second = (title_key(t) for t in titles)
    verdict, score, why = compare_titles(first, second)
    provider_a, provider_b = read_provider(a.get("provider")), read_provider(b.get("provider"))
    teaches, provider_why = _same_provider(
        (provider_a.id, provider_a.name),
        (provider_b.id, provider_b.name),
        _platform_id(a.get("platform")),
        _platform_id(b.get("platform")),
    )
    reasons = [provider_why, why]
    if teaches is False:
        verdict, score = "different", min(score, 0.5)
    elif teaches is None and verdict == "same":
        # The platform stands in for the provider: only a long title that is equal word for word may be called one.
        if provider_why.startswith("satu sisi") and score >= 0.99 and first.words >= 4:
            score = 0.9
        else:
            verdict, score = "unsure", min(score, 0.7)
    return {"verdict": verdict, "score": round(score, 3), "why": reasons}


KeyOf = Callable[[str], TitleKey]


# ---- clusters ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cluster:
    """Offers held to be one course, with the values that a further offer must not contradict."""

    offers: list[Offer]
    key: TitleKey
    provider: str | None
    # Nearly all are empty or alike, and there is one cluster an offer: no set of their own.
    modes: frozenset[str] = frozenset()
    levels: tuple[frozenset[str], ...] = ()
    regencies: frozenset[str] = frozenset()
    shortest: int | None = None
    longest: int | None = None
    score: float = 1.0
    why: tuple[str, ...] = ()

    @property
    def named(self) -> Provider:
        """Id and name of the provider of the first offer."""
        return self.provider, self.offers[0].provider_name


def _cluster(offer: Offer, key_of: KeyOf) -> _Cluster:
    key = key_of(offer.title or offer.title_raw)
    cluster = _Cluster([offer], key, offer.provider_id)
    # A directory's row knows few words for modes and sets no price: it may join what a seller describes more exactly.
    if offer.mode and offer.archived_why != "directory":
        cluster.modes = _one(offer.mode)
    if offer.levels and offer.level_source != "title":
        cluster.levels = (frozenset(offer.levels),)
    if offer.mode in ("onsite", "blended") and offer.regency:
        cluster.regencies = _one(offer.regency)
    cluster.shortest = cluster.longest = offer.duration_minutes
    return cluster


@cache
def _one(word: str) -> frozenset[str]:
    return frozenset([word])


def _contradiction(a: _Cluster, b: _Cluster) -> str | None:
    """What keeps two clusters apart although titles and provider agree."""
    if a.modes and b.modes and a.modes != b.modes:
        return "cara belajar berbeda"
    if a.regencies and b.regencies and a.regencies != b.regencies:
        return "kota berbeda"
    if any(not (x & y) for x in a.levels for y in b.levels):
        return "tingkat berbeda"
    if a.shortest and b.shortest and a.longest and b.longest:
        low, high = min(a.shortest, b.shortest), max(a.longest, b.longest)
        if high - low > max(60, DURATION_TOLERANCE * high):
            return "durasi berbeda"
    return None


class _Merging:
    """Union of clusters that asks the decisions and the contradictions before every merge."""

    def __init__(self, clusters: list[_Cluster], decisions: Decisions) -> None:
        self.clusters: list[_Cluster | None] = list(clusters)
        self.parent = list(range(len(clusters)))
        self.decisions = decisions
        named = {o for pair in decisions.different for o in pair}
        self.careful = {i for i, c in enumerate(clusters) if named and any(o.id in named for o in c.offers)}

    def find(self, index: int) -> int:
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def _forbidden(self, a: _Cluster, b: _Cluster) -> bool:
        return any(self.decisions.apart(x.id, y.id) for x in a.offers for y in b.offers)

    def merge(self, i: int, j: int, score: float, why: Sequence[str], *, decided: bool = False) -> bool:
        i, j = sorted((self.find(i), self.find(j)))
        a, b = self.clusters[i], self.clusters[j]
        if i == j or a is None or b is None:
            return i == j
        if i in self.careful or j in self.careful:
            if self._forbidden(a, b):
                return False
            self.careful.add(i)
        if not decided and _contradiction(a, b):
            return False
        _join(a, b, score, why)
        self.clusters[j] = None
        self.parent[j] = i
        return True


def _join(a: _Cluster, b: _Cluster, score: float, why: Iterable[str]) -> None:
    a.offers.extend(b.offers)
    a.modes |= b.modes
    a.levels += b.levels
    a.regencies |= b.regencies
    shortest = [v for v in (a.shortest, b.shortest) if v]
    longest = [v for v in (a.longest, b.longest) if v]
    a.shortest, a.longest = min(shortest, default=None), max(longest, default=None)
    a.provider = a.provider or b.provider
    a.score = min(a.score, b.score, score)
    a.why = tuple(dict.fromkeys([*a.why, *b.why, *why]))


Pairs = Iterable[tuple[int, int]]


def _exact_pairs(clusters: list[_Cluster]) -> Pairs:
    """Same provider, same words."""
    blocks: dict[object, list[int]] = defaultdict(list)
    for index, cluster in enumerate(clusters):
        if cluster.provider and (cluster.key.content or cluster.key.apart):
            blocks[cluster.provider, cluster.key.exact].append(index)
    for block in blocks.values():
        yield from combinations(block, 2) if len(block) <= 40 else pairwise(block)


def _slip_pairs(clusters: list[_Cluster]) -> Pairs:
    """Same provider, all words but one the same; or the same letters with other spaces; or a title that was cut."""
    titles: dict[str, dict[str, int]] = defaultdict(dict)
    for index, cluster in enumerate(clusters):
        if cluster.provider:
            titles[cluster.provider].setdefault(cluster.key.text, index)
    for places in titles.values():  # one provider at a time: every word of every title has a block of its own
        if len(places) < 2:
            continue
        for block in _slip_blocks(clusters, places.values()):
            if 1 < len(block) <= LARGEST_BLOCK:
                yield from combinations(block, 2)


def _slip_blocks(clusters: list[_Cluster], indexes: Iterable[int]) -> Iterable[list[int]]:
    blocks: dict[object, list[int]] = defaultdict(list)
    for index in indexes:
        key = clusters[index].key
        for place in range(len(key.content)):
            blocks[key.apart, key.content[:place] + key.content[place + 1 :]].append(index)
        blocks["letters", letters_of(key.text)].append(index)
        if len(key.text) >= 60:
            blocks["start", key.text[:60]].append(index)
    return blocks.values()


def _provider_pairs(clusters: list[_Cluster]) -> Pairs:
    """Same words under providers whose names differ by a slip."""
    blocks: dict[object, dict[str, int]] = defaultdict(dict)
    for index, cluster in enumerate(clusters):
        if cluster.provider and cluster.key.content:
            blocks[cluster.key.exact].setdefault(cluster.provider, index)
    for block in blocks.values():
        names = sorted(block)
        pairs: Iterable[tuple[str, str]] = combinations(names, 2) if len(names) <= LARGEST_BLOCK else pairwise(names)
        for a, b in pairs:
            if alike_providers(a, b):
                yield block[a], block[b]


def _nameless_pairs(clusters: list[_Cluster]) -> Pairs:
    """No provider named: the same words on the same platform, where at most one provider is named with them."""
    blocks: dict[object, list[int]] = defaultdict(list)
    for index, cluster in enumerate(clusters):
        blocks[cluster.offers[0].platform, cluster.key.exact].append(index)
    for block in blocks.values():
        named = {clusters[i].provider for i in block} - {None}
        if len(block) > 1 and len(named) <= 1 and any(clusters[i].provider is None for i in block):
            yield from pairwise(block)


def _decided_pairs(clusters: list[_Cluster], decisions: Decisions) -> Pairs:
    place = {c.offers[0].id: i for i, c in enumerate(clusters)}
    for a, b in sorted(decisions.same):
        if a in place and b in place:
            yield place[a], place[b]


def _open_ends(clusters: list[_Cluster]) -> set[tuple[str, str]]:
    """(provider, title) of cut titles that more than one longer title of the provider continues: nobody knows which."""
    blocks: dict[tuple[str, str], dict[str, TitleKey]] = defaultdict(dict)
    for cluster in clusters:
        if cluster.provider and len(cluster.key.text) >= 40:
            blocks[cluster.provider, cluster.key.text[:40]][cluster.key.text] = cluster.key
    found: set[tuple[str, str]] = set()
    for (provider, _), keys in blocks.items():
        for text in [t for t, key in keys.items() if key.cut and len(keys) > 2]:
            longer = [t for t in keys if t != text and t.startswith(text)]
            whole = [t for t in longer if not any(o != t and o.startswith(t) for o in longer)]
            if len(keys) > LARGEST_BLOCK or len({keys[t].exact for t in whole}) > 1:
                found.add((provider, text))
    return found


def clusters_of(offers: Sequence[Offer], decisions: Decisions, key_of: KeyOf = title_key) -> list[_Cluster]:
    """The offers in clusters, in a fixed order whatever the order of the offers."""
    clusters = [_cluster(offer, key_of) for offer in sorted(offers, key=lambda o: o.id)]
    merging = _Merging(clusters, decisions)
    for i, j in _decided_pairs(clusters, decisions):
        merging.merge(i, j, 1.0, ["keputusan yang ditinjau"], decided=True)
    steps: tuple[Callable[[list[_Cluster]], Pairs], ...] = (_exact_pairs, _slip_pairs, _provider_pairs, _nameless_pairs)
    open_ends = _open_ends(clusters)
    for step in steps:
        for i, j in step(clusters):
            if merging.find(i) == merging.find(j):
                continue
            a, b = clusters[i], clusters[j]
            verdict, score, why = compare_titles(a.key, b.key)
            if score == CUT_SCORE and any((c.provider, c.key.text) in open_ends for c in (a, b)):
                continue
            if verdict == "same":
                teaches, who = _same_provider(a.named, b.named, a.offers[0].platform, b.offers[0].platform)
                if teaches:
                    merging.merge(i, j, score, [who, why])
    return [c for c in merging.clusters if c is not None]


def group(offers: Sequence[Offer], registry: Registry, decisions: Decisions, key_of: KeyOf = title_key) -> list[Course]:
    """Courses of offers, sorted by id; the registry learns new offers, courses and merges (save it afterwards).

    `key_of` gives the key of a title, for instance from the night before (catalog.title_memo).
    """
    clusters = clusters_of(offers, decisions, key_of)
    named = registry.assign([[(o.id, o.title) for o in c.offers] for c in clusters])
    courses = [
        assemble(course, slug, cluster.offers, Match(score=round(cluster.score, 3), why=list(cluster.why)))
        for (course, slug), cluster in zip(named, clusters, strict=True)
    ]
    return sorted(courses, key=lambda c: c.id)
