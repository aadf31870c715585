"""Options of the search page with their counts over all active courses, counted by the search room's own rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from babel.dates import format_date

from banding_context import Site
from banding_format import LEVEL_SLUGS, LEVEL_WORDS, MODE_SLUGS, MODE_WORDS, slug
from catalog.records import Course
from search_index.facets import ANYTIME, GROUPS, UNSTATED, city_names, read_row
from search_index.filters import Counts, Query

NONE_WORDS = "Tidak disebutkan"
ELIGIBLE = (("ya", "Bisa dengan Kartu Prakerja"), ("periksa", "Periksa syarat"), ("tidak", "Tidak bisa"))
DURATIONS = (
    ("kurang-5", "Kurang dari 5 jam"),
    ("5-10", "5 sampai 10 jam"),
    ("10-20", "10 sampai 20 jam"),
    ("lebih-20", "Lebih dari 20 jam"),
)
RATINGS = (("4.5", "4,5 ke atas"), ("4", "4 ke atas"), ("3", "3 ke atas"))

Option = tuple[str, str, int]


class Facets:
    """Counts courses one at a time; `options()` gives (value, label, count) per filter."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._all = Query()
        self._labels: dict[str, dict[str, str]] = {"kota": {}, "lembaga": {}}

    @property
    def total(self) -> int:
        return self._counts.total

    def add(self, course: Course) -> None:
        """Counts one active course."""
        self._counts.add(self._all, read_row(course))
        self._labels["kota"].update(city_names(course))
        if course.provider:
            self._labels["lembaga"].setdefault(course.provider.id, course.provider.name)

    def options(self, site: Site, categories: Iterable[str]) -> dict[str, list[Option]]:
        """Every filter's options in a fixed order; those of a closed vocabulary also when nobody has them."""
        none = (UNSTATED, NONE_WORDS)
        closed: dict[str, Sequence[tuple[str, str]]] = {
            "prakerja": ELIGIBLE,
            "tingkat": [*((LEVEL_SLUGS[k], w) for k, w in LEVEL_WORDS.items()), none],
            "cara": [*((MODE_SLUGS[k], w) for k, w in MODE_WORDS.items()), none],
            "kategori": [*((slug(c), c) for c in categories), none],
            "platform": [(s.id, site.platform_name(s.id)) for s in site.sellers],
            "durasi": [*DURATIONS, none],
            "rating": [*RATINGS, none],
            "sertifikat": [("ya", "Ada sertifikat"), none],
            "mulai": [(value, _month(value)) for value in sorted(self._counts.by_group["mulai"], key=_month_order)],
        }
        found = {name: [(v, w, self._counts.by_group[name][v]) for v, w in rows] for name, rows in closed.items()}
        for name in ("kota", "lembaga"):
            counts = self._counts.by_group[name]
            labels = {UNSTATED: NONE_WORDS, **self._labels[name]}
            rows = [(value, labels.get(value, value), n) for value, n in counts.items()]
            found[name] = sorted(rows, key=lambda r: (r[0] == UNSTATED, -r[2], r[1].casefold(), r[0]))
        assert set(found) == set(GROUPS)
        return found


def _month_order(value: str) -> tuple[bool, bool, str]:
    return (value == UNSTATED, value != ANYTIME, value)


def _month(value: str) -> str:
    if value == UNSTATED:
        return NONE_WORDS
    if value == ANYTIME:
        return "Kapan saja (belajar mandiri)"
    return str(format_date(dt.date.fromisoformat(f"{value}-01"), "MMMM yyyy", locale="id"))
