"""What is new, gone, dearer, cheaper, renamed or moved since the night before: a difference of two nights' lives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from catalog.lifecycle import Life, Lives
from catalog.records import SCHEMA_VERSION, Record

Kind = Literal[
    "new", "gone", "back", "dearer", "cheaper", "price_found", "price_lost", "reread", "renamed", "moved", "archived"
]
KINDS: tuple[Kind, ...] = (
    "new",
    "gone",
    "back",
    "dearer",
    "cheaper",
    "price_found",
    "price_lost",
    "reread",
    "renamed",
    "moved",
    "archived",
)
# A training counts as changed when something that its seller says about it changed.
COUNTED = frozenset({"dearer", "cheaper", "price_found", "price_lost", "renamed", "moved"})


def group_of(kind: Kind) -> Literal["new", "gone", "changed"] | None:
    """Which of coverage's three figures a change counts for; None: for none of them."""
    if kind in ("new", "back"):
        return "new"
    if kind == "gone":
        return "gone"
    return "changed" if kind in COUNTED else None


class Change(Record):
    """One difference of one offer. `before` and `after` are prices in rupiah, titles, addresses or a status."""

    kind: Kind
    offer: str
    platform: str
    course: str | None = None
    slug: str | None = None
    title: str
    before: int | str | None = None
    after: int | str | None = None


class Changes(Record):
    """All differences of one night, sorted by kind, platform and offer."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    since: dt.date | None = Field(None, description="the night that it is compared with; null on the first night")
    sample: bool = False
    counts: dict[str, int] = Field(default_factory=dict)
    changes: list[Change] = Field(default_factory=list)


def diff(before: Mapping[str, Life], after: Lives) -> list[Change]:
    """Every difference between two nights; the same two nights always give the same list."""
    found = []
    for offer in sorted(after):
        found.extend(_of(before.get(offer), after[offer]))
    found.sort(key=lambda c: (KINDS.index(c.kind), c.platform, c.offer))
    return found


def _of(old: Life | None, new: Life) -> list[Change]:
    if old is None:
        return [_change("new", new, None, new.price)]
    if new.status == "gone":
        return [] if old.status == "gone" else [_change("gone", new, old.price, None)]
    found = []
    if old.status == "gone":
        found.append(_change("back", new, old.price, new.price))
    price = _price_kind(old, new)
    if price:
        found.append(_change(price, new, old.price, new.price))
    if old.title != new.title:
        found.append(_change("renamed", new, old.title, new.title))
    if old.url and new.url and old.url != new.url:
        found.append(_change("moved", new, old.url, new.url))
    if new.status == "archived" and old.status == "active":
        found.append(_change("archived", new, old.status, new.why))
    return found


def _price_kind(old: Life, new: Life) -> Kind | None:
    if old.price == new.price:
        return None
    if old.price_raw == new.price_raw and old.price_raw is not None:
        return "reread"  # the seller wrote the same; we read it otherwise than yesterday
    if old.price is None:
        return "price_found"
    if new.price is None:
        return "price_lost"
    return "dearer" if new.price > old.price else "cheaper"


def _change(kind: Kind, life: Life, before: int | str | None, after: int | str | None) -> Change:
    return Change(kind=kind, offer=life.id, platform=life.platform, title=life.title, before=before, after=after)
