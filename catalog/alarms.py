"""Alarms: rules from words/alarms.toml; each alarm opens once and closes once.

A rule that can't be tested tonight (the platform did not run, too few nights are known) leaves its alarm as it is:
silence of a platform must not look like recovery.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, median_low
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError

from catalog.figures import Alarm, PlatformRow
from catalog.files import write_json
from catalog.layout import Var
from catalog.quarantine import Quarantine, read_json
from catalog.records import SCHEMA_VERSION, Offer, Record
from catalog.trends import TrendRow, Trends, good_values

RULES = Path(__file__).resolve().parent / "words" / "alarms.toml"
CLOSED_SHOWN = dt.timedelta(days=90)


class Rule(Record):
    """One rule of alarms.toml; the file's head explains the keys."""

    id: str
    kind: Literal["outcome", "age", "drop", "fill", "unmapped", "price"]
    open: float | str
    close: float | None = None
    field: str | None = None
    nights: int = 0
    least: int = 1
    share: float = 0.0
    title: str
    text: str


class AlarmsFile(Record):
    """alarms.json: what is on, and what was closed in the last 90 days."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    sample: bool = False
    open: list[Alarm] = Field(default_factory=list)
    closed: list[Alarm] = Field(default_factory=list)


@dataclass(frozen=True)
class Signal:
    """What one rule says of one subject tonight. `on` is None when it could not be tested."""

    rule: Rule
    platform: str
    detail: str
    on: bool | None
    calm: bool = False
    value: float | None = None
    limit: float | None = None
    text: str = ""


class _Move(NamedTuple):
    """One active offer's price against its usual one, and against the night before."""

    platform: str
    provider: str
    factor: float
    since_before: float | None

    def is_far(self, times: float) -> bool:
        return not 1 / times < self.factor < times

    def has_leapt(self, times: float) -> bool:
        return self.is_far(times) and self.since_before is not None and not 1 / times < self.since_before < times


@dataclass(frozen=True)
class Tonight:
    """Everything that the rules look at."""

    night: dt.date
    rows: Sequence[PlatformRow]
    trends: Trends
    now: Sequence[TrendRow]
    usual_prices: Mapping[str, int]
    prices_before: Mapping[str, int | None]
    offers: Sequence[Offer]
    sample: bool

    @cached_property
    def moves(self) -> dict[str, list[_Move]]:
        """provider -> its active offers with a price and a usual price, on every platform."""
        found: dict[str, list[_Move]] = {}
        for offer in self.offers:
            usual, before = self.usual_prices.get(offer.id), self.prices_before.get(offer.id)
            if offer.status == "active" and offer.price_idr and usual:
                since = offer.price_idr / before if before else None
                move = _Move(offer.platform, offer.provider_id or "?", offer.price_idr / usual, since)
                found.setdefault(move.provider, []).append(move)
        return found

    @cached_property
    def moves_on(self) -> dict[str, dict[str, list[_Move]]]:
        """platform -> provider -> its moves there, providers in order."""
        found: dict[str, dict[str, list[_Move]]] = {}
        for provider, everywhere in sorted(self.moves.items()):
            for move in everywhere:
                found.setdefault(move.platform, {}).setdefault(provider, []).append(move)
        return found


