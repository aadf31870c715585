"""Ends a run in which nothing moves any more, so that one stuck connection can't hold up a whole night.

Every request, answer and listing is a sign of life. When none comes for longer than all pauses and time-outs together
allow, the report is written and the process ends; the gate then holds the run and the last good copy stays.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from spiders.middlewares import MAX_WAIT


def patience(settings: dict[str, Any]) -> float:
    """Seconds without a sign of life that are still normal: every try's time-out, and the longest pause before it."""
    tries = int(settings.get("RETRY_TIMES", 2)) + 1
    waiting = tries * float(settings.get("DOWNLOAD_TIMEOUT", 30))
    pauses = 30.0 if settings.get("BANDING_LOOPBACK") else 1.5 * MAX_WAIT  # a delay may be stretched by half
    return waiting + pauses


class Watchdog:
    """`moved()` is the sign of life; `rest(until)` announces a pause. `stuck(seconds)` is called once, in a thread."""

    def __init__(self, limit: float, stuck: Callable[[float], None]) -> None:
        self.limit, self._stuck = limit, stuck
        self._last = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def moved(self) -> None:
        self._last = max(self._last, time.monotonic())

    def rest(self, until: float) -> None:
        """Nothing need move before `until` (on the clock of time.monotonic)."""
        self._last = max(self._last, until)

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(min(1.0, self.limit / 4)):
            still = time.monotonic() - self._last
            if still > self.limit:
                self._done.set()
                self._stuck(still)
                return


def leave() -> None:
    """Ends the process at once: what is stuck would also stick in an orderly end."""
    os._exit(1)
