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

    def events(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and {"stage", "state"} <= event.keys():
                    yield event

    def settings(self) -> dict[str, Any]:
        """What the run was begun with."""
        return next((e.get("settings", {}) for e in self.events() if e["stage"] == "night"), {})

    def done_with(self, stage: str) -> str | None:
        """The hash of the inputs with which the stage was last done in this run, None when it was not."""
        found = [e for e in self.events() if e["stage"] == stage]
        return str(found[-1].get("inputs")) if found and found[-1]["state"] == "done" else None

    @property
    def finished(self) -> bool:
        return any(e["stage"] == "publish" and e["state"] == "done" for e in self.events())


def runs(var: Var) -> list[str]:
    """All nights' runs, oldest first (a run of one platform alone has no journal and is not listed)."""
    if not var.runs.is_dir():
        return []
    found = [path.parent for path in var.runs.glob(f"*/{NAME}")]
    return [folder.name for folder in sorted(found, key=lambda f: run_key(f.name))]


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
