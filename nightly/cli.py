"""The command line `banding`: every command of the outside contract; the rooms are imported only when needed."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from nightly import ask, hosting, maintain
from nightly.commons import Log, PublicOption, VarOption, banding
from nightly.errors import FAILED, INTERRUPTED, OK, USAGE, UsageError, UserError, for_people, one_line

app = banding("Compare Kartu Prakerja trainings: crawl, catalog, search index, site, nightly job.")
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="only this platform (repeatable)")]
OriginOption = Annotated[list[str] | None, typer.Option("--origin", help="PLATFORM=URL: ask this server instead")]
DateOption = Annotated[str | None, typer.Option("--date", help="the night's date, YYYY-MM-DD (default: today in WIB)")]
# None: what the last night was built with, where a stage of it is run again; else the root, no address, folders.
BaseOption = Annotated[
    str | None, typer.Option(help="base path of the site, for example /repo/", envvar="BANDING_BASE")
]
UrlOption = Annotated[
    str | None, typer.Option(help="absolute address of the site, for canonical links", envvar="BANDING_URL")
]
LinksOption = Annotated[str | None, typer.Option(help="links end in 'folder'/ or in 'file' (…/index.html)")]


@app.command()
def demo(
    courses: Annotated[int, typer.Option(min=1, help="number of invented courses")] = 2000,
    seed: Annotated[int, typer.Option(help="same seed, same bytes")] = 1,
    date: Annotated[str, typer.Option(help="the night's date")] = "2020-07-15",
    faults: Annotated[str | None, typer.Option(help="a clean night first, then one with these faults")] = None,
    base: BaseOption = None,
    var: VarOption = Path("var"),
    public: PublicOption = Path("public"),
    log: Log = "auto",
) -> int:
    """Runs the nightly job against the bundled replicas and leaves a finished site."""
    from nightly.demo import run_demo
    from nightly.options import base_path, night_date
    from nightly.summary import print_summary

    progress = _progress(log)
    try:
        result = run_demo(
            var, public, courses=courses, seed=seed, night=night_date(date), faults=faults, progress=progress,
            base=base_path(base or "/"),
        )  # fmt: skip
    finally:
        progress.close()
    print_summary(result)
    print(f"Site: {public}/ ({result.courses} courses, {result.offers} offers); serve: make serve")
    return result.code


@app.command()
def nightly(
    only: OnlyOption = None,
    origin: OriginOption = None,
    date: DateOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with the last unfinished night")] = False,
    begin: Annotated[str, typer.Option("--from", help="begin with this stage, on the data that is there")] = "crawl",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done")] = False,
    bootstrap: Annotated[str | None, typer.Option(help="empty machine: fetch the past from this site first")] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="take this crawled or merged run instead of crawling")
    ] = None,
    base: BaseOption = None,
    url: UrlOption = None,
    links: LinksOption = None,
    jobs: Annotated[int, typer.Option(min=0, help="platforms side by side (0: all; of replicas one a core)")] = 0,
    crawl_minutes: Annotated[float | None, typer.Option(help="hard limit a platform (default: its spec)")] = None,
    keep: Annotated[int, typer.Option(min=1, help="runs whose raw data are kept")] = 14,
    var: VarOption = Path("var"),
    public: PublicOption = Path("public"),
    log: Log = "auto",
) -> int:
    """Crawls all platforms, rebuilds the catalog, the index and the site, verifies and publishes."""
    from nightly.nights import Asked, run_asked
    from nightly.summary import print_summary

    asked = Asked(
        var, public, only or [], origin or [], date, resume=resume, begin=begin, dry_run=dry_run,
        bootstrap=bootstrap, base=base, url=url, links=links, jobs=jobs, crawl_minutes=crawl_minutes, keep=keep,
        run=run,
    )  # fmt: skip
    progress = _progress(log)
    try:
        result = run_asked(asked, progress)
    finally:
        progress.close()
    if result is None:
        return OK
    print_summary(result)
    print(f"Site: {public}/ ({result.courses} courses, {result.offers} offers), build {result.build}")
    return result.code


@app.command()
def catalog(date: DateOption = None, var: VarOption = Path("var"), public: PublicOption = Path("public")) -> int:
    """The catalog stage alone, over last good (and the last run, when it was not yet taken in)."""
    from nightly.nights import run_stages

    return run_stages(var, public, date, "catalog", "catalog", _progress("plain"))


@app.command()
def index(date: DateOption = None, var: VarOption = Path("var"), public: PublicOption = Path("public")) -> int:
    """The index stage alone: the Whoosh index of the catalog."""
    from nightly.nights import run_stages

    return run_stages(var, public, date, "index", "index", _progress("plain"))


@app.command()
def site(
    date: DateOption = None,
    base: BaseOption = None,
    url: UrlOption = None,
    links: LinksOption = None,
    var: VarOption = Path("var"),
    public: PublicOption = Path("public"),
) -> int:
    """Builds the site from the catalog, verifies it and puts it in place."""
    from nightly.nights import run_stages

    return run_stages(var, public, date, "site", "publish", _progress("plain"), base=base, url=url, links=links)


@app.command()
def crawl(
    platform: str,
    origin: Annotated[str | None, typer.Option(help="ask this server instead")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="stop after so many listings; skips the gate")] = None,
    date: DateOption = None,
    shard: Annotated[str | None, typer.Option(help="I/N: only this machine's share; see `banding merge`")] = None,
    frontier: Annotated[str | None, typer.Option(envvar="BANDING_REDIS", help="redis://…: share with workers")] = None,
    worker: Annotated[str | None, typer.Option(help="with --frontier: this worker's name")] = None,
    run: Annotated[str | None, typer.Option("--run", help="name of the run; workers of one crawl share it")] = None,
    replay: Annotated[str | None, typer.Option(help="read the kept answers of that run again, no network")] = None,
    bootstrap: Annotated[
        str | None, typer.Option(help="empty machine: what this site remembers of the pages, to ask for changes only")
    ] = None,
    var: VarOption = Path("var"),
) -> int:
    """One platform into var/runs/RUN/PLATFORM/; judges it without storing. 0 accepted, 3 held, 1 no answer."""
    from nightly.crawling import Part, crawl_one

    part = Part(shard, frontier, worker, replay)
    return crawl_one(platform, origin=origin, limit=limit, date=date, part=part, run=run, var=var, bootstrap=bootstrap)


@app.command()
def sandbox(
    courses: Annotated[int, typer.Option(min=1, help="number of invented courses")] = 2000,
    seed: Annotated[int, typer.Option(help="same seed, same bytes")] = 1,
    date: Annotated[str, typer.Option(help="the night's date")] = "2020-07-15",
    faults: Annotated[str | None, typer.Option(help="how the replicas misbehave")] = None,
) -> int:
    """Serves the replicas until stopped; prints one line PLATFORM=URL each."""
    from nightly.demo import start_replicas
    from nightly.options import night_date

    replicas = start_replicas(courses, seed, night_date(date), faults)
    try:
        for name, url in replicas.origins.items():
            print(f"{name}={url}", flush=True)
        print("serving until Ctrl-C", file=sys.stderr, flush=True)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        return OK
    finally:
        replicas.stop()


history = banding()
app.add_typer(history, name="history", help="The past of prices: fetch it from a published site.")


@history.callback()
def history_group() -> None:
    """The past of prices."""


@history.command(name="bootstrap")
def history_bootstrap(
    address: Annotated[str, typer.Argument(metavar="URL", help="a published site")],
    var: VarOption = Path("var"),
    log: Log = "auto",
) -> int:
    """Fetches last good copies, ids, lives and price history that the site at URL publishes; checksums are verified.
    On a machine that has a past only the price history is added to it."""
    from catalog.layout import Var
    from nightly.bootstrap import fetch_history, fetch_past, has_past
    from nightly.lock import hold

    progress = _progress(log)
    try:
        with hold(var, "history bootstrap"):
            fetch = fetch_history if has_past(Var(var)) else fetch_past
            fetch(address, Var(var), progress)
    finally:
        progress.close()
    return OK


for part in (ask.app, hosting.app, maintain.app):
    app.add_typer(part)


def _progress(style: str) -> Any:
    from nightly.report import open_progress

    if style not in ("auto", "plain", "json"):
        raise UsageError(f"--log {style!r}: use auto, plain or json")
    return open_progress(style)  # type: ignore[arg-type]


def main(argv: list[str] | None = None) -> None:
    """Entry point. Every error that a person can mend is one line; anything else goes to a file under var/log."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """Runs one command; returns the exit code of the outside contract."""
    _stop_on_signals()
    try:
        code = app(argv, standalone_mode=False, prog_name="banding")
        sys.stdout.flush()
        return _stopped() if code == INTERRUPTED else int(code or OK)  # Typer's own answer to Ctrl-C
    except UserError as error:
        return _say(one_line(error), error.code)
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; no message helps
        return OK
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}{_advice(error)}", FAILED)
    except Exception as error:
        if hasattr(error, "format_message"):  # the command-line library's own usage errors
            text = " ".join(error.format_message().split())
            return _say(f"{text} (see banding --help)", USAGE) if text else USAGE
        if for_people(error):
            return _say(one_line(error), FAILED)
        return _unexpected(error)


def _say(text: str, code: int) -> int:
    print(f"banding: {text}", file=sys.stderr)
    return code


def _advice(error: OSError) -> str:
    import errno

    advice = {
        errno.ENOSPC: "; free some space and run again: nothing published was touched",
        errno.EACCES: "; check the permissions or choose another folder with --var or --public",
        errno.EROFS: "; choose another folder with --var or --public",
        errno.ENOTDIR: "; choose another folder with --var or --public",
    }
    return advice.get(error.errno or 0, "")


def _unexpected(error: Exception) -> int:
    import tempfile

    text = "".join(traceback.format_exception(error))
    try:
        folder = Path("var/log")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "last-error.txt"
        path.write_text(text, encoding="utf-8")
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="banding-")) / "last-error.txt"
        path.write_text(text, encoding="utf-8")
    return _say(f"unexpected {type(error).__name__}: {one_line(error)}; details are in {path}", FAILED)


def _stopped() -> int:
    return _say("stopped; nothing half-written was left", INTERRUPTED)


def _stop_on_signals() -> None:
    """SIGTERM and a closed terminal end us as Ctrl-C does: children first, nothing half-written."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


if __name__ == "__main__":
    main()
