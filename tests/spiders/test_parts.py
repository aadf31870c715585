"""The small parts: guards, scrubbing, walkers, layers, origin, retry-after, preview and scaffold."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from spiders import guards, reading, structured, walkers
from spiders.guards import Blocked
from spiders.middlewares import retry_after, server_time
from spiders.origin import Origin
from spiders.page import Answer
from spiders.preview import read_answer
from spiders.scaffold import new_platform
from spiders.scrub import names_in, scrub_html, scrub_json, scrub_text
from spiders.settings import SETTINGS
from spiders.walkers import ListPage, Walked, paged


def page(
    body: str | bytes, status: int = 200, kind: str = "text/html", url: str = "https://contoh.example/x"
) -> Answer:
    return Answer(url, status, {"content-type": kind}, body.encode() if isinstance(body, str) else body)


# ---- guards


@pytest.mark.parametrize(
    ("answer", "expect", "code"),
    [
        (page("<title>Just a moment...</title>"), "json", "challenge"),
        (page("<title>Just a moment...</title>", 403), "json", "challenge"),
        (page("<div class=g-recaptcha></div>"), "html", "challenge"),
        (page("<title>Masuk</title><form><input type=password></form>"), "html", "login_wall"),
        (page("x", 401), "html", "login_wall"),
        (page("<h1>Halaman tidak ditemukan</h1>"), "html", "soft_404"),
        (page("  \n"), "html", "empty"),
        (page(""), "json", "empty"),
        (page("<html><body>toko</body></html>"), "json", "content_type"),
        (page("OK"), "json", "shape"),
        (page(b"\x89PNG", kind="image/png"), "html", "content_type"),
        (page('{"a":1}', kind="application/json"), "xml", "content_type"),
        (page("kaput", 500), "html", "http_error"),
        (page("kaput", 404), "json", "http_error"),
    ],
)
def test_every_guard_has_its_code(answer: Answer, expect: Any, code: str) -> None:
    with pytest.raises(Blocked) as blocked:
        guards.check(answer, expect)
    assert blocked.value.code == code and code in guards.REASONS


@pytest.mark.parametrize(
    ("answer", "expect"),
    [
        (page('{"a":1}', kind="text/html"), "json"),
        (page("<html><h1>Kelas Masuk Dunia Kerja</h1></html>"), "html"),
        (page("<html><a href=/login>Masuk</a><p>Kelas</p></html>"), "html"),
        (page("<p>captcha adalah topik kelas ini</p>" + " " * 70_000), "html"),
        (page('<?xml version="1.0"?><urlset/>', kind="application/xml"), "xml"),
    ],
)
def test_good_answers_pass(answer: Answer, expect: Any) -> None:
    guards.check(answer, expect)


# ---- scrubbing


@pytest.mark.parametrize(
    "text",
    [
        "Hubungi 0812-3456-7890",
        "WA: +62 812 3456 7890",
        "(021) 3456-7890",
        "telp 021 34567890",
        "+6281234567890 ya",
        "62 81234567890",
        "surel: halo@contoh.id",
        "halo [at] contoh.id",
        "https://wa.me/6281234567890",
        "wa.me/6281234567890?text=x",
        "0812.3456.7890",
        "call +65 6123 4567",
    ],
)
def test_contacts_go(text: str) -> None:
    clean = scrub_text(text)
    assert "[kontak]" in clean
    assert not any(part in clean for part in ("3456", "@", "[at]", "6281", "6123"))
    assert scrub_text(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Rp 1.250.000",
        "Senin, 10 Agustus 2020, 08.00-10.00 WIB",
        "09.10 - 12.30",
        "KBJI 2014 kode 2654.03",
        "150000",
        "10/08/2020",
        "SKKNI Nomor 331 Tahun 2015",
        "365 menit",
        "08.15-09.45",
        "2020-08-10",
        "Rp100.000 - Rp 2.000.000",
        "0 - 100",
        "P.85.BHS03.2643.K1.24",
    ],
)
def test_prices_dates_and_codes_stay(text: str) -> None:
    assert scrub_text(text) == text


def test_names_go_with_their_section_and_everywhere_else() -> None:
    html = (
        "<p>Kelas bersama expert Sari Wulan Dewi, praktisi.</p><p><b>Level Pelatihan</b></p><p>Dasar</p>"
        "<p><b>Profil Pengajar</b></p><p>Nama : Bagus Tirta</p><p>Bagus adalah pelatih.</p>"
        "<p><b>Total Durasi</b></p><p>4 jam. Bagus Tirta memandu.</p>"
        "<p><b>Kontak Lembaga</b></p><p>0812-3456-7890</p>"
    )
    clean = scrub_html(html)
    assert not any(part in clean for part in ("Sari", "Wulan", "Bagus", "Tirta", "3456", "Profil"))
    assert "Dasar" in clean and "4 jam" in clean
    assert scrub_html(clean) == clean


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bersama expert Budi Santoso Wijaya dengan", {"Budi Santoso Wijaya"}),
        ("Nama : Ani Lestari", {"Ani Lestari"}),
        ("Instruktur: Dr. Rahmat Hidayat", {"Rahmat Hidayat"}),
        ("dibimbing oleh mentor profesional kami", set()),
        ("bersama instruktur Kartu Prakerja", set()),
        ("", set()),
    ],
)
def test_names_are_found_by_role_or_label(text: str, names: set[str]) -> None:
    assert names_in(text) == names


def test_json_keeps_ids_and_the_provider_and_loses_people() -> None:
    value = {
        "id": "081234567890",
        "serial": 6281234567890,
        "instructors": [{"name": "Budi Santoso"}],
        "teacher": "Vokasi .",
        "desc": "Kelas Budi Santoso yang seru",
        "cs_wa": "08123",
        "email": "a@b.co",
        "hasCourseInstance": {"performer": "Ani Lestari"},
    }
    clean = scrub_json(json.loads(json.dumps(value)))
    assert clean["id"] == "081234567890" and clean["serial"] == 6281234567890 and clean["teacher"] == "Vokasi ."
    assert clean["instructors"] is None and clean["cs_wa"] is None and clean["email"] is None
    assert "Budi" not in json.dumps(clean) and "Ani" not in json.dumps(clean)
    assert scrub_json(json.loads(json.dumps(clean))) == clean
    assert scrub_json({}) == {} and scrub_json(None) is None


def test_a_title_that_names_its_teacher_keeps_the_rest() -> None:
    assert reading.without_name("Membuat Roti bersama Chef [nama]") == "Membuat Roti"
    assert reading.without_name("Membuat Roti") == "Membuat Roti"


# ---- walkers


def walk(pages: dict[int, ListPage | Blocked]) -> tuple[list[str], str, Walked]:
    walked = Walked()

    async def fetch(number: int, offset: int) -> ListPage:
        found = pages.get(number, ListPage([]))
        if isinstance(found, Blocked):
            raise found
        return found

    async def run() -> tuple[list[str], str]:
        got: list[str] = []
        try:
            async for row in paged(fetch, lambda r: r.get("id"), walked):
                got.append(row["id"])
        except Blocked as blocked:
            return got, blocked.code
        return got, "finished"

    got, reason = asyncio.run(run())
    return got, reason, walked


def rows(*ids: str, **more: Any) -> ListPage:
    return ListPage([{"id": i} for i in ids], **more)


@pytest.mark.parametrize(
    ("pages", "got", "reason"),
    [
        ({1: rows("a", "b", total=3), 2: rows("c", total=3)}, "abc", "finished"),
        ({1: rows("a", "b")}, "ab", "finished"),
        ({1: rows()}, "", "empty"),
        ({}, "", "empty"),
        ({1: rows("a", "b", total=4), 2: rows("a", "b", total=4)}, "ab", "repeated_page"),
        ({1: rows("a", "b"), 2: rows("a", "b")}, "ab", "repeated_page"),
        ({1: rows("a", "b", total=2, size=2), 2: rows("c", total=2, size=2)}, "abc", "finished"),
        ({1: rows("a", total=1, size=1), 2: Blocked("http_error", status=404)}, "a", "finished"),
        ({1: rows("a", total=5), 2: Blocked("timeout")}, "a", "timeout"),
        ({1: rows("a", "b", total=9), 2: rows(total=9)}, "ab", "finished"),
        ({1: rows("a", "a", "b", total=2)}, "ab", "finished"),
        ({1: rows("a", pages=2), 2: rows("b", pages=2), 3: rows("b", pages=2)}, "ab", "finished"),
    ],
)
def test_a_walk_proves_its_end(pages: dict, got: str, reason: str) -> None:
    assert walk(pages)[:2] == (list(got), reason)


def test_an_endless_pager_ends() -> None:
    pages = {n: rows(*[f"{n}-{i}" for i in range(50)], total=10) for n in range(1, 50)}
    assert walk(pages)[1] == "budget"


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("345 pelatihan ditemukan", 345),
        ("Menampilkan 1-30 dari 1.345 pelatihan", 1345),
        ("Total Pelatihan: 12", 12),
        ("Halaman 3", None),
        ("", None),
        ("Ada banyak pelatihan", None),
    ],
)
def test_declared_totals(text: str, total: int | None) -> None:
    assert walkers.declared_total([text]) == total


@pytest.mark.parametrize(
    ("html", "following"),
    [
        ('<link rel="next" href="/k?page=2">', "https://x.id/k?page=2"),
        ('<a rel="next" href="?page=2">2</a>', "https://x.id/k?page=2"),
        ('<a href="/k?page=2">Selanjutnya</a>', "https://x.id/k?page=2"),
        ('<a href="/k/page/2/" aria-label="Next">»</a>', "https://x.id/k/page/2/"),
        ('<a href="/k?page=3">3</a><a href="/k?page=2">2</a>', "https://x.id/k?page=2"),
        ('<a href="/lain?page=2">Selanjutnya</a>', None),
        ('<a href="javascript:next()">Selanjutnya</a>', None),
        ("<p>habis</p>", None),
    ],
)
def test_next_links(html: str, following: str | None) -> None:
    assert walkers.next_link(page(f"<html><body>{html}</body></html>").tree, "https://x.id/k") == following


def test_sitemaps() -> None:
    first = "<url><loc>https://x.id/a?b=1&amp;c=2</loc><lastmod>2020-07-01</lastmod></url>"
    text = f"<urlset>{first}<url><loc> https://x.id/d </loc></url></urlset>"
    assert walkers.sitemap_entries(text) == ([("https://x.id/a?b=1&c=2", "2020-07-01"), ("https://x.id/d", None)], [])
    assert walkers.sitemap_entries("<sitemapindex><sitemap><loc>s1</loc></sitemap></sitemapindex>") == ([], ["s1"])
    assert walkers.sitemap_entries("") == ([], [])


# ---- layers


def test_the_first_layer_that_has_a_field_wins_and_is_named() -> None:
    body = (
        '<html><head><meta property="og:title" content="Kelas A | Pijar"><meta property="og:image" content="i.jpg">'
        '<script type="application/ld+json">{"@type":"Course","name":"Kelas A","offers":{"price":0}}</script></head>'
        "<body><h1>Kelas A!</h1><p>Lembaga: LPK B</p><p>Rp 5.000</p></body></html>"
    )
    fields, evidence = structured.merge(structured.page_layers(page(body)))
    assert (fields["title"], evidence["title"]) == ("Kelas A", "json-ld")
    assert (fields["price"], evidence["price"]) == ("0", "json-ld")
    assert (fields["image"], evidence["image"]) == ("i.jpg", "opengraph")
    assert (fields["provider"], evidence["provider"]) == ("LPK B", "html")


def test_microdata_is_read_where_there_is_no_json_ld() -> None:
    body = (
        '<html><body><div itemscope itemtype="https://schema.org/Course"><h1 itemprop="name">Kelas M</h1>'
        '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        '<meta itemprop="price" content="75000"></div></div></body></html>'
    )
    fields, evidence = structured.merge(structured.page_layers(page(body)))
    assert (fields["title"], fields["price"], evidence["price"]) == ("Kelas M", "75000", "microdata")


@pytest.mark.parametrize(
    ("item", "price", "struck"),
    [
        ({"price": 300000, "priceAfter": 0}, "300000", None),
        ({"price": 300000, "priceAfter": 200000}, "200000", "300000"),
        ({"price": "50000", "discounted_price": None}, "50000", None),
        ({"price": "50000", "discounted_price": "40000"}, "40000", "50000"),
        ({"harga": "Gratis"}, "Gratis", None),
        ({"price": None}, None, None),
        ({}, None, None),
    ],
)
def test_sale_prices(item: dict, price: str | None, struck: str | None) -> None:
    fields = structured.course_of(item)
    assert (fields.get("price"), fields.get("list_price")) == (price, struck)


def test_rows_of_other_keys_or_another_order_are_read_alike() -> None:
    row = {"title": "Kelas", "Course_Name": "Kelas Barista", "price": 5, "finalPrice": None, "harga": 7, "rating": 4.5}
    said = {"title": "Kelas Barista", "price": "5", "rating": "4.5"}
    assert structured.course_of(row) == structured.course_of(dict(reversed(row.items()))) == said
    assert structured.course_of({**row, "price": None}) == {**said, "price": "7"}
    assert structured.course_of({}) == structured.course_of({"other": 1}) == {}


def test_a_rating_without_raters_is_no_rating() -> None:
    assert "rating" not in structured.course_of({"rating": 0, "totalRating": 0})
    assert "rating" not in structured.course_of({"rating": {}})
    assert structured.course_of({"rating": 4.5, "totalRating": 3})["rating"] == "4.5"


def test_bytes_that_are_utf8_are_utf8_whatever_the_header_says() -> None:
    answer = page("<html><h1>Kelas “Roti” é</h1></html>", kind="text/html; charset=iso-8859-1")
    assert "“Roti” é" in answer.decoded
    latin = Answer("u", 200, {"content-type": "text/html; charset=iso-8859-1"}, "<h1>é</h1>".encode("latin-1"))
    assert "é" in latin.decoded


@pytest.mark.parametrize(
    ("text", "tags", "listed", "said"),
    [
        ("Kelas ini tidak dapat dibeli dengan Kartu Prakerja.", ["TAG-PRAKERJA"], "page:/kartu-prakerja", "no"),
        ("", ["TAG-PRAKERJA"], None, "yes"),
        ("", [], "page:/kartu-prakerja", "yes"),
        ("Khusus untuk pengguna Kartu Prakerja", [], None, "yes"),
        ("Kelas memasak", [], None, "unknown"),
        ("", [], None, "unknown"),
    ],
)
def test_eligibility(text: str, tags: list[str], listed: str | None, said: str) -> None:
    found, why = reading.eligibility({"tags": tags}, text, listed)
    assert found == said
    assert (why is None) is (said == "unknown")


# ---- the rest


def test_origins() -> None:
    origin = Origin.read("http://127.0.0.1:8080")
    assert origin.loopback and not Origin.read("https://contoh.id").loopback
    assert origin.there("https://gql.tokopedia.com/a?b=1") == "http://127.0.0.1:8080/a?b=1"
    assert origin.real("http://127.0.0.1:8080/a", "pijarmahir.id") == "https://pijarmahir.id/a"
    assert origin.real("https://lain.id/a", "pijarmahir.id") == "https://lain.id/a"
    for bad in ("", "ftp://x", "http://x:no"):
        with pytest.raises(ValueError):
            Origin.read(bad)


def test_what_time_it_is_for_a_server() -> None:
    date = b"Wed, 15 Jul 2020 12:01:00 GMT"
    assert server_time(date) == "2020-07-15T12:01:00+00:00"
    assert server_time(b"Wed, 15 Jul 2020 19:01:00 +0700") == "2020-07-15T12:01:00+00:00"
    for bad in (None, b"", b"soon", b"\xff", b"Wed, 15 Jul 99999 12:01:00 GMT"):
        assert server_time(bad) is None


def test_retry_after_reads_seconds_and_dates() -> None:
    now = datetime(2020, 7, 15, 12, 0, tzinfo=UTC)
    assert retry_after(b"120", now) == 120
    assert retry_after(b"Wed, 15 Jul 2020 12:01:00 GMT", now) == 60
    assert retry_after(b"Wed, 15 Jul 2020 11:00:00 GMT", now) == 0
    assert retry_after(b"soon", now) is None and retry_after(None, now) is None


def test_preview_tells_what_each_layer_sees() -> None:
    found = read_answer(page('<html><script type="application/ld+json">{"@type":"Course","name":"K"}</script></html>'))
    assert found["json_ld_types"] == ["Course"] and "spec only" in found["hint"]
    assert read_answer(page("<title>Just a moment...</title>"))["guard"].startswith("challenge")
    assert read_answer(page(""))["guard"].startswith("empty")
    assert "JavaScript" in read_answer(page("<html><div id=app></div></html>"))["hint"]


def test_a_new_platform_gets_spec_spider_and_failing_tests(tmp_path: Path) -> None:
    from catalog.platforms import read_spec

    files = new_platform("kelasku", tmp_path / "spiders" / "platforms", tmp_path / "tests")
    assert [f.name for f in files] == ["kelasku.toml", "kelasku.py", "test_kelasku.py", "README.md"]
    assert read_spec(files[0]).trial
    compile(files[1].read_text(), "x", "exec")
    compile(files[2].read_text(), "x", "exec")
    with pytest.raises(FileExistsError, match="is there already"):
        new_platform("kelasku", tmp_path / "spiders" / "platforms", tmp_path / "tests")
    with pytest.raises(ValueError, match="lower-case letters"):
        new_platform("Kelas Ku", tmp_path)


@pytest.mark.parametrize(
    ("body", "price", "struck"),
    [
        ("<div><s>Rp 300.000</s><b>Rp 250.000</b></div>", "Rp 250.000", "Rp 300.000"),
        ("<div><b>Rp 250.000</b> <del>Rp 300.000</del></div>", "Rp 250.000", "Rp 300.000"),
        ("<p>Kelas ini <span class='price'>IDR 90.000</span> saja</p>", "IDR 90.000", None),
        ("<p>Mulai <i class=harga>Rp 90.000</i> sampai <i class=harga>Rp 99.000</i></p>", None, None),
        ("<div><s>Rp 50.000</s><b>Rp 50.000.000</b></div>", "Rp 50.000.000", "Rp 50.000"),
        ("<p>Hemat Rp 20.000 hari ini</p>", None, None),
        ("", None, None),
    ],
)
def test_a_price_beside_other_words(body: str, price: str | None, struck: str | None) -> None:
    fields, _ = structured.merge(structured.page_layers(page(f"<h1>Kelas</h1>{body}")))
    assert (fields.get("price"), fields.get("list_price")) == (price, struck)


def test_of_scrapys_extensions_only_the_throttle_runs() -> None:
    extensions = Settings(SETTINGS).get_component_priority_dict_with_base("EXTENSIONS")
    assert build_component_list(extensions) == ["scrapy.extensions.throttle.AutoThrottle"]
    assert Settings(SETTINGS).getbool("AUTOTHROTTLE_ENABLED")
    assert len(build_component_list(Settings().get_component_priority_dict_with_base("EXTENSIONS"))) > 5
