"""One run of one platform's spider: `crawl` starts it in a process of its own, which is `python -m spiders.run P …`.

Whatever happens, `report.json` is there afterwards: a first one is written before anything else and says 'crashed'.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gc
import importlib
import importlib.util
import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from catalog.files import write_json
from catalog.layout import Var, today_wib
from catalog.platforms import Spec, find_spec
from catalog.records import RunReport
from spiders import SPECS
from spiders.origin import Origin
from spiders.recorder import LISTINGS, RAW, REPORT

if TYPE_CHECKING:
    from spiders.watchdog import Watchdog

GOOD = ("finished",)
GARBAGE = 50_000
"""New objects before Python looks for cycles among them: a crawl makes many, and next to no cycles."""


def crawl(
    platform: str,
    *,
    var: Var,
    run: str,
    specs_dir: Path = SPECS,
    origin: str | None = None,
    limit: int | None = None,
    night: dt.date | None = None,
    replay: str | None = None,
) -> RunReport:
    """Runs one platform's spider in a process of its own and returns its report, also when the process died."""
    command = command_of(
        platform, var=var, run=run, specs_dir=specs_dir, origin=origin, limit=limit, night=night, replay=replay
    )
    process = subprocess.Popen(command)  # noqa: S603  our own module with checked arguments
    try:
        process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        raise
    return read_report(var.run_dir(run, platform), platform, run)


def command_of(
    platform: str, *, var: Var, run: str, specs_dir: Path = SPECS, origin: str | None = None, limit: int | None = None,
    night: dt.date | None = None, replay: str | None = None,
) -> list[str]:  # fmt: skip
    """The command line of one run, for callers that start several processes themselves."""
    command = [
        sys.executable,
        "-m",
        "spiders.run",
        platform,
        "--var",
        str(var.root),
        "--run",
        run,
        "--specs",
        str(specs_dir),
    ]
    for name, value in (("origin", origin), ("limit", limit), ("night", night), ("replay", replay)):
        if value is not None:
            command += [f"--{name}", str(value)]
    return command


def read_report(folder: Path, platform: str, run: str) -> RunReport:
    """The report of a run; a missing or broken one reads as a crash."""
    try:
        return RunReport.model_validate_json((folder / REPORT).read_bytes())
    except (OSError, ValidationError):
        now = _now()
        return RunReport(platform=platform, run=run, started=now, finished=now, finish_reason="crashed")


def spider_class(spec: Spec, specs_dir: Path) -> Any:
    """The spider beside the spec (<id>.py), else the one for platforms that need no code."""
    beside = specs_dir / f"{spec.id}.py"
    if not beside.is_file():
        from spiders.base import PageSpider

        return PageSpider
    if specs_dir.resolve() == SPECS.resolve():
        return importlib.import_module(f"spiders.platforms.{spec.id}").Spider
    found = importlib.util.spec_from_file_location(f"banding_platform_{spec.id}", beside)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.Spider


def run_here(
    spec: Spec, *, var: Var, run: str, specs_dir: Path = SPECS, origin: Origin | None = None, limit: int | None = None,
    night: dt.date, replay: str | None = None, wrap: Callable[[Any], Any] | None = None,
) -> RunReport:  # fmt: skip
    """Runs the spider in this process (once only: Scrapy's reactor does not start twice).

    `wrap` makes another class of the platform's spider (a shard of it, a worker of a shared frontier).
    """
    sample = origin is not None
    if replay is not None:  # what was read from a replica stays sample data
        sample = read_report(var.run_dir(replay, spec.id), spec.id, replay).sample
    folder = var.run_dir(run, spec.id)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (LISTINGS, RAW, REPORT):
        (folder / name).unlink(missing_ok=True)
    report = RunReport(
        platform=spec.id, run=run, started=_now(), finished=_now(), finish_reason="crashed",
        declared_scope=spec.declared_scope, sample=sample, night=night.isoformat(),
        notes=["the run did not end by itself"],
    )  # fmt: skip
    write_json(folder / REPORT, report, indent=1)
    report = _run(spec, report, folder, var, specs_dir, origin, limit, night, replay, wrap)
    write_json(folder / REPORT, report, indent=1)
    return report


