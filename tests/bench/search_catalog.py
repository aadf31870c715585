# ruff: noqa: SIM905
"""The catalog that search benchmarks share: N invented courses by seed, with titles as varied as real ones and

descriptions of about 140 words. Courses are made when asked for, so that 100,000 need no 100,000 objects."""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import overload

from catalog.records import Course, Provider
from search_index.facets import slugify
from search_index.tables import roots
from tests.factories import PLATFORMS, make_course, make_offer

_SYLLABLES = [c + v + e for c in "bcdgjklmnprst" for v in "aeiou" for e in ("", "", "n", "r", "ng", "s", "k")]
_FORMS = ("{}", "{}", "{}", "{}an", "me{}", "di{}", "pe{}an", "{}kan", "ber{}")
_STARTS = (
    "Belajar,Membuat,Dasar,Menguasai,Pelatihan,Cara,Teknik,Menjadi,Strategi,Kelas,Praktik,Mengelola,Sukses,Merancang,"
    "Panduan,Memulai Usaha,Kiat,Workshop,Mahir,Pengantar"
).split(",")
_ENDS = ("", "", " untuk Pemula", " Tingkat Menengah", " Lanjutan", " bagi {}", " untuk {}", " dengan {}", " dan {}")
_FIELDS = (
    "desain grafis,bahasa inggris,excel,digital marketing,barista,fotografi,menjahit,akuntansi,media sosial,data,web,"
    "kue,roti,las,komputer,administrasi,hidroponik,video,rias wajah,public speaking,pajak,python,motor,hotel"
).split(",")
CATEGORIES = (
    "Teknologi Informasi", "Makanan dan Minuman", "Bahasa Asing", "Keuangan", "Gaya hidup", "Teknik", "Perkantoran",
    "Manajemen", "Pertanian", "Penjualan dan Pemasaran", "Sosial dan Perilaku", "Lainnya",
)  # fmt: skip
_DAY = dt.date(2020, 7, 15)


class Vocabulary:
    """Words by Zipf's law: roots of the field with affixes first, then made-up ones."""

    def __init__(self, size: int) -> None:
        dice = random.Random(99)
        known = sorted(roots())
        dice.shuffle(known)
        made = ["".join(dice.choices(_SYLLABLES, k=dice.choice((2, 2, 3)))) for _ in range(size - len(known))]
        self.words = [*known, *made]
        self.sums = list(accumulate(1 / (rank + 12) for rank in range(len(self.words))))

    def word(self, dice: random.Random) -> str:
        word = self.words[bisect(self.sums, dice.random() * self.sums[-1])]
        return dice.choice(_FORMS).format(word)

    def rare(self, dice: random.Random) -> str:
        return dice.choice(self.words)


class Catalog(Sequence[Course]):
    """N courses; `changed` of them (a share) have another price than in the catalog without changes."""

    def __init__(self, count: int, seed: int = 1, changed: float = 0.0) -> None:
        self.count, self.seed, self.changed = count, seed, changed
        self.ids = random.Random("ids").sample(range(1 << 32), count)
        self.vocabulary = vocabulary(60_000 if count > 20_000 else 30_000 if count > 2_000 else 12_000)

    def __len__(self) -> int:
        return self.count

    @overload
    def __getitem__(self, place: int) -> Course: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Course]: ...
    def __getitem__(self, place: int | slice) -> Course | Sequence[Course]:
        if isinstance(place, slice):
            return [self[n] for n in range(self.count)[place]]
        if not 0 <= place < self.count:
            raise IndexError(place)
        return self._make(place)

    def __iter__(self) -> Iterator[Course]:
        return (self._make(place) for place in range(self.count))

    def title(self, dice: random.Random) -> str:
        words = self.vocabulary
        middle = [dice.choice(_FIELDS)] if dice.random() < 0.5 else []
        middle += [
            words.rare(dice) if dice.random() < 0.45 else words.word(dice) for _ in range(dice.choice((2, 3, 3, 4)))
        ]
        dice.shuffle(middle)
        end = dice.choice(_ENDS).format(words.rare(dice).title())
        return f"{dice.choice(_STARTS)} {' '.join(middle).title()}{end}"

    def _make(self, place: int) -> Course:
        dice = random.Random(f"{self.seed}/{place}")
        title = self.title(dice)
        provider = dice.randrange(240 if self.count <= 2_000 else 3_000)
        shops = dice.sample(PLATFORMS, dice.choices((1, 2, 3, 4, 5), (75, 12, 6, 4, 3))[0])
        base = dice.choice((*range(50, 1001, 25),)) * 1000
        body = " ".join(self.vocabulary.word(dice) for _ in range(round(dice.gauss(133, 30))))
        level = dice.choice(([], ["beginner"], ["beginner"], ["intermediate"], ["advanced"]))
        mode = dice.choice(("self_paced", "self_paced", "live_online", "onsite", None))
        city = f"Kota {self.vocabulary.words[provider % 90].title()}" if mode == "onsite" else None
        offers = [
            make_offer(
                platform=shop, native_id=str(place), title=title, price_idr=base + 5_000 * n,
                eligible=dice.choice(("yes", "yes", "yes", "unknown")), mode=mode, regency=city,
            )
            for n, shop in enumerate(shops)
        ]  # fmt: skip
        if self.changed and random.Random(f"change/{place}").random() < self.changed:
            offers[0] = offers[0].model_copy(update={"price_idr": base + 1_000})
        return make_course(
            offers,
            id=(course := f"c{self.ids[place]:08x}"),
            slug=f"{slugify(title)}-{course[1:7]}",
            title=title,
            provider=Provider(id=f"p{provider}", name=f"LPK {self.vocabulary.words[-1 - provider].title()}"),
            category=dice.choice(CATEGORIES),
            levels=level,
            level_source="outline" if level else None,
            modes=[mode] if mode else [],
            duration_minutes=dice.choice((240, 360, 480, 600, 900, 1440, None)),
            rating=dice.choice((None, 4.2, 4.5, 4.6, 4.7, 4.8, 4.9)),
            rating_count=dice.randrange(1, 900),
            text=f"{dice.choice(_FIELDS)} {body}",
            first_seen=_DAY - dt.timedelta(days=dice.randrange(60)),
        )


@lru_cache(maxsize=3)
def vocabulary(size: int) -> Vocabulary:
    """The words of catalogs of one size."""
    return Vocabulary(size)
