"""What does the catalog stage cost, and what on a night on which hardly anything changed?

A crawl of replicas of 2,000 courses is multiplied with other ids, titles and addresses (BENCH_COURSES, default 10,000,
says how far), and three nights are built, each by a process of its own as the nightly job does: the first one, one with
the same listings, and one on which 1 % of the prices moved. Target: that one costs at most a fifth of the first.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from catalog.layout import Var
from tests.bench._multiplied import crawl, multiply

COURSES = int(os.environ.get("BENCH_COURSES", "10000"))
CRAWLED = 2_000
NIGHT = dt.date(2020, 7, 15)
SHARE = 100  # every hundredth price moves
QUIET, MEGABYTES = 0.20, 2_048


def build(var: Var, run: str, night: dt.date) -> tuple[float, float]:
    """CPU seconds and peak megabytes of the catalog stage of one night."""
    asked = {"var": str(var.root), "night": night.isoformat(), "run": run, "sample": True}
    asked["origins"] = [folder.name for folder in (var.runs / run).iterdir()]  # type: ignore[assignment]
    answer = var.root / "answer.json"
    process = subprocess.Popen([sys.executable, "-m", "nightly.stage", "catalog", str(answer), json.dumps(asked)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the catalog stage of {night} failed: {answer.read_text() if answer.exists() else status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def nights(var: Var, times: int) -> list[tuple[str, float, float]]:
    """(what, CPU seconds, peak megabytes) of the three nights, from run 'base' multiplied."""
    found = []
    plan = (("first night", 0), ("nothing changed", 0), ("1 % of the prices moved", SHARE))
    for day, (what, moved) in enumerate(plan):
        night, run = NIGHT + dt.timedelta(days=day), f"night-{day}"
        multiply(var, "base", run, night, times, moved=moved)
        found.append((what, *build(var, run, night)))
    return found


def main() -> int:
    """Prints a line a night; 1 when the quiet night or the memory is over its budget."""
    with tempfile.TemporaryDirectory() as folder:
        var = Var(Path(folder) / "var")
        crawl(var, min(COURSES, CRAWLED), "base", NIGHT)
        rows = nights(var, max(1, COURSES // CRAWLED))
        courses = sum(1 for _ in var.courses.open("rb"))
    print(f"{courses} courses; CPU seconds and peak megabytes of the catalog stage")
    for what, cpu, megabytes in rows:
        print(f"{what:<24} {cpu:8.1f} s {cpu / rows[0][1]:7.1%} of the first {megabytes:8.0f} MB")
    return int(rows[-1][1] > QUIET * rows[0][1] or max(row[2] for row in rows) > MEGABYTES)


if __name__ == "__main__":
    raise SystemExit(main())
