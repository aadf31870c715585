"""Is a new build whole and true to the catalog? Every check names what is wrong; nothing is published otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from catalog.layout import Var
from nightly.pages import check_pages
from nightly.publish import read_build


def verify(out: Path, var: Var, *, previous: Path, links: str) -> tuple[list[str], dict[str, Any]]:
    """Problems (empty: publish) and facts for the summary."""
    build = read_build(out)
    if build is None:
        return ["build.json is missing or no JSON"], {}
    problems, facts = check_pages(out, base=str(build.get("base", "/")), sample=bool(build.get("sample")))
    problems += check_counts(out, var)
    return problems, facts


def check_counts(out: Path, var: Var) -> list[str]:
    """courses.json = the catalog's courses = the course pages."""
    wanted = set()
    with var.courses.open(encoding="utf-8") as lines:
        for line in lines:
            wanted.add(json.loads(line)["slug"])
    if not wanted:
        return ["the catalog is empty: there is nothing to publish"]
    pages = {path.parent.name for path in (out / "pelatihan").glob("*/index.html")}
    problems = [f"no page for course {slug}" for slug in sorted(wanted - pages)[:10]]
    problems += [f"page without course: {slug}" for slug in sorted(pages - wanted)[:10]]
    return problems
