"""Servers in the documented shapes that are not the project's own replicas are read just as well."""

from __future__ import annotations

import gzip
import http.server
import threading
from pathlib import Path

import pytest

from tests.spiders import strangers
from tests.spiders.harness import Ran, crawl, serving
from tests.spiders.strangers import Given, Pages, Site, given

COURSES = given(23)


def bare_page(one: Given) -> str:
    return "<h1>Halaman kelas</h1>"


def nothing(one: Given) -> str:
    return ""


def coded(one: Given) -> str:
    """JSON-LD that names a curriculum's code and no duration."""
    text = strangers.graph_with_offers(one).replace(f'"timeRequired": "PT{one.hours}H",', "")
    return text.replace('"@type": "Course"', f'"@type": "Course", "courseCode": "P.85.FAS03.{one.number}"')


def number_of(price: str | None) -> str:
    """The digits of a price as it was seen, without decimals."""
    return "".join(c for c in (price or "").removesuffix(".0").removesuffix(".00") if c.isdigit())


def check(ran: Ran, *, providers: bool = True, requests: int = 0) -> None:
    """Everything that was given is found, nothing else, and nothing private is stored."""
    assert ran.report.finish_reason == "finished", ran.report.notes
    found = {listing.title: listing for listing in ran.listings}
    assert set(found) == {one.title for one in COURSES}
    assert len(ran.listings) == len(COURSES)
    assert {one.title: str(one.price) for one in COURSES} == {t: number_of(x.price) for t, x in found.items()}
    if providers:
        assert {one.title: one.provider for one in COURSES} == {t: x.provider for t, x in found.items()}
    kept = gzip.decompress((ran.folder / "raw.jsonl.gz").read_bytes()).decode()
    for stored in ((ran.folder / "listings.jsonl").read_text(), kept):
        assert "Rahmat" not in stored
        assert "3456" not in stored
        assert "@contoh" not in stored
    assert not requests or ran.report.requests <= requests


