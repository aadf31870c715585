"""Child processes with limits: one a platform, one a stage. Their time and peak memory are measured by the kernel."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
GRACE_SECONDS = 5.0
PARENT = "BANDING_PARENT"  # tells a child whose child it is: it may come to look only after that one's death
STALL_CPU = 0.2


@dataclass
class Usage:
    """What a process cost: wall and CPU seconds, peak resident megabytes."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0

    def add(self, other: Usage) -> None:
        self.wall += other.wall
        self.cpu += other.cpu
        self.peak_mb = max(self.peak_mb, other.peak_mb)


@dataclass(frozen=True)
class Limits:
    """Hard limits of one process; a process over one is told to end and then killed.

    `stall`: seconds in which a working process must use some CPU time; None where waiting is part of the work.
    """

    seconds: float
    megabytes: float
    stall: float | None = None


@dataclass
class Task:
    """One command with its limits. `log` receives everything that it prints."""

    name: str
    command: Sequence[str]
    log: Path
    limits: Limits
    env: dict[str, str] | None = None
    cwd: Path | None = None
    keep: Sequence[int] = ()


@dataclass
class Outcome:
    """How a process ended: `stopped` names the limit or signal that ended it, else None."""

    name: str
    code: int
    usage: Usage
    stopped: str | None = None


@dataclass
class _Running:
    task: Task
    process: subprocess.Popen[bytes]
    began: float
    stopped: str | None = None
    told: float | None = None
    seen_cpu: float = 0.0
    seen_at: float = 0.0
    usage: Usage = field(default_factory=Usage)


def run_all(
    tasks: Sequence[Task],
    *,
    jobs: int = 0,
    watch: Callable[[str, str], None] | None = None,
    tick: Callable[[list[str]], None] | None = None,
    poll: float = 0.05,
) -> dict[str, Outcome]:
    """Runs the tasks side by side (`jobs` at once; 0: all). On Ctrl-C or SIGTERM all children are ended first.

    `watch` hears of every beginning and end, `tick` about once a second the names of what runs.
    """
    ticked = time.monotonic()
    waiting, running, done = list(tasks), [], {}  # type: list[Task], list[_Running], dict[str, Outcome]
    width = jobs or max(1, len(waiting))
    try:
        while waiting or running:
            while waiting and len(running) < width:
                running.append(_start(waiting.pop(0)))
                if watch:
                    watch(running[-1].task.name, "running")
            time.sleep(poll)
            if tick and time.monotonic() - ticked > 1:
                ticked = time.monotonic()
                tick([item.task.name for item in running])
            for item in list(running):
                outcome = _look(item)
                if outcome:
                    running.remove(item)
                    done[item.task.name] = outcome
                    if watch:
                        watch(item.task.name, _state(outcome))
    except BaseException:
        _end(running)
        raise
    return done


def run_one(task: Task) -> Outcome:
    return run_all([task])[task.name]


def python(*arguments: str) -> list[str]:
    """A command that runs one of our modules with this interpreter."""
    return [sys.executable, "-X", "utf8", *arguments]


def _state(outcome: Outcome) -> str:
    if outcome.stopped:
        return f"stopped: {outcome.stopped}"
    return "done" if outcome.code == 0 else f"failed: exit {outcome.code}"


def _start(task: Task) -> _Running:
    task.log.parent.mkdir(parents=True, exist_ok=True)
    with task.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - an argument list of ours, never a shell string
            task.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**(os.environ if task.env is None else task.env), PARENT: str(os.getpid())},
            cwd=task.cwd,
            pass_fds=tuple(task.keep),
            start_new_session=True,  # Ctrl-C reaches only us; we end the children in order
        )
    return _Running(task, process, time.monotonic())


def _look(item: _Running) -> Outcome | None:
    pid, status, used = os.wait4(item.process.pid, os.WNOHANG)
    if pid:
        item.process.returncode = os.waitstatus_to_exitcode(status)
        item.usage.wall = time.monotonic() - item.began
        item.usage.cpu = used.ru_utime + used.ru_stime
        item.usage.peak_mb = max(item.usage.peak_mb, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))
        _kill_group(item, signal.SIGKILL)  # what it may have started itself
        return Outcome(item.task.name, item.process.returncode, item.usage, item.stopped)
    _enforce(item)
    return None


def _enforce(item: _Running) -> None:
    now = time.monotonic()
    if item.told is not None:
        if now - item.told > GRACE_SECONDS:
            _kill_group(item, signal.SIGKILL)
        return
    limits = item.task.limits
    if now - item.began > limits.seconds:
        item.stopped = f"over its time limit of {limits.seconds:.0f} s"
    elif _resident_mb(item.process.pid) > limits.megabytes:
        item.stopped = f"over its memory limit of {limits.megabytes:.0f} MB"
    elif limits.stall is not None and _stalled(item, limits.stall, now):
        item.stopped = f"did nothing for {limits.stall:.0f} s"
    if item.stopped:
        item.told = now
        _kill_group(item, signal.SIGTERM)


def _stalled(item: _Running, seconds: float, now: float) -> bool:
    """An event loop that waits for nothing uses some milliseconds a minute; any work uses more."""
    used = _cpu_seconds(item.process.pid)
    if not item.seen_at or used - item.seen_cpu > STALL_CPU:
        item.seen_at, item.seen_cpu = now, used
    return now - item.seen_at > seconds


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    except (OSError, IndexError, ValueError):
        return time.monotonic()  # unknown: never called stalled


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except (OSError, IndexError, ValueError):
        return 0.0  # gone, or a system without /proc: the time limit still holds


def _kill_group(item: _Running, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(item.process.pid, number)


def _end(running: Sequence[_Running]) -> None:
    for item in running:
        _kill_group(item, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    for item in running:
        while item.process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        _kill_group(item, signal.SIGKILL)
        if item.process.poll() is None:
            item.process.wait()


def die_with_parent() -> None:
    """Linux: this process is killed when its parent dies, so that a killed night leaves no crawler behind.

    All stages write aside and rename, so a kill leaves nothing half-written.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    parent = int(os.environ.pop(PARENT, os.getppid()))
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)  # 1 = PR_SET_PDEATHSIG
    if os.getppid() != parent:
        raise SystemExit("the night that started this stage is gone")
