"""Checks over the HTML of a build: links lead somewhere, no foreign code, the policy and the sample mark are there.

A page that is the same file as in the published build (the site stage hard-links unchanged pages) was checked on
the night that wrote it; only its links are looked up again, since their targets may be gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html

from catalog.files import write_bytes

SAMPLE_TEXT = "DATA CONTOH, bukan pelatihan nyata"
POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'self'")
DATA_BLOCKS = {"application/ld+json", "application/json", "importmap"}
PAGE_BYTES = 400_000
KEEP = 20  # problems of one kind that are told


@dataclass
class Page:
    """What one page holds: the addresses that it names, and what is wrong with itself."""

    links: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class PageReport:
    """All pages."""

    problems: list[str] = field(default_factory=list)
    pages: int = 0
    links: int = 0
    reused: int = 0
    largest: int = 0


class Memory:
    """Links of pages that were checked before, by inode, size and time: var/site/checked.json."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.old: dict[str, Any] = {}
        self.new: dict[str, Any] = {}
        try:
            value = json.loads(path.read_text(encoding="utf-8")) if path else {}
            self.old = value if isinstance(value, dict) else {}
        except (OSError, ValueError):
            self.old = {}

    def find(self, name: str, key: list[int | str]) -> list[str] | None:
        kept = self.old.get(name)
        return kept["links"] if isinstance(kept, dict) and kept.get("key") == key else None

    def keep(self, name: str, key: list[int | str], links: list[str]) -> None:
        self.new[name] = {"key": key, "links": links}

    def save(self) -> None:
        if self.path:
            write_bytes(self.path, json.dumps(self.new, separators=(",", ":")).encode())


def check_pages(out: Path, *, base: str, sample: bool, memory: Path | None = None) -> PageReport:
    """Every page of the build."""
    report = PageReport()
    known: dict[str, bool] = {}
    kept = Memory(memory)
    for path in sorted(out.rglob("*.html")):
        report.pages += 1
        name = path.relative_to(out).as_posix()
        info = path.stat()
        report.largest = max(report.largest, info.st_size)
        key: list[int | str] = [info.st_ino, info.st_size, info.st_mtime_ns, base, int(sample)]
        links = kept.find(name, key)
        if links is None:
            page = read_page(path.read_bytes(), name, base, sample=sample)
            report.problems += page.problems
            links = page.links
        else:
            report.reused += 1
        kept.keep(name, key, links)
        report.links += len(links)
        for link in links:
            if link not in known:
                known[link] = target_exists(out, link)
            if not known[link]:
                report.problems.append(f"{name}: a link leads nowhere: {link}")
    if not report.pages:
        report.problems.append("the build has no page")
    if not report.problems:
        kept.save()  # only what passed may be trusted next night
    return report


def read_page(data: bytes, name: str, base: str, *, sample: bool) -> Page:
    """Checks one page by itself and collects the files of ours that it names."""
    page = Page()
    try:
        text = data.decode("utf-8")
        tree: Any = lxml.html.document_fromstring(text)
    except (UnicodeDecodeError, lxml.etree.LxmlError, ValueError) as error:
        page.problems.append(f"{name}: can't be read as HTML: {str(error)[:80]}")
        return page
    if len(data) > PAGE_BYTES:
        page.problems.append(f"{name}: {len(data)} bytes, more than {PAGE_BYTES}")
    page.problems += [f"{name}: {what}" for what in _frame(tree, text, name, sample=sample)]
    page.problems += [f"{name}: {what}" for what in _active_content(tree)]
    seen: dict[str, None] = {}
    for _element, _attribute, link, _position in tree.iterlinks():
        target = local_target(link, name, base)
        if target is not None:
            seen[target] = None
    page.links = list(seen)
    return page


def _frame(tree: Any, text: str, name: str, *, sample: bool) -> Iterator[str]:
    """The page's own promises: a policy, a language, one title, the sample mark."""
    policies = [m.get("content", "") for m in tree.iter("meta") if m.get("http-equiv", "").lower() == CSP]
    if not policies or any(part not in policies[0] for part in POLICY) or "unsafe" in policies[0]:
        yield "no strict Content-Security-Policy"
    language = "en" if name.startswith("en/") else "id"
    if tree.get("lang") != language:
        yield f"the language of the page is not {language!r}"
    if len(tree.findall(".//head/title")) != 1:
        yield "not exactly one title"
    marked = SAMPLE_TEXT in text and "noindex" in text
    if sample and not marked:
        yield "sample data without its mark"
    if not sample and SAMPLE_TEXT in text:
        yield "marked as sample data, but the build is not"


CSP = "content-security-policy"


def _active_content(tree: Any) -> Iterator[str]:
    """Nothing that runs may stand in a page but our own script files: text of a platform can't have got in."""
    for element in tree.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag == "script":
            yield from _script(element)
        elif tag in ("iframe", "object", "embed", "base", "applet"):
            yield f"<{tag}> is not ours"
        for attribute, value in element.items():
            if attribute.startswith("on"):
                yield f"an event handler in the page: {attribute}"
            elif attribute in ("href", "src", "action", "formaction") and _runs(value):
                yield f"an address that runs: {value[:40]}"


def _script(element: Any) -> Iterator[str]:
    kind = (element.get("type") or "").strip().lower()
    if kind in DATA_BLOCKS:
        try:
            json.loads(element.text or "")
        except ValueError:
            yield f"a data block ({kind}) that is no JSON"
    elif not element.get("src"):
        yield "a script in the page itself"
    elif urlsplit(element.get("src")).netloc:
        yield f"a script of another host: {element.get('src')[:60]}"


def _runs(value: str) -> bool:
    scheme = "".join(value.split()).partition(":")[0].lower()
    return scheme in ("javascript", "vbscript") or value.strip().lower().startswith("data:text")


def local_target(link: str, page: str, base: str) -> str | None:
    """The file that a link of ours names, relative to the site's root; None for other hosts and fragments.

    A link outside of the base path gives '..', which exists nowhere.
    """
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ".."
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        return path[len(base) :] if path.startswith(base) else ".."
    pieces = page.split("/")[:-1]
    for piece in path.split("/"):
        if piece == "..":
            if not pieces:
                return ".."
            pieces.pop()
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)


def target_exists(out: Path, target: str) -> bool:
    """A file, or a folder with an index page when the link ends in '/'."""
    if ".." in target.split("/") or "\0" in target:
        return False
    path = out / target
    if target == "" or target.endswith("/"):
        return (path / "index.html").is_file()
    return path.is_file()
