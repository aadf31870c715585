"""The engine in Chromium: both forms answer as Whoosh does, and the search page needs few requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from search_index.build import build_index
from search_index.export import export_index
from search_index.query import Index
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


def test_the_answer_is_what_the_page_shows(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}pelatihan/?q=zzzzzz")
    page.wait_for_selector("[data-results][data-state=ready]", state="attached")
    assert page.inner_text("[data-total]") == "0"
    assert page.locator("[data-results] > li").count() == 0
