"""The search page of a large catalog: what its first answer does not need comes as a second script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from banding_bundle import bundle
from playwright.sync_api import Browser, Page, Route

from search_index.export import export_index
from tests.browser.waiting import until
from tests.site.building import ROOT, usual_courses

SCRIPTS = ROOT / "site/theme/static/js"
READY = "document.querySelector('[data-results]').dataset.state === 'ready'"


@pytest.fixture(scope="module")
def large(site_folder: Path) -> tuple[str, str]:
    """The script and the boot file that a large catalog's search page names, of the courses that the small site has."""
    code, parts = bundle(SCRIPTS, ("cari.js", "situs.js"), leave_out=("search/whole.js",))
    folder = next(site_folder.glob("aset/*/js"))
    for name, text in {"cari-besar.js": code, **parts}.items():
        (folder / name).write_text(text, encoding="utf-8")
    manifest = export_index(usual_courses(), site_folder / "uji-besar", build="uji", form="sharded")
    return f"/repo/{(folder / 'cari-besar.js').relative_to(site_folder).as_posix()}", f"/repo/uji-besar/{manifest.boot}"


def make_large(page: Page, large: tuple[str, str]) -> list[str]:
    """Serves the search page as a large catalog's; returns scripts and data that it asks for."""
    script, boot = large

    def changed(route: Route) -> None:
        html = re.sub(r'data-boot="[^"]*"', f'data-boot="{boot}"', route.fetch().text())
        route.fulfill(body=re.sub(r'src="[^"]*/cari-whole[^"]*"', f'src="{script}"', html), content_type="text/html")

    page.route(re.compile(r"/repo/pelatihan/(\?.*)?$"), changed)
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if re.search("/js/|/uji-besar/", request.url) else None
    )
    return asked


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page that may meet failures."""
    with browser.new_context(service_workers="block") as context:
        yield context.new_page()


def test_one_word_needs_one_script_and_its_counts_the_second(page: Page, site_url: str, large: tuple[str, str]) -> None:
    asked = make_large(page, large)
    page.add_init_script(
        "new MutationObserver((_, watch) => { if (document.querySelector('[data-results][data-state=ready]')) {"
        " window.before = performance.getEntriesByType('resource').map((entry) => entry.name); watch.disconnect(); } })"
        ".observe(document, { subtree: true, attributes: true })"
    )
    page.goto(f"{site_url}pelatihan/?q=roti")
    until(page, READY)
    before = [name for name in page.evaluate("window.before") if re.search("/js/|/uji-besar/", name)]
    assert len([name for name in before if "/js/" in name]) == 1, before
    assert len(before) <= 4, before
    page.wait_for_load_state("networkidle")
    later = [name.split("-")[0] for name in (url.split("/js/")[-1] for url in asked if "/js/" in url) if "-" in name]
    assert sorted(later) == ["bahasa", "cari", "scan"], asked
    shown = page.inner_text("[data-total]")
    page.evaluate("document.querySelector('input[name=platform]').click()")
    until(page, f"{READY} && document.querySelector('[data-results]').dataset.query.includes('platform')")
    assert 0 < int(page.inner_text("[data-total]")) <= int(shown)
    assert len([url for url in asked if "/js/scan-" in url]) == 1, asked


def test_a_second_script_that_failed_is_asked_for_again(phone: Page, site_url: str, large: tuple[str, str]) -> None:
    make_large(phone, large)
    phone.route("**/js/scan-*", lambda route: route.abort())
    phone.goto(f"{site_url}pelatihan/?q=roti&platform=tokopedia")
    phone.wait_for_selector("[data-repair] [role=alert]")
    phone.unroute("**/js/scan-*")
    phone.press("#q", "Enter")
    until(phone, READY)
    assert int(phone.inner_text("[data-total]")) > 0
