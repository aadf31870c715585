"""Compare and plan on A4: every value of the page stands on the paper, and nothing is wider than it."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

# The width of A4 within the margins of the style sheet (14 mm each), in CSS pixels.
PAPER = {"width": 688, "height": 971}
A4 = (595, 842)


def printed(page: Page) -> tuple[int, str]:
    """(sheets, their text without white space); fails when a sheet is not A4."""
    reader = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert {tuple(round(float(x)) for x in sheet.mediabox[2:]) for sheet in reader.pages} == {A4}
    return len(reader.pages), packed("".join(sheet.extract_text() for sheet in reader.pages))


def packed(text: str) -> str:
    return "".join(text.split())


def cut(page: Page) -> list[str]:
    """Elements that stand out of the paper or whose content is cut, as print would have it."""
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => {
          if (!e.checkVisibility() || e.closest('svg, .sr, .no-print')) return false;
          const larger = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
          const hidden = getComputedStyle(e).overflowX !== 'visible' && larger;
          return hidden || e.getBoundingClientRect().right > innerWidth + 1;
        }).map(e => `${e.tagName}.${e.className}`)"""
    )
    return found


@pytest.mark.parametrize(("ids", "sheets"), [(("c1", "c2", "c3", "c5"), 1), (("multi", "c1", "long", "many"), 4)])
def test_four_courses_are_compared_on_a4(page: Page, site_url: str, ids: tuple[str, ...], sheets: int) -> None:
    page.goto(f"{site_url}banding/?" + "&".join(f"id={i}" for i in ids))
    page.wait_for_selector("table.cmp")
    cells = page.locator("table.cmp td").all_inner_texts()
    titles = [title for title in page.locator("table.cmp thead a").all_text_contents() if title]
    count, text = printed(page)
    assert len(titles) == 4
    assert count <= sheets
    for line in [*"\n".join(cells).splitlines(), *titles]:  # a long cell goes over two sheets
        assert packed(line) in text, line
    assert "Keluarkan" not in text
    assert cut(page) == []


def test_the_plan_is_printed_with_its_sum(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}rencana/?id=multi&id=c1&id=long&id=many&saldo=300000")
    page.wait_for_selector("[data-entry]")
    wanted = [*page.locator("[data-entry] h3 a").all_text_contents(), *page.locator("[data-sum] dd").all_inner_texts()]
    count, text = printed(page)
    assert len(wanted) == 4 + 3
    assert count <= 2
    for value in wanted:
        assert packed(value) in text, value
    assert cut(page) == []


def test_what_is_cut_would_be_seen(page: Page) -> None:
    page.set_content(
        "<main><p class=a style='width:900px'>x</p><p class=b style='width:9px;overflow:hidden'>xxxxxx</p></main>"
    )
    assert cut(page) == ["P.a", "P.b"]
