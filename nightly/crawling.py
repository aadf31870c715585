"""`banding crawl`: one platform, judged but not stored."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.files import read_lines
from catalog.layout import Var
from catalog.platforms import Spec
from catalog.records import Listing, RunReport
from nightly import processes
from nightly.bootstrap import fetch_memory
from nightly.build_id import ROOT
from nightly.errors import ALARM, FAILED, OK, UsageError, UserError
from nightly.job import CRAWL_GRACE, CRAWL_MEGABYTES, last_line, read_report
from nightly.maintain import check_name
from nightly.merge import shard_of
from nightly.options import known_specs, need_contact, night_date, origin_url, platform_id
from nightly.processes import Limits, Task
from nightly.rooms import room
from spiders.shards import Shard, own_run

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Part:
    """Which part of a platform this machine crawls: a shard, what a shared frontier gives it, or all of it (anew, or
    from the kept answers of an earlier run)."""

    shard: str | None = None
    frontier: str | None = None
    worker: str | None = None
    replay: str | None = None

    def arguments(self) -> dict[str, Any]:
        """For the crawl stage. The frontier's address may hold a password: it travels in the environment."""
        if self.replay:
            check_name(self.replay)
            if self.shard or self.frontier:
                raise UsageError("--replay reads a whole run: leave out --shard and --frontier")
            return {"replay": self.replay}
        if self.shard and self.frontier:
            raise UsageError("--shard and --frontier do not go together: shards do not talk to each other")
        if self.frontier:
            os.environ["BANDING_REDIS"] = self.frontier
            name = self.worker or f"{os.uname().nodename}-{os.getpid()}"
            check_name(name)
            return {"worker": name}
        try:
            return {"shard": Shard.parse(self.shard).text} if self.shard else {}
        except ValueError as error:
            raise UsageError(str(error)) from error


def crawl_one(
    platform: str,
    *,
    origin: str | None,
    limit: int | None,
    date: str | None,
    run: str | None,
    var: Path,
    part: Part = Part(),
    bootstrap: str | None = None,
) -> int:
    """Crawls, prints declared, received, the verdict and a sample. 0 accepted, 3 held, 1 no answer."""
    specs = known_specs()
    name = platform_id(platform, specs)
    night = night_date(date)
    here = Var(var)
    more = part.arguments()
    if part.frontier and not run:
        raise UsageError("--frontier: give the same --run NAME to all workers of one crawl")
    if limit and (part.shard or part.frontier):
        raise UsageError("--limit is for a look at a platform: leave out --shard and --frontier")
    if bootstrap and (limit or more):
        raise UsageError(
            "--bootstrap: only the crawl of a whole platform uses the memory of pages; leave out --limit, --shard,"
            " --frontier and --replay"
        )
    if run:
        check_name(run)
    if not origin and not part.replay:
        need_contact([name])
    if bootstrap:
        print(f"{name}: {fetch_memory(bootstrap, here, name)}", file=sys.stderr)
    run = run or free_run(here, night, name, more.get("shard"))
    if shard := more.get("shard"):
        _keep_others(read_report(here, run, name), shard, night)
    report = _run(here, specs[name], run, night, origin_url(origin) if origin else None, limit, more)
    listings = read_listings(here, run, name)
    _show(here, run, report, listings)
    if report.finish_reason == "crashed":
        print(f"  {last_line(_own_folder(here, run, name, more) / 'crawl.log')}")
    if report.received == 0 and report.finish_reason != "finished":
        return FAILED
    if limit or part.shard:
        print(f"verdict: not judged ({'--limit' if limit else '--shard'} is only a part)")
        return OK if listings else FAILED
    return _judge(here, specs[name], report, listings, night, origin=bool(origin))


