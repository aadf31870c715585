"""One nightly at a time over one run-data folder: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nightly.errors import UserError

PATIENCE = 2.0
PATIENCE_WITH_ORPHANS = 60.0  # children of a killed night end by themselves, on a busy machine after some seconds


@contextlib.contextmanager
def hold(root: Path, what: str) -> Iterator[int]:
    """Holds the lock of `root` (a --var folder); yields its file descriptor, to be kept open by child processes too,
    so that no second nightly starts while a child of a killed one still writes. UserError names the holder."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(f"can't write in {root}: {error.strerror}; choose another folder with --var") from error
    try:
        _take(handle, root)
        _sign(handle, what)
        yield handle
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, root: Path) -> None:
    """Tries for a moment, and longer where the holder is dead and only its last children have to end."""
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise UserError(f"can't lock {root / 'lock'}: {error.strerror}") from error
            waited = time.monotonic() - began
            if waited > PATIENCE_WITH_ORPHANS or (waited > PATIENCE and not _is_dead(handle)):
                raise UserError(f"{root} is in use by {_holder(handle)}; wait until it has finished") from None
        time.sleep(0.05)


def _sign(handle: int, what: str) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    holder = {"what": what, "pid": os.getpid(), "host": socket.gethostname(), "since": now}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(holder).encode(), 0)


def _is_dead(handle: int) -> bool:
    """Is the holder a process of this machine that no longer runs?"""
    holder = _signed(handle)
    if holder is None or holder["host"] != socket.gethostname():
        return False
    pid = holder["pid"]
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except ProcessLookupError:
        return True
    except (OSError, IndexError):
        return False


def _holder(handle: int) -> str:
    holder = _signed(handle)
    if holder is None:
        return "another process"
    return f"`banding {holder['what']}` (process {holder['pid']} on {holder['host']}, since {holder['since']})"


def _signed(handle: int) -> dict[str, Any] | None:
    """What the holder wrote of itself (see `_sign`); None where that can't be read."""
    try:
        holder = json.loads(os.pread(handle, 4096, 0))
        return {**{name: str(holder[name]) for name in ("what", "host", "since")}, "pid": int(holder["pid"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
