"""Which static lists there are, what stands in each, and how a list is cut into pages.

Lists by price are complete up to LARGE courses. Past that each holds its cheapest, and the rest is reached by title
(the list "menurut abjad" holds every active course and no price, so that nights hardly change it) or by the search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from banding_cards import Card
from banding_context import Site
from banding_cut import DIGITS, LETTERS, Piece, cut, price_key, price_place, title_key, title_place
from banding_format import LEVEL_SLUGS, LEVEL_WORDS, MODE_SLUGS, MODE_WORDS, slug

CARDS = 40  # at most on one page of a list by price
ROWS = 200  # at most on one page of a list by title, which has a line a course
LARGE = 7_000  # courses
CHEAPEST = 120  # of each list by price in a larger catalog
ARCHIVE_HERE = 20  # more archived courses than that have a list of their own

BANDS: tuple[tuple[str, str, int, int], ...] = (
    ("gratis", "Gratis", 0, 0),
    ("sampai-100-ribu", "Sampai Rp100.000", 1, 100_000),
    ("100-250-ribu", "Rp100.001 sampai Rp250.000", 100_001, 250_000),
    ("250-500-ribu", "Rp250.001 sampai Rp500.000", 250_001, 500_000),
    ("500-ribu-1-juta", "Rp500.001 sampai Rp1.000.000", 500_001, 1_000_000),
    ("lebih-1-juta", "Lebih dari Rp1.000.000", 1_000_001, 10**12),
)
UNPRICED = ("tanpa-harga", "Harga tidak disebutkan")
ALPHABET = "/daftar/abjad/"


class Page(NamedTuple):
    """One page of a list: its address, its words among the list's pages ("dari Rp250.000"), its cards."""

    path: str
    words: str
    cards: list[Card]


@dataclass
class Listing:
    """One static list: `path` of its first page, its words, its cards in order (by `price`, or by title where that is
    None); `archive` holds cards shown apart, `archive_path` is their own list where they are many; `total` counts the
    courses that it would hold in a small catalog."""

    kind: str
    key: str
    path: str
    title: str
    intro: str
    crumbs: list[tuple[str, str]]
    cards: list[Card]
    archive: list[Card] = field(default_factory=list)
    price: Callable[[Card], int | None] | None = lambda card: card.price
    archive_path: str = ""
    total: int = 0

    def __post_init__(self) -> None:
        self.total = len(self.cards)

    @property
    def label(self) -> str:
        """Its words among its like: "Keuangan" below "Kategori"."""
        return self.crumbs[-1][0]

    def pages(self) -> list[Page]:
        """Cut into pages; a list without cards still has one."""
        first, *rest = self._pieces() or [Piece("", 0, 0)]
        pages = [Page(self.path, "awal daftar", self.cards[first.start : first.end])]
        for piece in rest:
            title = self.cards[piece.start].title
            part, words = title_place(piece.bound, title) if self.price is None else price_place(piece.bound)
            pages.append(Page(f"{self.path}{part}/", words, self.cards[piece.start : piece.end]))
        return pages

    def _pieces(self) -> list[Piece]:
        most = ROWS if self.price is None else CARDS
        if len(self.cards) <= most:
            return [Piece("", 0, len(self.cards))]
        if self.price is None:
            return cut([title_key(c.title, c.id) for c in self.cards], LETTERS, most)
        return cut([price_key(self.price(c), c.id) for c in self.cards], DIGITS, most)


def band_of(price: int | None) -> str:
    """The price band's key of a price."""
    if price is None:
        return UNPRICED[0]
    return next(key for key, _, low, high in BANDS if low <= price <= high)


def _split(cards: Iterable[Card], keys: Callable[[Card], Iterable[str]]) -> dict[str, list[Card]]:
    found: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        for key in keys(card):
            found[key].append(card)
    return found


_PRICE_NOTE = "Urut dari harga termurah; yang tanpa harga di akhir."


def make_lists(cards: Sequence[Card], categories: Sequence[str], site: Site) -> list[Listing]:
    """Every static list of the catalog, in a fixed order. Levels, modes, price bands, official categories and platforms
    have a list even when it is empty; cities and providers only those that occur."""
    active = sorted((c for c in cards if c.active), key=lambda c: price_key(c.price, c.id))
    archived = sorted((c for c in cards if not c.active), key=_by_title)
    below = ("Daftar", "/daftar/")
    lists = [
        Listing(
            "semua",
            "",
            "/daftar/semua/",
            "Semua pelatihan",
            _PRICE_NOTE,
            [below, ("Semua pelatihan", "")],
            active,
        ),
        Listing(
            "abjad",
            "",
            ALPHABET,
            "Semua pelatihan menurut abjad",
            "Menurut judul, tanpa harga.",
            [below, ("Menurut abjad", "")],
            sorted(active, key=_by_title),
            price=None,
        ),
        Listing(
            "arsip",
            "",
            "/daftar/arsip/",
            "Arsip: tidak dijual sekarang",
            "Pelatihan yang hilang dari platform, dari platform yang bukan lagi platform resmi, "
            "atau dari direktori lama. Urut abjad.",
            [below, ("Arsip", "")],
            archived,
            price=None,
        ),
    ]
    sure = sorted((c for c in active if c.lowest is not None), key=lambda c: price_key(c.lowest, c.id))
    title = "Bisa dengan Kartu Prakerja"
    note = "Urut dari harga termurah dengan kartu. Batas beli tiap jadwal ada di halaman pelatihannya."
    crumbs = [below, (title, "")]
    lists.append(
        Listing("kartu", "ya", "/daftar/bisa-dengan-kartu/", title, note, crumbs, sure, price=lambda card: card.lowest)
    )
    bands = _split(active, lambda c: [band_of(c.price)])
    for key, words in [(b[0], b[1]) for b in BANDS] + [UNPRICED]:
        lists.append(
            Listing(
                "harga",
                key,
                f"/daftar/harga/{key}/",
                f"Harga: {words}",
                "Harga termurah dari penawaran aktif.",
                [("Daftar", "/daftar/"), (words, "")],
                bands[key],
            )
        )
    lists += _facet_lists(active, categories)
    lists += _platform_lists(active, archived, site)
    lists += _named_lists(active, archived)
    lists += _archive_lists(lists)
    if len(cards) > LARGE:
        for listing in lists:
            if listing.price is not None:
                listing.cards = listing.cards[:CHEAPEST]
    return lists


