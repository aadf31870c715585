"""The invented catalog behind the replicas: N courses, who sells them where at what price, and the truth about each.

Everything follows from (courses, seed, night): the same three give the same bytes. Nothing here is a real course.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from spiders.sandbox import words

PLATFORMS = (
    "tokopedia",
    "skillacademy",
    "maubelajarapa",
    "bukalapak",
    "pintaria",
    "sekolahmu",
    "pijarmahir",
    "sisnaker",
)
_WEIGHTS = (20, 16, 7, 14, 12, 12, 13, 8)
LEVEL_WORDS = {
    "beginner": ("Basic / Tingkat Dasar", "Basic / Tingkat dasar", "Dasar", "Pemula", "Tingkat Dasar"),
    "intermediate": ("Intermediate / Tingkat Menengah", "Menengah", "Tingkat menengah"),
    "advanced": ("Advanced / Tingkat Lanjutan", "Lanjutan", "Mahir"),
}
TITLE_LEVELS = {
    "beginner": (" untuk Pemula", " Tingkat Dasar", " bagi Pemula"),
    "intermediate": (" Tingkat Menengah",),
    "advanced": (" Tingkat Lanjutan", " Lanjutan"),
}
METHODS = {
    "self_paced": "Pembelajaran mandiri: video, bacaan, dan tugas praktik yang dikerjakan sendiri",
    "live_online": "Webinar: tatap maya langsung dengan peragaan dan tugas",
    "onsite": "Tatap muka: praktik langsung di tempat pelatihan",
    "blended": "Bauran: belajar mandiri dan pertemuan tatap muka",
}
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass
class Sale:
    """One course on one platform."""

    platform: str
    native_id: str
    title: str
    provider: str
    price: int | None
    list_price: int | None
    eligible: str
    slug: str
    rating: float
    raters: int
    sold: int
    image: str


@dataclass
class Training:
    """One distinct course and what is true of it."""

    number: int
    title: str
    category: str
    provider: int
    levels: list[str]
    level_in: str
    mode: str
    minutes: int
    sessions: list[dt.date]
    clock: str
    place: str | None
    seats: int | None
    certificate: str
    competency: str | None
    person: str
    sales: list[Sale] = field(default_factory=list)


@dataclass
class Catalog:
    courses: list[Training]
    providers: list[str]
    seed: int
    night: dt.date

    def on(self, platform: str) -> list[tuple[Training, Sale]]:
        """What one platform sells, in its own order."""
        rows = [(c, s) for c in self.courses for s in c.sales if s.platform == platform]
        _dice(f"{self.seed}:{platform}:order").shuffle(rows)
        return rows


def _dice(text: str) -> random.Random:
    return random.Random(text)  # noqa: S311  an invented catalog keeps no secret


def make(courses: int, seed: int, night: dt.date) -> Catalog:
    """The catalog of `courses` distinct trainings."""
    dice = _dice(f"{seed}:{courses}:{night.isoformat()}")
    names = dice.sample(words.PROVIDERS, min(240, max(3, courses // 4)))
    legal = [dice.choice(words.LEGAL) for _ in names]
    providers = [f"{form} {name}".strip() for form, name in zip(legal, names, strict=True)]
    catalog = Catalog([], providers, seed, night)
    taken: set[str] = set()
    while len(catalog.courses) < courses:
        training = _training(dice, catalog, taken, None)
        catalog.courses.append(training)
        if dice.random() < 0.03 and len(catalog.courses) < courses:
            catalog.courses.append(_twin(dice, catalog, taken, training))
    for training in catalog.courses:
        _sell(dice, catalog, training)
    return catalog


def _training(dice: random.Random, catalog: Catalog, taken: set[str], title: str | None) -> Training:
    category = dice.choices(list(words.SUBJECTS), (16, 15, 12, 8, 8, 8, 8, 8, 5, 5, 4, 3))[0]
    level = dice.choices(("beginner", "intermediate", "advanced", "all", "none"), (58, 18, 10, 4, 10))[0]
    levels = {"all": ["beginner", "intermediate", "advanced"], "none": []}.get(level, [level])
    level_in = dice.choices(("outline", "title", "both"), (60, 28, 12))[0] if levels else "none"
    while title is None or title in taken:
        title = _title(dice, category)
        if level_in in ("title", "both"):
            title += " dari Dasar hingga Mahir" if level == "all" else dice.choice(TITLE_LEVELS[level])
    taken.add(title)
    mode = dice.choices(("self_paced", "live_online", "onsite", "blended"), (56, 28, 12, 4))[0]
    minutes = dice.choice((365, 360, 480, 540, 600, 645, 720, 900, 1200, 1800))
    return Training(
        number=len(catalog.courses) + 1,
        title=title,
        category=category,
        provider=min(int(dice.paretovariate(0.9)) - 1, len(catalog.providers) - 1)
        if dice.random() < 0.5
        else dice.randrange(len(catalog.providers)),
        levels=levels,
        level_in=level_in,
        mode=mode,
        minutes=minutes,
        sessions=_dates(dice, catalog.night, mode),
        clock=dice.choice(("09.00 - 12.00 WIB", "13.00 - 16.00 WIB", "19.00 - 21.00 WIB", "08.30 - 11.30 WITA")),
        place=dice.choice(words.PLACES) if mode in ("onsite", "blended") else None,
        seats=dice.choice((30, 50, 100, 500, None)),
        certificate=dice.choice(("Sertifikat Penyelesaian", "Sertifikat Penyelesaian, Sertifikat Kompetensi Lulus")),
        competency=dice.choice((None, None, f"KBJI 2014 kode {dice.randrange(2100, 7600)}.{dice.randrange(1, 20):02d}",
                                f"SKKNI Nomor {dice.randrange(20, 400)} Tahun {dice.randrange(2012, 2020)}")),
        person=dice.choice(words.PEOPLE),
    )  # fmt: skip


def _title(dice: random.Random, category: str) -> str:
    """A title in one of the shapes that real ones have, often with a name of its own; varied, since real ones are."""
    title = _shaped(dice, category)
    if dice.random() < 0.85:
        first, second = dice.choice(words.NAMES), dice.choice((*words.NAMES, *words.COLOURS))
        title += f" {dice.choice(words.OWN)} {first} {second}"
    return title


def _shaped(dice: random.Random, category: str) -> str:
    subject = words.SUBJECTS[category]
    verb, thing, other = dice.choice(words.VERBS), dice.choice(subject["things"]), dice.choice(subject["things"])
    tool, who, tail = dice.choice(subject["with"]), dice.choice(subject["who"]), dice.choice(words.TAILS)
    shape = dice.randrange(9)
    if shape == 0:
        return f"{verb} {thing} dengan {tool} bagi {who}"
    if shape == 1:
        return f"{verb} {thing} untuk Menjadi {who} {tail}"
    if shape == 2:
        return f"{thing} dan {other}: {verb} {tool} {tail}"
    if shape == 3:
        return f"{verb} {thing} {tail} untuk {who}"
    if shape == 4:
        return f"{who}: {verb} {thing} Memakai {tool} {tail}"
    if shape == 5:
        return f"{verb} {thing} serta {other} bagi {who}"
    if shape == 6:
        return f"Kelas {thing} {tail} bersama {tool} bagi {who}"
    if shape == 7:
        return f"{verb} {other} dan {thing} ({tool}) {tail}"
    return f"{dice.choice(words.VERBS)} dan {verb} {thing} Berbekal {tool} {tail}"


def _twin(dice: random.Random, catalog: Catalog, taken: set[str], first: Training) -> Training:
    """Another course of the same provider with nearly the same title: part 2 is not part 1."""
    base = first.title
    first.title = f"{base} Part 1"
    twin = _training(dice, catalog, taken, f"{base} Part 2")
    twin.category, twin.provider, twin.person = first.category, first.provider, first.person
    twin.levels, twin.level_in = list(first.levels), first.level_in
    return twin


def _dates(dice: random.Random, night: dt.date, mode: str) -> list[dt.date]:
    if mode == "self_paced":
        return []
    first = night + dt.timedelta(days=dice.randrange(-6, 45))
    return [first + dt.timedelta(days=7 * n) for n in range(dice.choice((1, 2, 3)))]


def _ceiling(night: dt.date) -> int:
    """The dearest price on offer: the training balance of that year."""
    return 1_000_000 if night.year <= 2022 else 3_500_000


def _price(dice: random.Random, ceiling: int) -> int:
    if dice.random() < 0.015:
        return 0
    step = 1_000 if dice.random() < 0.7 else 500
    middle = min(max(dice.lognormvariate(12.4, 0.65), 24_000), ceiling)
    return int(middle // step * step)


def _sell(dice: random.Random, catalog: Catalog, training: Training) -> None:
    count = dice.choice((2, 2, 2, 3, 3, 4, 5)) if dice.random() < 0.25 else 1
    chosen: list[str] = []
    while len(chosen) < count:
        platform = dice.choices(PLATFORMS, _WEIGHTS)[0]
        if platform not in chosen:
            chosen.append(platform)
    usual = _price(dice, _ceiling(catalog.night))
    for platform in sorted(chosen, key=PLATFORMS.index):
        training.sales.append(_sale(dice, catalog, training, platform, usual, alone=count == 1))
    if dice.random() < 0.08:
        training.sales.append(_sale(dice, catalog, training, "skillsweek", usual, alone=False))


def _sale(dice: random.Random, catalog: Catalog, training: Training, platform: str, usual: int, *, alone: bool) -> Sale:
    price: int | None = usual
    if not alone and usual:
        price = min(max(24_000, int(usual * dice.uniform(0.75, 1.15)) // 500 * 500), _ceiling(catalog.night))
    if dice.random() < 0.008:
        price = None
    struck = int(price * dice.choice((1.2, 1.25, 1.5, 2))) if price and dice.random() < 0.3 else None
    eligible = "yes"
    if platform != "skillsweek":
        eligible = dice.choices(("yes", "no"), (95, 5))[0]
    slug = slug_of(training.title)[:70].rstrip("-")
    raters = dice.choice((0, 0, dice.randrange(1, 900)))
    return Sale(
        platform=platform,
        native_id=_native_id(dice, catalog, training, platform, slug),
        title=_spelled(dice, training.title, training.mode),
        provider=_provider(dice, catalog.providers[training.provider]),
        price=price,
        list_price=struck,
        eligible="unknown" if platform == "skillsweek" else eligible,
        slug=slug,
        rating=round(dice.uniform(3.6, 5.0), 1) if raters else 0,
        raters=raters,
        sold=dice.randrange(0, 4000),
        image=f"https://gambar.contoh.invalid/{training.number}.jpg",
    )


def slug_of(title: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in title.casefold())
    return "-".join(part for part in kept.split("-") if part)


def _native_id(dice: random.Random, catalog: Catalog, training: Training, platform: str, slug: str) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    if platform == "tokopedia":
        return str(2_000_000_000 + training.number * 37 + dice.randrange(37))
    if platform == "skillacademy":
        return "PROG-" + _base(training.number, letters, 8)
    if platform == "bukalapak":
        return _base(training.number * 41, letters.lower(), 6)
    if platform == "skillsweek":
        return f"ISW-P{training.number:04d}"
    if platform == "sisnaker":
        return f"{slug}-{uuid.UUID(int=_dice(f'{catalog.seed}:{training.number}').getrandbits(128), version=4)}"
    return f"{slug}-{training.number}"


def _base(number: int, letters: str, length: int) -> str:
    out = ""
    for _ in range(length):
        number, rest = divmod(number, len(letters))
        out = letters[rest] + out
    return out


def _spelled(dice: random.Random, title: str, mode: str) -> str:
    """The same title as another platform would write it: case, spaces, a suffix; never other words of the subject."""
    kind = dice.random()
    if kind < 0.62:
        return title
    if kind < 0.72:
        return title.upper()
    if kind < 0.78:
        return title.lower()
    if kind < 0.84:
        return title.replace(" dan ", " & ")
    if kind < 0.89:
        return f"  {title.replace(' ', '  ', 2)} "
    if kind < 0.94 and mode == "live_online":
        return f"{title} (Webinar)"
    if kind < 0.97:
        return f"{title} - Kartu Prakerja"
    return f"[PROMO] {title}"


def _provider(dice: random.Random, name: str) -> str:
    kind = dice.random()
    if kind < 0.7:
        return name
    if kind < 0.8:
        return name.upper()
    if kind < 0.88:
        return f"{name} ."
    if kind < 0.93:
        return f"{name} -"
    return name.replace("LPK ", "LPK. ").replace("PT ", "PT. ")


# ---- what descriptions say -----------------------------------------------------------------------------------------


def day(date: dt.date) -> str:
    return f"{DAYS[date.weekday()]}, {date.day} {MONTHS[date.month - 1]} {date.year}"


def outline(training: Training, sale: Sale, style: int = 0) -> str:
    """The description under the programme's fixed headings, marked up in one of the ways that platforms do."""
    hours, rest = divmod(training.minutes, 60)
    parts: list[tuple[str, str]] = [
        ("Deskripsi Pelatihan", _about(training, sale)),
        ("Tujuan Umum", f"Setelah pelatihan, peserta mampu mempraktikkan {training.title.lower()}."),
        ("Tujuan Khusus", "1. Mengenali bahan dan alat yang dipakai<br>2. Mengerjakan tugas dari awal sampai selesai"),
        ("Aspek Kompetensi: Pengetahuan", f"1. Pengetahuan: istilah pokok bidang {training.category}"),
        ("Aspek Kompetensi: Keterampilan", "1. Keterampilan: mengerjakan satu hasil nyata"),
        ("Aspek Kompetensi: Sikap", "1. Sikap: teliti dan tepat waktu"),
        ("Kelompok Sasaran", "1. Usia 18 - 64 tahun<br>2. Pendidikan minimal SMA sederajat"),
        ("Total Durasi", f"{training.minutes} menit" if rest or training.number % 2 else f"{hours} Jam"),
        ("Kapasitas Peserta", f"{training.seats} Peserta" if training.seats else "Unlimited"),
    ]
    if training.level_in in ("outline", "both"):
        parts.append(("Level Pelatihan", _level_text(training)))
    parts.append(("Metode Pembelajaran", METHODS[training.mode]))
    if training.sessions:
        dates = "<br>".join(f"{day(d)}, {training.clock}" for d in training.sessions)
        parts.append(("Jadwal Webinar" if training.mode == "live_online" else "Jadwal Pelatihan", dates))
    parts += [
        ("Metode Evaluasi", "1. Pre Test<br>2. Post Test<br>3. Tugas Praktik"),
        ("Jenis/Klasifikasi Sertifikat", training.certificate),
        ("Profil Pengajar", f"Nama : {training.person}<br>{training.person} berpengalaman lebih dari lima tahun."),
        ("Panduan Redeem Voucher", "1. Salin kode voucher<br>2. Buka situs lembaga<br>3. Tukarkan kode"),
        (
            "Kontak Lembaga",
            f"Email: halo{training.number}@contoh.invalid<br>WA: 0812-{training.number % 9000 + 1000}-7788",
        ),
    ]
    return _marked_up(parts, style)


