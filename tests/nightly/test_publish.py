"""The swap of public/: whole builds only, at every moment, after every crash."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from catalog import exchange as swapping
from catalog.exchange import exchange
from nightly import publish
from nightly.errors import UserError
from nightly.publish import Places, begin, check_target, claim, read_build, rollback, settle, swap


def build_of(folder: Path) -> str | None:
    build = read_build(folder)
    return str(build["build"]) if build else None


def fill(folder: Path, build: str) -> None:
    (folder / "build.json").write_text(f'{{"build": "{build}", "night": "2020-07-15"}}', encoding="utf-8")
    (folder / "index.html").write_text(build, encoding="utf-8")


def put(public: Path, build: str) -> None:
    new = begin(public)
    fill(new, build)
    swap(public, new)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_first_build_and_the_ones_after(tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "one")
    assert build_of(public) == "one"
    put(public, "two")
    put(public, "three")
    assert (build_of(public), build_of(tmp_path / "public.previous")) == ("three", "two")
    assert names(tmp_path) == {"public", "public.previous"}


def test_the_same_build_again_keeps_the_one_before_for_rollback(tmp_path: Path) -> None:
    public = tmp_path / "public"
    for build in ("one", "two", "two"):
        put(public, build)
    assert (build_of(public), build_of(tmp_path / "public.previous")) == ("two", "one")
    assert names(tmp_path) == {"public", "public.previous"}


def test_rollback_goes_back_and_forward(tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "one")
    with pytest.raises(UserError, match="nothing to roll back"):
        rollback(public)
    put(public, "two")
    assert rollback(public)["build"] == "one"
    assert build_of(public) == "one"
    assert rollback(public)["build"] == "two"


def test_a_build_without_build_json_is_not_swapped_in(tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "one")
    new = begin(public)
    with pytest.raises(UserError, match=r"build\.json"):
        swap(public, new)
    assert build_of(public) == "one"


@pytest.mark.parametrize("without_exchange", [False, True])
@pytest.mark.parametrize("step", range(12))
def test_a_crash_at_any_step_leaves_one_whole_build(
    step: int, without_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program dies just before its nth change of a name; then the next night begins."""
    public = tmp_path / "public"
    put(public, "one")
    put(public, "two")
    new = begin(public)
    fill(new, "three")
    if without_exchange:
        monkeypatch.setattr(swapping, "_renameat2", lambda *_: False)
    count = 0

    class Crash(BaseException):
        pass

    def tick() -> None:
        nonlocal count
        if count == step:
            raise Crash
        count += 1

    real_rename, real_exchange, real_rmtree = Path.rename, swapping._renameat2, shutil.rmtree

    def rename(self: Path, target: Path) -> Path:
        tick()
        return real_rename(self, target)

    def renameat2(one: Path, two: Path) -> bool:
        tick()
        return real_exchange(one, two)

    def rmtree(path: Path, **more: object) -> None:
        tick()
        real_rmtree(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        patch.setattr(swapping, "_renameat2", renameat2)
        patch.setattr(publish.shutil, "rmtree", rmtree)
        with contextlib.suppress(Crash):
            swap(public, new)
    if not without_exchange:
        assert build_of(public) in ("two", "three")  # no moment without public/
    settle(public)
    assert build_of(public) in ("two", "three")
    put(public, "four")
    assert (build_of(public), build_of(tmp_path / "public.previous")) in (("four", "two"), ("four", "three"))
    assert names(tmp_path) == {"public", "public.previous"}


def test_readers_never_miss_the_folder(tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "0")
    stop, missed, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            build = build_of(public)
            seen.add(build)
            if build is None:
                missed.append(build)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 60):
        put(public, str(number))
    stop.set()
    reader.join()
    assert missed == []
    assert len(seen) > 1


def test_exchange_by_renames_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "_renameat2", lambda *_: False)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        fill(tmp_path / name, name)
    exchange(tmp_path / "a", tmp_path / "b")
    assert (build_of(tmp_path / "a"), build_of(tmp_path / "b")) == ("b", "a")
    assert names(tmp_path) == {"a", "b"}


def test_foreign_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/photo.jpg").write_bytes(b"x")
    with pytest.raises(UserError, match="no built site"):
        check_target(tmp_path / "mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(UserError, match="not a folder"):
        check_target(tmp_path / "link")
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty")
    check_target(tmp_path / "not/yet/there")


def test_left_overs_of_a_killed_build_are_removed(tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "one")
    for name in ("public.new-1", "public.old-2", "public.dead-3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").touch()
    begin(public).rmdir()
    assert names(tmp_path) == {"public"}
    assert Places(public).next == tmp_path / "public.next"


CLAIM = """
import sys, time
from pathlib import Path
from nightly.publish import begin, claim
handle = claim(begin(Path(sys.argv[1])))
print('begun', flush=True)
time.sleep(60)
"""


def test_what_another_night_is_building_is_not_removed(tmp_path: Path) -> None:
    """Two run-data folders with one public/: the locks of --var do not see each other."""
    public = tmp_path / "public"
    put(public, "one")
    put(public, "two")
    other = subprocess.Popen([sys.executable, "-c", CLAIM, str(public)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        for what in (begin, rollback):
            with pytest.raises(UserError, match=f"another night is building .*public.new-{other.pid}"):
                what(public)
        assert names(tmp_path) == {"public", "public.previous", f"public.new-{other.pid}"}
        assert build_of(public) == "two"
    finally:
        other.kill()
        other.wait()
    put(public, "three")  # a killed builder claims nothing
    assert names(tmp_path) == {"public", "public.previous"}


@pytest.mark.parametrize("name", ["public.new-1", "public.next", "public"])
def test_a_claim_holds_through_the_swap(name: str, tmp_path: Path) -> None:
    public = tmp_path / "public"
    put(public, "one")
    put(public, "two")
    (tmp_path / name).mkdir(exist_ok=True)
    handle = claim(tmp_path / name)
    with pytest.raises(UserError, match=f"another night is building .*{name},"):
        settle(public)
    os.close(handle)
    settle(public)
    assert (build_of(public), names(tmp_path)) == ("two", {"public", "public.previous"})


def test_folders_that_can_not_be_locked_are_claimed_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.EBADF, "no locks here")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    new = begin(tmp_path / "public")
    handle = claim(new)
    settle(tmp_path / "public")
    os.close(handle)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("name", ["public.new-1", "public.next", "public.previous", "public.next.aside"])
def test_what_a_kill_left_half_removed_is_removed_by_the_next_night(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = tmp_path / "public"
    put(public, "one")
    (tmp_path / name).mkdir()
    (tmp_path / name / "x").touch()

    def killed(_: Path, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "rmtree", killed)
        publish._remove(tmp_path / name)
    assert any(".dead-" in left for left in names(tmp_path))
    others = {"public.deadline", "public.old-backup", "public.new-design", "public.dead-end"}
    for other in others:
        (tmp_path / other).mkdir()
    begin(public).rmdir()
    assert names(tmp_path) == {"public", *others}, "folders of others stay"


def test_remains_that_another_night_removes_too_stop_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remains = tmp_path / "public.dead-7"
    remains.mkdir()
    really = shutil.rmtree

    def late(folder: Path, **how: Any) -> None:
        really(folder)
        really(folder, **how)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", late)
        publish._remove(remains)
    assert not remains.exists()
    with pytest.raises(PermissionError):
        publish._unless_gone(None, "", (None, PermissionError("no"), None))
