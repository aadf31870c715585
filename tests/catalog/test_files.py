"""What killed writers leave beside their files."""

from __future__ import annotations

import os
from pathlib import Path

from catalog.files import sweep


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_what_dead_writers_left_is_removed_and_nothing_else(dead: int, tmp_path: Path) -> None:
    left = [f".courses.jsonl.{dead}.tmp", f"cache/.lines.{dead}.tmp", f"cache/lines/.0a.{dead}.tmp"]
    stay = [
        f".night.json.{os.getpid()}.tmp", f"courses.jsonl.{dead}.tmp", ".hidden", f".own.{dead}.json",
        ".x.tmp", f"runs/2020-07-15/.raw.{dead}.tmp",
    ]  # fmt: skip
    for name in [*left, *stay]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    for name in (f".index.{dead}.new", f".index.{dead}.new.aside", f".index.{os.getpid()}.new"):
        (tmp_path / name / "deep").mkdir(parents=True)
    folders = {"cache", "cache/lines", "runs", "runs/2020-07-15", (mine := f".index.{os.getpid()}.new"), f"{mine}/deep"}
    sweep(tmp_path, leave=("runs",))
    assert names(tmp_path) == {*stay, *folders}
    sweep(tmp_path)
    assert names(tmp_path) == {*stay[:-1], *folders}


def test_a_folder_that_is_empty_or_not_there(tmp_path: Path) -> None:
    sweep(tmp_path)
    sweep(tmp_path / "none")
    assert names(tmp_path) == set()


def test_a_link_is_removed_and_not_what_it_leads_to(dead: int, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / f".link.{dead}.new").symlink_to(tmp_path / "kept")
    sweep(tmp_path)
    assert names(tmp_path) == {"kept", "kept/file"}
