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
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from catalog.files import write_bytes, write_json, write_lines
from catalog.gate import Baseline
from catalog.layout import Var
from catalog.quarantine import Quarantine, read_json
from catalog.records import SCHEMA_VERSION, Listing, Record

# What changes on every night without a change of the training; both have a fixed spelling in our own lines.
_PASSING = re.compile(r',"(?:fetched_at|source_hash)":"[^"\\]*"')


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
    return hashlib.blake2b(_PASSING.sub("", line).encode(), digest_size=12).hexdigest()


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
        return self._lines(self.path(platform))

    def absent_lines(self, platform: str) -> list[Line]:
        """Listings of earlier nights that the last accepted run no longer had."""
        present = {line.native_id for line in self.lines(platform)}
        return [line for line in self._lines(self.absent_path(platform)) if line.native_id not in present]

    def _lines(self, path: Path) -> list[Line]:
        if not path.exists():
            return []
        texts = path.read_text(encoding="utf-8", errors="replace").split("\n")  # not at U+2028, which a text may hold
        # Our own spelling begins with platform and native id: no record has to be parsed to find it.
        found = []
        for number, text in enumerate(texts, 1):
            match = _HEAD.match(text) if text.endswith("}") else None
            if match is None:
                if text.strip():
                    self.quarantine.line(f"{path.parent.name}-{path.stem}", number, text, "not a whole listing")
                continue
            native = json.loads(f'"{match.group(1)}"')
            found.append(Line(native, listing_hash(text), text))
        return found

    def promote(self, platform: str, run_dir: Path, meta: Meta) -> None:
        """Makes the usable listings of an accepted run the last good ones."""
        from catalog.intake import read_run

        intake = read_run(run_dir, platform, self.quarantine)
        if intake is None or intake.report is None:
            raise ValueError(f"{run_dir}: no usable run of {platform}; last good stays as it is")
        self.replace(platform, intake.listings, meta)

    def replace(self, platform: str, listings: Sequence[Listing], meta: Meta) -> None:
        """As `promote`, from records. Absent listings are saved first: a kill in between loses nothing."""
        new = {listing.native_id for listing in listings}
        kept = {line.native_id: line for line in self._lines(self.absent_path(platform))}
        kept |= {line.native_id: line for line in self.lines(platform)}
        absent = [kept[native] for native in sorted(kept) if native not in new]
        old = self.absent_path(platform)
        if absent or old.exists():
            _write_texts(old, [line.text for line in absent])
        ordered: list[Listing] = sorted(listings, key=_native_id)
        write_lines(self.path(platform), ordered)
        write_json(self.meta_path(platform), meta, indent=1)

    def platforms(self) -> list[str]:
        return sorted(path.stem for path in self.var.lastgood.glob("*.jsonl"))


def _native_id(listing: Listing) -> str:
    return listing.native_id


_HEAD = re.compile(r'\{"platform":"[^"]*","native_id":"((?:[^"\\]|\\.)*)"')


def _write_texts(path: Path, texts: Iterable[str]) -> None:
    write_bytes(path, "".join(text + "\n" for text in texts).encode())
