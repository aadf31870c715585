"""The catalog against the programme office's list of validated trainings, platform by platform.

Pairs are made by code, then by link, then by the matcher (same provider and title), then, among what is left, by a
title or a provider that alone differs. Each step takes a pair only where it is the only one: a guess is worse than a
difference that a person looks at.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from catalog.completeness import published_offers
from catalog.files import read_lines, write_json, write_lines
from catalog.layout import Var
from catalog.matching import alike_providers, match_pair
from catalog.normalize.clean import fold, squash, words_of
from catalog.normalize.provider import read_provider
from catalog.normalize.title import clean_title
from catalog.official_list import OfficialRow, read_official
from catalog.platforms import Spec
from catalog.records import SCHEMA_VERSION, Course, Offer, Record
from catalog.same_title import compare_titles, title_key

DifferenceKind = Literal["missing", "unlisted", "dearer", "title", "provider", "unknown_platform"]
WORDS: dict[DifferenceKind, str] = {
    "missing": "Ada di daftar resmi, tidak ditemukan di platform ini",
    "unlisted": "Ada di platform ini, tidak ditemukan di daftar resmi",
    "dearer": "Harga di atas harga daftar resmi",
    "title": "Judul berbeda dari daftar resmi",
    "provider": "Lembaga berbeda dari daftar resmi",
    "unknown_platform": "Nama platform pada baris ini tidak dikenal",
}


class Difference(Record):
    """One thing that a person should look at. `row` is the list's line, `offer` ours; one of them may be missing."""

    kind: DifferenceKind
    platform: str | None
    row: int | None = None
    code: str | None = None
    official_title: str | None = None
    official_provider: str | None = None
    official_price_idr: int | None = None
    offer: str | None = None
    course: str | None = None
    slug: str | None = None
    title: str | None = None
    provider: str | None = None
    price_idr: int | None = None
    url: str | None = None
    how: str | None = Field(None, description="how the pair was found: kode, tautan, judul dan lembaga, …")
    confidence: float | None = None
    reason: str = ""


class PlatformFigures(Record):
    """listed == matched + missing; published == matched + unlisted."""

    platform: str
    listed: int
    published: int
    matched: int
    by_code: int = 0
    by_link: int = 0
    by_matcher: int = 0
    missing: int = 0
    unlisted: int = 0
    dearer: int = 0
    price_unknown: int = Field(0, description="pairs of which one price is not known: not tested")
    title: int = 0
    provider: int = 0
    differing: int = Field(0, description="pairs whose title or provider differs")


