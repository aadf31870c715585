"""Deploying to a folder, over rsync and to a git branch: what travels, in which order, and what is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nightly import deploy_folder, deploy_git
from nightly.cli import run as banding
from nightly.deploy import (
    MARKER,
    Plan,
    cache_control,
    check_source,
    deploy,
    is_immutable,
    open_target,
    phase,
    site_files,
)
from nightly.errors import UsageError, UserError
from tests.nightly.conftest import contents


def git_branch(repository: Path, branch: str = "gh-pages") -> dict[str, bytes]:
    folder = repository.with_name(repository.name + "-checkout")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "clone", "-q", "-b", branch, str(repository), str(folder)], check=True)
    shutil.rmtree(folder / ".git")
    return contents(folder)


@pytest.fixture(params=["folder", "rsync", "git"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Any]:
    """A target's text, and a function that tells what readers get there."""
    where = tmp_path / "www/site"
    if request.param == "git":
        bare = tmp_path / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
        return f"git:{bare}", lambda: git_branch(bare)
    if request.param == "rsync":
        return f"rsync:{where}", lambda: contents(where)
    return str(where), lambda: contents(where)


def send(target: str, out: Path, tmp_path: Path, **how: Any) -> Any:
    return deploy(open_target(target, cache=tmp_path / "cache"), out, **how)


def test_the_target_becomes_the_build(place: Any, make_site: Any, tmp_path: Path) -> None:
    target, seen = place
    one = make_site("one", build="b1")
    first = send(target, one, tmp_path)
    assert seen() == contents(one)
    assert first.put == len(site_files(one))
    two = make_site("two", build="b2", pages={"satu": "1", "tiga": "3"})
    second = send(target, two, tmp_path)
    assert seen() == contents(two)
    assert 0 < second.put < first.put
    assert second.delete == 2  # the page of 'dua' and the old index file
    assert send(target, two, tmp_path).put == 0


def test_a_dry_run_lists_in_order_and_sends_nothing(place: Any, make_site: Any, tmp_path: Path, capsys: Any) -> None:
    target, seen = place
    one = make_site("one")
    send(target, one, tmp_path)
    two = make_site("two", build="b2", pages={"satu": "neu"})
    sent = send(target, two, tmp_path, dry_run=True)
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split()[1] if line.startswith("put") else "delete" for line in lines]
    assert kinds == sorted(kinds, key=["assets", "data", "pages", "build", "delete"].index)
    assert len(lines) == sent.put + sent.delete > 0
    assert seen() == contents(one)


OWN = {"CNAME": b"kursus.contoh.id\n", ".well-known/acme-challenge/x": b"y", ".well-known/security.txt": b"z"}


def put_own(target: str, tmp_path: Path) -> None:
    """Lays the host's own files where readers find them."""
    kind, _, rest = target.rpartition(":")
    where = tmp_path / "own" if kind == "git" else Path(rest)
    if (
        kind == "git"
        and subprocess.run(["git", "clone", "-q", "-b", "gh-pages", rest, str(where)], check=False).returncode
    ):
        subprocess.run(["git", "init", "-q", "-b", "gh-pages", str(where)], check=True)
    for name, data in OWN.items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(data)
    if kind == "git":
        git = ["git", "-C", str(where), "-c", "user.name=x", "-c", "user.email=x@localhost"]
        for words in (["add", "--all"], ["commit", "-qm", "own"], ["push", "-q", rest, "HEAD:gh-pages"]):
            subprocess.run([*git, *words], check=True)
        shutil.rmtree(where)


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_the_host_keeps_beside_the_site_stays(when: str, place: Any, make_site: Any, tmp_path: Path) -> None:
    """A domain's name and proofs of ownership, laid there before the first deploy or between two."""
    target, seen = place
    one, two = make_site("one"), make_site("two", build="b2", pages={"satu": "1", "tiga": "3"})
    if when == "before":
        put_own(target, tmp_path)
    assert send(target, one, tmp_path).put == len(site_files(one))
    if when == "after":
        put_own(target, tmp_path)
    assert seen() == contents(one) | OWN
    assert send(target, two, tmp_path, dry_run=True).delete == 2
    assert send(target, two, tmp_path).delete == 2
    assert seen() == contents(two) | OWN
    assert send(target, two, tmp_path).put == 0
    assert seen() == contents(two) | OWN


def test_a_web_server_can_read_what_a_careful_user_deploys(make_site: Any, tmp_path: Path) -> None:
    one = make_site("one")
    for target in (str(tmp_path / "www/a"), f"rsync:{tmp_path}/www/b"):
        mask = os.umask(0o077)
        try:
            send(target, one, tmp_path)
        finally:
            assert os.umask(mask) == 0o077
    found = [path for place in "ab" for path in [tmp_path / "www" / place, *(tmp_path / "www" / place).rglob("*")]]
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in found}
    assert modes == {(True, 0o755), (False, 0o644)}


def test_an_unknown_folder_is_not_overwritten(make_site: Any, tmp_path: Path) -> None:
    where = tmp_path / "www"
    where.mkdir()
    (where / "photo.jpg").write_bytes(b"x")
    for target in (str(where), f"rsync:{where}"):
        with pytest.raises(UserError, match="not a site of ours"):
            send(target, make_site(f"site-{target.count(':')}"), tmp_path)
    assert contents(where) == {"photo.jpg": b"x"}


