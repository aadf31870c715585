"""The coverage pages: every number equals the published tables, every link of a number leads to its rows."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from catalog.export import export_data
from tests.catalog.nights import START, Nights, listings, make_spec
from tests.site.building import ROOT, build_site, write_catalog


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three nights of the real specs' platforms: one held, one with faults, most never run."""
    root = tmp_path_factory.mktemp("cakupan")
    names = ("tokopedia", "bukalapak", "pintaria")
    nights = Nights(root, [make_spec(name, name=name.title(), declared_scope="prakerja") for name in names])
    for day in range(3):
        runs = {"tokopedia": listings("tokopedia", range(day, 30)), "bukalapak": listings("bukalapak", range(20))}
        for n, price in enumerate((None, "Rp tanya", "Rp150.000", "Rp900.000")):
            runs["tokopedia"][n + 5] = runs["tokopedia"][n + 5].model_copy(update={"price": price})
        reports = {"bukalapak": {"finish_reason": "dns"}} if day == 2 else {"tokopedia": {"declared": 30 - day}}
        nights.night(day, runs, reports)  # type: ignore[arg-type]
    night = START + dt.timedelta(days=2)
    out = build_site(nights.var.root, root / "out", base="/repo/", url="https://contoh.example/repo", night=night)
    export_data(nights.var, out / "data", build="uji-1", night=night, sample=False)
    return out


def page(site: Path, path: str) -> Any:
    return html.fromstring((site / path.strip("/") / "index.html").read_text(encoding="utf-8"))


