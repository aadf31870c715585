"""Walkers: pure rules for going from one list page to the next, and for proving that the end was reached.

A walk never ends by accident: it ends because the last page was seen ('finished'), or a Blocked says why not.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from spiders.guards import Blocked

MAX_PAGES = 5_000
"""No list of the programme's platforms is near this long; an endless pager ends here at the latest."""


@dataclass
class ListPage:
    """One page of a JSON list: its rows and what the platform says of the whole."""

    rows: list[dict[str, Any]]
    total: int | None = None
    pages: int | None = None
    size: int | None = None


@dataclass
class Walked:
    """What a walk learnt of the whole list."""

    total: int | None = None
    seen: set[str] = field(default_factory=set)
    repeats: int = 0
    notes: list[str] = field(default_factory=list)


FetchPage = Callable[[int, int], Awaitable[ListPage]]


async def paged(
    fetch: FetchPage, key: Callable[[dict[str, Any]], str | None], walked: Walked
) -> AsyncIterator[dict[str, Any]]:
    """Rows of a numbered list, each id once. `fetch(number, offset)` gets one page, `number` from 1.

    Ends when the total is reached or a page is empty; a full last page is followed by one page more, since a total
    may be too low. Raises Blocked('repeated_page') when pages bring nothing new before the end, Blocked('empty') when
    the first page has no row at all, Blocked('budget') when the pager has no end.
    """
    offset = 0
    pages: int | None = None
    probing = False
    for number in range(1, MAX_PAGES + 1):
        try:
            page = await fetch(number, offset)
        except Blocked as blocked:
            if probing and blocked.code in ("http_error", "shape", "empty", "content_type", "soft_404"):
                return  # the page behind the declared end is not there
            raise
        if not probing or page.rows:
            walked.total = _latest(walked.total, page.total)
        pages = page.pages if page.pages is not None else pages
        named = [(key(row), row) for row in page.rows]
        new = _new_rows(named, walked)
        fresh = sum(1 for identity, _ in new if identity is not None)
        for _, row in new:
            yield row
        # Rows that came twice do not move the offset, else as many others would be skipped.
        offset += len({identity for identity, _ in named if identity is not None}) or len(named)
        if _ended(page, number, offset, pages, fresh, walked, probing=probing):
            return
        probing = _complete(number, offset, pages, fresh, walked) or _short(page, pages, walked)
    raise Blocked("budget", f"no end after {MAX_PAGES} list pages")


def _new_rows(
    named: list[tuple[str | None, dict[str, Any]]], walked: Walked
) -> list[tuple[str | None, dict[str, Any]]]:
    """The rows of a page that were not seen before; a row without id is always passed on, to be counted as such."""
    new = []
    for identity, row in named:
        if identity is not None and identity in walked.seen:
            walked.repeats += 1
            continue
        if identity is not None:
            walked.seen.add(identity)
        new.append((identity, row))
    return new


def _latest(old: int | None, new: int | None) -> int | None:
    return new if new is not None else old


def _ended(
    page: ListPage, number: int, offset: int, pages: int | None, fresh: int, walked: Walked, *, probing: bool
) -> bool:
    """Is this the proven end? Raises Blocked when the page shows that the walk can't go on."""
    if number == 1 and not page.rows:
        raise Blocked("empty", "the first list page has no rows")
    complete = _complete(number, offset, pages, fresh, walked)
    if not page.rows or ((complete or probing) and not fresh):
        return True
    if not fresh:
        raise Blocked("repeated_page", f"list page {number} brings nothing new")
    if probing and (walked.total is not None or pages is not None):
        _note(walked, "the list goes on behind the end that the platform declares")
    if walked.total is not None and len(walked.seen) > 3 * walked.total + 200:
        raise Blocked("budget", f"far more rows ({len(walked.seen)}) than declared ({walked.total})")
    return complete and page.size is not None and len(page.rows) < page.size


def _complete(number: int, offset: int, pages: int | None, fresh: int, walked: Walked) -> bool:
    """Was the declared end reached? A page that only repeats rows does not bring it nearer."""
    if walked.total is None:
        return pages is not None and number >= pages and fresh > 0
    enough = len(walked.seen) >= walked.total
    return enough or (offset >= walked.total and (fresh > 0 or len(walked.seen) >= 0.97 * walked.total))


def _short(page: ListPage, pages: int | None, walked: Walked) -> bool:
    """Where nothing is declared, a page shorter than its own size is likely the last; one more look proves it."""
    return walked.total is None and pages is None and page.size is not None and len(page.rows) < page.size


def _note(walked: Walked, note: str) -> None:
    if note not in walked.notes:
        walked.notes.append(note)


# ---- pages with links ----------------------------------------------------------------------------------------------

_NEXT_WORD = re.compile(
    r"(?i)^\s*(?:selanjutnya|berikutnya|lanjut|next(?: page)?|›|»|→|>|>>|halaman berikutnya)\s*[›»→>]*\s*$"
)
_PAGE_KEY = ("page", "hal", "halaman", "p", "paged")
_PAGE_PATH = re.compile(r"/page/(\d+)(?=/?$)")


def page_number(url: str) -> int | None:
    """The page number in an address (?page=3, /page/3/), None without one."""
    parts = urlsplit(url)
    found = _PAGE_PATH.search(parts.path)
    if found:
        return int(found[1])
    for key, value in parse_qsl(parts.query):
        if key.casefold() in _PAGE_KEY and value.isdigit():
            return int(value)
    return None


