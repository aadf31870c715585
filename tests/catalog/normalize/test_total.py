"""Every reader is total: any text in, an answer of its shape out, no exception; and the contract's keys always."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.normalize.category import read_category, tables
from catalog.normalize.clean import LONGEST, fold, plain, squash, words_of
from catalog.normalize.cli import FIELDS, normalize_line
from catalog.normalize.counts import read_ages, read_count, read_education, read_rating
from catalog.normalize.duration import MOST_MINUTES, read_duration
from catalog.normalize.level import read_level
from catalog.normalize.mode import read_mode
from catalog.normalize.place import gazetteer, read_place
from catalog.normalize.price import read_price
from catalog.normalize.provider import read_provider
from catalog.normalize.schedule import read_schedule
from catalog.normalize.title import clean_title
from catalog.records import LEVELS, MODES

# Pieces of what readers look for, so that random text reaches their depths.
_WORDS = """
Rp rb ribu juta jt gratis . , - 0 5 12 100 1.000 250.000 % jam menit x @ hari minggu bulan JP per
minimal hingga s/d Senin Jum'at 12/09/2020 Sep Mei 2021 2024 09.00 WIB WITA pukul ( ) [ ] Kota Kab.
Jakarta Selatan Malang Kec. Jl. 12950 dasar pemula tingkat menengah mahir Webinar: (Luring) Bauran
LMS OFFLINE PT LPK usia SMA 🎉 ½ ١٢ ｒｐ <b> &nbsp;
"""
_PIECES = st.sampled_from([*_WORDS.split(), "\u0301", "\u200b", "\x00", "\n", "\t"])
TEXT = st.one_of(
    st.text(max_size=200), st.lists(_PIECES, max_size=14).map(" ".join), st.lists(_PIECES, max_size=14).map("".join)
)
KEYS = {
    "price": {"min", "max", "free"},
    "duration": {"minutes_min", "minutes_max", "days"},
    "schedule": {"start", "end", "start_time", "end_time", "tz", "weekdays"},
    "place": {"regency", "province", "code"},
    "level": {"levels", "source"},
    "mode": {"mode"},
    "category": {"category", "derived"},
    "provider": {"id", "name"},
}
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(TEXT)
def test_price_is_whole_and_ordered(text: str) -> None:
    read = read_price(text)
    assert (read.low is None) == (read.high is None)
    if read.low is not None and read.high is not None:
        assert 0 <= read.low <= read.high
    assert read.free == (read.low == read.high == 0)


@many
@given(TEXT)
def test_duration_is_positive(text: str) -> None:
    read = read_duration(text)
    for minutes in (read.minutes_min, read.minutes_max):
        assert minutes is None or 0 < minutes <= MOST_MINUTES
    assert read.days is None or read.days > 0


@many
@given(TEXT)
def test_schedule_ends_after_it_starts(text: str) -> None:
    read = read_schedule(text)
    assert read.end is None or (read.start is not None and read.start < read.end)
    assert read.end_time is None or read.start_time is not None
    assert read.zone in (None, "WIB", "WITA", "WIT")


@many
@given(TEXT)
def test_place_is_official_and_its_province_fits(text: str) -> None:
    read = read_place(text)
    assert read.regency is None or gazetteer().by_name[read.regency].province == read.province


@many
@given(TEXT, st.one_of(st.none(), TEXT), st.one_of(st.none(), TEXT))
def test_level_and_mode_give_known_values(title: str, stated: str | None, outline: str | None) -> None:
    read = read_level(title, stated, outline)
    assert set(read.levels) <= set(LEVELS)
    assert (read.source is None) == (read.levels == ())
    assert read_mode(title, stated, outline) in (None, *MODES)


@many
@given(TEXT)
def test_the_rest(text: str) -> None:
    category = read_category(text, text)
    assert category.name is None or category.name in tables().official
    provider = read_provider(text)
    assert (provider.id is None) == (provider.name is None)
    assert provider.id is None or (provider.id.isascii() and provider.id.isalnum())
    assert clean_title(text) or not plain(text)
    assert "\x00" not in plain(text) and "\n" not in plain(text)
    assert fold(text) == fold(fold(text)) or len(fold(text)) >= 1
    assert all(words_of(text)) and (squash(text).isalnum() or squash(text) == "")
    count, rating = read_count(text), read_rating(text, None)
    assert (count is None or count >= 0) and (rating is None or 0 < rating <= 5)
    read_ages(text), read_education(text)


@many
@given(st.sampled_from(sorted(FIELDS)), TEXT)
def test_a_line_gives_the_contracts_keys(field: str, line: str) -> None:
    answer = normalize_line(field, line)
    assert answer.keys() == KEYS[field]
    json.dumps(answer)


@pytest.mark.parametrize("field", sorted(KEYS))
@pytest.mark.parametrize(
    "line", ["", "   ", "{}", "{", "[1]", "null", "{'a': 1}", '{"title": null}', '{"text": {"a": [1]}}', "7"]
)
def test_odd_lines_give_the_contracts_keys_too(field: str, line: str) -> None:
    assert normalize_line(field, line).keys() == KEYS[field]


def test_a_json_object_gives_the_inputs_by_key() -> None:
    assert normalize_line("price", '{"text": "Rp 5.000"}') == {"min": 5000, "max": 5000, "free": False}
    assert normalize_line("price", '{"price": 250000}')["min"] == 250_000
    row = json.dumps({"title": "Belajar Fundamental Rust", "stated": "Menengah"})
    assert normalize_line("level", row) == {"levels": ["intermediate"], "source": "stated"}
    assert normalize_line("mode", '{"title": "Mengetik (Bauran)", "mode_text": "Online - LMS"}') == {"mode": "blended"}
    assert normalize_line("category", '{"title": "Membuat Kue"}') == {
        "category": "Makanan dan Minuman",
        "derived": True,
    }
    assert normalize_line("category", '{"category": "Keuangan", "title": "Membuat Kue"}')["derived"] is False
    assert normalize_line("price", "600000")["min"] == 600_000


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(KeyError):
        normalize_line("colour", "red")


READERS: dict[str, Callable[[str], object]] = {
    "price": read_price,
    "duration": read_duration,
    "schedule": read_schedule,
    "place": read_place,
    "level": lambda t: read_level(t, t, t),
    "mode": lambda t: read_mode(t, t, t),
    "category": lambda t: read_category(t, t),
    "provider": read_provider,
    "title": clean_title,
    "ages": read_ages,
    "education": read_education,
    "count": read_count,
}
HOSTILE = [
    *(
        "1 ",
        "(",
        "0.",
        "rp ",
        "1-",
        "1,",
        "9",
        "<",
        "senin - ",
        "12 , ",
        "1 jan ",
        "kota ",
        "jakarta ",
        "dasar hingga ",
    ),
    *("12:00 ", "12/1/", "1.000", "½", "\u0301", "prakerja ", "[promo ", "usia 1 ", "tidak untuk ", "x@ ", "1 (1) "),
]


@pytest.mark.parametrize("reader", sorted(READERS))
def test_no_text_makes_a_reader_slow(reader: str) -> None:
    """A repeated piece of thousands of signs is read in well under the second that a runaway pattern would take."""
    start = time.perf_counter()
    for piece in HOSTILE:
        READERS[reader]((piece * LONGEST)[: LONGEST * 2])
    assert time.perf_counter() - start < 0.5 * len(HOSTILE)
