"""Our crawl against a bare Scrapy spider that only yields dicts from the same pages: listings a second, peak memory.

Both run as processes of their own against the same server on loopback, with the same lanes and without delays. The bare
spider asks for the same list and course pages, parses JSON-LD with parsel and writes JSON lines. CPU seconds are the
steadier figure on a busy machine.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from spiders.sandbox import serve

COURSES = int(os.environ.get("BENCH_COURSES", "12000"))
PLATFORM = "pijarmahir"

BARE = """
import json, sys, scrapy
from scrapy.crawler import AsyncCrawlerProcess
ORIGIN, OUT, LANES = sys.argv[1:4]
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
process = AsyncCrawlerProcess({
    "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS_PER_DOMAIN": int(LANES), "DOWNLOAD_DELAY": 0,
    "CONCURRENT_ITEMS": 4, "AUTOTHROTTLE_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "COOKIES_ENABLED": False,
    "FEEDS": {OUT: {"format": "jsonlines"}}})
process.crawl(Bare)
process.start()
"""


def measure(command: list[str]) -> dict[str, float]:
    """Wall seconds, CPU seconds and peak megabytes of one process."""
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


def main() -> int:
    """Prints the figures of both and their ratio; 1 when ours is slower than 0.8 of the bare spider's speed."""
    folder = Path(tempfile.mkdtemp(prefix="bench-crawl-"))
    script = folder / "bare.py"
    script.write_text(BARE)
    with serve.start(COURSES, 1) as box:
        origin = box.origins[PLATFORM]
        out = folder / "bare.jsonl"
        ours = [
            sys.executable,
            "-m",
            "spiders.run",
            PLATFORM,
            "--var",
            str(folder / "var"),
            "--run",
            "r",
            "--origin",
            origin,
        ]
        rounds: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
        for number in range(3):
            out.unlink(missing_ok=True)
            rounds["bare"].append(measure([sys.executable, str(script), origin, str(out), "4"]))
            night = (dt.date(2020, 7, 19) + dt.timedelta(days=7 * number)).isoformat()  # Sundays: full crawls
            rounds["ours"].append(measure([*ours, "--night", night]))
        listings = json.loads((folder / "var" / "runs" / "r" / PLATFORM / "report.json").read_text())["received"]
        dicts = len(out.read_text().splitlines())
    best = {who: min(found, key=lambda r: r["wall"]) for who, found in rounds.items()}
    rate = {"bare": dicts / best["bare"]["wall"], "ours": listings / best["ours"]["wall"]}
    for who, found in best.items():
        print(f"{who}: {rate[who]:.0f} listings/s, {found['cpu']:.1f} CPU s, {found['megabytes']:.0f} MB")
    print(f"listings: {listings} ours, {dicts} bare; speed ratio {rate['ours'] / rate['bare']:.2f} (target 0.80)")
    return 0 if rate["ours"] >= 0.8 * rate["bare"] and best["ours"]["megabytes"] < 200 else 1


if __name__ == "__main__":
    raise SystemExit(main())
