"""What the pages say: prices and their labels, escaping, hooks, structured data, feeds, sitemap."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import lxml.html
import pytest

from catalog.change_book import ChangeBook
from catalog.changes import Change, Changes
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import Course
from tests.factories import NIGHT, make_course, make_offer
from tests.site import jsonld
from tests.site.building import HOSTILE, build_site, usual_courses, write_catalog
from tests.site.crawler import crawl

BASE = "https://contoh.example/repo"


def read(built: Path, path: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring((built / path / "index.html").read_text(encoding="utf-8"))


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def course(identity: str) -> Course:
    return next(c for c in usual_courses() if c.id == identity)


# --- the course page ---


def test_active_offers_stand_cheapest_first_and_archived_ones_apart(built: Path) -> None:
    tree = read(built, "pelatihan/banyak-platform")
    offers = tree.xpath("//ol[@data-offers]/li")
    assert [o.get("data-offer") for o in offers] == ["bukalapak:multi", "pintaria:multi", "tokopedia:multi"]
    assert [o.get("data-price") for o in offers] == ["250000", "300000", "400000"]
    old = tree.xpath("//ul[contains(@class,'old')]/li")
    assert {o.get("data-offer") for o in old} == {"skillacademy:multi", "sisnaker:multi"}
    assert all(o.get("data-price") is None for o in old)
    assert "bukan penawaran yang berlaku" in text(tree).lower()


def test_the_cheapest_with_the_card_is_the_cheapest_that_is_surely_eligible(built: Path) -> None:
    tree = read(built, "pelatihan/banyak-platform")
    marked = tree.xpath("//li[@data-offer][.//*[contains(text(),'termurah dengan Kartu Prakerja')]]")
    assert [o.get("data-offer") for o in marked] == ["pintaria:multi"]


def test_a_price_that_is_not_surely_eligible_is_always_labelled(built: Path) -> None:
    for page in sorted(built.rglob("index.html")):
        tree = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
        for item in tree.xpath("//li[@data-course and @data-price!='']"):
            known = course(item.get("data-course"))
            cheapest = min(
                (o for o in known.offers if o.status == "active" and o.price_idr is not None),
                key=lambda o: (o.price_idr, o.eligible != "yes"),
            )
            words = text(item)
            assert ("periksa syarat" in words) == (cheapest.eligible == "unknown"), (page, known.id)
            assert ("tidak bisa dengan Kartu Prakerja" in words) == (cheapest.eligible == "no"), (page, known.id)
    assert "periksa syarat" in text(
        read(built, "pelatihan/banyak-platform").xpath("//li[@data-offer='bukalapak:multi']")[0]
    )
    refused = read(built, "pelatihan/bukan-kartu").xpath("//li[@data-offer]")[0]
    assert "tidak bisa dengan Kartu Prakerja" in text(refused)
    assert "beli" not in text(refused.xpath(".//a[contains(@class,'btn')]")[0])


def test_a_struck_price_that_was_never_the_price_is_flagged(built: Path) -> None:
    words = text(read(built, "pelatihan/banyak-platform").xpath("//li[@data-offer='tokopedia:multi']")[0])
    assert "Rp800.000" in words
    assert "belum pernah kami lihat sebagai harga jual" in words


def test_unknown_values_are_said_and_never_zero(built: Path) -> None:
    words = text(read(built, "pelatihan/polos"))
    assert "Harga tidak disebutkan" in words
    assert "Tingkat tidak disebutkan" in words
    assert "Lembaga tidak disebutkan" in words
    assert "Rp0" not in words
    assert "Gratis" not in words
    assert "Gratis" in text(read(built, "pelatihan/gratis").xpath("//li[@data-offer]")[0])


def test_a_gone_and_an_archived_course_keep_their_pages_marked(built: Path) -> None:
    assert "Tidak dijual lagi" in text(read(built, "pelatihan/hilang"))
    archived = read(built, "pelatihan/arsip-lama")
    assert "Arsip" in text(archived)
    assert "Indonesia Skills Week 2023" in text(archived)
    assert archived.xpath("//*[@data-compare]") == []


def test_conditions_and_origins_are_shown(built: Path) -> None:
    words = text(read(built, "pelatihan/banyak-platform"))
    assert "18 sampai 40 tahun" in words
    assert "SMA" in words
    assert "(dari judul)" in words
    assert "Pencari kerja" in words
    assert "Kota Bandung" in words


# --- safety ---


def test_hostile_text_stays_text_on_every_page(built: Path) -> None:
    seen = 0
    for page in built.rglob("*.html"):
        data = page.read_text(encoding="utf-8")
        tree = lxml.html.document_fromstring(data)
        assert tree.xpath("//img | //*[@onerror or @onclick or @onload or @style]") == [], page
        scripts = tree.xpath("//script[not(@src) and not(@type='application/ld+json')]")
        assert scripts == [], page
        assert "49" not in re.findall(r"\{\{|\}\}|>49<", data), page
        seen += HOSTILE in tree.text_content()
    assert seen >= 3
    assert not list(built.parent.glob("x*"))


def test_links_lead_only_to_the_platforms_own_hosts(built: Path) -> None:
    outside = set()
    for page in built.rglob("*.html"):
        tree = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
        for link in tree.xpath(
            "//a[starts-with(@href,'http') or starts-with(@href,'//') or starts-with(@href,'javascript')]"
        ):
            if link.get("href").startswith(BASE):
                continue
            outside.add(link.get("href").split("/")[2])
            assert "nofollow" in link.get("rel", ""), (page, link.get("href"))
            assert "noopener" in link.get("rel", "")
    assert outside == {"www.tokopedia.com"}
    assert "jahat.example" not in (built / "pelatihan" / "tempat-lain" / "index.html").read_text()


def test_every_page_has_the_policy_one_heading_and_the_language(built: Path) -> None:
    for page in built.rglob("*.html"):
        tree = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert len(policy) == 1, page
        assert "default-src 'self'" in policy[0]
        assert "unsafe" not in policy[0]
        assert len(tree.xpath("//h1")) == 1, page
        assert tree.get("lang") in ("id", "en")


def test_sample_builds_say_so_on_every_page_and_others_never(built: Path, tmp_path: Path) -> None:
    sample = build_site(write_catalog(tmp_path / "var", usual_courses(5)), tmp_path / "out", sample=True)
    for page in sample.rglob("*.html"):
        data = page.read_text(encoding="utf-8")
        assert "DATA CONTOH, bukan pelatihan nyata" in data, page
        assert '<meta name="robots" content="noindex">' in data, page
    for page in built.rglob("*.html"):
        assert "DATA CONTOH" not in page.read_text(encoding="utf-8"), page
    assert "noindex" not in (built / "index.html").read_text()


# --- lists and the search page ---


def whole_list(built: Path, path: str) -> list[lxml.html.HtmlElement]:
    """The pages of a static list in order, as one comes to them by "next"."""
    pages = []
    while path:
        pages.append(read(built, path.removeprefix("/repo/")))
        path = next(iter(pages[-1].xpath("//nav[@class='pages']//a[@rel='next']/@href")), "")
        assert len(pages) < 100
    return pages


@pytest.mark.parametrize(
    "path", ["daftar/semua", "daftar/bisa-dengan-kartu", "platform/tokopedia", "kategori/keuangan"]
)
def test_lists_are_complete_and_sorted_by_price_with_unknown_last(built: Path, path: str) -> None:
    items = [item for page in whole_list(built, path) for item in page.xpath("//ol/li[@data-course]")]
    shown = [item.get("data-course") for item in items]
    prices = [int(item.get("data-price")) if item.get("data-price") else None for item in items]
    wanted = {
        "daftar/semua": lambda c: True,
        "daftar/bisa-dengan-kartu": lambda c: c.lowest_price_idr is not None,
        "platform/tokopedia": lambda c: any(o.platform == "tokopedia" and o.status == "active" for o in c.offers),
        "kategori/keuangan": lambda c: c.category == "Keuangan",
    }[path]
    assert sorted(shown) == sorted(c.id for c in usual_courses() if c.status == "active" and wanted(c))
    if path != "daftar/bisa-dengan-kartu":  # by the price with the card, which the cheapest offer may not be
        known = [p for p in prices if p is not None]
        assert prices == sorted(known) + [None] * (len(prices) - len(known))


def test_the_list_by_title_is_complete_and_names_no_price(built: Path) -> None:
    pages = whole_list(built, "daftar/abjad")
    links = [link for page in pages for link in page.xpath("//main//ul[@class='plain']/li/a")]
    active = [c for c in usual_courses() if c.status == "active"]
    assert {link.get("href").split("/")[-2] for link in links} == {c.slug for c in active}
    assert len(links) == len(active)
    assert not any("Rp" in text(page.xpath("//main")[0]) for page in pages)


def test_pages_of_a_list_name_their_prices_and_lead_to_one_another(built: Path) -> None:
    pages = whole_list(built, "daftar/semua")
    assert len(pages) > 3
    jumps = pages[0].xpath("//nav[@class='pages']//a")
    assert len(jumps) == len(pages) - 1
    assert text(jumps[0]).startswith("dari Rp")
    titles = [text(page.xpath("//title")[0]) for page in pages]
    assert len(set(titles)) == len(titles)
    for page in pages[1:]:
        assert page.xpath("//nav[@class='pages']//a[@rel='prev']")
        assert "pelatihan aktif" not in text(page.xpath("//main")[0])  # the total stands on the first page only


def test_search_page_has_the_hooks_and_true_counts_without_scripts(built: Path) -> None:
    tree = read(built, "pelatihan")
    results = tree.xpath("//ol[@data-results]")[0]
    assert results.get("data-state") == "loading"
    assert len(results.xpath("./li[@data-course]")) == 10
    active = [c for c in usual_courses() if c.status == "active"]
    total = tree.xpath("//*[@role='status']//*[@data-total]")[0]
    assert total.text == str(len(active))
    for label in tree.xpath("//label[.//input[@name='platform']]"):
        shop = label.xpath(".//input/@value")[0]
        n = sum(any(o.platform == shop and o.status == "active" for o in c.offers) for c in active)
        assert label.xpath(".//data/@value") == [str(n)], shop
        assert (label.xpath(".//input/@disabled") != []) == (n == 0)


def test_an_empty_catalog_makes_a_site_that_says_so(tmp_path: Path) -> None:
    out = build_site(tmp_path / "var", tmp_path / "out")
    assert "tidak ada pelatihan aktif" in text(read(out, ""))
    assert "Belum ada pelatihan aktif di daftar ini" in text(read(out, "daftar/semua"))
    assert "Belum ada catatan arsip di daftar ini" in text(read(out, "daftar/arsip"))
    assert "Belum ada malam sebelumnya" in text(read(out, "perubahan"))
    assert read(out, "pelatihan").xpath("//ol[@data-results]/li") == []


def test_a_catalog_of_one_course(tmp_path: Path) -> None:
    out = build_site(write_catalog(tmp_path / "var", [make_course([make_offer()])]), tmp_path / "out")
    assert len(list((out / "pelatihan").glob("*/index.html"))) == 1
    assert "1 pelatihan aktif" in text(read(out, "daftar/semua"))


def test_a_provider_called_dot_dot_writes_nowhere_else(built: Path) -> None:
    names = {p.name for p in (built / "lembaga").iterdir()}
    assert all(re.fullmatch(r"[a-z0-9-]+|index\.html", name) for name in names), names
    assert any(name.startswith("x-") for name in names)


# --- machine-readable ---


def test_structured_data_keeps_the_rules_on_every_page(built: Path) -> None:
    kinds: set[str] = set()
    for page in sorted(built.rglob("*.html")):
        data = page.read_bytes()
        assert jsonld.problems(data, BASE) == [], page
        kinds |= {block["@type"] for block in jsonld.blocks(data)}
    assert {"Course", "ItemList", "BreadcrumbList", "WebSite", "Dataset"} <= kinds


def test_a_course_page_has_exactly_one_course_and_its_provider_is_the_institution(built: Path) -> None:
    for page in (built / "pelatihan").glob("*/index.html"):
        courses = [b for b in jsonld.blocks(page.read_bytes()) if b["@type"] == "Course"]
        assert len(courses) == 1, page
    block = next(
        b
        for b in jsonld.blocks((built / "pelatihan/banyak-platform/index.html").read_bytes())
        if b["@type"] == "Course"
    )
    assert block["provider"]["name"] == "LPK Dapur Contoh"
    assert {o["seller"]["name"] for o in block["offers"]} == {"Tokopedia", "Bukalapak", "Pintaria"}
    assert "offers" not in next(
        b for b in jsonld.blocks((built / "pelatihan/hilang/index.html").read_bytes()) if b["@type"] == "Course"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "Kelas roti diskon 50%"}, "advertises"),
        ({"price": "250.000"}, "whole number"),
        ({"judul": "x"}, "no property judul"),
        ({"about": None}, "is empty"),
        ({"url": "/pelatihan/x/"}, "not absolute"),
    ],
)
def test_the_checker_sees_what_is_wrong(change: dict[str, object], says: str) -> None:
    offer = {
        "@type": "Offer",
        "category": "Paid",
        "price": "250000",
        "priceCurrency": "IDR",
        "seller": {"@type": "Organization", "name": "Toko"},
    }
    block = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": "Roti",
        "description": "Roti.",
        "offers": [offer],
    }
    if "price" in change:
        offer |= change
    else:
        block |= change
    page = (
        f'<html><body><p>Toko 250.000</p><script type="application/ld+json">{json.dumps(block)}</script></body></html>'
    )
    found = jsonld.problems(page.encode(), BASE)
    assert any(says in line for line in found), found
    if "price" not in change:
        block = {k: v for k, v in block.items() if k not in change} | {"name": "Roti"}
        page = f'<html><body><p>Toko 250.000</p><script type="application/ld+json">{json.dumps(block)}</script></body></html>'  # noqa: E501
        assert jsonld.problems(page.encode(), BASE) == []


def test_the_sitemap_names_existing_pages_with_days_of_change(built: Path) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    rows = ET.parse(built / "sitemap.xml").getroot().findall(f"{space}url")
    for row in rows:
        place = row.findtext(f"{space}loc") or ""
        assert place.startswith(BASE + "/"), place
        name = place.removeprefix(BASE + "/")
        assert (built / (name + "index.html" if name.endswith("/") or not name else name)).is_file(), place
    places = {row.findtext(f"{space}loc") for row in rows}
    assert f"{BASE}/pelatihan/banyak-platform/" in places
    assert not any("404" in (place or "") for place in places)
    days = {row.findtext(f"{space}lastmod") for row in rows} - {None}
    assert days == {"2020-07-15"}


def test_feeds_are_well_formed_and_their_ids_stable(built: Path, var: Path, tmp_path: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    for path in sorted((built / "umpan").glob("*.xml")):
        root = ET.parse(path).getroot()
        assert root.tag == f"{atom}feed"
        for name in ("id", "title", "updated"):
            assert root.findtext(atom + name), (path, name)
        ids = [entry.findtext(f"{atom}id") for entry in root.findall(f"{atom}entry")]
        assert len(ids) == len(set(ids))
        for entry in root.findall(f"{atom}entry"):
            assert entry.findtext(f"{atom}title")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT06:00:00\+07:00", entry.findtext(f"{atom}updated") or "")
    gone = ET.parse(built / "umpan" / "semua.xml").getroot()
    assert any("Hilang" in (e.findtext(f"{atom}title") or "") for e in gone.findall(f"{atom}entry"))


def test_each_of_the_last_nights_has_a_page_that_keeps_its_address(tmp_path: Path) -> None:
    var = write_catalog(tmp_path / "var", usual_courses(5))
    book = ChangeBook(Var(var), Quarantine(var / "quarantine"))
    day = dt.timedelta(days=1)
    for number, kind in ((2, "cheaper"), (1, "new"), (0, "gone")):
        told = Change(
            kind=kind,
            offer="x:1",
            platform="tokopedia",
            course=f"c{number}",
            title=f"Judul <b>{number}",
            before=9_000,
            after=7_000,
        )
        book.add(Changes(night=NIGHT - number * day, since=NIGHT - (number + 1) * day, changes=[told]))
    out = build_site(var, tmp_path / "out")
    assert sorted(p.name for p in (out / "perubahan").iterdir()) == [
        "2020-07-13",
        "2020-07-14",
        "2020-07-15",
        "index.html",
    ]
    newest, one, middle = read(out, "perubahan"), read(out, "perubahan/2020-07-13"), read(out, "perubahan/2020-07-14")
    assert "Hilang: 1" in text(newest)
    assert "14 Jul 2020: 1 hilang." in text(newest)
    assert "Turun harga" not in text(newest.xpath("//main/section")[0])
    nights = newest.xpath("//section[@aria-labelledby='malam']//li")
    assert [text(row) for row in nights] == [
        "Rabu, 15 Juli 2020 1 hilang",
        "Selasa, 14 Juli 2020 1 baru",
        "Senin, 13 Juli 2020 1 turun harga",
    ]
    assert "Judul <b>2 Tokopedia: Rp9.000 menjadi Rp7.000" in text(one)
    assert one.xpath("//ul[@class='plain changes']//a/@href") == ["/pelatihan/contoh-2/"]
    assert middle.xpath("//nav[@class='pages']//a/@href") == [
        "/perubahan/2020-07-13/",
        "/perubahan/",
        "/perubahan/2020-07-15/",
    ]
    assert one.xpath("//nav[@class='pages']//a/@href") == ["/perubahan/", "/perubahan/2020-07-14/"]
    assert crawl(out, "/", ignore=("data/",))[1] == []


def test_manifest_and_open_search_use_the_base(built: Path) -> None:
    manifest = json.loads((built / "manifest.webmanifest").read_text())
    assert manifest["scope"] == manifest["start_url"] == manifest["id"] == "/repo/"
    for icon in manifest["icons"]:
        assert (built / icon["src"].removeprefix("/repo/")).is_file()
    root = ET.parse(built / "opensearch.xml").getroot()
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert len(root.findtext(f"{space}ShortName") or "") <= 16
    address = root.find(f"{space}Url")
    assert address is not None
    assert address.get("template") == f"{BASE}/pelatihan/?q={{searchTerms}}"
