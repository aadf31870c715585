"""The page of last night's differences, from changes.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = (
    ("new", "Baru masuk katalog", "ya"),
    ("gone", "Hilang", "tidak"),
    ("cheaper", "Turun harga", "turun"),
    ("dearer", "Naik harga", "naik"),
    ("back", "Kembali", "perubahan"),
)
Groups = list[tuple[str, str, str, list[dict[str, Any]]]]


def change_groups(changes: Mapping[str, Any], paths: Mapping[str, str]) -> Groups:
    """(kind, words, icon, rows) of every kind that readers care for; empty on the catalog's first night.

    `paths`: course id -> its page. Prices are whole rupiah or None.
    """
    if not changes.get("since"):
        return []
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind, _, _ in KINDS}
    for change in changes.get("changes", []):
        if change.get("kind") in rows:
            rows[change["kind"]].append(
                {
                    "title": change["title"],
                    "platform": change["platform"],
                    "path": paths.get(change.get("course") or ""),
                    "before": _price(change.get("before")),
                    "after": _price(change.get("after")),
                }
            )
    return [(kind, words, glyph, rows[kind]) for kind, words, glyph in KINDS]


def _price(value: Any) -> int | None:
    return value if isinstance(value, int) else None
