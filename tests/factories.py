"""Records for tests: one of each with sensible values, and an invented catalog of N courses by seed."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from catalog.records import Course, Listing, Offer, Provider
from spiders.sandbox.invent import PLATFORMS

NIGHT = dt.date(2020, 7, 15)
_DOING = [
    "Belajar",
    "Membuat",
    "Merancang",
    "Mengelola",
    "Menguasai",
    "Memahami",
    "Menyusun",
    "Merawat",
    "Memasarkan",
    "Meracik",
    "Menjahit",
]
_THINGS = [
    "Roti Manis",
    "Laporan Keuangan",
    "Desain Kemasan",
    "Aplikasi Web",
    "Konten Media Sosial",
    "Kopi Susu",
    "Kebaya",
    "Motor Matik",
    "Bahasa Inggris",
    "Sayur Hidroponik",
    "Surat Lamaran",
    "Video Pendek",
    "Toko Daring",
    "Rias Wajah",
    "Basis Data",
    "Instalasi Listrik",
]
_FOR = (
    "",
    " untuk Pemula",
    " Tingkat Menengah",
    " Lanjutan",
    " bagi Pelaku Usaha",
    " untuk Karyawan",
    " dari Rumah",
)
_CATEGORIES = (
    "Teknologi Informasi",
    "Makanan dan Minuman",
    "Bahasa Asing",
    "Keuangan",
    "Gaya hidup",
    "Teknik",
    None,
)


def make_listing(**over: Any) -> Listing:
    values: dict[str, Any] = {
        "platform": "tokopedia",
        "native_id": "1",
        "url": "https://www.tokopedia.com/kartu-prakerja/contoh",
        "fetched_at": "2020-07-15T02:00:00+07:00",
        "title": "Belajar Membuat Roti Manis untuk Pemula",
        "provider": "LPK Dapur Contoh",
        "price": "Rp250.000",
        "eligible": "yes",
        "eligible_evidence": "page:/kartu-prakerja",
    }
    return Listing(**(values | over))


def make_offer(**over: Any) -> Offer:
    values: dict[str, Any] = {
        "platform": "tokopedia",
        "native_id": "1",
        "url": "https://www.tokopedia.com/kartu-prakerja/contoh",
        "title": "Belajar Membuat Roti Manis untuk Pemula",
        "provider_id": "dapur-contoh",
        "provider_name": "LPK Dapur Contoh",
        "price_idr": 250_000,
        "price_raw": "Rp250.000",
        "levels": ["beginner"],
        "level_source": "title",
        "mode": "self_paced",
        "duration_minutes": 360,
        "category": "Makanan dan Minuman",
        "eligible": "yes",
        "first_seen": NIGHT,
        "last_seen": NIGHT,
        "price_since": NIGHT,
    }
    values |= over
    values.setdefault("id", f"{values['platform']}:{values['native_id']}")
    values.setdefault("title_raw", values["title"])
    return Offer(**values)


def make_course(offers: list[Offer] | None = None, **over: Any) -> Course:
    offers = [make_offer()] if offers is None else offers
    first = offers[0] if offers else make_offer()
    priced = [o for o in offers if o.status == "active" and o.eligible == "yes" and o.price_idr is not None]
    lowest = min(priced, key=lambda o: (o.price_idr, o.id), default=None)
    values: dict[str, Any] = {
        "id": "c1",
        "slug": "belajar-membuat-roti-manis-untuk-pemula-c1",
        "title": first.title,
        "provider": Provider(id=first.provider_id, name=first.provider_name or "") if first.provider_id else None,
        "category": first.category,
        "levels": first.levels,
        "level_source": first.level_source,
        "modes": [first.mode] if first.mode else [],
        "duration_minutes": first.duration_minutes,
        "lowest_price_idr": lowest.price_idr if lowest else None,
        "lowest_offer": lowest.id if lowest else None,
        "offers": offers,
        "first_seen": NIGHT,
        "changed": NIGHT,
    }
    return Course(**(values | over))


def make_catalog(count: int, seed: int = 1) -> list[Course]:
    """An invented catalog: the same seed gives the same courses; a quarter stand on several platforms."""
    dice = random.Random(seed)
    courses = []
    for number in range(count):
        ending = dice.choice(_FOR)
        title = f"{dice.choice(_DOING)} {dice.choice(_THINGS)}{ending} {number}"
        levels = {
            " untuk Pemula": ["beginner"],
            " Tingkat Menengah": ["intermediate"],
            " Lanjutan": ["advanced"],
        }
        provider = dice.randrange(max(3, count // 8))
        shops = dice.sample(PLATFORMS, dice.choice((1, 1, 1, dice.randrange(2, 6))))
        offers = [
            make_offer(
                platform=shop,
                native_id=str(number),
                title=title,
                provider_id=f"lembaga-{provider}",
                provider_name=f"Lembaga Contoh {provider}",
                price_idr=dice.choice((None, *range(24_000, 1_000_001, 1_000))),
                levels=levels.get(ending, []),
                level_source="title" if ending in levels else None,
                mode=dice.choice(("self_paced", "live_online", "onsite", None)),
                duration_minutes=dice.choice((None, 240, 360, 540, 900)),
                category=dice.choice(_CATEGORIES),
                eligible=dice.choice(("yes", "yes", "yes", "unknown", "no")),
            )
            for shop in shops
        ]
        offers.sort(key=lambda o: (o.price_idr is None, o.price_idr or 0, o.id))
        courses.append(make_course(offers, id=f"c{number}", slug=f"contoh-{number}", title=title))
    return courses
