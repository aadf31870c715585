"""Merging parts of a crawl: in any order, any grouping, any number of times, the result is the same."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.layout import Var
from catalog.records import Listing, RunReport
from nightly.errors import UserError
from nightly.merge import Parts, merge_runs, merged_report, read_listing_lines, read_parts, report_id, write_merged
from spiders.shards import Shard, time_told
from tests.factories import make_listing
from tests.nightly.conftest import contents


def report(number: int = 0, **over: object) -> RunReport:
    values: dict[str, object] = {
        "platform": "tokopedia",
        "run": f"r{number}",
        "started": f"2020-07-15T02:0{number}:00+07:00",
        "finished": f"2020-07-15T03:0{number}:00+07:00",
        "finish_reason": "finished",
        "declared": 9,
        "declared_method": "pager_total",
        "received": 3,
        "requests": 4,
        "statuses": {"200": 4},
        "night": "2020-07-15",
    }
    return RunReport.model_validate(values | over)


def line(native_id: str, title: str = "Kelas", when: str = "02:00:00") -> tuple[str, str]:
    listing = make_listing(native_id=native_id, title=title, fetched_at=f"2020-07-15T{when}+07:00")
    return native_id, listing.model_dump_json(exclude_defaults=True)


lines = st.lists(
    st.builds(line, st.sampled_from("abcdef"), st.text(max_size=5), st.sampled_from(["02:00:00", "02:00:01"])),
    max_size=6,
)


@st.composite
def parts(draw: st.DrawFn) -> Parts:
    number = draw(st.integers(0, 4))
    shard = draw(st.sampled_from([[], ["shard 1/2"], ["shard 2/2"]]))
    made = report(number, notes=shard, declared=draw(st.sampled_from([None, 5, 9])), requests=draw(st.integers(0, 3)))
    whole = Parts({report_id(made): made}, {})
    for native_id, text in draw(lines):
        whole = whole.join(Parts({}, {native_id: text}))
    return whole


@settings(max_examples=150, deadline=None)
@given(st.lists(parts(), min_size=1, max_size=4), st.randoms())
def test_order_grouping_and_repetition_make_no_difference(given_parts: list[Parts], dice: object) -> None:
    def fold(some: list[Parts]) -> Parts:
        whole = Parts()
        for one in some:
            whole = whole.join(one)
        return whole

    straight = fold(given_parts)
    shuffled = [*given_parts, *given_parts[:2]]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == straight
    assert straight.join(straight) == straight
    half = len(given_parts) // 2
    assert fold(given_parts[half:]).join(fold(given_parts[:half])) == straight
    assert merged_report(straight, "m") == merged_report(fold(shuffled), "m")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), max_size=30), st.integers(1, 7))
def test_every_listing_belongs_to_exactly_one_shard(ids: list[str], count: int) -> None:
    for native_id in ids:
        assert sum(Shard(index, count).holds(native_id) for index in range(1, count + 1)) == 1


def test_shards_are_even_and_stable() -> None:
    share = [sum(Shard(i, 4).holds(str(n)) for n in range(4000)) for i in range(1, 5)]
    assert min(share) > 900
    assert [n for n in range(20) if Shard(1, 3).holds(str(n))] == [
        n for n in range(20) if Shard.parse("1/3").holds(str(n))
    ]


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1", "1/0", "a/b", "1/3/4", "-1/3"])
def test_a_shard_that_makes_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match="I/N"):
        Shard.parse(text)


def write_run(folder: Path, reports: RunReport, listings: list[tuple[str, str]]) -> Path:
    goal = folder / "tokopedia"
    goal.mkdir(parents=True)
    (goal / "report.json").write_text(reports.model_dump_json(), encoding="utf-8")
    (goal / "listings.jsonl").write_text("".join(text + "\n" for _, text in listings), encoding="utf-8")
    return folder


def test_merged_runs_merge_again_with_equal_bytes(tmp_path: Path) -> None:
    runs = [
        write_run(tmp_path / str(n), report(n, notes=[f"shard {n}/3"]), [line(f"{n}{k}") for k in range(3)])
        for n in (1, 2, 3)
    ]
    results = set()
    for number, order in enumerate(itertools.permutations(runs)):
        var = Var(tmp_path / f"var{number}")
        merge_runs(var, order[:2], "m")
        merge_runs(var, [order[2], order[0]], "m")
        results.add(tuple(p.read_bytes() for p in sorted((var.runs / "m/tokopedia").iterdir())))
    assert len(results) == 1
    merged = read_parts(tmp_path / "var0/runs/m/tokopedia")
    assert merged_report(merged, "m").received == 9
    assert merged_report(merged, "m").finish_reason == "finished"
    assert merged_report(merged, "m").requests == 12


def test_a_missing_shard_is_no_finished_run(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / str(n), report(n, notes=[f"shard {n}/3"]), []) for n in (1, 3)]
    merged = merge_runs(Var(tmp_path / "var"), runs, "m")["tokopedia"]
    assert merged.finish_reason == "shards missing: 2/3"


def test_a_part_that_did_not_finish_holds_the_whole() -> None:
    both = [report(1), report(2, finish_reason="challenge")]
    assert merged_report(Parts({report_id(r): r for r in both}), "m").finish_reason == "challenge"


def test_different_nights_are_refused() -> None:
    both = [report(1), report(2, night="2020-07-16")]
    with pytest.raises(UserError, match="different platforms or nights"):
        merged_report(Parts({report_id(r): r for r in both}), "m")


def test_a_merged_runs_name_serves_again_on_the_next_night(tmp_path: Path) -> None:
    first = write_run(tmp_path / "first", report(1), [line("1"), line("2")])
    shutil.copytree(first / "tokopedia", first / "pintaria")  # crawled on the first night only
    later = write_run(tmp_path / "later", report(2, night="2020-07-16"), [line("3")])
    var, other = Var(tmp_path / "var"), Var(tmp_path / "other")
    merge_runs(var, [first], "m")
    (var.runs / "m/journal.jsonl").write_text("{}\n")
    merge_runs(var, [later], "m")
    merge_runs(other, [later], "m")
    assert contents(var.runs / "m") == contents(other.runs / "m") | {"journal.jsonl": b"{}\n"}
    with pytest.raises(UserError, match="give another --into"):
        merge_runs(var, [first], "m")  # never backwards
    assert contents(var.runs / "m/tokopedia") == contents(other.runs / "m/tokopedia")


def test_the_later_listing_wins_and_broken_lines_are_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "r", report(), [line("a", "alt"), line("a", "baru", "02:00:09"), line("b")])
    with (folder / "tokopedia/listings.jsonl").open("a", encoding="utf-8") as out:
        out.write('{"platform": "tokopedia", "native_')
    found = read_parts(folder / "tokopedia")
    assert set(found.lines) == {"a", "b"}
    assert Listing.model_validate_json(found.lines["a"]).title == "baru"
    assert write_merged(found, tmp_path / "out", "m").received == 2
    assert len(json.loads((tmp_path / "out/parts.json").read_text(encoding="utf-8"))["parts"]) == 1


def test_nothing_to_merge_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to merge"):
        merge_runs(Var(tmp_path), [tmp_path / "none"], "m")


def test_a_text_may_hold_other_line_separators(tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    titles = ["Kelas\u2028Kopi", "Kelas\x85Teh", "Kelas Susu"]
    path.write_text("".join(line(str(n), title)[1] + "\n" for n, title in enumerate(titles)), encoding="utf-8")
    assert sorted(read_listing_lines([path])) == ["0", "1", "2"]


def test_the_platforms_time_is_that_of_the_part_that_began_first() -> None:
    """Shares may be crawled days apart: the times of two of them are no sign of a wrong clock."""
    late = report(started="2020-07-18T02:00:00+07:00", server_time="2020-07-17T19:00:00+00:00")
    first = report(started="2020-07-15T02:00:00+07:00", server_time="2020-07-14T19:00:00+00:00")
    assert time_told([late, first]) == time_told([first, late]) == first.server_time
    assert time_told([report()]) is None
