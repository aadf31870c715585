"""Does a night take as long as its slowest platform, when every platform is asked politely?

The nine replicas are crawled with real pauses (AutoThrottle, delay, jitter, one connection a host): first all side by
side, each in its own process as the nightly job starts them, then the slowest one alone. Target: all together take at
most a tenth longer than the slowest alone. `http://0.0.0.0` is this machine but no loopback address, so nothing of the
politeness is switched off; the pause is shortened in a copy of the specs.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from catalog.layout import Var
from nightly.processes import Limits, Task, run_all
from spiders import SPECS
from spiders.run import command_of, read_report
from spiders.sandbox import serve

COURSES = int(os.environ.get("BENCH_COURSES", "400"))
DELAY = float(os.environ.get("BENCH_DELAY", "0.8"))
MORE = 0.10


def specs_with_delay(folder: Path) -> Path:
    """A copy of the specs and spiders whose pause between requests is DELAY seconds."""
    copy = folder / "platforms"
    shutil.copytree(SPECS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.glob("*.toml"):
        text = re.sub(r"(?m)^delay = .*\n", "", path.read_text())
        text = text.replace("[crawl]\n", f"[crawl]\ndelay = {DELAY}\n") if "[crawl]" in text else text
        path.write_text(text if "[crawl]" in text else f"{text}\n[crawl]\ndelay = {DELAY}\n")
    return copy


def night(platforms: dict[str, str], folder: Path, specs: Path, run: str) -> tuple[float, dict[str, int]]:
    """Crawls platforms side by side. Returns wall seconds, and requests of each."""
    var = Var(folder / run)  # nothing is known from the crawl before
    tasks = []
    for platform, origin in platforms.items():
        command = command_of(platform, var=var, run=run, specs_dir=specs, origin=origin, night=serve.NIGHT)
        tasks.append(Task(platform, command, folder / f"{run}-{platform}.log", Limits(900, 2_000)))
    began = time.perf_counter()
    run_all(tasks)
    seconds = time.perf_counter() - began
    reports = {platform: read_report(var.run_dir(run, platform), platform, run) for platform in platforms}
    for platform, report in reports.items():
        if report.finish_reason != "finished":
            raise SystemExit(f"{platform}: {report.finish_reason}: {report.notes}")
    return seconds, {platform: report.requests for platform, report in reports.items()}


def main() -> int:
    """Prints both times; 1 when together they take more than a tenth longer."""
    folder = Path(tempfile.mkdtemp(prefix="bench-side-"))
    specs = specs_with_delay(folder)
    with serve.start(COURSES, 1) as box:
        origins = {platform: url.replace("127.0.0.1", "0.0.0.0") for platform, url in box.origins.items()}
        together, requests = night(origins, folder, specs, "together")
        slowest = max(requests, key=lambda platform: requests[platform])
        alone, _ = night({slowest: origins[slowest]}, folder, specs, "alone")
    print(
        f"requests: {', '.join(f'{platform} {count}' for platform, count in requests.items())}; {DELAY} s between two"
    )
    print(
        f"nine side by side {together:.1f} s, {slowest} alone {alone:.1f} s: "
        f"{together / alone - 1:+.1%} (target at most {MORE:+.0%})"
    )
    print(f"one after another they would wait {sum(requests.values()) * DELAY:.0f} s")
    return 1 if together > (1 + MORE) * alone else 0


if __name__ == "__main__":
    sys.exit(main())