PAGES: dict[str, tuple[str, Pages]] = {
    "a link rel=next with more words": (
        "pijarmahir", Pages("/category/kartu-prakerja", lambda o: f"/course/{o.slug}", 7, "rel")),
    "next in the head": (
        "pintaria", Pages("/kartuprakerja", lambda o: f"/{o.slug}", 3, "head", strangers.open_graph)),
    "WordPress paths": (
        "maubelajarapa", Pages("/kartuprakerja/", lambda o: f"/workshop/seni/rupa/{o.slug}/", 5, "path")),
    "nothing but ?page=": (
        "sisnaker", Pages("/", lambda o: f"/pelatihan/{o.slug}-{o.uuid}", 12, "none", over="last")),
    "numbers, prices on one line": (
        "sekolahmu", Pages("/kartuprakerja/", lambda o: f"/program/{o.slug}", 6, "numbers", nothing,
                           strangers.plain_html, over="empty")),
    "providers first": (
        "sekolahmu", Pages("/kartuprakerja/", lambda o: f"/program/{o.slug}", 2, "none",
                           branches=("/mitra/a", "/mitra/b", "/mitra/c", "/mitra/d", "/mitra/e"))),
    "institutions first": (
        "pijarmahir", Pages("/category/kartu-prakerja", lambda o: f"/course/{o.slug}", 4, "numbers",
                            branches=tuple(f"/institution-partner/{n}?page=1&limit=30" for n in range(5)))),
    "microdata": (
        "pintaria", Pages("/kartuprakerja", lambda o: f"/kursus/{o.slug}", 9, "words", nothing, strangers.microdata)),
    "an ItemList instead of links": (
        "sisnaker", Pages("/pelatihan/prakerja", lambda o: f"/pelatihan/{o.slug}-{o.uuid}", 8, "rel",
                          strangers.product_with_aggregate, link="json")),
    "no interface, shop pages": (
        "tokopedia", Pages("/kartu-prakerja", lambda o: f"/kartu-prakerja/{o.slug}/{o.serial}", 10, "path")),
    "no interface, documented classes": (
        "bukalapak", Pages("/kartu-prakerja", lambda o: f"/p/kursus/daring/umum/{o.serial}-jual-{o.slug}", 8, "none",
                           nothing, strangers.bukalapak_html)),
    "no interface, documented test ids": (
        "skillacademy", Pages("/", lambda o: f"/course-detail/{o.slug}/COURSE-{o.serial.upper()}", 8, "none",
                              nothing, strangers.skill_academy_html)),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_other_makers(name: str, tmp_path: Path) -> None:
    platform, pages = PAGES[name]
    with serving(pages.site(COURSES)) as there:
        ran = crawl(platform, tmp_path, there.url)
    check(ran, providers=pages.body not in (strangers.bukalapak_html, strangers.skill_academy_html))
    listed = pages.branches and platform == "pijarmahir"  # a provider's own list shows nothing about the card
    assert {listing.eligible for listing in ran.listings} == {"unknown" if listed else "yes"}


INTERFACES: dict[str, tuple[str, Site]] = {
    "small pages": ("skillacademy", strangers.skill_academy(COURSES, cap=6)),
    "no totals, a null behind the end": (
        "skillacademy", strangers.skill_academy(COURSES, cap=7, drop=("totalCourse", "totalPage"), over="null")),
    "no totals, an error behind the end": (
        "skillacademy", strangers.skill_academy(COURSES, cap=7, drop=("totalCourse", "totalPage"), over="500")),
    "the last page for ever": ("skillacademy", strangers.skill_academy(COURSES, cap=23, over="last")),
    "the older address, keys missing": (
        "skillacademy",
        strangers.skill_academy(COURSES, cap=50, path="/skillacademy/discovery/search",
                                drop=("basePrice", "location", "rating", "totalRating", "slug", "tags", "topics"))),
    "a smaller limit than asked for": ("bukalapak", strangers.bukalapak(COURSES, cap=9)),
    "page instead of offset": ("bukalapak", strangers.bukalapak(COURSES, cap=4, by="page")),
    "no meta": ("bukalapak", strangers.bukalapak(COURSES, cap=10, drop=("meta", "stats", "category", "rating"))),
    "objects, relative links": ("tokopedia", strangers.tokopedia(COURSES, cap=10, text=False, links="relative")),
    "JSON strings, the mobile host": ("tokopedia", strangers.tokopedia(COURSES, cap=7, text=True, links="mobile")),
    "a refused layout": ("tokopedia", strangers.tokopedia(COURSES, cap=60, text=False, layout="error")),
    "first edition in an envelope": (
        "skillsweek", strangers.skills_week(COURSES, path="/js/course.json", later=False, mark=True)),
    "a later edition": (
        "skillsweek",
        strangers.skills_week(COURSES, path="/skill_week/list_pelatihan_skillweek_7.json", later=True)),
}  # fmt: skip


@pytest.mark.parametrize("name", INTERFACES)
def test_interfaces_of_other_makers(name: str, tmp_path: Path) -> None:
    platform, site = INTERFACES[name]
    with serving(site) as there:
        ran = crawl(platform, tmp_path, there.url)
    check(ran)
    if ran.report.declared is not None:
        assert ran.report.declared == len(COURSES)


def test_a_json_text_inside_an_answer_is_scrubbed_as_json(tmp_path: Path) -> None:
    with serving(strangers.tokopedia(COURSES, cap=60, text=True)) as there:
        ran = crawl("tokopedia", tmp_path, there.url)
    assert "redesign_api" not in ran.report.errors
    assert all("level" in {s.key for s in listing.sections} for listing in ran.listings)
    assert not any(s.key in ("pengajar", "kontak") for listing in ran.listings for s in listing.sections)


@pytest.mark.parametrize("how", ["good", "all", "down"])
def test_curricula_only_enrich(how: str, tmp_path: Path) -> None:
    pages = Pages("/pelatihan/prakerja", lambda o: f"/pelatihan/{o.slug}-{o.uuid}", 6, "rel", coded, bare_page)
    with serving(strangers.with_proglat(pages.site(COURSES), how)) as there:
        ran = crawl("sisnaker", tmp_path, there.url)
    check(ran)
    hours = {listing.title: listing.duration for listing in ran.listings}
    first = COURSES[0]
    assert hours[first.title] == (f"{first.hours * 60} menit" if how == "down" else "8 JP")
    assert how != "down" or ran.report.errors["redesign_api"] >= 1


class _OneByOne(http.server.HTTPServer):
    """Serves one connection, for as long as it is kept open, before it looks at the next."""

    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up waiting is no news here."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _OneByOne

    def do_GET(self) -> None:
        status, headers, content = self.server.site("GET", self.path, b"") or (404, {}, b"not here")
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_a_server_of_one_connection_at_a_time_is_asked_one_by_one(tmp_path: Path) -> None:
    pages = Pages("/category/kartu-prakerja", lambda o: f"/course/{o.slug}", 7, "rel")
    server = _OneByOne(("127.0.0.1", 0), _Handler)
    server.site = pages.site(COURSES)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        origin = f"http://127.0.0.1:{server.server_address[1]}"
        ran = crawl("pijarmahir", tmp_path, origin, settings={"DOWNLOAD_TIMEOUT": 4})
    finally:
        server.shutdown()
        server.server_close()
    check(ran)
