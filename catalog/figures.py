"""The figures of coverage as records: what coverage.json and alarms.json hold."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from catalog.records import SCHEMA_VERSION, Record


class PlatformRow(Record):
    """One platform on one night. `received`, `valid` and `rejected` speak of tonight's run, `published` of the site."""

    platform: str
    name: str
    kind: str
    official: bool
    confidence: str
    trial: bool = Field(False, description="a new source that was not accepted on two nights yet")
    declared: int | None = None
    declared_method: str = "unknown"
    declared_scope: str = "unknown"
    share: float | None = Field(None, description="received / declared; only for the scope 'prakerja'")
    received: int | None = None
    valid: int | None = None
    rejected: int | None = None
    rejected_by: dict[str, int] = Field(default_factory=dict)
    published: int = 0
    active: int = 0
    new: int = 0
    gone: int = 0
    changed: int = 0
    outcome: str = "not_run"
    reasons: list[str] = Field(default_factory=list)
    codes: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    last_good: dt.date | None = Field(None, description="null: never collected")
    age_nights: int | None = None
    released: str | None = None
    requests: int | None = None
    errors: dict[str, int] = Field(default_factory=dict)
    statuses: dict[str, int] = Field(default_factory=dict)
    layers: dict[str, int] = Field(default_factory=dict)
    minutes: float | None = Field(None, description="how long the run took; not given for sample data")
    unmapped: dict[str, float] = Field(default_factory=dict)


class Event(Record):
    """Something that happened to a platform itself, not to its data."""

    kind: Literal["joined", "left", "renamed", "first_collected", "released"]
    platform: str
    text: str


class Totals(Record):
    courses: int
    active_courses: int
    offers: int
    active_offers: int


class Alarm(Record):
    """One alarm from the night on which it opened to the night on which it closed."""

    id: str = Field(description="rule:platform:detail:night on which it opened; stable")
    rule: str
    platform: str
    detail: str = ""
    title: str
    text: str
    value: float | None = None
    limit: float | None = None
    opened: dt.date
    closed: dt.date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.rule, self.platform, self.detail


class Cell(Record):
    """One field of one platform. `valid + unreadable + empty == total`."""

    platform: str
    field: str
    total: int
    valid: int
    unreadable: int
    empty: int
    share: float | None = Field(None, description="valid / total; null without offers")


class CheckCount(Record):
    """One check on one platform: how often it is true, false, or could not be tested."""

    check: str
    version: int
    platform: str
    true: int = 0
    false: int = 0
    not_tested: int = 0
    not_tested_why: str = Field("", description="the commonest reasons, each with its number")


class Coverage(Record):
    """coverage.json: every figure of the coverage page."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    sample: bool = False
    totals: Totals
    platforms: list[PlatformRow] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)
    alarms: list[Alarm] = Field(default_factory=list, description="what is on tonight; see alarms.json")
    completeness: list[Cell] = Field(default_factory=list)
    checks: list[CheckCount] = Field(default_factory=list)