def free_run(var: Var, night: dt.date, platform: str, shard: str | None) -> str:
    """A run name of its own, so that a single crawl is never taken for a part of the night."""
    base = f"{night.isoformat()}-{platform}" + (f"-{shard.replace('/', 'of')}" if shard else "")
    taken = {path.name for path in var.runs.glob(f"{base}*")} if var.runs.is_dir() else set()
    return next(name for n in range(1, 10**6) if (name := base if n == 1 else f"{base}.{n}") not in taken)


def _keep_others(there: RunReport | None, shard: str, night: dt.date) -> None:
    """UserError where a share would be written over another one, or over the whole, of the same night."""
    if there is None or there.night != night.isoformat() or not (there.received or there.finish_reason == "finished"):
        return
    held = shard_of(there)
    if held is None or held.text != shard:
        what = f"share {held.text}" if held else "all"
        raise UserError(
            f"run {there.run!r} holds {what} of {there.platform} of this night already: give each share a --run of its"
            " own, then `banding merge`"
        )


def _own_folder(var: Var, run: str, platform: str, more: dict[str, Any]) -> Path:
    """Where this process alone writes."""
    return var.run_dir(own_run(run, more["worker"]) if "worker" in more else run, platform)


def _run(
    var: Var, spec: Spec, run: str, night: dt.date, origin: str | None, limit: int | None, more: dict[str, Any]
) -> RunReport:
    folder = _own_folder(var, run, spec.id, more)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"can't write in {folder}: {error.strerror}; choose another folder with --var") from error
    args = {
        "platform": spec.id,
        "var": str(var.root.absolute()),
        "run": run,
        "night": night.isoformat(),
        "origin": origin,
        "limit": limit,
        **more,
    }
    log = folder / "crawl.log"
    command = processes.python(
        "-m", "nightly.stage", "crawl", str((folder / "result.json").absolute()), json.dumps(args)
    )
    limits = Limits(spec.crawl.minutes * 60 + CRAWL_GRACE, CRAWL_MEGABYTES)
    print(f"{spec.id}: crawling into {var.run_dir(run, spec.id)} …", file=sys.stderr)
    outcome = processes.run_one(Task(spec.id, command, log, limits, cwd=ROOT))
    report = read_report(var, run, spec.id)
    if report is None:
        raise UserError(f"{spec.id}: {outcome.stopped or last_line(log) or 'no answer'} (log: {log})")
    return report


def read_listings(var: Var, run: str, platform: str) -> list[Listing]:
    path = var.run_dir(run, platform) / "listings.jsonl"
    return list(read_lines(path, Listing, on_bad=lambda *_: None)) if path.exists() else []


def _show(var: Var, run: str, report: RunReport, listings: Sequence[Listing]) -> None:
    declared = "unknown" if report.declared is None else report.declared
    print(f"run: {run} ({var.run_dir(run, report.platform)})")
    print(f"declared: {declared} ({report.declared_method}, {report.declared_scope})")
    print(f"received: {report.received} in {report.requests} requests, {report.bytes} bytes")
    print(f"ended: {report.finish_reason}" + (f"; errors: {report.errors}" if report.errors else ""))
    for note in report.notes:
        print(f"  note: {note}")
    for listing in listings[:SAMPLE_ROWS]:
        print(f"  {listing.native_id}: {listing.title or '-'} | {listing.provider or '-'} | {listing.price or '-'}")


def _judge(
    var: Var, spec: Spec, report: RunReport, listings: Sequence[Listing], night: dt.date, *, origin: bool
) -> int:
    read_offer = room("catalog.normalize.offer", "read_offer")
    offers = [read_offer(listing, spec, night) for listing in listings]
    meta = room("catalog.store", "LastGood")(var).meta(spec.id)
    verdict = room("catalog.gate", "judge")(
        report, listings, offers, meta.baseline if meta else None, spec, origin=origin
    )
    print(f"verdict: {verdict.outcome}" + "".join(f"\n  {reason}" for reason in verdict.reasons))
    for warning in verdict.warnings:
        print(f"  (perhatian) {warning}")
    return OK if verdict.outcome == "accepted" else ALARM
