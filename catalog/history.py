"""Price and status of every offer over the nights, kept as intervals in one Parquet file.

An interval (offer, price, list price, status, from, to) says: on every night of that platform from `from` to `to`,
both included, the catalog said so. `to` is null while it still holds, so an append touches only what changed.
The nights of each platform stand in the file's own metadata: one file, one rename, nothing to fall apart.

What the file means is a set of observations (offer, night) -> value. Appending a night replaces that night's
observations; merging takes the union, and where two histories disagree about one night the larger row wins. Both
are therefore independent of order, and doing them twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import duckdb

from catalog.files import link, sync
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import SCHEMA_VERSION

WINDOWS = (30, 90, 365)
FILE = "intervals.parquet"
PREVIOUS = "intervals.previous.parquet"
_COLUMNS = '(offer VARCHAR, price_idr INTEGER, list_price_idr INTEGER, status VARCHAR, "from" DATE, "to" DATE)'
_ORDER = 'ORDER BY offer, "from"'
_ROW_TYPES = ("VARCHAR", "INTEGER", "INTEGER", "VARCHAR")

Nights = dict[str, list[dt.date]]


class HistoryError(ValueError):
    """A history that can't be used; the message says what to do."""


class Row(NamedTuple):
    """What the catalog says of one offer on one night. Whole rupiah or None."""

    offer: str
    price_idr: int | None
    list_price_idr: int | None
    status: str


class Interval(NamedTuple):
    offer: str
    price_idr: int | None
    list_price_idr: int | None
    status: str
    from_: dt.date
    to: dt.date | None


_interval = partial(tuple.__new__, Interval)  # half the time of Interval(*row), and there are 100,000 of them


class Stats(NamedTuple):
    """Over the nights of a window on which the offer had a price: whole rupiah; `nights` counts them."""

    lowest: int
    highest: int
    median: int
    nights: int


