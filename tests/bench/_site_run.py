"""Runs a program and says what it cost: CPU seconds (user and system) and peak memory of the process itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NIGHT = "2020-07-15"


@dataclass
class Cost:
    cpu: float
    memory: float  # MB


def run(command: Sequence[str], env: dict[str, str], cwd: Path) -> Cost:
    """Waits for the command. Raises RuntimeError with its last words when it fails."""
    log = cwd / "bench.log" if cwd != ROOT else Path(env["BANDING_VAR"]) / "bench.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=os.environ | env, cwd=cwd, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {log.read_text(errors='replace')[-1500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def pelican(var: Path, out: Path, *, what: str, previous: Path | None = None) -> Cost:
    """Our site build with the benchmark's settings."""
    env = {
        "BANDING_VAR": str(var),
        "BANDING_NIGHT": NIGHT,
        "BANDING_BUILD": "bench",
        "BANDING_BENCH": what,
        "BANDING_PREVIOUS": str(previous or ""),
        "BANDING_SAMPLE": "1",
    }
    conf = str(Path(__file__).with_name("_site_conf.py"))
    return run([sys.executable, "-m", "pelican", "content", "-s", conf, "-o", str(out)], env, ROOT)
