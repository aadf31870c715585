"""Both engines on one invented catalog: Whoosh in Python, the browser's modules under Node."""

# ruff: noqa: SIM905

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.records import Course, Provider, Session
from search_index.build import build_index
from search_index.export import export_index
from search_index.facets import day_number, slugify
from search_index.filters import Query
from search_index.query import Index, SearchResult
from tests.factories import NIGHT, PLATFORMS, make_course, make_offer

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "site/theme/static/js/search"
EVERYTHING = 1_000_000
TODAY = {"today": day_number(NIGHT)}
CATEGORIES = (
    "Teknologi Informasi", "Makanan dan Minuman", "Bahasa Asing", "Keuangan", "Gaya hidup", "Teknik",
    "Perkantoran", "Manajemen", "Pertanian", "Penjualan dan Pemasaran", "Sosial dan Perilaku", None,
)  # fmt: skip
CITIES = ("Kota Bandung", "Kab. Sleman", "Kota Surabaya", "Kota Adm. Jakarta Selatan")
_VERBS = ("Belajar Membuat Merancang Mengelola Menguasai Menyusun Merawat Memasarkan Meracik Menjahit Memasak").split()
_TOPICS = (
    "Roti Manis,Laporan Keuangan,Desain Kemasan,Aplikasi Web,Konten Media Sosial,Kopi Susu,Kebaya Modern,Motor Matik,"
    "Bahasa Inggris,Sayur Hidroponik,Surat Lamaran,Video Pendek,Toko Daring,Rias Wajah,Basis Data,Instalasi Listrik,"
    "UI/UX dengan Figma,C++ untuk Gim,Analisis Data Excel,Budidaya Lele,Public Speaking,Fotografi Produk,K3 Umum"
).split(",")
_ENDS = ("", " untuk Pemula", " Tingkat Menengah", " Lanjutan", " bagi Pelaku Usaha", " bagi Karyawan", " dari Rumah")
_TEXT = (
    "peserta mampu memahami dasar bekerja dengan alat pelanggan bahan resep warna gambar surat angka harga laporan "
    "keamanan kebersihan memasak penjualan pemasaran desain komputer internet bahasa percakapan praktik teori kelas"
).split()


def make_catalog(count: int, seed: int = 7) -> list[Course]:
    """Courses with every kind of gap and several offers, by seed."""
    dice = random.Random(seed)
    return [_course(dice, number) for number in range(count)]


def _sessions(dice: random.Random) -> list[Session]:
    """Dated runs, some of which can no longer be bought on NIGHT; some without a rule, some without a day."""
    if dice.random() > 0.4:
        return []
    starts = (NIGHT + dt.timedelta(days=dice.randrange(-20, 60)) for _ in range(dice.choice((1, 1, 2, 3))))
    runs = [(start, dice.choice((None, start - dt.timedelta(days=dice.choice((1, 3)))))) for start in starts]
    undated = [Session(raw="segera")] if dice.random() < 0.2 else []
    return [*(Session(start=start, buy_by=last, raw="x") for start, last in runs), *undated]


def _course(dice: random.Random, number: int) -> Course:
    title = f"{dice.choice(_VERBS)} {dice.choice(_TOPICS)}{dice.choice(_ENDS)}"
    mode = dice.choice(("self_paced", "live_online", "onsite", "blended", None))
    shops = dice.sample(PLATFORMS, dice.choice((1, 1, 1, 2, 3, 5)))
    offers = [
        make_offer(
            platform=shop,
            native_id=str(number),
            title=title,
            price_idr=dice.choice((None, 0, *range(25_000, 1_000_001, 25_000))),
            eligible=dice.choice(("yes", "yes", "unknown", "no")),
            status=dice.choice(("active", "active", "active", "gone")) if place else "active",
            sessions=_sessions(dice),
            mode=mode,
            regency=dice.choice((None, None, *CITIES)),
        )
        for place, shop in enumerate(shops)
    ]
    provider = dice.randrange(12)
    return make_course(
        offers,
        id=(name := f"c{dice.getrandbits(48):012x}"),
        slug=dice.choice(
            (f"kursus-{number}", f"{slugify(title)[:60]}-{name[1:7]}", f"belajar-membuat-{number}-{name[1:7]}")
        ),
        title=title,
        status=dice.choice(("active",) * 9 + ("gone",)),
        provider=Provider(id=f"lembaga-{provider}", name=f"Lembaga Pelatihan {provider}") if provider else None,
        category=dice.choice(CATEGORIES),
        levels=dice.choice(([], ["beginner"], ["intermediate"], ["advanced"], ["beginner", "intermediate"])),
        level_source=dice.choice(("title", "outline", "stated", None)),
        modes=[mode] if mode else [],
        duration_minutes=dice.choice((None, 120, 299, 300, 600, 1200, 1201)),
        regencies=[],
        certificate=dice.choice((None, "Sertifikat penyelesaian")),
        rating=dice.choice((None, 2.9, 3.0, 4.2, 4.5, 4.9)),
        rating_count=dice.choice((None, 1, 12, 300)),
        skills=dice.sample(_TEXT, dice.randrange(4)),
        text=" ".join(dice.choices(_TEXT, k=dice.randrange(30))),
        first_seen=dice.choice((NIGHT, NIGHT.replace(day=1), None)),
    )


