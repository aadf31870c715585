"""What is kept of texts and rows: equal to what is made anew, used where nothing changed, and only time when lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import shutil
import sqlite3
from pathlib import Path

import pytest

from catalog.layout import Var
from catalog.platforms import Spec, read_spec
from catalog.records import Listing
from spiders import SPECS, base, kept
from spiders.base import Course
from spiders.kept import Kept
from spiders.sandbox import serve
from spiders.scrub import scrub_piece
from tests.factories import make_listing
from tests.spiders import harness
from tests.spiders.harness import NIGHT, Ran

OWN = SPECS / "skillacademy.py"
TEXTS = {
    "plain": "Belajar bersama. " * 30,
    "html": "<p>Hubungi kami di <b>budi@contoh.id</b></p><p>Instruktur: Budi Santoso</p>" * 6,
    "named": "Dibawakan oleh Siti Aminah. " * 20,
    "half a sign": "Belajar \ud83d saja. " * 30,
}
NAMES = ["Siti Aminah"]


@pytest.fixture
def spec() -> Spec:
    return read_spec(SPECS / "skillacademy.toml")


def course(**fields: object) -> Course:
    return Course(
        "SA1", "https://skillacademy.com/course-detail/a/SA1", {"title": "Roti", **fields}, "api", complete=True
    )


def line(listing: Listing) -> str:
    return listing.model_dump_json(exclude_defaults=True)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_scrubbed_once_and_then_known(
    text: str, spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Kept(Var(tmp_path), spec, OWN)
    assert first.scrubbed(text, NAMES) == scrub_piece(text, NAMES)
    first.close(keep=True)
    made: list[str] = []
    monkeypatch.setattr(kept, "scrub_piece", lambda text, names: made.append(text) or scrub_piece(text, names))
    second = Kept(Var(tmp_path), spec, OWN)
    assert second.scrubbed(text, NAMES) == scrub_piece(text, NAMES)
    assert made == ([text] if "\ud83d" in text else [])
    assert second.scrubbed(text, []) == scrub_piece(text, [])  # other names: another answer
    assert made[-1:] == [text]
    second.close(keep=False)


def test_a_row_is_known_by_all_that_it_says(spec: Spec, tmp_path: Path) -> None:
    first, listing = Kept(Var(tmp_path), spec, OWN), make_listing(platform="skillacademy", source_hash=None)
    first.keep(course(price="1"), line(listing))
    first.close(keep=True)
    second = Kept(Var(tmp_path), spec, OWN)
    assert second.listing(course(price="1")) == listing
    assert second.listing(course(price="2")) is second.listing(course()) is None
    other = course(price="1")
    other.eligible = "page:/kartu-prakerja"
    assert second.listing(other) is None
    second.close(keep=True)


def test_another_program_spec_or_a_damaged_file_knows_nothing(spec: Spec, tmp_path: Path) -> None:
    first = Kept(Var(tmp_path), spec, OWN)
    first.keep(course(), line(make_listing()))
    first.close(keep=True)
    changed = spec.model_copy(update={"note": "lain"})
    for other, own in ((changed, OWN), (spec, SPECS / "bukalapak.py")):
        one = Kept(Var(tmp_path), other, own)
        assert one.listing(course()) is None
        one.close(keep=False)
    whole = first.path.read_bytes()
    for damaged in (b"", b"no database", whole[:4_000], older_form(tmp_path)):
        first.path.write_bytes(damaged)
        one = Kept(Var(tmp_path), spec, OWN)
        assert one.listing(course()) is None
        assert one.scrubbed(TEXTS["html"], NAMES) == scrub_piece(TEXTS["html"], NAMES)
        one.close(keep=True)
    assert [path.name for path in first.path.parent.iterdir()] == ["skillacademy.sqlite"]


def older_form(folder: Path) -> bytes:
    """A file with a table that has no checksums."""
    path = folder / "older.sqlite"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as older:
        older.execute("CREATE TABLE made(key BLOB PRIMARY KEY, value TEXT)")
        older.commit()
    return path.read_bytes()


def test_a_flipped_bit_in_a_kept_text_is_seen_and_mended(spec: Spec, tmp_path: Path) -> None:
    text, listing = TEXTS["plain"], make_listing(platform="skillacademy", title="Membuat Roti Sobek", source_hash=None)
    first = Kept(Var(tmp_path), spec, OWN)
    first.keep(course(), line(listing))
    first.scrubbed(text, NAMES)
    first.close(keep=True)
    whole = first.path.read_bytes()
    flipped = whole.replace(b"Roti Sobek", b"Roti Cobek").replace(b"Belajar bersama", b"Belajar gersama", 1)
    assert flipped != whole and flipped.count(b"Roti Cobek") == flipped.count(b"Belajar gersama") == 1
    first.path.write_bytes(flipped)
    for known in (None, listing):  # not found, written again, found
        one = Kept(Var(tmp_path), spec, OWN)
        assert one.listing(course()) == known
        assert one.scrubbed(text, NAMES) == scrub_piece(text, NAMES)
        one.keep(course(), line(listing))
        one.close(keep=True)


def test_where_nothing_can_be_kept_the_night_goes_on(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    assert Kept.open(Var(tmp_path), spec, OWN) is None
    (tmp_path / "cache").unlink()
    one = Kept.open(Var(tmp_path), spec, OWN)
    assert one is not None
    assert Kept.open(Var(tmp_path), spec, OWN) is None, "another run is at work"
    one._made.execute("DROP TABLE made")  # as if the disk had failed
    one.keep(course(), line(make_listing()))
    assert one.scrubbed(TEXTS["html"], NAMES) == scrub_piece(TEXTS["html"], NAMES)
    one.close(keep=True)


def test_a_bad_run_keeps_nothing_and_old_rows_are_cleared_away(spec: Spec, tmp_path: Path) -> None:
    def night(numbers: range, *, good: bool) -> int:
        """How many rows were known of those that were asked for."""
        one = Kept(Var(tmp_path), spec, OWN)
        known = sum(one.listing(course(price=str(number))) is not None for number in numbers)
        for number in numbers:
            one.keep(course(price=str(number)), line(make_listing()))
        one.close(keep=good)
        return known

    assert night(range(10), good=False) == 0
    assert night(range(10), good=True) == 0
    assert night(range(2, 12), good=True) == 8  # two of twelve are too few to be cleared away
    assert night(range(10), good=True) == 10
    assert night(range(3), good=True) == 3
    assert night(range(10), good=True) == 3


@pytest.mark.parametrize("platform", ["skillacademy", "bukalapak", "skillsweek"])
def test_a_quiet_night_equals_one_that_reads_everything(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "built"
    build = base.PageSpider.build

    def counted(self: base.PageSpider, *args: object) -> Listing:
        with built.open("a") as out:
            out.write(".")
        return build(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(base.PageSpider, "build", counted)  # the forked runs have it too
    servers = serve.serve_here(120, 3, NIGHT, None)
    server = next(s for s in servers if s.replica.platform == platform)
    origin = f"http://127.0.0.1:{server.server_address[1]}"

    def night(run: str, day: int) -> tuple[Ran, int]:
        built.write_text("")
        ran = harness.crawl(platform, tmp_path, origin, run_name=run, night=NIGHT + dt.timedelta(days=day))
        return ran, len(built.read_text())

    try:
        first, made = night("a", 0)
        assert made == len(first.listings) > 10
        _training, sale = server.replica.rows[1]
        sale.title = "Membuat Roti Sobek"
        second, made = night("b", 1)
        assert 1 <= made <= 3, "only the changed row is read"
        shutil.rmtree(tmp_path / "cache")
        third, made = night("c", 1)
        assert made == len(third.listings)
    finally:
        for one in servers:
            one.shutdown()
            one.server_close()
    strip = {"fetched_at": ""}
    assert [x.model_copy(update=strip) for x in second.listings] == [x.model_copy(update=strip) for x in third.listings]
    assert any(x.title == "Membuat Roti Sobek" for x in second.listings)
    raw = [gzip.decompress((ran.folder / "raw.jsonl.gz").read_bytes()) for ran in (second, third)]
    assert raw[0] == raw[1]
    ignored = {"run", "started", "finished"}
    assert second.report.model_dump(exclude=ignored) == third.report.model_dump(exclude=ignored)
