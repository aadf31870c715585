"""A past for an empty machine: last good copies, ids, lives and history, read back from a published site.

`public/data/state/manifest.json` lists the files with their hashes. Everything is fetched and checked first and put in
place last, so a broken or cut answer changes nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

from pydantic import Field, ValidationError

from catalog.crawl_memory import from_lines
from catalog.export_state import with_night
from catalog.files import write_bytes
from catalog.history import History, HistoryError
from catalog.layout import Var
from catalog.line_delta import decode
from catalog.records import SCHEMA_VERSION, Record

Fetch = Callable[[str], bytes]
LARGEST = 1 << 30  # bytes of one file, packed or not
SECONDS = 60


class BootstrapError(RuntimeError):
    """The past could not be fetched; the message says what to do. Nothing was changed."""


class BaseFile(Record):
    """One published base, which stays as it is for many nights."""

    path: str
    bytes: int
    sha256: str


class StateFile(BaseFile):
    """One published file of state: `path` beside the manifest, `as_` its place under var/. With `base` the file holds
    only what differs from that base."""

    as_: str = Field(alias="as")
    base: str | None = None


class Manifest(Record):
    """state/manifest.json."""

    schema_version: int
    night: str
    sample: bool = False
    files: list[StateFile]
    bases: list[BaseFile] = Field(default_factory=list)
    tables: list[BaseFile] = Field(default_factory=list, description="snapshots of tables, from the folder data/")
    history: str | None = Field(None, description="price history; null when no offer was ever accepted")
    history_sha256: str | None = Field(None, description="absent in sites published before it was introduced")


class Restored(Record):
    """What was put in place."""

    night: str
    sample: bool
    files: int
    history: bool


def from_folder(folder: Path) -> Fetch:
    """Reads a published site (its root, or its data/ folder) from disk."""
    root = folder / "data" if (folder / "data").is_dir() else folder

    def fetch(name: str) -> bytes:
        try:
            return (root / name).read_bytes()
        except OSError as error:
            raise BootstrapError(
                f"{root / name}: {error.strerror}; is this a published site with data/state/?"
            ) from error

    return fetch


def from_url(address: str) -> Fetch:
    """Reads a published site over http(s); `address` is the site's root."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise BootstrapError(f"{address!r}: give an http(s) address or a folder")
    base = urljoin(address.rstrip("/") + "/", "data/")

    def fetch(name: str) -> bytes:
        try:
            with urllib.request.urlopen(urljoin(base, name), timeout=SECONDS) as answer:  # noqa: S310
                data: bytes = answer.read(LARGEST + 1)
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise BootstrapError(f"{urljoin(base, name)}: {reason}; try again, or give another address") from error
        if len(data) > LARGEST:
            raise BootstrapError(f"{name}: larger than {LARGEST} bytes; not read")
        return data

    return fetch


def bootstrap(source: str | Path, var: Var, fetch: Fetch | None = None) -> Restored:
    """Fetches the past from an address or a folder into an empty (or older) run-data folder.

    With `fetch` the caller brings its own reader of names relative to data/. An existing history is merged, everything
    else is replaced. Raises BootstrapError; then nothing was changed.
    """
    if fetch is None:
        text = str(source)
        fetch = from_url(text) if "://" in text else from_folder(Path(text))
    manifest = _manifest(fetch("state/manifest.json"))
    bases = _bases(fetch, manifest.bases)
    files = [(_place(var, item), _text_of(fetch, item, bases)) for item in manifest.files]
    files += [(var.root / "published" / name, packed) for name, packed in bases.items()]
    files += [(var.root / "published" / _table(item.path), _table_part(fetch, item)) for item in manifest.tables]
    history = _history(fetch, manifest) if manifest.history else None
    write_bytes(_mark(var), b"")
    for place, data in files:
        write_bytes(place, data)
    if history is not None:
        _merge(var, history)
    _mark(var).unlink()
    return Restored(night=manifest.night, sample=manifest.sample, files=len(files), history=history is not None)


def crawl_memory(fetch: Fetch, var: Var, platform: str) -> bool:
    """Fetches only what the spider of `platform` remembers of its pages, for a machine that crawls and does nothing
    else. False when this machine remembers some already, or nothing is published. Raises BootstrapError."""
    wanted = f"state/crawl/{platform}{LINES}"
    if (var.state / "crawl" / f"{platform}.sqlite").exists():
        return False
    manifest = _manifest(fetch("state/manifest.json"))
    for item in manifest.files:
        if item.as_ == wanted:
            bases = _bases(fetch, [base for base in manifest.bases if base.path == item.base])
            write_bytes(_place(var, item), _text_of(fetch, item, bases))
            return True
    return False