def platform_of(offer: str) -> str:
    return offer.partition(":")[0]


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    # One thread and kept order: equal rows give equal bytes. Opening costs 30 ms, so one engine serves the process.
    engine = duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": True})
    engine.execute("SET TimeZone = 'UTC'")
    return engine


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own; its temporary tables vanish with it."""
    connection = _engine().cursor()
    try:
        yield connection
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class History:
    """The history file of one var folder."""

    def __init__(self, var: Var, quarantine: Quarantine | None = None) -> None:
        self.folder = var.history
        self.path = self.folder / FILE
        self.previous = self.folder / PREVIOUS
        self.quarantine = quarantine or Quarantine(var.quarantine)
        self._sound: tuple[int, int, int] | None = None  # the file that was last read to its end without a fault

    # --- reading ---

    def nights(self) -> Nights:
        """platform -> its nights in order; empty when there is no history yet. A cut file is set aside."""
        self.repair()
        return _read_nights(self.path) if self.path.exists() else {}

    def repair(self, published: Path | None = None) -> str | None:
        """Sets a file that can't be read aside and goes back to the copy of the night before, or to the one that is
        `published`; says what it did. None: nothing was wrong."""
        if not self.path.exists():
            if not self.previous.exists():
                return None
            lost = f"{FILE} was missing"
        else:
            file = self.path.stat()
            identity = file.st_ino, file.st_size, file.st_mtime_ns
            if identity == self._sound:
                return None
            reason = _broken(self.path)
            if reason is None:
                self._sound = identity
                return None
            lost = f"{FILE} can't be read and lies in {self._set_aside(self.path, reason)}"
        if self.previous.exists():
            reason = _broken(self.previous)
            if reason is None:
                link(self.previous, self.path)
                return f"{lost}; the copy of the night before is used"
            self._set_aside(self.previous, reason)  # else the next look would take it for the history
        if published is not None and published.exists() and _broken(published) is None:
            link(published, self.path)
            return f"{lost}, like its copy; the published one is used"
        return f"{lost}; the history begins anew (or: banding history bootstrap URL)"

    def _set_aside(self, path: Path, reason: str) -> Path:
        kept = self.quarantine.file(path, reason)
        self.quarantine.flush()
        return kept

    def of(self, offer: str) -> list[Interval]:
        """All intervals of one offer, oldest first."""
        return self.of_many([offer]).get(offer, [])

    def of_many(self, offers: Sequence[str]) -> dict[str, list[Interval]]:
        if not self.path.exists() or not offers:
            return {}
        with _database() as db:
            # A list and not one mark an offer: thousands of marks cost seconds.
            condition = "offer = ?" if len(offers) == 1 else "offer IN (SELECT unnest(?::VARCHAR[]))"
            sql = f"SELECT * FROM {_quoted(self.path)} WHERE {condition} {_ORDER}"  # noqa: S608
            return _by_offer(db.execute(sql, [offers[0] if len(offers) == 1 else list(offers)]).fetchall())

    def all(self) -> dict[str, list[Interval]]:
        """Every offer's intervals at once: for building pages, where one question per page would be slow."""
        if not self.path.exists():
            return {}
        with _database() as db:
            return _by_offer(db.execute(f"SELECT * FROM {_quoted(self.path)} {_ORDER}").fetchall())  # noqa: S608

    def moved(self) -> dict[str, list[Interval]]:
        """`all` of the offers whose price was ever another, an unknown one included: few of a catalog's offers."""
        if not self.path.exists():
            return {}
        source = _quoted(self.path)
        several = f"SELECT offer FROM {source} GROUP BY offer HAVING count(DISTINCT coalesce(price_idr, -1)) > 1"  # noqa: S608
        with _database() as db:
            return _by_offer(db.execute(f"SELECT * FROM {source} WHERE offer IN ({several}) {_ORDER}").fetchall())  # noqa: S608

    def current(self) -> list[Interval]:
        """The open interval of every offer: what the newest night says."""
        if not self.path.exists():
            return []
        with _database() as db:
            sql = f'SELECT * FROM {_quoted(self.path)} WHERE "to" IS NULL'  # noqa: S608  the file is in order
            return list(map(_interval, db.execute(sql).fetchall()))

    def on(self, night: dt.date) -> dict[str, Row]:
        """What the catalog said on one night. Empty for a night without observations."""
        nights = self.nights()
        with _database() as db:
            if not self.path.exists():
                return {}
            sql = (
                f"SELECT offer, price_idr, list_price_idr, status FROM {_quoted(self.path)} "  # noqa: S608
                'WHERE "from" <= ? AND ("to" IS NULL OR "to" >= ?) ORDER BY offer'
            )
            rows = (Row(*row) for row in db.execute(sql, [night, night]).fetchall())
            return {row.offer: row for row in rows if night in nights.get(platform_of(row.offer), [])}

    def stats(
        self, night: dt.date, windows: Sequence[int] = WINDOWS, offers: Iterable[str] | None = None
    ) -> dict[str, dict[int, Stats]]:
        """offer -> window in days -> lowest, highest and median price over its nights up to and including `night`,
        of `offers` or of all.

        A night counts once, however often the price changed; nights without price, after the offer was gone, or
        outside the window do not count. Of an even number the median is the lower middle: a price that stood.
        """
        nights = self.nights()
        if not nights:
            return {}
        with _database() as db:
            _load(db, self.path)
            if offers is not None:
                db.execute("DELETE FROM intervals WHERE offer NOT IN (SELECT unnest(?::VARCHAR[]))", [list(offers)])
            _load_nights(db, nights)
            found: dict[str, dict[int, Stats]] = {}
            for window in windows:
                for offer, *values in db.execute(_STATS, [night - dt.timedelta(days=window - 1), night]).fetchall():
                    found.setdefault(offer, {})[window] = Stats(*values)
            return found

    def usual_prices(self, night: dt.date, window: int = 30) -> dict[str, int]:
        """offer -> median price over the window that ends on the night *before* `night`."""
        found = self.stats(night - dt.timedelta(days=1), [window])
        return {offer: by_window[window].median for offer, by_window in found.items()}

    def list_price_seen(self, asked: Mapping[str, int], night: dt.date, least_nights: int) -> dict[str, bool | None]:
        """For each offer and its struck price: was that (or more) ever the price, on a night before `night`?

        None while the offer was not watched on `least_nights` earlier nights: too early to say.
        """
        if not asked:
            return {}
        seen: dict[str, int] = {}
        watched: dict[str, int] = {}
        nights = self.nights()
        for offer, intervals in self.of_many(sorted(asked)).items():
            days = nights.get(platform_of(offer), [])
            for interval in intervals:
                last = min(interval.to or night, night - dt.timedelta(days=1))
                inside = max(0, bisect_right(days, last) - bisect_left(days, interval.from_))
                watched[offer] = watched.get(offer, 0) + inside
                if inside and interval.price_idr is not None:
                    seen[offer] = max(seen.get(offer, 0), interval.price_idr)
        return {
            offer: True if seen.get(offer, 0) >= price else False if watched.get(offer, 0) >= least_nights else None
            for offer, price in asked.items()
        }

    def to_csv(self, path: Path) -> None:
        """The same intervals as text, sorted by offer and night."""
        with _database() as db:
            columns = 'offer, split_part(offer, \':\', 1) AS platform, price_idr, list_price_idr, status, "from", "to"'
            aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            db.execute(f"COPY (SELECT {columns} FROM {_quoted(self.path)} {_ORDER}) TO {_quoted(aside)} (HEADER)")  # noqa: S608
            aside.replace(path)

    # --- writing ---

    def append(self, night: dt.date, rows: Iterable[Row], platforms: Iterable[str]) -> None:
        """Writes one night: `rows` are all offers of `platforms` on that night (no row: the offer was not there).

        Replaces what was known of that night, so the same night twice changes nothing.
        """
        nights = self.nights()
        rows = list({row.offer: row for row in rows}.values())
        with _database() as db:
            _load(db, self.path)
            _load_rows(db, "tonight", rows, self.folder)
            named = sorted({*platforms, *(offer.partition(":")[0] for offer, *_ in rows)})
            newest = [p for p in named if not nights.get(p) or nights[p][-1] <= night]
            older = [p for p in named if p not in newest]
            if older:
                _insert_older(db, nights, older, night)
            for platform in named:
                if night not in nights.get(platform, []):
                    nights[platform] = sorted([*nights.get(platform, []), night])
            _append_newest(db, nights, newest, night)
            self._write(db, nights)

    def merge(self, other: Path) -> None:
        """Adds another history file (for instance a published one). Order and repetition do not matter."""
        reason = _broken(other)
        if reason is not None:
            raise HistoryError(f"{other}: {reason}; nothing was merged")
        nights, theirs = self.nights(), _read_nights(other)
        if not self.path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
        with _database() as db:
            _load(db, self.path)
            _load(db, other, "theirs")
            both = {p: sorted({*nights.get(p, []), *theirs.get(p, [])}) for p in sorted({*nights, *theirs})}
            _merge(db, nights, theirs, both)
            self._write(db, both)

    def _write(self, db: duckdb.DuckDBPyConnection, nights: Nights) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for stale in self.folder.glob(".*.tmp"):
            stale.unlink(missing_ok=True)
        aside = self.folder / f".{FILE}.{os.getpid()}.tmp"
        try:
            write_parquet(db, aside, nights)
            sync(aside)
            if self.path.exists() and _digest(self.path) == _digest(aside):
                return
            if self.path.exists():
                kept = self.folder / f".{PREVIOUS}.{os.getpid()}.tmp"
                link(self.path, kept)
                kept.replace(self.previous)
            aside.replace(self.path)
        finally:
            aside.unlink(missing_ok=True)


