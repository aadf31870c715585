"""The swap of public/: a new build stands beside it, whole and verified, and takes its place in one step.

    public.new-<pid>   being built; removed when found, unless a living process holds it (`claim`)
    public.next        verified, about to be swapped
    public             what readers see
    public.previous    the build before, for `banding rollback`

Where the kernel can exchange two folders in one call (Linux, nearly every file system) there is no moment
without public/ and readers see either build. Elsewhere two renames stand in, and `settle` mends what a crash
between them leaves. See docs/decisions/0060-swap.md.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.exchange import exchange
from catalog.files import sync
from nightly.errors import UserError


@dataclass(frozen=True)
class Places:
    """The folders around one public folder."""

    public: Path

    def beside(self, suffix: str) -> Path:
        return self.public.with_name(f"{self.public.name}.{suffix}")

    @property
    def new(self) -> Path:
        return self.beside(f"new-{os.getpid()}")

    @property
    def next(self) -> Path:
        return self.beside("next")

    @property
    def previous(self) -> Path:
        return self.beside("previous")


def read_build(folder: Path) -> dict[str, Any] | None:
    """build.json of a built site; None where there is no whole build."""
    try:
        value = json.loads((folder / "build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def check_target(public: Path) -> None:
    """Refuses to replace a folder that is not a built site of ours. UserError says what to do."""
    if public.is_symlink() or (public.exists() and not public.is_dir()):
        raise UserError(f"{public} is not a folder: choose another with --public")
    if public.is_dir() and any(public.iterdir()) and read_build(public) is None:
        raise UserError(f"{public} holds files that are no built site: empty it or choose another with --public")
    try:
        public.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"can't write beside {public}: {error.strerror}") from error
    if not os.access(public.parent, os.W_OK):
        raise UserError(f"can't write beside {public}: no permission in {public.parent}")


def begin(public: Path) -> Path:
    """A fresh, empty folder to build in. Call only while holding the lock. UserError where a night of another run-data
    folder builds the same public/."""
    settle(public)
    new = Places(public).new
    new.mkdir()
    return new


def claim(new: Path) -> int:
    """Marks a folder as ours, from the first file until it has taken the place of public/ and the one before is put
    away: until the file descriptor is closed or this process dies."""
    handle = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.suppress(OSError):  # some network file systems lock no folders
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def settle(public: Path) -> None:
    """Brings the folders around public/ into order after a crash. Call only while holding the lock.

    `public.next` is either the build that was about to be swapped in (then the exchange has not happened and the
    next run builds it again) or the one that was swapped out (then it becomes `public.previous`); the note beside
    it says which build was about to go in.
    """
    places = Places(public)
    note = places.beside("swap.json")
    for folder in (public, places.next, *sorted(public.parent.glob(f"{glob.escape(public.name)}.new-*"))):
        if _is_claimed(folder):
            raise UserError(
                f"another night is building {public} (in {folder.name}, with another --var): wait until it has finished"
            )
    for left in _left_behind(public):
        _remove(left)
    if places.next.is_dir():
        wanted = _read_note(note)
        if not public.exists():
            places.next.rename(public)  # only without exchange: the crash fell between the two renames
        elif wanted is not None and read_build(public) == wanted and read_build(places.next) != wanted:
            _retire(places)
        else:
            _remove(places.next)
    elif not public.exists() and places.previous.is_dir():
        places.previous.rename(public)
    note.unlink(missing_ok=True)


def swap(public: Path, new: Path) -> None:
    """Puts the verified folder `new` in the place of public/ and keeps the former one as public.previous."""
    places = Places(public)
    build = read_build(new)
    if build is None:
        raise UserError(f"{new} has no build.json: it is no whole build")
    _sync_tree(new)
    places.beside("swap.json").write_text(json.dumps(build), encoding="utf-8")
    new.rename(places.next)
    if not public.exists():
        places.next.rename(public)
    else:
        same = read_build(public) == build
        exchange(places.next, public)
        if same:  # built again: what `banding rollback` shows stays the build before
            _remove(places.next)
        else:
            _retire(places)
    places.beside("swap.json").unlink(missing_ok=True)
    sync(public.parent)


def rollback(public: Path) -> dict[str, Any]:
    """Exchanges public/ and public.previous; calling it again goes forward. Returns the build now shown."""
    places = Places(public)
    settle(public)
    build = read_build(places.previous)
    if build is None:
        raise UserError(f"nothing to roll back to: {places.previous} holds no build")
    if not public.exists():
        places.previous.rename(public)
    else:
        exchange(places.previous, public)
    sync(public.parent)
    return build


def _retire(places: Places) -> None:
    """public.next now holds the former build: it becomes public.previous."""
    if places.previous.exists():
        old = places.beside(f"old-{os.getpid()}")
        places.previous.rename(old)
        places.next.rename(places.previous)
        _remove(old)
    else:
        places.next.rename(places.previous)


def _is_claimed(folder: Path) -> bool:
    """Does a living process build there (`claim`)?"""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno == errno.EWOULDBLOCK
    finally:
        os.close(handle)
    return False


def _left_behind(public: Path) -> list[Path]:
    mine = re.compile(
        rf"{re.escape(public.name)}\.((new|old)-\d+|(((new|old)-\d+|(next|previous)(\.aside)?)\.)?dead-\d+(\+\d+)?)"
    )
    aside = f"{public.name}.next.aside", f"{public.name}.previous.aside"
    if not public.parent.is_dir():
        return []
    found = []
    for path in sorted(public.parent.iterdir()):
        if path.name in aside:
            _mend_aside(public, path)
        elif mine.fullmatch(path.name):
            found.append(path)
    return found


def _mend_aside(public: Path, aside: Path) -> None:
    """Without exchange: what a crash between the renames left aside is the former public/."""
    partner = aside.with_name(aside.name.removesuffix(".aside"))
    if not public.exists() and not partner.exists():
        aside.rename(public)
    elif not public.exists():
        partner.rename(public)
        aside.rename(Places(public).previous if not Places(public).previous.exists() else partner)
    elif not partner.exists():
        aside.rename(partner)
    else:
        _remove(aside)


def _remove(folder: Path) -> None:
    """Removes a folder; it is renamed first, so that a half-removed one is never taken for a build."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
        return
    if ".dead-" not in folder.name:
        dead = folder.with_name(f"{folder.name.split('.new-')[0]}.dead-{os.getpid()}")
        number = 0
        while dead.exists():
            number += 1
            dead = dead.with_name(f"{dead.name.split('+')[0]}+{number}")
        folder.rename(dead)
        folder = dead
    shutil.rmtree(folder, onerror=_unless_gone)


def _unless_gone(_: object, __: str, raised: Any) -> None:
    """Another night of the same public/ may remove the same remains."""
    if not isinstance(raised[1], FileNotFoundError):
        raise raised[1]


def _read_note(note: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _sync_tree(folder: Path) -> None:
    """Asks the system to write the build to disk before it is shown."""
    if hasattr(os, "sync"):
        os.sync()
    sync(folder)
