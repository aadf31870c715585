"""Checks over the HTML of a build: links lead somewhere, no foreign code, the policy and the sample mark are there.

A page that is the same file as in the published build (the site stage hard-links unchanged pages) was checked on
the night that wrote it; only its links are looked up again, since their targets may be gone.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from catalog.files import write_bytes
from nightly.tree import Files, exists, walk

SAMPLE_TEXT = "DATA CONTOH, bukan pelatihan nyata"
POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'self'")
DATA_BLOCKS = {"application/ld+json", "application/json", "importmap"}
PAGE_BYTES = 600_000  # a list page of a large catalog shows 250 courses of 1.9 KB; anything above is a mistake
CSP = "content-security-policy"
XLINK = "xlink:href"
ADDRESSES = {"href", "src", "action", "formaction", "poster", XLINK}
FOREIGN = {"iframe", "object", "embed", "base", "applet", "template"}  # a template's elements are no part of the page


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


Key = tuple[int, ...]
Kept = tuple[Key, "array[int]"]  # numbers of links take four bytes each: a large site has ten million


class Memory:
    """Links of pages that were checked before, by inode, size and time: var/site/checked.json.

    Links are numbers into one table, since most pages share most of their links.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.table: list[str] = []
        self.old: dict[str, Kept] = {}
        self.new: dict[str, Kept] = {}
        try:
            value = json.loads(path.read_text(encoding="utf-8")) if path else {}
            self.table = list(value["links"])
            self.old = {name: (tuple(key), array("I", links)) for name, (key, links) in value["pages"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
            self.table, self.old = [], {}
        self._number = {link: number for number, link in enumerate(self.table)}

    def find(self, name: str, key: Key) -> array[int] | None:
        """Numbers of the page's links, when it is the same file as before."""
        kept = self.old.get(name)
        return kept[1] if kept and kept[0] == key else None

    def keep(self, name: str, key: Key, links: array[int]) -> None:
        self.new[name] = key, links

    def number(self, link: str) -> int:
        if link not in self._number:
            self._number[link] = len(self.table)
            self.table.append(link)
        return self._number[link]

    def save(self) -> None:
        if self.path:
            used = sorted({link for _, links in self.new.values() for link in links})
            place = {number: place for place, number in enumerate(used)}
            pages = {name: [key, [place[link] for link in links]] for name, (key, links) in self.new.items()}
            value = {"links": [self.table[number] for number in used], "pages": pages}
            write_bytes(self.path, json.dumps(value, separators=(",", ":")).encode())


def check_pages(
    out: Path, *, base: str, sample: bool, memory: Path | None = None, files: Files | None = None
) -> PageReport:
    """Every page of the build, whose files may have been walked before."""
    report = PageReport()
    files = walk(out) if files is None else files
    known: dict[int, bool] = {}
    kept = Memory(memory)
    for name, info in files.items():
        if not name.endswith(".html"):
            continue
        report.pages += 1
        report.largest = max(report.largest, info.st_size)
        key = info.st_ino, info.st_size, info.st_mtime_ns, int(sample)
        links = kept.find(name, key)
        if links is None:
            page = read_page((out / name).read_bytes(), name, base, sample=sample)
            report.problems += page.problems
            links = array("I", [kept.number(link) for link in page.links])
        else:
            report.reused += 1
        kept.keep(name, key, links)
        report.links += len(links)
        for link in links:
            if link not in known:
                known[link] = exists(files, kept.table[link])
            if not known[link]:
                report.problems.append(f"{name}: a link leads nowhere: {kept.table[link]}")
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
    except UnicodeDecodeError as error:
        page.problems.append(f"{name}: can't be read as HTML: {str(error)[:80]}")
        return page
    root = LexborHTMLParser(text).root  # as browsers read it (HTML5)
    elements = [Element(node.tag or "", node.attributes, node) for node in _looked_at(root, text)] if root else []
    if len(data) > PAGE_BYTES:
        page.problems.append(f"{name}: {len(data)} bytes, more than {PAGE_BYTES}")
    page.problems += [f"{name}: {what}" for what in _frame(elements, text, name, sample=sample)]
    page.problems += [f"{name}: {what}" for what in _active_content(elements)]
    named = (value for element in elements for key, value in element.attributes.items() if key in ADDRESSES)
    addresses = dict.fromkeys(value or "" for value in named)
    page.problems += [f"{name}: an address that runs: {link[:40]}" for link in addresses if _runs(link)]
    folder = name.rpartition("/")[0]
    targets = (local_target(link, "" if link.startswith("/") else folder, base) for link in addresses)
    page.links = list(dict.fromkeys(target for target in targets if target is not None))
    return page


_LOOKED_AT = ", ".join(
    ["html", "meta", "title", "script", *sorted(FOREIGN), *(f"[{name}]" for name in sorted(ADDRESSES - {XLINK}))]
)
_HANDLER = re.compile(r"""on(?<=[\s/"']on)[^\s>=/"']*\s*=""")  # begins with a plain text: found fast


def _looked_at(root: LexborNode, text: str) -> Iterable[LexborNode]:
    """The elements that a check looks at, a quarter of a page. All of them where the text may hold what no selector
    finds: an attribute whose name begins with "on" and that has a value (without one it runs nothing), or one of
    another namespace."""
    lower = text.lower()
    return root.traverse() if XLINK in lower or _HANDLER.search(lower) else root.css(_LOOKED_AT)


class Element(NamedTuple):
    """One element of a page; attributes by lower-case name, one without a value has None."""

    tag: str
    attributes: Mapping[str, str | None]
    node: LexborNode


def _frame(elements: Sequence[Element], text: str, name: str, *, sample: bool) -> Iterator[str]:
    """The page's own promises: a policy, a language, one title, the sample mark."""
    metas = [element.attributes for element in elements if element.tag == "meta"]
    policies = [meta.get("content") or "" for meta in metas if (meta.get("http-equiv") or "").lower() == CSP]
    if not policies or any(part not in policies[0] for part in POLICY) or "unsafe" in policies[0]:
        yield "no strict Content-Security-Policy"
    language = "en" if name.startswith("en/") else "id"
    if not elements or elements[0].attributes.get("lang") != language:
        yield f"the language of the page is not {language!r}"
    titles = [e for e in elements if e.tag == "title" and e.node.parent and e.node.parent.tag == "head"]
    if len(titles) != 1:
        yield "not exactly one title"
    marked = SAMPLE_TEXT in text and "noindex" in text
    if sample and not marked:
        yield "sample data without its mark"
    if not sample and SAMPLE_TEXT in text:
        yield "marked as sample data, but the build is not"


def _active_content(elements: Sequence[Element]) -> Iterator[str]:
    """Nothing that runs may stand in a page but our own script files: text of a platform can't have got in."""
    for element in elements:
        if element.tag == "script":
            yield from _script(element)
        elif element.tag in FOREIGN:
            yield f"<{element.tag}> is not ours"
        for name, value in element.attributes.items():
            if name.startswith("on"):
                yield f"an event handler in the page: {(value or '')[:40]}"


def _script(element: Element) -> Iterator[str]:
    kind, source = ((element.attributes.get(name) or "").strip() for name in ("type", "src"))
    if kind.lower() in DATA_BLOCKS:
        try:
            json.loads(element.node.text())
        except ValueError:
            yield f"a data block ({kind}) that is no JSON"
    elif not source:
        yield "a script in the page itself"
    elif urlsplit(source).netloc:
        yield f"a script of another host: {source[:60]}"


@lru_cache(maxsize=1 << 14)
def _runs(value: str) -> bool:
    scheme = "".join(value.split()).partition(":")[0].lower()
    return scheme in ("javascript", "vbscript") or value.strip().lower().startswith("data:text")


@lru_cache(maxsize=1 << 14)
def local_target(link: str, folder: str, base: str) -> str | None:
    """The file that a link of ours on a page in `folder` ("a/b") names, relative to the site's root; None for other
    hosts and fragments. Most links of a site stand on most of its pages.

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
    pieces = folder.split("/") if folder else []
    for piece in path.split("/"):
        if piece == "..":
            if not pieces:
                return ".."
            pieces.pop()
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)
