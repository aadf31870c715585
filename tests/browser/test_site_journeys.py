# ruff: noqa: E501 - scripts for the browser stand on long lines
"""A card holder on a small phone: search, filters, chips, compare, plan, keyboard, flight mode."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from urllib.parse import urljoin

import lxml.html
import pytest
from playwright.sync_api import Browser, Page

from search_index.facets import day_number, read_row
from search_index.filters import Query, cheapest, matches, passing_offers
from tests.browser.conftest import PHONE
from tests.browser.waiting import until
from tests.factories import NIGHT
from tests.site.building import build_site, counting, serving, usual_courses, write_catalog

COURSES = {c.id: c for c in usual_courses()}


def open_search(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}pelatihan/{query}")
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-results] > li", "rows => rows.map(r => r.dataset.course)")


def total(page: Page) -> int:
    return int((page.text_content("[data-total]") or "").replace(".", ""))


def expected(query: Query) -> list[tuple[str, int | None]]:
    """(id, cheapest passing price) of all matching courses by an independent scan, cheapest first, unknown last."""
    rows = [read_row(c) for c in COURSES.values() if c.status == "active"]
    found = [(row.id, cheapest(passing_offers(query, row))) for row in rows if matches(query, row)]
    prices = [(identity, offer.price if offer else None) for identity, offer in found]
    return sorted(prices, key=lambda pair: (pair[1] is None, pair[1] or 0))


def test_fifty_random_filter_combinations_show_what_a_plain_scan_finds(page: Page, site_url: str) -> None:
    dice = random.Random(6)
    choices = {
        "tingkat": ["pemula", "menengah", "mahir", "tidak-disebutkan"],
        "platform": ["tokopedia", "bukalapak", "sisnaker", "pintaria"],
        "cara": ["belajar-mandiri", "webinar", "tatap-muka", "tidak-disebutkan"],
        "kategori": ["keuangan", "teknik", "bahasa-asing", "tidak-disebutkan"],
        "durasi": ["kurang-5", "5-10", "10-20", "tidak-disebutkan"],
        "prakerja": ["ya", "periksa", "tidak"],
        "buyable": ["1"],
    }
    # A sample build's "today" is its night.
    today = day_number(NIGHT)
    seen = 0
    for _ in range(50):
        chosen = {
            key: tuple(dice.sample(values, min(len(values), dice.choice((1, 2)))))
            for key, values in choices.items()
            if dice.random() < 0.3
        }
        top = dice.choice((None, None, 200_000, 500_000))
        parts = [f"{key}={value}" for key, values in chosen.items() for value in values]
        parts += [f"harga_maks={top}"] if top else []
        open_search(page, site_url, "?" + "&".join(parts))
        want = expected(Query(harga_maks=top, today=today, **chosen))
        assert total(page) == len(want), parts
        prices = page.eval_on_selector_all("[data-results] > li", "rows => rows.map(r => r.dataset.price)")
        assert prices == ["" if price is None else str(price) for _, price in want[:10]], parts
        assert set(shown(page)) <= {identity for identity, _ in want}
        seen += len(want)
    assert seen > 100


def test_each_option_gives_the_count_that_it_shows_and_empty_ones_are_off(page: Page, site_url: str) -> None:
    open_search(page, site_url, "?kategori=keuangan")
    options = page.eval_on_selector_all(
        "[data-filter=tingkat] input, [data-filter=platform] input, input[name=buyable]",
        "all => all.map(i => [i.name, i.value, Number(i.closest('label').querySelector('data').value), i.disabled])",
    )
    assert options
    for name, value, count, disabled in options:
        assert disabled == (count == 0), (name, value)
        if not disabled:
            open_search(page, site_url, f"?kategori=keuangan&{name}={value}")
            assert total(page) == count, (name, value)


def test_what_can_still_be_bought_is_counted_chosen_shown_and_undone(
    page: Page, site_url: str, site_folder: Path
) -> None:
    still = expected(Query(buyable=("1",), today=day_number(NIGHT)))
    built = lxml.html.parse(str(site_folder / "pelatihan/index.html"))
    assert built.xpath("string(//label[input[@name='buyable']]/data/@value)") == str(len(still))
    figure = "document.querySelector('input[name=buyable]').closest('label').querySelector('data').value"
    open_search(page, site_url)
    assert int(page.evaluate(figure)) == len(still)
    page.click("[data-toggle-filters]")
    page.check("input[name=buyable]")
    until(page, "new URLSearchParams(location.search).get('buyable') === '1'")
    ready(page)
    assert total(page) == len(still)
    assert "Masih bisa dibeli" in (page.text_content("[data-chips]") or "")
    page.click("[data-chips] button")
    until(page, "!location.search")


def test_the_rating_filter_names_the_mean_and_the_order_the_lower_bound(page: Page, site_url: str) -> None:
    open_search(page, site_url, "?rating=4.5")
    assert "Rating rata-rata 4,5 ke atas" in (page.text_content("[data-chips]") or "")
    assert "batas bawah" in (page.text_content("#urut option[value=rating]") or "")


def test_english_titles_are_marked_in_lists_compare_and_plan(browser: Browser, tmp_path: Path) -> None:
    courses = usual_courses(4)
    courses[0] = courses[0].model_copy(update={"title": "Food and Beverage Service for Beginners"})
    out = build_site(write_catalog(tmp_path / "var", courses), tmp_path / "out")
    page = browser.new_page()
    with serving(out) as url:
        for path, place in (
            ("pelatihan/?q=beverage", "[data-results] h3 a"),
            (f"banding/?id={courses[0].id}", ".cmp thead a"),
            (f"rencana/?id={courses[0].id}", "[data-entry] h3 a"),
        ):
            page.goto(url + path)
            page.wait_for_selector(f"{place}[lang=en]")
        page.goto(f"{url}pelatihan/?q=mahal")
        ready(page)
        assert page.locator("[data-results] [lang]").count() == 0
    page.close()


def test_address_holds_the_state_and_back_undoes(page: Page, site_url: str) -> None:
    open_search(page, site_url)
    before = total(page)
    page.click("[data-toggle-filters]")
    page.check("input[name=tingkat][value=pemula]")
    until(page, "new URLSearchParams(location.search).get('tingkat') === 'pemula'")
    ready(page)
    narrowed = total(page)
    assert 0 < narrowed < before
    page.go_back()
    until(page, "!location.search")
    ready(page)
    assert total(page) == before
    page.go_forward()
    until(page, "location.search")
    ready(page)
    page.reload()
    ready(page)
    assert total(page) == narrowed
    page.click("[data-chips] button")
    until(page, "!location.search")
    ready(page)
    assert total(page) == before


def test_prices_go_up_and_down_with_unknown_last_both_ways(page: Page, site_url: str) -> None:
    active = sum(c.status == "active" for c in COURSES.values())
    for sort in ("harga", "-harga"):
        prices: list[int | None] = []
        for number in range(1, -(-active // 10) + 1):
            open_search(page, site_url, f"?urut={sort}&hal={number}")
            rows = page.eval_on_selector_all("[data-results] > li", "rows => rows.map(r => r.dataset.price)")
            assert rows
            prices += [int(price) if price else None for price in rows]
        known = [price for price in prices if price is not None]
        assert known == sorted(known, reverse=sort == "-harga")
        assert prices[: len(known)] == known
        assert len(prices) == active


@pytest.mark.parametrize(
    ("typed", "says"), [("abc", "Tulis harga dengan angka"), ("12a000", "Tulis harga dengan angka")]
)
def test_a_price_that_cannot_be_read_is_explained_beside_the_field(
    page: Page, site_url: str, typed: str, says: str
) -> None:
    open_search(page, site_url)
    before = shown(page)
    page.fill("#harga_maks", typed)
    page.press("#harga_maks", "Tab")
    error = page.locator("[data-price-error]")
    assert says in (error.text_content() or "")
    assert error.get_attribute("id") in (page.get_attribute("#harga_maks", "aria-describedby") or "").split()
    assert page.get_attribute("#harga_maks", "aria-invalid") == "true"
    assert shown(page) == before
    page.fill("#harga_maks", "500 ribu")
    page.press("#harga_maks", "Tab")
    until(page, "new URLSearchParams(location.search).get('harga_maks') === '500000'")
    assert error.is_hidden()


def test_no_result_names_the_filter_whose_removal_helps(page: Page, site_url: str) -> None:
    open_search(page, site_url, "?kategori=keuangan&harga_maks=1")
    assert total(page) == 0
    words = page.text_content("[data-repair]") or ""
    promised = int(re.search(r"ada ([\d.]+) pelatihan", words)[1].replace(".", ""))  # type: ignore[index]
    page.click("[data-repair-apply]")
    until(page, "!new URLSearchParams(location.search).get('harga_maks')")
    ready(page)
    assert total(page) == promised


def test_a_hostile_query_stays_text(page: Page, site_url: str) -> None:
    open_search(
        page, site_url, "?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&tingkat=%22%3E%3Cscript%3E&hal=-3&urut=zzz"
    )
    assert page.input_value("#q") == "<img src=x onerror=alert(1)>"
    assert page.locator("main img").count() == 0


def test_the_total_is_announced_once_a_change(page: Page, site_url: str) -> None:
    open_search(page, site_url)
    page.evaluate(
        """() => { window.heard = []; new MutationObserver(() => window.heard.push(document.querySelector('[data-total]').textContent))
        .observe(document.querySelector('[role=status].status'), {childList: true, subtree: true, characterData: true}); }"""
    )
    page.click("[data-toggle-filters]")
    page.check("input[name=tingkat][value=mahir]")
    until(page, "location.search")
    ready(page)
    page.wait_for_timeout(300)
    assert page.evaluate("window.heard.length") == 1


def test_compare_four_courses_and_share_the_address(page: Page, browser: Browser, site_url: str) -> None:
    open_search(page, site_url)
    chosen = shown(page)[:5]
    for identity in chosen:
        page.click(f'[data-results] [data-compare="{identity}"]')
    assert page.locator('[data-results] [data-compare][aria-pressed="true"]').count() == 4
    assert "Paling banyak 4" in (page.text_content("[data-toast]") or "")
    page.click('nav[aria-label="Utama"] a[href$="/banding/"]')
    page.wait_for_selector("table.cmp")
    assert page.locator("table.cmp thead th[scope=col]").count() == 4
    assert page.locator("table.cmp tbody th[scope=row]").count() == page.locator("table.cmp tbody tr").count()
    for row in page.locator("table.cmp tbody tr").all():
        cells = row.locator("td").all_inner_texts()
        marked = row.locator(".differs").inner_text()
        assert marked == ("berbeda" if len(set(cells)) > 1 else "sama"), cells
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelector('.scroll').scrollLeft = 300")
    first = page.locator("table.cmp tbody th").first.bounding_box()
    assert first is not None
    assert first["x"] >= 0
    other = browser.new_page()
    other.goto(page.url)
    other.wait_for_selector("table.cmp")
    assert other.locator("table.cmp thead").inner_text() == page.locator("table.cmp thead").inner_text()
    other.close()


def test_the_plan_sums_orders_exports_and_imports(page: Page, browser: Browser, site_url: str, tmp_path: Path) -> None:
    ids = [c.id for c in COURSES.values() if c.lowest_price_idr][:3]
    page.goto(f"{site_url}rencana/?" + "&".join(f"id={i}" for i in ids) + "&saldo=100000")
    page.wait_for_selector("[data-entry]")
    total_price = sum(COURSES[i].lowest_price_idr or 0 for i in ids)
    words = page.text_content("[data-sum]") or ""
    assert f"{total_price:,}".replace(",", ".") in words
    assert "hemat" not in (page.text_content("main") or "").lower()
    assert "melebihi saldo" in (page.text_content("[data-fit]") or "")
    page.click(f'[data-id="{ids[0]}"][data-step="down"]')
    until(page, "i => document.querySelector('[data-entry]').dataset.entry === i", arg=ids[1])
    page.fill("#saldo", "9 juta")
    page.press("#saldo", "Tab")
    until(page, "document.querySelector('[data-sum]').textContent.includes('Sisa saldo setelah rencana ini')")
    with page.expect_download() as waiting:
        page.click('[data-do="export"]')
    target = tmp_path / "rencana.json"
    waiting.value.save_as(target)
    assert [row["id"] for row in json.loads(target.read_text())["pelatihan"]] == [ids[1], ids[0], ids[2]]
    page.reload()
    page.wait_for_selector("[data-entry]")
    fresh = browser.new_context(service_workers="block")
    other = fresh.new_page()
    other.goto(f"{site_url}rencana/")
    other.wait_for_selector("[data-plan-list] > li")
    other.set_input_files("[data-file]", target)
    other.wait_for_selector("[data-entry]")
    assert other.text_content("[data-sum]") == page.text_content("[data-sum]")
    target.write_text('{"jenis": "lain"}')
    other.set_input_files("[data-file]", target)
    other.wait_for_selector(".note.bad")
    fresh.close()


def test_the_plan_works_when_storage_is_refused_and_says_so(browser: Browser, site_url: str) -> None:
    context = browser.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]
    context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    page = context.new_page()
    page.goto(f"{site_url}rencana/?id=c1&id=multi")
    page.wait_for_selector("[data-entry]")
    assert page.locator("[data-entry]").count() == 2
    assert "menolak penyimpanan" in (page.text_content("[data-message]") or "")
    context.close()


def test_unknown_ids_and_broken_storage_make_a_page_that_makes_sense(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}banding/?id=tidak-ada&id=%3Cb%3E")
    page.wait_for_selector("[data-table] > *")
    assert "Tidak ada di katalog: tidak-ada, <b>." in (page.text_content("[data-message]") or "")
    page.evaluate("localStorage.setItem('bandingkan:/repo/:rencana', '{broken')")
    page.evaluate("localStorage.setItem('bandingkan:/repo/:banding', '{\"a\": 1}')")
    page.goto(f"{site_url}rencana/")
    page.wait_for_selector("[data-plan-list] > li")
    assert "Rencana masih kosong" in (page.text_content("[data-plan-list]") or "")


KEPT = "async path => Boolean(await caches.match(new URL(path, location.href).href))"


def test_flight_mode_keeps_what_was_visited_and_used(browser: Browser, site_url: str) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    # The very first page, although it came before its worker.
    page.goto(f"{site_url}pelatihan/banyak-platform/")
    until(page, KEPT, arg=f"{site_url}pelatihan/banyak-platform/")
    assert not page.evaluate(KEPT, f"{site_url}pelatihan/")
    # Choosing a course keeps compare and plan with that course, unvisited.
    page.click("[data-compare=multi]")
    page.click("[data-plan=multi]")
    until(page, KEPT, arg=f"{site_url}banding/")
    until(page, KEPT, arg=f"{site_url}rencana/")
    # The search index comes with the search page.
    open_search(page, site_url)
    until(page, KEPT, arg=page.get_attribute("[data-finder]", "data-boot"))
    context.set_offline(True)
    page.goto(f"{site_url}pelatihan/?tingkat=pemula")
    ready(page)
    assert total(page) > 0
    assert "luring" in (page.text_content("[data-offline]") or "")
    page.fill("#q", "roti")
    page.press("#q", "Enter")
    until(page, "new URLSearchParams(location.search).get('q') === 'roti'")
    ready(page)
    assert total(page) > 0
    page.goto(f"{site_url}pelatihan/banyak-platform/")
    assert "Rp250.000" in (page.text_content("main") or "")
    assert "Data per" in (page.text_content("[data-offline]") or "")
    page.goto(f"{site_url}banding/")
    page.wait_for_selector("table.cmp")
    page.goto(f"{site_url}rencana/")
    page.wait_for_selector("[data-entry=multi]")
    page.goto(f"{site_url}pelatihan/polos/")
    assert "belum pernah Anda buka" in (page.text_content("main") or "")
    context.close()


def test_the_whole_index_is_kept_on_demand_only(browser: Browser, site_url: str, site_folder: Path) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    open_search(page, site_url)
    until(page, "navigator.serviceWorker.controller !== null")
    stored = "async () => (await (await caches.open('bandingkan:/repo/:tetap')).keys()).filter(r => r.url.includes('/indeks/t')).length"
    assert page.evaluate(stored) == 0
    page.click("[data-save] button")
    page.wait_for_selector("[data-toast]:has-text('Tersimpan')")
    assert page.evaluate(stored) == len(list((site_folder / "indeks").glob("t*.json"))) > 0
    context.close()


def test_a_first_visit_costs_no_more_than_the_page_and_a_few_kilobytes_for_flight_mode(
    browser: Browser, site_folder: Path
) -> None:
    """Counted at the host, so that what the service worker fetches is in the sum."""
    for path, most in (("", 25_000), ("pelatihan/banyak-platform/", 25_000), ("rencana/", 30_000)):
        with counting(site_folder, "/repo/") as (url, sent):
            context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(url + path)
            until(page, KEPT, arg=url + path)
            page.wait_for_timeout(300)
            context.close()
        names = [name for name, _ in sent]
        assert "/repo/sw.js" in names
        assert not [name for name in names if "/indeks/" in name]
        assert sum(size for _, size in sent) <= most, sent


def test_a_new_build_is_there_after_one_load_and_never_mixed(browser: Browser, tmp_path: Path) -> None:
    folder = build_site(write_catalog(tmp_path / "v1", usual_courses(20)), tmp_path / "one", build="malam-1")
    newer = build_site(write_catalog(tmp_path / "v2", usual_courses(30)), tmp_path / "two", build="malam-2")
    live = tmp_path / "live"
    live.symlink_to(folder)
    context = browser.new_context()
    page = context.new_page()
    with serving(live) as url:
        open_search(page, url)
        page.evaluate("navigator.serviceWorker.ready")
        until(page, "navigator.serviceWorker.controller !== null")
        first = total(page)
        live.unlink()
        live.symlink_to(newer)
        open_search(page, url)
        assert page.get_attribute("[data-finder]", "data-build") == "malam-2"
        assert total(page) == first + 10
    context.close()


def test_courses_of_a_static_list_can_be_chosen(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}daftar/semua/")
    cards = page.locator("li[data-course]")
    cards.first.locator("[data-compare]").wait_for()
    assert page.locator("li[data-course] [data-compare]").count() == cards.count()
    button = cards.nth(1).get_by_role("button", name="Rencanakan")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator('[data-counter="plan"]').inner_text() == "1"
    page.locator("nav.pages a[rel=next]").click()
    assert page.locator("h1").inner_text().startswith("Semua pelatihan, dari Rp")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_home_page_offers_only_what_works(scripts: bool, browser: Browser, site_url: str) -> None:
    """Three choices lead to the search, which needs scripts; without them lists stand in the same place."""
    with browser.new_context(viewport=PHONE, java_script_enabled=scripts) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(site_url)
        assert page.locator("form.steps").is_visible() is scripts
        lists = page.locator(".steps.no-js")
        assert lists.is_visible() is not scripts
        targets = lists.locator("a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
        assert len(targets) > 4
        for target in targets:
            if target.startswith("#"):
                assert page.locator(target).count() == 1
            else:
                assert page.request.get(urljoin(site_url, target)).ok
