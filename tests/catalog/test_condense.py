"""Kept texts are short, and what only the whole text shows is read before the cut."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from catalog.condense import EPOCH, LONGEST, condensed, slim
from catalog.crawl_memory import MemoryLinesError, from_lines, to_lines
from catalog.normalize.offer import read_offer
from catalog.records import Listing, Section
from tests.catalog.nights import make_spec
from tests.factories import make_listing

LONG = "Kalimat biasa tentang kelas. " * 50


def long_listing(end: str) -> Listing:
    sections = [Section(key="materi", heading="Materi", text=LONG + end)]
    return make_listing(text=LONG + end, sections=sections, eligible="unknown", competency=None)


@pytest.mark.parametrize(
    "end", ["", "Mengacu pada SKKNI Nomor 305 Tahun 2016.", "Tidak berlaku untuk Kartu Prakerja.", "J.620100.004.02"]
)
def test_a_cut_listing_is_read_like_the_whole_one(end: str) -> None:
    listing = long_listing(end)
    short = condensed(listing)
    assert len(short.text or "") == LONGEST
    assert all(len(section.text) <= LONGEST for section in short.sections)
    night = dt.date(2020, 7, 15)
    spec = make_spec("tokopedia")
    before, after = read_offer(listing, spec, night), read_offer(short, spec, night)
    for name in ("eligible", "competency", "levels", "skills", "facts", "min_age", "sessions", "duration_minutes"):
        assert getattr(before, name) == getattr(after, name), name
    assert condensed(short) == short
    assert listing.text == LONG + end  # the given one is left as it is


def test_a_short_listing_stays_the_same_object() -> None:
    listing = make_listing(text="pendek")
    assert condensed(listing) is listing


@pytest.mark.parametrize(
    "text",
    [
        "pendek",
        "x" * LONGEST,
        "x" * (LONGEST + 1),
        'kata "kutip" ' * 90,
        "\\" * 600,
        '","fetched_at":"1',
        "ééé" * 400,
        "",
    ],
)
def test_a_slim_line_is_that_of_the_condensed_record(text: str) -> None:
    listing = make_listing(text=text, fetched_at="2020-07-15T02:00:00+07:00")
    wanted = condensed(listing).model_copy(update={"fetched_at": EPOCH}).model_dump_json(exclude_defaults=True)
    line = listing.model_dump_json(exclude_defaults=True)
    assert slim(line) == wanted
    assert slim(listing.model_dump_json(exclude_defaults=True, indent=1)) == wanted  # in another spelling


@pytest.mark.parametrize(
    "line", ["", "{}", "<html>", '{"platform":"tokopedia"}', '{"platform":"tokopedia","fetched_at":"x"']
)
def test_what_is_no_listing_has_no_slim_line(line: str) -> None:
    assert slim(line) is None


def memory(path: Path, listing: str) -> Path:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE page(url TEXT PRIMARY KEY, etag TEXT, listing TEXT)")
    database.executemany("INSERT INTO page VALUES(?,?,?)", [("b", None, listing), ("a", '"1"', "{}")])
    database.commit()
    database.close()
    return path


def test_a_memory_of_pages_comes_back_with_short_texts(tmp_path: Path) -> None:
    listing = long_listing("")
    lines = to_lines(memory(tmp_path / "one.sqlite", listing.model_dump_json()))
    assert lines is not None and listing.text is not None
    assert listing.text not in lines
    (tmp_path / "two.sqlite").write_bytes(from_lines(lines))
    assert to_lines(tmp_path / "two.sqlite") == lines
    database = sqlite3.connect(tmp_path / "two.sqlite")
    rows = database.execute("SELECT url, etag, listing FROM page ORDER BY url").fetchall()
    database.close()
    assert rows[0] == ("a", '"1"', "{}")
    assert Listing.model_validate_json(rows[1][2]).title == listing.title


def test_what_is_no_memory_is_left_out(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database")
    assert to_lines(broken) is None
    odd = tmp_path / "odd.sqlite"
    database = sqlite3.connect(odd)
    database.execute("CREATE TABLE page(url BLOB)")
    database.execute("INSERT INTO page VALUES(x'00')")
    database.commit()
    database.close()
    assert to_lines(odd) is None


@pytest.mark.parametrize(
    "lines",
    [
        '["a"]\n',
        '{"table":"page","columns":["url"]}\n["a","b"]\n',
        '{"table":"page","columns":["url"]}\n[1]\n',
        '{"table":"page; DROP TABLE x","columns":["url"]}\n',
        '{"table":"page","columns":["url) AS SELECT 1 --"]}\n',
        '{"table":"page"}\n',
        "no json\n",
    ],
)
def test_lines_that_are_no_dump_are_refused(lines: str) -> None:
    with pytest.raises(MemoryLinesError):
        from_lines(lines)
