"""Deploy to a git branch for Pages: always one commit without parents, so that the repository does not swell."""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from nightly.commands import run
from nightly.deploy import HOSTS_OWN, Plan, hidden, is_hosts_own, not_ours
from nightly.errors import UsageError, UserError
from nightly.publish import read_build

TOKEN = "BANDING_GIT_TOKEN"  # noqa: S105 - the name of an environment variable
_CHANGING = "banding-changing"  # stands in our own repository while it is written
_SETTINGS = {
    "core.excludesFile": os.devnull,
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
}


class GitTarget:
    """A commit of the whole build is made in a bare repository of our own and pushed over the branch.

    git sends only objects that the branch does not have yet. The push names the commit that it replaces, so that
    a deploy from elsewhere in between is noticed and not lost.
    """

    def __init__(self, address: str, cache: Path) -> None:
        self.url, _, branch = address.partition("#")
        self.branch = branch or "gh-pages"
        if urlsplit(self.url).password or self.url.startswith("-"):
            raise UsageError(f"git target {hidden(self.url)!r}: keep secrets out of the address; set {TOKEN} instead")
        if not re.fullmatch(r"[A-Za-z0-9][\w./-]*", self.branch) or ".." in self.branch:
            raise UsageError(f"git target: {self.branch!r} is no branch name")
        self.store = cache / "git"
        self.old = ""
        self.out = Path()

    def plan(self, out: Path, names: Sequence[str]) -> Plan:
        self.out = out
        self._open_store()
        self.old = self._fetch()
        if not self.old:
            return Plan(list(names), [], True)
        there = {name: sign for name, sign in self._tree(self.old).items() if not is_hosts_own(name)}
        if not there:
            return Plan(list(names), [], True)
        if "build.json" not in there:
            raise not_ours(f"branch {self.branch}")
        new = {name: sign for name, sign in self._tree(self._write_tree()).items() if not is_hosts_own(name)}
        put = [name for name in names if there.get(name) != new.get(name)]
        return Plan(put, sorted(set(there) - set(new)), False)

    def _open_store(self) -> None:
        """The store holds nothing that can't be fetched: one that a kill left in the middle of a change, with git's
        locks or half an index in it, is made anew."""
        if (self.store / _CHANGING).exists():
            shutil.rmtree(self.store)
        if not (self.store / "HEAD").exists():
            self.store.mkdir(parents=True, exist_ok=True)
            with self._changing():
                run(["git", "init", "--quiet", "--bare", str(self.store)])

    @contextmanager
    def _changing(self) -> Iterator[None]:
        mark = self.store / _CHANGING
        mark.touch()
        yield
        mark.unlink()  # not when git failed: the next deploy begins with a new store

    def _fetch(self) -> str:
        """The commit that the branch has now, '' when there is none; its trees are fetched, blobs where needed."""
        listed = self._git("ls-remote", "--heads", "--", self.url, f"refs/heads/{self.branch}").split()
        if not listed:
            return ""
        ref = f"+refs/heads/{self.branch}:refs/banding/remote"
        with self._changing():
            self._git("fetch", "--quiet", "--depth=1", "--no-tags", "--", self.url, ref)
        return listed[0]

    def _tree(self, tree: str) -> dict[str, str]:
        """Name -> object id of every file of a tree or commit."""
        lines = self._git("ls-tree", "-r", "-z", "--full-tree", tree).split("\0")
        pairs = (line.split("\t", 1) for line in lines if line)
        return {name: about.split(" ")[2] for about, name in pairs}

    def _write_tree(self) -> str:
        """The build as a tree, and in it what the branch holds of the host's own."""
        with self._changing():
            return self._written_tree()

    def _written_tree(self) -> str:
        work = {
            "GIT_WORK_TREE": str(self.out.absolute()),
            "GIT_INDEX_FILE": str((self.store / "banding-index").absolute()),
        }
        self._git("add", "--all", "--force", ".", env=work, cwd=self.out)
        if self.old:
            own = self._git("ls-tree", "-r", "-z", "--full-tree", self.old, "--", *HOSTS_OWN)
            for line in own.split("\0")[:-1]:
                about, name = line.split("\t", 1)
                mode, _, sign = about.split(" ")
                self._git("update-index", "--add", "--cacheinfo", mode, sign, name, env=work, cwd=self.out)
        return self._git("write-tree", env=work, cwd=self.out).strip()

    def begin(self, out: Path) -> None:
        return None

    def put(self, out: Path, names: Sequence[str]) -> None:
        """Nothing travels before the commit is whole; `end` pushes it."""

    def delete(self, names: Sequence[str]) -> None:
        """The new commit does not hold them."""

    def end(self) -> None:
        build = read_build(self.out) or {}
        tree = self._write_tree()
        if self.old and self._git("rev-parse", f"{self.old}^{{tree}}").strip() == tree:
            return
        stamp = f"{build.get('night')}T00:00:00+07:00"
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _identity(stamp)}
        message = f"Night {build.get('night')}, build {build.get('build')}"
        commit = self._git("commit-tree", tree, "-m", message, env=who).strip()
        lease = f"--force-with-lease=refs/heads/{self.branch}:{self.old}"
        self._git("push", "--quiet", lease, "--", self.url, f"{commit}:refs/heads/{self.branch}")
        with self._changing():
            self._git("update-ref", "refs/banding/remote", commit)
            self._git("gc", "--quiet", "--prune=now")  # our own store holds the newest build only

    def _git(self, *words: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
        settings = dict(_SETTINGS)
        token = os.environ.get(TOKEN)
        if token and self.url.startswith("https://"):
            secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            settings[f"http.{self.url}.extraHeader"] = f"Authorization: Basic {secret}"
        given = {
            "GIT_DIR": str(self.store.absolute()),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for number, (key, value) in enumerate(settings.items()):
            given |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        try:
            return run(["git", *words], env=given | (env or {}), cwd=cwd)
        except UserError as error:
            if "stale info" in str(error):
                raise UserError(
                    f"branch {self.branch} was changed by somebody else meanwhile: run the deploy again"
                ) from error
            raise


def _identity(stamp: str) -> list[tuple[str, str]]:
    return [("NAME", "banding"), ("EMAIL", "banding@localhost"), ("DATE", stamp)]
