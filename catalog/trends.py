"""A line for each platform and night: what the 90-night plots, the medians of the alarms and trends.csv are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

from pydantic import Field

from catalog.figures import PlatformRow
from catalog.files import write_lines
from catalog.intake import RunFacts
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import Course, Record

KEPT = 400  # nights
SHOWN = 90
METRICS = ("declared", "received", "valid", "published", "active", "new", "gone", "changed", "median_price_idr")


class TrendRow(Record):
    """One platform on one night. Null: nobody counted."""

    night: dt.date
    platform: str
    name: str | None = None
    outcome: str
    declared: int | None = None
    received: int | None = None
    valid: int | None = None
    published: int = 0
    active: int = 0
    new: int = 0
    gone: int = 0
    changed: int = 0
    median_price_idr: int | None = Field(None, description="of active offers with a known price")
    fill: dict[str, float] = Field(default_factory=dict)


Trends = list[TrendRow]


def rows_of(
    rows: Iterable[PlatformRow], facts: Mapping[str, RunFacts], courses: Sequence[Course], night: dt.date
) -> Trends:
    """Tonight's lines."""
    prices: dict[str, list[int]] = {}
    for course in courses:
        for offer in course.offers:
            if offer.status == "active" and offer.price_idr is not None:
                prices.setdefault(offer.platform, []).append(offer.price_idr)
    found = []
    for row in rows:
        priced = prices.get(row.platform)
        found.append(
            TrendRow(
                night=night,
                platform=row.platform,
                name=row.name,
                outcome=row.outcome,
                declared=row.declared,
                received=row.received,
                valid=row.valid,
                published=row.published,
                active=row.active,
                new=row.new,
                gone=row.gone,
                changed=row.changed,
                median_price_idr=median_low(priced) if priced else None,
                fill=facts[row.platform].fill if row.platform in facts else {},
            )
        )
    return found


class TrendBook:
    """`state/trends.jsonl`. Writing a night replaces that night's lines."""

    def __init__(self, var: Var, quarantine: Quarantine) -> None:
        self.path = var.state / "trends.jsonl"
        self.quarantine = quarantine

    def before(self, night: dt.date) -> Trends:
        """Lines of earlier nights, oldest first; a line that can't be read is set aside."""
        rows = self.quarantine.read_lines("trends", self.path, TrendRow)
        return [row for row in rows if row.night < night]

    def write(self, earlier: Trends, tonight: Trends) -> Trends:
        nights = sorted({row.night for row in (*earlier, *tonight)})[-KEPT:]
        kept = [row for row in (*earlier, *tonight) if row.night >= nights[0]] if nights else []
        kept.sort(key=lambda row: (row.night, row.platform))
        write_lines(self.path, kept)
        return kept


def names_before(trends: Trends) -> dict[str, str]:
    """platform -> its name on the newest of these nights."""
    return {row.platform: row.name for row in sorted(trends, key=lambda row: row.night) if row.name}


def shown(trends: Trends, night: dt.date) -> Trends:
    """The lines of the last 90 days up to `night`."""
    return [row for row in trends if night - dt.timedelta(days=SHOWN) < row.night <= night]


def good_values(trends: Trends, platform: str, metric: str, nights: int = 14) -> list[float]:
    """A metric on the last `nights` accepted nights of a platform, oldest first. `fill.price` names a fill rate."""
    values: list[float] = []
    for row in trends:
        if row.platform != platform or row.outcome != "accepted":
            continue
        name, _, field = metric.partition(".")
        value = row.fill.get(field) if name == "fill" else getattr(row, name)
        if value is not None:
            values.append(value)
    return values[-nights:]
