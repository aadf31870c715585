"""The price history of a course: a step chart as SVG (attributes and classes only) and the same as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from banding_context import Site
from banding_format import date, money
from markupsafe import Markup

from catalog.history import History, Interval, Stats
from catalog.records import Course

WINDOW = 365
WIDTH, HEIGHT = 600, 180
LEFT, RIGHT, TOP, BOTTOM = 112, 8, 12, 28


@dataclass
class Prices:
    """All intervals by offer, and the figures of the last year by offer."""

    intervals: dict[str, list[Interval]]
    stats: dict[str, dict[int, Stats]]

    @classmethod
    def read(cls, site: Site) -> Prices:
        history = History(site.var)
        if not history.path.exists():
            return cls({}, {})
        moved = history.moved()
        return cls(moved, history.stats(site.night, [WINDOW], moved) if moved else {})

    def before(self) -> dict[str, int | None]:
        """offer -> the price before the present one, for offers whose price ever changed."""
        found = {}
        for offer, rows in self.intervals.items():
            last = rows[-1].price_idr
            found[offer] = next((r.price_idr for r in reversed(rows) if r.price_idr != last), None)
        return found

    def of(self, course: Course) -> list[tuple[str, str, list[Interval], Stats | None]]:
        """(offer, platform, intervals, figures) of the offers whose price changed, in the course's order."""
        return [
            (o.id, o.platform, self.intervals[o.id], self.stats.get(o.id, {}).get(WINDOW))
            for o in course.offers
            if o.id in self.intervals
        ]

    def key(self, offers: Sequence[str]) -> str:
        """What a page's key needs of the history of these `moved` offers: changes only when the shown values do."""
        shown = [(self.intervals[offer], _figures(self.stats.get(offer, {}).get(WINDOW))) for offer in offers]
        return repr(shown) if shown else ""


def history_html(course: Course, prices: Prices, site: Site) -> Markup | None:
    """The section's content for the offers with a changed price; None when there is nothing to tell."""
    parts = [_one(platform, rows, stats, site) for _, platform, rows, stats in prices.of(course)]
    return Markup("").join(parts) if parts else None


def _one(platform: str, rows: Sequence[Interval], stats: Stats | None, site: Site) -> Markup:
    name = site.platform_name(platform)
    steps = _steps(rows)
    table = Markup("").join(
        Markup('<tr><td>{}</td><td>{}</td><td class="num">{}</td></tr>').format(
            date(start), date(end) if end else "sekarang", money(price, "tanpa harga")
        )
        for start, end, price in reversed(steps)
    )
    return Markup(
        "<h3>{name}</h3>{figures}{chart}"
        '<div class="scroll" role="region" aria-label="Tabel harga {name}" tabindex="0"><table>'
        '<thead><tr><th scope="col">Sejak</th><th scope="col">Sampai</th>'
        '<th scope="col" class="num">Harga</th></tr></thead>'
        "<tbody>{table}</tbody></table></div>"
    ).format(name=name, figures=_figures(stats), chart=_chart(name, steps), table=table)


def _figures(stats: Stats | None) -> Markup:
    """The year's figures in words. The number of nights is left out: it would change the page every night."""
    if stats is None:
        return Markup("")
    span = "Dalam setahun terakhir" if stats.nights >= WINDOW - 5 else "Selama kami mencatat"
    return Markup("<p>{}: terendah <b>{}</b>, nilai tengah <b>{}</b>, tertinggi <b>{}</b>.</p>").format(
        span, money(stats.lowest), money(stats.median), money(stats.highest)
    )


def _steps(rows: Sequence[Interval]) -> list[tuple[dt.date, dt.date | None, int | None]]:
    """Intervals with neighbours of equal price joined."""
    steps: list[tuple[dt.date, dt.date | None, int | None]] = []
    for row in rows:
        if steps and steps[-1][2] == row.price_idr:
            steps[-1] = (steps[-1][0], row.to, row.price_idr)
        else:
            steps.append((row.from_, row.to, row.price_idr))
    return steps


def _chart(name: str, steps: Sequence[tuple[dt.date, dt.date | None, int | None]]) -> Markup:
    """Its right end is the last change (plus a tenth), not the night: a quiet night keeps the picture."""
    known = [price for _, _, price in steps if price is not None]
    if not known:
        return Markup("")
    first, last = steps[0][0], steps[-1][1] or steps[-1][0]
    days = max(1, (last - first).days)
    end = days * 1.1 + 1 if steps[-1][1] is None else days
    low, high = min(known), max(known)
    span = max(1, high - low)

    def x(day: dt.date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / end, 1)

    def y(price: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - price) / span, 1)

    path = []
    pen = False
    for start, stop, price in steps:
        if price is None:
            pen = False
            continue
        right = x(stop) if stop else WIDTH - RIGHT
        path.append(f"{'V' + str(y(price)) if pen else f'M{x(start)} {y(price)}'}H{right}")
        pen = True
    words = f"Harga di {name}: " + "; ".join(f"sejak {date(s)} {money(p, 'tanpa harga')}" for s, _, p in steps)
    lines = Markup("").join(
        Markup('<path class="g" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT, y(p), WIDTH - RIGHT, LEFT - 6, y(p) + 4, money(p)
        )
        for p in sorted({low, high})
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{words}">{lines}<path class="l" d="{path}"/>'
        '<text x="{left}" y="{bottom}">{start}</text></svg>'
    ).format(
        w=WIDTH, h=HEIGHT, words=words, lines=lines, path="".join(path), left=LEFT, bottom=HEIGHT - 8, start=date(first)
    )