def with_page(url: str, number: int) -> str:
    """The same list's page `number`, by its query (?page=N) or path (/page/N/)."""
    parts = urlsplit(url)
    if _PAGE_PATH.search(parts.path):
        return urlunsplit(parts._replace(path=_PAGE_PATH.sub(f"/page/{number}", parts.path)))
    query = parse_qsl(parts.query, keep_blank_values=True)
    name = next((k for k, _ in query if k.casefold() in _PAGE_KEY), "page")
    rest = [(k, v) for k, v in query if k != name]
    return urlunsplit(parts._replace(query=urlencode([(name, str(number)), *rest]), fragment=""))


def list_key(url: str) -> str:
    """What stays the same over the pages of one list: path and query without the page's number and size."""
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query) if k.casefold() not in (*_PAGE_KEY, "limit")]
    return f"{_bare(url)[1]}?{urlencode(sorted(query))}"


def same_list(a: str, b: str) -> bool:
    """Do two addresses name pages of one list?"""
    return _bare(a) == _bare(b)


def is_page_of(link: str, url: str) -> bool:
    """Is a link another page of the list at `url`, by its path ('…/page/3/')?"""
    return _PAGE_PATH.search(urlsplit(link).path) is not None and same_list(link, url)


def list_path(url: str) -> str:
    """An address's path without the page's number."""
    return _bare(url)[1]


def _bare(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www."), _PAGE_PATH.sub("", parts.path).rstrip("/")


def next_link(tree: Any, url: str) -> str | None:
    """The address of the next list page that a page itself names: rel=next, a 'Selanjutnya' link, a page number."""
    for node in tree.xpath("//link[contains(@rel,'next')][@href] | //a[contains(@rel,'next')][@href]"):
        return str(urljoin(url, node.get("href")))
    numbered: dict[int, str] = {}
    for node in tree.iter("a"):
        href = node.get("href")
        if not href or href.startswith(("javascript:", "#", "mailto:")):
            continue
        target = urljoin(url, href)
        text = "".join(node.itertext())
        label = node.get("aria-label") or node.get("title") or ""
        if len(text) < 40 and (_NEXT_WORD.match(text) or _NEXT_WORD.match(label)) and same_list(target, url):
            return str(target)
        number = page_number(target)
        if number is not None and same_list(target, url):
            numbered.setdefault(number, target)
    here = page_number(url) or 1
    later = [n for n in numbered if n > here]
    return numbered[min(later)] if later else None


_TOTALS = (
    re.compile(r"(?i)\bdari\s+(?:total\s+)?([\d.,]+)\s+(?:pelatihan|kelas|kursus|program|hasil|course|workshop|produk)"),
    re.compile(r"(?i)\b([\d.,]+)\s+(?:pelatihan|kelas|kursus|program|hasil|course|workshop)s?\s+(?:ditemukan|tersedia|found|available)"),
    re.compile(r"(?i)\b(?:total|menampilkan|ditemukan|jumlah)\s*(?:pelatihan|kelas|kursus|program|hasil)?\s*:?\s+([\d.,]+)\s+(?:pelatihan|kelas|kursus|program|hasil|course|workshop)"),
    re.compile(r"(?i)^(?:total|jumlah)\s+(?:pelatihan|kelas|kursus|program|hasil)\s*:?\s*([\d.,]+)$"),
)  # fmt: skip


def declared_total(texts: list[str]) -> int | None:
    """The number of courses that a list page says it has ('1–30 dari 345 pelatihan'), None when it does not say."""
    for text in texts:
        if len(text) > 200:
            continue
        for pattern in _TOTALS:
            found = pattern.search(text)
            digits = found and re.sub(r"[.,]", "", found[1])
            if digits and digits.isdigit():
                return int(digits)
    return None


# ---- sitemaps ------------------------------------------------------------------------------------------------------

_LOC = re.compile(
    r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]+?)\s*(?:\]\]>)?\s*</loc>(?:(?:(?!</?(?:url|sitemap)>).)*?<lastmod>\s*([^<]+?)\s*</lastmod>)?",
    re.DOTALL,
)


def sitemap_entries(text: str) -> tuple[list[tuple[str, str | None]], list[str]]:
    """(address, lastmod) of the pages, and the addresses of further sitemaps when it is an index."""
    from xml.sax.saxutils import unescape

    entries = [(unescape(loc, {"&apos;": "'", "&quot;": '"'}), mod or None) for loc, mod in _LOC.findall(text)]
    if "<sitemapindex" in text:
        return [], [loc for loc, _ in entries]
    return entries, []


# ---- JSON answers --------------------------------------------------------------------------------------------------


def whole(value: Any) -> int | None:
    """A count that may come as a number, as text ('1.234') or not at all."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    digits = re.sub(r"[.,\s]", "", value) if isinstance(value, str) else ""
    return int(digits) if digits.isdigit() else None


def dig(value: Any, *keys: str) -> Any:
    """The value under nested keys, opening JSON strings on the way; None where the path ends."""
    for key in keys:
        value = opened(value)
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def opened(value: Any) -> Any:
    """A JSON string as the value in it; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            raise Blocked("shape", "a JSON string inside the answer is cut") from None
    return value
