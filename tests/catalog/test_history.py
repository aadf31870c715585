"""History: intervals that mean what a table of every night would mean, whatever is appended in which order."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.history import History, HistoryError, Interval, Row, Stats, _broken
from catalog.layout import Var
from tests.catalog.nights import START

DAY = dt.timedelta(days=1)
Table = dict[tuple[str, dt.date], tuple[int | None, int | None, str]]


def night(number: int) -> dt.date:
    return START + number * DAY


def row(offer: str, price: int | None, status: str = "active", list_price: int | None = None) -> Row:
    return Row(offer, price, list_price, status)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(Var(tmp_path))


def observed(history: History) -> Table:
    """Every (offer, night) -> value that the intervals claim."""
    nights = history.nights()
    found: Table = {}
    for offer, intervals in history.all().items():
        for interval in intervals:
            for day in nights[offer.partition(":")[0]]:
                if interval.from_ <= day and (interval.to is None or day <= interval.to):
                    key = offer, day
                    assert key not in found, "two intervals claim one night"
                    found[key] = interval.price_idr, interval.list_price_idr, interval.status
    return found


def test_an_empty_history_answers_with_nothing(history: History) -> None:
    assert history.nights() == {}
    assert history.of("p:1") == []
    assert history.all() == {}
    assert history.moved() == {}
    assert history.current() == []
    assert history.stats(night(0)) == {}
    assert history.on(night(0)) == {}
    assert history.repair() is None


def test_a_price_that_stands_is_one_interval(history: History) -> None:
    for number, price in enumerate([100, 100, 200, 200, 100]):
        history.append(night(number), [row("p:1", price)], ["p"])
    assert history.of("p:1") == [
        Interval("p:1", 100, None, "active", night(0), night(1)),
        Interval("p:1", 200, None, "active", night(2), night(3)),
        Interval("p:1", 100, None, "active", night(4), None),
    ]
    assert history.current() == [Interval("p:1", 100, None, "active", night(4), None)]


def test_an_offer_that_is_away_has_a_gap(history: History) -> None:
    history.append(night(0), [row("p:1", 100), row("p:2", 5)], ["p"])
    history.append(night(1), [row("p:2", 5)], ["p"])
    history.append(night(2), [row("p:1", 100), row("p:2", 5)], ["p"])
    assert [(i.from_, i.to) for i in history.of("p:1")] == [(night(0), night(0)), (night(2), None)]
    assert len(history.of("p:2")) == 1


def test_unknown_prices_and_status_are_values_too(history: History) -> None:
    for number, value in enumerate(
        [row("p:1", None), row("p:1", 0), row("p:1", 0, "gone"), row("p:1", 0, "active", 9)]
    ):
        history.append(night(number), [value], ["p"])
    found = [(i.price_idr, i.list_price_idr, i.status) for i in history.of("p:1")]
    assert found == [(None, None, "active"), (0, None, "active"), (0, None, "gone"), (0, 9, "active")]


def test_the_same_night_twice_changes_no_byte(history: History) -> None:
    history.append(night(0), [row("p:1", 100)], ["p"])
    history.append(night(1), [row("p:1", 200)], ["p"])
    before = history.path.read_bytes()
    history.append(night(1), [row("p:1", 200)], ["p"])
    assert history.path.read_bytes() == before


def test_a_night_that_is_appended_anew_is_replaced(history: History) -> None:
    for prices in ([100, 200], [100, 300]):
        for number, price in enumerate(prices):
            history.append(night(number), [row("p:1", price)], ["p"])
    assert [i.price_idr for i in history.of("p:1")] == [100, 300]


def test_a_platform_that_is_not_named_keeps_its_nights(history: History) -> None:
    history.append(night(0), [row("p:1", 1), row("q:1", 1)], ["p", "q"])
    history.append(night(1), [row("p:1", 2)], ["p"])
    assert history.nights() == {"p": [night(0), night(1)], "q": [night(0)]}
    assert history.of("q:1") == [Interval("q:1", 1, None, "active", night(0), None)]


def test_an_offer_named_twice_in_one_night_is_one_row(history: History) -> None:
    history.append(night(0), [row("p:1", 1), row("p:1", 1)], ["p"])
    assert len(history.of("p:1")) == 1


VALUES = st.sampled_from([(None, None, "active"), (100, None, "active"), (200, 300, "active"), (100, None, "gone")])
NIGHTS = st.dictionaries(
    st.integers(0, 5),
    st.dictionaries(st.sampled_from(["p:1", "p:2", "q:1"]), VALUES, max_size=3),
    min_size=1,
    max_size=5,
)
QUIET = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fill(history: History, nights: list[tuple[int, dict[str, tuple[int | None, int | None, str]]]]) -> None:
    for number, rows in nights:
        history.append(night(number), [Row(o, *v) for o, v in rows.items()], ["p", "q"])


@QUIET
@given(nights=NIGHTS, order=st.randoms(use_true_random=False))
def test_appending_in_any_order_gives_the_same_bytes_and_the_plain_table(
    nights: dict[int, dict[str, tuple[int | None, int | None, str]]],
    order: random.Random,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    straight, mixed = (History(Var(tmp_path_factory.mktemp("h"))) for _ in range(2))
    ordered = sorted(nights.items())
    shuffled = list(ordered)
    order.shuffle(shuffled)
    fill(straight, ordered)
    fill(mixed, shuffled)
    wanted = {(o, night(n)): v for n, rows in nights.items() for o, v in rows.items()}
    assert observed(straight) == wanted
    assert straight.all() == mixed.all()
    assert straight.nights() == mixed.nights()
    assert straight.path.read_bytes() == mixed.path.read_bytes()


@settings(QUIET, max_examples=4)
@given(parts=st.lists(NIGHTS, min_size=3, max_size=3))
def test_merging_is_independent_of_order_and_repetition(
    parts: list[dict[int, dict[str, tuple[int | None, int | None, str]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sources = []
    for part in parts:
        source = History(Var(tmp_path_factory.mktemp("h")))
        fill(source, sorted(part.items()))
        sources.append(source)
    results = []
    for order in list(itertools.permutations(sources))[::2]:
        merged = History(Var(tmp_path_factory.mktemp("m")))
        for source in (*order, order[0]):
            merged.merge(source.path)
        results.append((merged.all(), merged.nights()))
    assert all(result == results[0] for result in results)
    claimed = observed(merged)
    for key in {key for source in sources for key in observed(source)}:
        assert claimed[key] in [observed(source).get(key) for source in sources]
    assert set(claimed) == {key for source in sources for key in observed(source)}


def test_merging_what_is_no_history_is_refused_and_changes_nothing(history: History, tmp_path: Path) -> None:
    history.append(night(0), [row("p:1", 1)], ["p"])
    before = history.path.read_bytes()
    other = tmp_path / "other.parquet"
    other.write_bytes(b"PAR1 no")
    with pytest.raises(HistoryError, match="nothing was merged"):
        history.merge(other)
    assert history.path.read_bytes() == before


def test_statistics_equal_a_count_over_every_night(history: History) -> None:
    dice = random.Random(5)
    prices = [dice.choice([None, 100, 200, 300, 400]) for _ in range(40)]
    for number, price in enumerate(prices):
        history.append(night(number), [row("p:1", price)], ["p"])
    found = history.stats(night(39))["p:1"]
    for window in (30, 90, 365):
        known = sorted(p for p in prices[-window:] if p is not None)
        assert found[window] == Stats(known[0], known[-1], known[(len(known) - 1) // 2], len(known))


def test_statistics_of_an_offer_without_prices_or_that_is_gone_do_not_exist(history: History) -> None:
    history.append(night(0), [row("p:1", None), row("p:2", 5, "gone")], ["p"])
    assert history.stats(night(0)) == {}


def test_statistics_of_some_offers_are_those_of_all(history: History) -> None:
    for number in range(4):
        history.append(night(number), [row(f"p:{offer}", 100 * offer + number) for offer in range(5)], ["p"])
    every = history.stats(night(3))
    assert history.stats(night(3), offers=["p:1", "p:4", "p:9"]) == {key: every[key] for key in ("p:1", "p:4")}
    assert history.stats(night(3), offers=[]) == {}


def test_a_file_is_read_to_its_end_once_and_again_when_it_was_touched(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.append(night(0), [row("p:1", 1)], ["p"])
    history.append(night(1), [row("p:1", 2)], ["p"])
    looked: list[Path] = []
    monkeypatch.setattr("catalog.history._broken", lambda path: looked.append(path) or _broken(path))
    assert history.nights() == history.nights() == {"p": [night(0), night(1)]}
    assert looked == [history.path]
    history.path.write_bytes(history.path.read_bytes()[:-100])
    assert "the copy of the night before is used" in (history.repair() or "")
    assert history.nights() == {"p": [night(0)]}


def test_a_struck_price_counts_as_seen_only_when_it_once_was_the_price(history: History) -> None:
    for number, price in enumerate([500, 300, 300, 300]):
        history.append(night(number), [row("p:1", price), row("p:2", 300)], ["p"])
    asked = {"p:1": 500, "p:2": 500, "p:9": 500}
    assert history.list_price_seen(asked, night(4), least_nights=4) == {"p:1": True, "p:2": False, "p:9": None}
    assert history.list_price_seen(asked, night(4), least_nights=5)["p:2"] is None
    # Tonight's own price proves nothing about earlier nights.
    assert history.list_price_seen({"p:2": 300}, night(0), least_nights=1) == {"p:2": None}
    assert history.list_price_seen({}, night(4), least_nights=1) == {}


def test_what_a_night_said_is_known_for_that_night_only(history: History) -> None:
    history.append(night(0), [row("p:1", 1)], ["p"])
    history.append(night(2), [row("p:1", 1)], ["p"])
    assert history.on(night(2)) == {"p:1": row("p:1", 1)}
    assert history.on(night(1)) == {}


@pytest.mark.parametrize("part", [0, 4, 0.3, 0.5, 0.9, -1])
def test_a_cut_file_is_set_aside_and_the_night_before_is_used(history: History, part: float) -> None:
    history.append(night(0), [row("p:1", 100)], ["p"])
    history.append(night(1), [row("p:1", 200)], ["p"])
    data = history.path.read_bytes()
    cut = int(len(data) * part) if isinstance(part, float) else (part if part >= 0 else len(data) + part)
    history.path.unlink()
    history.path.write_bytes(data[:cut])
    said = history.repair()
    assert said is not None
    assert "the copy of the night before" in said
    assert [i.price_idr for i in history.of("p:1")] == [100]
    history.append(night(1), [row("p:1", 200)], ["p"])
    assert history.path.read_bytes() == data
    assert list(history.quarantine.folder.glob("intervals-*.parquet"))
    assert "intervals.parquet" in (history.quarantine.folder / "files.jsonl").read_text()


def test_a_disk_without_hard_links_keeps_the_copy_too(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    history.append(night(0), [row("a:1", 100)], ["a"])
    history.append(night(1), [row("a:1", 200)], ["a"])
    assert [interval.price_idr for interval in history.of("a:1")] == [100, 200]
    history.path.unlink()
    assert "the copy of the night before" in str(history.repair())
    assert [interval.price_idr for interval in history.of("a:1")] == [100]


@pytest.mark.parametrize("published", ["whole", "cut", "absent"])
def test_when_the_copy_is_cut_too_the_published_history_is_taken(
    published: str, history: History, tmp_path: Path
) -> None:
    for number in range(2):
        history.append(night(number), [row("p:1", 100 + number)], ["p"])
    site, before = tmp_path / "site.parquet", history.all()
    if published != "absent":
        site.write_bytes(history.path.read_bytes()[: None if published == "whole" else 100])
    for path in (history.path, history.previous):
        path.write_bytes(path.read_bytes()[:100])
    said = str(history.repair(site))
    assert ("the published one is used" if published == "whole" else "begins anew") in said
    assert history.all() == (before if published == "whole" else {})
    history.append(night(2), [row("p:1", 300)], ["p"])
    if published == "whole":
        assert len(history.of("p:1")) == 3
        assert site.read_bytes() != history.path.read_bytes()  # a second name of the site's file is never written into


def test_a_history_whose_copy_is_cut_too_begins_anew(history: History) -> None:
    for number in range(2):
        history.append(night(number), [row("p:1", 100 + number)], ["p"])
    for path in (history.path, history.previous):
        path.write_bytes(path.read_bytes()[:100])
    assert "begins anew" in str(history.repair())
    assert history.repair() is None
    assert history.nights() == {}
    history.append(night(2), [row("p:1", 300)], ["p"])
    assert [interval.price_idr for interval in history.of("p:1")] == [300]


def test_without_a_copy_the_history_begins_anew_and_says_so(history: History) -> None:
    history.append(night(0), [row("p:1", 100)], ["p"])
    history.path.write_bytes(b"nothing of use")
    assert "begins anew" in (history.repair() or "")
    assert history.nights() == {}


def test_csv_holds_the_same_intervals(history: History, tmp_path: Path) -> None:
    history.append(night(0), [row("p:1", 100), row("q:1", None, "archived")], ["p", "q"])
    history.to_csv(tmp_path / "h.csv")
    lines = (tmp_path / "h.csv").read_text().splitlines()
    assert lines[0] == "offer,platform,price_idr,list_price_idr,status,from,to"
    assert lines[1:] == [f"p:1,p,100,,active,{START},", f"q:1,q,,,archived,{START},"]


WRITER = """
import datetime as dt, sys
from pathlib import Path
from catalog.history import History, Row
from catalog.layout import Var
history = History(Var(Path(sys.argv[1])))
day = dt.date(2020, 7, 15)
print("go", flush=True)
for number in range(int(sys.argv[2]), 10_000):
    rows = [Row(f"p:{i}", (i * 7 + (number if i % 5 == 0 else 0)) * 1000, None, "active") for i in range(400)]
    history.append(day + dt.timedelta(days=number), rows, ["p"])
    print(number, flush=True)
