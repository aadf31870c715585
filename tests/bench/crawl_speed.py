"""Our crawl against a bare Scrapy spider that only yields dicts from the same pages: listings a second, peak memory.

Both run as processes of their own against the same server on loopback, by turns, with the same settings (lanes,
time-outs, robots.txt, no cookies, no delays). The bare spider asks for the same list and course pages, takes four
values out of the JSON-LD with parsel and writes JSON lines. The ratio is given in CPU seconds and in wall seconds: on a
busy machine the first is the steadier one. Then one crawl of 20,000 listings, for its peak memory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from spiders.sandbox import invent
from spiders.sandbox.faults import Faults
from spiders.sandbox.replicas import PijarMahir, Row
from spiders.sandbox.serve import NIGHT, _Handler, _Server
from spiders.settings import LOOPBACK, SETTINGS

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "2500"))
LARGE = int(os.environ.get("BENCH_LARGE", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SPEED, MEGABYTES = 0.8, 200
PLATFORM = "pijarmahir"
SUNDAY = dt.date(2020, 7, 19)  # full crawls: nothing is taken from the night before
Figures = dict[str, float]

BARE = """
import json, sys, scrapy
from scrapy.crawler import AsyncCrawlerProcess
ORIGIN, OUT, SETTINGS = sys.argv[1:4]
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        yield scrapy.Request(ORIGIN + "/category/kartu-prakerja?page=1&limit=30", self.parse)
    def parse(self, response):
        for href in response.css("div.card > a::attr(href)").getall():
            yield response.follow(href, self.course)
        for href in response.css("a[rel=next]::attr(href)").getall():
            yield response.follow(href, self.parse)
    def course(self, response):
        value = json.loads(response.css('script[type="application/ld+json"]::text').get())
        yield {"url": response.url, "title": value["name"], "provider": value["provider"]["name"],
               "price": value.get("offers", {}).get("price"), "html": response.css("div.desc").get()}
process = AsyncCrawlerProcess({**json.loads(SETTINGS), "FEEDS": {OUT: {"format": "jsonlines"}}})
process.crawl(Bare)
process.start()
"""
OURS_ALONE = ("DOWNLOADER_MIDDLEWARES", "DOWNLOAD_HANDLERS", "SPIDER_MIDDLEWARES", "EXTENSIONS", "EXTENSIONS_BASE")


def bare_settings() -> dict[str, Any]:
    """Our settings without our own parts; a feed needs Scrapy's own extensions."""
    shared = {name: value for name, value in (SETTINGS | LOOPBACK).items() if name not in OURS_ALONE}
    return shared | {"TELNETCONSOLE_ENABLED": False}


def rows(count: int) -> list[Row]:
    """So many different courses of one platform: an invented catalog's, again and again with new numbers."""
    first = invent.make(3_000, 1, NIGHT).on(PLATFORM)
    made = []
    for number in range(count):
        training, sale = first[number % len(first)]
        sale = dataclasses.replace(sale, native_id=f"{sale.native_id}-{number}", title=f"{sale.title} {number}")
        made.append((training, sale))
    return made


def _serve(count: int, port: Connection) -> None:
    replica = PijarMahir(invent.make(10, 1, NIGHT))
    replica.rows = rows(count)
    replica.by_path = {replica.path(row): row for row in replica.rows}
    server = _Server(("127.0.0.1", 0), _Handler)
    server.replica, server.quiet = replica, threading.Event()
    server.faults = Faults.read(None).of(replica)
    port.send(server.server_address[1])
    server.serve_forever()


@contextlib.contextmanager
def serving(count: int) -> Iterator[str]:
    """The replica with so many courses in a process of its own; gives its address."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(count, there))
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def measure(command: list[str]) -> Figures:
    """Wall seconds, CPU seconds (user and system) and peak megabytes of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {command[:4]}")
    return {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }


def ours(origin: str, folder: Path, number: int) -> Figures:
    night = SUNDAY + dt.timedelta(days=7 * number)
    words = ["--var", str(folder / "var"), "--run", "r", "--origin", origin, "--night", night.isoformat()]
    return measure([sys.executable, "-m", "spiders.run", PLATFORM, *words])


def received(folder: Path) -> int:
    report = json.loads((folder / "var" / "runs" / "r" / PLATFORM / "report.json").read_text())
    if report["finish_reason"] != "finished":
        raise SystemExit(f"the crawl ended with {report['finish_reason']}: {report['notes']}")
    return int(report["received"])


def race(folder: Path) -> tuple[dict[str, Figures], dict[str, int]]:
    """The best of some rounds for each, run by turns, and what each found."""
    script, out = folder / "bare.py", folder / "bare.jsonl"
    script.write_text(BARE)
    rounds: dict[str, list[Figures]] = {"bare": [], "ours": []}
    with serving(LISTINGS) as origin:
        for number in range(ROUNDS):
            out.unlink(missing_ok=True)
            command = [sys.executable, str(script), origin, str(out), json.dumps(bare_settings())]
            rounds["bare"].append(measure(command))
            rounds["ours"].append(ours(origin, folder, number))
    best = {who: {key: min(one[key] for one in all_) for key in all_[0]} for who, all_ in rounds.items()}
    return best, {"bare": len(out.read_text().splitlines()), "ours": received(folder)}


def main() -> int:
    """Prints the figures of both and their ratios; 1 when ours is slower than 0.8 of the bare spider or too large."""
    folder = Path(tempfile.mkdtemp(prefix="bench-crawl-"))
    best, found = race(folder)
    for who, one in best.items():
        print(
            f"{who}: {found[who]} listings, {found[who] / one['cpu']:.0f} a CPU second, "
            f"{found[who] / one['wall']:.0f} a second; {one['cpu']:.1f} CPU s, {one['wall']:.1f} s, "
            f"{one['megabytes']:.0f} MB (best of {ROUNDS})"
        )
    ratio = {key: best["bare"][key] / best["ours"][key] for key in ("cpu", "wall")}
    print(f"speed against bare: {ratio['cpu']:.2f} by CPU, {ratio['wall']:.2f} by wall clock (target {SPEED})")
    with serving(LARGE) as origin:
        large = ours(origin, folder, ROUNDS)
    count = received(folder)
    print(f"{count} listings: {large['megabytes']:.0f} MB at most (target {MEGABYTES}), {large['cpu']:.0f} CPU s")
    right = found["ours"] == found["bare"] == LISTINGS and count == LARGE
    return 0 if right and max(ratio.values()) >= SPEED and large["megabytes"] < MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