def _by_title(card: Card) -> str:
    return title_key(card.title, card.id)


def _archive_lists(lists: Sequence[Listing]) -> list[Listing]:
    """The archives that are too long to stand below their list."""
    found = []
    for listing in lists:
        if len(listing.archive) > ARCHIVE_HERE:
            listing.archive_path = f"{listing.path}arsip/"
            title = f"Arsip: {listing.title}"
            note = "Yang tidak dijual sekarang di sini. Urut abjad."
            crumbs = [*listing.crumbs[:-1], (listing.label, listing.path), ("Arsip", "")]
            found.append(
                Listing("arsip", listing.key, listing.archive_path, title, note, crumbs, listing.archive, price=None)
            )
    return found


def _facet_lists(active: list[Card], categories: Sequence[str]) -> list[Listing]:
    by_category = _split(active, lambda c: [c.category or ""])
    by_level = _split(active, lambda c: c.levels or [""])
    by_mode = _split(active, lambda c: c.modes or [""])
    lists = []
    for name in [*categories, *sorted(set(by_category) - set(categories) - {""})]:
        crumbs = [("Kategori", "/kategori/"), (name, "")]
        lists.append(
            Listing(
                "kategori",
                slug(name),
                f"/kategori/{slug(name)}/",
                f"Pelatihan {name}",
                _PRICE_NOTE,
                crumbs,
                by_category[name],
            )
        )
    for level, word in LEVEL_WORDS.items():
        path = f"/tingkat/{LEVEL_SLUGS[level]}/"
        crumbs = [("Tingkat materi", "/tingkat/"), (word, "")]
        lists.append(
            Listing(
                "tingkat", LEVEL_SLUGS[level], path, f"Tingkat {word.lower()}", _PRICE_NOTE, crumbs, by_level[level]
            )
        )
    for mode, word in MODE_WORDS.items():
        path = f"/daftar/cara/{MODE_SLUGS[mode]}/"
        crumbs = [("Daftar", "/daftar/"), (word, "")]
        lists.append(Listing("cara", MODE_SLUGS[mode], path, word, _PRICE_NOTE, crumbs, by_mode[mode]))
    for kind, title, found in (
        ("kategori", "Kategori tidak disebutkan", by_category[""]),
        ("tingkat", "Tingkat tidak disebutkan", by_level[""]),
        ("cara", "Cara belajar tidak disebutkan", by_mode[""]),
    ):
        path = f"/daftar/{kind}-tidak-disebutkan/"
        lists.append(
            Listing(kind, "tidak-disebutkan", path, title, _PRICE_NOTE, [("Daftar", "/daftar/"), (title, "")], found)
        )
    return lists


def _platform_lists(active: list[Card], archived: list[Card], site: Site) -> list[Listing]:
    now = _split(active, lambda c: c.platforms)
    # A course of another platform's active offer may stand in this platform's archive too.
    past = _split([*active, *archived], lambda c: set(c.all_platforms) - set(c.platforms))
    return [
        Listing(
            "platform",
            spec.id,
            f"/platform/{spec.id}/",
            site.platform_name(spec.id),
            _PRICE_NOTE,
            [("Platform", "/platform/"), (site.platform_name(spec.id), "")],
            now[spec.id],
            sorted(past[spec.id], key=_by_title),
        )
        for spec in site.specs.values()
    ]


def _named_lists(active: list[Card], archived: list[Card]) -> list[Listing]:
    names: dict[str, str] = {}
    for card in [*active, *archived]:
        if card.provider_id:
            names.setdefault(card.provider_id, card.provider or card.provider_id)
    now = _split(active, lambda c: [c.provider_id] if c.provider_id else [])
    past = _split(archived, lambda c: [c.provider_id] if c.provider_id else [])
    lists = [
        Listing(
            "lembaga",
            key,
            f"/lembaga/{key}/",
            name,
            _PRICE_NOTE,
            [("Lembaga", "/lembaga/"), (name, "")],
            now[key],
            past[key],
        )
        for key, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    ]
    cities: dict[str, str] = {}
    for place in sorted({place for card in active for place in card.places}):
        cities.setdefault(slug(place), place)
    places = _split(active, lambda c: {slug(place) for place in c.places})
    for key, city in cities.items():
        crumbs = [("Daftar", "/daftar/"), ("Kota", "/daftar/kota/"), (city, "")]
        lists.append(
            Listing("kota", key, f"/daftar/kota/{key}/", f"Pelatihan di {city}", _PRICE_NOTE, crumbs, places[key])
        )
    return lists
