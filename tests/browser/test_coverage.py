"""The coverage pages in a browser: axe finds nothing, the age of data follows the reader's clock, nothing overflows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from catalog.export import export_data
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_site_axe import violations
from tests.catalog.nights import START, Nights, listings, make_spec
from tests.site.building import build_site, serving

NIGHT = START + dt.timedelta(days=3)
PATHS = (
    "cakupan/",
    "cakupan/tokopedia/",
    "cakupan/bukalapak/",
    "cakupan/pintaria/",
    "cakupan/isian/",
    "cakupan/pemeriksaan/",
    "cakupan/alarm/",
    "cakupan/daftar-resmi/",
    "en/cakupan/",
    "en/data/",
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Four nights: one platform fine with odd prices, one held on the last night, one never run."""
    root = tmp_path_factory.mktemp("cakupan")
    names = ("tokopedia", "bukalapak", "pintaria")
    nights = Nights(root, [make_spec(name, name=name.title()) for name in names])
    for day in range(4):
        runs = {"tokopedia": listings("tokopedia", range(day, 30)), "bukalapak": listings("bukalapak", range(20))}
        runs["tokopedia"][5] = runs["tokopedia"][5].model_copy(update={"price": "Rp tanya"})
        nights.night(day, runs, {"bukalapak": {"finish_reason": "dns"}} if day == 3 else {})
    out = build_site(nights.var.root, root / "out", base="/repo/", night=NIGHT)
    export_data(nights.var, out / "data", build="uji-1", night=NIGHT, sample=False)
    with serving(out, "/repo/") as address:
        yield address


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_coverage_page(
    browser: Browser, url: str, viewport: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    found = {}
    for path in PATHS:
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        for details in page.query_selector_all("details"):
            details.evaluate("node => { node.open = true }")
        found[path] = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} scrolls sideways"
    context.close()
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize(("later", "words"), [(0, "umur 0 hari"), (10, "umur 10 hari")])
def test_the_age_of_the_data_follows_the_readers_clock(page: Page, url: str, later: int, words: str) -> None:
    page.clock.set_fixed_time(dt.datetime.combine(NIGHT + dt.timedelta(days=later), dt.time(5), tzinfo=dt.UTC))
    page.goto(url + "cakupan/")
    row = page.locator("tr[data-platform=tokopedia] td[data-key=last_good]")
    row.locator("span").wait_for()
    assert words in row.inner_text()
    assert "18 Jul 2020" in row.inner_text()


def test_without_scripts_the_date_alone_stands_and_every_number_is_there(browser: Browser, url: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url + "cakupan/")
    row = page.locator("tr[data-platform=tokopedia]")
    assert row.locator("td[data-key=last_good]").inner_text().strip() == "18 Jul 2020"
    assert row.locator("td[data-key=published]").inner_text().strip() == "29"
    context.close()


def test_a_reader_whose_clock_is_behind_sees_no_negative_age(page: Page, url: str) -> None:
    page.clock.set_fixed_time(dt.datetime(2019, 1, 1, tzinfo=dt.UTC))
    page.goto(url + "cakupan/")
    page.wait_for_load_state("networkidle")
    assert "umur" not in page.locator("main").inner_text().replace("Umur", "")


def test_the_files_that_a_page_links_to_are_there(page: Page, url: str) -> None:
    broken = []
    for path in PATHS:
        page.goto(url + path)
        for link in page.evaluate("[...document.querySelectorAll('main a')].map(a => a.href)"):
            if "/repo/" in link and page.request.get(link).status != 200:
                broken.append((path, link))
    assert broken == []
