"""Two folders change places so that a reader finds one or the other at every moment, never none."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def exchange(one: Path, two: Path) -> None:
    """Exchanges two folders: in one system call where the system can, else by renames with a short gap."""
    if sys.platform.startswith("linux") and _renameat2(one, two):
        return
    aside = one.with_name(f"{one.name}.aside")
    two.rename(aside)
    one.rename(two)
    aside.rename(one)


def _renameat2(one: Path, two: Path) -> bool:
    """True when done; False when the system can't exchange. OSError for every other failure."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(two), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(two))
