"""The cache of read offers: never decides anything, and forgets when reader, spec or listing change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from catalog import reading
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.reading import OfferCache, read_lines_as_offers, source_hash_of
from catalog.records import Listing, Offer
from catalog.rooms import read_offer
from catalog.store import Line, to_line
from tests.catalog.nights import START, make_spec
from tests.factories import make_listing

SPEC = make_spec()


def read(var: Var, listings: list[Listing], night: dt.date = START) -> tuple[list[Offer], OfferCache]:
    cache = OfferCache(var, SPEC, night)
    lines = [to_line(listing) for listing in listings]
    offers = read_lines_as_offers(lines, SPEC, night, cache, Quarantine(var.quarantine), read_offer)
    cache.save()
    return offers, cache


def test_an_unchanged_listing_is_taken_from_the_cache_and_equal(tmp_path: Path) -> None:
    first, cold = read(Var(tmp_path), [make_listing()])
    second, warm = read(Var(tmp_path), [make_listing(fetched_at="2021-01-01T00:00:00+07:00")])
    assert (cold.hits, cold.misses, warm.hits, warm.misses) == (0, 1, 1, 0)
    assert first == second


def test_a_changed_listing_is_read_again(tmp_path: Path) -> None:
    read(Var(tmp_path), [make_listing()])
    offers, cache = read(Var(tmp_path), [make_listing(price="Rp300.000")])
    assert (cache.misses, offers[0].price_idr) == (1, 300_000)


def test_the_answers_hash_is_tonights_also_from_the_cache(tmp_path: Path) -> None:
    read(Var(tmp_path), [make_listing(source_hash="aaa")])
    offers, cache = read(Var(tmp_path), [make_listing(source_hash="bbb")])
    assert (cache.hits, offers[0].source_hash) == (1, "bbb")
    assert source_hash_of(to_line(make_listing()).text) is None
    assert source_hash_of("") is None


def test_another_reader_or_programme_year_reads_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(Var(tmp_path), [make_listing()])
    assert read(Var(tmp_path), [make_listing()], START.replace(year=2021))[1].misses == 1
    monkeypatch.setattr(reading, "reader_version", lambda: "other")
    assert read(Var(tmp_path), [make_listing()], START.replace(year=2021))[1].misses == 1


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"no cache at all"])
def test_a_damaged_cache_is_only_slow(tmp_path: Path, damage: bytes) -> None:
    first, cache = read(Var(tmp_path), [make_listing()])
    cache.path.write_bytes(damage)
    again, cold = read(Var(tmp_path), [make_listing()])
    assert (cold.misses, again) == (1, first)


def test_a_cut_cache_keeps_what_is_whole(tmp_path: Path) -> None:
    listings = [make_listing(), make_listing(native_id="2")]
    first, cache = read(Var(tmp_path), listings)
    cache.path.write_bytes(cache.path.read_bytes()[:-30])
    again, partly = read(Var(tmp_path), listings)
    assert (partly.hits, partly.misses) == (1, 1)
    assert again == first


def test_a_line_that_is_no_listing_is_set_aside(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "q")
    cache = OfferCache(Var(tmp_path), SPEC, START)
    assert read_lines_as_offers([Line("1", "h", "{}")], SPEC, START, cache, quarantine, read_offer) == []
    assert quarantine.count == 1
    assert read_lines_as_offers([], SPEC, START, cache, quarantine, read_offer) == []
