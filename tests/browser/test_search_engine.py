"""The engine in Chromium: both forms answer as Whoosh does, and the search page needs few requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from search_index.build import build_index
from search_index.export import export_index
from search_index.facets import day_number
from search_index.query import Index
from tests.browser.asking import index_requests
from tests.browser.waiting import until
from tests.factories import NIGHT
from tests.search_index.support import query_of
from tests.site.building import usual_courses

STATES: list[dict[str, Any]] = [
    {"q": "roti"},
    {"q": "belajar desain"},
    {"q": "bahsa inggris", "harga_maks": 400_000},
    {"q": "", "platform": ["tokopedia"], "urut": "harga"},
    {"q": "", "tingkat": ["pemula"], "urut": "-harga"},
    {"q": "zzzzzz"},
    {"q": "🍞 <script>", "harga_maks": 0},
]
ASK = """async ([engine, boot, states]) => {
  const { openCatalog } = await import(engine);
  const opened = await openCatalog(boot);
  const answers = [];
  for (const state of states) {
    const answer = await opened.query(state);
    const facets = answer.counts ? await answer.counts() : answer.facets;
    answers.push({ total: answer.total, ids: answer.cards.map((c) => c.id), facets });
  }
  return answers;
}"""


def site_path(folder: Path, pattern: str) -> str:
    return "/repo/" + next(folder.glob(pattern)).relative_to(folder).as_posix()


@pytest.mark.parametrize("form", ["whole", "sharded"])
def test_chromium_answers_as_whoosh_does(
    page: Page, site_url: str, site_folder: Path, tmp_path: Path, form: Any
) -> None:
    courses = usual_courses()
    build_index(courses, tmp_path / "index")
    manifest = export_index(courses, site_folder / f"uji-{form}", build="uji", form=form)
    page.goto(site_url)
    engine = site_path(site_folder, "aset/*/js/search/engine.js")
    answers = page.evaluate(ASK, [engine, f"/repo/uji-{form}/{manifest.boot}", STATES])
    with Index(tmp_path / "index") as index:
        results = [index.search(query_of(state, limit=10)) for state in STATES]
    assert [a["total"] for a in answers] == [r.total for r in results]
    assert [a["facets"] for a in answers] == [r.facets for r in results]
    for answer, result, state in zip(answers, results, STATES, strict=True):
        if state.get("urut"):
            assert answer["ids"] == [hit.row.id for hit in result.hits]
    assert sum(r.total > 0 for r in results) >= 4


def test_a_first_search_needs_one_script_the_index_and_one_bucket(page: Page, site_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.resource_type} {request.url}"))
    page.goto(f"{site_url}pelatihan/?q=roti")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    data = [line for line in asked if line.split()[0] in ("script", "fetch", "xhr")]
    assert len([line for line in data if "sw.js" not in line and line.split()[0] == "script"]) == 1, data
    assert len({line for line in data if "/indeks/" in line}) <= 2, data


def test_the_index_comes_with_the_page_and_is_asked_for_once(page: Page, site_url: str) -> None:
    asked = index_requests(page)
    page.goto(f"{site_url}pelatihan/")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    page.wait_for_load_state("networkidle")
    assert asked == [
        page.evaluate("new URL(document.querySelector('[data-finder]').dataset.boot, location).href.split('#')[0]")
    ]
    page.focus("#q")
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


def test_without_scripts_the_search_page_costs_no_index(browser: Browser, site_url: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        asked = index_requests(page)
        page.goto(f"{site_url}pelatihan/", wait_until="networkidle")
        assert page.locator("[data-results] > li").count() > 0
        assert asked == []


def test_the_first_choice_on_the_home_page_fetches_what_the_results_need(page: Page, site_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site_url)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/indeks/" in url or "/js/cari-" in url]
    for place in (1, 2):
        page.locator("[data-steps] label").nth(place).click()
        until(page, "performance.getEntriesByType('resource').some(entry => entry.name.includes('/indeks/boot'))")
    assert len([url for url in asked if "/indeks/boot" in url]) == 1
    assert len([url for url in asked if "/js/cari-" in url]) == 1


def test_what_was_built_is_what_the_engine_answers_without_conditions(
    page: Page, site_url: str, site_folder: Path
) -> None:
    page.goto(f"{site_url}pelatihan/")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    boot = page.get_attribute("[data-finder]", "data-boot")
    today = day_number(NIGHT)
    [answer] = page.evaluate(ASK, [site_path(site_folder, "aset/*/js/search/engine.js"), boot, [{"today": today}]])
    assert page.inner_text("[data-total]") == str(answer["total"])
    shown = page.eval_on_selector_all("[data-results] > li", "all => all.map(li => li.dataset.course)")
    assert shown == answer["ids"]
    assert page.locator("[data-pages] a").count() > 0
    options = page.eval_on_selector_all(
        "[data-filters] input[value]:not([value=''])",
        "all => all.map(i => [i.name, i.value, Number(i.closest('label')?.querySelector('data')?.value)])",
    )
    assert len(options) > 20
    for name, value, count in options:
        assert count == answer["facets"][name].get(value, 0), (name, value)


def held(page: Page, pattern: str) -> Callable[[], None]:
    """Every request of the pattern waits, however long a test looks, until the returned function is called."""
    waiting: list[Route] | None = []

    def take(route: Route) -> None:
        if waiting is None:
            route.continue_()
        else:
            waiting.append(route)

    def let_go() -> None:
        nonlocal waiting
        held_back, waiting = waiting or [], None
        for route in held_back:
            route.continue_()

    page.route(pattern, take)
    return let_go


def test_a_question_asked_before_the_engine_is_open_is_answered(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}pelatihan/")
    let_go = held(page, "**/indeks/**")
    page.focus("#q")
    page.keyboard.type("roti")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-finder][data-busy]")
    assert page.get_attribute("[data-results]", "data-query") != "q=roti"
    let_go()
    until(page, "document.querySelector('[data-results]').dataset.query === 'q=roti'")
    assert int(page.inner_text("[data-total]")) > 0


def test_the_page_says_that_it_searches_while_the_index_comes(page: Page, site_url: str) -> None:
    let_go = held(page, "**/indeks/**")
    page.goto(f"{site_url}pelatihan/?q=roti", wait_until="commit")  # a preload holds the page's load event back
    page.wait_for_selector("[data-finder][data-busy]")
    assert page.locator("[data-total]").is_hidden()
    let_go()
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    assert page.locator("[data-finder][data-busy]").count() == 0
    assert page.locator("[data-total]").is_visible()


def test_a_question_without_network_and_index_is_answered_once_there_is_one(browser: Browser, site_url: str) -> None:
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(f"{site_url}pelatihan/")
    context.set_offline(True)
    page.fill("#q", "roti")
    alert = page.locator("[data-repair] [role=alert]")
    alert.wait_for()
    assert "luring" in alert.inner_text()
    assert page.locator("[data-results] > li").count() == 10
    context.set_offline(False)
    until(page, "document.querySelector('[data-results]').dataset.query === 'q=roti'")
    assert alert.count() == 0
    context.close()


def test_an_index_that_cannot_be_had_is_asked_for_again_at_the_next_question(browser: Browser, site_url: str) -> None:
    page = browser.new_page(service_workers="block")
    page.goto(f"{site_url}pelatihan/")
    page.route("**/indeks/**", lambda route: route.abort())
    page.fill("#q", "roti")
    page.wait_for_selector("[data-repair] .bad")
    page.unroute("**/indeks/**")
    page.fill("#q", "roti manis")
    until(page, "document.querySelector('[data-results]').dataset.query === 'q=roti+manis'")
    assert page.locator("[data-repair] .bad").count() == 0
    page.close()


def test_a_value_that_does_not_exist_and_never_ends_stays_within_the_page(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}pelatihan/?lembaga=tidak-ada-{'x' * 120}&q={'y' * 150}")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    page.click("[data-toggle-filters]")
    page.click("[data-filter=lembaga] summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("[data-chips] button")
    until(page, "!location.search.includes('lembaga')")


def test_a_page_past_the_end_is_the_last_one(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}pelatihan/?q=roti&hal=99999")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    total = int(page.inner_text("[data-total]"))
    assert 0 < page.locator("[data-results] > li").count() <= 10
    assert page.get_attribute("[data-results]", "data-query") == (
        f"q=roti&hal={-(-total // 10)}" if total > 10 else "q=roti"
    )
    assert page.evaluate("location.search") == "?" + (page.get_attribute("[data-results]", "data-query") or "")


def test_the_answer_is_what_the_page_shows(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}pelatihan/?q=zzzzzz")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    assert page.inner_text("[data-total]") == "0"
    assert page.locator("[data-results] > li").count() == 0
