"""Coverage: percentages only where they mean something; digest and diagnosis say what a person needs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from catalog.completeness import FIELDS, cells, state_of
from catalog.coverage import events_of, minutes_between, share_of
from catalog.diagnose import NothingToCompare, diagnose
from catalog.digest import NoCatalog, report
from catalog.layout import Var
from tests.catalog.nights import START, Nights, listings, make_spec, write_run
from tests.factories import make_course, make_offer


@pytest.mark.parametrize(
    ("declared", "scope", "received", "share"),
    [
        (200, "prakerja", 195, 0.975),
        (200, "whole_shop", 195, None),
        (200, "unknown", 195, None),
        (None, "prakerja", 195, None),
        (0, "prakerja", 0, None),
        (200, "prakerja", None, None),
        (100, "prakerja", 103, 1.03),
    ],
)
def test_a_percentage_is_given_only_for_a_known_total_of_programme_trainings(
    declared: int | None, scope: str, received: int | None, share: float | None
) -> None:
    assert share_of(declared, scope, received) == share


@pytest.mark.parametrize(
    ("started", "finished", "minutes"),
    [
        ("2020-07-15T01:00:00+07:00", "2020-07-15T01:10:30+07:00", 10.5),
        ("2020-07-15T01:00:00+07:00", None, None),
        ("yesterday", "2020-07-15T01:10:30+07:00", None),
        ("2020-07-15T01:00:00", "2020-07-15T01:10:30+07:00", None),
    ],
)
def test_minutes_of_a_run(started: str, finished: str | None, minutes: float | None) -> None:
    assert minutes_between(started, finished) == minutes


def test_each_offer_is_valid_unreadable_or_empty_in_every_field() -> None:
    price = next(measure for measure in FIELDS if measure.field == "price")
    level = next(measure for measure in FIELDS if measure.field == "level")
    assert state_of(make_offer(), price) == "valid"
    assert state_of(make_offer(price_idr=0, free=True), price) == "valid"
    assert state_of(make_offer(price_idr=None), price) == "unreadable"
    assert state_of(make_offer(price_idr=None, price_raw="  "), price) == "empty"
    assert state_of(make_offer(levels=["beginner"], level_raw=None), level) == "valid"


def test_parts_add_up_and_a_platform_without_offers_has_no_percentage() -> None:
    course = make_course([make_offer(), make_offer(native_id="2", price_idr=None, status="gone")])
    table = {(cell.platform, cell.field): cell for cell in cells([course], ["tokopedia", "bukalapak"])}
    assert len(table) == 2 * len(FIELDS)
    assert all(cell.total == cell.valid + cell.unreadable + cell.empty for cell in table.values())
    assert table["tokopedia", "price"].total == 1
    assert table["bukalapak", "price"].share is None
    assert cells([], []) == []


def test_nothing_happened_on_a_first_night() -> None:
    assert events_of({}, [], START, None, set(), {}) == []


def test_a_new_name_is_told_also_where_the_spec_was_changed_without_a_date(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("sekolahmu")])
    nights.night(0, {"sekolahmu": listings("sekolahmu", range(5))})
    nights.specs["sekolahmu"] = make_spec("sekolahmu", name="Nama Baru")
    told = [
        [(e.kind, e.text) for e in nights.night(n, {"sekolahmu": listings("sekolahmu", range(5))}).events]
        for n in (1, 2)
    ]
    assert told == [[("renamed", "Sekolahmu kini bernama Nama Baru.")], []]
    again = nights.night(2, {"sekolahmu": listings("sekolahmu", range(5))})
    assert again.events == []


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    nights = Nights(tmp_path, [make_spec("tokopedia"), make_spec("bukalapak")])
    for day in range(2):
        nights.night(day, {"tokopedia": listings("tokopedia", range(30))})
    return nights


def hold(nights: Nights) -> str:
    run, night = "20200717T020000", START + dt.timedelta(days=2)
    items = [x.model_copy(update={"price": None}) for x in listings("tokopedia", range(2, 20))]
    folder = write_run(nights.var, run, "tokopedia", items, {"layers": {"html": 18}, "errors": {"redesign": 1}})
    (folder / "responses").mkdir()
    (folder / "responses/001.html").write_text("x")
    nights.build(night, run)
    return run


def test_the_digest_tells_the_night_on_one_screen_in_three_forms(nights: Nights) -> None:
    hold(nights)
    text = report(nights.var)
    assert len(text.splitlines()) <= 25
    assert "DATA CONTOH" in text
    assert "Tokopedia: DITAHAN; terkumpul 18 dari 18; tampil 30" in text
    assert "Bukalapak: tidak dijalankan; terkumpul ?" in text
    assert "belum pernah terkumpul" in text
    assert "Peringatan menyala: 1" in text
    html = report(nights.var, "html")
    assert html.startswith("<!doctype html>") and "style" not in html
    value = json.loads(report(nights.var, "json"))
    assert [alarm["rule"] for alarm in value["alarms"]] == ["ditahan"]
    assert value["platforms"][0]["outcome"] == "held"


def test_without_a_catalog_the_digest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCatalog, match="banding nightly"):
        report(Var(tmp_path))


def test_the_diagnosis_names_what_was_lost(nights: Nights) -> None:
    run = hold(nights)
    found = diagnose(nights.var, "tokopedia")
    assert (found.run, found.usable, found.usable_then) == (run, 18, 30)
    assert (found.layers_lost, found.layers_new) == (["api"], ["html"])
    assert [(c.field, c.then, c.now) for c in found.fields] == [("price", 1.0, 0.0)]
    assert len(found.vanished) == 12 and found.appeared == []
    assert found.responses == ["responses/001.html"]
    assert any("layer 'api' gave nothing any more" in line for line in found.summary)
    assert any("field 'price': 100% -> 0%" in line for line in found.summary)


def test_an_accepted_run_is_compared_with_the_run_before_it(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))}, {"tokopedia": {"layers": {"api": 10}}})
    now = [x.model_copy(update={"image": "x"}) for x in listings("tokopedia", range(1, 11))]
    nights.night(1, {"tokopedia": now}, {"tokopedia": {"layers": {"html": 10}}})
    found = diagnose(nights.var, "tokopedia")
    assert (found.run, found.last_good_run) == ("20200716T020000", "20200715T020000")
    assert (found.layers_lost, found.layers_new, found.vanished, found.appeared) == (
        ["api"],
        ["html"],
        ["00000"],
        ["00010"],
    )
    assert [change.field for change in found.fields] == ["image"]


def test_an_unchanged_run_has_nothing_to_report(nights: Nights) -> None:
    found = diagnose(nights.var, "tokopedia")
    assert (found.layers_lost, found.fields, found.vanished, found.appeared) == ([], [], [], [])


def test_a_first_run_is_compared_with_nothing(tmp_path: Path) -> None:
    write_run(Var(tmp_path), "r", "tokopedia", listings("tokopedia", range(3)))
    found = diagnose(Var(tmp_path), "tokopedia")
    assert found.usable_then is None
    assert "never accepted before: nothing to compare with" in found.summary


def test_without_a_run_the_diagnosis_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToCompare, match="banding crawl tokopedia"):
        diagnose(Var(tmp_path), "tokopedia")
