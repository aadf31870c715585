"""How large is a year of prices, and how fast are appending and asking? Against plain SQLite intervals in the same run.

100,000 offers, 365 nights, 2 % price changes, 0.2 % new and 0.2 % gone a night. `BENCH_OFFERS` and `BENCH_NIGHTS`
make it smaller.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from catalog.history import History, Row
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


def simulate(offers: int, nights: int, seed: int = 1) -> Iterator[tuple[dt.date, list[Row]]]:
    """Every night's rows, as the catalog stage hands them over."""
    dice = random.Random(seed)
    rows = {}

    def add(number: int) -> None:
        name = f"{dice.choice(PLATFORMS)}:{number:08d}"
        rows[name] = Row(name, dice.randrange(24, 1_000) * 1_000, None, "active")

    for number in range(offers):
        add(number)
    for night in range(nights):
        if night:
            names = list(rows)
            for name in dice.sample(names, len(names) // 50):
                rows[name] = rows[name]._replace(price_idr=dice.randrange(24, 1_000) * 1_000)
            for name in dice.sample(names, len(names) // 500):
                del rows[name]
            for number in range(offers // 500):
                add(offers + night * offers + number)
        yield FIRST + dt.timedelta(days=night), list(rows.values())


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


def timed(call: Callable[[], object], times: int = 5) -> float:
    """Median seconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


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
        ours, theirs, some = [], [], ""
        for night, rows in simulate(OFFERS, NIGHTS):
            began = time.perf_counter()
            history.append(night, rows, PLATFORMS)
            middle = time.perf_counter()
            peer.append(night, rows)
            ours.append(middle - began)
            theirs.append(time.perf_counter() - middle)
            some = rows[len(rows) // 2].offer
        print(f"{OFFERS} offers, {NIGHTS} nights; the peer is SQLite with two indexes")
        tail = slice(-10, None)
        usual = statistics.median(ours[tail]), statistics.median(theirs[tail])
        over = [line("append, median of the last 10", *usual, "s", 2)]
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

    return int(any(over))


if __name__ == "__main__":
    raise SystemExit(main())
