"""The state of a night that starts on an empty machine: published with the site, read back by catalog.bootstrap."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from catalog.files import write_bytes, write_json
from catalog.findings import follow_up_path
from catalog.layout import Var
from catalog.records import SCHEMA_VERSION, Listing
from catalog.store import LastGood

SECTION_SIGNS = 600  # of a description's section in the published state; the rest is the provider's text


def export_state(var: Var, out: Path, *, night: dt.date, sample: bool) -> None:
    """Last good copies, ids, lives and validators, packed, with a manifest of hashes (see catalog.bootstrap)."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    files = []
    for source, name, data in _state_files(var):
        packed = gzip.compress(data, compresslevel=6, mtime=0)
        target = out / (name.replace("/", "-") + ".gz")
        write_bytes(target, packed)
        files.append(
            {
                "path": target.name,
                "as": source,
                "bytes": len(packed),
                "sha256": hashlib.sha256(packed).hexdigest(),
            }
        )
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "night": night.isoformat(),
        "sample": sample,
        "files": files,
        "history": "../price-history.parquet",
    }
    write_json(out / "manifest.json", manifest, indent=1)


def _state_files(var: Var) -> Iterator[tuple[str, str, bytes]]:
    store = LastGood(var)
    for platform in store.platforms():
        meta = store.meta(platform)
        if meta is None:
            continue
        texts = "".join(slim(line.text, meta.night) + "\n" for line in store.lines(platform))
        yield f"lastgood/{platform}.jsonl", f"lastgood-{platform}.jsonl", texts.encode()
        meta.run = f"published-{meta.night:%Y%m%d}"  # a run's own name carries the moment of its start
        name = f"{platform}.meta.json"
        yield f"lastgood/{name}", f"lastgood-{name}", (meta.model_dump_json() + "\n").encode()
    for kept in (follow_up_path(var), var.root / "same_course.csv"):  # what people keep by hand
        if kept.exists():
            yield kept.name, kept.name, kept.read_bytes()
    for path in sorted(var.state.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        name = path.relative_to(var.root).as_posix()
        data = path.read_bytes()
        if path.parent.name == "absent":
            data = "".join(slim(line, None) + "\n" for line in data.decode().splitlines()).encode()
        yield name, name, data


def slim(line: str, night: dt.date | None) -> str:
    """A listing without its long texts and the moment of fetching: the texts are the provider's, the next crawl
    brings them back, and equal catalogs shall give equal files."""
    try:
        listing = Listing.model_validate(json.loads(line))
    except ValueError:
        return line
    listing.text = None
    day = night.isoformat() if night else "1970-01-01"
    listing.fetched_at = f"{day}T00:00:00+07:00"
    for section in listing.sections:
        section.text = section.text[:SECTION_SIGNS]
    return listing.model_dump_json(exclude_defaults=True)
