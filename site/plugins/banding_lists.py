"""Which static lists there are, what stands in each, and how a list is cut into pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from banding_cards import Card, by_price, by_title
from banding_context import Site
from banding_format import LEVEL_SLUGS, LEVEL_WORDS, MODE_SLUGS, MODE_WORDS, slug

PAGE_SIZE = 50
# Past this many courses a price change moves courses over many page borders; fewer, longer pages keep more bytes.
LARGE = 20_000
LARGE_PAGE_SIZE = 250

BANDS: tuple[tuple[str, str, int, int], ...] = (
    ("gratis", "Gratis", 0, 0),
    ("sampai-100-ribu", "Sampai Rp100.000", 1, 100_000),
    ("100-250-ribu", "Rp100.001 sampai Rp250.000", 100_001, 250_000),
    ("250-500-ribu", "Rp250.001 sampai Rp500.000", 250_001, 500_000),
    ("500-ribu-1-juta", "Rp500.001 sampai Rp1.000.000", 500_001, 1_000_000),
    ("lebih-1-juta", "Lebih dari Rp1.000.000", 1_000_001, 10**12),
)
UNPRICED = ("tanpa-harga", "Harga tidak disebutkan")


@dataclass
class Listing:
    """One static list: `path` of its first page, its words, its cards in order; `archive` holds cards shown apart."""

    kind: str
    key: str
    path: str
    title: str
    intro: str
    crumbs: list[tuple[str, str]]
    cards: list[Card]
    archive: list[Card] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its words among its like: "Keuangan" below "Kategori"."""
        return self.crumbs[-1][0]

    def pages(self, size: int) -> list[list[Card]]:
        """Cut into pages; a list without cards still has one."""
        return [self.cards[i : i + size] for i in range(0, len(self.cards), size)] or [[]]


def page_size(courses: int) -> int:
    return PAGE_SIZE if courses <= LARGE else LARGE_PAGE_SIZE


def page_path(path: str, number: int) -> str:
    """The address of a list's page; the first has the list's own."""
    return path if number == 1 else f"{path}{number}/"


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
    active = sorted((c for c in cards if c.active), key=by_price)
    archived = sorted((c for c in cards if not c.active), key=by_title)
    lists = [
        Listing(
            "semua",
            "",
            "/daftar/semua/",
            "Semua pelatihan",
            _PRICE_NOTE,
            [("Daftar", "/daftar/"), ("Semua pelatihan", "")],
            active,
        ),
        Listing(
            "arsip",
            "",
            "/daftar/arsip/",
            "Arsip: tidak dijual sekarang",
            "Pelatihan yang hilang dari platform, dari platform yang bukan lagi platform resmi, "
            "atau dari direktori lama. Harga di sini bukan penawaran.",
            [("Daftar", "/daftar/"), ("Arsip", "")],
            archived,
        ),
    ]
    sure = sorted((c for c in active if c.lowest is not None), key=lambda c: (c.lowest, c.id))
    title = "Bisa dengan Kartu Prakerja"
    note = "Urut dari harga termurah dengan kartu. Batas beli tiap jadwal ada di halaman pelatihannya."
    crumbs = [("Daftar", "/daftar/"), (title, "")]
    lists.append(Listing("kartu", "ya", "/daftar/bisa-dengan-kartu/", title, note, crumbs, sure))
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
    return lists


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
            sorted(past[spec.id], key=by_title),
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
    places = _split(active, lambda c: c.places)
    by_slug: dict[str, list[str]] = defaultdict(list)
    for place in sorted(places):
        by_slug[slug(place)].append(place)
    for key, spelled in by_slug.items():
        found = sorted({id(c): c for place in spelled for c in places[place]}.values(), key=by_price)
        crumbs = [("Daftar", "/daftar/"), ("Kota", "/daftar/kota/"), (spelled[0], "")]
        lists.append(
            Listing("kota", key, f"/daftar/kota/{key}/", f"Pelatihan di {spelled[0]}", _PRICE_NOTE, crumbs, found)
        )
    return lists
