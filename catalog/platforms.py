"""Typed model of the platform specs (spiders/platforms/*.toml): what is known of each source, with its dates.

The caller names the folder; this module reads it. An unknown key is an error that names the file and the key,
since a misspelt expectation would otherwise be an expectation that is never checked.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Confidence = Literal["recorded", "neighbour", "convention"]


class SpecError(ValueError):
    """A spec that can't be used; the message names the file, the key and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)


class Dated(_Part):
    """Something that holds from one day to another, both included; an open end is None. `source` stands on the site: in
    Indonesian."""

    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None
    source: str | None = None

    def holds(self, day: dt.date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


class Name(Dated):
    name: str


class Address(Dated):
    """Where the trainings are listed in those years."""

    url: str


class Buying(Dated):
    """How a card holder buys there in those years, in plain Indonesian."""

    where: Literal["platform", "dashboard", "unknown"] = "platform"
    text: str


class Expect(_Part):
    """What a good run looks like: `min` is fatal, `max` warns, `fill` is the least share of listings with a field."""

    min: int = 1
    max: int | None = None
    fill: dict[str, float] = Field(default_factory=dict)


class Words(_Part):
    """The platform's own words -> our values. Keys are compared case-folded."""

    category: dict[str, str] = Field(default_factory=dict)
    mode: dict[str, str] = Field(default_factory=dict)
    level: dict[str, str] = Field(default_factory=dict)
    decoration: list[str] = Field(default_factory=list, description="title decorations of this platform")


class Crawl(_Part):
    delay: float = Field(3.0, description="seconds between requests to one host")
    concurrency: int = 1
    budget: int = Field(60_000, description="requests a run at most")
    minutes: float = Field(240.0, description="wall time a run at most")
    cadence: Literal["nightly", "weekly"] = "nightly"
    full_weekday: int = Field(6, description="0 Monday … 6 Sunday: the night on which nothing is taken from validators")


class Spec(_Part):
    """One source: eight platforms and the programme's own directory."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]{1,30}$")
    name: str
    operator: str
    kind: Literal["platform", "directory"] = "platform"
    confidence: Confidence
    trial: bool = False
    official: list[Dated] = Field(default_factory=list)
    names: list[Name] = Field(default_factory=list)
    addresses: list[Address] = Field(default_factory=list)
    buying: list[Buying] = Field(default_factory=list)
    hosts: list[str] = Field(min_length=1, description="hosts that may be requested")
    link_hosts: list[str] = Field(default_factory=list, description="reviewed hosts that may be linked; empty: hosts")
    declared_scope: Literal["prakerja", "whole_shop", "unknown"] = "unknown"
    expect: Expect = Field(default_factory=Expect)
    words: Words = Field(default_factory=Words)
    crawl: Crawl = Field(default_factory=Crawl)
    switches: dict[str, bool] = Field(default_factory=dict)
    endpoints: dict[str, str] = Field(default_factory=dict, description="addresses that the spider requests, by role")
    note: str = ""

    def official_on(self, day: dt.date) -> bool:
        """Was this an official platform of the programme on that day? A directory never is one."""
        return self.kind == "platform" and any(span.holds(day) for span in self.official)

    def name_on(self, day: dt.date) -> str:
        return next((n.name for n in self.names if n.holds(day)), self.name)

    def buying_on(self, day: dt.date) -> Buying | None:
        return next((b for b in self.buying if b.holds(day)), None)

    @cached_property
    def linkable(self) -> frozenset[str]:
        return frozenset(self.link_hosts or self.hosts)

    def may_link(self, url: str | None) -> bool:
        """True when a person may be sent there: http(s), no user or port in the address, a reviewed host."""
        if not url:
            return False
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        clean = parts.username is None and port is None
        return parts.scheme in ("http", "https") and clean and host in self.linkable


def read_spec(path: Path) -> Spec:
    """One spec file. Raises SpecError with one clear line."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{path.name}: can't be read as TOML: {error}") from error
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        hint = "unknown key: remove it or mend its spelling" if first["type"] == "extra_forbidden" else first["msg"]
        raise SpecError(f"{path.name}: {key}: {hint}") from error
    if spec.id != path.stem:
        raise SpecError(f"{path.name}: id is {spec.id!r}; it must be the file's name, {path.stem!r}")
    return spec


def find_spec(folder: Path, platform: str) -> Spec:
    """A platform's spec by its id. Raises SpecError, which names the known ones when there is none of that name."""
    path = folder / f"{platform}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise SpecError(f"unknown platform {platform!r}; known are: {known or 'none'}")
    return read_spec(path)


def read_specs(folder: Path) -> dict[str, Spec]:
    """All specs of a folder by id, in the folder's alphabetical order. Raises SpecError when there is none."""
    specs = {path.stem: read_spec(path) for path in sorted(folder.glob("*.toml"))}
    if not specs:
        raise SpecError(f"{folder}: no platform spec (*.toml) found; is this the right folder?")
    return specs
