"""Atom feeds of what changed: all, per platform, per category, price drops. Ids never change, no clock is asked.

Entries come from the offers' own dates, so that a feed holds the changes of many nights and is the same again when
it is built again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from banding_cards import Card
from banding_context import Site
from banding_format import money, slug
from feedgenerator import Atom1Feed

from catalog.layout import WIB
from catalog.records import Course

MOST = 100
_MORNING = dt.time(6, 0, tzinfo=WIB)


@dataclass(slots=True)
class Event:
    """One change of one course: kind "new", "cheaper", "dearer" or "gone", on the night `day` (ISO)."""

    day: str
    kind: str
    platform: str
    before: int | None
    after: int | None

    @property
    def order(self) -> tuple[str, str, str]:
        return (self.day, self.kind, self.platform)


def events_of(course: Course, previous: dict[str, int | None]) -> list[Event]:
    """The changes that the course's own dates tell. `previous`: offer id -> the price before the present one."""
    found = []
    if course.first_seen and course.status == "active":
        shop = course.offers[0].platform if course.offers else ""
        found.append(Event(course.first_seen.isoformat(), "new", shop, None, course.lowest_price_idr))
    for offer in course.offers:
        before = previous.get(offer.id)
        if offer.status == "gone" and offer.gone_since:
            found.append(Event(offer.gone_since.isoformat(), "gone", offer.platform, offer.price_idr, None))
        elif (
            offer.status == "active"
            and offer.price_since
            and before is not None
            and offer.price_idr not in (None, before)
        ):
            kind = "cheaper" if offer.price_idr < before else "dearer"
            found.append(Event(offer.price_since.isoformat(), kind, offer.platform, before, offer.price_idr))
    return found


class _Feed(Atom1Feed):  # type: ignore[misc]
    """The library takes the clock for a feed without entries; ours takes the first night of the catalog."""

    newest: dt.datetime

    def latest_post_date(self) -> dt.datetime:
        return self.newest


def _words(event: Event, site: Site) -> tuple[str, str]:
    shop = site.platform_name(event.platform)
    if event.kind == "new":
        return "Baru", f"Baru masuk katalog di {shop}, {money(event.after)}."
    if event.kind == "gone":
        return "Hilang", f"Tidak terlihat lagi di {shop}."
    word = "Turun harga" if event.kind == "cheaper" else "Naik harga"
    return word, f"{word} di {shop}: {money(event.before)} menjadi {money(event.after)}."


def feed(site: Site, title: str, path: str, rows: Sequence[tuple[Card, Event]], first_night: str) -> str:
    """One feed of at most MOST entries, newest first."""
    mark = "DATA CONTOH. " if site.sample else ""
    value = _Feed(
        title=f"{mark}Bandingkan Pelatihan: {title}",
        link=site.absolute("/perubahan/"),
        feed_url=site.absolute(path),
        description="Perubahan katalog pelatihan Kartu Prakerja. Tidak resmi, independen.",
        language="id",
        feed_guid=f"urn:bandingkan-pelatihan:umpan:{path.rpartition('/')[2].removesuffix('.xml')}",
        author_name="Bandingkan Pelatihan",
    )
    newest = sorted(rows, key=lambda row: (row[1].order, row[0].id), reverse=True)[:MOST]
    for card, event in newest:
        word, text = _words(event, site)
        moment = dt.datetime.combine(dt.date.fromisoformat(event.day), _MORNING)
        value.add_item(
            title=f"{mark}{word}: {card.title}",
            link=site.absolute(card.path),
            description=text,
            unique_id=f"urn:bandingkan-pelatihan:{event.kind}:{event.platform}:{card.id}:{event.day}",
            pubdate=moment,
            updateddate=moment,
        )
    last = newest[0][1].day if newest else first_night
    value.newest = dt.datetime.combine(dt.date.fromisoformat(last), _MORNING)
    return str(value.writeString("utf-8")) + "\n"


def feed_list(site: Site, categories: Sequence[str]) -> list[tuple[str, str]]:
    """(title, path) of every platform's and category's feed, in the order in which the page lists them."""
    shops = [(site.platform_name(s.id), f"/umpan/platform-{s.id}.xml") for s in site.sellers]
    return shops + [(name, f"/umpan/kategori-{slug(name)}.xml") for name in categories]


def make_feeds(
    site: Site, rows: Sequence[tuple[Card, Event]], categories: Sequence[str], first_night: str
) -> dict[str, str]:
    """path -> Atom text. Courses of the catalog's first night are no news."""
    rows = [row for row in rows if not (row[1].kind == "new" and row[1].day == first_night)]
    files = {
        "/umpan/semua.xml": feed(site, "semua perubahan", "/umpan/semua.xml", rows, first_night),
        "/umpan/turun-harga.xml": feed(
            site, "turun harga", "/umpan/turun-harga.xml", [r for r in rows if r[1].kind == "cheaper"], first_night
        ),
    }
    for spec in site.sellers:
        path = f"/umpan/platform-{spec.id}.xml"
        files[path] = feed(
            site, site.platform_name(spec.id), path, [r for r in rows if r[1].platform == spec.id], first_night
        )
    for name in categories:
        path = f"/umpan/kategori-{slug(name)}.xml"
        files[path] = feed(site, name, path, [r for r in rows if r[0].category == name], first_night)
    return files