def write_parquet(db: duckdb.DuckDBPyConnection, path: Path, nights: Nights) -> None:
    """Writes the table `intervals` sorted by offer, with the nights of each platform in the metadata."""
    meta = json.dumps({"schema_version": SCHEMA_VERSION, "nights": {p: _pack(d) for p, d in sorted(nights.items())}})
    # A fresh table: rows that were deleted on the way would leave traces in the statistics, and so in the bytes.
    db.execute(f"CREATE OR REPLACE TEMP TABLE written AS SELECT * FROM intervals {_ORDER}")  # noqa: S608
    db.execute(
        f"COPY written TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd, "
        f"ROW_GROUP_SIZE 20000, KV_METADATA {{banding: '{meta}'}})"
    )


def _pack(days: Sequence[dt.date]) -> list[str]:
    """Runs of consecutive days as 'first/last', so that a year of nights stays a few signs."""
    runs: list[list[dt.date]] = []
    for day in days:
        if runs and day - runs[-1][1] == dt.timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [f"{first.isoformat()}/{last.isoformat()}" for first, last in runs]


def _unpack(runs: Sequence[str]) -> list[dt.date]:
    days: list[dt.date] = []
    for run in runs:
        first, last = (dt.date.fromisoformat(part) for part in run.split("/"))
        days.extend(first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return days


def _read_nights(path: Path) -> Nights:
    with _database() as db:
        rows = db.execute("SELECT value FROM parquet_kv_metadata(?) WHERE key = 'banding'", [str(path)]).fetchall()
    meta = json.loads(rows[0][0])
    return {platform: _unpack(runs) for platform, runs in meta["nights"].items()}


def _broken(path: Path) -> str | None:
    """Why a history file can't be used; None when it can. Reads every row: a cut in the middle must show."""
    try:
        with _database() as db:
            sql = "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'banding'"
            found = db.execute(sql, [str(path)]).fetchall()
            if not found:
                return "not a history of this program"
            version = json.loads(found[0][0]).get("schema_version")
            if version != SCHEMA_VERSION:
                return f"schema version {version!r}; this program reads {SCHEMA_VERSION}"
            db.execute(f'SELECT count(*), max(offer), sum(price_idr), max("to") FROM {_quoted(path)}')  # noqa: S608
    except (duckdb.Error, ValueError, OSError) as error:
        return f"can't be read: {str(error).splitlines()[0]}"
    return None


def _load(db: duckdb.DuckDBPyConnection, path: Path, table: str = "intervals") -> None:
    db.execute(f"CREATE TEMP TABLE {table} {_COLUMNS}")
    if path.exists():
        db.execute(f"INSERT INTO {table} SELECT * FROM {_quoted(path)}")  # noqa: S608


def _load_rows(db: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row], folder: Path) -> None:
    """Many rows at once, column by column in a file: as parameters 100,000 of them cost more than all the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{table}.{os.getpid()}.tmp"
    try:
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in Row._fields]
        aside.write_text(json.dumps(dict(zip(Row._fields, columns, strict=True))), encoding="utf-8")
        lists = ", ".join(f"unnest({name}) AS {name}" for name in Row._fields)
        types = ", ".join(f"{name}: '{kind}[]'" for name, kind in zip(Row._fields, _ROW_TYPES, strict=True))
        db.execute(
            f"CREATE TEMP TABLE {table} AS SELECT {lists} FROM read_json({_quoted(aside)}, "  # noqa: S608
            f"format = 'unstructured', maximum_object_size = 1000000000, columns = {{{types}}})"
        )
    finally:
        aside.unlink(missing_ok=True)


def _load_nights(db: duckdb.DuckDBPyConnection, nights: Nights, table: str = "nights") -> None:
    pairs = [(platform, day) for platform, days in nights.items() for day in days]
    db.execute(f"CREATE TEMP TABLE {table} (platform VARCHAR, night DATE, n INTEGER)")
    db.execute(
        f"INSERT INTO {table} SELECT platform, night, row_number() OVER (PARTITION BY platform ORDER BY night) "  # noqa: S608
        "FROM (SELECT unnest(?::VARCHAR[]) platform, unnest(?::DATE[]) night)",
        [[p for p, _ in pairs], [d for _, d in pairs]],
    )


# Nights are numbered within a platform, so that an interval's nights inside the window are a subtraction.
_STATS = """
WITH span AS (
  SELECT platform, min(n) AS first, max(n) AS last FROM nights WHERE night BETWEEN ? AND ? GROUP BY platform
), counted AS (
  SELECT i.offer, i.price_idr AS price, least(coalesce(t.n, s.last), s.last) - greatest(f.n, s.first) + 1 AS n
  FROM intervals i
  JOIN span s ON s.platform = split_part(i.offer, ':', 1)
  JOIN nights f ON f.platform = s.platform AND f.night = i."from"
  LEFT JOIN nights t ON t.platform = s.platform AND t.night = i."to"
  WHERE i.price_idr IS NOT NULL AND i.status <> 'gone'
), nightly AS (
  SELECT offer, price, sum(n) AS n FROM counted WHERE n > 0 GROUP BY offer, price
), ranked AS (
  SELECT offer, price, n, sum(n) OVER (PARTITION BY offer ORDER BY price) AS upto,
         sum(n) OVER (PARTITION BY offer) AS total
  FROM nightly
)
SELECT offer, min(price), max(price), min(price) FILTER (upto * 2 >= total), any_value(total)::INTEGER
FROM ranked GROUP BY offer ORDER BY offer
"""


def _append_newest(db: duckdb.DuckDBPyConnection, nights: Nights, platforms: Sequence[str], night: dt.date) -> None:
    """The usual case: the night is the last one of its platforms. First undoes the night, then writes it."""
    for before, some in _by_night_before(nights, platforms).items():
        mine = f"split_part(offer, ':', 1) IN ({','.join('?' * len(some))})"
        db.execute(f'DELETE FROM intervals WHERE "from" = ? AND {mine}', [night, *some])  # noqa: S608
        if before is None:
            continue
        db.execute(f'UPDATE intervals SET "to" = NULL WHERE "to" = ? AND {mine}', [before, *some])  # noqa: S608
        # An offer that was already away before the last night was closed earlier; what is open now held until `before`.
        db.execute(
            f'UPDATE intervals i SET "to" = ? WHERE "to" IS NULL AND {mine} AND NOT EXISTS ('  # noqa: S608
            "SELECT 1 FROM tonight t WHERE t.offer = i.offer AND t.price_idr IS NOT DISTINCT FROM i.price_idr "
            "AND t.list_price_idr IS NOT DISTINCT FROM i.list_price_idr AND t.status = i.status)",
            [before, *some],
        )
    if platforms:
        marks = ",".join("?" * len(platforms))
        db.execute(
            f"INSERT INTO intervals SELECT t.*, ?, NULL FROM tonight t WHERE split_part(t.offer, ':', 1) IN ({marks}) "  # noqa: S608
            'AND NOT EXISTS (SELECT 1 FROM intervals i WHERE i.offer = t.offer AND i."to" IS NULL)',
            [night, *platforms],
        )


def _by_night_before(nights: Nights, platforms: Sequence[str]) -> dict[dt.date | None, list[str]]:
    """Platforms by their last night but one: mostly it is the same for all, and one statement serves them."""
    found: dict[dt.date | None, list[str]] = {}
    for platform in platforms:
        days = nights[platform]
        found.setdefault(days[-2] if len(days) > 1 else None, []).append(platform)
    return found


def _insert_older(db: duckdb.DuckDBPyConnection, nights: Nights, platforms: Sequence[str], night: dt.date) -> None:
    """A night before the last one: its platforms' intervals are made anew from observations."""
    without = {p: [d for d in nights[p] if d != night] for p in platforms}
    _load_nights(db, without, "known")
    marks = ",".join("?" * len(platforms))
    _observe(db, "observed", "intervals", "known", f"split_part(offer, ':', 1) IN ({marks})", platforms)
    db.execute(
        f"INSERT INTO observed SELECT *, ? FROM tonight WHERE split_part(offer, ':', 1) IN ({marks})",  # noqa: S608
        [night, *platforms],
    )
    db.execute(f"DELETE FROM intervals WHERE split_part(offer, ':', 1) IN ({marks})", list(platforms))  # noqa: S608
    _load_nights(db, {p: sorted([*without[p], night]) for p in platforms}, "all_nights")
    db.execute(_ISLANDS)
    for table in ("known", "observed", "all_nights"):
        db.execute(f"DROP TABLE {table}")


