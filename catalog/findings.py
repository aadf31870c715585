"""Findings for the programme office: counted per check and platform, with what the office noted about each.

The office keeps `findings.csv` in the run-data folder (columns id, status, note). It is read at every build and never
written: a note survives every night, and a finding that comes back finds its note again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from catalog.figures import CheckCount
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import Finding, Record

Status = Literal["baru", "diperiksa", "ditindaklanjuti", "bukan masalah"]
STATUSES: tuple[Status, ...] = ("baru", "diperiksa", "ditindaklanjuti", "bukan masalah")


class FollowUp(Record):
    """What the office wrote about one finding."""

    id: str
    status: Status = "baru"
    note: str = ""


def follow_up_path(var: Var) -> Path:
    return var.root / "findings.csv"


def read_follow_ups(var: Var, quarantine: Quarantine) -> dict[str, FollowUp]:
    """The office's notes by finding id. A row that can't be used is set aside with the reason; the rest counts."""
    path = follow_up_path(var)
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    found: dict[str, FollowUp] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text), delimiter=delimiter), 2):
        key = (row.get("id") or "").strip()
        status = (row.get("status") or "baru").strip().casefold()
        reason = (
            "no id" if not key else "" if status in STATUSES else f"unknown status {status!r}; use one of {STATUSES}"
        )
        if reason:
            quarantine.line("findings.csv", number, str(row), reason)
            continue
        found[key] = FollowUp.model_validate({"id": key, "status": status, "note": (row.get("note") or "").strip()})
    return found


def counts(findings: Iterable[Finding]) -> list[CheckCount]:
    """One line a check and platform, sorted; a check that was nowhere tested shows as not tested."""
    found: dict[tuple[str, str], CheckCount] = {}
    for finding in findings:
        key = finding.check, finding.platform or ""
        count = found.get(key)
        if count is None:
            count = found[key] = CheckCount(check=key[0], version=finding.version, platform=key[1])
        if finding.state == "not_tested" and finding.reason:
            count.not_tested_why = "; ".join(part for part in (count.not_tested_why, finding.reason) if part)
        setattr(count, finding.state, getattr(count, finding.state) + finding.count)
    return [found[key] for key in sorted(found)]
