"""The night: crawl → catalog → index → site → data → verify → publish, journalled, under one lock.

Stages meet through files, so each can be run again alone. Nothing that readers see changes before the last step,
and that step is one exchange of folders (nightly/publish.py).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalog.files import sweep, write_json
from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import RunReport
from nightly import processes, publish
from nightly.build_id import ROOT, build_id, code_hash, tree_hash
from nightly.clock import WrongClock, check_not_ahead, check_servers
from nightly.errors import ALARM, OK, UserError
from nightly.journal import Journal, runs
from nightly.lock import hold
from nightly.options import check_pages, need_contact
from nightly.processes import Limits, Outcome, Task, Usage
from nightly.report import Progress
from nightly.retention import prune
from nightly.verify import remember

STAGES = ("crawl", "catalog", "index", "site", "data", "verify", "publish")
STAGE_LIMITS = Limits(seconds=3 * 3600, megabytes=8192)
CRAWL_MEGABYTES = 1024.0
CRAWL_GRACE = 60.0  # a spider ends itself at its spec's time; the process is ended this much later
LOOPBACK_STALL = 90.0
SAMPLE_MARK = "touched-by-sample"


@dataclass(frozen=True)
class Night:
    """What one night is asked to do."""

    var: Var
    public: Path
    night: dt.date
    run: str
    platforms: tuple[str, ...]
    origins: Mapping[str, str] = field(default_factory=dict)
    base: str = "/"
    url: str = ""
    links: str = "folder"
    jobs: int = 0
    crawl_seconds: float | None = None
    megabytes: float = CRAWL_MEGABYTES
    keep_runs: int = 14

    def settings(self) -> dict[str, Any]:
        """What `--resume` needs to go on with the same night."""
        return {
            "night": self.night.isoformat(),
            "platforms": list(self.platforms),
            "origins": dict(self.origins),
            "base": self.base,
            "url": self.url,
            "links": self.links,
        }


@dataclass
class Result:
    """What the night gave."""

    code: int = OK
    build: str = ""
    courses: int = 0
    offers: int = 0
    held: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    coverage: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    costs: dict[str, Usage] = field(default_factory=dict)
    wall: float = 0.0


class StageFailed(UserError):
    """A stage ended badly; the message names its log."""


class Job:
    """Runs the stages of one night. Make it inside the lock."""

    def __init__(self, night: Night, specs: Mapping[str, Spec], progress: Progress, lock: int) -> None:
        self.night, self.specs, self.progress, self.lock = night, specs, progress, lock
        self.journal = Journal(night.var, night.run)
        self.result = Result()
        self.new: Path | None = None
        self._claim: int | None = None
        self.build = ""

    # -- the order ------------------------------------------------------------------------------------------------

    def run(self, begin: str = "crawl", *, resume: bool = False, until: str = "publish") -> Result:
        """All stages from `begin` to `until`. UserError when one fails: then public/ is as it was."""
        began = time.monotonic()
        night = self.night
        wanted = STAGES[STAGES.index(begin) : STAGES.index(until) + 1]
        publish.check_target(night.public)
        check_pages()
        for run in {*runs(night.var), night.run}:  # nights have ended, we hold the lock; single crawls may be under way
            sweep(night.var.runs / run)
        if night.origins or any(report.sample for report in self._reports()):
            mark_sample(night.var)
        if not is_sample(night.var):
            check_not_ahead(night.night)
        if begin == "catalog":  # what was crawled earlier or elsewhere
            check_servers(night.night, night.run, self._reports())
        self.journal.write("night", "started", settings=night.settings(), stages=list(wanted))
        try:
            for stage in wanted:
                self._stage(stage, resume=resume)
        except WrongClock:
            if not self.journal.changed_anything:
                self.journal.withdraw()  # else it would be the last night for --from and --resume
            raise
        finally:
            if self.new is not None and self.new.exists():
                shutil.rmtree(self.new, ignore_errors=True)
            if self._claim is not None:
                os.close(self._claim)
            self.result.wall = time.monotonic() - began
        self._judge()
        return self.result

    def _stage(self, stage: str, *, resume: bool) -> None:
        inputs = self.inputs(stage)
        # Only stages whose output stays in var/ can be taken from an earlier try; the site is built anew.
        if resume and stage in ("crawl", "catalog", "index") and self.journal.done_with(stage) == inputs:
            self.progress.step(stage, "skipped", "done before, same inputs")
            return
        self.journal.write(stage, "started", inputs=inputs)
        self.progress.step(stage, "running")
        began = time.monotonic()
        try:
            steps: dict[str, Callable[[], None]] = {
                "crawl": lambda: self.crawl(resume=resume),
                "catalog": self.catalog,
                "site": self.site,
                "verify": self.verify,
                "publish": self.publish,
            }
            steps.get(stage, lambda: self._run(stage, self._args(), answers=False))()
        except BaseException as error:
            self.journal.write(stage, "failed", inputs=inputs, why=str(error) or type(error).__name__)
            self.progress.step(stage, "failed")
            raise
        usage = self.result.costs.get(stage, Usage())
        self.journal.write(stage, "done", inputs=inputs, cpu=round(usage.cpu, 2), peak_mb=round(usage.peak_mb))
        self.progress.step(stage, "done", f"{time.monotonic() - began:.1f} s")

    # -- the stages -----------------------------------------------------------------------------------------------

    def crawl(self, *, resume: bool) -> None:
        """One process a platform, side by side, each with its own limits."""
        due = [p for p in self.night.platforms if not (resume and self._crawled(p))]
        need_contact([p for p in due if not self.night.origins.get(p)])
        tasks = [self._crawl_task(p) for p in due]
        began = time.monotonic()
        outcomes = processes.run_all(tasks, jobs=self._side_by_side(due), watch=self.progress.step, tick=self._tick)
        total = self.result.costs.setdefault("crawl", Usage())
        for name, outcome in outcomes.items():
            total.add(outcome.usage)
            self.result.costs[name] = outcome.usage
            self._note_crawl(name, outcome)
        total.wall = time.monotonic() - began
        check_servers(self.night.night, self.night.run, self._reports())

    def _side_by_side(self, due: Sequence[str]) -> int:
        """How many platforms at once; 0: all. Real ones mostly wait between requests. Replicas do not wait: more than
        one a core only take each other's caches (14 % of the crawl's CPU time)."""
        if self.night.jobs or not all(is_loopback(self.night.origins.get(platform)) for platform in due):
            return self.night.jobs
        return max(2, os.cpu_count() or 1)

    def _tick(self, platforms: Sequence[str]) -> None:
        """Tells how much the running spiders have written."""
        for platform in platforms:
            part = self.night.var.run_dir(self.night.run, platform) / ".listings.jsonl.part"
            size = part.stat().st_size if part.exists() else 0
            self.progress.step(platform, "running", f"{size / 1024:,.0f} KB of listings")

    def _crawl_task(self, platform: str) -> Task:
        spec, night = self.specs[platform], self.night
        folder = night.var.run_dir(night.run, platform)
        seconds = night.crawl_seconds or spec.crawl.minutes * 60 + CRAWL_GRACE
        # A replica on loopback asks for no pauses; a real platform may ask us to wait for a long time.
        stall = LOOPBACK_STALL if is_loopback(night.origins.get(platform)) else None
        args = self._args(platform=platform, origin=night.origins.get(platform))
        return Task(
            name=platform,
            command=self._command("crawl", folder / "result.json", args),
            log=folder / "crawl.log",
            limits=Limits(seconds, night.megabytes, stall),
            cwd=ROOT,
            keep=(self.lock,),
        )

    def _reports(self) -> list[RunReport]:
        """Reports of this run that are there already (a resumed or a merged run)."""
        return [r for p in self.specs if (r := read_report(self.night.var, self.night.run, p))]

    def _crawled(self, platform: str) -> bool:
        """Did this run already finish this platform?"""
        report = read_report(self.night.var, self.night.run, platform)
        return report is not None and report.finish_reason == "finished"

    def _note_crawl(self, platform: str, outcome: Outcome) -> None:
        """A process that was ended from outside left no report: we write what is known, so that the gate holds it."""
        report = read_report(self.night.var, self.night.run, platform)
        if report is not None and outcome.stopped is None:
            return
        why = outcome.stopped or f"process ended with exit code {outcome.code}"
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        if report is None:
            report = RunReport(
                platform=platform, run=self.night.run, started=now, finished=now, finish_reason=why,
                sample=bool(self.night.origins), night=self.night.night.isoformat(),
            )  # fmt: skip
        report.finish_reason = why
        write_json(self.night.var.run_dir(self.night.run, platform) / "report.json", report, indent=1)
        self.progress.say(f"{platform}: {why}; see {outcome_log(self.night, platform)}")

    def catalog(self) -> None:
        for note in self._run("catalog", self._args())["notes"]:
            self.progress.say(f"catalog: {note}")

    def site(self) -> None:
        night = self.night
        self.build = build_id(
            night.var, night.night, base=night.base, url=night.url, links=night.links, sample=is_sample(night.var)
        )
        self.result.build = self.build
        self.new = publish.begin(night.public).absolute()
        self._claim = publish.claim(self.new)
        self._run("site", self._args(), answers=False)

    def verify(self) -> None:
        answer = self._run("verify", self._args())
        self.result.facts = answer["facts"]
        self.result.warnings = answer["warnings"]
        problems: Sequence[str] = answer["problems"]
        if problems:
            for problem in problems[:20]:
                self.progress.say(f"verify: {problem}")
            more = f" (and {len(problems) - 20} more)" if len(problems) > 20 else ""
            raise StageFailed(
                f"the new build is not published: {len(problems)} problem(s){more}; the site is as it was"
            )

    def publish(self) -> None:
        if self.new is None:
            raise StageFailed("nothing was built in this run: begin with --from site or earlier")
        publish.swap(self.night.public, self.new)
        remember(self.night.var)
        prune(self.night.var, keep=self.night.keep_runs, spare=self.night.run)

    # -- helpers --------------------------------------------------------------------------------------------------

    def inputs(self, stage: str) -> str:
        """Hash of what a stage reads: its code and the files of the stages before it."""
        var, run = self.night.var, self.night.run
        folders = {"crawl": [], "catalog": [var.runs / run], "index": [var.catalog]}.get(stage, [var.catalog])
        names = {"report.json", "listings.jsonl"} if stage == "catalog" else None
        paths = [p for f in folders for p in f.rglob("*") if names is None or p.name in names]
        return f"{code_hash()[:12]}-{tree_hash(var.root, paths)[:12]}"

    def _args(self, **more: Any) -> dict[str, Any]:
        night = self.night
        return {
            "var": str(night.var.root.absolute()),
            "public": str(night.public.absolute()),
            "night": night.night.isoformat(),
            "run": night.run,
            # A run that was crawled elsewhere with --origin is judged like one of ours.
            "origins": sorted({*night.origins, *(r.platform for r in self._reports() if r.sample)}),
            "sample": is_sample(night.var),
            "base": night.base,
            "url": night.url,
            "links": night.links,
            "build": self.build,
            "out": str(self.new) if self.new else "",
        } | more

    def _command(self, stage: str, result: Path, args: Mapping[str, Any]) -> list[str]:
        return processes.python("-m", "nightly.stage", stage, str(result.absolute()), json.dumps(args))

    def _run(self, stage: str, args: Mapping[str, Any], *, answers: bool = True) -> dict[str, Any]:
        """One stage in its own process. StageFailed with the last line of its log."""
        folder = self.night.var.runs / self.night.run
        log, result = folder / f"{stage}.log", folder / f"{stage}.json"
        result.unlink(missing_ok=True)
        task = Task(stage, self._command(stage, result, args), log, STAGE_LIMITS, cwd=ROOT, keep=(self.lock,))
        outcome = processes.run_one(task)
        self.result.costs[stage] = outcome.usage
        if outcome.code != 0:
            why = outcome.stopped or last_line(log) or f"exit code {outcome.code}"
            raise StageFailed(f"stage {stage} failed: {why} (log: {log}); the site is as it was")
        value: dict[str, Any] = json.loads(result.read_text(encoding="utf-8")) if answers else {}
        return value

    def _judge(self) -> None:
        self.result.coverage = read_coverage(self.night.var)
        totals = self.result.coverage.get("totals", {})
        self.result.courses, self.result.offers = totals.get("courses", 0), totals.get("offers", 0)
        self.result.held, self.result.alarms = verdicts(self.result.coverage)
        if self.result.code == OK and (self.result.held or self.result.alarms):
            self.result.code = ALARM


def run_night(night: Night, specs: Mapping[str, Spec], progress: Progress, **how: Any) -> Result:
    """Takes the lock and runs the night."""
    with hold(night.var.root, f"nightly ({night.run})") as lock:
        return Job(night, specs, progress, lock).run(**how)


def verdicts(coverage: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Platforms that are held or found nothing, and the alarms that are on."""
    bad = ("held", "none_found")
    held = [row["platform"] for row in coverage.get("platforms", []) if row.get("outcome") in bad]
    alarms = [a.get("id", str(a)) if isinstance(a, dict) else str(a) for a in coverage.get("alarms", [])]
    return held, alarms


