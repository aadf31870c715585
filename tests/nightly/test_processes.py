"""Child processes: limits are enforced, nothing is left behind, time and memory are measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nightly import processes
from nightly.processes import Limits, Task, run_all, run_one

WIDE = Limits(60, 2048)


def task(tmp_path: Path, code: str, name: str = "t", limits: Limits = WIDE) -> Task:
    return Task(name, [sys.executable, "-c", code], tmp_path / f"{name}.log", limits)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except OSError:
        return False


def gone(pid: int, seconds: float = 10) -> bool:
    """Does the process end soon? A busy machine may need a while to take it away."""
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


def test_exit_code_output_time_and_memory(tmp_path: Path) -> None:
    done = run_one(task(tmp_path, "x = bytearray(80 << 20); print('hallo'); raise SystemExit(3)"))
    assert (done.code, done.stopped) == (3, None)
    assert (tmp_path / "t.log").read_text() == "hallo\n"
    assert done.usage.peak_mb > 80
    assert 0 < done.usage.cpu < 10


def test_they_run_side_by_side_within_the_width(tmp_path: Path) -> None:
    code = "import time; print(time.time()); time.sleep(0.6); print(time.time())"
    run_all([task(tmp_path, code, str(n)) for n in range(4)], jobs=2)
    spans = [[float(x) for x in (tmp_path / f"{n}.log").read_text().split()] for n in range(4)]
    together = [sum(a <= t < b for a, b in spans) for t, _ in spans]
    assert max(together) == 2


def test_a_process_over_its_time_is_told_and_then_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.3)
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    began = time.monotonic()
    done = run_one(task(tmp_path, stubborn, limits=Limits(0.5, 2048)))
    assert done.code == -signal.SIGKILL
    assert "time limit" in str(done.stopped)
    assert time.monotonic() - began < 30


def test_a_process_over_its_memory_is_stopped_and_the_others_go_on(tmp_path: Path) -> None:
    greedy = "import time; x = bytearray(300 << 20); time.sleep(60)"
    done = run_all([task(tmp_path, greedy, "g", Limits(60, 150)), task(tmp_path, "print(1)", "ok")])
    assert "memory limit" in str(done["g"].stopped)
    assert done["ok"].code == 0


def test_a_process_that_waits_for_nothing_is_stopped(tmp_path: Path) -> None:
    idle, busy = "import time; time.sleep(60)", "import time\nwhile time.process_time() < 2: pass"
    limits = Limits(60, 2048, stall=3)
    done = run_all([task(tmp_path, idle, "idle", limits), task(tmp_path, busy, "busy", limits)])
    assert done["idle"].stopped == "did nothing for 3 s"
    assert (done["busy"].code, done["busy"].stopped) == (0, None)


def test_grandchildren_end_with_their_parent(tmp_path: Path) -> None:
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    run_one(task(tmp_path, code))
    assert gone(int((tmp_path / "t.log").read_text()))


def test_an_interruption_ends_all_children_first(tmp_path: Path) -> None:
    first = tmp_path / "a.log"

    def watch(name: str, state: str) -> None:
        if name == "b":
            until = time.monotonic() + 20
            while not first.read_text() and time.monotonic() < until:
                time.sleep(0.02)
            raise KeyboardInterrupt

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(KeyboardInterrupt):
        run_all([task(tmp_path, code, "a"), task(tmp_path, code, "b")], watch=watch)
    pids = [int(x) for log in tmp_path.glob("*.log") for x in log.read_text().split()]
    assert pids
    assert all(gone(pid) for pid in pids)


def test_a_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    inner = "from nightly.processes import die_with_parent as d; d(); import os, time; "
    inner += "print(os.getpid(), flush=True); time.sleep(60)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    parent = subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert gone(child)


def test_a_child_that_looks_only_after_its_parents_death_ends(tmp_path: Path) -> None:
    inner = "import os, time; print(os.getpid(), flush=True); time.sleep(0.5); "
    inner += "from nightly.processes import die_with_parent as d; d(); time.sleep(60)"
    outer = "import sys; from pathlib import Path; from nightly.processes import *; "
    outer += f"run_one(Task('t', [sys.executable, '-c', {inner!r}], Path({str(tmp_path / 'log')!r}), Limits(60, 2048)))"
    parent = subprocess.Popen([sys.executable, "-c", outer])
    until = time.monotonic() + 30
    while time.monotonic() < until and not (tmp_path / "log").exists():
        time.sleep(0.02)
    while time.monotonic() < until and not (tmp_path / "log").read_text():
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    child = int((tmp_path / "log").read_text().split()[0])
    assert gone(child)


def test_no_task_at_all() -> None:
    assert run_all([]) == {}
