"""The night's journal: which stage began and ended with which inputs, one JSON object a line, synced.

It is what `--resume` reads, and what a person reads in the morning. A line that a crash cut is ignored.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from typing import Any

from catalog.layout import Var

NAME = "journal.jsonl"
WITHDRAWN = "journal.withdrawn.jsonl"


class Journal:
    """The journal of one run."""

    def __init__(self, var: Var, run: str) -> None:
        self.run = run
        self.folder = var.runs / run
        self.path = self.folder / NAME

    def write(self, stage: str, state: str, **more: Any) -> None:
        """Adds one event. `state`: started, done, failed, skipped."""
        self.folder.mkdir(parents=True, exist_ok=True)
        event = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "stage": stage, "state": state} | more
        with self.path.open("ab") as out:
            if out.tell() and not self._ends_whole():
                out.write(b"\n")
            out.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as data:
            data.seek(-1, os.SEEK_END)
            return data.read(1) == b"\n"

    def withdraw(self) -> None:
        """The run was no night: what it crawled stays, but it is not listed among the nights."""
        self.path.replace(self.path.with_name(WITHDRAWN))

    def events(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and {"stage", "state"} <= event.keys():
                    yield event

    def settings(self) -> dict[str, Any]:
        """What the run was last begun with (a run's name may serve again, see `banding merge --into`)."""
        found = self._since()[0].get("settings")
        return found if isinstance(found, dict) else {}

    @property
    def stages(self) -> list[str]:
        """The stages that the run was last begun with."""
        found = self._since()[0].get("stages")
        return [str(stage) for stage in found] if isinstance(found, list) else []

    def _since(self) -> list[dict[str, Any]]:
        """The events from the last beginning on; the first is the beginning itself, {} where there is none."""
        events = list(self.events())
        starts = [number for number, event in enumerate(events) if event["stage"] == "night"]
        return events[starts[-1] :] if starts else [{}, *events]

    @property
    def night(self) -> dt.date | None:
        """The night that the run is of: as it was begun, or as its name says."""
        for text in (self.settings().get("night"), run_key(self.run)[0]):
            with contextlib.suppress(ValueError):
                return dt.date.fromisoformat(str(text))
        return None

    @property
    def changed_anything(self) -> bool:
        """Did the run come further than its crawl?"""
        return any(event["stage"] not in ("night", "crawl") for event in self.events())

    @property
    def begun(self) -> str:
        """The moment at which the run was last begun or gone on with, '' when it never was."""
        return str(self._since()[0].get("at", ""))

    def done_with(self, stage: str) -> str | None:
        """The hash of the inputs with which the stage was last done in this run, None when it was not."""
        found = [e for e in self.events() if e["stage"] == stage]
        return str(found[-1].get("inputs")) if found and found[-1]["state"] == "done" else None

    @property
    def finished(self) -> bool:
        """Did the run reach the last of the stages that it was last begun with?"""
        last = (self.stages or ["publish"])[-1]
        return any(e["stage"] == last and e["state"] == "done" for e in self._since()[1:])


def runs(var: Var) -> list[str]:
    """All nights' runs, oldest first (a run of one platform alone has no journal and is not listed).

    A run that was crawled elsewhere has a name of its own (`nightly --run NAME`): it stands where its night does.
    """
    if not var.runs.is_dir():
        return []
    found = [Journal(var, path.parent.name) for path in var.runs.glob(f"*/{NAME}")]
    return [one.run for one in sorted(found, key=lambda one: (one.night or dt.date.min, one.begun, run_key(one.run)))]


def run_key(name: str) -> tuple[str, int]:
    """Sorts 2020-07-15 < 2020-07-15.2 < 2020-07-15.10 < 2020-07-16."""
    night, _, number = name.partition(".")
    return night, int(number) if number.isdigit() else 1


def new_run(var: Var, night: dt.date) -> str:
    """The night's date, with .2, .3 … when that night already has a run. No clock: equal nights get equal names."""
    taken = {path.name for path in var.runs.glob(f"{night.isoformat()}*")} if var.runs.is_dir() else set()
    if night.isoformat() not in taken:
        return night.isoformat()
    numbers = [run_key(name)[1] for name in taken if name.partition(".")[2].isdigit()]
    return f"{night.isoformat()}.{max([1, *numbers]) + 1}"
