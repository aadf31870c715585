"""The programme's own facts by day, read from words/programme.toml: what holds, since when, and who says so.

Where nothing is known of a day, `Rules.known` is False and the values are those of the last known year before it
(`rule_year`), to be shown as "aturan terakhir yang kami ketahui"; no deadline may be derived from them, which is why
`buy_before_days` is None then.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.records import Mode

State = Literal["open", "closed", "unknown"]
Where = Literal["platform", "dashboard", "unknown"]


class ProgrammeError(ValueError):
    """The table of facts can't be used; the message names the key and what to do."""


class _Span(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    sources: list[str] = Field(default_factory=list)

    def holds(self, day: dt.date) -> bool:
        return self.from_ <= day and (self.to is None or day <= self.to)


class Status(_Span):
    """Is the programme open on those days?"""

    state: State
    text: str


class PlatformList(_Span):
    """The official platforms as a list that was published."""

    ids: list[str]


class OwnedProvider(BaseModel):
    """A provider that belongs to the company which runs a platform."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str
    platform: str
    sources: list[str]


class _RuleSpan(_Span):
    balance_idr: int | None = None
    first_purchase_days: int | None = None
    next_purchase_days: int | None = None
    one_at_a_time: bool | None = None
    next_purchase_text: str | None = None
    cancel_text: str | None = None
    minimum_minutes: int | None = None
    minimum_minutes_live: int | None = None
    minimum_minutes_self_paced: int | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    bundles_forbidden: bool | None = None
    platform_may_teach: bool | None = None
    buy_before_days: dict[Literal["online", "onsite"], int] | None = None
    where: Where = "unknown"
    where_text: str | None = None
    balance_use_by: str | None = None


class Rules(BaseModel):
    """What holds on one day. `known` False: the values are those of `rule_year`, the last year with facts."""

    model_config = ConfigDict(frozen=True)

    day: dt.date
    known: bool
    rule_year: int | None = None
    state: State = "unknown"
    state_text: str | None = None
    balance_idr: int | None = Field(None, description="training balance of a card, whole rupiah")
    first_purchase_days: int | None = Field(None, description="days after acceptance to buy the first course")
    next_purchase_days: int | None = None
    one_at_a_time: bool | None = None
    next_purchase_text: str | None = None
    cancel_text: str | None = None
    minimum_minutes: int | None = Field(None, description="least length of any course, where one figure held for all")
    minimum_minutes_live: int | None = None
    minimum_minutes_self_paced: int | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    bundles_forbidden: bool | None = None
    platform_may_teach: bool | None = None
    buy_before_days: dict[str, int] | None = Field(None, description="online, onsite -> whole days before the start")
    where: Where = "unknown"
    where_text: str | None = None
    balance_use_by: str | None = Field(None, description="MM-DD of that year")
    sources: list[str] = Field(default_factory=list)

    def minimum_for(self, mode: Mode | None) -> int | None:
        """Least minutes of a course of that mode, None where no rule is known; an unknown mode takes the lowest."""
        if self.minimum_minutes is not None:
            return self.minimum_minutes
        if mode == "self_paced":
            return self.minimum_minutes_self_paced
        if mode in ("live_online", "onsite"):
            return self.minimum_minutes_live
        both = (self.minimum_minutes_live, self.minimum_minutes_self_paced)
        return min(both) if mode is None and None not in both else None  # type: ignore[type-var]

    def last_day_to_buy(self, start: dt.date | None, mode: Mode | None) -> dt.date | None:
        """The last calendar day (WIB) on which a session that starts on `start` may be bought, else None."""
        if start is None or mode is None or not self.known or not self.buy_before_days:
            return None
        kind = {"onsite": "onsite", "live_online": "online", "self_paced": "online"}.get(mode)
        days = self.buy_before_days.get(kind) if kind else None
        return None if days is None else start - dt.timedelta(days=days)


class Programme(BaseModel):
    """All facts; ask `on(day)`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meta: dict[str, str]
    status: list[Status]
    rules: list[_RuleSpan]
    platforms: list[PlatformList]
    owned_providers: list[OwnedProvider]

    def on(self, day: dt.date) -> Rules:
        """The rules of that day, or of the last known year before it (`known` False), or nothing at all."""
        status = next((s for s in self.status if s.holds(day)), None)
        state: dict[str, Any] = {"state": status.state, "state_text": status.text} if status else {}
        span = next((r for r in self.rules if r.holds(day)), None)
        known = span is not None
        if span is None:
            earlier = [r for r in self.rules if r.to is not None and r.to < day]
            span = max(earlier, key=lambda r: r.to or day, default=None)
        if span is None:
            return Rules(day=day, known=False, **state)
        values = span.model_dump(exclude={"from_", "to"})
        if not known:
            values["buy_before_days"] = None
        year = day.year if known else (span.to or day).year
        return Rules(day=day, known=known, rule_year=year, **state, **values)

    def platforms_on(self, day: dt.date) -> list[str] | None:
        """Ids of the platforms on the official list of that day; None where no list was found."""
        return next((p.ids for p in self.platforms if p.holds(day)), None)

    def owner_of(self, provider_id: str | None) -> OwnedProvider | None:
        """The entry that says which platform's company owns this provider."""
        return next((o for o in self.owned_providers if o.provider == provider_id), None)

    def years(self) -> list[int]:
        """The years of which rules are known, in order; for a table on the site."""
        return sorted({y for r in self.rules for y in range(r.from_.year, (r.to or r.from_).year + 1)})


def parse_programme(text: str) -> Programme:
    """The facts in a TOML text. Raises ProgrammeError with one clear line."""
    try:
        return Programme.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError(f"programme.toml: can't be read as TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ProgrammeError(f"programme.toml: {key}: {first['msg']}; mend or remove the key") from error


@cache
def read_programme() -> Programme:
    """The facts that come with the project; read once."""
    return parse_programme((files("catalog") / "words" / "programme.toml").read_text(encoding="utf-8"))