def test_an_interrupted_folder_deploy_goes_on(make_site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_site("one")
    where = tmp_path / "www"
    real, count = shutil.copyfile, 0

    def copy(source: Path, goal: Path) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise KeyboardInterrupt
        real(source, goal)

    with monkeypatch.context() as patch:
        patch.setattr(deploy_folder.shutil, "copyfile", copy)
        with pytest.raises(KeyboardInterrupt):
            send(str(where), one, tmp_path)
    assert MARKER in contents(where)
    assert "build.json" not in contents(where)
    assert send(str(where), one, tmp_path).put == len(site_files(one)) - 3
    assert contents(where) == contents(one)


def test_thirty_git_deploys_stay_small(make_site: Any, tmp_path: Path) -> None:
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    for number in range(30):
        # random bytes do not compress, so that the sizes can be compared
        pages = {str(n): os.urandom(3000).hex() if n == number else f"{n}" * 6000 for n in range(30)}
        out = make_site(f"s{number}", build=f"b{number}", pages=pages)
        send(f"git:{bare}", out, tmp_path)
    commits = subprocess.run(
        ["git", "-C", str(bare), "rev-list", "--count", "gh-pages"], capture_output=True, text=True, check=True
    )
    assert commits.stdout.strip() == "1"
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--bare", f"file://{bare}", str(clone)], check=True)
    build = sum(map(len, contents(tmp_path / "s29").values()))
    assert sum(map(len, contents(clone / "objects").values())) <= 2 * build
    store = tmp_path / "cache/git/objects"
    assert sum(map(len, contents(store).values())) <= 2 * build


@pytest.mark.parametrize(
    ("step", "left"),
    [("add", "banding-index.lock"), ("fetch", "shallow.lock"), ("update-ref", "refs/banding/remote.lock")],
)
def test_what_a_killed_git_leaves_locked_does_not_stop_the_next_deploy(
    step: str, left: str, make_site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    send(f"git:{bare}", make_site("one"), tmp_path)
    real = deploy_git.run

    def killed(command: Any, **how: Any) -> str:
        if command[1] == step:
            (tmp_path / "cache/git" / left).touch()
            raise KeyboardInterrupt
        return real(command, **how)

    with monkeypatch.context() as patch:
        patch.setattr(deploy_git, "run", killed)
        with pytest.raises(KeyboardInterrupt):
            send(f"git:{bare}", make_site("two", build="b2"), tmp_path)
    three = make_site("three", build="b3", pages={"satu": "3"})
    assert send(f"git:{bare}", three, tmp_path).put
    assert git_branch(bare) == contents(three)


def test_somebody_elses_branch_is_not_lost(make_site: Any, tmp_path: Path) -> None:
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    one, two, three = make_site("one"), make_site("two", build="b2"), make_site("three", build="b3")
    send(f"git:{bare}", one, tmp_path)
    late = open_target(f"git:{bare}", cache=tmp_path / "cache")
    late.plan(two, site_files(two))
    deploy(open_target(f"git:{bare}", cache=tmp_path / "other"), three)
    with pytest.raises(UserError, match="run the deploy again"):
        late.end()
    assert git_branch(bare) == contents(three)


def test_sample_data_is_refused(make_site: Any, tmp_path: Path, capsys: Any) -> None:
    out = make_site(sample=True)
    words = [str(tmp_path / "www"), "--public", str(out), "--var", str(tmp_path / "var")]
    assert banding(["deploy", *words]) == 1
    assert "--allow-sample" in capsys.readouterr().err
    assert not (tmp_path / "www").exists()
    assert banding(["deploy", *words, "--allow-sample"]) == 0
    assert contents(tmp_path / "www") == contents(out)


def test_what_is_no_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no built site"):
        check_source(tmp_path, allow_sample=True)


@pytest.mark.parametrize(
    "text", ["ftp://host/x", "host:", "git:https://user:geheim@host/x.git", "git:x#-bad", "s3://", "rsync:-e sh"]
)
def test_a_target_that_makes_no_sense(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_target(text, cache=tmp_path)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "immutable", "when"),
    [
        ("theme/app.0123abcd.js", True, "assets"),
        ("theme/huruf-0123456789ab.woff2", True, "assets"),
        ("aset/b989d0df65/js/situs.js", True, "assets"),
        ("indeks/boot-d90xr.json", True, "assets"),
        ("theme/app.js", False, "data"),
        ("data/courses.json", False, "data"),
        ("pelatihan/belajar-20200715/index.html", False, "pages"),
        ("sitemap.xml", False, "pages"),
        ("build.json", False, "build"),
    ],
)
def test_order_and_cache_headers_follow_the_name(name: str, immutable: bool, when: str) -> None:
    assert is_immutable(name) is immutable
    assert phase(name) == when
    assert ("immutable" in cache_control(name)) is immutable


def test_a_link_in_a_build_is_refused(make_site: Any, tmp_path: Path) -> None:
    out = make_site()
    (out / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(UserError, match="symbolic link"):
        site_files(out)
    assert Plan().put == []
