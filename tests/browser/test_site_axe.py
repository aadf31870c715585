"""axe finds nothing on any page type, size, colour scheme, with our scripts and without, in every reachable state."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import make_catalog
from tests.site.building import build_site, serving, usual_courses, write_catalog

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IDS4 = "&".join(f"id=c{n}" for n in (1, 2, 3, 5))
PLAN = "&".join(f"id=c{n}" for n in range(12))
SCHEMES = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}

# page and state -> address; every page type, every state that can be reached
STATES = {
    "home": "",
    "search": "pelatihan/",
    "search, filtered": "pelatihan/?tingkat=pemula&harga_maks=400000&kategori=keuangan",
    "search, words": "pelatihan/?q=roti",
    "search, nothing found": "pelatihan/?q=xqzvw",
    "search, repairable": "pelatihan/?q=roti&harga_maks=1",
    "search, price error": "pelatihan/?harga_maks=abc",
    "search, still to be bought": "pelatihan/?buyable=1&prakerja=ya&rating=4",
    "course, many offers": "pelatihan/banyak-platform/",
    "course, bare": "pelatihan/polos/",
    "course, hostile": "pelatihan/jahat/",
    "course, sixty offers": "pelatihan/banyak-sekali/",
    "course, gone": "pelatihan/hilang/",
    "course, archive": "pelatihan/arsip-lama/",
    "compare, empty": "banding/",
    "compare, four": f"banding/?{IDS4}",
    "compare, unknown": "banding/?id=tidak-ada",
    "plan, empty": "rencana/",
    "plan, over the balance": f"rencana/?{PLAN}&saldo=100000",
    "lists": "daftar/",
    "list": "daftar/semua/",
    "list by title": "daftar/abjad/",
    "archive": "daftar/arsip/",
    "category": "kategori/keuangan/",
    "empty category": "kategori/manajemen/",
    "level": "tingkat/pemula/",
    "platform": "platform/tokopedia/",
    "providers": "lembaga/",
    "changes": "perubahan/",
    "data": "data/",
    "about": "tentang/",
    "method": "metode/",
    "buying": "cara-beli/",
    "words": "istilah/",
    "access": "aksesibilitas/",
    "contact": "hubungi/",
    "offline": "luring/",
    "404": "404.html",
}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        f"{v['id']}: {n['target']} {n.get('failureSummary', '')[:160]}"
        for v in found["violations"]
        for n in v["nodes"][:3]
    ]


def settle(page: Page) -> None:
    """Waits until the page's scripts have shown their state."""
    if page.locator("[data-results]").count():
        page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    if page.locator("[data-compare-page]").count():
        page.wait_for_selector("[data-table] > *", state="attached")
    if page.locator("[data-plan-page]").count():
        page.wait_for_selector("[data-plan-list] > li", state="attached")


TEXT_PAGES = list(STATES).index("lists")  # from here on pages without states of their own: once each
# Pairwise: every state meets every size, scheme and script setting at least once over the run, not every product.
CASES = [
    (state, ("phone", "desktop")[(i + shift) % 2], list(SCHEMES)[(i + shift) % 3], (i + shift) % 3 != 2)
    for i, state in enumerate(STATES)
    for shift in ((0, 1) if i < TEXT_PAGES else (0,))
]


@pytest.mark.parametrize(("state", "size", "scheme", "scripts"), CASES)
def test_axe_finds_nothing(browser: Browser, site_url: str, state: str, size: str, scheme: str, scripts: bool) -> None:
    context = browser.new_context(
        viewport=PHONE if size == "phone" else DESKTOP,  # type: ignore[arg-type]
        bypass_csp=True,  # axe itself is put in by the test
        service_workers="block",
        **SCHEMES[scheme],  # type: ignore[arg-type]
    )
    page = context.new_page()
    if not scripts:
        page.route("**/*.js", lambda route: route.abort())
    page.goto(site_url + STATES[state])
    if scripts:
        settle(page)
    found = violations(page)
    context.close()
    assert found == []


@pytest.fixture(scope="module")
def other_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty catalog, one of a single course, and one whose courses share pages."""
    with contextlib.ExitStack() as stack:
        found = {}
        for name, courses, pages in (
            ("empty", [], "full"),
            ("one", make_catalog(1), "full"),
            ("shared", usual_courses(20), "lists"),
        ):
            root = tmp_path_factory.mktemp(name)
            out = build_site(write_catalog(root / "var", courses), root / "out", pages=pages)
            found[name] = stack.enter_context(serving(out))
        yield found


@pytest.mark.parametrize(
    ("site", "path", "size", "scheme"),
    [
        ("empty", "", "phone", "dark"),
        ("empty", "pelatihan/", "desktop", "light"),
        ("empty", "daftar/", "phone", "forced"),
        ("one", "", "desktop", "forced"),
        ("one", "pelatihan/", "phone", "light"),
        ("shared", "kelompok/000/", "phone", "light"),
        ("shared", "kelompok/000/", "desktop", "dark"),
    ],
)
def test_axe_finds_nothing_on_other_catalogs(
    browser: Browser, other_sites: dict[str, str], site: str, path: str, size: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport=PHONE if size == "phone" else DESKTOP,  # type: ignore[arg-type]
        bypass_csp=True,
        service_workers="block",
        **SCHEMES[scheme],  # type: ignore[arg-type]
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(other_sites[site] + path)
    settle(page)
    found = violations(page)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert (found, problems, over) == ([], [], 0)


def test_axe_would_find_a_missing_label(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=id><title>x</title><main><h1>x</h1><input></main></html>")
    assert any(text.startswith("label") for text in violations(page))
    page.close()
