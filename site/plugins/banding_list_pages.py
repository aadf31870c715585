"""What the pages of one static list show, and the key of each: only what stands on that very page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

import banding_ld as ld
from banding_cards import Card
from banding_context import Site
from banding_format import slug
from banding_lists import ALPHABET, Listing, Page
from banding_output import digest
from markupsafe import Markup

# Lists whose key is a value of the search's filter of the same name.
_FILTERS = frozenset({"kategori", "tingkat", "platform", "lembaga", "kota", "cara"})


class Link(NamedTuple):
    """A link to another page of the same list; `path` is None for the page itself, `rel` prev, next or nothing."""

    path: str | None
    words: str
    rel: str = ""


class WritePage(Protocol):
    """`Builder.page`."""

    def __call__(self, path: str, template: str, key: str, changed: str | None = ..., *, make: Any) -> None: ...


class ListPages:
    """Writes lists. `feeds`: (kind, key) of those that have an Atom feed; `last_good`: platform -> its night."""

    def __init__(self, site: Site, page: WritePage, categories: Sequence[str], last_good: Mapping[str, str]) -> None:
        self.site, self.page, self.last_good = site, page, last_good
        self.feeds = {("platform", s.id) for s in site.sellers} | {("kategori", slug(c)) for c in categories}

    def write(self, listing: Listing) -> None:
        """All pages of the list. Totals, the archive and the platform's night stand on the first page alone, so that
        they do not change the others."""
        pages = listing.pages()
        template = "platform.html" if listing.kind == "platform" else "daftar.html"
        for number, page in enumerate(pages):
            links = page_links(pages, number)
            changed = max((c.changed for c in page.cards if c.changed), default=None)
            key = digest(repr((listing.title, links)), *(_mark(listing, card) for card in page.cards))
            if number == 0:
                key = digest(key, *self._first(listing))
            self.page(page.path, template, key, changed, make=partial(self._values, listing, page, links))

    def _first(self, listing: Listing) -> Iterator[str]:
        yield repr((listing.total, listing.archive_path, len(listing.archive), self._night(listing)))
        yield from (_row(card) for card in listing.archive if not listing.archive_path)

    def _values(self, listing: Listing, page: Page, links: Sequence[Link]) -> dict[str, Any]:
        """What the template shows; made only when the page is written anew."""
        site = self.site
        values = {
            "daftar": listing,
            "cards": page.cards,
            "cards_html": joined(page.cards),
            "first": page.path == listing.path,
            "words": page.words,
            "links": links,
            "capped": listing.total > len(listing.cards),
            "alphabet": ALPHABET,
            "crumbs": listing.crumbs,
            "search_query": f"?{listing.kind}={listing.key}" if listing.kind in _FILTERS and listing.cards else "",
            "ld_list": ld.script(ld.item_list_ld(page.cards, site) if listing.price else None),
            "feed": self._feed(listing),
        }
        if listing.kind == "platform":
            spec = site.specs[listing.key]
            values |= {"spec": spec, "rule": spec.buying_on(site.night), "last_good": self._night(listing)}
        return values

    def _night(self, listing: Listing) -> str | None:
        return self.last_good.get(listing.key) if listing.kind == "platform" else None

    def _feed(self, listing: Listing) -> str | None:
        known = (listing.kind, listing.key) in self.feeds
        return self.site.href(f"/umpan/{listing.kind}-{listing.key}.xml") if known else None


def page_links(pages: Sequence[Page], number: int) -> list[Link]:
    """On a list's first page all pages, so that every course is few clicks away; elsewhere the way back and on."""
    if len(pages) == 1:
        return []
    if number == 0:
        others = [Link(page.path, page.words) for page in pages[1:]]
        return [Link(None, pages[0].words), others[0]._replace(rel="next"), *others[1:]]
    links = [Link(pages[0].path, pages[0].words, "prev" if number == 1 else "")]
    if number > 1:
        links.append(Link(pages[number - 1].path, pages[number - 1].words, "prev"))
    links.append(Link(None, pages[number].words))
    if number + 1 < len(pages):
        links.append(Link(pages[number + 1].path, pages[number + 1].words, "next"))
    return links


def _mark(listing: Listing, card: Card) -> str:
    return card.mark if listing.price else _row(card)


def _row(card: Card) -> str:
    """What a line without price shows of a course."""
    return repr((card.path, card.title, card.provider, card.status))


def joined(cards: Sequence[Card]) -> Markup:
    """The finished list items."""
    return Markup("".join(card.html for card in cards))  # noqa: S704 - rendered by our template
