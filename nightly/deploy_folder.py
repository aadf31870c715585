"""Deploy to a folder of this machine (a web server's root, a mounted disk)."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nightly.deploy import MARKER, Plan, is_hosts_own, not_ours
from nightly.errors import UserError

_ASIDE = ".banding-part"


class FolderTarget:
    """Every file is written aside and renamed; other programs' files stop the first deploy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, out: Path, names: Sequence[str]) -> Plan:
        if self.folder.exists() and not self.folder.is_dir():
            raise UserError(f"{self.folder} is no folder")
        if self.folder.exists() and (
            self.folder.resolve() == out.resolve() or out.resolve() in self.folder.resolve().parents
        ):
            raise UserError(f"{self.folder} lies inside {out}: choose another target")
        there = self._files()
        if there and not {"build.json", MARKER} & set(there):
            raise not_ours(str(self.folder))
        known = set(names)
        put = [n for n in names if n not in there or not filecmp.cmp(out / n, self.folder / n, shallow=False)]
        return Plan(put, sorted(there - known - {MARKER}), not there)

    def _files(self) -> set[str]:
        if not self.folder.is_dir():
            return set()
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file() or p.is_symlink())
        return {name for name in found if not is_hosts_own(name)}

    def begin(self, out: Path) -> None:
        try:
            with _readable():
                self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / MARKER).write_bytes((out / "build.json").read_bytes())
        except OSError as error:
            raise UserError(f"can't write in {self.folder}: {error.strerror}") from error

    def put(self, out: Path, names: Sequence[str]) -> None:
        with _readable():
            for name in names:
                goal = self.folder / name
                self._make_way(goal)
                aside = goal.with_name(goal.name + _ASIDE)
                shutil.copyfile(out / name, aside)
                aside.replace(goal)

    def _make_way(self, goal: Path) -> None:
        """A file may stand where a folder is needed, or the other way round."""
        for parent in reversed(goal.relative_to(self.folder).parents[:-1]):
            if (self.folder / parent).is_file():
                (self.folder / parent).unlink()
        goal.parent.mkdir(parents=True, exist_ok=True)
        if goal.is_dir():
            shutil.rmtree(goal)

    def delete(self, names: Sequence[str]) -> None:
        for name in names:
            path = self.folder / name
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder or any(parent.iterdir()):
                    break
                parent.rmdir()

    def end(self) -> None:
        (self.folder / MARKER).unlink(missing_ok=True)


@contextmanager
def _readable() -> Iterator[None]:
    """A web server is another user: what it is to read does not take the umask of a careful one."""
    mask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(mask)
