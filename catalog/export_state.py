"""The state of a night that starts on an empty machine: published with the site, read back by catalog.bootstrap.

A large file is published as a base, which stays as it is for many nights, and a small delta to it. Which base is in
use stands in var/published/, so that it is the same on one disk and on machines that begin with the published state.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.condense import slim
from catalog.crawl_memory import to_lines
from catalog.files import link, pack, write_bytes, write_json
from catalog.findings import follow_up_path
from catalog.layout import Var
from catalog.line_delta import encode
from catalog.published import Part
from catalog.records import SCHEMA_VERSION
from catalog.store import LastGood

WHOLE_UP_TO = 65_536  # bytes, unpacked; larger files are published as base and delta
RENEW_AT = 0.25  # a delta that has grown to this share of its base makes the night's text the new base
_NIGHT = re.compile(r"-\d{4}-\d{2}-\d{2}(?=\.)")


def export_state(var: Var, out: Path, *, night: dt.date, sample: bool, tables: Iterable[Part] = ()) -> None:
    """Last good copies, ids, lives and validators, packed, with a manifest of hashes (see catalog.bootstrap). `tables`
    are the snapshots that the next night's tables build on: published already, so they are only named."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    bases = Bases(var.root / "published", out)
    files = []
    for source, text in _state_files(var):
        name = source.removeprefix("state/").replace("/", "-")
        packed, base = bases.pack(name, text)
        target = out / f"{name}.{'delta.' if base else ''}gz"
        write_bytes(target, packed)
        entry = {"path": target.name, "as": source, **_fingerprint(packed)}
        files.append(entry | {"base": base} if base else entry)
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "night": night.isoformat(),
        "sample": sample,
        "files": files,
        "bases": bases.finish(),
        "tables": [{"path": part.path, "bytes": part.bytes, "sha256": part.sha256} for part in tables],
        **_history(out.parent / "price-history.parquet"),
    }
    write_json(out / "manifest.json", manifest, indent=1)


def _history(path: Path) -> dict[str, str]:
    if not path.exists():  # no offer was ever accepted
        return {}
    return {"history": f"../{path.name}", "history_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _fingerprint(packed: bytes) -> dict[str, str | int]:
    return {"bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}


class Bases:
    """The bases in use, one a family of files (the lives of two nights share one)."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.out = folder, out
        self.families: dict[str, tuple[str, bytes]] = {}  # family -> name and packed bytes of its base
        self.kept: set[str] = set()  # names of bases that are in the folder, and whole

    def pack(self, name: str, text: bytes) -> tuple[bytes, str | None]:
        """(packed bytes, name of the base that they are a delta to, or None when they are the whole)."""
        if len(text) <= WHOLE_UP_TO:
            return pack(text), None
        family = _NIGHT.sub("", name)
        chosen = family in self.families  # by a newer night's file: then it is not chosen again
        base = self.families.get(family) or self._kept(family)
        if base is not None:
            delta = _delta(base[1], text)
            if chosen or len(delta) <= RENEW_AT * len(base[1]):
                self.families[family] = base
                return delta, base[0]
        whole = pack(text)
        base = f"{family}.{hashlib.sha256(whole).hexdigest()[:16]}.base.gz", whole
        self.families[family] = base
        return _delta(whole, text), base[0]

    def _kept(self, family: str) -> tuple[str, bytes] | None:
        for path in sorted(self.folder.glob(f"{family}.*.base.gz")):
            packed = path.read_bytes()
            if path.name == f"{family}.{hashlib.sha256(packed).hexdigest()[:16]}.base.gz":
                self.kept.add(path.name)
                return path.name, packed
        return None

    def finish(self) -> list[dict[str, str | int]]:
        """Writes the bases beside the deltas and for the next night; returns their entries in the manifest."""
        names = dict(self.families.values())
        for name, packed in names.items():
            if name not in self.kept:
                write_bytes(self.folder / name, packed)
            link(self.folder / name, self.out / name)
        for path in self.folder.glob("*.base.gz"):
            if path.name not in names:
                path.unlink()
        return [{"path": name, **_fingerprint(packed)} for name, packed in sorted(names.items())]


def _delta(base: bytes, text: bytes) -> bytes:
    return pack(encode(gzip.decompress(base).decode(), text.decode()).encode())


def _state_files(var: Var) -> Iterator[tuple[str, bytes]]:
    """Place under var/ and text, a newer night before an older one."""
    store = LastGood(var)
    for platform in store.platforms():
        meta = store.meta(platform)
        if meta is None:
            continue
        yield f"lastgood/{platform}.jsonl", _slim_lines(text for _, text in store.texts(platform))
        meta.run = f"published-{meta.night:%Y%m%d}"  # a run's own name carries the moment of its start
        yield f"lastgood/{platform}.meta.json", (meta.model_dump_json() + "\n").encode()
    for kept in (follow_up_path(var), var.root / "same_course.csv"):  # what people keep by hand
        if kept.exists():
            yield kept.name, kept.read_bytes()
    for path in sorted(var.state.rglob("*"), reverse=True):
        if path.is_file() and not path.name.startswith("."):
            yield from _state_file(path, path.relative_to(var.root).as_posix())


def _state_file(path: Path, source: str) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".sqlite":
        lines = to_lines(path)
        if lines is not None:
            yield f"{source.removesuffix('.sqlite')}.lines", lines.encode()
    elif path.parent.name == "absent":
        yield source, _slim_lines(path.read_text(encoding="utf-8", errors="replace").removesuffix("\n").split("\n"))
    else:
        yield source, without_night(source, path.read_bytes())


_SEEN = b'"last_seen":"%s"'


def without_night(source: str, text: bytes) -> bytes:
    """Lives seen on their file's own night name it in every line; without it a quiet night changes few lines."""
    night = _NIGHT.search(source)
    return text.replace(_SEEN % night[0][1:].encode(), _SEEN % b"=") if night else text


def with_night(source: str, text: bytes) -> bytes:
    """The opposite of `without_night`."""
    night = _NIGHT.search(source)
    return text.replace(_SEEN % b"=", _SEEN % night[0][1:].encode()) if night else text


def _slim_lines(lines: Iterable[str]) -> bytes:
    return "".join((slim(line) or line) + "\n" for line in lines).encode()