def read_rules(path: Path = RULES) -> list[Rule]:
    """Raises ValueError naming the file and what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        rules = [Rule.model_validate(item) for item in data["rule"]]
    except (tomllib.TOMLDecodeError, KeyError, ValidationError) as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from error
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError(f"{path.name}: two rules have the same id")
    return rules


def signals(rules: Iterable[Rule], tonight: Tonight) -> Iterator[Signal]:
    """What every rule says of every platform."""
    for rule in rules:
        for row in tonight.rows:
            yield from _KINDS[rule.kind](rule, row, tonight)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _text(rule: Rule, row: PlatformRow, **values: object) -> str:
    last = row.last_good.isoformat() if row.last_good else "(belum pernah)"
    return rule.text.format(name=row.name, last_good=last, **values)


def _outcome(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    tested = None if row.outcome == "not_run" else row.outcome == rule.open
    yield Signal(rule, row.platform, "", tested, calm=tested is False, text=_text(rule, row))


def _age(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    age = row.age_nights
    if age is None:  # never collected: said elsewhere, and nothing to be old
        yield Signal(rule, row.platform, "", None)
        return
    assert isinstance(rule.open, float) and rule.close is not None
    text = _text(rule, row, value=age)
    yield Signal(rule, row.platform, "", age >= rule.open, age <= rule.close, age, rule.open, text)


def _against_median(
    rule: Rule, row: PlatformRow, tonight: Tonight, metric: str, value: float | None
) -> Iterator[Signal]:
    known = good_values(tonight.trends, row.platform, metric)
    usual = median(known) if len(known) >= rule.nights else None
    if value is None or not usual or row.outcome != "accepted":
        yield Signal(rule, row.platform, "", None)
        return
    assert isinstance(rule.open, float) and rule.close is not None
    share = value / usual
    shown = int(value) if value == int(value) else value
    text = _text(rule, row, value=shown, percent=_percent(share), median=int(usual))
    yield Signal(
        rule, row.platform, "", share < rule.open, share >= rule.close, shown, round(usual * rule.open, 4), text
    )


def _drop(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    field = rule.field or "valid"
    yield from _against_median(rule, row, tonight, field, getattr(row, field))


def _fill(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    now = next((line for line in tonight.now if line.platform == row.platform), None)
    value = now.fill.get(rule.field or "") if now else None
    yield from _against_median(rule, row, tonight, f"fill.{rule.field}", value)


def _unmapped(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    assert isinstance(rule.open, float) and rule.close is not None
    for field in ("category", "level", "mode"):
        share = row.unmapped.get(field)
        if share is None or tonight.sample:
            yield Signal(rule, row.platform, field, None)
            continue
        text = _text(rule, row, percent=_percent(share), detail=field)
        yield Signal(rule, row.platform, field, share > rule.open, share <= rule.close, share, rule.open, text)


def _price(rule: Rule, row: PlatformRow, tonight: Tonight) -> Iterator[Signal]:
    """For each provider: did its prices leap away from their own 30-day medians, many of them on this one night?

    Opens on the night of the leap only; stays while the prices are still far from what they used to be. A provider
    that sells a little on each of several platforms is counted over all of them.
    """
    assert isinstance(rule.open, float) and rule.close is not None
    if row.outcome != "accepted":
        return
    for provider, mine in tonight.moves_on.get(row.platform, {}).items():
        everywhere = tonight.moves[provider]
        enough = max(2, min(rule.least, len(everywhere)))
        if len(everywhere) < enough:
            continue
        outliers = [move.factor for move in mine if move.is_far(rule.open)]
        restless = sum(move.is_far(rule.close) for move in mine)
        leapt = sum(move.has_leapt(rule.open) for move in everywhere)
        on = bool(outliers) and len(outliers) >= rule.share * len(mine) and leapt >= enough
        factor = f"{median_low(outliers):.1f}".replace(".", ",") if outliers else ""
        text = _text(rule, row, detail=provider, value=len(outliers), factor=factor)
        calm = restless < rule.share * len(mine)
        yield Signal(rule, row.platform, provider, on, calm, len(outliers), rule.open, text)


_KINDS = {"outcome": _outcome, "age": _age, "drop": _drop, "fill": _fill, "unmapped": _unmapped, "price": _price}


class AlarmBook:
    """`state/alarms.json`: all alarms ever. A night is computed from the alarms as they stood before it."""

    def __init__(self, var: Var, quarantine: Quarantine) -> None:
        self.path = var.state / "alarms.json"
        self.quarantine = quarantine

    def before(self, night: dt.date) -> list[Alarm]:
        """Alarms as of the end of the night before: what opened later is not yet there, what closed later is on."""
        data = read_json(self.path, self.quarantine)
        try:
            alarms = [Alarm.model_validate(item) for item in data] if isinstance(data, list) else []
        except ValidationError as error:
            self.quarantine.file(self.path, error.errors()[0]["msg"])
            return []
        for alarm in alarms:
            if alarm.closed is not None and alarm.closed >= night:
                alarm.closed = None
        return [alarm for alarm in alarms if alarm.opened < night]

    def write(self, alarms: Sequence[Alarm]) -> None:
        ordered = sorted(alarms, key=lambda a: (a.opened, a.id))
        write_json(self.path, [alarm.model_dump(mode="json") for alarm in ordered], indent=1)


def advance(before: Sequence[Alarm], said: Iterable[Signal], night: dt.date, accepted: set[str]) -> list[Alarm]:
    """All alarms after this night: opened, still on, closed. Untested rules change nothing.

    An alarm about a detail (a provider) of which an accepted run shows nothing any more is closed.
    """
    alarms = [alarm.model_copy() for alarm in before]
    on = {alarm.key: alarm for alarm in alarms if alarm.closed is None}
    said = list(said)
    heard = {(signal.rule.id, signal.platform, signal.detail) for signal in said}
    for alarm in on.values():
        if alarm.detail and alarm.key not in heard and alarm.platform in accepted:
            alarm.closed = night
    for signal in said:
        known = on.get((signal.rule.id, signal.platform, signal.detail))
        if known is None:
            if signal.on:
                alarms.append(_opened(signal, night))
        elif signal.on is False and signal.calm:
            known.closed = night
        elif signal.on:
            known.value, known.text = signal.value, signal.text
    return sorted(alarms, key=lambda a: (a.opened, a.id))


def _opened(signal: Signal, night: dt.date) -> Alarm:
    parts = (signal.rule.id, signal.platform, signal.detail, night.isoformat())
    return Alarm(
        id=":".join(part for part in parts if part),
        rule=signal.rule.id,
        platform=signal.platform,
        detail=signal.detail,
        title=signal.rule.title,
        text=signal.text,
        value=signal.value,
        limit=signal.limit,
        opened=night,
    )


def alarms_file(alarms: Sequence[Alarm], night: dt.date, *, sample: bool) -> AlarmsFile:
    """What is published: everything that is on, and what was closed lately, newest first."""
    closed = [a for a in alarms if a.closed is not None and night - a.closed <= CLOSED_SHOWN]
    closed.sort(key=lambda a: (a.closed or night, a.id), reverse=True)
    return AlarmsFile(night=night, sample=sample, open=[a for a in alarms if a.closed is None], closed=closed)


def raise_alarms(var: Var, quarantine: Quarantine, tonight: Tonight) -> AlarmsFile:
    """Judges all rules for the night, keeps the alarms, and returns what is published."""
    book = AlarmBook(var, quarantine)
    accepted = {row.platform for row in tonight.rows if row.outcome == "accepted"}
    alarms = advance(book.before(tonight.night), signals(read_rules(), tonight), tonight.night, accepted)
    book.write(alarms)
    return alarms_file(alarms, tonight.night, sample=tonight.sample)
