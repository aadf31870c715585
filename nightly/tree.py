"""The files of a build, walked once: name -> what the file system tells of it."""

from __future__ import annotations

import os
from pathlib import Path

Files = dict[str, os.stat_result]


def walk(folder: Path) -> Files:
    """Every file below `folder` by its name relative to it ("a/b.html"), in the order of names; none where there is no
    such folder. A loop over 100,000 `Path` objects costs ten times as much."""
    found: list[tuple[str, os.stat_result]] = []
    _gather(str(folder), "", found)
    return dict(sorted(found, key=lambda entry: entry[0]))


def _gather(folder: str, start: str, found: list[tuple[str, os.stat_result]]) -> None:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.is_dir():
                _gather(entry.path, f"{start}{entry.name}/", found)
            elif entry.is_file():
                found.append((start + entry.name, entry.stat()))


def exists(files: Files, target: str) -> bool:
    """Does a link to `target` lead to a file, or to a folder with an index page when it ends in '/'?"""
    return (f"{target}index.html" if target == "" or target.endswith("/") else target) in files