def _about(training: Training, sale: Sale) -> str:
    text = f"Pelatihan ini membahas {training.title.lower()} secara runtut, bersama instruktur {training.person}."
    if training.competency:
        text += f" Pelatihan merujuk pada {training.competency}."
    if sale.eligible == "no":
        text += " Kelas ini tidak dapat dibeli dengan Kartu Prakerja."
    elif sale.eligible == "yes":
        text += " Pelatihan ini dapat dibeli peserta Kartu Prakerja."
    return text


def _level_text(training: Training) -> str:
    if len(training.levels) == 3:
        return "Dasar hingga Mahir"
    options = LEVEL_WORDS[training.levels[0]]
    return options[training.number % len(options)]


def _marked_up(parts: list[tuple[str, str]], style: int) -> str:
    if style == 1:
        return "".join(f"<p><span><b>{h}<br></b></span></p><p>{t}</p>" for h, t in parts)
    if style == 2:
        return "<br><br>".join(f"<b>{h.replace(' ', '&nbsp;', 1)}</b>: {t}" for h, t in parts)
    if style == 3:
        return "".join(f"<h3>{h}</h3><div>{t}</div>" for h, t in parts)
    return "".join(f"<p><b>{h}</b></p><p>{t}</p>" for h, t in parts)


# ---- truth ---------------------------------------------------------------------------------------------------------


