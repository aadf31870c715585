"""Runs a program and says what it cost: CPU seconds (user and system) and peak memory of the process itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
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
        peak, pid = 0.0, 0
        while not pid:
            # Not ru_maxrss: that of a child starts with what its parent held when it was started.
            peak = max(peak, _resident(process.pid))
            time.sleep(0.05)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {log.read_text(errors='replace')[-1500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, peak)


def _resident(pid: int) -> float:
    """The most memory that the process has held so far, in MB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


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
