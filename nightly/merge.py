"""`banding merge`: parts of one crawl, made on several machines, as one run.

Merging is a union: the order of the parts, their grouping and their repetition make no difference (it is a join of a
semilattice, and the tests hold it to that). Every merged run keeps the list of the parts that it is made of
(parts.json), so merged runs can be merged again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.files import dump_json, write_bytes, write_json
from catalog.layout import Var
from catalog.records import Listing, RunReport
from nightly.errors import UserError
from spiders.shards import NOTE, Shard, summed, time_told

PARTS = "parts.json"


@dataclass
class Parts:
    """One platform's crawl as a set of reports (by their hash) and the best line of every native id."""

    reports: dict[str, RunReport] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    def join(self, other: Parts) -> Parts:
        """The union. Of two lines of one native id the later one wins, then the longer, then the greater text."""
        lines = dict(self.lines)
        for native_id, line in other.lines.items():
            lines[native_id] = max(lines.get(native_id, line), line, key=_rank)
        return Parts(self.reports | other.reports, lines)


def _rank(line: str) -> tuple[str, int, str]:
    found = re.search(r'"fetched_at":"([^"]*)"', line)
    return (found[1] if found else "", len(line), line)


def read_parts(folder: Path) -> Parts:
    """The parts of one run's platform folder, merged before or not. Broken lines are left out: the gate counts."""
    reports = {}
    listed = _json(folder / PARTS)
    for value in listed["parts"] if isinstance(listed, dict) else [_json(folder / "report.json")]:
        if value is None:
            continue
        report = RunReport.model_validate(value)
        reports[report_id(report)] = report
    return Parts(reports, read_listing_lines([folder / "listings.jsonl"]))


def read_listing_lines(paths: Iterable[Path]) -> dict[str, str]:
    """Native id -> line, best line of each, from files that may end in a cut line."""
    parts = Parts()
    for path in paths:
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                listing = Listing.model_validate_json(line)
            except ValueError:
                continue
            text = listing.model_dump_json(exclude_defaults=True)
            parts = _add(parts, listing.native_id, text)
    return parts.lines


def _add(parts: Parts, native_id: str, line: str) -> Parts:
    parts.lines[native_id] = max(parts.lines.get(native_id, line), line, key=_rank)
    return parts


def report_id(report: RunReport) -> str:
    text = dump_json(report.model_dump(mode="json"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def shard_of(report: RunReport) -> Shard | None:
    """The share that a part's report names in its notes."""
    for note in report.notes:
        if note.startswith(NOTE):
            with contextlib.suppress(ValueError):
                return Shard.parse(note.removeprefix(NOTE))
    return None


def merged_report(parts: Parts, run: str) -> RunReport:
    """One report of all parts. It says 'finished' only when every part did and no share is missing."""
    reports = [parts.reports[key] for key in sorted(parts.reports)]
    first = reports[0]
    clash = {(r.platform, r.night) for r in reports}
    if len(clash) > 1:
        held = ", ".join(f"{platform} of {night}" for platform, night in sorted(clash, key=str))
        raise UserError(f"can't merge different platforms or nights: {held}; leave some out, or give another --into")
    declared = [r.declared for r in reports if r.declared is not None]
    best = next((r for r in reports if r.declared is not None and r.declared == max(declared)), first)
    return RunReport(
        platform=first.platform,
        run=run,
        started=min(r.started for r in reports),
        finished=max(r.finished for r in reports),
        finish_reason=_reason(reports),
        declared=best.declared,
        declared_method=best.declared_method,
        declared_scope=best.declared_scope,
        received=len(parts.lines),
        requests=sum(r.requests for r in reports),
        statuses=summed(r.statuses for r in reports),
        bytes=sum(r.bytes for r in reports),
        layers=summed(r.layers for r in reports),
        errors=summed(r.errors for r in reports),
        notes=sorted({note for r in reports for note in r.notes if not note.startswith(NOTE)})[:40],
        sample=any(r.sample for r in reports),
        night=first.night,
        server_time=time_told(reports),
    )


def _reason(reports: Sequence[RunReport]) -> str:
    bad = sorted({r.finish_reason for r in reports} - {"finished"})
    if bad:
        return bad[0]
    shards = [shard for r in reports if (shard := shard_of(r))]
    for count in {shard.count for shard in shards}:
        here = {shard.index for shard in shards if shard.count == count}
        if len(here) == count:
            return "finished"
    if len(shards) < len(reports):
        return "finished"  # one of the parts is the whole list
    count = max(shard.count for shard in shards)
    missing = sorted(set(range(1, count + 1)) - {s.index for s in shards if s.count == count})
    return f"shards missing: {', '.join(f'{index}/{count}' for index in missing)}"


def write_merged(parts: Parts, folder: Path, run: str) -> RunReport:
    """listings.jsonl (by native id), report.json and parts.json; equal parts give equal bytes."""
    report = merged_report(parts, run)
    lines = "".join(parts.lines[key] + "\n" for key in sorted(parts.lines))
    write_bytes(folder / "listings.jsonl", lines.encode())
    listed = [parts.reports[key].model_dump(mode="json") for key in sorted(parts.reports)]
    write_json(folder / PARTS, {"parts": listed}, indent=1)
    write_json(folder / "report.json", report, indent=1)
    return report


def merge_runs(var: Var, runs: Sequence[Path], into: str) -> dict[str, RunReport]:
    """Merges run folders, platform by platform, into var/runs/<into>/; that run's own parts of the night are kept."""
    goal = var.runs / into
    _give_way(goal, runs)
    found: dict[str, Parts] = {}
    for folder in _crawled([*runs, goal]):
        found[folder.name] = found.get(folder.name, Parts()).join(read_parts(folder))
    if not found:
        raise UserError("nothing to merge: none of the runs holds a report.json below a platform's folder")
    return {name: write_merged(parts, var.run_dir(into, name), into) for name, parts in sorted(found.items())}


def _give_way(goal: Path, runs: Sequence[Path]) -> None:
    """A run's name may serve again every night: what it holds of an earlier one goes."""
    theirs, ours = _nights(runs), _nights([goal])
    if theirs and ours and all(ours) and max(ours) < min(theirs):
        for folder in _crawled([goal]):
            shutil.rmtree(folder)


def _nights(runs: Sequence[Path]) -> set[str]:
    """The nights that the runs' reports name, '' for a report that names none."""
    reports = [_json(folder / "report.json") for folder in _crawled(runs)]
    return {str(report.get("night") or "") for report in reports if isinstance(report, dict)}


def _crawled(runs: Sequence[Path]) -> list[Path]:
    """The folders of platforms that have a report."""
    return [path.parent for run in runs for path in sorted(run.glob("*/report.json"))]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
