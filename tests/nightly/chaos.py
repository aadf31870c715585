"""Helpers of the chaos suite: nights against replicas, in processes that can be killed, and what must hold after."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog.history import History
from catalog.layout import Var
from nightly.pages import check_pages
from nightly.publish import read_build
from nightly.verify import leads_on

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("BANDING_CHAOS") == "full"
SEED = int(os.environ.get("BANDING_CHAOS_SEED", "1"))
PLATFORMS = ("pijarmahir", "tokopedia")


def words(origins: Mapping[str, str], place: Path, night: str, *more: str) -> list[str]:
    """The arguments of one night of our two platforms."""
    given = ["nightly", "--date", night, "--var", str(place / "var"), "--public", str(place / "public"), *more]
    for platform in PLATFORMS:
        given += ["--only", platform, "--origin", f"{platform}={origins[platform]}"]
    return given


def start(arguments: list[str], **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nightly.cli", *arguments]
    environment = {**os.environ, "BANDING_TIMEOUT": "2", **env}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def night(arguments: list[str], codes: tuple[int, ...] = (0,), **env: str) -> str:
    process = start(arguments, **env)
    out, _ = process.communicate(timeout=300)
    assert process.returncode in codes, f"exit {process.returncode}\n{out}"
    assert "Traceback" not in out
    return out


def whole(public: Path) -> str:
    """The build that public/ holds; fails when anything of it is missing, foreign or of another build."""
    build = read_build(public)
    assert build is not None, f"{public} holds no build"
    sums = (public / "data/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in sums)
    files = (p for p in (public / "data").rglob("*") if p.is_file() and p.suffix != ".html")
    there = {p.relative_to(public / "data").as_posix(): p for p in files}
    there.pop("SHA256SUMS")
    assert set(listed) == set(there)
    for name, path in there.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name
    data = read_json(public / "data/courses.json")
    assert data["build"] == build["build"]
    assert str(build["build"]) in (public / "pelatihan/index.html").read_text(encoding="utf-8")
    pages = {path.parent.name for path in (public / "pelatihan").glob("*/index.html")}
    slugs = {course["slug"] for course in data["courses"]}
    assert slugs <= pages
    for old in pages - slugs:  # a course that stood apart while its title was another one
        assert leads_on(public / "pelatihan" / old / "index.html"), old
    found = check_pages(public, base=str(build["base"]), sample=bool(build["sample"]))
    assert found.problems == []
    return str(build["build"])


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def history(place: Path) -> dict[str, list[Any]]:
    """All price intervals; fails when one offer has two at once."""
    found = History(Var(place / "var")).all()
    for offer, intervals in found.items():
        for earlier, later in itertools.pairwise(intervals):
            assert earlier.to is not None, (offer, intervals)
            assert earlier.to < later.from_, (offer, intervals)
    return found


def offers(public: Path) -> dict[str, dict[str, Any]]:
    return {o["id"]: o for c in read_json(public / "data/courses.json")["courses"] for o in c["offers"]}


def catalog(place: Path) -> dict[str, Any]:
    """What the catalog says, without how many requests it took: a night that is run again asks for less."""
    var = Var(place / "var")
    told = {name: (var.catalog / name).read_text(encoding="utf-8") for name in ("courses.jsonl", "changes.json")}
    coverage = read_json(var.catalog / "coverage.json")
    for row in coverage["platforms"]:
        for name in ("requests", "statuses", "bytes", "minutes", "run"):
            row.pop(name, None)
    return {**told, "coverage": coverage}


def tree(folder: Path) -> dict[str, str]:
    """Hash of every file by name."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }
