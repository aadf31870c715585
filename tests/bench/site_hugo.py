"""Do 20,000 course pages cost less with our Pelican setup than with Hugo (Debian's package)?

Both get the same records and write the same pages; the visible text of a sample of them is compared first, so that
neither may win by leaving something out. Hugo gets dates and a few words ready-made, which favours it.
Budget: at most 0.7 of Hugo's CPU time and 0.25 of its memory.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import lxml.html

from catalog.files import write_lines
from catalog.records import Course
from tests.bench._site_run import ROOT, pelican, run
from tests.factories import make_catalog

COURSES = int(os.environ.get("SITE_BENCH_COURSES", "20000"))
CPU, MEMORY = 0.7, 0.25
LAYOUT = Path(__file__).with_name("_hugo")


def main() -> int:
    """Exit code 1 when over budget."""
    if not shutil.which("hugo"):
        print("hugo is not installed: run tools/setup.sh bench")
        return 1
    courses = make_catalog(COURSES)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_lines(work / "var" / "catalog" / "courses.jsonl", courses)
        hugo_site(work / "hugo", courses)
        ours = pelican(work / "var", work / "ours", what="pages")
        theirs = run(["hugo", "--quiet", "--destination", str(work / "theirs")], {}, work / "hugo")
        different = compare(work / "ours", work / "theirs", [c.slug for c in courses[:: max(1, COURSES // 50)]])
    print(f"{COURSES} course pages, one run each, CPU = user + system")
    print(f"  ours  {ours.cpu:7.1f} s  {ours.memory:7.0f} MB")
    print(f"  hugo  {theirs.cpu:7.1f} s  {theirs.memory:7.0f} MB")
    print(f"  ratio {ours.cpu / theirs.cpu:7.2f}    {ours.memory / theirs.memory:7.2f}   (budget {CPU}, {MEMORY})")
    if different:
        print(f"the pages differ, so the figures compare unequal work: {different[0]}")
        return 1
    return int(ours.cpu > CPU * theirs.cpu or ours.memory > MEMORY * theirs.memory)


def hugo_site(folder: Path, courses: list[Course]) -> None:
    """A Hugo site whose content files carry one course each as JSON front matter."""
    sys.path.insert(0, str(ROOT / "site" / "plugins"))
    os.environ |= {"BANDING_NIGHT": "2020-07-15", "BANDING_VAR": str(folder), "BANDING_SAMPLE": "1"}
    from banding_cards import make_card
    from banding_context import read_site
    from banding_course import course_view
    from banding_text import deadline, summary

    site = read_site()
    shutil.copytree(LAYOUT, folder)
    content = folder / "content" / "pelatihan"
    content.mkdir(parents=True)
    (folder / "data").mkdir()
    names = {spec.id: site.platform_name(spec.id) for spec in site.specs.values()}
    shared = {"deadline": deadline(site), "css": site.asset(""), "names": names}
    (folder / "data" / "site.json").write_text(json.dumps(shared))
    for course in courses:
        card = make_card(course)
        view = course_view(course, card, site, [])
        text = summary(course, card, site)
        (content / f"{card.slug}.md").write_text(json.dumps(front(course, card, view, text), ensure_ascii=False))


def front(course: Course, card: Any, view: dict[str, Any], text: str) -> dict[str, Any]:
    """The record as Hugo's template reads it."""
    keep = ("id", "platform", "price_idr", "eligible", "title_raw", "price_raw", "eligible_evidence")
    offers = [
        {
            **{key: getattr(entry["o"], key) for key in keep},
            "name": entry["name"],
            "link": entry["url"],
            "where": entry["where"],
            "lowest": entry["o"].id == view["lowest"],
            "since": str(entry["o"].price_since),
        }
        for entry in view["offers"]
    ]
    return {
        "title": card.title,
        "slug": card.slug,
        "params": {
            "code": course.id,
            "summary": text,
            "provider": card.provider,
            "provider_id": card.provider_id,
            "levels": card.levels,
            "level_source": card.level_source,
            "modes": card.modes,
            "minutes": card.minutes,
            "category": course.category,
            "price": card.price,
            "eligibility": view["eligibility"],
            "first_seen": str(course.first_seen),
            "offers": offers,
            "buying": [{"name": name, "text": rule.text} for name, rule in view["buying"]],
        },
    }


def words(page: Path) -> list[str]:
    """The visible signs of a page's main part without white space, in pieces of ten, and its links."""
    tree = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
    main = tree.xpath("//main")[0]
    links = [re.sub(r"^https?://[^/]+", "", a.get("href")) for a in main.iter("a")]
    signs = "".join(main.text_content().split())
    return [signs[i : i + 10] for i in range(0, len(signs), 10)] + links


def compare(ours: Path, theirs: Path, slugs: list[str]) -> list[str]:
    """Pages whose words differ, with the first difference."""
    found = []
    for slug in slugs:
        one, two = (words(folder / "pelatihan" / slug / "index.html") for folder in (ours, theirs))
        if one != two:
            at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
            found.append(f"{slug}: ours …{' '.join(one[at : at + 6])}, theirs …{' '.join(two[at : at + 6])}")
    return found


if __name__ == "__main__":
    sys.exit(main())