PART = 4_000_000  # nights times offers at once: a merge expands intervals, and a year of 100,000 must fit into memory


def _merge(db: duckdb.DuckDBPyConnection, nights: Nights, theirs: Nights, both: Nights) -> None:
    _load_nights(db, nights, "my_nights")
    _load_nights(db, theirs, "their_nights")
    _load_nights(db, both, "all_nights")
    db.execute("ALTER TABLE intervals RENAME TO mine")
    db.execute(f"CREATE TEMP TABLE intervals {_COLUMNS}")
    longest = max((len(days) for days in both.values()), default=0)
    rows = db.execute("SELECT (SELECT count(*) FROM mine) + (SELECT count(*) FROM theirs)").fetchall()[0][0]
    parts = 1 + rows * longest // PART
    for part in range(parts):
        condition = f"hash(offer) % {parts} = {part}"
        _observe(db, "observed", "mine", "my_nights", condition, [])
        _observe(db, "others", "theirs", "their_nights", condition, [])
        db.execute("INSERT INTO observed SELECT * FROM others")
        # One value for one night; null sorts first, so a known price wins over an unknown one.
        db.execute(
            "CREATE TEMP TABLE one AS SELECT * FROM observed QUALIFY row_number() OVER (PARTITION BY offer, night "
            "ORDER BY price_idr DESC NULLS LAST, list_price_idr DESC NULLS LAST, status DESC) = 1"
        )
        db.execute("DROP TABLE observed")
        db.execute("ALTER TABLE one RENAME TO observed")
        db.execute(_ISLANDS)
        db.execute("DROP TABLE observed")
        db.execute("DROP TABLE others")


