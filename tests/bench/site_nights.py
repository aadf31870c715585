"""What does a night cost on which 1 % of the offers changed, and how many files keep their bytes?

A full build, then every hundredth offer with another price (1.6 % of the courses) built on top of it, then a full build
of the same catalog to compare bytes with. The search index and the open data are left out: they are measured by
search_* and nightly_cost. Bytes are told as they lie and with each file gzipped.
Budget: at most 15 % of the full build's CPU, at least 95 % of the page files unchanged, under 1 GB, byte-equal.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from catalog.files import write_lines
from catalog.records import Course
from tests.bench._site_run import pelican
from tests.factories import make_catalog

COURSES = int(os.environ.get("SITE_BENCH_COURSES", "100000"))
SHARE, KEPT, MEMORY = 0.15, 0.95, 1024


def main() -> int:
    """Exit code 1 when over budget or when the incremental build differs from the full one."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        courses = make_catalog(COURSES)
        lines = work / "var" / "catalog" / "courses.jsonl"
        write_lines(lines, courses)
        full = pelican(work / "var", work / "full", what="site")
        quiet = pelican(work / "var", work / "quiet", what="site", previous=work / "full")
        move_prices(courses)
        write_lines(lines, courses)
        night = pelican(work / "var", work / "night", what="site", previous=work / "quiet")
        write_lines(work / "fresh" / "catalog" / "courses.jsonl", courses)
        pelican(work / "fresh", work / "again", what="site")
        kept, pages = unchanged(work / "quiet", work / "night")
        different = differing(work / "night", work / "again")
        raw, packed = sent(work / "quiet", work / "night")
    print(f"{COURSES} courses; CPU = user + system")
    for name, cost in (("full", full), ("nothing changed", quiet), ("1 % changed", night)):
        print(f"  {name:16} {cost.cpu:7.1f} s  {cost.cpu / full.cpu:6.2%}  {cost.memory:6.0f} MB")
    print(f"  page files with the same bytes: {kept} of {pages}, {kept / pages:.1%} (budget {KEPT:.0%})")
    print(f"  bytes of changed files: {raw:.1%} of all, {packed:.1%} with each file gzipped")
    print(f"  byte-equal to a full build: {'yes' if not different else different[:3]}")
    over = night.cpu > SHARE * full.cpu or kept < KEPT * pages or full.memory > MEMORY or bool(different)
    return int(over)


def move_prices(courses: Sequence[Course]) -> None:
    """Every hundredth offer gets another price, up or down; the courses' lowest follow."""
    number = 0
    for course in courses:
        for offer in course.offers:
            number += 1
            if number % 100 == 0 and offer.price_idr is not None:
                offer.price_idr = offer.price_idr * (70, 80, 90, 110, 125)[number // 100 % 5] // 100_000 * 1_000
        sure = [o for o in course.offers if o.eligible == "yes" and o.price_idr is not None]
        lowest = min(sure, key=lambda o: (o.price_idr, o.id), default=None)
        course.lowest_offer, course.lowest_price_idr = (lowest.id, lowest.price_idr) if lowest else (None, None)


def sent(old: Path, new: Path) -> tuple[float, float]:
    """The share of bytes in files that `old` does not have just so: (as they lie, gzipped)."""
    sums = [[0, 0], [0, 0]]
    for path in (p for p in new.rglob("*") if p.is_file()):
        data, before = path.read_bytes(), old / path.relative_to(new)
        sizes = len(data), len(gzip.compress(data, 6))
        changed = not before.is_file() or before.read_bytes() != data
        for total, size in zip(sums, sizes, strict=True):
            total[0] += size
            total[1] += size * changed
    return sums[0][1] / sums[0][0], sums[1][1] / sums[1][0]


def unchanged(old: Path, new: Path) -> tuple[int, int]:
    """(page files of `new` that have the same bytes in `old`, page files of `new`)."""
    pages = [path.relative_to(new) for path in new.rglob("*.html")]
    kept = sum((old / n).is_file() and (old / n).read_bytes() == (new / n).read_bytes() for n in pages)
    return kept, len(pages)


def differing(one: Path, two: Path) -> list[str]:
    """Files that differ or stand on one side only."""
    names = {p.relative_to(f).as_posix() for f in (one, two) for p in f.rglob("*") if p.is_file()}
    same = lambda n: (one / n).is_file() and (two / n).is_file() and (one / n).read_bytes() == (two / n).read_bytes()  # noqa: E731
    return sorted(n for n in names if not same(n))


if __name__ == "__main__":
    sys.exit(main())
