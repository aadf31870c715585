"""The search page of a catalog whose index is cut into shards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from search_index.build import build_index
from search_index.query import Index
from tests.browser.asking import index_requests
from tests.browser.waiting import until
from tests.search_index.support import query_of
from tests.site.building import build_site, serving, usual_courses, write_catalog

READY = "document.querySelector('[data-results]').dataset.state === 'ready'"


@pytest.fixture(scope="module")
def sharded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of so few courses as of a very large catalog."""
    var = write_catalog(tmp_path_factory.mktemp("var"), usual_courses())
    out = tmp_path_factory.mktemp("site")
    build_site(var, out, base="/repo/", sample=True, pages="lists", settings="tests/site/_small_limits.py")
    with serving(out, "/repo/") as url:
        yield url


def test_the_page_preloads_the_boot_file_which_is_asked_for_once(page: Page, sharded_url: str) -> None:
    asked = index_requests(page)
    page.goto(f"{sharded_url}pelatihan/")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    page.wait_for_load_state("networkidle")
    boot = page.eval_on_selector("link[rel=preload][as=fetch]", "link => link.href")
    assert boot == page.evaluate("new URL(document.querySelector('[data-finder]').dataset.boot, location).href")
    assert asked == [boot]
    page.fill("#q", "roti")
    until(page, "document.querySelector('[data-results]').dataset.query === 'q=roti'")
    assert asked.count(asked[0]) == 1 < len(asked)


def test_an_address_with_words_and_filters_is_answered_from_shards_as_whoosh_does(
    page: Page, sharded_url: str, tmp_path: Path
) -> None:
    build_index(usual_courses(), tmp_path / "index")
    states = {
        "q=roti": {"q": "roti"},
        "tingkat=pemula&platform=tokopedia": {"tingkat": ["pemula"], "platform": ["tokopedia"]},
    }
    asked = index_requests(page)
    with Index(tmp_path / "index") as index:
        for query, state in states.items():
            asked.clear()
            page.goto(f"{sharded_url}pelatihan/?{query}")
            page.wait_for_selector("[data-results][data-state=ready]", state="attached")
            page.wait_for_load_state("networkidle")
            found = index.search(query_of(state, limit=10))
            assert int(page.inner_text("[data-total]")) == found.total > 0
            shown = page.eval_on_selector_all("[data-results] > li", "all => all.map(li => li.dataset.course)")
            assert len(shown) == min(10, found.total)
            if "q" not in state:
                assert shown == [hit.row.id for hit in found.hits]
            counts = page.eval_on_selector_all(
                "[data-filter=tingkat] input",
                "all => all.map(i => [i.value, Number(i.closest('label').querySelector('data').value)])",
            )
            assert counts and all(found.facets["tingkat"].get(value, 0) == count for value, count in counts)
            assert len(set(asked)) == len(asked) > 2


def test_one_word_needs_one_script_and_what_comes_after_it_others(page: Page, sharded_url: str) -> None:
    page.add_init_script(
        "new MutationObserver((_, watch) => { if (document.querySelector('[data-results][data-state=ready]')) {"
        " window.before = performance.getEntriesByType('resource').map((entry) => entry.name); watch.disconnect(); } })"
        ".observe(document, { subtree: true, attributes: true })"
    )
    scripts: list[str] = []
    page.on("request", lambda request: scripts.extend(re.findall(r"/js/(\w+)-", request.url)))
    page.goto(f"{sharded_url}pelatihan/?q=roti")
    until(page, READY)
    before = [name for name in page.evaluate("window.before") if re.search("/js/|/indeks/", name)]
    assert len([name for name in before if "/js/" in name]) == 1, before
    assert len(before) <= 4, before
    page.wait_for_load_state("networkidle")
    assert sorted(scripts) == ["bahasa", "cari", "scan"]
    shown = page.inner_text("[data-total]")
    page.evaluate("document.querySelector('input[name=platform]').click()")
    until(page, f"{READY} && document.querySelector('[data-results]').dataset.query.includes('platform')")
    assert 0 < int(page.inner_text("[data-total]")) <= int(shown)
    assert len(scripts) == 3


def test_a_second_script_that_failed_is_asked_for_again(browser: Browser, sharded_url: str) -> None:
    with browser.new_context(service_workers="block") as context:  # `page` takes failures for faults
        phone = context.new_page()
        phone.route("**/js/scan-*", lambda route: route.abort())
        phone.goto(f"{sharded_url}pelatihan/?q=roti&platform=tokopedia")
        phone.wait_for_selector("[data-repair] [role=alert]")
        phone.unroute("**/js/scan-*")
        phone.press("#q", "Enter")
        until(phone, READY)
        assert int(phone.inner_text("[data-total]")) > 0
