"""`banding deploy TARGET`: only changed files travel, immutable ones first, pages next, deletions last.

Whoever reads the site while a deploy runs finds, at every moment, each page with the assets that it names: new
assets are there before the first new page, old ones stay until the last old page is gone. build.json goes last of
all files, so it never names a night that is not wholly there. Run again after an interruption: what has arrived
is seen and not sent twice.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nightly.errors import UsageError, UserError
from nightly.publish import read_build

MARKER = ".banding-deploy"  # stands in the target from the first file to the last deletion
# Everything in these two folders stands under a name with a content hash (the site's own _headers say the same).
_HASHED = re.compile(r"^(?:aset|indeks)/|[.-][0-9a-f]{8,64}\.[a-z0-9.]+$")
# What hosts keep beside a site: GitHub's name of the domain, proofs of ownership, certificates. Never sent or deleted.
HOSTS_OWN = "CNAME", ".well-known"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, max-age=0, must-revalidate"
PHASES = ("assets", "data", "pages", "build")


@dataclass
class Plan:
    """What differs between the build and the target: relative names with '/'."""

    put: list[str] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    new_target: bool = False


class Target(Protocol):
    """Somewhere that a site can be sent to."""

    def plan(self, out: Path, names: Sequence[str]) -> Plan:
        """Compares; changes nothing. UserError when the target is not ours or can't be reached."""

    def begin(self, out: Path) -> None:
        """Called before the first change."""

    def put(self, out: Path, names: Sequence[str]) -> None:
        """Sends files; each appears whole or not at all."""

    def delete(self, names: Sequence[str]) -> None:
        """Removes files that the build no longer has."""

    def end(self) -> None:
        """Called after the last change."""


@dataclass
class Sent:
    """What a deploy did."""

    put: int = 0
    bytes: int = 0
    delete: int = 0


def phase(name: str) -> str:
    """When a file travels."""
    if name == "build.json":
        return "build"
    if is_immutable(name):
        return "assets"
    return "pages" if name.endswith((".html", ".xml", ".atom")) else "data"


def is_hosts_own(name: str) -> bool:
    """A file of the host, not of a build."""
    return name.partition("/")[0] in HOSTS_OWN


def is_immutable(name: str) -> bool:
    """A name with a content hash: its bytes never change."""
    return bool(_HASHED.search(name))


def cache_control(name: str) -> str:
    return IMMUTABLE if is_immutable(name) else REVALIDATE


def site_files(out: Path) -> list[str]:
    """All files of a build, sorted. UserError for a link or a name that no host can carry."""
    names = []
    for path in sorted(out.rglob("*")):
        if path.is_symlink():
            raise UserError(f"{path} is a symbolic link: a build holds plain files only")
        if path.is_file():
            name = path.relative_to(out).as_posix()
            if any(sign < " " for sign in name):
                raise UserError(f"{name!r} holds a control character and can't be deployed")
            names.append(name)
    return names


def check_source(out: Path, *, allow_sample: bool) -> dict[str, object]:
    """The build to send. UserError when there is none, or when it is sample data."""
    build = read_build(out)
    if build is None:
        raise UserError(f"{out} holds no built site: run `banding nightly` first")
    if build.get("sample") is not False and not allow_sample:
        raise UserError(
            f"{out} is sample data (replicas or --origin): not deployed; --allow-sample sends it all the same"
        )
    return build


def deploy(target: Target, out: Path, *, dry_run: bool = False) -> Sent:
    """Sends the build. With `dry_run` only prints what would travel, in order."""
    names = site_files(out)
    plan = target.plan(out, names)
    steps = [(step, [n for n in plan.put if phase(n) == step]) for step in PHASES]
    sent = Sent(len(plan.put), sum((out / n).stat().st_size for n in plan.put), len(plan.delete))
    if dry_run:
        for line in _listing(steps, plan.delete):
            print(line)
        return sent
    if not plan.put and not plan.delete:
        target.end()
        return sent
    target.begin(out)
    for step, files in steps:
        if files:
            print(f"{step}: {len(files)} files", file=sys.stderr, flush=True)
            target.put(out, files)
    if plan.delete:
        print(f"deletions: {len(plan.delete)} files", file=sys.stderr, flush=True)
        target.delete(plan.delete)
    target.end()
    return sent


def _listing(steps: Iterable[tuple[str, Sequence[str]]], deleted: Sequence[str]) -> Iterable[str]:
    for step, files in steps:
        for name in files:
            yield f"put {step} {name}"
    for name in deleted:
        yield f"delete {name}"


def not_ours(where: str) -> UserError:
    return UserError(f"{where} holds files but no build.json: it is not a site of ours; give an empty place")


def open_target(text: str, *, endpoint: str | None = None, cache: Path = Path("var/deploy")) -> Target:
    """The target that a text names: a path, folder:PATH, rsync:HOST:PATH, s3://BUCKET/PREFIX, git:URL#BRANCH."""
    kind, _, rest = text.partition(":")
    if kind == "s3" and rest.startswith("//"):
        from nightly.deploy_s3 import S3Target

        return S3Target(rest[2:], endpoint)
    if kind == "rsync" and rest:
        from nightly.deploy_rsync import RsyncTarget

        return RsyncTarget(rest)
    if kind == "git" and rest:
        from nightly.deploy_git import GitTarget

        return GitTarget(rest, cache)
    from nightly.deploy_folder import FolderTarget

    path = rest if kind == "folder" and rest else text
    if "://" in path or (":" in path and not Path(path).exists()):
        raise UsageError(
            f"unknown target {hidden(text)!r}: write a folder, rsync:HOST:PATH, s3://BUCKET/PREFIX or git:URL#BRANCH"
        )
    return FolderTarget(Path(path))


def hidden(text: str) -> str:
    """The text without what stands as user:password in an address."""
    return re.sub(r"//[^/@\s]+@", "//***@", text)
