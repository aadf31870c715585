"""Old runs are removed: raw listings of a night are large, and last good and history hold what must stay."""

from __future__ import annotations

import shutil

from catalog.layout import Var
from nightly.journal import run_key, runs


def prune(var: Var, *, keep: int, spare: str) -> list[str]:
    """Removes all but the newest `keep` runs (never `spare`). Returns the names of those removed."""
    if keep < 1 or not var.runs.is_dir():
        return []
    nights = runs(var)
    others = sorted((f.name for f in var.runs.iterdir() if f.is_dir() and f.name not in nights), key=run_key)
    gone = []
    for names in (nights, others):  # runs of one platform alone do not push nights out
        for name in names[:-keep]:
            if name != spare:
                shutil.rmtree(var.runs / name, ignore_errors=True)
                gone.append(name)
    return gone
