"""What changed between the last good run of a platform and its last run: for the person who mends the spider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from catalog.gate import GOOD_ENDS, MEASURED, fill_rates
from catalog.intake import read_run
from catalog.layout import Var
from catalog.quarantine import Quarantine
from catalog.records import Listing, Record
from catalog.store import LastGood

NOTEWORTHY = 0.05  # a fill rate that moved less is noise


class NothingToCompare(RuntimeError):
    """There is no run of that platform; the message says what to do."""


class FieldChange(Record):
    """Share of listings that carry a field, then and now."""

    field: str
    then: float
    now: float


class Diagnosis(Record):
    """Last good against one run. Lists of ids are full."""

    platform: str
    run: str
    last_good_run: str | None = None
    finish_reason: str | None = None
    declared: int | None = None
    received: int | None = None
    usable: int = 0
    usable_then: int | None = None
    rejected: dict[str, int] = Field(default_factory=dict)
    errors: dict[str, int] = Field(default_factory=dict)
    statuses: dict[str, int] = Field(default_factory=dict)
    layers_lost: list[str] = Field(default_factory=list)
    layers_new: list[str] = Field(default_factory=list)
    fields: list[FieldChange] = Field(default_factory=list)
    vanished: list[str] = Field(default_factory=list, description="native ids of last good that the run no longer had")
    appeared: list[str] = Field(default_factory=list)
    responses: list[str] = Field(default_factory=list, description="saved answers of the run, worst first")
    replay: str = ""
    summary: list[str] = Field(default_factory=list, description="in one screen, in English, for the maintainer")


def last_run(var: Var, platform: str) -> str:
    """The newest run that holds this platform. Raises NothingToCompare."""
    runs = sorted(path.parent.parent.name for path in var.runs.glob(f"*/{platform}/report.json"))
    if not runs:
        raise NothingToCompare(f"{var.runs}: no run of {platform} is kept; run `banding crawl {platform}` first")
    return runs[-1]


def diagnose(var: Var, platform: str, run: str | None = None) -> Diagnosis:
    """Compares a run (the newest by default) with the last good copy. Raises NothingToCompare."""
    run = run or last_run(var, platform)
    quarantine = Quarantine(var.quarantine)
    intake = read_run(var.run_dir(run, platform), platform, quarantine)
    if intake is None or intake.report is None:
        problem = intake.problem if intake else "no report.json"
        raise NothingToCompare(f"{var.run_dir(run, platform)}: {problem}; crawl again")
    report = intake.report
    earlier = _compared_with(var, platform, run, quarantine)
    found = Diagnosis(
        platform=platform,
        run=run,
        last_good_run=earlier.run if earlier else None,
        finish_reason=report.finish_reason,
        declared=report.declared,
        received=report.received,
        usable=len(intake.lines),
        usable_then=len(earlier.listings) if earlier else None,
        rejected=intake.rejected_by_code(),
        errors=report.errors,
        statuses=report.statuses,
        responses=_responses(var.run_dir(run, platform)),
        replay=f"banding crawl {platform} --limit 5",
    )
    if earlier is not None:
        then, now = earlier.layers, set(report.layers)
        found.layers_lost, found.layers_new = sorted(then - now), sorted(now - then)
        found.fields = field_changes(earlier.listings, intake.listings)
        before, after = {x.native_id for x in earlier.listings}, {line.native_id for line in intake.lines}
        found.vanished, found.appeared = sorted(before - after), sorted(after - before)
    found.summary = summarize(found)
    return found


class _Earlier(NamedTuple):
    run: str
    layers: set[str]
    listings: list[Listing]


def _compared_with(var: Var, platform: str, run: str, quarantine: Quarantine) -> _Earlier | None:
    """The last good copy; where it is of this very run, the newest run before it that ended well and is kept."""
    store = LastGood(var, quarantine)
    meta = store.meta(platform)
    if meta is None:
        return None
    if meta.run != run:
        return _Earlier(meta.run, set(meta.baseline.layers), store.listings(platform))
    names = sorted((path.parent.parent.name for path in var.runs.glob(f"*/{platform}/report.json")), reverse=True)
    for name in (name for name in names if name < run):
        intake = read_run(var.run_dir(name, platform), platform, quarantine)
        if intake is not None and intake.report is not None and intake.report.finish_reason in GOOD_ENDS:
            return _Earlier(name, set(intake.report.layers), intake.listings)
    return _Earlier(meta.run, set(meta.baseline.layers), store.listings(platform))


def field_changes(then: Sequence[Listing], now: Sequence[Listing]) -> list[FieldChange]:
    """Fields whose fill rate moved noticeably, largest loss first; empty when one side has no listing."""
    if not then or not now:
        return []
    before, after = fill_rates(then), fill_rates(now)
    changes = [FieldChange(field=f, then=before[f], now=after[f]) for f in MEASURED]
    return sorted((c for c in changes if abs(c.now - c.then) >= NOTEWORTHY), key=lambda c: (c.now - c.then, c.field))


def summarize(found: Diagnosis) -> list[str]:
    """What a maintainer should look at first."""
    lines = [f"run {found.run} ended with {found.finish_reason!r}; {found.usable} usable listings"]
    if found.usable_then is None:
        lines.append("never accepted before: nothing to compare with")
    else:
        lines.append(f"compared with run {found.last_good_run}, which had {found.usable_then}")
    if found.declared is not None and found.received is not None:
        lines.append(f"received {found.received} of {found.declared} that the platform declares")
    lines += [f"layer {layer!r} gave nothing any more: the page or the API changed" for layer in found.layers_lost]
    lines += [f"layer {layer!r} is new" for layer in found.layers_new]
    lines += [f"field {c.field!r}: {c.then:.0%} -> {c.now:.0%} of listings" for c in found.fields]
    lines += [f"errors: {kind} {number}" for kind, number in sorted(found.errors.items())]
    lines += [f"rejected: {code} {number}" for code, number in sorted(found.rejected.items())]
    if found.vanished or found.appeared:
        lines.append(f"{len(found.vanished)} trainings vanished, {len(found.appeared)} appeared")
    lines.append(f"replay: {found.replay}")
    return lines


def _responses(folder: Path) -> list[str]:
    """Files that the recorder left in the run's folder besides report and listings."""
    known = {"report.json", "listings.jsonl"}
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name not in known)
