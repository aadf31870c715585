"""The pages of single nights: what was new, gone, cheaper and dearer, as it was told on that night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from banding_format import count

from catalog.change_book import SHOWN
from catalog.changes import Changes

_WORDS = {
    "new": ("Baru masuk katalog", "ya"),
    "gone": ("Hilang", "tidak"),
    "cheaper": ("Turun harga", "turun"),
    "dearer": ("Naik harga", "naik"),
    "back": ("Kembali", "perubahan"),
}
Groups = list[tuple[str, str, str, list[dict[str, Any]]]]


def night_path(changes: Changes) -> str:
    """The page of one night; it keeps its address while the night is among the last ones."""
    return f"/perubahan/{changes.night.isoformat()}/"


def change_groups(changes: Changes, paths: Mapping[str, str]) -> Groups:
    """(kind, words, icon, rows) of every kind that readers care for. `paths`: course id -> its page; a course that was
    merged into another since then is named without a link. Prices are whole rupiah or None."""
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SHOWN}
    for change in changes.changes:
        if change.kind in rows:
            rows[change.kind].append(
                {
                    "title": change.title,
                    "platform": change.platform,
                    "path": paths.get(change.course or ""),
                    "before": _price(change.before),
                    "after": _price(change.after),
                }
            )
    return [(kind, *_WORDS[kind], rows[kind]) for kind in SHOWN]


def told(changes: Changes) -> str:
    """The night's figures in a line: "12 turun harga, 3 baru"; every kind only where there is one."""
    words = {"new": "baru", "gone": "hilang", "cheaper": "turun harga", "dearer": "naik harga", "back": "kembali"}
    found = Counter(change.kind for change in changes.changes)
    return ", ".join(f"{count(found[kind])} {words[kind]}" for kind in SHOWN if found[kind]) or "tidak ada perubahan"


def _price(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None
