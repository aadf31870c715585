"""Options of the search page with their counts over all active courses, counted by the search room's own rules."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from babel.dates import format_date
from banding_context import Site
from banding_format import LEVEL_SLUGS, LEVEL_WORDS, MODE_SLUGS, MODE_WORDS, slug

from catalog.records import Course
from search_index.counts import ALWAYS, last_days
from search_index.facets import ANYTIME, GROUPS, UNSTATED, Row, city_names, day_number, read_row
from search_index.filters import Counts, Query

NONE_WORDS = "Tidak disebutkan"
ELIGIBLE = (("ya", "Bisa dengan Kartu Prakerja"), ("periksa", "Periksa syarat"), ("tidak", "Tidak bisa"))
DURATIONS = (
    ("kurang-5", "Kurang dari 5 jam"),
    ("5-10", "5 sampai 10 jam"),
    ("10-20", "10 sampai 20 jam"),
    ("lebih-20", "Lebih dari 20 jam"),
)
OPEN = "Masih bisa dibeli"
RATINGS = (("4.5", "4,5 ke atas"), ("4", "4 ke atas"), ("3", "3 ke atas"))

MOST_OPTIONS = 300

Option = tuple[str, str, int]
_ALL = Query()


def facet_values(course: Course) -> list[tuple[str, str, str]]:
    """(filter, value, label) of every option that an active course counts for; labels only of cities and providers.

    The value of `buyable` is the last day on which it can be bought (see `_last_day`): nights go by, values stay.
    """
    counts = Counts()
    row = read_row(course)
    counts.add(_ALL, row)
    counts.by_group["buyable"] = Counter(_last_day(row))
    labels: dict[tuple[str, str], str] = {("kota", value): name for value, name in city_names(course).items()}
    if course.provider:
        labels["lembaga", course.provider.id] = course.provider.name
    return [
        (group, value, labels.get((group, value), "")) for group, values in counts.by_group.items() for value in values
    ]


def _last_day(row: Row) -> list[str]:
    """Until when a course can be bought with the card, as YYYYMMDD; "" where no date ends it, [] where it can't be."""
    day = last_days(row).get("")
    return [] if day is None else ["" if day == ALWAYS else str(day)]


class Facets:
    """Sums up the courses' values; `options()` gives (value, label, count) per filter."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
        self._labels: dict[str, dict[str, str]] = {"kota": {}, "lembaga": {}}

    def add(self, values: Iterable[tuple[str, str, str]]) -> None:
        """Counts one active course."""
        for group, value, label in values:
            self._counts[group][value] += 1
            if label:
                self._labels[group].setdefault(value, label)

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
            "mulai": [(value, _month(value)) for value in sorted(self._counts["mulai"], key=_month_order)],
        }
        found = {name: [(v, w, self._counts[name][v]) for v, w in rows] for name, rows in closed.items()}
        today = str(day_number(site.night))
        still = sum(n for day, n in self._counts["buyable"].items() if not day or day >= today)
        found["buyable"] = [("1", OPEN, still)]
        for name in ("kota", "lembaga"):
            labels = {UNSTATED: NONE_WORDS, **self._labels[name]}
            rows = [(value, labels.get(value, value), n) for value, n in self._counts[name].items()]
            rows.sort(key=lambda r: (r[0] == UNSTATED, -r[2], r[1].casefold(), r[0]))
            # The commonest; any other one has its own list page, which leads here with its value in the address.
            found[name] = rows if len(rows) <= MOST_OPTIONS else [*rows[: MOST_OPTIONS - 1], rows[-1]]
        return found


def _month_order(value: str) -> tuple[bool, bool, str]:
    return (value == UNSTATED, value != ANYTIME, value)


def _month(value: str) -> str:
    if value == UNSTATED:
        return NONE_WORDS
    if value == ANYTIME:
        return "Kapan saja (belajar mandiri)"
    return str(format_date(dt.date.fromisoformat(f"{value}-01"), "MMMM yyyy", locale="id"))
