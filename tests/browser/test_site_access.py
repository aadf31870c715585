# ruff: noqa: E501 - scripts for the browser stand on long lines
"""What axe cannot see: keyboard, focus, reflow, text spacing, targets, consistent navigation; and the bytes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.waiting import until

PAGES = ("", "pelatihan/", "pelatihan/banyak-platform/", "pelatihan/panjang/", "banding/?id=multi&id=c1&id=c2&id=c3", "rencana/?id=multi&id=c1", "daftar/", "daftar/semua/", "daftar/abjad/", "perubahan/", "cara-beli/", "data/", "404.html")  # fmt: skip
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }"


def settled(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_any_screen_at_200_percent_and_with_wide_text(
    browser: Browser, site_url: str, path: str
) -> None:
    for width, size, css in ((320, "100%", ""), (360, "200%", ""), (360, "100%", SPACING), (1280, "100%", "")):
        context = browser.new_context(
            viewport={"width": width, "height": 640}, bypass_csp=True, service_workers="block"
        )
        page = context.new_page()
        settled(page, site_url + path)
        page.add_style_tag(content=f"html {{ font-size: {size} }} {css}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wide = page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .sr, svg') "
            "&& getComputedStyle(e).position !== 'absolute').map(e => e.tagName + '.' + e.className).slice(0, 3)"
        )
        context.close()
        assert over <= 0, (width, size, bool(css), wide)


@pytest.mark.parametrize("path", PAGES)
def test_targets_on_a_phone_are_44_pixels_high_unless_they_stand_in_text(page: Page, site_url: str, path: str) -> None:
    settled(page, site_url + path)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), summary, nav a, .btn, .tile')].filter(e => {
          const box = (e.closest('label') || e).getBoundingClientRect();
          const seen = e.checkVisibility({visibilityProperty: true, opacityProperty: false}) && !e.closest('.crumbs, .sr') && !e.matches('.sr');
          return seen && box.width > 0 && (box.height < 44 || box.width < 24);
        }).map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("path", ["", "pelatihan/", "pelatihan/banyak-platform/", "rencana/?id=multi&id=c1"])
def test_tab_reaches_everything_in_order_visibly_and_uncovered(page: Page, site_url: str, path: str) -> None:
    settled(page, site_url + path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    last = -1
    for _ in range(60):
        state = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return null;
            const box = e.getBoundingClientRect(); const style = getComputedStyle(e);
            const own = e.closest('label') || e;
            const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 150), box.top + box.height / 2);
            const chip = e.nextElementSibling ? getComputedStyle(e.nextElementSibling) : style;
            return {order: [...document.querySelectorAll('*')].indexOf(e), outline: style.outlineStyle !== 'none' || chip.outlineStyle !== 'none',
              covered: !(at && (own.contains(at) || at.contains(e))), what: e.outerHTML.slice(0, 80)}; }"""
        )
        if state is None:
            break
        assert state["order"] > last, state
        assert state["outline"], state
        assert not state["covered"], state
        last = state["order"]
        page.keyboard.press("Tab")
    assert last > 0


def test_the_skip_link_moves_the_focus(page: Page, site_url: str) -> None:
    settled(page, site_url + "pelatihan/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"


def test_search_filter_and_compare_by_keyboard_only(page: Page, site_url: str) -> None:
    settled(page, site_url + "pelatihan/")
    page.focus("#q")
    page.keyboard.type("roti")
    page.keyboard.press("Enter")
    until(page, "new URLSearchParams(location.search).get('q') === 'roti'")
    page.focus("[data-toggle-filters]")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-toggle-filters]", "aria-expanded") == "true"
    page.focus("input[name=tingkat][value=pemula]")
    page.keyboard.press("Space")
    until(page, "new URLSearchParams(location.search).get('tingkat') === 'pemula'")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    # Changing a filter neither moves the focus nor leaves the page.
    assert page.evaluate("document.activeElement.value") == "pemula"
    page.focus("[data-results] [data-compare]")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_navigation_and_help_stand_in_the_same_order_everywhere(page: Page, site_url: str) -> None:
    orders = set()
    for path in PAGES:
        page.goto(site_url + path)
        names = page.eval_on_selector_all(
            "header nav a span, footer nav a", "all => all.map(a => a.firstChild.textContent)"
        )
        orders.add(tuple(names))
    assert len(orders) == 1


@pytest.mark.parametrize(
    ("path", "limits"),
    [
        ("", {"total": 25_000, "css": 10_000}),
        ("pelatihan/", {"js": 30_000, "css": 10_000}),
        ("pelatihan/banyak-platform/", {"html": 12_000, "css": 10_000}),
        ("banding/?id=multi", {"js": 30_000}),
    ],
)
def test_a_cold_load_stays_within_its_bytes(browser: Browser, site_url: str, path: str, limits: dict[str, int]) -> None:
    """Sizes as a host with gzip sends them; the test's own host sends plain bytes."""
    import gzip

    # What the service worker adds is counted at the host (test_site_journeys.py).
    context = browser.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    sizes: dict[str, int] = {"total": 0}
    kinds = {"text/html": "html", "text/javascript": "js", "text/css": "css"}
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    settled(page, site_url + path)
    for answer in answers:
        assert answer.url.startswith(site_url), answer.url
        size = len(gzip.compress(answer.body(), 9))
        kind = kinds.get(answer.headers["content-type"].split(";")[0], "other")
        sizes[kind] = sizes.get(kind, 0) + size
        sizes["total"] += size
    context.close()
    assert sizes["html"] > 500
    for kind, most in limits.items():
        assert sizes.get(kind, 0) <= most, sizes
