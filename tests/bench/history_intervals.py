"""How large is a year of prices, and how fast are appending and asking? Against plain SQLite intervals in the same run.

100,000 offers, 365 nights, 2 % price changes, 0.2 % new and 0.2 % gone a night. `BENCH_OFFERS` and `BENCH_NIGHTS`
make it smaller.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from catalog.history import History, Row, write_parquet
from catalog.layout import Var

OFFERS = int(os.environ.get("BENCH_OFFERS", "100000"))
NIGHTS = int(os.environ.get("BENCH_NIGHTS", "365"))
FIRST = dt.date(2020, 1, 1)
PLATFORMS = (
    "bukalapak",
    "maubelajarapa",
    "pijarmahir",
    "pintaria",
    "sekolahmu",
    "sisnaker",
    "skillacademy",
    "tokopedia",
)


Line = tuple[str, int | None, str, str, str | None]  # offer, price, status, from, to


class Market:
    """Offers that change their price on 2 % of the nights and go on 0.2 %; as many come. All by one seed."""

    def __init__(self, offers: int, nights: int, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.past: list[Line] = []
        self.rows: dict[str, Row] = {}
        self.made = 0
        for number in range(offers + nights * (offers // 500)):
            born = 0 if number < offers else 1 + (number - offers) // (offers // 500)
            self._live(self._name(), born, nights)

    def _name(self) -> str:
        self.made += 1
        return f"{self.dice.choice(PLATFORMS)}:{self.made:08d}"

    def _price(self) -> int:
        return self.dice.randrange(24, 1_000) * 1_000

    def _live(self, name: str, born: int, nights: int) -> None:
        """One offer's intervals over the past nights, and its row where it is still there after them."""
        since = born
        while since < nights:
            price, until = self._price(), since + 1 + int(self.dice.expovariate(0.022))
            if until >= nights:
                self.past.append((name, price, "active", day(since).isoformat(), None))
                self.rows[name] = Row(name, price, None, "active")
                return
            self.past.append((name, price, "active", day(since).isoformat(), day(until - 1).isoformat()))
            if self.dice.random() < 1 / 11:  # one change in eleven is the end
                return
            since = until

    def night(self) -> list[Row]:
        """Every row of one night more, as the catalog stage hands them over."""
        names = list(self.rows)
        for name in self.dice.sample(names, len(names) // 50):
            self.rows[name] = self.rows[name]._replace(price_idr=self._price())
        for name in self.dice.sample(names, len(names) // 500):
            del self.rows[name]
        for name in [self._name() for _ in range(len(names) // 500)]:
            self.rows[name] = Row(name, self._price(), None, "active")
        return list(self.rows.values())


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


class Sqlite:
    """The peer: the same intervals in one indexed SQLite table."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path)
        self.db.execute("CREATE TABLE i (offer TEXT, price INT, status TEXT, first TEXT, last TEXT)")
        self.db.execute("CREATE INDEX o ON i (offer)")
        self.db.execute("CREATE INDEX l ON i (last)")

    def append(self, night: dt.date, rows: list[Row]) -> None:
        now = {row.offer: (row.price_idr, row.status) for row in rows}
        cursor = self.db.execute("SELECT rowid, offer, price, status FROM i WHERE last IS NULL")
        closed, same = [], set()
        for rowid, offer, price, status in cursor.fetchall():
            if now.get(offer) == (price, status):
                same.add(offer)
            else:
                closed.append((night.isoformat(), rowid))
        self.db.executemany("UPDATE i SET last = ? WHERE rowid = ?", closed)
        new = [(o, p, s, night.isoformat()) for o, (p, s) in now.items() if o not in same]
        self.db.executemany("INSERT INTO i VALUES (?, ?, ?, ?, NULL)", new)
        self.db.commit()


MEASURED = 10  # nights at the end of the year that are truly appended, one by one


def write_past(market: Market, nights: int, history: History, peer: Sqlite) -> None:
    """The same intervals into both at once: appending 355 nights one by one would take ten minutes."""
    history.folder.mkdir(parents=True, exist_ok=True)
    table = history.folder / "past.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(market.past)
    db = duckdb.connect(":memory:", config={"threads": 1})
    columns = "{'offer': 'VARCHAR', 'price_idr': 'INTEGER', 'status': 'VARCHAR', 'from': 'DATE', 'to': 'DATE'}"
    db.execute(
        'CREATE TABLE intervals AS SELECT offer, price_idr, NULL::INTEGER AS list_price_idr, status, "from", "to" '
        f"FROM read_csv('{table}', header = false, columns = {columns})"
    )
    write_parquet(db, history.path, {key: [day(n) for n in range(nights)] for key in PLATFORMS})
    table.unlink()
    peer.db.executemany("INSERT INTO i VALUES (?, ?, ?, ?, ?)", market.past)
    peer.db.commit()
    market.past.clear()
    gc.collect()
    gc.freeze()  # else looking for garbage among the simulation's own records is what would be measured


def cost(call: Callable[[], object]) -> float:
    """CPU seconds: the machine's other work must not count."""
    began = time.process_time()
    call()
    return time.process_time() - began


def timed(call: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds."""
    return statistics.median(cost(call) for _ in range(times))


def line(what: str, ours: float, theirs: float, unit: str, goal: float) -> bool:
    """Prints one comparison; True when our figure is over its goal."""
    over = ours > goal
    figures = f"{ours:10.3f} {unit:<3} {theirs:10.3f} {unit:<3} {ours / theirs:6.2f}x"
    print(f"{what:<34} {figures}   goal {goal:g} {unit} {'OVER' if over else 'ok'}")
    return over


def main() -> int:
    """Prints one line a question: ours, SQLite, ratio, goal."""
    with tempfile.TemporaryDirectory() as folder:
        history, peer = History(Var(Path(folder))), Sqlite(Path(folder) / "peer.sqlite")
        market = Market(OFFERS, NIGHTS - MEASURED)
        write_past(market, NIGHTS - MEASURED, history, peer)
        ours, theirs = [], []
        for number in range(NIGHTS - MEASURED, NIGHTS):
            night, rows = day(number), market.night()
            ours.append(cost(partial(history.append, night, rows, PLATFORMS)))
            theirs.append(cost(partial(peer.append, night, rows)))
        some = rows[len(rows) // 2].offer
        print(f"{OFFERS} offers, {NIGHTS} nights, CPU seconds; the peer is SQLite with two indexes")
        over = [line(f"append, median of {len(ours)}", statistics.median(ours), statistics.median(theirs), "s", 2)]
        size = history.path.stat().st_size / 1e6, peer.path.stat().st_size / 1e6
        over.append(line("size of the year", *size, "MB", 25))
        one = (
            timed(lambda: history.of(some)),
            timed(lambda: peer.db.execute("SELECT * FROM i WHERE offer = ?", [some]).fetchall()),
        )
        over.append(line("one offer's history", *one, "s", 0.05))
        now = timed(history.current), timed(lambda: peer.db.execute("SELECT * FROM i WHERE last IS NULL").fetchall())
        over.append(line("all current offers", *now, "s", 0.5))
        print(f"{'statistics over 30, 90, 365 days':<34} {timed(lambda: history.stats(night), 1):10.3f} s")

    gc.unfreeze()
    return int(any(over))


if __name__ == "__main__":
    raise SystemExit(main())
