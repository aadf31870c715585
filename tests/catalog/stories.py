"""A month of nights drawn by lot, and what must be told of it each morning.

The world below is simulated apart from the catalog: what every platform sells, which stories befall it, and from that
alone (no code of the catalog) which alarms, events, outcomes, changes and price findings are right on which morning.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from catalog.platforms import Spec
from catalog.records import Listing
from tests.catalog.nights import START, make_spec
from tests.factories import make_listing

NIGHTS = 30
SIZE = 26
CEILING = 1_000_000  # the programme's training balance in 2020
PLATFORMS = ("tokopedia", "bukalapak", "pintaria", "maubelajarapa", "sekolahmu", "pijarmahir", "skillacademy")
_THINGS = (
    *("Roti", "Kebaya", "Situs", "Motor", "Foto", "Kopi", "Tembikar", "Kebun", "Taman", "Lampu", "Kayu", "Lagu"),
    *("Batik", "Jamu", "Sepatu", "Perahu", "Kertas", "Kaca", "Rotan", "Madu", "Layar", "Mesin", "Tenda", "Sabun"),
)
_NAMES = ("Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan")
_DOING = ("Membuat", "Merawat", "Menjual", "Menata", "Memilih", "Memeriksa", "Mengemas", "Merancang")

LEAPS = 3  # offers whose prices leap together before anybody is told

Told = dict[int, set[str]]


def title_of(number: int) -> str:
    return f"{_DOING[number // len(_THINGS) % len(_DOING)]} {_THINGS[number % len(_THINGS)]} Seri {number}"


def provider_of(number: int) -> str:
    return f"Lembaga {_NAMES[number % len(_NAMES)]} Nusantara"


def rupiah(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")


@dataclass
class Shop:
    """What a platform truly sells, and what a good run of it would bring."""

    name: str
    prices: dict[int, int]
    rested: set[int] = field(default_factory=set)

    def listings(self) -> list[Listing]:
        return [
            make_listing(
                platform=self.name,
                native_id=f"{number:05d}",
                title=title_of(number),
                provider=provider_of(number),
                price=rupiah(price),
                duration=f"{6 + number % 5} jam",
                level="Dasar",
                evidence={"level": "api"},
                url=f"https://www.tokopedia.com/{self.name}/{number}",
            )
            for number, price in sorted(self.prices.items())
        ]


Run = tuple[list[Listing] | None, dict[str, Any]]
Fault = Callable[[list[Listing]], Run]


def _without(field_: str, share: float = 1.0) -> Fault:
    def fault(items: list[Listing]) -> Run:
        lost = int(len(items) * share)
        return [x.model_copy(update={field_: None}) for x in items[:lost]] + items[lost:], {}

    return fault


def _ended(reason: str, kept: float = 0.0) -> Fault:
    def fault(items: list[Listing]) -> Run:
        return items[: int(len(items) * kept)], {"finish_reason": reason, "declared": len(items), "errors": {reason: 3}}

    return fault


def _alike(items: list[Listing]) -> Run:
    return [x.model_copy(update={"title": "Kartu Prakerja"}) for x in items], {}


def _half(items: list[Listing]) -> Run:
    return items[: len(items) // 2], {"declared": len(items)}


# Each way to fail: the run that it leaves, the outcome of such a night, the alarm that it opens.
DOWN: dict[str, tuple[Fault, str, str | None]] = {
    "no connection": (_ended("http_error"), "held", "ditahan"),
    "timeout half way": (_ended("timeout", 0.6), "held", "ditahan"),
    "challenge page": (_ended("challenge", 0.1), "held", "ditahan"),
    "half the list": (_half, "held", "ditahan"),
    "an empty list": (lambda items: ([], {"declared": None}), "none_found", "tidak-ada-hasil"),
    "nobody ran it": (lambda items: (None, {}), "not_run", None),
}
REDESIGN: dict[str, tuple[Fault, str, str | None]] = {
    "no prices": (_without("price"), "held", "ditahan"),
    "no providers": (_without("provider"), "held", "ditahan"),
    "no lengths": (_without("duration"), "held", "ditahan"),
    "no levels": (_without("level"), "held", "ditahan"),
    "one title everywhere": (_alike, "held", "ditahan"),
    "no rows are read": (_ended("shape"), "held", "ditahan"),
    "a third of the prices": (_without("price", 0.34), "accepted", "isian-harga"),
    "a third of the lengths": (_without("duration", 0.34), "accepted", "isian-durasi"),
    "other words": (lambda items: ([x.model_copy(update={"level": "Purnama"}) for x in items], {}), "held", "ditahan"),
}


@dataclass
class Expected:
    """What is right on each morning."""

    opened: dict[int, set[str]] = field(default_factory=dict)
    closed: dict[int, set[str]] = field(default_factory=dict)
    events: dict[int, set[str]] = field(default_factory=dict)
    outcomes: dict[int, dict[str, str]] = field(default_factory=dict)
    changes: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    findings: dict[int, set[tuple[str, str]]] = field(default_factory=dict)


class Oracle:
    """Follows what was accepted, and says what the office must hear of it."""

    def __init__(self, official_from: dict[str, int]) -> None:
        self.official_from = official_from
        self.prices: dict[str, int | None] = {}
        self.numbers: dict[str, int] = {}
        self.missed: Counter[str] = Counter()
        self.gone: set[str] = set()
        self.counts: dict[str, list[int]] = {}
        self.fills: dict[str, list[dict[str, float]]] = {}
        self.usual: dict[str, list[int]] = {}
        self.on: set[str] = set()

    def night(
        self, night: int, runs: dict[str, list[Listing] | None], outcomes: dict[str, str], said: Expected
    ) -> None:
        said.outcomes[night] = dict(outcomes)
        said.changes[night], said.findings[night] = set(), set()
        before = dict(self.prices)
        for platform, outcome in outcomes.items():
            if outcome == "accepted":
                self._accepted(platform, runs[platform] or [], night, said)
        self._prices(night, before, said)
        signals = dict(self._signals(night, runs, outcomes, before))
        said.opened[night] = {key for key, (on, _) in signals.items() if on} - self.on
        said.closed[night] = {key for key, (on, calm) in signals.items() if not on and calm} & self.on
        self.on = (self.on | said.opened[night]) - said.closed[night]
        self._remember(runs, outcomes)

    def _accepted(self, platform: str, items: list[Listing], night: int, said: Expected) -> None:
        changes = said.changes[night]
        seen = set()
        for item in items:
            key = f"{platform}:{item.native_id}"
            seen.add(key)
            price = int("".join(c for c in item.price if c.isdigit())) if item.price else None
            old = self.prices.get(key)
            if key not in self.prices:
                changes.add(("new", key))
            elif old != price:
                kind = "price_lost" if price is None else "price_found" if old is None else ""
                changes.add((kind or ("dearer" if price > old else "cheaper"), key))  # type: ignore[operator]
            self.prices[key], self.numbers[key] = price, int(item.native_id)
            self.missed[key] = 0
        for key in [key for key in self.prices if key.startswith(f"{platform}:") and key not in seen | self.gone]:
            self.missed[key] += 1
            if self.missed[key] == 3:
                self.gone.add(key)
                changes.add(("gone", key))

    def _prices(self, night: int, before: dict[str, int | None], said: Expected) -> None:
        """Findings that speak of prices, over what is on the site this morning."""
        found = said.findings[night]
        there = {key: price for key, price in self.prices.items() if key not in self.gone}
        on_sale = {key: p for key, p in there.items() if self.official_from[key.partition(":")[0]] <= night}
        for key, price in there.items():
            if price is None:
                found.add(("price_missing", key))
            elif (old := before.get(key)) and abs(price - old) > 0.5 * old:
                found.add(("price_jump", key))
            if price is not None and price > CEILING and key in on_sale:
                found.add(("price_above_ceiling", key))
        by_number: dict[int, dict[str, int]] = {}
        for key, price in on_sale.items():
            if price is not None:
                by_number.setdefault(self.numbers[key], {})[key] = price
        for offers in by_number.values():
            found.update(("dearer_elsewhere", key) for key, price in offers.items() if price > min(offers.values()))
            if len(offers) > 1 and max(offers.values()) > 1.25 * min(offers.values()):
                found.add(("price_gap", str(self.numbers[next(iter(offers))])))

    def _signals(
        self, night: int, runs: dict[str, list[Listing] | None], outcomes: dict[str, str], before: dict[str, int | None]
    ) -> Iterator[tuple[str, tuple[bool, bool]]]:
        """alarm -> (is on, is calm), only where it could be tested."""
        for platform, outcome in outcomes.items():
            if outcome != "not_run":
                yield f"ditahan:{platform}:", (outcome == "held", outcome != "held")
                yield f"tidak-ada-hasil:{platform}:", (outcome == "none_found", outcome != "none_found")
            if outcome != "accepted":
                continue
            known = self.counts.get(platform, [])[-14:]
            if len(known) >= 5:
                share = len(runs[platform] or []) / median(known)
                yield f"susut:{platform}:", (share < 0.90, share >= 0.95)
            for name, rule in (("price", "isian-harga"), ("duration", "isian-durasi")):
                fills = [fill[name] for fill in self.fills.get(platform, [])[-14:]]
                if len(fills) >= 3:
                    share = _fill(runs[platform] or [], name) / median(fills)
                    yield f"{rule}:{platform}:", (share < 0.80, share >= 0.90)
            yield from self._leaps(platform, before)

    def _leaps(self, platform: str, before: dict[str, int | None]) -> Iterator[tuple[str, tuple[bool, bool]]]:
        """Prices of one provider: far from usual, and leapt there tonight, on at least three offers anywhere."""
        factors: dict[str, list[tuple[str, float, float]]] = {_folded(number): [] for number in self.numbers.values()}
        for key, price in self.prices.items():
            if key in self.gone or price is None or not self.usual.get(key):
                continue
            past = sorted(self.usual[key])[: (len(self.usual[key]) + 1) // 2][-1]
            factors[_folded(self.numbers[key])].append((key, price / past, price / (before.get(key) or price)))
        for provider, moves in factors.items():
            mine = [factor for key, factor, _ in moves if key.startswith(f"{platform}:")]
            if not mine:  # nothing of the provider is left there: an open alarm ends
                yield f"harga-bergeser:{platform}:{provider}", (False, True)
            if not mine or len(moves) < 2:
                continue
            far = sum(f >= 3 or f <= 1 / 3 for f in mine)
            restless = sum(f >= 2 or f <= 1 / 2 for f in mine)
            leapt = sum((f >= 3 or f <= 1 / 3) and (g >= 3 or g <= 1 / 3) for _, f, g in moves)
            enough = min(3, max(2, len(moves)))
            yield (
                f"harga-bergeser:{platform}:{provider}",
                (
                    far > 0 and far >= len(mine) / 2 and leapt >= enough,
                    restless < len(mine) / 2,
                ),
            )

    def _remember(self, runs: dict[str, list[Listing] | None], outcomes: dict[str, str]) -> None:
        for platform, outcome in outcomes.items():
            if outcome == "accepted":
                items = runs[platform] or []
                self.counts.setdefault(platform, []).append(len(items))
                self.fills.setdefault(platform, []).append({n: _fill(items, n) for n in ("price", "duration")})
        for key, price in self.prices.items():
            if key not in self.gone and price is not None:
                self.usual.setdefault(key, []).append(price)


def _folded(number: int) -> str:
    return "".join(sign for sign in provider_of(number).casefold() if sign.isalpha())


def _fill(items: list[Listing], name: str) -> float:
    return round(sum(1 for x in items if getattr(x, name)) / len(items), 4) if items else 0.0


class Month:
    """Thirty nights with their faults, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.plan: list[str] = []
        names = self.dice.sample(PLATFORMS, 6)
        self.down, self.changed, self.shrinks, self.tenfold, self.renamed, self.joiner = names
        self.joins = self.dice.randrange(8, 24)
        self.rename = self.dice.randrange(3, 27)
        self.dated = self.dice.random() < 0.5
        self.first_down = self.dice.randrange(6, 24)
        self.how_down = self.dice.choice(sorted(DOWN))
        self.first_changed, self.nights_changed = self.dice.randrange(6, 25), self.dice.randrange(1, 4)
        self.how_changed = self.dice.choice(sorted(REDESIGN))
        self.first_shrink, self.nights_shrink = self.dice.randrange(6, 18), self.dice.randrange(5, 12)
        self.first_tenfold, self.nights_tenfold = self.dice.randrange(6, 24), self.dice.choice((1, 2, 30))
        self.tenfold_everywhere = self.dice.random() < 0.5
        self.provider = provider_of(self.dice.randrange(8))
        self.shops = {name: self._shop(name) for name in names}
        self.next_number = 2_000
        self.expected = Expected()
        self.oracle = Oracle({name: self.joins if name == self.joiner else 0 for name in names})

    def _shop(self, name: str) -> Shop:
        numbers = self.dice.sample(range(80), SIZE)
        return Shop(name, {number: self.dice.randrange(24, 90) * 10_000 for number in numbers})

    def specs(self) -> list[Spec]:
        made = []
        for name in self.shops:
            over: dict[str, Any] = {}
            if name == self.joiner:
                over["official"] = [{"from": START + dt.timedelta(days=self.joins)}]
            if name == self.renamed and self.dated:
                day = START + dt.timedelta(days=self.rename)
                over["names"] = [
                    {"name": name.title(), "to": day - dt.timedelta(days=1)},
                    {"name": "Baru", "from": day},
                ]
            made.append(make_spec(name, **over))
        return made

    def runs(self, night: int) -> tuple[dict[str, list[Listing] | None], dict[str, dict[str, Any]]]:
        """What the spiders leave on a night, and the truth about it written into `expected`."""
        runs: dict[str, list[Listing] | None] = {}
        reports: dict[str, dict[str, Any]] = {}
        outcomes: dict[str, str] = {}
        self._trade(night)
        for name, shop in self.shops.items():
            items, outcome = shop.listings(), "accepted"
            report: dict[str, Any] = {}
            if name == self.joiner and night < self.joins:
                runs[name], outcomes[name] = None, "not_run"
                continue
            if name == self.down and self.first_down <= night < self.first_down + 3:
                fault, outcome, _ = DOWN[self.how_down]
                runs[name], report = fault(items)
            elif name == self.changed and self.first_changed <= night < self.first_changed + self.nights_changed:
                fault, outcome, _ = REDESIGN[self.how_changed]
                runs[name], report = fault(items)
            else:
                runs[name] = items
            outcomes[name] = outcome
            reports[name] = report
        self.oracle.night(night, runs, outcomes, self.expected)
        self._events(night, outcomes)
        return runs, reports

    def _events(self, night: int, outcomes: dict[str, str]) -> None:
        told = self.expected.events[night] = set()
        if night == self.rename:
            told.add(f"renamed:{self.renamed}")
        if night == self.joins:
            told |= {f"joined:{self.joiner}", f"first_collected:{self.joiner}"}

    def _trade(self, night: int) -> None:
        """What shops do anyway, and what must raise no alarm: one out, one in, a few prices up or down a little."""
        if night == self.first_tenfold:
            self.provider = self._enough_offers()
        for name, shop in self.shops.items():
            if night == 0:
                continue
            if name == self.shrinks and self.first_shrink <= night < self.first_shrink + self.nights_shrink:
                for number in self.dice.sample(sorted(shop.prices), max(1, round(0.03 * SIZE))):
                    del shop.prices[number]
            elif self.dice.random() < 0.4:
                del shop.prices[self.dice.choice(sorted(shop.prices))]
                self.next_number += 1
                shop.prices[self.next_number] = self.dice.randrange(24, 90) * 10_000
            for number in self.dice.sample(sorted(shop.prices), 1):
                shop.prices[number] = shop.prices[number] * self.dice.choice((8, 9, 11, 12)) // 10_000 * 1_000
            if name == self.tenfold or self.tenfold_everywhere:
                self._tenfold(shop, night)

    def _enough_offers(self) -> str:
        """The provider that was drawn, or the one that sells most there where it sells too little."""
        sold = Counter(provider_of(number) for number in sorted(self.shops[self.tenfold].prices))
        return self.provider if sold[self.provider] > LEAPS else sold.most_common(1)[0][0]

    def _tenfold(self, shop: Shop, night: int) -> None:
        mine = [number for number in shop.prices if provider_of(number) == self.provider]
        if night == self.first_tenfold:
            for number in mine:
                shop.prices[number] *= 10
            shop.rested = set(mine)
        if night == self.first_tenfold + self.nights_tenfold:
            for number in shop.rested & set(shop.prices):
                shop.prices[number] //= 10
