"""The catalog stage over nights: repeatable, never emptied by a broken platform, whole after a kill."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from catalog import build
from catalog.build import Busy, accept_run, build_catalog
from catalog.files import read_lines
from catalog.judging import ReleaseError
from catalog.lifecycle import NightError
from catalog.records import Course, Finding
from tests.catalog.nights import START, Nights, files_of, listings, make_spec, write_run

DAY = dt.timedelta(days=1)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path, [make_spec("tokopedia"), make_spec("bukalapak", hosts=["www.bukalapak.com"])])


def test_no_run_at_all_gives_an_empty_catalog_and_nothing_green(nights: Nights) -> None:
    summary = nights.build(START, None)
    assert summary.totals.courses == summary.totals.offers == 0
    assert {row.outcome for row in summary.platforms} == {"not_run"}
    for row in summary.platforms:
        assert (row.received, row.share, row.last_good) == (None, None, None)
    assert nights.json("coverage.json")["checks"] == []
    assert all(cell["share"] is None for cell in nights.json("coverage.json")["completeness"])


def test_a_night_publishes_what_was_accepted(nights: Nights) -> None:
    summary = nights.night(
        0, {"tokopedia": listings("tokopedia", range(10)), "bukalapak": listings("bukalapak", range(4))}
    )
    courses = list(read_lines(nights.var.courses, Course))
    assert summary.totals.offers == 14
    assert summary.totals.courses == len(courses)
    assert {offer.id for course in courses for offer in course.offers} == {
        *(f"tokopedia:{n:05d}" for n in range(10)),
        *(f"bukalapak:{n:05d}" for n in range(4)),
    }
    assert all(course.first_seen == course.changed == START for course in courses)
    assert nights.row(summary, "tokopedia").new == 10


def test_the_same_night_again_changes_no_file(nights: Nights) -> None:
    runs = {"tokopedia": listings("tokopedia", range(10)), "bukalapak": listings("bukalapak", range(4))}
    nights.night(0, runs)
    first = nights.night(1, {"tokopedia": listings("tokopedia", range(2, 12)), "bukalapak": []})
    before = files_of(nights.var.root)
    again = nights.build(first.night, "20200716T020000")
    without_run = nights.build(first.night, None)
    assert again == without_run == first
    assert files_of(nights.var.root) == before


def test_two_machines_with_equal_runs_have_equal_catalogs(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        nights = Nights(tmp_path / name, [make_spec("tokopedia")])
        for day in range(3):
            nights.night(day, {"tokopedia": listings("tokopedia", range(day, 12 + day))})
        found.append(files_of(nights.var.catalog))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("items", "report", "outcome"),
    [
        (range(0), {"declared": None}, "none_found"),
        (range(3), {}, "held"),
        (range(10), {"finish_reason": "closespider_timeout"}, "held"),
        (range(10), {"declared": 500}, "held"),
    ],
)
def test_a_broken_platform_never_empties_the_catalog(
    nights: Nights, items: range, report: dict[str, object], outcome: str
) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    good = nights.var.lastgood / "tokopedia.jsonl"
    before = good.read_bytes()
    summary = nights.night(1, {"tokopedia": listings("tokopedia", items)}, {"tokopedia": report})
    row = nights.row(summary, "tokopedia")
    assert (row.outcome, row.published, row.last_good, row.age_nights) == (outcome, 10, START, 1)
    assert good.read_bytes() == before
    assert row.reasons


def test_not_run_is_no_failure_and_keeps_everything(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    row = nights.row(nights.night(1, {}), "tokopedia")
    assert (row.outcome, row.received, row.published, row.gone) == ("not_run", None, 10, 0)


def test_a_second_run_of_one_platform_keeps_the_others_verdicts(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10)), "bukalapak": listings("bukalapak", range(5))})
    write_run(nights.var, "later", "tokopedia", listings("tokopedia", range(11)))
    summary = nights.build(START, "later")
    assert {row.platform: (row.outcome, row.received) for row in summary.platforms} == {
        "tokopedia": ("accepted", 11),
        "bukalapak": ("accepted", 5),
    }


def test_an_offer_is_gone_after_three_accepted_nights_and_its_page_stays(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    told = [
        nights.row(nights.night(d, {"tokopedia": listings("tokopedia", range(1, 10))}), "tokopedia")
        for d in (1, 2, 3, 4)
    ]
    assert [(row.gone, row.published) for row in told] == [(0, 10), (0, 10), (1, 9), (0, 9)]
    gone = [c for c in read_lines(nights.var.courses, Course) if c.status == "gone"]
    assert [offer.id for course in gone for offer in course.offers] == ["tokopedia:00000"]
    assert gone[0].offers[0].gone_since == START + 3 * DAY
    back = nights.night(5, {"tokopedia": listings("tokopedia", range(10))})
    assert nights.row(back, "tokopedia").new == 1
    assert back.counts["back"] == 1


def test_course_ids_and_slugs_stay_over_the_nights(nights: Nights) -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    dice = random.Random(3)
    for day in range(12):
        numbers = [n for n in range(30) if dice.random() > 0.1]
        nights.night(day, {"tokopedia": listings("tokopedia", numbers)})
        for course in read_lines(nights.var.courses, Course):
            for offer in course.offers:
                seen.setdefault(offer.id, set()).add((course.id, course.slug))
    assert len(seen) == 30
    assert all(len(names) == 1 for names in seen.values())


def test_a_clock_that_goes_back_is_refused_and_nothing_is_touched(nights: Nights) -> None:
    nights.night(1, {"tokopedia": listings("tokopedia", range(10))})
    before = files_of(nights.var.root)
    write_run(nights.var, "old", "tokopedia", listings("tokopedia", range(9)))
    with pytest.raises(NightError, match="before 2020-07-16"):
        nights.build(START, "old")
    after = {k: v for k, v in files_of(nights.var.root).items() if not k.startswith("runs/old")}
    assert after == before


def test_two_builds_at_once_are_refused_and_the_first_one_is_not_harmed(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = build.judge_all

    def second(state: object) -> None:
        with pytest.raises(Busy, match="another catalog stage"):
            build_catalog(nights.var, nights.specs, START, None, origins=set(), sample=True)
        inside(state)  # type: ignore[arg-type]

    monkeypatch.setattr(build, "judge_all", second)
    assert nights.night(0, {"tokopedia": listings("tokopedia", range(3))}).totals.offers == 3


def test_bad_lines_are_listed_set_aside_and_the_rest_is_published(nights: Nights) -> None:
    folder = write_run(nights.var, "r", "tokopedia", listings("tokopedia", range(5)), {"received": 10, "declared": 10})
    path = folder / "listings.jsonl"
    good = path.read_text()
    first = good.splitlines()[0]
    untitled = json.dumps(json.loads(first) | {"native_id": "x", "title": " "})
    foreign = json.dumps(json.loads(first) | {"platform": "bukalapak"})
    other = json.dumps(json.loads(first) | {"schema_version": 9})
    path.write_text(f"not json\n{good}{first}\n{untitled}\n{foreign}\n{other}\n{first[:50]}")
    summary = nights.build(START, "r")
    row = nights.row(summary, "tokopedia")
    assert (row.valid, row.published) == (5, 5)
    assert row.rejected_by == {"duplicate": 1, "no_title": 1, "not_json": 2, "other_platform": 1, "wrong_shape": 1}
    assert row.rejected == sum(row.rejected_by.values())
    assert row.received == 10
    rejected = (nights.var.catalog / "rejected.jsonl").read_text().splitlines()
    assert len(rejected) == row.rejected
    assert all(json.loads(line)["reason"] for line in rejected)
    assert len((nights.var.quarantine / "run-tokopedia.jsonl").read_text().splitlines()) == row.rejected


def test_html_in_a_title_arrives_as_text_and_is_found(nights: Nights) -> None:
    items = listings("tokopedia", range(3))
    items[0] = items[0].model_copy(update={"title": 'Belajar <script>alert("x")</script> Roti'})
    nights.night(0, {"tokopedia": items})
    true = [f for f in read_lines(nights.var.catalog / "findings.jsonl", Finding) if f.state == "true"]
    assert ("markup_in_text", "tokopedia:00000") in {(f.check, f.subject) for f in true}


def test_an_unreadable_report_holds_the_run_with_the_reason(nights: Nights) -> None:
    folder = write_run(nights.var, "r", "tokopedia", listings("tokopedia", range(3)))
    (folder / "report.json").write_text("{")
    row = nights.row(nights.build(START, "r"), "tokopedia")
    assert (row.outcome, row.codes) == ("held", ["report"])


@pytest.mark.parametrize("damage", ["missing", "{", '{"schema_version": 9}'])
def test_a_lost_meta_file_is_made_anew_from_what_the_nights_know(nights: Nights, damage: str) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    path = nights.var.lastgood / "tokopedia.meta.json"
    path.unlink() if damage == "missing" else path.write_text(damage)
    summary = nights.night(2, {})
    row = nights.row(summary, "tokopedia")
    assert (row.published, row.last_good, row.age_nights) == (10, START, 2)
    assert any("made anew" in note for note in summary.notes)
    path.unlink()
    again = nights.night(3, {"tokopedia": listings("tokopedia", range(5))})
    assert nights.row(again, "tokopedia").codes == ["shrink"], "the gate must know the lost copy's figures too"


def test_a_copy_of_an_unknown_night_is_left_out_and_said_so(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    (nights.var.lastgood / "tokopedia.meta.json").unlink()
    shutil.rmtree(nights.var.state)
    summary = nights.night(1, {})
    assert nights.row(summary, "tokopedia").published == 0
    assert any("unknown night" in note for note in summary.notes)


def test_a_cut_history_is_told_and_mended(nights: Nights) -> None:
    for day in range(2):
        nights.night(day, {"tokopedia": listings("tokopedia", range(5))})
    path = nights.var.history / "intervals.parquet"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])
    summary = nights.build(START + DAY, None)
    assert any("the copy of the night before" in note for note in summary.notes)
    assert path.read_bytes() == whole


def test_a_held_run_can_be_released_with_a_reason_that_is_shown(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(10))})
    held = nights.night(1, {"tokopedia": listings("tokopedia", range(5))})
    assert nights.row(held, "tokopedia").outcome == "held"
    run = "20200716T020000"
    verdict = accept_run(nights.var, nights.specs["tokopedia"], run, "platform menutup separuh katalog")
    assert verdict.outcome == "accepted"
    row = nights.row(nights.build(START + DAY, None), "tokopedia")
    assert (row.outcome, row.last_good) == ("accepted", START + DAY)
    assert "platform menutup separuh katalog" in row.reasons[0]
    assert row.released == "platform menutup separuh katalog"
    assert (
        nights.row(nights.night(2, {"tokopedia": listings("tokopedia", range(5))}), "tokopedia").outcome == "accepted"
    )


def test_what_is_not_there_or_empty_cannot_be_released(nights: Nights) -> None:
    spec = nights.specs["tokopedia"]
    with pytest.raises(ReleaseError, match=r"no report\.json"):
        accept_run(nights.var, spec, "never", "x")
    write_run(nights.var, "empty", "tokopedia", [])
    with pytest.raises(ReleaseError, match="no usable listing"):
        accept_run(nights.var, spec, "empty", "x")


def test_a_platform_that_left_keeps_its_offers_in_the_archive(tmp_path: Path) -> None:
    spec = make_spec("skillacademy", official=[{"from": "2020-04-01", "to": "2020-07-15"}])
    nights = Nights(tmp_path, [spec])
    items = listings("skillacademy", range(4))
    assert nights.night(0, {"skillacademy": items}).totals.active_offers == 4
    after = nights.night(1, {"skillacademy": items})
    assert after.totals.active_offers == 0
    assert nights.row(after, "skillacademy").published == 4
    assert [event.kind for event in after.events] == ["left"]
    courses = list(read_lines(nights.var.courses, Course))
    assert {course.status for course in courses} == {"archived"}
    assert all(course.lowest_price_idr is None for course in courses)
    assert after.counts["archived"] == 4


def test_last_good_older_than_seven_nights_leaves_the_lowest_price(nights: Nights) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(3))})
    assert nights.night(7, {}).totals.active_offers == 3
    late = nights.night(8, {})
    assert late.totals.active_offers == 0
    assert {o.archived_why for c in read_lines(nights.var.courses, Course) for o in c.offers} == {"stale"}


def test_unchanged_listings_are_not_read_again(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalog import judging, rooms

    nights.night(0, {"tokopedia": listings("tokopedia", range(20))})
    read = []

    def counting(listing, spec, night):  # type: ignore[no-untyped-def]
        read.append(listing.native_id)
        return rooms.read_offer(listing, spec, night)

    monkeypatch.setattr(judging, "read_offer", counting)
    monkeypatch.setattr(build, "read_offer", counting)
    items = listings("tokopedia", range(21))
    items[4] = items[4].model_copy(update={"price": "Rp999.000"})
    nights.night(1, {"tokopedia": items})
    assert sorted(read) == ["00004", "00020"]


def test_a_listing_on_which_a_reader_fails_is_rejected_and_the_rest_is_published(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog import judging, rooms

    def failing(listing, spec, night):  # type: ignore[no-untyped-def]
        if listing.native_id == "00002":
            raise KeyError("a bug")
        return rooms.read_offer(listing, spec, night)

    monkeypatch.setattr(judging, "read_offer", failing)
    monkeypatch.setattr(build, "read_offer", failing)
    row = nights.row(nights.night(0, {"tokopedia": listings("tokopedia", range(10))}), "tokopedia")
    assert (row.received, row.valid, row.published, row.rejected_by) == (10, 9, 9, {"reader": 1})
    assert "a bug" in (nights.var.quarantine / "run-tokopedia.jsonl").read_text()


@pytest.mark.parametrize("kept", [True, False])
def test_a_last_good_copy_that_was_cut_is_made_anew_or_says_so(nights: Nights, kept: bool) -> None:
    nights.night(0, {"tokopedia": listings("tokopedia", range(20))})
    path = nights.var.lastgood / "tokopedia.jsonl"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    if not kept:
        shutil.rmtree(nights.var.runs)
    summary = nights.build(START + DAY, None)
    row = nights.row(summary, "tokopedia")
    assert "damaged" in summary.notes[0]
    assert summary.quarantined == 1
    if kept:
        assert (row.published, row.warnings) == (20, [])
        assert len(path.read_text().splitlines()) == 20
    else:
        assert 0 < row.published < 20
        assert row.warnings == [f"Salinan terakhir rusak: {row.published} dari 20 pelatihan dapat dibaca."]
    after = nights.row(nights.night(2, {"tokopedia": listings("tokopedia", range(20))}), "tokopedia")
    assert (after.published, after.warnings, after.new) == (20, [], 0 if kept else 20 - row.published)


def _build_forever(nights: Nights, night: dt.date, run: str) -> None:
    while True:
        nights.build(night, run)


@pytest.mark.chaos
def test_a_build_killed_anywhere_leaves_a_night_that_can_be_finished(tmp_path: Path) -> None:
    """The finished night equals that of a machine on which nothing was killed."""
    plain, hurt = (Nights(tmp_path / name, [make_spec("tokopedia")]) for name in ("plain", "hurt"))
    dice = random.Random(11)
    kills = 60 if os.environ.get("BANDING_CHAOS") == "full" else 4
    for day in range(kills):
        items = listings("tokopedia", range(day, 200 + day))
        night, run = START + day * DAY, f"{START + day * DAY:%Y%m%d}T020000"
        plain.night(day, {"tokopedia": items})
        write_run(hurt.var, run, "tokopedia", items)
        process = multiprocessing.get_context("fork").Process(target=_build_forever, args=(hurt, night, run))
        process.start()
        time.sleep(dice.uniform(0.01, 0.8))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        hurt.build(night, run)
    assert files_of(hurt.var.catalog) == files_of(plain.var.catalog)
    assert (hurt.var.history / "intervals.parquet").read_bytes() == (
        plain.var.history / "intervals.parquet"
    ).read_bytes()
    assert files_of(hurt.var.lastgood) == files_of(plain.var.lastgood)
