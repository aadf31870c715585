"""The last nights' changes, for the pages that show one night each: `state/changes.jsonl`, a line a night."""

from __future__ import annotations

import datetime as dt

from catalog.changes import Changes, Kind
from catalog.files import write_lines
from catalog.layout import Var
from catalog.quarantine import Quarantine

KEPT = 30  # nights
SHOWN: tuple[Kind, ...] = ("new", "gone", "cheaper", "dearer", "back")  # what readers care for, in the pages' order


class ChangeBook:
    """What was new, gone, cheaper and dearer on each of the last nights, as it was told then."""

    def __init__(self, var: Var, quarantine: Quarantine) -> None:
        self.path = var.state / "changes.jsonl"
        self.quarantine = quarantine

    def until(self, night: dt.date) -> list[Changes]:
        """The nights up to `night`, oldest first; a line that can't be read is set aside."""
        told = self.quarantine.read_lines("changes", self.path, Changes)
        return [changes for changes in told if changes.night <= night]

    def add(self, tonight: Changes) -> None:
        """Tonight in place of what was said of it before. A catalog's first night has nothing to be compared with."""
        earlier = [changes for changes in self.until(tonight.night) if changes.night < tonight.night]
        told = [change for change in tonight.changes if change.kind in SHOWN]
        new = [tonight.model_copy(update={"changes": told})] if tonight.since else []
        write_lines(self.path, [*earlier, *new][-KEPT:])
