"""Trend plots as SVG: attributes only (the CSP forbids styles), a name for screen readers, the CSV's own points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 180
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 30


class Point(NamedTuple):
    """One night; `value` None: nobody counted, and the line has a gap there."""

    night: dt.date
    value: int | None


class Plot(NamedTuple):
    """What is drawn: the points, nights on which an alarm opened, and the words beside it."""

    name: str
    points: Sequence[Point]
    alarms: Sequence[tuple[dt.date, str]]
    number: str


def _step(top: int) -> int:
    """A round distance between grid lines: 1, 2 or 5 times a power of ten, about four to the top."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if size * factor * 4 >= top:
                return size * factor
        size *= 10


def coordinates(points: Sequence[Point]) -> list[tuple[Point, float, float]]:
    """Each known point with its place in the drawing; the scale begins at 0, so that a fall looks as large as it is."""
    known = [p for p in points if p.value is not None]
    if not known:
        return []
    first, last = points[0].night, points[-1].night
    span = max((last - first).days, 1)
    step = _step(max(p.value or 0 for p in known) or 1)
    top = -(-max(p.value or 0 for p in known) // step) * step or step
    found = []
    for point in known:
        x = LEFT + (point.night - first).days / span * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (point.value or 0) / top * (HEIGHT - TOP - BOTTOM)
        found.append((point, round(x, 1), round(y, 1)))
    return found


def _lines(points: Sequence[Point]) -> list[str]:
    """SVG paths, broken where a night has no value; a step keeps its value until the next night."""
    places = {point.night: (x, y) for point, x, y in coordinates(points)}
    paths: list[list[str]] = []
    open_path = False
    for point in points:
        if point.night not in places:
            open_path = False
            continue
        x, y = places[point.night]
        if not open_path:
            paths.append([f"M{x:g} {y:g}"])
            open_path = True
        else:
            paths[-1].append(f"L{x:g} {y:g}")
    return [path[0] + "h.1" if len(path) == 1 else "".join(path) for path in paths]


def _grid(points: Sequence[Point], digits: str) -> str:
    highest = max((p.value or 0 for p in points if p.value is not None), default=0) or 1
    step = _step(highest)
    top = -(-highest // step) * step
    parts = []
    for value in range(0, top + 1, step):
        y = round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)
        label = f"{value:,}".replace(",", digits)
        parts.append(f'<path class="g" d="M{LEFT} {y:g}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:g}" text-anchor="end">{label}</text>')
    first, last = points[0].night, points[-1].night
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">{first.isoformat()}</text>')
    if last != first:
        parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{last.isoformat()}</text>')
    return "".join(parts)


def _alarms(plot: Plot) -> str:
    first, last = plot.points[0].night, plot.points[-1].night
    span = max((last - first).days, 1)
    parts = []
    for night, title in plot.alarms:
        if first <= night <= last:
            x = round(LEFT + (night - first).days / span * (WIDTH - LEFT - RIGHT), 1)
            words = escape(f"{night.isoformat()}: {title}")
            parts.append(f'<path class="a" d="M{x:g} {TOP}V{HEIGHT - BOTTOM}"><title>{words}</title></path>')
    return "".join(parts)


def draw(plot: Plot) -> Markup:
    """The SVG of one plot, or nothing when no night has a value."""
    if not coordinates(plot.points):
        return Markup("")
    lines = "".join(f'<path class="l" d="{path}"/>' for path in _lines(plot.points))
    body = _grid(plot.points, plot.number) + _alarms(plot) + lines
    return Markup(  # noqa: S704 - every text is escaped, every number is ours
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(plot.name)}">{body}</svg>'
    )
