"""The open data's tables as files: whole, or, of a large catalog, a snapshot in packed parts and what changed since.

The snapshot stays as it is for many nights. Beside it stand the rows that are new or different since, whole, and the
keys of those that are there no more, so that a quiet night sends few bytes. Which snapshot is in use stands in
var/published/tables/ and travels with the published state: machines with and without a disk write the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import shutil
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from catalog.export_parts import split, told, write_part
from catalog.files import link, pack, part_count, write_bytes
from catalog.open_tables import PARTS
from catalog.published import Holds, Part
from catalog.tables import Table, cells, to_csv

WHOLE_ROWS = 1_000  # of a table of a large catalog; a longer one is in parts
PER_PART = 5_000  # rows of a snapshot's part, about
MOST_PARTS = 256
RENEW_AT = 0.15  # where more of a snapshot's rows have changed since, tonight's rows become the next snapshot
_NAME = re.compile(r"(?:(.+)-)?(\d{4}-\d\d-\d\d)-\d+\.csv\.gz")

Row = list[str]
Groups = Mapping[str, Sequence[Row]]


class File(NamedTuple):
    """A part of a snapshot. The group of a table that is not in groups has an empty name."""

    group: str
    path: Path
    rows: int


@dataclass
class Snapshot:
    """A table as it was on the night of its snapshot: the files, and the rows of each group by their key."""

    files: list[File] = field(default_factory=list)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)


@dataclass
class Since:
    """What is different from the snapshot, by group: whole rows, and rows of a key alone."""

    changed: dict[str, list[Row]] = field(default_factory=dict)
    removed: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in (*self.changed.values(), *self.removed.values()))


class TableWriter:
    """Writes the tables of one night into `out`; `kept` is the folder of the snapshots in use."""

    def __init__(self, out: Path, kept: Path, night: dt.date, *, large: bool) -> None:
        self.out, self.kept, self.night, self.large = out, kept, night, large
        self._snapshots: list[Part] = []

    def write(self, table: Table, rows: Iterable[Mapping[str, Any]], name: str = "") -> None:
        """<name>.csv, with all rows or, where a large catalog has too many, as a list of the files that hold them."""
        name, lines = name or table.name, list(rows)
        if not self.large or len(lines) <= WHOLE_ROWS:
            write_bytes(self.out / f"{name}.csv", to_csv(table.header, lines))
        else:
            self._list(name, self._files(table, name, {"": _cells(table, lines)}))

    def write_groups(
        self, table: Table, groups: Mapping[str, Iterable[Mapping[str, Any]]], lists: Mapping[str, str]
    ) -> None:
        """A table of a large catalog in groups with plain names: <table>.csv lists all files, and for each group that
        `lists` gives a name to, <that name>.csv those of the group."""
        parts = self._files(table, table.name, {name: _cells(table, rows) for name, rows in groups.items()})
        self._list(table.name, parts)
        for group, name in lists.items():
            self._list(name, {group: parts[group]})

    def finish(self) -> list[Part]:
        """Forgets the snapshots that are no longer in use; returns the parts of the others."""
        used = {self.kept / Path(part.path).relative_to("tables") for part in self._snapshots}
        for path in sorted(self.kept.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in used:
                path.unlink()
        return sorted(self._snapshots, key=lambda part: part.path)

    def _list(self, name: str, parts: Mapping[str, Sequence[Part]]) -> None:
        rows = ({name: getattr(part, name) for name in PARTS.header} for group in parts.values() for part in group)
        write_bytes(self.out / f"{name}.csv", to_csv(PARTS.header, rows))

    def _files(self, table: Table, name: str, groups: Groups) -> dict[str, list[Part]]:
        """The files of a table by group. Without a single key column a row is not known again on another night: then
        the snapshot is always tonight's, and nothing stands beside it."""
        folder = f"tables/{_plain(name)}"
        if len(table.key) != 1:
            return self._told(folder, write_snapshot(self.out / folder, table, groups, self.night))
        kept = read_snapshot(self.kept / _plain(name), table)
        files, since = kept.files, difference(table, kept, groups)
        if since.count > RENEW_AT * sum(file.rows for file in files):
            files, since = write_snapshot(self.kept / _plain(name), table, groups, self.night), Since()
        for file in files:
            link(file.path, self.out / folder / file.path.name)
        found = self._told(folder, files)
        self._snapshots += (part for parts in found.values() for part in parts)
        for group in sorted({*groups, *found}):
            start = f"{folder}/{_start(group)}"
            changed = self._beside(f"{start}changed.csv.gz", "changed", table.header, since.changed.get(group, []))
            removed = self._beside(f"{start}removed.csv.gz", "removed", table.key, since.removed.get(group, []))
            found[group] = [*found.get(group, []), changed, removed]
        return found

    def _told(self, folder: str, files: Iterable[File]) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {}
        for file in files:
            data = file.path.read_bytes()
            part = told(f"{folder}/{file.path.name}", data, holds="snapshot", rows=file.rows)
            found.setdefault(file.group, []).append(part)
        return found

    def _beside(self, name: str, holds: Holds, header: Sequence[str], rows: Sequence[Row]) -> Part:
        return write_part(self.out, name, pack(to_csv(header, rows)), holds=holds, rows=len(rows))


