"""One nightly at a time; the lock names its holder and survives crashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nightly import lock
from nightly.errors import UserError

HOLD = """
import sys, time
from pathlib import Path
from nightly.lock import hold
with hold(Path(sys.argv[1]), 'nightly (x)'):
    print('held', flush=True)
    time.sleep(60)
"""


def holder(var: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(var)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_is_refused_and_told_who_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    first = holder(tmp_path)
    try:
        with (
            pytest.raises(UserError, match=rf"`banding nightly \(x\)` \(process {first.pid}"),
            lock.hold(tmp_path, "y"),
        ):
            pass
    finally:
        first.kill()
        first.wait()


def test_a_killed_holder_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 20.0)
    first = holder(tmp_path)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    began = time.monotonic()
    with lock.hold(tmp_path, "y"):
        assert time.monotonic() - began < lock.PATIENCE / 2
        assert '"what": "y"' in (tmp_path / "lock").read_text(encoding="utf-8")
    assert (tmp_path / "lock").read_text(encoding="utf-8") == ""


ORPHAN = """
import os, subprocess, sys
from pathlib import Path
from nightly.lock import hold
with hold(Path(sys.argv[1]), 'nightly (x)') as handle:
    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1.5)'], pass_fds=[handle])
    print('held', flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("reaped", [True, False])
def test_the_last_children_of_a_killed_holder_are_waited_for(
    reaped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    first = subprocess.Popen([sys.executable, "-c", ORPHAN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    if reaped:
        first.wait()
    else:
        os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
    with lock.hold(tmp_path, "y"):
        pass
    first.wait()


def test_a_lock_file_with_rubbish_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    (tmp_path / "lock").write_bytes(b"\xff{")
    with lock.hold(tmp_path, "x"):
        (tmp_path / "lock").write_bytes(b"\xff{")
        with pytest.raises(UserError, match="another process"), lock.hold(tmp_path, "y"):
            pass


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="--var"), lock.hold(tmp_path / "file/var", "x"):
        pass
