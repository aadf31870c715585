"""Offers of the last good copies, read again only where the listing, the reader or its tables changed.

The cache is a file beside the run data; it may be deleted at any time and never decides anything: its key is the
listing's hash, the readers' own bytes, the spec and what the night means for reading.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from catalog.layout import Var
from catalog.platforms import Spec
from catalog.quarantine import Quarantine
from catalog.records import Listing, Offer
from catalog.store import Line

Reader = Callable[[Listing, Spec, dt.date], Offer]
HERE = Path(__file__).resolve().parent


@cache
def reader_version() -> str:
    """Hash over everything that decides how a listing is read: the readers, their tables, the records."""
    digest = hashlib.blake2b(digest_size=12)
    files = [*HERE.glob("normalize/**/*.py"), *HERE.glob("words/*"), HERE / "records.py", HERE / "programme.py"]
    for path in sorted(files):
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def version_with(*files: Path) -> str:
    """`reader_version` and the programs of one's own: what a file that is kept from night to night begins with."""
    own = b"".join(path.read_bytes() for path in files)
    return hashlib.blake2b(reader_version().encode() + own, digest_size=12).hexdigest()


def context_key(spec: Spec, night: dt.date) -> str:
    """What besides the listing decides the reading: readers, spec and the programme year of the night."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(reader_version().encode())
    digest.update(spec.model_dump_json().encode())
    digest.update(f"{night.year} {spec.official_on(night)}".encode())
    return digest.hexdigest()


class OfferCache:
    """Offers of one platform by listing hash, as JSON text on disk until they are needed."""

    def __init__(self, var: Var, spec: Spec, night: dt.date) -> None:
        self.path = var.cache / "offers" / f"{spec.id}.tsv"
        self.context = context_key(spec, night)
        self.hits = 0
        self.misses = 0
        # Where texts begin, in the file of the night before and in that of those read tonight: the texts themselves
        # would be a third of the catalog stage's memory.
        self._old, self._places = self._load()
        self._used: set[str] = set()
        self._new: IO[bytes] | None = None
        self._fresh: dict[str, int] = {}
        # The gate and the catalog want the same offers of one night; an offer's listing has a hash of its own.
        self._live: dict[str, Offer] = {}

    def _load(self) -> tuple[IO[bytes] | None, dict[str, int]]:
        try:
            file = self.path.open("rb")
        except OSError:
            return None, {}
        places = {}
        position = len(file.readline())
        if position != len(self.context) + 1 or not self._is_ours(file):
            file.close()
            return None, {}
        for line in file:
            key, tab, text = line.partition(b"\t")
            if tab and text.endswith(b"}\n"):
                places[key.decode("ascii", "replace")] = position + len(key) + 1
            position += len(line)
        return file, places

    def _is_ours(self, file: IO[bytes]) -> bool:
        file.seek(0)
        return file.readline() == f"{self.context}\n".encode()

    def get(self, key: str) -> Offer | None:
        if key in self._live:
            return self._live[key]
        if self._old is None or key not in self._places:
            self.misses += 1
            return None
        try:
            offer = Offer.model_validate_json(_line_at(self._old, self._places[key]))
        except ValidationError:
            self.misses += 1
            return None
        self.hits += 1
        self._used.add(key)
        self._live[key] = _shared(offer)
        return offer

    def put(self, key: str, offer: Offer) -> None:
        if self._new is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Open as long as the cache, and gone with the process.
            self._new = tempfile.TemporaryFile(dir=self.path.parent)  # noqa: SIM115
        self._fresh[key] = self._new.seek(0, os.SEEK_END)
        self._new.write(offer.model_dump_json(exclude_defaults=True).encode() + b"\n")
        self._live[key] = _shared(offer)

    def save(self) -> None:
        """Keeps what was used since the cache was opened; the rest is of listings that are no more."""
        if not self._fresh and len(self._used) == len(self._places):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            with aside.open("wb") as out:
                out.write(f"{self.context}\n".encode())
                for key, text in self._kept():
                    out.write(key.encode() + b"\t" + text)
            aside.replace(self.path)
        finally:
            aside.unlink(missing_ok=True)

    def _kept(self) -> Iterator[tuple[str, bytes]]:
        for key, start in self._places.items():
            if self._old is not None and key in self._used:
                yield key, _line_at(self._old, start)
        for key, start in self._fresh.items():
            if self._new is not None:
                yield key, _line_at(self._new, start)


def _line_at(file: IO[bytes], start: int) -> bytes:
    file.seek(start)
    return file.readline()


_SHARED: dict[tuple[str, ...], dict[str, str]] = {}


def _shared(offer: Offer) -> Offer:
    """With one dict for all offers whose values came from the same layers, as those of one platform mostly did, and one
    text where the raw one says the same."""
    if offer.url_raw == offer.url:
        offer.url_raw = offer.url
    if offer.title_raw == offer.title:
        offer.title_raw = offer.title
    offer.evidence = _SHARED.setdefault((*offer.evidence, *offer.evidence.values()), offer.evidence)
    return offer


def read_lines_as_offers(
    lines: Iterable[Line], spec: Spec, night: dt.date, cache: OfferCache, quarantine: Quarantine, reader: Reader
) -> list[Offer]:
    """One offer a line; a line that can't be read is set aside with the reason."""
    offers = []
    for number, line in enumerate(lines, 1):
        offer = cache.get(line.hash)
        if offer is None:
            try:
                listing = Listing.model_validate_json(line.text)
                offer = read_anew(listing, line, spec, night, cache, reader)
            except (ValidationError, ReaderError) as error:
                reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                quarantine.line(f"lastgood-{spec.id}", number, line.text, reason)
                continue
        offer.source_hash = source_hash_of(line.text)
        offers.append(offer)
    return offers


class ReaderError(RuntimeError):
    """A reader failed on one listing."""


def read_anew(listing: Listing, line: Line, spec: Spec, night: dt.date, cache: OfferCache, reader: Reader) -> Offer:
    """The offer of one listing, put into the cache. Readers are total; should one fail all the same, ReaderError says
    so and one training does not take the whole night with it."""
    try:
        offer = reader(listing, spec, night)
    except Exception as error:
        raise ReaderError(f"the reader failed: {type(error).__name__}: {error}") from error
    offer.content_hash = line.hash
    cache.put(line.hash, offer)
    return offer


def source_hash_of(line: str) -> str | None:
    """The answer's hash that a listing's line ends with: it may change while the training does not."""
    before, mark, after = line.rpartition(',"source_hash":"')
    return after.removesuffix('"}') if mark and before and after.endswith('"}') and '"' not in after[:-2] else None