def merge_history(fetch: Fetch, var: Var, *, sample: bool) -> str | None:
    """Fetches only the price history and adds it to that of a machine which has a past, of sample data only where that
    is one of `sample` data too. Returns the published night, None when the site publishes no history. Raises
    BootstrapError; then nothing was changed."""
    manifest = _manifest(fetch("state/manifest.json"))
    if manifest.sample and not sample:
        raise BootstrapError(f"the site publishes sample data, the past in {var.root} is none: nothing was added")
    if manifest.history is None:
        return None
    _merge(var, _history(fetch, manifest))
    return manifest.night


def is_unfinished(var: Var) -> bool:
    """Did a kill fall between the first and the last file of a past? What is there is then none."""
    return _mark(var).exists()


def _mark(var: Var) -> Path:
    return var.state / ".bootstrap-unfinished"


def _manifest(data: bytes) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise BootstrapError(
            f"state/manifest.json: {error.errors()[0]['msg']}; is this a site of this program?"
        ) from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise BootstrapError(
            f"the published state has schema version {manifest.schema_version}, this program reads {SCHEMA_VERSION}; "
            "use the version of the program that published it"
        )
    return manifest


def _place(var: Var, item: StateFile) -> Path:
    """Where a file goes. Only plain relative names: a published file must not choose a place outside var/."""
    name = PurePosixPath(item.as_)
    if name.is_absolute() or ".." in name.parts or not name.parts or name.parts[0] not in _ALLOWED:
        raise BootstrapError(f"state/manifest.json names {item.as_!r}, which is no file of state; not read")
    if name.name.endswith(LINES):
        name = name.with_suffix(".sqlite")
    return var.root.joinpath(*name.parts)


LINES = ".lines"  # a memory of pages, see catalog.crawl_memory
_ALLOWED = ("lastgood", "state", "findings.csv", "same_course.csv")


def _bases(fetch: Fetch, items: Iterable[BaseFile]) -> dict[str, bytes]:
    return {item.path: _checked(fetch(f"state/{_plain(item.path)}"), item) for item in items}


def _plain(name: str) -> str:
    """A base's name: it becomes a file under var/published, so it must be a plain one."""
    if not _BASE.fullmatch(name):
        raise BootstrapError(f"state/manifest.json names {name!r}, which is no file of state; not read")
    return name


_BASE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,180}\.base\.gz")


def _table(name: str) -> str:
    """A snapshot's name, which becomes a file under var/published."""
    if not _SNAPSHOT.fullmatch(name):
        raise BootstrapError(f"state/manifest.json names {name!r}, which is no snapshot of a table; not read")
    return name


def _table_part(fetch: Fetch, item: BaseFile) -> bytes:
    packed = _checked(fetch(item.path), item)
    _unpacked(packed, item.path)  # refuses one that unpacks to too much, before anything reads it whole
    return packed


_SNAPSHOT = re.compile(r"tables/[A-Za-z0-9_-]{1,180}/[A-Za-z0-9_-]{1,180}\.csv\.gz")


def _text_of(fetch: Fetch, item: StateFile, bases: Mapping[str, bytes]) -> bytes:
    """A file of state as it goes under var/."""
    text = _unpacked(_checked(fetch(f"state/{item.path}"), item), item.path)
    if item.base is not None:
        if item.base not in bases:
            raise BootstrapError(f"state/manifest.json lists no base {item.base!r}; not read")
        text = _decoded(_unpacked(bases[item.base], item.base), text, item.path)
    if not item.as_.endswith(LINES):
        return with_night(item.as_, text)
    try:
        return from_lines(text.decode())
    except ValueError as error:
        raise BootstrapError(f"state/{item.path}: {error}; try again") from error


def _decoded(base: bytes, delta: bytes, name: str) -> bytes:
    try:
        return decode(base.decode(), delta.decode(), LARGEST).encode()
    except ValueError as error:
        raise BootstrapError(f"state/{name}: {error}; try again") from error


def _checked(packed: bytes, item: BaseFile) -> bytes:
    if hashlib.sha256(packed).hexdigest() != item.sha256:
        raise BootstrapError(f"{item.path}: is not what the manifest says (cut or changed); try again")
    return packed


def _unpacked(packed: bytes, name: str) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as data:
        text = data.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise BootstrapError(f"{name}: unpacks to more than {LARGEST} bytes; not read")
    return text


def _history(fetch: Fetch, manifest: Manifest) -> bytes:
    name = "price-history.parquet"
    data = fetch(name)
    if manifest.history_sha256 not in (None, hashlib.sha256(data).hexdigest()):
        raise BootstrapError(f"{name}: is not what the manifest says (cut or changed); try again")
    return data


def _merge(var: Var, history: bytes) -> None:
    path = var.history / ".published.parquet"
    write_bytes(path, history)
    try:
        History(var).merge(path)
    except HistoryError as error:
        raise BootstrapError(str(error)) from error
    finally:
        path.unlink(missing_ok=True)
