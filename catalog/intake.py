"""What a run brought: its report, its usable listings, and what was rejected with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from catalog.condense import condensed
from catalog.gate import Shape, shape_of
from catalog.line_memo import LineMemo
from catalog.quarantine import Quarantine
from catalog.records import Listing, Record, RunReport
from catalog.store import Line, to_line

REASONS = {
    "not_json": "Baris bukan JSON yang utuh",
    "wrong_shape": "Isian tidak sesuai bentuk data",
    "other_platform": "Tercatat atas nama platform lain",
    "no_id": "Tanpa nomor pelatihan dari platform",
    "duplicate": "Nomor pelatihan muncul lebih dari sekali",
    "no_title": "Tanpa judul",
    "reader": "Tidak dapat dibaca oleh program kami",
}


class Rejected(Record):
    """One listing of a run that is not published, with the reason in plain Indonesian."""

    platform: str
    line: int
    native_id: str | None = None
    title: str | None = None
    url: str | None = None
    code: str
    reason: str


class RunFacts(Record):
    """The figures of one platform's run that coverage shows; numbers are null where nobody counted."""

    run: str
    declared: int | None = None
    declared_method: str = "unknown"
    declared_scope: str = "unknown"
    received: int | None = None
    valid: int | None = None
    rejected: dict[str, int] = Field(default_factory=dict)
    requests: int = 0
    statuses: dict[str, int] = Field(default_factory=dict)
    bytes: int = 0
    errors: dict[str, int] = Field(default_factory=dict)
    layers: dict[str, int] = Field(default_factory=dict)
    started: str | None = None
    finished: str | None = None
    finish_reason: str | None = None
    fill: dict[str, float] = Field(default_factory=dict)
    unmapped: dict[str, float] = Field(default_factory=dict)
    sample: bool = False
    notes: list[str] = Field(default_factory=list)


@dataclass
class Intake:
    """One platform's run as read from its folder. `report` is None when it can't be used; `problem` says why."""

    report: RunReport | None
    problem: str | None = None
    lines: list[Line] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    parsed: dict[str, Listing] = field(default_factory=dict)

    def listing(self, line: Line) -> Listing:
        """The record of a usable line: as it was parsed tonight, and then let go of, or parsed now."""
        return self.parsed.pop(line.native_id, None) or Listing.model_validate_json(line.text)

    @property
    def listings(self) -> list[Listing]:
        """The usable listings in the order of their ids."""
        return [self.listing(line) for line in self.lines]

    @property
    def measured(self) -> list[Shape]:
        """What the gate measures of them."""
        return [self.shapes[line.native_id] for line in self.lines]

    def reject(self, line: Line, code: str) -> None:
        """Takes a line out of the usable ones."""
        listing = self.listing(line)
        self.rejected.append(_rejected(listing.platform, self.lines.index(line) + 1, listing, code))
        self.lines.remove(line)

    def rejected_by_code(self) -> dict[str, int]:
        return dict(sorted(Counter(item.code for item in self.rejected).items()))


def read_run(run_dir: Path, platform: str, quarantine: Quarantine, memo: LineMemo | None = None) -> Intake | None:
    """None when the folder holds no run of that platform. Never fails: what can't be used is set aside.

    Lines that `memo` knows from the night before are not parsed.
    """
    report_path = run_dir / "report.json"
    if not report_path.exists():
        return None
    try:
        report = RunReport.model_validate_json(report_path.read_text(encoding="utf-8", errors="replace"))
    except ValidationError as error:
        return Intake(None, problem=f"report.json: {error.errors()[0]['msg']}")
    if report.platform != platform:
        return Intake(None, problem=f"report.json belongs to {report.platform!r}")
    intake = Intake(report)
    path = run_dir / "listings.jsonl"
    if path.exists():
        _read_listings(path, platform, quarantine, memo, intake)
    return intake


def _read_listings(path: Path, platform: str, quarantine: Quarantine, memo: LineMemo | None, intake: Intake) -> None:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, raw in enumerate(lines, 1):
            text = raw.rstrip("\n")
            if not text.strip():
                continue
            known = memo.known(text) if memo is not None else None
            if known is not None and known[0].native_id not in intake.shapes:
                _take(intake, *known)
                continue
            try:
                listing = Listing.model_validate_json(text)
            except ValidationError as error:
                first = error.errors()[0]
                code = "not_json" if first["type"] == "json_invalid" else "wrong_shape"
                quarantine.line(f"run-{platform}", number, text, first["msg"])
                intake.rejected.append(_rejected(platform, number, None, code))
                continue
            problem = _problem_code(listing, platform, intake.shapes)
            if problem:
                quarantine.line(f"run-{platform}", number, text, problem)
                intake.rejected.append(_rejected(platform, number, listing, problem))
                continue
            listing = condensed(listing)
            line, shape = to_line(listing), shape_of(listing)
            intake.parsed[listing.native_id] = listing
            _take(intake, line, shape)
            if memo is not None:
                memo.learn(text, line, shape)
    intake.lines.sort()


def _take(intake: Intake, line: Line, shape: Shape) -> None:
    intake.lines.append(line)
    intake.shapes[line.native_id] = shape


def _problem_code(listing: Listing, platform: str, seen: Container[str]) -> str | None:
    if listing.platform != platform:
        return "other_platform"
    if not listing.native_id.strip():
        return "no_id"
    if listing.native_id in seen:
        return "duplicate"
    if not (listing.title or "").strip():
        return "no_title"
    return None


def _rejected(platform: str, number: int, listing: Listing | None, code: str) -> Rejected:
    return Rejected(
        platform=platform,
        line=number,
        native_id=listing.native_id if listing else None,
        title=listing.title if listing else None,
        url=listing.url if listing else None,
        code=code,
        reason=REASONS[code],
    )
