"""Any base path, any host: no broken link, no redirect, every course within four clicks, limits of free hosts."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import lxml.html
import pytest

from catalog.files import write_json
from tests.site.building import build_site, run_pelican, usual_courses, write_catalog
from tests.site.crawler import addresses, crawl
from tests.site.jsonld import problems

# Written by the nightly job after the site stage.
LATER = ("data/",)


@pytest.mark.parametrize(
    ("base", "links"), [("/", "folder"), ("/repo/", "folder"), ("/a/b/", "folder"), ("/repo/", "file")]
)
def test_no_link_is_broken_or_redirected_and_every_course_is_within_four_clicks(
    var: Path, tmp_path: Path, base: str, links: str
) -> None:
    out = build_site(var, tmp_path, base=base, links=links)
    clicks, broken = crawl(out, base, folders=links == "folder", ignore=LATER)
    assert broken == []
    courses = {path.parent.name for path in (out / "pelatihan").glob("*/index.html")}
    assert len(courses) == len(usual_courses())
    end = "/index.html" if links == "file" else "/"
    depth = {slug: clicks.get(f"{base}pelatihan/{slug}{end}", 99) for slug in courses}
    assert max(depth.values()) <= 4, {slug: n for slug, n in depth.items() if n > 4}


@pytest.mark.parametrize(("base", "links"), [("/", "folder"), ("/a/b/", "file")])
def test_courses_that_share_pages_are_all_there_and_within_four_clicks(
    var: Path, tmp_path: Path, base: str, links: str
) -> None:
    out = build_site(var, tmp_path, base=base, url="https://contoh.example" + base, links=links, pages="lists")
    clicks, broken = crawl(out, base, folders=links == "folder", ignore=LATER)
    assert broken == []
    assert [path.name for path in (out / "pelatihan").iterdir()] == ["index.html"]
    shared = sorted((out / "kelompok").glob("*/index.html"))
    # 141 courses need eight pages of about thirty.
    assert len(shared) == 8
    anchors: dict[str, str] = {}
    for page in shared:
        data = page.read_bytes()
        address = f"{base}kelompok/{page.parent.name}/" + ("index.html" if links == "file" else "")
        assert clicks[address] <= 4
        assert problems(data, "https://contoh.example" + base.rstrip("/")) == []
        tree = lxml.html.document_fromstring(data.decode())
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert set(tree.xpath("//@aria-labelledby")) <= set(ids)
        anchors |= {article.get("id"): address for article in tree.iter("article")}
    assert len(anchors) == len(usual_courses())
    # Every link to a course names its page and an anchor that is there.
    named = set()
    for page in out.rglob("*.html"):
        for address in lxml.html.document_fromstring(page.read_text(encoding="utf-8")).xpath("//a/@href"):
            path, mark, slug = address.partition("#")
            if mark and "/kelompok/" in path:
                assert anchors[slug] == path, address
                named.add(slug)
    assert named == set(anchors)


@pytest.mark.parametrize("pages", ["full", "lists"])
def test_in_a_large_catalog_lists_hold_the_cheapest_and_every_course_is_still_within_four_clicks(
    tmp_path: Path, pages: str
) -> None:
    courses = usual_courses(220)
    for course in courses[:60]:
        course.status = "gone"
        for offer in course.offers:
            offer.status, offer.gone_since = "gone", offer.last_seen
    var = write_catalog(tmp_path / "var", courses)
    out = build_site(
        var,
        tmp_path / "out",
        base="/a/",
        url="https://contoh.example/a",
        pages=pages,
        settings="tests/site/_small_limits.py",
    )
    clicks, broken = crawl(out, "/a/", ignore=LATER)
    assert broken == []
    paths = sorted(p for p in clicks if p.startswith(("/a/pelatihan/", "/a/kelompok/")) and p != "/a/pelatihan/")
    assert len(paths) == (len(courses) if pages == "full" else 8)
    assert max(clicks[path] for path in paths) <= 4
    every = lxml.html.document_fromstring((out / "daftar/semua/index.html").read_text())
    lead = " ".join(every.xpath("//p[@class='lead']")[0].text_content().split())
    active = sum(c.status == "active" for c in courses)
    assert lead.startswith(f"12 yang termurah dari {active} pelatihan aktif.")
    assert every.xpath("//main//a[@href='/a/daftar/abjad/']")
    shown = [
        int(item.get("data-price"))
        for page in out.glob("daftar/semua/**/index.html")
        for item in lxml.html.document_fromstring(page.read_text()).xpath("//li[@data-course]")
    ]
    prices = [o.price_idr for c in courses if c.status == "active" for o in c.offers if o.status == "active"]
    assert len(shown) == 12
    assert min(shown) == min(p for p in prices if p is not None)
    packed = sorted(out.glob("sitemap-*.xml.gz"))
    assert len(packed) > 1
    index = (out / "sitemap.xml").read_text()
    assert all(f"<loc>https://contoh.example/a/{path.name}</loc>" in index for path in packed)
    named = b"".join(gzip.decompress(path.read_bytes()) for path in packed).count(b"<loc>")
    assert named > len(paths)
    # A long archive has pages of its own.
    assert (out / "platform/tokopedia/arsip/index.html").is_file()


def merged_registry(var: Path) -> None:
    """c2 went over c0 into c1, another id into a course that is not there any more, one into a course of its slug."""
    slugs = {
        "c0": "judul-lama",
        "c1": "contoh-1",
        "c2": "judul-lebih-lama",
        "lost": "hilang-sama-sekali",
        "c3": "contoh-3",
    }
    merged = {"c2": "c0", "c0": "c1", "lost": "nowhere", "c3": "c1"}
    write_json(var / "state" / "registry.json", {"version": 1, "offers": {}, "slugs": slugs, "merged": merged})


def test_a_merged_courses_old_address_leads_to_the_new_one(tmp_path: Path) -> None:
    var = write_catalog(tmp_path / "var", usual_courses(5))
    merged_registry(var)
    out = build_site(var, tmp_path / "out", base="/repo/", url="https://contoh.example/repo")
    clicks, broken = crawl(out, "/repo/", ignore=LATER)
    assert broken == []
    for slug in ("judul-lama", "judul-lebih-lama"):
        tree = lxml.html.document_fromstring((out / "pelatihan" / slug / "index.html").read_text())
        assert tree.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=/repo/pelatihan/contoh-1/"]
        assert tree.xpath("//link[@rel='canonical']/@href") == ["https://contoh.example/repo/pelatihan/contoh-1/"]
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert tree.xpath("//main//p/a/@href") == ["/repo/pelatihan/contoh-1/"]
        assert f"/repo/pelatihan/{slug}/" not in clicks
        assert slug not in (out / "sitemap.xml").read_text()
    assert not (out / "pelatihan/hilang-sama-sekali").exists()
    assert "Halaman ini pindah" not in (out / "pelatihan/contoh-3/index.html").read_text()
    assert (out / "_redirects").read_text().splitlines() == [
        "/repo/pelatihan/judul-lama/ /repo/pelatihan/contoh-1/ 301",
        "/repo/pelatihan/judul-lebih-lama/ /repo/pelatihan/contoh-1/ 301",
    ]
    shared = build_site(var, tmp_path / "shared", pages="lists")
    assert not (shared / "_redirects").exists()


def test_shared_pages_keep_their_bytes_and_follow_a_changed_course(var: Path, tmp_path: Path) -> None:
    courses = usual_courses()
    own = write_catalog(tmp_path / "var", courses)
    first = build_site(own, tmp_path / "one", pages="lists")
    courses[3].offers[0].price_idr = 123_000
    write_catalog(own, courses)
    second = build_site(own, tmp_path / "two", pages="lists", previous=first)
    changed = [
        p
        for p in second.glob("kelompok/*/index.html")
        if p.read_bytes() != (first / p.relative_to(second)).read_bytes()
    ]
    assert len(changed) == 1
    assert "Rp123.000" in changed[0].read_text(encoding="utf-8")
    fresh = build_site(write_catalog(tmp_path / "again", courses), tmp_path / "three", pages="lists")
    assert {p.relative_to(second): p.read_bytes() for p in second.rglob("*.html")} == {
        p.relative_to(fresh): p.read_bytes() for p in fresh.rglob("*.html")
    }


def test_another_value_of_pages_is_refused_in_one_line(var: Path, tmp_path: Path) -> None:
    done = run_pelican(var, tmp_path, pages="few")
    assert done.returncode != 0
    assert "BANDING_PAGES='few': use full" in done.stdout + done.stderr


def test_the_crawler_sees_a_broken_link_and_a_redirect(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "index.html").write_text("<p>x</p>")
    (tmp_path / "index.html").write_text('<a href="x">redirects</a><a href="nix.html">broken</a><a href="x/">good</a>')
    clicks, broken = crawl(tmp_path, "/")
    assert len(broken) == 2
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