def write_snapshot(folder: Path, table: Table, groups: Groups, night: dt.date) -> list[File]:
    """Writes `folder` anew: [<group>-]<night>-<number>.csv.gz, each with the header; which part holds a row follows
    from its key."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    at = table.header.index((table.key or table.header)[-1])
    files = []
    for group, rows in groups.items():
        count = part_count(len(rows), PER_PART, MOST_PARTS)
        for number, chosen in enumerate(split(((row[at], row) for row in rows), count)):
            path = folder / f"{_start(group)}{night.isoformat()}-{number:02d}.csv.gz"
            path.write_bytes(pack(to_csv(table.header, chosen)))
            files.append(File(group, path, len(chosen)))
    return files


def read_snapshot(folder: Path, table: Table) -> Snapshot:
    """The snapshot that write_snapshot left in `folder` on its last night. A damaged one, or one with other columns, is
    none: then every row is new."""
    named = [
        (match[2], match[1] or "", path) for path in sorted(folder.glob("*")) if (match := _NAME.fullmatch(path.name))
    ]
    last = max((night for night, _, _ in named), default="")
    found = Snapshot()
    at = table.header.index(table.key[0])
    for night, group, path in named:
        if night != last:
            continue
        try:
            header, *rows = csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode(), newline=""))
        except (OSError, EOFError, ValueError, zlib.error, csv.Error):
            return Snapshot()
        if header != table.header:
            return Snapshot()
        found.files.append(File(group, path, len(rows)))
        found.rows.setdefault(group, {}).update((row[at], row) for row in rows)
    return found


def difference(table: Table, kept: Snapshot, groups: Groups) -> Since:
    """What tonight's rows have that the snapshot has not, and the keys that only the snapshot has."""
    at = table.header.index(table.key[0])
    since = Since()
    for group in sorted({*groups, *kept.rows}):
        before = dict(kept.rows.get(group, {}))
        rows = groups.get(group, ())
        since.changed[group] = [row for row in rows if before.pop(row[at], None) != row]
        since.removed[group] = [[key] for key in before]
    return since


def files_of(path: Path) -> list[tuple[str, str]]:
    """(file, what it holds) for each file that a table's list names; none where the table holds the rows itself."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        return [(row["path"], row["holds"]) for row in reader] if reader.fieldnames == PARTS.header else []


def _cells(table: Table, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    header = table.header
    return [cells(map(row.get, header)) for row in rows]


def _start(group: str) -> str:
    return f"{group}-" if group else ""


def _plain(name: str) -> str:
    return name.replace("/", "-")
