"""Last good copies: replaced as a whole, absent listings kept, bad lines set aside with their reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.gate import baseline_of
from catalog.layout import Var
from catalog.quarantine import Quarantine, read_json
from catalog.store import LastGood, Meta, listing_hash, to_line
from tests.catalog.nights import START, listings, make_report, write_run
from tests.factories import make_listing


def meta(count: int, run: str = "r1") -> Meta:
    items = listings("tokopedia", range(count))
    baseline = baseline_of(items, make_report("tokopedia", run, count))
    return Meta(platform="tokopedia", run=run, night=START, count=count, baseline=baseline)


@pytest.fixture
def store(tmp_path: Path) -> LastGood:
    return LastGood(Var(tmp_path))


def promote(store: LastGood, run: str, numbers: range) -> None:
    folder = write_run(store.var, run, "tokopedia", listings("tokopedia", numbers))
    store.promote("tokopedia", folder, meta(len(numbers), run))


def test_a_promoted_run_is_read_back(store: LastGood) -> None:
    promote(store, "r1", range(5))
    assert [x.native_id for x in store.listings("tokopedia")] == [f"{n:05d}" for n in range(5)]
    kept = store.meta("tokopedia")
    assert kept is not None
    assert (kept.run, kept.count) == ("r1", 5)
    assert store.platforms() == ["tokopedia"]


def test_nothing_is_there_before_the_first_acceptance(store: LastGood) -> None:
    assert store.listings("tokopedia") == []
    assert store.meta("tokopedia") is None
    assert store.lines("tokopedia") == store.absent_lines("tokopedia") == []
    assert store.platforms() == []


def test_listings_that_a_new_run_lacks_are_kept_as_absent_until_they_return(store: LastGood) -> None:
    promote(store, "r1", range(5))
    promote(store, "r2", range(2, 6))
    assert [line.native_id for line in store.absent_lines("tokopedia")] == ["00000", "00001"]
    promote(store, "r3", range(1, 6))
    assert [line.native_id for line in store.absent_lines("tokopedia")] == ["00000"]


def test_a_run_that_cannot_be_used_leaves_last_good_as_it_is(store: LastGood, tmp_path: Path) -> None:
    promote(store, "r1", range(5))
    before = store.path("tokopedia").read_bytes()
    with pytest.raises(ValueError, match="no usable run"):
        store.promote("tokopedia", tmp_path / "runs" / "r9" / "tokopedia", meta(0, "r9"))
    assert store.path("tokopedia").read_bytes() == before


def test_a_text_may_hold_other_line_separators(store: LastGood) -> None:
    odd = [
        make_listing(native_id=str(n), title=f"Kelas{sign}Kopi") for n, sign in enumerate("\u2028\u2029\x85\x0b\x1c")
    ]
    store.replace("tokopedia", [to_line(x) for x in odd], meta(len(odd), "r1"))
    assert [x.title for x in store.listings("tokopedia")] == [x.title for x in odd]
    store.replace("tokopedia", [to_line(odd[0])], meta(1, "r2"))
    assert [line.native_id for line in store.absent_lines("tokopedia")] == ["1", "2", "3", "4"]
    assert store.quarantine.count == 0


def test_a_half_written_line_is_set_aside_and_the_rest_is_kept(store: LastGood) -> None:
    promote(store, "r1", range(5))
    path = store.path("tokopedia")
    path.write_bytes(path.read_bytes()[:-40])
    assert len(store.listings("tokopedia")) == 4
    store.quarantine.flush()
    entry = json.loads((store.var.quarantine / "lastgood-tokopedia.jsonl").read_text())
    assert entry["line"] == 5
    assert entry["reason"]


def test_meta_of_another_schema_version_is_set_aside(store: LastGood) -> None:
    promote(store, "r1", range(5))
    path = store.meta_path("tokopedia")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))
    assert store.meta("tokopedia") is None
    assert not path.exists()
    assert "schema version 99" in (store.var.quarantine / "files.jsonl").read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"platform": 3}'])
def test_meta_that_is_no_meta_is_set_aside(store: LastGood, text: str) -> None:
    promote(store, "r1", range(1))
    store.meta_path("tokopedia").write_text(text)
    assert store.meta("tokopedia") is None


def test_the_hash_ignores_when_it_was_fetched_and_sees_everything_else() -> None:
    first = to_line(make_listing())
    assert first.hash == to_line(make_listing(fetched_at="2021-01-01T00:00:00+07:00", source_hash="ab")).hash
    assert first.hash != to_line(make_listing(price="Rp1")).hash
    assert listing_hash("") == listing_hash("")


def test_native_ids_with_quotes_and_backslashes_are_read_back(store: LastGood) -> None:
    odd = ['a"b', "c\\d", "ü/…", "x\\"]
    items = [make_listing(native_id=native, title=f"Judul {native}") for native in odd]
    store.replace("tokopedia", [to_line(x) for x in items], meta(4))
    assert [line.native_id for line in store.lines("tokopedia")] == sorted(odd)


def test_setting_the_same_line_aside_twice_keeps_it_once(tmp_path: Path) -> None:
    for _ in range(2):
        quarantine = Quarantine(tmp_path)
        quarantine.line("x", 3, "bad", "why")
        quarantine.flush()
    assert len((tmp_path / "x.jsonl").read_text().splitlines()) == 1


def test_a_json_file_that_is_not_there_is_none_and_nothing_is_set_aside(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "q")
    assert read_json(tmp_path / "none.json", quarantine) is None
    assert quarantine.count == 0