"""


@pytest.mark.chaos
def test_killing_the_writer_never_loses_or_doubles_an_interval(history: History) -> None:
    kills = 200 if os.environ.get("BANDING_CHAOS") == "full" else 6
    dice = random.Random(7)
    done = -1
    for _ in range(kills):
        done = _kill_once(history, done, dice.choice((0, 1, 1, 2)), dice.uniform(0, 0.06))
    assert done >= 0, "no night was ever finished: the test proved nothing"


def _kill_once(history: History, done: int, nights_first: int, wait: float) -> int:
    """Starts the writer at the night after `done`, lets it finish some nights, kills it in the middle of another one
    (or between two), checks every interval; gives the last finished night."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(history.folder.parent), str(done + 1)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    finished = [process.stdout.readline() for _ in range(nights_first)]
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    said = [int(line) for line in ("".join(finished) + process.stdout.read()).split()]
    process.wait()
    told = said[-1] if said else done
    assert history.repair() is None
    nights = history.nights().get("p", [])
    # What was reported is there; the night that was being written is there as a whole or not at all.
    assert len(nights) in (told + 1, told + 2)
    if nights:
        last = len(nights) - 1
        claimed = observed(history)
        assert len(claimed) == 400 * len(nights)
        for i in range(0, 400, 37):
            for number in range(max(0, last - 20), last + 1):
                price = (i * 7 + (number if i % 5 == 0 else 0)) * 1000
                assert claimed[f"p:{i}", night(number)] == (price, None, "active")
    return len(nights) - 1


def test_offers_whose_price_moved_are_found_whole(history: History) -> None:
    prices: list[tuple[int | None, ...]] = [(1, 1, 1), (1, 2, 1), (None, None, 5), (7, None, None), (0, 0, 0)]
    for number in range(3):
        history.append(night(number), [row(f"p:{n}", told[number]) for n, told in enumerate(prices)], {"p"})
    moved = history.moved()
    assert moved == {offer: rows for offer, rows in history.all().items() if offer in ("p:1", "p:2", "p:3")}
    assert [interval.price_idr for interval in moved["p:1"]] == [1, 2, 1]
