"""What a run leaves behind: listings.jsonl, raw.jsonl.gz (scrubbed answers for replay), report.json."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from catalog.files import dump_json
from catalog.records import Listing

if TYPE_CHECKING:
    from spiders.page import Answer

LISTINGS = "listings.jsonl"
RAW = "raw.jsonl.gz"
REPORT = "report.json"


class Recorder:
    """Streams listings and answers into files beside the final ones; `finish` syncs and renames them."""

    def __init__(self, folder: Path, *, raw: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(".*.part"):
            old.unlink()  # a killed run's leftovers
        self.folder = folder
        self._texts: dict[str, tuple[Listing, str]] = {}
        self._out: TextIO = (folder / f".{LISTINGS}.part").open("w", encoding="utf-8")
        self._raw: TextIO | None = None
        if raw:
            packed = gzip.GzipFile(folder / f".{RAW}.part", "wb", compresslevel=1, mtime=0)
            self._raw = io.TextIOWrapper(packed, encoding="utf-8", write_through=False)

    def text_of(self, listing: Listing) -> str:
        """A listing as its line, made once for whoever needs it before `listing` writes it."""
        text = listing.model_dump_json(exclude_defaults=True)
        self._texts[listing.native_id] = listing, text
        return text

    def listing(self, listing: Listing) -> None:
        made, text = self._texts.pop(listing.native_id, (None, ""))
        self._out.write(text if made is listing else listing.model_dump_json(exclude_defaults=True))
        self._out.write("\n")

    def answer(self, method: str, sent: bytes, asked: str, answer: Answer) -> None:
        """Keeps one scrubbed answer for `--replay`."""
        if self._raw is None:
            return
        record = {
            "method": method,
            "asked": asked,
            "sent": _digest(sent),
            "url": answer.url,
            "status": answer.status,
            "type": answer.headers.get("content-type", ""),
            "hash": answer.source_hash,
            "body": answer.kept().decode("utf-8", "replace"),
        }
        self._raw.write(dump_json(record) + "\n")

    def reused(self, url: str, listing: Listing, text: str) -> None:
        """Notes that a listing came from an earlier night; its line then was `text`."""
        self._texts[listing.native_id] = listing, text
        if self._raw is not None:
            self._raw.write(dump_json({"reused": url}) + "\n")

    def finish(self) -> None:
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        (self.folder / f".{LISTINGS}.part").replace(self.folder / LISTINGS)
        if self._raw is not None:
            self._raw.close()
            (self.folder / f".{RAW}.part").replace(self.folder / RAW)


@dataclass(frozen=True)
class Stored:
    """One kept answer."""

    url: str
    status: int
    headers: dict[str, str]
    source_hash: str
    packed: bytes

    @property
    def body(self) -> bytes:
        return zlib.decompress(self.packed)


class Replay:
    """The kept answers of an earlier run, found by what was asked. Raises FileNotFoundError when there are none."""

    def __init__(self, folder: Path) -> None:
        self._by_key: dict[str, Stored] = {}
        reused: set[str] = set()
        for record in read_raw(folder / RAW):
            if "reused" in record:
                reused.add(record["reused"])
                continue
            headers = {"Content-Type": record["type"]} if record["type"] else {}
            key = f"{record['method']} {record['asked']} {record['sent']}"
            self._by_key[key] = Stored(
                record["url"], record["status"], headers, record["hash"], zlib.compress(record["body"].encode(), 1)
            )
        self.reused: dict[str, Listing] = {}
        if reused:
            with (folder / LISTINGS).open(encoding="utf-8") as lines:
                for line in lines:
                    listing = Listing.model_validate_json(line)
                    if listing.url in reused:
                        self.reused[listing.url or ""] = listing

    def find(self, method: str, url: str, sent: bytes) -> Stored | None:
        return self._by_key.get(f"{method} {url} {_digest(sent)}")


def read_raw(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a raw.jsonl.gz."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _digest(sent: bytes) -> str:
    return hashlib.blake2b(sent, digest_size=8).hexdigest() if sent else ""
