"""Where the stages' files lie under var/: one place that spells every path, so that stages meet only here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")


@dataclass(frozen=True)
class Var:
    """The run-data folder (`--var DIR`)."""

    root: Path

    def run_dir(self, run: str, platform: str) -> Path:
        return self.root / "runs" / run / platform

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def lastgood(self) -> Path:
        """<platform>.jsonl (Listing a line) and <platform>.meta.json of the last accepted run."""
        return self.root / "lastgood"

    @property
    def catalog(self) -> Path:
        """courses.jsonl, findings.jsonl, verdicts.json, changes.json, coverage.json, night.json."""
        return self.root / "catalog"

    @property
    def courses(self) -> Path:
        return self.catalog / "courses.jsonl"

    @property
    def state(self) -> Path:
        """What must outlive a night besides last good: registry of ids and slugs, absence counters, validators."""
        return self.root / "state"

    @property
    def history(self) -> Path:
        return self.root / "history"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def cache(self) -> Path:
        """Offers as last read, by listing and reader; may be deleted at any time."""
        return self.root / "cache"

    @property
    def quarantine(self) -> Path:
        """Lines and files that could not be used, each with its reason."""
        return self.root / "quarantine"


def pages_of(env: Mapping[str, str]) -> str:
    """BANDING_PAGES: "full" (a page a course) or "lists" (about thirty on a page). ValueError when it is neither."""
    pages = env.get("BANDING_PAGES") or "full"
    if pages not in ("full", "lists"):
        raise ValueError(f"BANDING_PAGES={pages!r}: use full (a page a course) or lists (about thirty on a page)")
    return pages


def today_wib(now: dt.datetime | None = None) -> dt.date:
    """The night's date: the calendar day in western Indonesian time (UTC+7)."""
    return (now or dt.datetime.now(dt.UTC)).astimezone(WIB).date()
