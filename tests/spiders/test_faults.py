"""Fault × source -> outcome of the run and verdict of the gate; the whole table runs with BANDING_CHAOS=full.

The gate knows each source's clean run as its last good one, so it sees what a real night would see.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.gate import Baseline, baseline_of, judge
from catalog.platforms import read_spec
from catalog.records import Verdict
from catalog.rooms import read_offer
from spiders import SPECS
from spiders.sandbox import serve
from spiders.sandbox.faults import FAULTS, Faults
from tests.spiders.harness import NIGHT, Ran, crawl

SOURCES = (
    "tokopedia",
    "skillacademy",
    "maubelajarapa",
    "bukalapak",
    "pintaria",
    "sekolahmu",
    "pijarmahir",
    "sisnaker",
    "skillsweek",
)
API = {"tokopedia", "skillacademy", "bukalapak"}
COURSES = 300

# What a run may end with under each fault. 'finished' stands for all courses received.
GOOD = {
    "server-errors",
    "rate-limit",
    "no-jsonld",
    "charset",
    "huge-title",
    "hostile",
    "duplicate-ids",
    "price-types",
    "links-away",
}
BAD = {
    "down": {"http_error"},
    "timeout": {"timeout"},
    "reset": {"http_error"},
    "cut-json": {"shape"},
    "empty": {"empty"},
    "challenge": {"challenge"},
    "login-wall": {"login_wall"},
    "soft-404": {"soft_404"},
    "redesign": {"shape", "http_error", "empty"},
    "repeated-page": {"repeated_page"},
    "endless": {"budget", "http_error"},
    "gzip-bomb": {"too_large"},
    "redirect-away": {"off_host"},
}
HELD_BY = {"shrink": "shrink", "total-high": "declared"}  # the run ends well, and the gate sees what it lacks
NO_SECOND_PRICE = {"skillacademy", "bukalapak", "skillsweek"}  # no page behind the row: a null price stays unknown
NO_TOTAL = ("total-high", "skillsweek")  # a list in one file has no total of its own that could be wrong
ONE_LIST = {"down", "redesign", "zero-rows", "no-api", "shrink"}  # the faults that the directory's single file can show
SHARE = [(fault, SOURCES[n % len(SOURCES)]) for n, fault in enumerate(FAULTS)]
TABLE = (
    [(fault, source) for fault in FAULTS for source in SOURCES] if os.environ.get("BANDING_CHAOS") == "full" else SHARE
)


@pytest.fixture(scope="module")
def box() -> Iterator[dict[str, serve.Sandbox]]:
    running: dict[str, serve.Sandbox] = {}
    yield running
    for one in running.values():
        one.stop()


@pytest.fixture(scope="module")
def last_good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Baseline]]:
    """The figures of a source's run without faults, made when first asked for."""
    known: dict[str, Baseline] = {}
    with serve.start(COURSES, 1) as clean:

        def baseline(source: str) -> Baseline:
            if source not in known:
                ran = crawl(source, tmp_path_factory.mktemp("clean"), clean.origins[source])
                assert verdict_of(ran, source, None).outcome == "accepted", ran.report
                known[source] = baseline_of(ran.listings, ran.report)
            return known[source]

        yield baseline


def verdict_of(ran: Ran, source: str, before: Baseline | None) -> Verdict:
    spec = read_spec(SPECS / f"{source}.toml")
    offers = [read_offer(listing, spec, NIGHT) for listing in ran.listings]
    return judge(ran.report, ran.listings, offers, before, spec, origin=True)


def check_verdict(verdict: Verdict, ran: Ran, before: Baseline, fault: str) -> None:
    """Accepted only when complete; held with the code of what went wrong."""
    report = ran.report
    if verdict.outcome == "accepted":
        assert report.finish_reason == "finished"
        assert report.received >= 0.97 * (report.declared or 0)
        assert report.received >= 0.97 * before.count
        assert not verdict.codes
    else:
        assert verdict.outcome == "held"
        assert verdict.codes
        assert len(verdict.codes) == len(verdict.reasons)
    if report.finish_reason != "finished":
        assert "finish" in verdict.codes
        assert report.finish_reason in verdict.reasons[0]
    elif fault in HELD_BY and (fault, report.platform) != NO_TOTAL:
        assert HELD_BY[fault] in verdict.codes
    elif fault == "price-types" and report.platform in NO_SECOND_PRICE:
        assert verdict.codes == ["fill:price"]
    else:
        assert verdict.outcome == "accepted", verdict.reasons
    if fault == "total-low" and report.declared is not None and report.declared < report.received / 1.03:
        assert verdict.warnings


@pytest.mark.chaos
@pytest.mark.parametrize(("fault", "source"), TABLE)
def test_every_fault_ends_well_or_with_its_own_reason(
    fault: str, source: str, box: dict[str, serve.Sandbox], last_good: Callable[[str], Baseline], tmp_path: Path
) -> None:
    if fault not in box:
        box[fault] = serve.start(COURSES, 1, faults=fault)
    there = box[fault]
    before = last_good(source)
    ran = crawl(source, tmp_path, there.origins[source], settings={"DOWNLOAD_TIMEOUT": 3})
    report = ran.report
    check_verdict(verdict_of(ran, source, before), ran, before, fault)
    right = {key.partition(":")[2] for key in there.truth["listings"] if key.startswith(f"{source}:")}
    got = set(ran.by_id)
    assert report.finish_reason != "crashed", report.notes
    assert report.received == len(ran.listings)
    if source == "skillsweek" and fault not in ONE_LIST | GOOD:
        assert (report.finish_reason, got) == ("finished", right)
    elif fault in GOOD:
        assert report.finish_reason == "finished"
        assert got == right
    elif fault == "no-api":
        assert report.finish_reason == ("http_error" if source == "skillsweek" else "finished")
        assert source == "skillsweek" or got == right
        assert source not in API or report.errors["redesign_api"] >= 1
    elif fault == "zero-rows":
        pages = source not in API | {"skillsweek"}
        assert report.finish_reason == ("finished" if pages else "empty")
        assert not pages or report.errors["redesign_list"] == 1  # the sitemap named them, and the report says so
    elif fault in ("total-high", "total-low"):
        assert got == right
        assert report.declared is not None
        assert (report.declared > len(right)) is (fault == "total-high")
    elif fault == "shrink":
        assert report.finish_reason == "finished"
        assert 0.5 < len(got) / len(right) < 0.7
    elif (fault, source) == ("soft-404", "sekolahmu"):  # its list is its providers' pages; the sitemap names the rest
        assert (report.finish_reason, got) == ("finished", right)
        assert report.errors["redesign_list"] == 1
    else:
        assert report.finish_reason in BAD[fault], report.notes
        if fault != "endless":
            assert len(got) < len(right) or fault == "redesign" or source == "sekolahmu"


def test_the_table_names_every_fault() -> None:
    assert GOOD | set(BAD) | {"no-api", "zero-rows", "total-high", "total-low", "shrink"} == set(FAULTS)


def test_an_unknown_fault_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown fault 'fire'; known are: mixed, server-errors"):
        Faults.read("fire")
    assert Faults.read("").chosen == []
    assert ("challenge", "sekolahmu") in Faults.read("mixed").chosen
    assert Faults.read("empty@bukalapak").chosen == [("empty", "bukalapak")]