def _observe(
    db: duckdb.DuckDBPyConnection, into: str, table: str, nights: str, condition: str, values: Sequence[str]
) -> None:
    db.execute(
        f"CREATE TEMP TABLE {into} AS SELECT i.offer, i.price_idr, i.list_price_idr, i.status, d.night "  # noqa: S608
        f"FROM {table} i JOIN {nights} d ON d.platform = split_part(i.offer, ':', 1) "
        f'AND d.night >= i."from" AND (i."to" IS NULL OR d.night <= i."to") WHERE {condition}',
        list(values),
    )


_ISLANDS = """
INSERT INTO intervals
WITH numbered AS (
  SELECT o.*, d.n,
    d.n - row_number() OVER (PARTITION BY o.offer, o.price_idr, o.list_price_idr, o.status ORDER BY d.n) AS island
  FROM observed o JOIN all_nights d ON d.platform = split_part(o.offer, ':', 1) AND d.night = o.night
), last AS (SELECT platform, max(n) AS n FROM all_nights GROUP BY platform)
SELECT offer, price_idr, list_price_idr, status, min(night),
  CASE WHEN max(numbered.n) = any_value(last.n) THEN NULL ELSE max(night) END
FROM numbered JOIN last ON last.platform = split_part(offer, ':', 1)
GROUP BY offer, price_idr, list_price_idr, status, island
"""


def _by_offer(rows: Iterable[tuple[object, ...]]) -> dict[str, list[Interval]]:
    found: dict[str, list[Interval]] = {}
    for row in rows:
        interval = Interval(*row)  # type: ignore[arg-type]
        found.setdefault(interval.offer, []).append(interval)
    return found


def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
