"""A run in which nothing moves ends by itself, with its reason; one that moves or rests is left alone."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from spiders import watchdog
from spiders.watchdog import Watchdog
from tests.spiders import harness
from tests.spiders.harness import HTML, serving


def test_silence_is_noticed_once() -> None:
    seen: list[float] = []
    noticed = threading.Event()
    with Watchdog(0.1, lambda seconds: (seen.append(seconds), noticed.set())):
        assert noticed.wait(5)
        time.sleep(0.2)
    assert len(seen) == 1
    assert seen[0] > 0.1


def test_signs_of_life_and_announced_rests_keep_it_quiet() -> None:
    seen: list[float] = []
    with Watchdog(1.5, seen.append) as dog:
        for _ in range(18):
            time.sleep(0.1)
            dog.moved()
        dog.rest(time.monotonic() + 4)
        dog.moved()  # an earlier sign of life does not shorten the rest
        time.sleep(2)
    assert seen == []


def test_patience_covers_every_try_and_every_pause() -> None:
    real = watchdog.patience({"RETRY_TIMES": 2, "DOWNLOAD_TIMEOUT": 30, "BANDING_LOOPBACK": False})
    assert real >= 3 * 30 + watchdog.MAX_WAIT
    assert watchdog.patience({"DOWNLOAD_TIMEOUT": 8, "BANDING_LOOPBACK": True}) < 60


def test_a_stuck_run_ends_with_its_report(tmp_path: Path, monkeypatch) -> None:
    """The server never answers and the download's own time-out is out of order, so only the watchdog is left."""
    monkeypatch.setattr(watchdog, "patience", lambda _: 1.0)
    released = threading.Event()

    def silent(method: str, target: str, body: bytes) -> harness.Answer:
        released.wait(30)
        return 200, HTML, b"<html></html>"

    with serving(silent) as site:
        began = time.monotonic()
        ran = harness.crawl("pijarmahir", tmp_path, site.url, settings={"DOWNLOAD_TIMEOUT": 60})
        released.set()
    assert time.monotonic() - began < 28  # the server itself lets go after 30 s
    assert ran.report.finish_reason == "timeout"
    assert "nothing moved" in ran.report.notes[-1]
    assert ran.listings == []
