"""What is kept from night to night decides nothing: nights with it, without it and with a damaged one are equal."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from catalog.condense import condensed
from catalog.gate import baseline_of, shape_of
from catalog.layout import Var
from catalog.line_memo import LineMemo
from catalog.quarantine import Quarantine
from catalog.records import Listing, Section
from catalog.store import LastGood, Meta, to_line
from tests.catalog.nights import START, Nights, files_of, listings, make_report, make_spec, write_run
from tests.factories import make_listing

PLATFORMS = ("tokopedia", "pintaria")
LONG = "Belajar bersama. " * 100  # longer than what is kept of a text
ODD = [
    '{"platform":"tokopedia","native_id":"x1","title":"Tanpa waktu"}',
    '{"native_id":"x2","platform":"tokopedia","fetched_at":"2020-07-15T02:00:00+07:00","title":"Urutan lain"}',
    '{"platform":"tokopedia","native_id":"x3","fetched_at":"2020-07-15T02:00:00+07:00","title":"Bukti",'
    '"evidence":{"fetched_at":"api"}}',
    '{"platform":"tokopedia", "native_id":"x4", "fetched_at":"2020-07-15T02:00:00+07:00", "title":"Jarak lain"}',
    '{"platform":"lain","native_id":"x5","fetched_at":"2020-07-15T02:00:00+07:00","title":"Platform lain"}',
    "{cut",
]


class Market:
    """Two platforms' listings, drawn anew in part on every night."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.shops = {p: {x.native_id: x for x in listings(p, range(24))} for p in PLATFORMS}

    def night(self, day: int) -> dict[str, list[Listing]]:
        for shop in self.shops.values():
            for native in self.dice.sample(sorted(shop), 4):
                shop[native] = shop[native].model_copy(update=self._change())
            for native in self.dice.sample(sorted(shop), 2):
                del shop[native]
            for new in listings("", [100 + day]):
                shop[new.native_id] = new
        return {
            platform: [self._seen(x, platform, day) for x in shop.values()] for platform, shop in self.shops.items()
        }

    def _change(self) -> dict[str, object]:
        long = [Section(key="tujuan_khusus", heading="Tujuan", text=LONG + str(self.dice.random()))]
        price = f"Rp{self.dice.randrange(50, 500)}.000"
        return self.dice.choice([{"price": price}, {"text": LONG}, {"sections": long}, {"title": "Membuat Roti"}])

    def _seen(self, listing: Listing, platform: str, day: int) -> Listing:
        passing = {"fetched_at": f"2020-07-{15 + day}T02:{self.dice.randrange(60):02d}:00+07:00"}
        source_hash = self.dice.choice([None, f"{self.dice.getrandbits(64):x}"])
        return listing.model_copy(update={**passing, "platform": platform, "source_hash": source_hash})


def write_odd(var: Var, run: str) -> None:
    """Lines that no spider of ours writes, behind the others."""
    with (var.run_dir(run, "tokopedia") / "listings.jsonl").open("a", encoding="utf-8") as out:
        out.write("\n".join(ODD) + "\n")


def damage(var: Var, dice: random.Random) -> None:
    for path in sorted(p for p in var.cache.rglob("*") if p.is_file()):
        data = path.read_bytes()
        path.write_bytes(dice.choice([data, data[: dice.randrange(len(data))], b"\xff" + data]))


def test_nights_with_and_without_what_is_kept_are_equal(tmp_path: Path) -> None:
    market, dice = Market(seed=1), random.Random(1)
    kinds = {kind: Nights(tmp_path / kind, [make_spec(p) for p in PLATFORMS]) for kind in ("kept", "cold", "damaged")}
    for day in range(4):
        night, run, runs = START + dt.timedelta(days=day), f"r{day}", market.night(day)
        for kind, nights in kinds.items():
            for platform, items in runs.items():
                write_run(nights.var, run, platform, items)
            write_odd(nights.var, run)
            if kind == "cold":
                shutil.rmtree(nights.var.cache, ignore_errors=True)
            if kind == "damaged":
                damage(nights.var, dice)
            if day == 2:
                table = (
                    "verdict,offer_a,offer_b,reason,reviewed\nsame,tokopedia:00001,pintaria:00003,ditinjau,2020-07-16\n"
                )
                (nights.var.root / "same_course.csv").write_text(table)
            nights.build(night, run)
        files = {kind: _outcome(nights.var) for kind, nights in kinds.items()}
        assert files["kept"] == files["cold"] == files["damaged"], day


def _outcome(var: Var) -> dict[str, bytes]:
    return {
        f"{f.name}/{name}": data for f in (var.catalog, var.state, var.lastgood) for name, data in files_of(f).items()
    }


def kept(var: Var, listing: Listing) -> LineMemo:
    """A memory that learnt one listing on an earlier night, which is last good."""
    store = LastGood(var, Quarantine(var.quarantine))
    line = to_line(condensed(listing))
    meta = Meta(
        platform="tokopedia",
        run="r",
        night=START,
        count=1,
        baseline=baseline_of([listing], make_report("tokopedia", "r", 1)),
    )
    store.replace("tokopedia", [line], meta)
    memo = LineMemo(var, "tokopedia", store)
    memo.learn(listing.model_dump_json(exclude_defaults=True), line, shape_of(listing))
    memo.save()
    return LineMemo(var, "tokopedia", store)


@pytest.mark.parametrize("text", ["pendek", LONG])
def test_a_line_that_comes_again_is_told_without_parsing(tmp_path: Path, text: str) -> None:
    memo = kept(Var(tmp_path), make_listing(text=text, source_hash="aa"))
    again = make_listing(text=text, source_hash="bb", fetched_at="2020-07-16T02:00:00+07:00")
    found = memo.known(again.model_dump_json(exclude_defaults=True))
    assert found is not None and found[0] == to_line(condensed(again))
    assert memo.known(again.model_copy(update={"price": "Rp1"}).model_dump_json(exclude_defaults=True)) is None


SPELLINGS = [("+07:00", "+07:00\t"), (',"source_hash"', ', "source_hash"'), ('"aa"', '"A\\u0041"')]


@pytest.mark.parametrize(("old", "new"), SPELLINGS)
def test_another_spelling_is_parsed(tmp_path: Path, old: str, new: str) -> None:
    raw = make_listing(source_hash="aa").model_dump_json(exclude_defaults=True)
    memo = kept(Var(tmp_path), make_listing(source_hash="aa"))
    assert memo.known(raw) is not None
    assert old in raw and memo.known(raw.replace(old, new)) is None


def test_nothing_is_known_without_a_file_or_of_another_program(tmp_path: Path) -> None:
    raw = make_listing().model_dump_json(exclude_defaults=True)
    memo = LineMemo(Var(tmp_path), "tokopedia", LastGood(Var(tmp_path)))
    assert memo.known(raw) is memo.known("") is None
    kept(Var(tmp_path), make_listing())
    text = memo.path.read_text()
    memo.path.write_text("another" + text)
    assert LineMemo(Var(tmp_path), "tokopedia", LastGood(Var(tmp_path))).known(raw) is None
