"""Runs a spider in a forked child: imports are paid once, and Scrapy's reactor starts fresh in every run."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scrapy.crawler  # noqa: F401  imported here, so that every fork has it already

from catalog.files import read_lines
from catalog.layout import Var
from catalog.platforms import read_spec
from catalog.records import Listing, RunReport
from spiders import SPECS, base, recrawl, run  # noqa: F401  the same reason
from spiders.origin import Origin

NIGHT = dt.date(2020, 7, 15)


@dataclass
class Ran:
    report: RunReport
    listings: list[Listing]
    folder: Path

    @property
    def by_id(self) -> dict[str, Listing]:
        return {listing.native_id: listing for listing in self.listings}


def _child(
    platform: str, var: Path, run_name: str, specs: Path, options: dict[str, Any], changes: dict[str, Any]
) -> None:
    os.environ.update(changes.pop("environ", {}))
    if "settings" in changes:
        from spiders import settings

        settings.LOOPBACK.update(changes["settings"])
    spec = read_spec(specs / f"{platform}.toml")
    if "crawl" in changes:
        spec = spec.model_copy(update={"crawl": spec.crawl.model_copy(update=changes["crawl"])})
    if "spec" in changes:
        spec = spec.model_copy(update=changes["spec"])
    origin = options.pop("origin", None)
    run.run_here(
        spec, var=Var(var), run=run_name, specs_dir=specs, origin=Origin.read(origin) if origin else None, **options
    )


def crawl(
    platform: str, var: Path, origin: str | None, *, run_name: str = "r", night: dt.date = NIGHT, specs: Path = SPECS,
    limit: int | None = None, replay: str | None = None, **changes: Any,
) -> Ran:  # fmt: skip
    """One run in a forked child. `changes`: crawl={…}, spec={…} change the spec, settings={…} the loopback ones."""
    options = {"origin": origin, "night": night, "limit": limit, "replay": replay}
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_child, args=(platform, var, run_name, specs, options, changes))
    process.start()
    process.join(120)
    if process.is_alive():
        process.kill()
        process.join()
    folder = Var(var).run_dir(run_name, platform)
    listings = list(read_lines(folder / run.LISTINGS, Listing)) if (folder / run.LISTINGS).is_file() else []
    return Ran(run.read_report(folder, platform, run_name), listings, folder)


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """A little server with a function for a site; `asked` lists what was asked for, `callers` holds connections."""

    url: str
    asked: list[tuple[str, str]]
    callers: set[Any]

    def paths(self) -> list[str]:
        return [path for _, path in self.asked if path != "/robots.txt"]


@contextlib.contextmanager
def serving(answer: Callable[[str, str, bytes], Answer | None]) -> Iterator[Site]:
    """Serves `answer(method, path with query, body)`; None is a 404."""
    asked: list[tuple[str, str]] = []
    callers: set[Any] = set()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            asked.append((self.command, self.path))
            callers.add(self.client_address)
            status, headers, content = answer(self.command, self.path, body) or (404, {}, b"not here")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", asked, callers)
    finally:
        server.shutdown()
        server.server_close()


HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
