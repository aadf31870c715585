"""Pages of links: which lists there are, by price, category, level, way of learning, platform, city and provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from banding_format import CATEGORY_ICONS, LEVEL_ICONS, MODE_ICONS
from banding_lists import Listing

Link = tuple[str, str, int | None, str | None]
Crumb = tuple[str, str]
MOST_LINKS = 400


@dataclass
class Index:
    """One page of links: groups of (label, path, count, icon) under headings."""

    path: str
    title: str
    intro: str
    groups: list[tuple[str, list[Link]]]
    parents: list[Crumb] = field(default_factory=list)

    @property
    def crumbs(self) -> list[Crumb]:
        return [*self.parents, (self.title, "")]


def make_indexes(lists: Sequence[Listing]) -> list[Index]:
    """All index pages in a fixed order."""

    def links(kind: str, glyph: str | None = None, icons: Mapping[str, str] = MappingProxyType({})) -> list[Link]:
        return [(x.label, x.path, x.total, icons.get(x.key, glyph)) for x in lists if x.kind == kind]

    category = links("kategori", "kategori", {name: name for name in CATEGORY_ICONS})
    level = links("tingkat", "periksa", LEVEL_ICONS)
    mode = links("cara", "periksa", MODE_ICONS)

    archive = [link for link in links("arsip", "kalender") if link[1] == "/daftar/arsip/"]
    whole = [*links("semua", "cari"), *links("kartu", "ya"), *links("abjad", "kategori"), *archive]
    below = [("Daftar", "/daftar/")]
    everything = [
        ("Seluruh katalog", whole),
        ("Menurut harga", links("harga", "uang")),
        ("Menurut kategori", category),
        ("Menurut tingkat materi", level),
        ("Menurut cara belajar", mode),
        ("Menurut platform", links("platform", "platform")),
        (
            "Menurut tempat dan lembaga",
            [("Kota", "/daftar/kota/", None, "tempat"), ("Lembaga", "/lembaga/", None, "lembaga")],
        ),
    ]
    no_script = "Setiap pelatihan ada di daftar-daftar ini, urut dari yang termurah. Tidak perlu JavaScript."
    city = "Pelatihan tatap muka dan campuran menurut kota atau kabupaten."
    levels = "Pemula (dasar), menengah, mahir (lanjutan)."
    return [
        Index("/daftar/", "Semua daftar", no_script, everything),
        Index("/kategori/", "Kategori", "Kategori resmi program.", [("Semua kategori", category)]),
        Index("/tingkat/", "Tingkat materi", levels, [("Semua tingkat", level)]),
        Index(
            "/platform/",
            "Platform",
            "Tempat pelatihan dijual.",
            [("Semua platform", links("platform", "platform"))],
        ),
        Index("/daftar/kota/", "Kota", city, [("Semua kota", links("kota", "tempat"))], below),
        Index("/daftar/harga/", "Harga", "Kelompok harga.", [("Semua kelompok", links("harga", "uang"))], below),
        Index("/daftar/cara/", "Cara belajar", "Kapan dan di mana belajar.", [("Semua cara", mode)], below),
        *_provider_indexes(links("lembaga")),
    ]


def _provider_indexes(links: Sequence[Link]) -> list[Index]:
    """One page while it stays short, else a page a letter, cut into parts."""
    letters: dict[str, list[Link]] = {}
    for link in links:
        first = link[0][:1].upper()
        letters.setdefault(first if "A" <= first <= "Z" else "lain", []).append(link)
    order = sorted(letters, key=lambda letter: (letter == "lain", letter))
    title, intro = "Lembaga pelatihan", "Yang mengajar. Urut abjad."
    if len(links) <= MOST_LINKS:
        groups = [("Lainnya" if letter == "lain" else letter, letters[letter]) for letter in order]
        return [Index("/lembaga/", title, intro, groups)]
    pages = []
    first: list[Link] = []
    for letter in order:
        parts = [letters[letter][i : i + MOST_LINKS] for i in range(0, len(letters[letter]), MOST_LINKS)]
        for number, part in enumerate(parts, 1):
            path = f"/daftar/lembaga-{letter.lower()}/" + (f"{number}/" if number > 1 else "")
            span = f"{part[0][0][:24]} sampai {part[-1][0][:24]}"
            first.append((span, path, None, "lembaga"))
            pages.append(Index(path, f"Lembaga: {span}", intro, [("Lembaga", part)], [(title, "/lembaga/")]))
    return [Index("/lembaga/", title, intro, [("Menurut abjad", first)]), *pages]
