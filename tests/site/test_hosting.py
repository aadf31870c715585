"""Any base path, any host: no broken link, no redirect, every course within four clicks, limits of free hosts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.site.building import build_site, usual_courses
from tests.site.crawler import addresses, crawl

# Written by the nightly job after the site stage.
LATER = ("data/",)


@pytest.mark.parametrize(
    ("base", "links"), [("/", "folder"), ("/repo/", "folder"), ("/a/b/", "folder"), ("/repo/", "file")]
)
def test_no_link_is_broken_or_redirected_and_every_course_is_within_four_clicks(
    var: Path, tmp_path: Path, base: str, links: str
) -> None:
    out = build_site(var, tmp_path, base=base, links=links)
    clicks, problems = crawl(out, base, folders=links == "folder", ignore=LATER)
    assert problems == []
    courses = {path.parent.name for path in (out / "pelatihan").glob("*/index.html")}
    assert len(courses) == len(usual_courses())
    end = "/index.html" if links == "file" else "/"
    depth = {slug: clicks.get(f"{base}pelatihan/{slug}{end}", 99) for slug in courses}
    assert max(depth.values()) <= 4, {slug: n for slug, n in depth.items() if n > 4}


def test_the_crawler_sees_a_broken_link_and_a_redirect(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "index.html").write_text("<p>x</p>")
    (tmp_path / "index.html").write_text('<a href="x">redirects</a><a href="nix.html">broken</a><a href="x/">good</a>')
    clicks, problems = crawl(tmp_path, "/")
    assert len(problems) == 2
    assert clicks == {"/": 0, "/x/": 1}


def test_the_404_page_works_from_any_depth(built: Path) -> None:
    for address in addresses((built / "404.html").read_bytes(), "https://situs.example/repo/a/b/c/d"):
        if address.startswith("https://situs.example"):
            assert address.startswith("https://situs.example/repo/"), address
            assert "/a/b/" not in address


def test_files_of_free_hosts(built: Path) -> None:
    files = [path for path in built.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) < 24 * 2**20
    assert (built / ".nojekyll").is_file()
    headers = (built / "_headers").read_text()
    rules = [line for line in headers.splitlines() if line and not line.startswith(" ")]
    assert len(rules) <= 100
    assert max(len(line) for line in headers.splitlines()) <= 2000
    # One course costs less than three files, so that 6,000 courses stay under 18,000.
    pages = len(list((built / "pelatihan").glob("*/index.html")))
    assert len([p for p in files if p.parts[-3:-2] != ("umpan",)]) < 150 + 3 * pages


def test_no_page_asks_another_host_for_anything(built: Path) -> None:
    asking = re.compile(rb'<(?:script|img|iframe|source|video|audio|embed|object)[^>]+(?:src|data)="(?:https?:)?//')
    styles = re.compile(rb'<link[^>]+rel="(?:stylesheet|icon|preload|modulepreload|manifest)"[^>]+href="https?://')
    for page in built.rglob("*.html"):
        data = page.read_bytes()
        assert not asking.search(data), page
        assert not styles.search(data), page
    css = b"".join(path.read_bytes() for path in built.rglob("*.css"))
    assert b"url(" not in css
    assert b"@import" not in css