def table(site: Path, name: str) -> list[dict[str, str]]:
    with (site / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(text: str) -> str:
    """A number of the page as the table writes it; 'tidak diketahui' is an empty cell."""
    shown = text.split("(", maxsplit=1)[0].strip()
    return "" if shown == "tidak diketahui" else shown.replace(".", "")


def test_every_number_of_the_overview_stands_in_coverage_csv(site: Path) -> None:
    rows = {row["platform"]: row for row in table(site, "coverage")}
    shown = page(site, "/cakupan/").xpath("//tr[@data-platform]")
    assert {line.get("data-platform") for line in shown} == set(rows)
    for line in shown:
        row = rows[line.get("data-platform")]
        assert line.get("data-outcome") == row["outcome"]
        for key in ("declared", "received", "valid", "rejected", "published", "new", "gone", "changed"):
            assert number(line.xpath(f"string(td[@data-key='{key}'])")) == row[key], (row["platform"], key)


def test_a_percentage_is_shown_only_where_coverage_has_one_and_never_rounded_up_to_all(site: Path) -> None:
    shown = {
        line.get("data-platform"): line.xpath("string(td[@data-key='share'])").strip()
        for line in page(site, "/cakupan/").xpath("//tr[@data-platform]")
    }
    assert shown == {"tokopedia": "100 %", "bukalapak": "100 %", "pintaria": "tidak diketahui"}
    from banding_coverage import percent
    from banding_coverage_words import INDONESIAN

    assert percent(0.99996, INDONESIAN) == "99,9 %"
    assert percent(None, INDONESIAN) == "tidak diketahui"
    assert percent(0.0, INDONESIAN) == "0 %"


def linked(site: Path, link: Any) -> list[dict[str, str]]:
    address = link.get("href").removeprefix("/repo/data/").removesuffix(".csv")
    return table(site, address)


def test_every_number_that_is_a_link_leads_to_exactly_that_many_rows(site: Path) -> None:
    seen = 0
    for path in ("/cakupan/", "/cakupan/isian/", "/cakupan/pemeriksaan/", "/cakupan/tokopedia/", "/cakupan/bukalapak/"):
        for link in page(site, path).xpath("//td//a[contains(@href, '/data/')] | //dd//a[contains(@href, '/data/')]"):
            text = number(link.text_content())
            if text.isdigit():
                assert len(linked(site, link)) == int(text), (path, link.get("href"))
                seen += 1
    assert seen > 20


def test_completeness_on_the_page_equals_the_table(site: Path) -> None:
    found = page(site, "/cakupan/isian/")
    for row in table(site, "completeness"):
        line = next(
            tr
            for tr in found.xpath(f"//table[@data-field='{row['field']}']//tr[th/a]")
            if tr.xpath("th/a")[0].get("href") == f"/repo/cakupan/{row['platform']}/"
        )
        assert [number(td.text_content()) for td in line.xpath("td")] == [
            row[k] for k in ("total", "valid", "unreadable", "empty")
        ]


def test_checks_on_the_page_equal_the_table(site: Path) -> None:
    sums: dict[str, list[int]] = {}
    for row in table(site, "checks"):
        whole = sums.setdefault(row["check"], [0, 0, 0])
        for place, key in enumerate(("true", "false", "not_tested")):
            whole[place] += int(row[key])
    shown = {
        tr.get("data-check"): [int(number(td.text_content())) for td in tr.xpath("td")]
        for tr in page(site, "/cakupan/pemeriksaan/").xpath("//tr[@data-check]")
    }
    assert shown == sums
    assert any(values[0] for values in shown.values())


def test_four_outcomes_are_four_words(site: Path) -> None:
    text = page(site, "/cakupan/").text_content()
    for words in ("Diterima", "Ditahan", "Tidak dijalankan", "Tidak ditemukan satu pun", "belum pernah terkumpul"):
        assert words in text


def test_alarms_that_are_on_stand_on_top_and_on_the_platforms_page(site: Path) -> None:
    assert page(site, "/cakupan/").xpath("string(//*[@data-alarms])") == "1"
    assert "Hasil pengumpulan Bukalapak malam ini ditahan" in page(site, "/cakupan/bukalapak/").text_content()
    assert "Tidak ada dalam 90 hari terakhir." in page(site, "/cakupan/tokopedia/").text_content()


def test_plots_have_a_name_no_style_and_the_points_of_trends_csv(site: Path) -> None:
    from banding_trends import Point, coordinates

    found = page(site, "/cakupan/tokopedia/")
    plots = found.xpath("//*[name()='svg' and @role='img']")
    assert plots
    assert all(plot.get("aria-label") for plot in plots)
    assert not found.xpath("//*[name()='svg']//@style")
    rows = [row for row in table(site, "trends") if row["platform"] == "tokopedia"]
    points = [Point(dt.date.fromisoformat(row["night"]), int(row["published"])) for row in rows]
    places = coordinates(points)
    assert [point.value for point, _, _ in places] == [int(row["published"]) for row in rows]
    drawn = next(plot for plot in plots if plot.get("aria-label").startswith("Tampil"))
    path = "".join(drawn.xpath(".//*[@class='l']/@d"))
    assert all(f"{x:g} {y:g}" in path for _, x, y in places)
    nights = [th.text_content() for th in found.xpath("//details//tbody//th")]
    assert nights == [row["night"] for row in reversed(rows)]


def test_a_plot_without_a_value_is_not_drawn_and_a_gap_stays_a_gap() -> None:
    from banding_trends import Plot, Point, _lines, draw

    empty = [Point(START, None), Point(START + dt.timedelta(days=1), None)]
    assert draw(Plot("x", empty, [], ".")) == ""
    assert draw(Plot("x", [], [], ".")) == ""
    gap = [Point(START + dt.timedelta(days=n), value) for n, value in enumerate((5, 6, None, 7))]
    assert len(_lines(gap)) == 2


def test_both_languages_point_at_each_other(site: Path) -> None:
    for path, other in (("/cakupan/", "/en/cakupan/"), ("/data/", "/en/data/")):
        for address in (path, other):
            links = {
                a.get("hreflang"): a.get("href")
                for a in page(site, address).xpath("//link[@rel='alternate'][@hreflang]")
            }
            base = "https://contoh.example/repo"
            assert links == {"id": base + path, "en": base + other}, address
        assert page(site, other).get("lang") == "en"
        assert page(site, path).get("lang") == "id"


def test_pages_without_any_night_say_so(tmp_path: Path) -> None:
    out = build_site(write_catalog(tmp_path / "var", []), tmp_path / "out")
    assert "Belum ada malam yang tercatat." in page(out, "/cakupan/").text_content()


def test_dates_carry_what_the_readers_clock_needs(site: Path) -> None:
    dates = page(site, "/cakupan/").xpath("//time[@data-umur]/@datetime")
    assert set(dates) == {"2020-07-16", "2020-07-17"}
    script = (ROOT / "site/theme/static/js/cakupan.js").read_text(encoding="utf-8")
    assert "data-umur" in script
