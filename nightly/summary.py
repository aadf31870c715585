"""The table at the end of a night."""

from __future__ import annotations

from nightly.job import Result
from nightly.report import COVERAGE_COLUMNS, coverage_rows, show, table


def print_summary(result: Result) -> None:
    """Coverage per platform, then what the night cost, on standard output."""
    rows = coverage_rows(result.coverage)
    if rows:
        table(f"Night {result.coverage.get('night', '')}".strip(), COVERAGE_COLUMNS, rows, right=(1, 2, 3, 4))
    stages = {name: usage for name, usage in result.costs.items() if name in _STAGES}
    cpu = sum(usage.cpu for usage in stages.values())
    peak = max(stages.items(), key=lambda item: item[1].peak_mb, default=None)
    if peak:
        parts = ", ".join(f"{name} {usage.wall:.1f}" for name, usage in stages.items())
        print(f"Time: {result.wall:.1f} s ({parts}); CPU {cpu:.1f} s")
        print(f"Peak memory of one process: {peak[1].peak_mb:.0f} MB (stage {peak[0]})")
    if result.facts:
        facts = ("pages", "files", "bytes", "changed_pages", "changed_courses")
        print(
            "Site: " + ", ".join(f"{show(result.facts[f])} {f.replace('_', ' ')}" for f in facts if f in result.facts)
        )
    for warning in result.warnings:
        print(f"Warning: {warning}")
    if result.held:
        print(f"Held or empty: {', '.join(result.held)}; the site keeps their last good data")
    if result.alarms:
        print(f"Alarms: {show(len(result.alarms))} ({', '.join(result.alarms[:5])})")


_STAGES = ("crawl", "catalog", "index", "site", "data", "verify")
