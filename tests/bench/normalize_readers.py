"""How long does a reader take for one string, in the middle? With dateparser and a bare `fold` in the same run.

Strings are our own, in the shapes that platforms show; every reader is warmed up once and then sees strings that it has
not cached (each carries its own number).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from catalog.normalize.category import category_of_title
from catalog.normalize.clean import fold
from catalog.normalize.duration import read_duration
from catalog.normalize.level import title_levels
from catalog.normalize.mode import read_mode
from catalog.normalize.place import read_place
from catalog.normalize.price import read_price
from catalog.normalize.provider import read_provider
from catalog.normalize.schedule import read_schedule
from catalog.normalize.title import clean_title

BUDGET_US = 50
ROUNDS = 600

TITLES = [
    "Belajar Membuat Roti Manis {n} untuk Pemula",
    "Menguasai Desain Kemasan {n} dengan CorelDRAW",
    "Bahasa Inggris {n} Tingkat Menengah (Webinar)",
]
SAMPLES: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "price": (
        read_price,
        ["Rp{n}.000", "Rp {n} ribu hingga Rp 1,8 juta per paket", "Rp. {n}.500,- (1100 poin)", "Gratis {n}"],
    ),
    "duration": (read_duration, ["{n} menit", "3 x {n} menit", "tiga hingga {n} jam", "minimal {n} jam materi video"]),
    "schedule": (
        read_schedule,
        ["{n} September 2021", "Senin - Jumat, 08.00 - 16.00 WIB {n}", "Sabtu, 12 Sep 2020 | sesi {n}"],
    ),
    "place": (
        read_place,
        ["Jl. Mawar No.{n}, RT.2/RW.3, Kec. Coblong, Kota Bandung, Jawa Barat 40132", "Kab. Bungo {n}", "Zoom {n}"],
    ),
    "level": (title_levels, TITLES),
    "mode": (lambda text: read_mode(text, "Online - Webinar"), TITLES),
    "category": (category_of_title, TITLES),
    "provider": (read_provider, ["LPK Karya Contoh {n}", "PT. Maju {n} Bersama", "ruang contoh {n}"]),
    "title": (clean_title, ["[PRAKERJA] Belajar Excel {n} - Rp 250.000", *TITLES]),
}


def microseconds(read: Callable[[str], object], shapes: list[str]) -> float:
    """Median time of one call over fresh strings."""
    read(shapes[0].format(n=7))
    times = []
    for number in range(ROUNDS):
        text = shapes[number % len(shapes)].format(n=100 + number)
        start = time.perf_counter_ns()
        read(text)
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1000


def main() -> int:
    """Prints a table; 1 when a reader is over its budget."""
    import dateparser

    bare = microseconds(fold, TITLES)
    dates = microseconds(lambda t: dateparser.parse(t, languages=["id"]), ["{n} September 2021"][:1])
    print(
        f"{'reader':10} {'median us':>9}   budget {BUDGET_US} us; a bare fold {bare:.1f} us, dateparser {dates:.0f} us"
    )
    over = 0
    for name, (read, shapes) in SAMPLES.items():
        median = microseconds(read, shapes)
        over += median > BUDGET_US
        print(f"{name:10} {median:9.1f}   {median / bare:5.1f} x fold{'   OVER BUDGET' if median > BUDGET_US else ''}")
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