@dataclass
class Both:
    """An index folder and a static index of the same courses."""

    courses: list[Course]
    folder: Path
    boot: Path

    def whoosh(self, states: Sequence[dict[str, Any]]) -> list[SearchResult]:
        with Index(self.folder) as opened:
            return [opened.search(query_of(state)) for state in states]

    def browser(self, states: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        lines = "".join(json.dumps(TODAY | state) + "\n" for state in states)
        command = ["node", str(Path(__file__).with_name("engine.mjs")), str(ENGINE), str(self.boot)]
        run = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=300)
        assert run.returncode == 0, run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]


def query_of(state: dict[str, Any], limit: int = EVERYTHING) -> Query:
    """The state of an address as a query that gives all results."""
    plain = {key: tuple(v) if isinstance(v, list) else v for key, v in (TODAY | state).items()}
    return Query(**plain, limit=limit)


def build_both(courses: list[Course], folder: Path, form: Any = None, previous: Path | None = None) -> Both:
    build_index(courses, folder / "index")
    manifest = export_index(courses, folder / "static", build="uji", form=form, previous=previous)
    return Both(courses, folder / "index", folder / "static" / manifest.boot)


QUERIES = (
    "desain kemasan", "memasak", "bahasa inggris", "english", "ngoding", "c++", "ui/ux", "k3", "bahsa inggris",
    "jualan online", "fotog", "kebaya", "pelanggan", "keamanan bersih", "laporan keuangan pemula", "medsos",
    "lembaga 3",
    "excel", "zzzzzz", "roti zzzzzz", "instalasi", "penginstalan", "budi daya lele", "akuntansi", "", "untuk",
    "surat", "gambar", "pelangan", "kebersiham roti", "percakpan", "parktik",
)  # fmt: skip


def random_state(dice: random.Random) -> dict[str, Any]:
    """A state with some words, filters and a sort."""
    state: dict[str, Any] = {"q": dice.choice(QUERIES), "urut": dice.choice(SORTS)}
    for group, values in OPTIONS.items():
        if dice.random() < 0.22:
            state[group] = dice.sample(values, min(len(values), dice.choice((1, 1, 2))))
    if dice.random() < 0.35:
        state["harga_maks"] = dice.choice((0, 100_000, 300_000, 700_000))
    if dice.random() < 0.15:
        state["harga_min"] = dice.choice((0, 50_000, 250_000))
    state["today"] = day_number(NIGHT + dt.timedelta(days=dice.choice((0, 0, 20, 400))))
    return state


SORTS = ("relevan", "harga", "-harga", "per_jam", "rating", "terbaru")
NONE = "tidak-disebutkan"
OPTIONS: dict[str, tuple[str, ...]] = {
    "tingkat": ("pemula", "menengah", "mahir", NONE),
    "platform": PLATFORMS,
    "kategori": ("teknologi-informasi", "gaya-hidup", "makanan-dan-minuman", NONE),
    "cara": ("belajar-mandiri", "webinar", "tatap-muka", "campuran", NONE),
    "kota": ("kota-bandung", "kab-sleman", NONE),
    "lembaga": ("lembaga-1", "lembaga-5", NONE),
    "durasi": ("kurang-5", "5-10", "10-20", "lebih-20", NONE),
    "mulai": ("2020-07", "2020-09", "kapan-saja", NONE),
    "sertifikat": ("ya", NONE),
    "rating": ("3", "4", "4.5", NONE),
    "prakerja": ("ya", "periksa", "tidak"),
    "buyable": ("1",),
}
