"""One screen for a mail or a chat: what the night brought, as text, HTML or JSON."""

from __future__ import annotations

from html import escape
from typing import Literal

from catalog.alarms import AlarmsFile
from catalog.changes import Changes
from catalog.figures import Coverage, PlatformRow
from catalog.files import dump_json
from catalog.layout import Var

Format = Literal["text", "html", "json"]
OUTCOMES = {"accepted": "diterima", "held": "DITAHAN", "not_run": "tidak dijalankan", "none_found": "TIDAK ADA HASIL"}


class NoCatalog(RuntimeError):
    """There is no catalog to report on."""


def report(var: Var, kind: Format = "text") -> str:
    """The digest of the last built night. Raises NoCatalog when nothing was built."""
    texts = {}
    for name in ("coverage", "alarms", "changes"):
        path = var.catalog / f"{name}.json"
        if not path.exists():
            raise NoCatalog(f"{path} is not there: run `banding nightly` (or `banding catalog`) first")
        texts[name] = path.read_text(encoding="utf-8")
    coverage = Coverage.model_validate_json(texts["coverage"])
    alarms = AlarmsFile.model_validate_json(texts["alarms"])
    changes = Changes.model_validate_json(texts["changes"])
    if kind == "json":
        return as_json(coverage, alarms, changes)
    lines = as_lines(coverage, alarms, changes)
    return as_html(lines) if kind == "html" else "\n".join(text for _, text in lines) + "\n"


Line = tuple[Literal["title", "head", "text"], str]


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}".replace(",", ".")


def as_lines(coverage: Coverage, alarms: AlarmsFile, changes: Changes) -> list[Line]:
    """The digest line by line: title, alarms, events, platforms, changes."""
    sample = "DATA CONTOH. " if coverage.sample else ""
    totals = coverage.totals
    lines: list[Line] = [
        ("title", f"{sample}Kelengkapan data, malam {coverage.night}"),
        (
            "text",
            f"{_number(totals.active_courses)} pelatihan aktif dari {_number(totals.courses)}; "
            f"{_number(totals.active_offers)} penawaran aktif.",
        ),
        ("head", f"Peringatan menyala: {len(alarms.open)}"),
    ]
    lines += [("text", f"! {alarm.text} (sejak {alarm.opened})") for alarm in alarms.open]
    ended = [alarm for alarm in alarms.closed if alarm.closed == coverage.night]
    lines += [("text", f"selesai malam ini: {alarm.text}") for alarm in ended]
    if coverage.events:
        lines.append(("head", "Peristiwa"))
        lines += [("text", event.text) for event in coverage.events]
    lines.append(("head", "Platform"))
    lines += [("text", _platform(row)) for row in coverage.platforms]
    told = {kind: number for kind, number in changes.counts.items() if number}
    lines.append(("head", "Perubahan" if changes.since else "Perubahan (malam pertama)"))
    lines.append(("text", ", ".join(f"{CHANGES[kind]} {_number(n)}" for kind, n in told.items()) or "tidak ada"))
    return lines


CHANGES = {
    "new": "baru",
    "gone": "tidak ada lagi",
    "back": "kembali",
    "dearer": "naik harga",
    "cheaper": "turun harga",
    "price_found": "harga kini diketahui",
    "price_lost": "harga tidak lagi diketahui",
    "reread": "dibaca ulang",
    "renamed": "ganti judul",
    "moved": "pindah alamat",
    "archived": "masuk arsip",
}


def _platform(row: PlatformRow) -> str:
    of = f" dari {_number(row.declared)}" if row.declared is not None else ""
    text = (
        f"{row.name}: {OUTCOMES[row.outcome]}; terkumpul {_number(row.received)}{of}; tampil {_number(row.published)}"
    )
    if row.last_good is None:
        return text + "; belum pernah terkumpul"
    if row.age_nights:
        text += f"; salinan {row.last_good} ({row.age_nights} malam)"
    return text + (f". {' '.join(row.reasons)}" if row.outcome in ("held", "none_found") else "")


def as_html(lines: list[Line]) -> str:
    """Plain elements without style, script or picture: any mail program shows them."""
    tags = {"title": "h1", "head": "h2", "text": "p"}
    body = "\n".join(f"<{tags[kind]}>{escape(text)}</{tags[kind]}>" for kind, text in lines)
    title = escape(lines[0][1])
    return f'<!doctype html>\n<html lang="id"><meta charset="utf-8"><title>{title}</title>\n{body}\n</html>\n'


def as_json(coverage: Coverage, alarms: AlarmsFile, changes: Changes) -> str:
    """The same for machines."""
    keys = {"platform", "outcome", "declared", "received", "valid", "rejected", "published", "last_good", "reasons"}
    value = {
        "night": coverage.night.isoformat(),
        "sample": coverage.sample,
        "totals": coverage.totals.model_dump(),
        "alarms": [alarm.model_dump(mode="json") for alarm in alarms.open],
        "events": [event.model_dump(mode="json") for event in coverage.events],
        "platforms": [row.model_dump(mode="json", include=keys) for row in coverage.platforms],
        "changes": changes.counts,
    }
    return dump_json(value, indent=1) + "\n"
