"""What does a night cost on which 1 % of the courses changed, and how many files keep their bytes?

A full build, then 1 % other prices built on top of it, then a full build of the same catalog to compare bytes with.
The search index is left out: it is measured by search_* and built before the pages.
Budget: at most 15 % of the full build's CPU, at least 95 % of the page files unchanged, under 1 GB, byte-equal.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from catalog.files import write_lines
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
        for course in courses[::100]:
            offer = course.offers[0]
            offer.price_idr = (offer.price_idr or 50_000) + 5_000
            if offer.id == course.lowest_offer:
                course.lowest_price_idr = offer.price_idr
        write_lines(lines, courses)
        night = pelican(work / "var", work / "night", what="site", previous=work / "quiet")
        write_lines(work / "fresh" / "catalog" / "courses.jsonl", courses)
        pelican(work / "fresh", work / "again", what="site")
        kept, pages = unchanged(work / "quiet", work / "night")
        different = differing(work / "night", work / "again")
    print(f"{COURSES} courses; CPU = user + system")
    for name, cost in (("full", full), ("nothing changed", quiet), ("1 % changed", night)):
        print(f"  {name:16} {cost.cpu:7.1f} s  {cost.cpu / full.cpu:6.2%}  {cost.memory:6.0f} MB")
    print(f"  page files with the same bytes: {kept} of {pages}, {kept / pages:.1%} (budget {KEPT:.0%})")
    print(f"  byte-equal to a full build: {'yes' if not different else different[:3]}")
    over = night.cpu > SHARE * full.cpu or kept < KEPT * pages or full.memory > MEMORY or bool(different)
    return int(over)


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