def _run(
    spec: Spec, report: RunReport, folder: Path, var: Var, specs_dir: Path, origin: Origin | None, limit: int | None,
    night: dt.date, replay: str | None, wrap: Callable[[Any], Any] | None,
) -> RunReport:  # fmt: skip
    gc.set_threshold(GARBAGE)  # before the imports, which make the most of all
    from scrapy.crawler import AsyncCrawlerProcess

    from spiders.kept import Kept
    from spiders.recorder import Recorder, Replay
    from spiders.recrawl import Memory

    stored = Replay(var.run_dir(replay, spec.id)) if replay else None
    recorder = Recorder(folder, raw=stored is None)
    whole = limit is None and stored is None and wrap is None  # a part must not replace the memory of the whole
    memory = Memory.open(var, spec, night, origin) if whole else None
    kept = Kept.open(var, spec, specs_dir / f"{spec.id}.py") if whole else None
    settings = _settings(spec, origin, replayed=stored is not None)
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(settings["LOG_LEVEL"])  # else a line is made for every answer, then dropped
    spider_type = spider_class(spec, specs_dir)
    crawler = process.create_crawler(wrap(spider_type) if wrap else spider_type)
    # A worker of a shared frontier may wait long for others; its leases watch over it instead.
    watchdog = _watchdog(crawler, report, folder, settings) if wrap is None else None
    process.crawl(
        crawler, spec=spec, night=night, recorder=recorder, origin=origin, limit=limit, memory=memory, replay=stored,
        watchdog=watchdog, kept=kept,
    )  # fmt: skip
    with watchdog or contextlib.nullcontext():
        process.start()
    recorder.finish()
    spider: Any = crawler.spider
    stats = crawler.stats.get_stats() if crawler.stats is not None else {}
    _fill(report, spider, stats, stored is not None)
    for known in (memory, kept):
        if known is not None:
            known.close(keep=report.finish_reason in GOOD)
    return report


def _watchdog(crawler: Any, report: RunReport, folder: Path, settings: dict[str, Any]) -> Watchdog:
    """Writes the report and ends the process when nothing moves any more."""
    from spiders.watchdog import Watchdog, leave, patience

    def stuck(seconds: float) -> None:
        if crawler.spider is not None:
            crawler.spider.tally.reason = "timeout"
            crawler.spider.tally.note(f"nothing moved for {seconds:.0f} seconds; the run was ended")
            stats = crawler.stats.get_stats() if crawler.stats is not None else {}
            _fill(report, crawler.spider, dict(stats), replayed=False)
            write_json(folder / REPORT, report, indent=1)
        leave()

    return Watchdog(patience(settings), stuck)


def _settings(spec: Spec, origin: Origin | None, *, replayed: bool) -> dict[str, Any]:
    from spiders.settings import LOOPBACK, SETTINGS

    settings = dict(SETTINGS)
    crawl = spec.crawl
    settings |= {
        "DOWNLOAD_DELAY": crawl.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency,
        "BANDING_HOSTS": list(spec.hosts),
        "BANDING_BUDGET": crawl.budget,
        "BANDING_MINUTES": crawl.minutes,
        "BANDING_LOOPBACK": replayed or (origin is not None and origin.loopback),
    }
    if settings["BANDING_LOOPBACK"]:
        settings |= LOOPBACK
    if origin is not None:
        settings["HTTPPROXY_ENABLED"] = False  # a proxy of the environment would see the replica's requests
    return settings


def _fill(report: RunReport, spider: Any, stats: dict[str, Any], replayed: bool) -> None:
    report.finished = _now()
    if spider is None or getattr(spider, "tally", None) is None:
        return
    tally = spider.tally
    report.finish_reason = tally.reason or "interrupted"
    report.declared, report.declared_method = tally.declared, tally.method
    report.received = len(tally.ids)
    report.requests = 0 if replayed else int(stats.get("downloader/request_count", 0))
    report.server_time = None if replayed else stats.get("banding/server_time")
    prefix = "downloader/response_status_count/"
    report.statuses = {k.removeprefix(prefix): v for k, v in sorted(stats.items()) if k.startswith(prefix)}
    report.bytes = int(stats.get("downloader/response_bytes", 0))
    report.layers = dict(sorted(tally.layers.items()))
    report.errors = dict(sorted(tally.errors.items()))
    report.notes = tally.notes


def _now() -> str:
    return dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m spiders.run", description="Crawls one platform into var/runs/<run>/<platform>/."
    )
    parser.add_argument("platform")
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--run", required=True)
    parser.add_argument("--origin", help="send every request of the platform to this server")
    parser.add_argument("--limit", type=int, help="stop after so many listings")
    parser.add_argument("--night", type=dt.date.fromisoformat, default=None)
    parser.add_argument("--specs", type=Path, default=SPECS)
    parser.add_argument("--replay", metavar="RUN", help="read the kept answers of that run again, without network")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """0: the run ended for a good reason; 1: it did not (the report says why)."""
    args = _arguments(words)
    try:
        spec = find_spec(args.specs, args.platform)
        origin = Origin.read(args.origin) if args.origin else None
        report = run_here(
            spec, var=Var(args.var), run=args.run, specs_dir=args.specs, origin=origin, limit=args.limit,
            night=args.night or today_wib(), replay=args.replay,
        )  # fmt: skip
    except FileNotFoundError as error:
        print(f"{args.platform}: {error.filename} is not there; was the run {args.replay!r} kept?", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"{args.platform}: {error}", file=sys.stderr)
        return 1
    return 0 if report.finish_reason in GOOD else 1


if __name__ == "__main__":
    raise SystemExit(main())
