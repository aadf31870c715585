"""Filters, counts and sorts of design section "outside contract": pure functions over rows.

Platform, price and eligibility must hold on one active offer; the other groups are the course's. Values of one
group are OR, groups are AND. A null price fails every bound and sorts last both ways; ties go by id.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from search_index.facets import BUYABLE, COURSE_GROUPS, ELIGIBLE, GROUPS, RATINGS, UNSTATED, Row, RowOffer


@dataclass(frozen=True)
class Query:
    """What is asked for, with the names and values of the site's address; no value means no condition.

    `today` (YYYYMMDD as a number) is the day on which `buyable` is judged; without it no last day has passed.
    """

    q: str = ""
    tingkat: tuple[str, ...] = ()
    harga_min: int | None = None
    harga_maks: int | None = None
    platform: tuple[str, ...] = ()
    kategori: tuple[str, ...] = ()
    cara: tuple[str, ...] = ()
    kota: tuple[str, ...] = ()
    lembaga: tuple[str, ...] = ()
    durasi: tuple[str, ...] = ()
    mulai: tuple[str, ...] = ()
    sertifikat: tuple[str, ...] = ()
    rating: tuple[str, ...] = ()
    prakerja: tuple[str, ...] = ()
    buyable: tuple[str, ...] = ()
    urut: str = "relevan"
    limit: int = 10
    hal: int = 1
    today: int | None = None

    def without(self, key: str) -> Query:
        """The same query with one condition taken away."""
        empty: Any = "" if key == "q" else None if key.startswith("harga") else ()
        return replace(self, **{key: empty})


def offer_in_price(query: Query, offer: RowOffer) -> bool:
    low, high = query.harga_min, query.harga_maks
    if low is None and high is None:
        return True
    return offer.price is not None and (low is None or offer.price >= low) and (high is None or offer.price <= high)


def _in_platform(query: Query, offer: RowOffer) -> bool:
    return not query.platform or offer.platform in query.platform


def _in_eligible(query: Query, offer: RowOffer) -> bool:
    return not query.prakerja or ELIGIBLE[offer.eligible] in query.prakerja


def still_buyable(offer: RowOffer, today: int | None) -> bool:
    """Can it be bought with the card: bookable for sure, at a known price, with a run that can still be booked?"""
    open_yet = offer.until is None or today is None or offer.until >= today
    return offer.eligible == "yes" and offer.price is not None and open_yet


def _in_buyable(query: Query, offer: RowOffer) -> bool:
    return BUYABLE not in query.buyable or still_buyable(offer, query.today)


_OFFER_RULES = {"platform": _in_platform, "prakerja": _in_eligible, "buyable": _in_buyable}


def passing_offers(query: Query, row: Row, besides: str = "") -> list[RowOffer]:
    """Active offers that fulfil the platform, price, eligibility and buyable conditions together; the condition
    `besides` is left out."""
    rules = [rule for group, rule in _OFFER_RULES.items() if group != besides]
    return [o for o in row.offers if offer_in_price(query, o) and all(rule(query, o) for rule in rules)]


def cheapest(offers: Iterable[RowOffer]) -> RowOffer | None:
    """The cheapest offer; one without price only where none has a price."""
    return min(offers, key=lambda o: (o.price is None, o.price or 0), default=None)


def rating_values(row: Row) -> tuple[str, ...]:
    """Every lower bound that the course reaches."""
    if row.rating is None:
        return (UNSTATED,)
    return tuple(bound for bound in RATINGS if row.rating >= float(bound))


def failing_groups(query: Query, row: Row) -> list[str]:
    """Groups of course-level conditions that the row does not fulfil."""
    failing = [
        group
        for group in COURSE_GROUPS
        if (wanted := getattr(query, group)) and not any(value in wanted for value in row.values[group])
    ]
    if query.rating and not any(value in query.rating for value in rating_values(row)):
        failing.append("rating")
    return failing


def matches(query: Query, row: Row) -> bool:
    """Does the row fulfil every filter?"""
    return not failing_groups(query, row) and bool(passing_offers(query, row))


@dataclass
class Counts:
    """True counts: for every option, how many courses there would be with it as the only value of its group."""

    total: int = 0
    by_group: dict[str, Counter[str]] = field(default_factory=lambda: {group: Counter() for group in GROUPS})

    def add(self, query: Query, row: Row) -> bool:
        """Counts the row; returns whether it passes all filters."""
        failing = failing_groups(query, row)
        if len(failing) > 1:
            return False
        offers = passing_offers(query, row)
        if failing:
            if offers:
                self._count(failing[0], row)
            return False
        for group in (*COURSE_GROUPS, "rating"):
            if offers:
                self._count(group, row)
        self.by_group["platform"].update({o.platform for o in passing_offers(query, row, "platform")})
        self.by_group["prakerja"].update({ELIGIBLE[o.eligible] for o in passing_offers(query, row, "prakerja")})
        if any(still_buyable(o, query.today) for o in passing_offers(query, row, "buyable")):
            self.by_group["buyable"][BUYABLE] += 1
        self.total += bool(offers)
        return bool(offers)

    def _count(self, group: str, row: Row) -> None:
        self.by_group[group].update(rating_values(row) if group == "rating" else row.values[group])


def rating_bound(row: Row) -> float | None:
    """Lower end of the 95 % Wilson interval of the rating, so that three raters' 5.0 do not beat a thousand's 4.8."""
    if row.rating is None:
        return None
    raters = max(1, row.rating_count or 1)
    share = (row.rating - 1) / 4
    z2 = 1.96 * 1.96
    spread = 1.96 * math.sqrt((share * (1 - share) + z2 / (4 * raters)) / raters)
    return (share + z2 / (2 * raters) - spread) / (1 + z2 / raters)


def _last_if_none(value: float | None, sign: int) -> tuple[bool, float]:
    return (True, 0.0) if value is None else (False, sign * value)


def _per_hour(row: Row, price: int | None) -> tuple[bool, float]:
    return _last_if_none(price / row.minutes if price is not None and row.minutes else None, 1)


def _newest(row: Row) -> tuple[bool, float]:
    return _last_if_none(float(row.first_seen.replace("-", "")) if row.first_seen else None, -1)


_SORT: dict[str, Callable[[Row, int | None, float], tuple[bool, float]]] = {
    "relevan": lambda row, price, score: (False, -score),
    "harga": lambda row, price, score: _last_if_none(price, 1),
    "-harga": lambda row, price, score: _last_if_none(price, -1),
    "per_jam": lambda row, price, score: _per_hour(row, price),
    "rating": lambda row, price, score: _last_if_none(rating_bound(row), -1),
    "terbaru": lambda row, price, score: _newest(row),
}


def sort_key(sort: str, row: Row, price: int | None, score: float) -> tuple[bool, float, str]:
    """A total order: unknown values last, ties by id. `price` is that of the cheapest passing offer."""
    return (*_SORT[sort](row, price, score), row.id)
