"""A headless Chromium for each module, and a served site with every kind of course."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site.building import build_site, serving, usual_courses, write_catalog

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}


def chromium() -> str | None:
    """The browser's program: BANDING_CHROMIUM, else the first one installed."""
    names = [os.environ.get("BANDING_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser; one worker keeps the two cores for it."""
    for item in items:
        if Path(str(item.fspath)).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: Playwright keeps an event loop running, in which tests of coroutines can't start theirs."""
    program = chromium()
    if program is None:
        pytest.fail("no Chromium found; run tools/setup.sh browser or set BANDING_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site under /repo/ with 140 invented courses, odd ones among them."""
    var = write_catalog(tmp_path_factory.mktemp("var"), usual_courses())
    return build_site(var, tmp_path_factory.mktemp("site"), base="/repo/", sample=True)


@pytest.fixture(scope="session")
def site_url(site_folder: Path) -> Iterator[str]:
    with serving(site_folder, "/repo/") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh phone; the test fails when the page logs an error or breaks the policy."""
    context = browser.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: problems.append(str(e)))
    yield opened
    context.close()
    assert problems == []