def read_coverage(var: Var) -> dict[str, Any]:
    try:
        value = json.loads((var.catalog / "coverage.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return value if isinstance(value, dict) else {}


def read_report(var: Var, run: str, platform: str) -> RunReport | None:
    """A run's report; None when there is none or it is cut."""
    try:
        return RunReport.model_validate_json((var.run_dir(run, platform) / "report.json").read_bytes())
    except (OSError, ValueError):
        return None


def mark_sample(var: Var) -> None:
    """Remembers that replicas or --origin touched this folder: every build from it is sample data from now on,
    since its last good copies and price history may hold invented values."""
    var.state.mkdir(parents=True, exist_ok=True)
    (var.state / SAMPLE_MARK).touch()


def is_sample(var: Var) -> bool:
    return (var.state / SAMPLE_MARK).exists()


def is_loopback(origin: str | None) -> bool:
    return urlsplit(origin or "").hostname in ("127.0.0.1", "::1", "localhost")


def outcome_log(night: Night, platform: str) -> Path:
    return night.var.run_dir(night.run, platform) / "crawl.log"


def last_line(path: Path) -> str:
    """The last line of a log that is not empty."""
    try:
        with path.open("rb") as data:
            data.seek(max(0, os.fstat(data.fileno()).st_size - 4096))
            lines = data.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
