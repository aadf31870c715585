"""Where the catalog stage meets readers, checks and matching: opens each with the state and tables that it needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import Course, Finding, Listing, Offer

Checker = Callable[[Sequence[Offer]], list[Finding]]


class Matcher(Protocol):
    """Groups offers into courses and remembers their ids."""

    def group(self, offers: Sequence[Offer]) -> list[Course]: ...
    def save(self) -> None: ...


def read_offer(listing: Listing, spec: Spec, night: dt.date) -> Offer:
    """catalog.normalize.offer.read_offer, imported on first use: readers and their tables take a while to load."""
    from catalog.normalize.offer import read_offer as read

    return read(listing, spec, night)


def open_checker(specs: Mapping[str, Spec], night: dt.date, price_before: Mapping[str, int | None]) -> Checker:
    """The checks of catalog.checks. `price_before` is the price of the night before, where there was one."""
    from catalog.checks import CheckContext, check_offers

    context = CheckContext(price_before=price_before or None)
    return lambda offers: check_offers(offers, specs, night, context)


class _Matcher:
    def __init__(self, var: Var) -> None:
        from catalog.matching import Registry, decisions_of, registry_path
        from catalog.title_memo import TitleMemo

        self.path = registry_path(var)
        self.registry = Registry.load(self.path)
        self.decisions = decisions_of(var)
        self.titles = TitleMemo(var)

    def group(self, offers: Sequence[Offer]) -> list[Course]:
        from catalog.matching import group

        courses = group(offers, self.registry, self.decisions, self.titles.of)
        self.titles.save()
        return courses

    def save(self) -> None:
        self.registry.save(self.path)


def open_matcher(var: Var) -> Matcher:
    """catalog.matching with the registry of ids and the reviewed decisions."""
    return _Matcher(var)
