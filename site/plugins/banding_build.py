"""Everything the site's generator writes, page by page. Pure over the stages' files: no clock, no network."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import banding_ld as ld
from banding_bundle import bundle
from banding_cards import Card, by_price
from banding_changes import change_groups, night_path, told
from banding_context import STATIC, Site
from banding_course import course_view
from banding_entries import Memory, read_entries
from banding_extras import NAME, write_extras
from banding_facets import Facets
from banding_feeds import Event, feed_list, make_feeds
from banding_format import ARCHIVED_WORDS, MODE_ICONS, MODE_SLUGS, SOURCE_WORDS, long_date, slug
from banding_groups import group_path
from banding_history import Prices, history_html
from banding_home import home_values
from banding_indexes import make_indexes
from banding_list_pages import ListPages, joined
from banding_lists import Listing, make_lists
from banding_moved import Moved, moved_courses, page_values
from banding_output import Output, digest
from banding_read import CourseFile, Once, read_last_good
from banding_shards import Shards
from banding_similar import Neighbour, find_similar
from banding_text import deadline, summary
from jinja2 import Environment
from markupsafe import Markup, escape

from catalog.change_book import ChangeBook
from catalog.changes import Changes
from catalog.quarantine import Quarantine
from catalog.records import Course
from search_index.document_memory import read_documents
from search_index.export import export_index
from search_index.whole import hint

CATEGORIES = (
    "Bahasa Asing",
    "Gaya hidup",
    "Keuangan",
    "Makanan dan Minuman",
    "Manajemen",
    "Penjualan dan Pemasaran",
    "Perkantoran",
    "Pertanian",
    "Sosial dan Perilaku",
    "Teknik",
    "Teknologi Informasi",
    "Lainnya",
)
SORTS = (
    ("relevan", "Paling cocok"),
    ("harga", "Harga termurah"),
    ("-harga", "Harga termahal"),
    ("per_jam", "Harga per jam termurah"),
    ("rating", "Rating (batas bawah)"),
    ("terbaru", "Baru masuk katalog"),
)

DATA_FILES = (
    ("courses.json", "application/json", "Semua pelatihan dengan penawarannya; di katalog besar: daftar bagiannya"),
    ("courses.csv", "text/csv", "Satu baris satu pelatihan"),
    ("offers.csv", "text/csv", "Satu baris satu penawaran"),
    ("price-history.parquet", "application/vnd.apache.parquet", "Riwayat harga dan status tiap penawaran"),
    ("coverage.json", "application/json", "Kelengkapan data per platform"),
    ("changes.json", "application/json", "Perubahan sejak malam sebelumnya"),
    ("datapackage.json", "application/json", "Keterangan semua tabel menurut baku Data Package"),
    ("dictionary.csv", "text/csv", "Arti tiap kolom, dalam bahasa Indonesia dan Inggris"),
)


class Member(NamedTuple):
    """A course on a shared page: its place in courses.jsonl, and the key of all that its part of the page shows."""

    place: int
    card: Card
    near: Sequence[Neighbour]
    key: str


class Builder:
    """Holds what one build needs; `build()` writes everything."""

    def __init__(self, site: Site, env: Environment, output: Output) -> None:
        self.site = site
        self.env = env
        self.output = output
        self.courses = CourseFile(site.var.courses)
        self.prices = Prices.read(site)
        self.tonight = f'"last_seen":"{site.night.isoformat()}"'.encode()
        self.deadline = deadline(site)
        self.cards: list[Card] = []
        self.keys: list[str] = []
        self.moved: dict[str, Sequence[str]] = {}
        self.events: list[tuple[Card, Event]] = []
        self.facets = Facets()
        icons = {mode: MODE_ICONS[key] for mode, key in MODE_SLUGS.items()}
        self.env.globals.update(SOURCES=SOURCE_WORDS, ARCHIVED=ARCHIVED_WORDS, MODE_ICONS=icons)
        # What every page depends on besides its own data.
        self.frame = digest(
            site.base,
            site.url,
            site.links,
            site.pages,
            str(site.groups),
            str(site.sample),
            site.assets_hash,
            self._templates_hash(),
            self._rules_hash(),
        )
        self.paths: list[tuple[str, str | None]] = []
        # What keeping the whole search index for flight mode takes; None where it is too large to offer.
        self.save: dict[str, Any] | None = None

    # --- small helpers ---

    def _templates_hash(self) -> str:
        own = Path(__file__).parent
        files = sorted([*own.glob("banding_*.py"), *(own.parent / "theme" / "templates").glob("*.html")])
        return digest(*(p.read_bytes() for p in files))

    def _rules_hash(self) -> str:
        """Platform names, official spans and rules change pages only when their value on this night changes."""
        site = self.site
        specs = [
            (s.model_dump_json(), s.official_on(site.night), s.name_on(site.night), str(s.buying_on(site.night)))
            for s in site.specs.values()
        ]
        return digest(repr(specs), site.rules.model_dump_json(exclude={"day"}))

    def page(
        self,
        path: str,
        template: str,
        key: str,
        changed: str | None = None,
        index: bool = True,
        make: Callable[[], dict[str, Any]] | None = None,
        **given: Any,
    ) -> None:
        """Writes the page at `path` ("/x/" or "/404.html"); `make` gives more values once the page is rendered."""
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        if index:
            self.paths.append((path, changed))

        def render() -> str:
            values = {**given, **(make() if make else {})}
            crumbs = values.get("crumbs") or []
            extra = {"ld_crumbs": ld.script(ld.breadcrumb_ld(crumbs, self.site))} if crumbs else {}
            return self.env.get_template(template).render(path=path, **extra, **values)

        self.output.emit(name, digest(self.frame, template, key), render)

    # --- the build ---

    def build(self) -> None:
        self.write_static()
        boot = self.write_index()  # first: it takes much memory for a while, and the cards take theirs until the end
        self.read_cards()
        self.write_courses()
        active = sum(card.active for card in self.cards)
        lists = make_lists(self.cards, CATEGORIES, self.site)
        pages = ListPages(self.site, self.page, CATEGORIES, {} if self.site.sample else read_last_good(self.site))
        for listing in lists:
            pages.write(listing)
        self.write_indexes(lists)
        self.write_home(lists)
        self.write_search(active, boot)
        self.write_changes()
        moved = self.write_moved()
        self.write_data()
        self.write_tools()
        self.page("/luring/", "luring.html", "", index=False)
        write_extras(self.site, self.output, self.paths, moved)
        self.page("/404.html", "404.html", "", index=False)

    def write_moved(self) -> list[Moved]:
        """Small pages at addresses that courses had before they were merged; nothing links to them."""
        moved = moved_courses(self.site, self.cards)
        for one in moved:
            key = digest(one.card.path, one.card.title)
            self.page(one.path, "pindah.html", key, index=False, **page_values(one))
        return moved

    def write_tools(self) -> None:
        """Compare and plan: pages that scripts fill with the reader's own choice."""
        day = site_day(self.site)
        for path, name, title in (("/banding/", "banding", "Bandingkan"), ("/rencana/", "rencana", "Rencana saya")):
            crumbs = [(title, "")]
            self.page(path, f"{name}.html", digest(day), index=False, day=day, page_js=f"{name}.js", crumbs=crumbs)

    def write_static(self) -> None:
        site = self.site
        for path in site.static_files:
            name = path.relative_to(STATIC).as_posix()
            self.output.emit(f"aset/{site.assets_hash}/{name}", site.assets_hash, path.read_bytes)
        self.output.emit(".nojekyll", "", str)

    def read_cards(self) -> None:
        """First pass: the cards of all courses, which lists, similar courses and counts are made of."""
        site = self.site
        card_html = self.env.get_template("kartu.html")
        memory = Memory(site.var.root / "site" / "cards.jsonl", self.frame)
        before = self.prices.before()
        groups = site.groups if site.shared else 0

        def render(card: Card) -> str:
            return card_html.render(k=card)

        for entry in read_entries(self.courses, memory, self.tonight, before, render, groups):
            self.cards.append(entry.card)
            self.keys.append(entry.key)
            if entry.moved:
                self.moved[entry.card.id] = entry.moved
            self.facets.add(entry.facets)
            self.events += [(entry.card, event) for event in entry.events]
        memory.finish()

    def write_courses(self) -> None:
        """Second pass: a page for every course. An unchanged one is taken over without being read as a record."""
        similar = find_similar(self.cards)
        frame = digest(self.frame, deadline(self.site))
        shards = Shards(self.site, self.output, self.frame, self.cards, self.keys)
        shared: dict[str, list[Member]] = {f"{n:03x}": [] for n in range(self.site.groups)}
        for number, (line, card, key) in enumerate(zip(self.courses.lines(), self.cards, self.keys, strict=True), 1):
            near = similar.get(card.id, ())
            course = Once(partial(self.courses.read, line, number))
            page_key = digest(frame, key, repr(near), self.prices.key(self.moved.get(card.id, ())))
            if self.site.shared:
                shared[card.group].append(Member(number - 1, card, near, page_key))
            else:
                self.paths.append((card.path, card.changed))
                self.output.emit(
                    f"pelatihan/{card.slug}/index.html", page_key, partial(self.render_course, course, card, near)
                )
            shards.add(card, course)
        shards.write()
        if self.site.shared:
            for name, members in shared.items():
                self.write_shared(name, members)

    def write_shared(self, name: str, members: list[Member]) -> None:
        """One page of several courses, each under its slug as anchor (`pages = lists`)."""
        members.sort(key=lambda m: (m.card.title.casefold(), m.card.id))
        title = f"Kumpulan pelatihan {name}"
        crumbs = [("Daftar", "/daftar/"), (title, "")]
        changed = max((m.card.changed for m in members if m.card.changed), default=None)

        def make() -> dict[str, Any]:
            return {"articles": [self.render_article(m) for m in members], "cards": [m.card for m in members]}

        key = digest(*(m.key for m in members))
        self.page(group_path(name), "kelompok.html", key, changed, make=make, title=title, crumbs=crumbs)

    def render_article(self, member: Member) -> Markup:
        """One course of a shared page: the course page's own content, one heading level lower, and its data block."""
        card = member.card
        course = self.courses[member.place]
        values = self._course_values(course, card, member.near)
        template = self.env.get_template("pelatihan.html")
        content = "".join(template.blocks["content"](template.new_context(values)))
        return values["ld"] + as_article(content, card)

    def render_course(self, lazy: Once, card: Card, near: Sequence[Neighbour]) -> str:
        course, site = lazy.value, self.site
        values = self._course_values(course, card, near)
        crumbs = [("Daftar", "/daftar/"), (card.title, "")]
        if course.category:
            crumbs = [
                ("Kategori", "/kategori/"),
                (course.category, f"/kategori/{slug(course.category)}/"),
                (card.title, ""),
            ]
        return self.env.get_template("pelatihan.html").render(
            values, crumbs=crumbs, ld_crumbs=ld.script(ld.breadcrumb_ld(crumbs, site))
        )

    def _course_values(self, course: Course, card: Card, near: Sequence[Neighbour]) -> dict[str, Any]:
        """What the content of pelatihan.html shows."""
        site = self.site
        view = course_view(course, card, site, near)
        text = summary(course, card, site)
        return view | {
            "summary": text,
            "deadline": self.deadline,
            "history": history_html(course, self.prices, site),
            "ld": ld.script(ld.course_ld(course, card, site, view["offers"], text)),
        }

    def write_indexes(self, lists: Sequence[Listing]) -> None:
        for index in make_indexes(lists):
            values = {"title": index.title, "intro": index.intro, "groups": index.groups, "crumbs": index.crumbs}
            self.page(index.path, "indeks.html", digest(repr(values)), **values)

    def write_home(self, lists: Sequence[Listing]) -> None:
        values = home_values(self.cards, lists, CATEGORIES, self.site)
        name = {"@type": "WebSite", "name": NAME, "url": self.site.absolute("/"), "inLanguage": "id"}
        key = digest(repr(values), self.site.night.isoformat())
        self.page("/", "beranda.html", key, ld=ld.script(name), **values)

    def write_search(self, active: int, boot: str) -> None:
        cards = sorted((c for c in self.cards if c.active), key=by_price)[:10]
        facets = self.facets.options(self.site, CATEGORIES)
        self.page(
            "/pelatihan/",
            "cari.html",
            digest(self.site.build, boot, site_day(self.site), repr(facets), *(c.mark for c in cards)),
            boot=boot,
            save=self.save,
            day=site_day(self.site),
            total=active,
            facets=facets,
            sorts=SORTS,
            cards_html=joined(cards),
            ld_list=ld.script(ld.item_list_ld(cards, self.site)),
            bundle=self.bundle,
            page_js="cari.js",
            crumbs=[],
        )

    def write_index(self) -> str:
        """The static search index; returns its boot file's address."""
        folder = self.output.folder / "indeks"
        before = self.site.previous / "indeks" if self.site.previous else None
        documents = read_documents(self.site.var) if self.courses else ()
        manifest = export_index(documents, folder, build=self.site.build, previous=before)
        if manifest.form == "whole":
            files = sorted(folder.glob("*.json"))
            packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
            self.save = {"files": [path.name for path in files], "kb": max(1, round(packed / 1000))}
        self.write_bundle(manifest.form)
        words = hint(folder / manifest.boot) if manifest.form == "whole" else ""
        return f"{self.site.base}indeks/{manifest.boot}{words}"

    def write_bundle(self, form: str) -> None:
        """The search page's scripts as one file, and what its first answer does not need as others, without the half of
        the engine that this form leaves unused."""
        other = "search/sharded.js" if form == "whole" else "search/whole.js"
        # A small catalog's script is small; every further file would cost a request.
        text, parts = bundle(STATIC / "js", ("cari.js", "situs.js"), leave_out=(other,), parted=form == "sharded")
        self.bundle = f"cari-{form}-{digest(text)[:8]}.js"
        for name, code in {self.bundle: text, **parts}.items():
            self.output.emit(f"aset/{self.site.assets_hash}/js/{name}", digest(code), partial(str, code))

    def write_changes(self) -> None:
        """A page for each of the last nights, the newest of them also at /perubahan/, and the feeds from the offers'
        own dates."""
        site = self.site
        nights = ChangeBook(site.var, Quarantine(site.var.quarantine)).until(site.night)[::-1]
        paths = {card.id: card.path for card in self.cards}
        for place, changes in enumerate(nights):
            beside = {"later": nights[place - 1] if place else None, "earlier": (*nights, None, None)[place + 1]}
            self._write_night(changes, paths, {key: other and night_path(other) for key, other in beside.items()})
        newest = nights[0] if nights else None
        values = {
            "changes": newest,
            "groups": change_groups(newest, paths) if newest else [],
            "summary_words": told(newest) if newest else "",
            "feeds": [(title, site.href(path)) for title, path in feed_list(site, CATEGORIES)],
            "nights": [(changes.night, night_path(changes), told(changes)) for changes in nights],
            "crumbs": [("Perubahan katalog", "")],
        }
        self.page("/perubahan/", "perubahan.html", digest(repr(values)), **values)
        first = min((card.first_seen for card in self.cards if card.first_seen), default=site.night.isoformat())
        for path, text in make_feeds(site, self.events, CATEGORIES, first).items():
            self.output.emit(path.lstrip("/"), digest(text), partial(str, text))

    def _write_night(self, changes: Changes, paths: Mapping[str, str], beside: Mapping[str, str | None]) -> None:
        day = long_date(changes.night)
        values = {"changes": changes, "groups": change_groups(changes, paths), "summary_words": told(changes), **beside}
        crumbs = [("Perubahan katalog", "/perubahan/"), (day, "")]
        key = digest(repr(values))
        self.page(
            night_path(changes), "perubahan.html", key, changes.night.isoformat(), crumbs=crumbs, one=True, **values
        )

    def write_data(self) -> None:
        page = {"files": DATA_FILES, "alternates": [("id", "/data/"), ("en", "/en/data/")]}
        crumbs = [("Data terbuka", "")]
        block = ld.script(ld.dataset_ld(DATA_FILES, self.site))
        self.page(
            "/data/", "data.html", digest(repr(page), self.site.night.isoformat()), ld=block, crumbs=crumbs, **page
        )


def as_article(html: str, card: Card) -> Markup:
    """A course page's content as one of several on a page: headings one level lower, every id under the course's slug,
    regions named by the course, and no other landmark, since thirty of a kind help nobody.

    Text of platforms is escaped: it holds no tag and no quotation mark that these patterns could meet.
    """
    lower = re.sub(r"(</?h)([123])(?=[ >])", lambda found: f"{found[1]}{int(found[2]) + 1}", html)
    named = re.sub(r' id="([^"]+)"', rf' id="{card.slug}-\1"', re.sub(r' aria-labelledby="[^"]+"', "", lower))
    named = named.replace(' aria-label="', f' aria-label="{escape(card.title)}: ')
    return Markup(named.replace("<article>", f'<article id="{card.slug}">', 1))  # noqa: S704 - rendered with escaping


def site_day(site: Site) -> str:
    """The night, where a page shows it: only sample builds do, as their reader's "today"."""
    return site.night.isoformat() if site.sample else ""
