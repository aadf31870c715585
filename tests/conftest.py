"""Shared fixtures. Recorded real data lies beside the project where somebody has it; tests skip without it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start background jobs so, and children would inherit it: tests that end a child by Ctrl-C need it back.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with recorded answers and labelled strings, or a skip."""
    if not (SHARED / "gold").is_dir():
        pytest.skip("recorded real data (../shared) is not here")
    return SHARED


@pytest.fixture
def dead() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
