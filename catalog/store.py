"""The last good copy of each platform: what the site shows until a better run is accepted.

`lastgood/<platform>.jsonl` holds the listings of the last accepted run, a line each, `<platform>.meta.json` says
which run and night that was. Listings that an accepted run no longer had stay in `state/absent/<platform>.jsonl`,
so that pages of gone courses can be kept. Lines are written in one fixed spelling: their hash tells a change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from catalog.files import write_json, write_texts
from catalog.gate import Baseline
from catalog.layout import Var
from catalog.quarantine import Quarantine, read_json
from catalog.records import SCHEMA_VERSION, Listing, Record

# What changes on every night without a change of the training; both have a fixed spelling in our own lines.
_PASSING = (',"fetched_at":"', ',"source_hash":"')


class Meta(Record):
    """What is known of the accepted run whose listings are the last good ones."""

    schema_version: int = SCHEMA_VERSION
    platform: str
    run: str
    night: dt.date = Field(description="the night on which the run was accepted")
    count: int
    baseline: Baseline
    sample: bool = False
    released: str | None = Field(None, description="why a person released a held run")


class Line(NamedTuple):
    """One stored listing: its id, the hash of what it says, and its JSON text."""

    native_id: str
    hash: str
    text: str


def listing_hash(line: str) -> str:
    """Hash of a listing's JSON line without the moment of fetching; equal trainings have equal hashes."""
    for mark in _PASSING:
        before, _, rest = line.partition(mark)
        line = before + rest.partition('"')[2] if rest else line
    return hashlib.blake2b(line.encode(), digest_size=12).hexdigest()


def to_line(listing: Listing) -> Line:
    text = listing.model_dump_json(exclude_defaults=True)
    return Line(listing.native_id, listing_hash(text), text)


class LastGood:
    """Reads and replaces last good copies. Reading never fails on a bad line or file: it is set aside."""

    def __init__(self, var: Var, quarantine: Quarantine | None = None) -> None:
        self.var = var
        self.quarantine = quarantine or Quarantine(var.quarantine)

    def path(self, platform: str) -> Path:
        return self.var.lastgood / f"{platform}.jsonl"

    def meta_path(self, platform: str) -> Path:
        return self.var.lastgood / f"{platform}.meta.json"

    def absent_path(self, platform: str) -> Path:
        return self.var.state / "absent" / f"{platform}.jsonl"

    def meta(self, platform: str) -> Meta | None:
        """None before the first acceptance, or when the file can't be used (it is set aside)."""
        path = self.meta_path(platform)
        data = read_json(path, self.quarantine)
        if data is None:
            return None
        version = data.get("schema_version", SCHEMA_VERSION) if isinstance(data, dict) else None
        if version != SCHEMA_VERSION:
            self.quarantine.file(path, f"schema version {version!r}; this program reads {SCHEMA_VERSION}")
            return None
        try:
            return Meta.model_validate(data)
        except ValidationError as error:
            self.quarantine.file(path, str(error.errors()[0]["msg"]))
            return None

    def listings(self, platform: str) -> list[Listing]:
        """The last good listings; empty before the first acceptance. Lines that can't be used are set aside."""
        found = []
        for number, line in enumerate(self.lines(platform), 1):
            try:
                found.append(Listing.model_validate_json(line.text))
            except ValidationError as error:
                self.quarantine.line(f"lastgood-{platform}", number, line.text, error.errors()[0]["msg"])
        return found

    def lines(self, platform: str) -> list[Line]:
        """The same as text with hashes, without reading each record: the fast way to see what changed."""
        return _hashed(self.texts(platform))

    def absent_lines(self, platform: str) -> list[Line]:
        """Listings of earlier nights that the last accepted run no longer had."""
        present = {native for native, _ in self.texts(platform)}
        return _hashed((n, text) for n, text in self._texts(self.absent_path(platform)) if n not in present)

    def texts(self, platform: str) -> Iterator[tuple[str, str]]:
        """(native id, JSON text) of the last good listings: for who needs no hash."""
        return self._texts(self.path(platform))

    def _texts(self, path: Path) -> Iterator[tuple[str, str]]:
        if not path.exists():
            return
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                text = line.removesuffix("\n")
                # Our own spelling begins with platform and native id: no record has to be parsed to find it.
                match = _HEAD.match(text) if text.endswith("}") else None
                if match is not None:
                    native = match[1]
                    yield json.loads(f'"{native}"') if "\\" in native else native, text
                elif text.strip():
                    self.quarantine.line(f"{path.parent.name}-{path.stem}", number, text, "not a whole listing")

    def promote(self, platform: str, run_dir: Path, meta: Meta) -> None:
        """Makes the usable listings of an accepted run the last good ones."""
        from catalog.intake import read_run

        intake = read_run(run_dir, platform, self.quarantine)
        if intake is None or intake.report is None:
            raise ValueError(f"{run_dir}: no usable run of {platform}; last good stays as it is")
        self.replace(platform, intake.lines, meta)

    def replace(self, platform: str, lines: Sequence[Line], meta: Meta) -> None:
        """As `promote`, from lines. Absent listings are saved first: a kill in between loses nothing."""
        new = {line.native_id for line in lines}
        old = self.absent_path(platform)
        absent: dict[str, str] = {}
        for texts in (self._texts(old), self.texts(platform)):
            absent |= {native: text for native, text in texts if native not in new}
        if absent or old.exists():
            write_texts(old, [absent[native] for native in sorted(absent)])
        write_texts(self.path(platform), [line.text for line in sorted(lines)])
        write_json(self.meta_path(platform), meta, indent=1)

    def platforms(self) -> list[str]:
        return sorted(path.stem for path in self.var.lastgood.glob("*.jsonl"))


_HEAD = re.compile(r'\{"platform":"[^"]*","native_id":"((?:[^"\\]|\\.)*)"')


def _hashed(texts: Iterable[tuple[str, str]]) -> list[Line]:
    return [Line(native, listing_hash(text), text) for native, text in texts]