def _shown_in_directory(training: Training) -> dict[str, Any]:
    """The directory shows no description: what stands only there can't be read from it."""
    in_title = training.level_in in ("title", "both")
    return {
        "list_price_idr": None,
        "levels": training.levels if in_title else [],
        "level_in": "title" if in_title else "none",
        "mode": "self_paced" if training.mode in ("self_paced", "blended") else "live_online",
        "duration_minutes": None,
        "sessions": [],
    }


def truth(catalog: Catalog) -> dict[str, Any]:
    """What is right: for every listing (`platform:native_id`) the values a reader should find, and the course it is."""
    listings: dict[str, Any] = {}
    courses: dict[str, list[str]] = {}
    for training in catalog.courses:
        name = f"t{training.number}"
        courses[name] = []
        for sale in training.sales:
            key = f"{sale.platform}:{sale.native_id}"
            courses[name].append(key)
            listings[key] = {
                "course": name,
                "title": training.title,
                "provider": catalog.providers[training.provider],
                "category": training.category,
                "price_idr": sale.price,
                "list_price_idr": sale.list_price,
                "levels": [] if training.level_in == "none" else training.levels,
                "level_in": training.level_in,
                "mode": training.mode,
                "duration_minutes": training.minutes,
                "sessions": [d.isoformat() for d in training.sessions],
                "eligible": sale.eligible,
                "instructor": training.person,
            }
            if sale.platform == "skillsweek":
                listings[key] |= _shown_in_directory(training)
    return {"seed": catalog.seed, "night": catalog.night.isoformat(), "courses": courses, "listings": listings}
