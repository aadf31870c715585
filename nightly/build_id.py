"""The build's id: a hash of everything that the site is made of. Equal input gives an equal id on every machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from catalog.layout import Var, pages_of

ROOT = Path(__file__).resolve().parent.parent
CODE = ("catalog", "search_index", "site", "content", "spiders/platforms")
CATALOG = ("courses.jsonl", "changes.json", "coverage.json", "findings.jsonl", "night.json")
_SOURCES = {
    ".py",
    ".toml",
    ".csv",
    ".txt",
    ".html",
    ".xml",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".md",
    ".svg",
    ".webmanifest",
}


def build_id(var: Var, night: dt.date, *, base: str, url: str, links: str, sample: bool) -> str:
    """Twelve hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=6)
    for part in (code_hash(), night.isoformat(), base, url, links, str(sample), pages_of(os.environ)):
        digest.update(part.encode() + b"\0")
    for name in CATALOG:
        path = var.catalog / name
        digest.update(name.encode() + b"\0" + (file_hash(path).encode() if path.exists() else b"-"))
    return digest.hexdigest()


def code_hash(root: Path = ROOT) -> str:
    """Hash of the code, words, templates and hand-written pages that shape the site."""
    return tree_hash(root, (path for name in CODE for path in (root / name).rglob("*") if path.suffix in _SOURCES))


def tree_hash(root: Path, paths: Iterable[Path]) -> str:
    """Hash over relative names and contents, in the order of the names."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(set(paths)):
        if path.is_file() and "__pycache__" not in path.parts and "node_modules" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + file_hash(path).encode())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