class OfficialReport(Record):
    """official.json: figures per platform and every difference."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    rows: int
    unknown_platform: int = 0
    platforms: list[PlatformFigures] = Field(default_factory=list)
    differences: list[Difference] = Field(default_factory=list)


class _Item(NamedTuple):
    course: Course
    offer: Offer


class _Pair(NamedTuple):
    row: OfficialRow
    item: _Item
    how: str
    confidence: float


def list_path(var: Var) -> Path:
    """The last list that was given, kept so that every night is compared with it."""
    return var.state / "official.jsonl"


def compare(var: Var, specs: dict[str, Spec], path: Path, night: dt.date) -> OfficialReport:
    """Reads the office's list, keeps it for the coming nights, and writes catalog/official.json.

    Raises OfficialError when the file can't be used.
    """
    rows = read_official(path, specs)
    write_lines(list_path(var), rows)
    return compare_again(var, night) or OfficialReport(night=night, rows=0)


def compare_again(var: Var, night: dt.date, courses: Sequence[Course] | None = None) -> OfficialReport | None:
    """The kept list against the catalog as it is now; None when no list was ever given."""
    if not list_path(var).exists():
        return None
    rows = list(read_lines(list_path(var), OfficialRow))
    if courses is None:
        courses = list(read_lines(var.courses, Course)) if var.courses.exists() else []
    report = compare_rows(rows, courses, night)
    write_json(var.catalog / "official.json", report)
    return report


def compare_rows(rows: Sequence[OfficialRow], courses: Iterable[Course], night: dt.date) -> OfficialReport:
    """Pure: every platform that the list names, each of its rows and offers in exactly one place."""
    ours: dict[str, list[_Item]] = defaultdict(list)
    for course, offer in published_offers(courses):
        ours[offer.platform].append(_Item(course, offer))
    theirs: dict[str, list[OfficialRow]] = defaultdict(list)
    strange = [row for row in rows if row.platform is None]
    for row in rows:
        if row.platform is not None:
            theirs[row.platform].append(row)
    report = OfficialReport(night=night, rows=len(rows), unknown_platform=len(strange))
    for platform in sorted(theirs):
        items = sorted(ours[platform], key=lambda item: item.offer.id)
        pairs, missing, unlisted = _pair_up(theirs[platform], items)
        report.platforms.append(_figures(platform, pairs, missing, unlisted, report.differences))
    report.differences.extend(_of_row("unknown_platform", row, row.platform_raw) for row in strange)
    return report


# --- pairs ---


def _pair_up(rows: Sequence[OfficialRow], items: Sequence[_Item]) -> tuple[list[_Pair], list[OfficialRow], list[_Item]]:
    open_rows = {row.row: row for row in rows}
    open_items = {item.offer.id: item for item in items}
    pairs: list[_Pair] = []
    steps: tuple[Callable[[list[OfficialRow], list[_Item]], Iterator[_Pair]], ...] = (
        _by_code,
        _by_link,
        _by_matcher,
        _by_rest,
    )
    for step in steps:
        for pair in step(list(open_rows.values()), list(open_items.values())):
            if pair.row.row in open_rows and pair.item.offer.id in open_items:
                pairs.append(pair)
                del open_rows[pair.row.row], open_items[pair.item.offer.id]
    pairs.sort(key=lambda pair: pair.row.row)
    return pairs, list(open_rows.values()), list(open_items.values())


def _equal(
    rows: list[OfficialRow],
    items: list[_Item],
    of_row: Callable[[OfficialRow], str],
    of_item: Callable[[_Item], Iterable[str]],
    how: str,
) -> Iterator[_Pair]:
    """Pairs of equal keys, where the key stands once on both sides."""
    left: dict[str, list[OfficialRow]] = defaultdict(list)
    right: dict[str, dict[str, _Item]] = defaultdict(dict)
    for row in rows:
        left[of_row(row)].append(row)
    for item in items:
        for key in of_item(item):
            right[key][item.offer.id] = item
    for key, some in left.items():
        if key and len(some) == 1 and len(right.get(key, {})) == 1:
            yield _Pair(some[0], next(iter(right[key].values())), how, 1.0)


def _by_code(rows: list[OfficialRow], items: list[_Item]) -> Iterator[_Pair]:
    def keys(item: _Item) -> Iterable[str]:
        return {squash(fold(code)) for code in (item.offer.code, item.offer.native_id) if code}

    return _equal(rows, items, lambda row: squash(fold(row.code or "")), keys, "kode")


def _by_link(rows: list[OfficialRow], items: list[_Item]) -> Iterator[_Pair]:
    def key(url: str | None) -> str:
        return (url or "").split("?")[0].split("#")[0].rstrip("/").removeprefix("https://").removeprefix("http://")

    return _equal(rows, items, lambda row: key(row.url), lambda item: [key(item.offer.url)], "tautan")


def _by_matcher(rows: list[OfficialRow], items: list[_Item]) -> Iterator[_Pair]:
    """Best verdicts first; equal titles of one provider first of all."""
    found = []
    for row, item in _candidates(rows, items):
        answer = match_pair(
            {"title": row.title, "provider": row.provider, "platform": item.offer.platform},
            {"title": item.offer.title_raw, "provider": item.offer.provider_raw, "platform": item.offer.platform},
        )
        if answer["verdict"] == "same":
            exact = fold(row.title) == fold(item.offer.title_raw)
            found.append((not exact, -answer["score"], row.row, item.offer.id, row, item))
    for *_, row, item in sorted(found, key=lambda entry: entry[:4]):
        score = next(-s for _, s, r, o, *_ in found if r == row.row and o == item.offer.id)
        yield _Pair(row, item, "judul dan lembaga", score)


def _by_rest(rows: list[OfficialRow], items: list[_Item]) -> Iterator[_Pair]:
    """What differs in one thing only: same provider and a title that is not said to be another training, or the same
    title under another provider. Only where neither side has a second candidate."""
    partners: dict[int, list[tuple[_Item, str, float]]] = defaultdict(list)
    wanted: dict[str, int] = defaultdict(int)
    by_number = {row.row: row for row in rows}
    for row, item in _candidates(rows, items):
        near = _near(row, item)
        if near is not None:
            partners[row.row].append((item, *near))
            wanted[item.offer.id] += 1
    for number, found in partners.items():
        item, how, score = found[0]
        if len(found) == 1 and wanted[item.offer.id] == 1:
            yield _Pair(by_number[number], item, how, score)


def _near(row: OfficialRow, item: _Item) -> tuple[str, float] | None:
    ours, theirs = read_provider(item.offer.provider_raw).id, read_provider(row.provider).id
    verdict, score, _ = compare_titles(title_key(row.title or ""), title_key(item.offer.title_raw))
    same_provider = bool(ours and theirs and alike_providers(ours, theirs))
    if same_provider and verdict == "unsure":
        return "lembaga sama, judul mirip", round(score * 0.8, 3)
    if not same_provider and verdict == "same" and score >= 0.95:
        return "judul sama, lembaga berbeda", round(score * 0.7, 3)
    return None


MOST_COMMON = 60  # a word that stands in more titles than this does not make candidates by itself


def _candidates(rows: list[OfficialRow], items: list[_Item]) -> Iterator[tuple[OfficialRow, _Item]]:
    """Pairs whose titles share a rare word; with only common words in a title, its rarest one counts."""
    where: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        for word in set(words_of(item.offer.title_raw)):
            where[word].append(item)
    for row in rows:
        words = sorted((w for w in set(words_of(row.title)) if w in where), key=lambda w: (len(where[w]), w))
        chosen = [word for word in words if len(where[word]) <= MOST_COMMON] or words[:1]
        seen: set[str] = set()
        for word in chosen:
            for item in where[word]:
                if item.offer.id not in seen:
                    seen.add(item.offer.id)
                    yield row, item


# --- differences ---


def _figures(
    platform: str,
    pairs: Sequence[_Pair],
    missing: Sequence[OfficialRow],
    unlisted: Sequence[_Item],
    into: list[Difference],
) -> PlatformFigures:
    figures = PlatformFigures(
        platform=platform,
        listed=len(pairs) + len(missing),
        published=len(pairs) + len(unlisted),
        matched=len(pairs),
        by_code=sum(1 for pair in pairs if pair.how == "kode"),
        by_link=sum(1 for pair in pairs if pair.how == "tautan"),
        missing=len(missing),
        unlisted=len(unlisted),
    )
    figures.by_matcher = figures.matched - figures.by_code - figures.by_link
    into.extend(_of_row("missing", row, "") for row in missing)
    into.extend(_of_item("unlisted", item) for item in unlisted)
    for pair in pairs:
        found = list(_of_pair(pair))
        for difference in found:
            setattr(figures, difference.kind, getattr(figures, difference.kind) + 1)
        figures.differing += any(difference.kind in ("title", "provider") for difference in found)
        figures.price_unknown += pair.row.price_idr is None or pair.item.offer.price_idr is None
        into.extend(found)
    return figures


def _of_pair(pair: _Pair) -> Iterator[Difference]:
    row, offer = pair.row, pair.item.offer
    if row.price_idr is not None and offer.price_idr is not None and offer.price_idr > row.price_idr:
        yield _both("dearer", pair, f"Rp{offer.price_idr - row.price_idr:,} di atas daftar".replace(",", "."))
    if row.title and fold(row.title) not in (
        fold(offer.title_raw),
        fold(offer.title),
        fold(clean_title(offer.title_raw)),
    ):
        yield _both("title", pair, "")
    if row.provider and offer.provider_raw and read_provider(row.provider).id != read_provider(offer.provider_raw).id:
        yield _both("provider", pair, "")


def _of_row(kind: DifferenceKind, row: OfficialRow, reason: str) -> Difference:
    return Difference(
        kind=kind,
        platform=row.platform,
        row=row.row,
        code=row.code,
        official_title=row.title,
        official_provider=row.provider,
        official_price_idr=row.price_idr,
        url=row.url,
        reason=f"{WORDS[kind]}{': ' + reason if reason else ''}",
    )


def _of_item(kind: DifferenceKind, item: _Item) -> Difference:
    offer = item.offer
    return Difference(
        kind=kind,
        platform=offer.platform,
        code=offer.code,
        offer=offer.id,
        course=item.course.id,
        slug=item.course.slug,
        title=offer.title_raw,
        provider=offer.provider_raw,
        price_idr=offer.price_idr,
        url=offer.url,
        reason=WORDS[kind],
    )


def _both(kind: DifferenceKind, pair: _Pair, reason: str) -> Difference:
    difference = _of_item(kind, pair.item)
    difference.row, difference.code = pair.row.row, pair.row.code or difference.code
    difference.official_title, difference.official_provider = pair.row.title, pair.row.provider
    difference.official_price_idr = pair.row.price_idr
    difference.how, difference.confidence = pair.how, pair.confidence
    if reason:
        difference.reason += f" ({reason})"
    return difference
