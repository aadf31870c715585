"""What does a night cost, in full and with 1 % changed, and how does the cost grow?

Full nights on replicas without delays, of 2,000 and 20,000 courses (BANDING_BENCH_SIZES="2000 20000 100000" for
others). Then the next night: the replicas unchanged are crawled again, and 1 % of the prices are moved in what was
crawled. Anchors: the full night itself, and one Python process that only reads and writes the same listings.
"""

from __future__ import annotations

import datetime as dt
import filecmp
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.layout import Var
from nightly.deploy import deploy, open_target
from spiders.sandbox import serve
from tests.bench._multiplied import multiply

ROOT = Path(__file__).resolve().parents[2]
SIZES = [int(size) for size in os.environ.get("BANDING_BENCH_SIZES", "2000 20000").split()]
NIGHT = dt.date(2020, 7, 15)
SHARE = 100  # every hundredth course changes
# Budgets of the largest size: CPU and bytes of a quiet night against a full one, megabytes, CPU minutes.
QUIET_CPU, QUIET_BYTES, PEAK_MB, CPU_MINUTES = 0.20, 0.05, 2048, 25


def banding(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nightly.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"banding {' '.join(words)}: exit {done.returncode}\n{done.stderr[-2000:]}")


def costs(var: Path, run: str) -> dict[str, dict[str, float]]:
    """Stage -> CPU seconds and peak megabytes, from the journal."""
    found = {}
    for line in (var / "runs" / run / "journal.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["state"] == "done" and "cpu" in event:
            found[event["stage"]] = {"cpu": event["cpu"], "mb": event["peak_mb"]}
    return found


def anchor(var: Path, run: str) -> float:
    """CPU seconds of a process that only reads every listing and writes it again."""
    files = [str(path) for path in (var / "runs" / run).glob("*/listings.jsonl")]
    code = "import json, sys\nfor p in sys.argv[1:]:\n for l in open(p): json.dumps(json.loads(l))"
    began = time.process_time() + sum(os.times()[2:4])
    subprocess.run([sys.executable, "-c", code, *files], check=True)
    return time.process_time() + sum(os.times()[2:4]) - began


KINDS = {
    "course pages": ("pelatihan/", "kelompok/"),
    "lists": ("daftar/", "kategori/", "tingkat/", "platform/", "lembaga/"),
    "state": ("data/state/",),
    "rows behind numbers": ("data/lists/",),
    "tables per platform": ("data/platform/",),
    "other open data": ("data/",),
    "search index": ("indeks/", "ringkas/"),
}


def by_kind(new: Path, old: Path) -> dict[str, tuple[int, int]]:
    """Kind of file -> bytes of all, bytes of those that the build before did not have."""
    found: dict[str, tuple[int, int]] = {}
    for path in (p for p in new.rglob("*") if p.is_file()):
        name = path.relative_to(new).as_posix()
        kind = next((kind for kind, starts in KINDS.items() if name.startswith(starts)), "rest")
        size, before = path.stat().st_size, old / name
        changed = not before.is_file() or not filecmp.cmp(path, before, shallow=False)
        found[kind] = (found.get(kind, (0, 0))[0] + size, found.get(kind, (0, 0))[1] + size * changed)
    return found


def measure(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place, serve.start(size, 1, NIGHT) as sandbox:
        var, public, goal = Path(place) / "var", Path(place) / "public", Path(place) / "www"
        origins = [word for item in sandbox.origins.items() for word in ("--origin", "=".join(item))]
        where = ["--var", str(var), "--public", str(public), "--log", "plain"]

        def night(day: int, *more: str) -> float:
            began = time.monotonic()
            banding("nightly", *where, "--date", (NIGHT + dt.timedelta(days=day)).isoformat(), *more)
            return time.monotonic() - began

        wall = night(0, *origins)
        full = costs(var, NIGHT.isoformat())
        sent = deploy(open_target(str(goal)), public)
        night(1, *origins)
        recrawl = costs(var, (NIGHT + dt.timedelta(days=1)).isoformat())["crawl"]
        deploy(open_target(str(goal)), public)
        name = (NIGHT + dt.timedelta(days=2)).isoformat()
        before = (NIGHT + dt.timedelta(days=1)).isoformat()
        multiply(Var(var), before, name, NIGHT + dt.timedelta(days=2), 1, moved=SHARE)
        night(2, "--run", name)
        quiet = costs(var, name) | {"crawl": recrawl}
        moved = deploy(open_target(str(goal)), public)
        kinds = by_kind(public, public.with_name("public.previous"))
        read = anchor(var, NIGHT.isoformat())
    return {
        "size": size,
        "wall": wall,
        "full": full,
        "quiet": quiet,
        "sent": sent.bytes,
        "moved": moved.bytes,
        "kinds": kinds,
        "read": read,
    }


def total(stages: dict[str, dict[str, float]]) -> float:
    return sum(stage["cpu"] for stage in stages.values())


def lines_of(row: dict[str, Any]) -> Iterator[str]:
    """What one size cost."""
    peak = max(stage["mb"] for stage in row["full"].values())
    cpu, moved = total(row["quiet"]) / total(row["full"]), row["moved"] / row["sent"]
    yield (
        f"{row['size']:>8} {row['wall']:>8.1f} {total(row['full']):>8.1f} {peak:>8.0f} "
        f"{cpu:>8.1%} {row['sent'] / 2**20:>8.1f} {moved:>8.1%}"
    )
    yield "         full: " + ", ".join(f"{name} {cost['cpu']:.1f}" for name, cost in row["full"].items())
    yield "         1 %:  " + ", ".join(f"{name} {cost['cpu']:.1f}" for name, cost in row["quiet"].items())
    yield "         1 %, MB sent of MB: " + ", ".join(
        f"{kind} {new / 2**20:.1f} of {size / 2**20:.1f}" for kind, (size, new) in sorted(row["kinds"].items())
    )
    yield f"         {total(row['full']) / row['read']:.0f} times as much CPU as reading and writing the listings"


def slopes(rows: list[dict[str, Any]]) -> Iterator[str]:
    """How the CPU grows from size to size."""
    for small, large in itertools.pairwise(rows):
        growth = math.log(total(large["full"]) / total(small["full"])) / math.log(large["size"] / small["size"])
        yield f"slope from {small['size']} to {large['size']} courses: {growth:.2f} (1 is linear)"


def main() -> int:
    """0 when the largest size keeps the budgets."""
    rows: list[dict[str, Any]] = []
    print(
        f"{'courses':>8} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'1 % CPU':>8} {'MB sent':>8} {'1 % MB':>8}",
        flush=True,
    )
    for size in SIZES:  # told at once: a larger size may take an hour, and may fail
        rows.append(measure(size))
        print("\n".join(lines_of(rows[-1])), flush=True)
    print("\n".join(slopes(rows)))
    last = rows[-1]
    over = [
        name
        for name, bad in (
            (
                "CPU of a quiet night",
                last["size"] >= 100_000 and total(last["quiet"]) > QUIET_CPU * total(last["full"]),
            ),
            ("bytes of a quiet night", last["moved"] > QUIET_BYTES * last["sent"]),
            ("memory", max(stage["mb"] for stage in last["full"].values()) > PEAK_MB),
            ("CPU", total(last["full"]) > CPU_MINUTES * 60),
        )
        if bad
    ]
    if over:
        print(f"over budget: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
