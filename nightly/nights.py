"""From the command line's words to a night: which run, which platforms, from which stage; refusals come first."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalog.layout import Var
from catalog.platforms import Spec
from nightly.bootstrap import check_past, fetch_past
from nightly.clock import check_order
from nightly.errors import OK, UserError
from nightly.job import STAGES, Job, Night, Result, read_report
from nightly.journal import Journal, new_run, runs
from nightly.lock import hold
from nightly.maintain import check_name
from nightly.options import base_path, known_specs, night_date, origin_map, pick, platform_ids
from nightly.report import Progress

LINKS = {"folder": "folder", "file": "file", "berkas": "file"}
FREE_MB = 200


@dataclass(frozen=True)
class Asked:
    """The options of `banding nightly` as they were typed."""

    var: Path
    public: Path
    only: list[str]
    origin: list[str]
    date: str | None
    resume: bool = False
    begin: str = "crawl"
    dry_run: bool = False
    bootstrap: str | None = None
    base: str | None = None
    url: str | None = None
    links: str | None = None
    jobs: int = 0
    crawl_minutes: float | None = None
    keep: int = 14
    run: str | None = None


def run_asked(asked: Asked, progress: Progress) -> Result | None:
    """Runs the night that was asked for; None for a dry run."""
    specs = known_specs()
    begin = pick("stage", asked.begin, {name: name for name in STAGES})
    if asked.run and begin == "crawl":
        begin = "catalog"
    if STAGES.index(begin) > STAGES.index("site"):
        progress.say(f"--from {begin}: what is shown is always built whole, so this begins with site")
        begin = "site"
    night = plan(asked, specs, begin)
    if asked.resume and not asked.run:  # what was crawled elsewhere is not crawled again
        begin = next((s for s in Journal(night.var, night.run).stages if s in STAGES), begin)
    if asked.dry_run:
        tell(night, begin)
        return None
    with hold(night.var.root, f"nightly ({night.run})") as lock:
        check_space(night.var.root)
        check_space(night.public.parent)
        if asked.bootstrap:
            fetch_past(asked.bootstrap, night.var, progress)
        check_past(night.var)
        check_order(night.var, night.public, night.night, explicit=asked.date is not None)
        return Job(night, specs, progress, lock).run(begin, resume=asked.resume)


def plan(asked: Asked, specs: Mapping[str, Spec], begin: str) -> Night:
    """The night as asked, or the last unfinished one with --resume, or the last one with --from."""
    var = Var(asked.var)
    day = night_date(asked.date)
    origins = origin_map(asked.origin, specs)
    night = Night(
        var=var,
        public=asked.public,
        night=day,
        run="",
        platforms=platform_ids(asked.only, specs) or tuple(specs),
        origins=origins,
        base=base_path(asked.base or "/"),
        url=asked.url or "",
        links=pick("--links value", asked.links or "folder", LINKS),
        jobs=asked.jobs,
        crawl_seconds=asked.crawl_minutes * 60 if asked.crawl_minutes else None,
        keep_runs=asked.keep,
    )
    if asked.run:
        return crawled(night, asked.run, explicit=asked.date is not None)
    if asked.resume:
        return resumed(night, specs)
    if begin != "crawl":
        known = runs(var)
        last = known[-1] if known else new_run(var, day)
        begun = Journal(var, last).settings()
        night = replace(night, run=last, night=day if asked.date else night_date(begun.get("night")))
        return _as_before(night, asked, begun)
    return replace(night, run=new_run(var, day))


def _as_before(night: Night, asked: Asked, begun: Mapping[str, Any]) -> Night:
    """Where the site stands and how its links end, of the last night: what was not asked for otherwise."""
    return replace(
        night,
        base=night.base if asked.base is not None else str(begun.get("base", night.base)),
        url=night.url if asked.url is not None else str(begun.get("url", night.url)),
        links=night.links if asked.links is not None else str(begun.get("links", night.links)),
    )


def crawled(night: Night, run: str, *, explicit: bool) -> Night:
    """A run that was crawled elsewhere (`banding crawl --run`, `banding merge`): its own night, unless one is given."""
    check_name(run)
    reports = [r for p in night.platforms if (r := read_report(night.var, run, p))]
    if not reports:
        raise UserError(f"run {run!r} holds no report: crawl with `banding crawl P --run {run}` first")
    nights = {report.night for report in reports if report.night}
    if len(nights) > 1 and not explicit:
        raise UserError(f"run {run!r} holds crawls of several nights ({', '.join(sorted(nights))}): give --date")
    day = night.night if explicit or not nights else dt.date.fromisoformat(nights.pop())
    return replace(night, run=run, night=day)


def resumed(night: Night, specs: Mapping[str, Spec]) -> Night:
    """The last run, when it did not reach its end, with the settings it was begun with."""
    known = runs(night.var)
    begun = Journal(night.var, known[-1]).settings() if known else {}
    if not begun or Journal(night.var, known[-1]).finished:
        raise UserError("nothing to resume: the last night was finished (or there was none); run without --resume")
    return replace(
        night,
        run=known[-1],
        night=dt.date.fromisoformat(begun["night"]),
        platforms=tuple(p for p in begun["platforms"] if p in specs),
        origins={**begun["origins"], **night.origins},
        base=begun["base"],
        url=begun["url"],
        links=begun["links"],
    )


def check_space(folder: Path) -> None:
    """Refuses to begin on a full disk: better no night than half of one."""
    there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(there).free / 2**20
    if free < FREE_MB:
        raise UserError(f"only {free:.0f} MB free at {there}, at least {FREE_MB} MB are needed: free some space first")


def tell(night: Night, begin: str) -> None:
    """What a dry run prints."""
    print(f"run {night.run} of the night {night.night}, data in {night.var.root}, site in {night.public}")
    print(f"stages: {' → '.join(STAGES[STAGES.index(begin) :])}")
    if begin == "crawl":
        for platform in night.platforms:
            print(f"  {platform}: {night.origins.get(platform, 'its own address')}")


def run_stages(
    var: Path, public: Path, date: str | None, begin: str, until: str, progress: Progress, **site: Any
) -> int:
    """Some stages alone, on the last run's data. Returns the exit code."""
    specs = known_specs()
    asked = Asked(var, public, [], [], date, begin=begin, **site)
    night = plan(asked, specs, begin)
    if night.run not in runs(night.var) and not night.var.lastgood.is_dir():
        _writable(night.var.root)
        demo = f" (the demo's data: --var {var / 'demo'})" if (var / "demo").is_dir() else ""
        raise UserError(f"{var} holds no run and no last good data: run `banding nightly` first{demo}")
    with hold(night.var.root, f"{begin} ({night.run})") as lock:
        check_past(night.var)
        check_order(night.var, night.public, night.night, explicit=True)
        result = Job(night, specs, progress, lock).run(begin, until=until)
    return result.code if until != "index" else OK


def _writable(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"can't write in {root}: {error.strerror}; choose another folder with --var") from error
