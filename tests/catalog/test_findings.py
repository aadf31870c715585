"""Findings: counted in three states, the office's notes found again every night; checks across platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.course_checks import check_courses
from catalog.export import export_data
from catalog.files import read_lines
from catalog.findings import counts, read_follow_ups
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import Finding
from tests.catalog.nights import START, Nights, listings, make_spec
from tests.factories import make_course, make_offer


def follow_ups(tmp_path: Path, text: str) -> tuple[dict[str, tuple[str, str]], int]:
    (tmp_path / "findings.csv").write_text(text, encoding="utf-8")
    quarantine = Quarantine(tmp_path / "q")
    found = read_follow_ups(Var(tmp_path), quarantine)
    return {key: (value.status, value.note) for key, value in found.items()}, quarantine.count


@pytest.mark.parametrize("separator", [",", ";"])
def test_notes_are_read_by_finding_id(tmp_path: Path, separator: str) -> None:
    lines = [["id", "status", "note"], ["f1", "Diperiksa", "ditelepon"], ["f2", "bukan masalah", ""]]
    text = "\ufeff" + "\n".join(separator.join(line) for line in lines)
    assert follow_ups(tmp_path, text) == ({"f1": ("diperiksa", "ditelepon"), "f2": ("bukan masalah", "")}, 0)


def test_rows_that_cannot_be_used_are_set_aside_and_the_rest_counts(tmp_path: Path) -> None:
    text = "id,status,note\nf1,selesai,x\n,baru,\nf2,,catatan\n"
    assert follow_ups(tmp_path, text) == ({"f2": ("baru", "catatan")}, 2)


@pytest.mark.parametrize("text", ["", "id,status,note\n", "\x00\x01"])
def test_an_empty_or_strange_file_gives_no_notes(tmp_path: Path, text: str) -> None:
    assert follow_ups(tmp_path, text)[0] == {}


def test_without_a_file_there_are_no_notes(tmp_path: Path) -> None:
    assert read_follow_ups(Var(tmp_path), Quarantine(tmp_path / "q")) == {}


def test_a_note_survives_the_nights_and_the_file_is_never_written(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    items = listings("tokopedia", range(3))
    items[0] = items[0].model_copy(update={"price": None})
    nights.night(0, {"tokopedia": items})
    findings = read_lines(nights.var.catalog / "findings.jsonl", Finding)
    key = next(f.id for f in findings if (f.check, f.state) == ("price_missing", "true"))
    own = nights.var.root / "findings.csv"
    own.write_text(f"id,status,note\n{key},ditindaklanjuti,surat dikirim\n")
    before = own.read_bytes()
    for day in (1, 2):
        nights.night(day, {"tokopedia": items})
        export_data(nights.var, tmp_path / "data", build="b", night=max(nights.summaries), sample=True)
        line = next(x for x in (tmp_path / "data/findings.csv").read_text().splitlines() if x.startswith(key))
        assert line.endswith("ditindaklanjuti,surat dikirim")
    assert own.read_bytes() == before


def test_counts_have_three_states_and_use_summed_findings() -> None:
    findings = [
        Finding(id="a", check="x", state="true", subject="p:1", platform="p"),
        Finding(id="b", check="x", state="false", subject="p", platform="p", count=7),
        Finding(id="c", check="x", state="not_tested", subject="p", platform="p", count=2),
    ]
    told = counts(findings)
    assert [(c.check, c.platform, c.true, c.false, c.not_tested) for c in told] == [("x", "p", 1, 7, 2)]
    assert counts([]) == []


def states(*offers: Any) -> dict[str, str]:
    """check -> states of one course, joined."""
    found: dict[str, list[str]] = {}
    for finding in check_courses([make_course(list(offers))]):
        found.setdefault(finding.check, []).append(finding.state)
    return {check: " ".join(sorted(values)) for check, values in found.items()}


def offer(platform: str, price: int | None, **over: Any) -> Any:
    return make_offer(platform=platform, price_idr=price, price_raw=str(price), **over)


def test_prices_more_than_a_quarter_apart_are_to_be_looked_at() -> None:
    assert states(offer("p", 100_000), offer("q", 125_000))["price_gap"] == "false"
    assert states(offer("p", 100_000), offer("q", 125_001))["price_gap"] == "true"
    assert states(offer("p", 100_000), offer("q", None))["price_gap"] == "not_tested"


def test_dearer_than_elsewhere_names_the_dearer_offer_only() -> None:
    found = check_courses([make_course([offer("p", 100_000), offer("q", 110_000)])])
    true = [f for f in found if f.state == "true"]
    assert [(f.check, f.subject) for f in true] == [("dearer_elsewhere", "q:1")]
    assert "Perlu diperiksa" in true[0].reason


def test_one_training_twice_on_one_platform_is_to_be_looked_at() -> None:
    twice = states(offer("p", 1_000, native_id="1"), offer("p", 1_000, native_id="2"))
    assert twice["duplicate_offer"] == "true true"
    assert states(offer("p", 1_000), offer("q", 1_000))["duplicate_offer"] == "false false"


def test_offers_that_nobody_can_choose_are_not_compared() -> None:
    assert states(offer("p", 100_000), offer("q", 900_000, status="archived"))["price_gap"] == "not_tested"
    assert states(offer("p", 100_000), offer("q", 900_000, eligible="no"))["price_gap"] == "not_tested"
    assert check_courses([]) == []


def test_ids_are_stable_over_nights() -> None:
    course = make_course([offer("p", 100_000), offer("q", 200_000)])
    first = {f.id for f in check_courses([course])}
    for one in course.offers:
        one.last_seen = START
    assert {f.id for f in check_courses([course])} == first
    assert len(first) == len(check_courses([course]))
