"""A shared frontier: several worker processes, on one machine or many, drain one platform together through Redis.

Built on Redis Streams with a consumer group, the engine that Redis itself keeps for work that must not be lost:
a course is delivered to one worker and stays pending until it is acknowledged; a worker that dies leaves its
courses pending, and after the lease the others claim them. docs/decisions/0064-shared-frontier.md says why not
scrapy-redis: its queues forget a request when they hand it out, and they store pickles.

    seen      set of native ids that were ever queued
    todo      stream of courses whose page must be fetched (removed when acknowledged)
    results   native id -> packed Listing: a second delivery writes the same key, so doubles vanish
    walker    lease of the one worker that walks the list pages
    about     how the walk ended, counts of requests and troubles
    parts     worker -> its own report
    polite    per host: free again at the end of this key's life, for all workers of all runs
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisDown
from redis.exceptions import RedisError, ResponseError

from catalog.files import write_bytes, write_json
from catalog.layout import Var, today_wib
from catalog.platforms import find_spec
from catalog.records import Listing, RunReport
from spiders import SPECS
from spiders.shards import NOTE, Shard, own_run, sharded, summed, time_told

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.base import Course

GROUP = "workers"
TROUBLES = ("bad_pages", "passed_over")  # what a spider counts of pages that are no courses
TRIES = 3  # deliveries of one course before it is given up and counted
LIFE = 7 * 24 * 3600  # seconds after which a forgotten run leaves Redis by itself

# Seen and queued in one step: a walker that dies in between must not lose a course.
_QUEUE = """
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'course', ARGV[2])
return 1
"""


class Frontier:
    """The shared state of one platform's crawl in one run of one night: a run's name may serve again every night, and
    what an earlier one found must never be taken for tonight's."""

    def __init__(self, client: Any, run: str, night: str, platform: str, worker: str, lease: float) -> None:
        self.client, self.worker, self.lease = client, worker, lease
        self.platform = platform
        self._name = f"banding:{run}:{night}:{platform}:"
        self._queue = client.register_script(_QUEUE)
        self.mine: set[bytes] = set()

    def key(self, name: str) -> str:
        return self._name + name

    async def open(self) -> None:
        """Makes the consumer group; the first worker wins, the others find it."""
        with contextlib.suppress(ResponseError):
            await self.client.xgroup_create(self.key("todo"), GROUP, id="0", mkstream=True)
        for name in ("todo", "seen", "results", "about", "parts"):
            await self.client.expire(self.key(name), LIFE)

    # ---- walking

    async def walk_is_mine(self) -> bool:
        """Takes or keeps the walker's lease. False while another worker walks, or when the walk is over."""
        if await self.walked() is not None:
            return False
        if await self.client.set(self.key("walker"), self.worker, nx=True, px=int(self.lease * 1000)):
            return True
        return bool(await self.client.get(self.key("walker")) == self.worker.encode())

    async def walked(self) -> str | None:
        """How the walk ended; None while it goes on."""
        value = await self.client.hget(self.key("about"), "reason")
        return value.decode() if value else None

    async def end_walk(self, reason: str, declared: int | None, method: str, note: str = "") -> None:
        """Says how the walk ended; `note` is for people."""
        about = {"reason": reason, "method": method, "declared": "" if declared is None else str(declared)}
        about |= {"note": note} if note else {}
        await self.client.hset(self.key("about"), mapping=about)

    async def queue(self, course: Course) -> bool:
        """Queues a course once; False when it was queued before."""
        keys = [self.key("seen"), self.key("todo")]
        return bool(await self._queue(keys=keys, args=[course.native_id, pack_course(course)]))

    # ---- draining

    async def take(self, count: int) -> list[tuple[bytes, Course | None]]:
        """Courses for this worker: those of dead workers first, then new ones. None: given up after too many tries."""
        claimed = await self.client.xautoclaim(
            self.key("todo"), GROUP, self.worker, min_idle_time=int(self.lease * 1000), count=count
        )
        entries = [entry for entry in claimed[1] if entry[1]]
        tired = await self._tired([entry[0] for entry in entries])
        if not entries:
            fresh = await self.client.xreadgroup(GROUP, self.worker, {self.key("todo"): ">"}, count=count)
            entries = fresh[0][1] if fresh else []
        self.mine |= {entry[0] for entry in entries}
        return [(number, None if number in tired else unpack_course(data[b"course"])) for number, data in entries]

    async def _tired(self, numbers: list[bytes]) -> set[bytes]:
        if not numbers:
            return set()
        pending = await self.client.xpending_range(self.key("todo"), GROUP, min(numbers), max(numbers), 1000)
        return {p["message_id"] for p in pending if p["times_delivered"] > TRIES and p["message_id"] in numbers}

    async def keep(self, listing: Listing, number: bytes | None = None) -> None:
        """Stores a result and acknowledges its course in one transaction."""
        packed = zlib.compress(listing.model_dump_json(exclude_defaults=True).encode())
        async with self.client.pipeline(transaction=True) as steps:
            steps.hset(self.key("results"), listing.native_id, packed)
            if number is not None:
                steps.xack(self.key("todo"), GROUP, number)
                steps.xdel(self.key("todo"), number)
            await steps.execute()
        if number is not None:
            self.mine.discard(number)

    async def drop(self, number: bytes, *, tired: bool = False) -> None:
        """Acknowledges a course that gives no listing: no course at all, or given up after too many tries."""
        async with self.client.pipeline(transaction=True) as steps:
            steps.xack(self.key("todo"), GROUP, number)
            steps.xdel(self.key("todo"), number)
            if tired:
                steps.hincrby(self.key("about"), "given_up", 1)
            await steps.execute()
        self.mine.discard(number)

    async def drained(self) -> bool:
        return await self.walked() is not None and await self.client.xlen(self.key("todo")) == 0

    async def heartbeat(self) -> None:
        """Keeps the leases of what this worker holds; when it dies, they run out."""
        while True:
            await asyncio.sleep(self.lease / 3)
            if self.mine:
                await self.client.xclaim(self.key("todo"), GROUP, self.worker, 0, sorted(self.mine), justid=True)
            if await self.client.get(self.key("walker")) == self.worker.encode():
                await self.client.pexpire(self.key("walker"), int(self.lease * 1000))

    # ---- the end

    async def count(self, name: str, by: int = 1) -> None:
        await self.client.hincrby(self.key("about"), name, by)

    async def stop(self, reason: str) -> None:
        """A wall for one worker is a wall for all: nobody asks on."""
        await self.client.hsetnx(self.key("about"), "stop", reason)

    async def stopped(self) -> str | None:
        value = await self.client.hget(self.key("about"), "stop")
        return value.decode() if value else None

    async def report(self, part: RunReport) -> list[RunReport]:
        """Leaves this worker's report and returns all that are there, by worker. A killed worker leaves none."""
        await self.client.hset(self.key("parts"), self.worker, part.model_dump_json())
        found = await self.client.hgetall(self.key("parts"))
        return [RunReport.model_validate_json(found[worker]) for worker in sorted(found)]

    async def results(self) -> list[str]:
        """One JSON line per native id, sorted: the same bytes for every worker that asks."""
        packed = await self.client.hgetall(self.key("results"))
        return [zlib.decompress(packed[key], bufsize=1 << 16).decode() for key in sorted(packed)]

    async def about(self) -> dict[str, str]:
        found = await self.client.hgetall(self.key("about"))
        return {key.decode(): value.decode() for key, value in found.items()}


def pack_course(course: Course) -> str:
    """JSON, never pickle: whoever can write to this Redis must not be able to run code here."""
    kept = ("native_id", "url", "fields", "layer", "eligible", "lastmod")
    return json.dumps({name: getattr(course, name) for name in kept}, ensure_ascii=False)


def unpack_course(text: bytes) -> Course:
    from spiders.base import Course

    return Course(**json.loads(text))


class SharedWalk:
    """Mixed into a platform's spider: one worker walks the lists, all fetch the course pages."""

    frontier: Frontier
    tally: Any
    crawler: Any

    async def listings(self) -> AsyncIterator[Listing]:
        """This worker's share; everybody's stands in Redis."""
        await self.frontier.open()
        helpers = [asyncio.create_task(self._walk_when_mine()), asyncio.create_task(self.frontier.heartbeat())]
        try:
            async for listing in self._shared_listings():
                yield listing
        finally:
            for helper in helpers:
                helper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*helpers, return_exceptions=True)

    async def _shared_listings(self) -> AsyncIterator[Listing]:
        from spiders.guards import Blocked

        lanes = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN", 1)
        told: Counter[str] = Counter()
        while not await self.frontier.drained():
            if reason := await self.frontier.stopped():
                raise Blocked(reason, "another worker met it")
            taken = await self.frontier.take(lanes)
            if not taken:
                await asyncio.sleep(0.05)
            tired = {number for number, course in taken if course is None}
            fetched = await asyncio.gather(*(self._leased(n, c) for n, c in taken))
            await self._tell_troubles(told)  # before the courses count as done
            for number, listing in fetched:
                if listing is None:
                    await self.frontier.drop(number, tired=number in tired)
                    continue
                await self.frontier.keep(listing, number)
                yield listing

    async def _tell_troubles(self, told: Counter[str]) -> None:
        """Adds what this worker met since `told` to what all workers met."""
        for name in TROUBLES:
            more = getattr(self, name) - told[name]
            if more:
                told[name] += more
                await self.frontier.count(name, more)

    async def _leased(self, number: bytes, course: Course | None) -> tuple[bytes, Listing | None]:
        from spiders.guards import Blocked

        try:
            listing: Listing | None = await self.listing(course) if course else None  # type: ignore[attr-defined]
        except Blocked as blocked:
            await self.frontier.stop(blocked.code)
            raise
        return number, listing

    async def _walk_when_mine(self) -> None:
        """Waits for the walker's lease, walks, and says how it ended. A dead walker's successor walks again."""
        from spiders.guards import Blocked

        while await self.frontier.walked() is None:
            if not await self.frontier.walk_is_mine():
                await asyncio.sleep(min(1.0, self.frontier.lease / 5))
                continue
            reason, note = "finished", ""
            try:
                async for course in super().courses():  # type: ignore[misc]
                    if course.complete:
                        await self.frontier.keep(await self.listing(course))  # type: ignore[attr-defined]
                    else:
                        await self.frontier.queue(course)
            except Blocked as blocked:
                reason, note = blocked.code, str(blocked)
                self.met(blocked)  # type: ignore[attr-defined]
            except (asyncio.CancelledError, RedisError):
                raise
            except Exception as error:  # a spider's own mistake ends the walk, and the report says so
                reason, note = "crashed", f"{type(error).__name__}: {str(error)[:200]}"
            await self.frontier.end_walk(reason, self.tally.declared, self.tally.method, note)

    def _verdict(self) -> str:
        """This worker did its part; the merged report is judged as a whole."""
        return "finished"


class SharedDelay:
    """Downloader middleware: one request a host at a time and the spec's pause, over all workers together."""

    def __init__(self, frontier: Frontier, delay: float, timeout: float) -> None:
        self.frontier, self.delay, self.timeout = frontier, delay, timeout

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SharedDelay:
        frontier: Frontier = crawler.settings["BANDING_FRONTIER"]
        delay = crawler.settings.getfloat("BANDING_SHARED_DELAY")
        return cls(frontier, delay, crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))

    def key(self, request: Request) -> str:
        return f"banding:polite:{urlsplit(request.url).hostname}"

    async def process_request(self, request: Request) -> None:
        key = self.key(request)
        life = int((self.timeout + self.delay) * 1000) + 1000  # a worker that dies in between blocks no longer
        while not await self.frontier.client.set(key, self.frontier.worker, nx=True, px=life):
            left = await self.frontier.client.pttl(key)
            await asyncio.sleep(min(max(left, 5) / 1000, 0.05))
        await self.frontier.count("requests")

    async def process_response(self, request: Request, response: Response) -> Response:
        from spiders.middlewares import MAX_WAIT, retry_after

        pause = self.delay
        if response.status in (429, 503):
            told = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
            pause = max(pause, min(told or 0.0, MAX_WAIT))
        await self._free(request, pause)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        await self._free(request, self.delay)

    async def _free(self, request: Request, pause: float) -> None:
        await self.frontier.client.set(self.key(request), self.frontier.worker, px=max(1, int(pause * 1000)))


def shared(spider: type, frontier: Frontier, delay: float) -> type:
    """The spider class whose work lies in Redis."""
    from spiders.settings import SETTINGS

    middlewares = {**SETTINGS["DOWNLOADER_MIDDLEWARES"], "spiders.frontier.SharedDelay": 900}
    own = {
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "BANDING_FRONTIER": frontier,
        "BANDING_SHARED_DELAY": delay,
    }
    return type(f"Shared{spider.__name__}", (SharedWalk, spider), {"frontier": frontier, "custom_settings": own})


def connect(url: str) -> Any:
    """A client that tries again for a while: Redis may restart while workers crawl."""
    retry = Retry(ExponentialBackoff(cap=2, base=0.1), retries=8)
    return redis.asyncio.Redis.from_url(url, retry=retry, retry_on_error=[RedisDown])


def merged_report(parts: Sequence[RunReport], run: str, about: dict[str, str], received: int) -> RunReport:
    """What the run did as a whole, from the workers' reports and what stands in Redis."""
    from spiders.guards import too_few_courses, too_many_unread

    reason = about.get("stop") or about.get("reason") or "interrupted"
    bad, passed_over = (int(about.get(name, 0)) for name in TROUBLES)
    if reason == "finished" and not received:
        reason = "shape" if passed_over else "empty"
    elif reason == "finished" and (too_many_unread(bad, received) or too_few_courses(passed_over, received)):
        reason = "shape"
    notes = [about["note"]] if about.get("note") else []
    notes += [f"{about['given_up']} courses given up after {TRIES} tries"] if about.get("given_up") else []
    return parts[0].model_copy(
        update={
            "run": run,
            "started": min(part.started for part in parts),
            "finished": max(part.finished for part in parts),
            "finish_reason": reason,
            "received": received,
            "server_time": time_told(parts),
            "requests": int(about.get("requests", 0)),
            "statuses": summed(part.statuses for part in parts),
            "bytes": sum(part.bytes for part in parts),
            "layers": summed(part.layers for part in parts),
            "errors": summed(part.errors for part in parts),
            "declared": int(about["declared"]) if about.get("declared") else None,
            "declared_method": about.get("method", "unknown"),
            "notes": sorted({note for part in parts for note in part.notes} | set(notes)),
        }
    )


async def collect(url: str, run: str, worker: str, folder: Path, part: RunReport) -> RunReport | None:
    """Writes the whole run; every worker that reaches the end writes the same listings, and the report as far as the
    others have told theirs. None while others work."""
    client = connect(url)
    try:
        frontier = Frontier(client, run, part.night or "", part.platform, worker, 60)
        parts = await frontier.report(part)
        if not await frontier.drained() and not await frontier.stopped():
            return None
        lines = await frontier.results()
        report = merged_report(parts, run, await frontier.about(), len(lines))
    finally:
        await client.aclose()
    write_bytes(folder / "listings.jsonl", "".join(line + "\n" for line in lines).encode())
    write_json(folder / "report.json", report, indent=1)
    return report


# ---- the command ---------------------------------------------------------------------------------------------------


def _arguments(words: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spiders.frontier", description="A part of one platform's crawl.")
    parser.add_argument("platform")
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--run", required=True)
    parser.add_argument("--origin", help="send every request of the platform to this server")
    parser.add_argument("--night", type=date.fromisoformat, default=today_wib())
    parser.add_argument("--specs", type=Path, default=SPECS)
    parser.add_argument("--shard", help="I/N: only the listings that hash to this share")
    parser.add_argument(
        "--redis",
        default=os.environ.get("BANDING_REDIS"),
        help="redis://HOST:PORT/DB: share the work with other workers (BANDING_REDIS keeps a password out of sight)",
    )
    parser.add_argument("--worker", default=f"{os.uname().nodename}-{os.getpid()}", help="this worker's name")
    parser.add_argument(
        "--lease", type=float, default=120.0, help="seconds until a silent worker's courses go to others"
    )
    parser.add_argument("--delay", type=float, help="pause between requests of all workers (default: the spec's)")
    return parser.parse_args(list(words) if words is not None else None)


def main(words: list[str] | None = None) -> int:
    """0: this part ended for a good reason; 1: it did not."""
    args = _arguments(words)
    try:
        if not args.shard and not args.redis:
            raise ValueError("give --shard I/N or --redis URL")
        return _shard_part(args) if args.shard else _shared_part(args)
    except RedisError as error:
        address = urlsplit(args.redis)
        print(f"{args.platform}: Redis at {address.hostname}:{address.port} does not answer: {error}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"{args.platform}: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace, run: str, wrap: Any) -> RunReport:
    from spiders import run as runner
    from spiders.origin import Origin

    spec = find_spec(args.specs, args.platform)
    origin = Origin.read(args.origin) if args.origin else None
    return runner.run_here(
        spec,
        var=Var(args.var),
        run=run,
        specs_dir=args.specs,
        origin=origin,
        night=args.night,
        wrap=wrap,
    )


def _shard_part(args: argparse.Namespace) -> int:
    shard = Shard.parse(args.shard)
    report = _run(args, args.run, lambda spider: sharded(spider, shard))
    report.notes = [NOTE + shard.text, *report.notes]
    write_json(Var(args.var).run_dir(args.run, args.platform) / "report.json", report, indent=1)
    return 0 if report.finish_reason == "finished" else 1


def _shared_part(args: argparse.Namespace) -> int:
    spec = find_spec(args.specs, args.platform)
    asyncio.run(_ping(args.redis))
    client, night = connect(args.redis), args.night.isoformat()
    frontier = Frontier(client, args.run, night, args.platform, args.worker, args.lease)
    local = urlsplit(args.origin or "").hostname in ("127.0.0.1", "localhost", "::1")
    delay = args.delay if args.delay is not None else 0.0 if local else spec.crawl.delay
    # Each worker records under a name of its own; the whole run is written by whoever reaches the end.
    part = _run(args, own_run(args.run, args.worker), lambda spider: shared(spider, frontier, delay))
    folder = Var(args.var).run_dir(args.run, args.platform)
    until = time.monotonic() + args.lease * 3
    while (whole := asyncio.run(collect(args.redis, args.run, args.worker, folder, part))) is None:
        if part.finish_reason != "finished" or time.monotonic() > until:
            return 1
        time.sleep(0.2)
    return 0 if whole.finish_reason == "finished" else 1


async def _ping(url: str) -> None:
    client = redis.asyncio.Redis.from_url(url, socket_connect_timeout=5)
    try:
        await client.ping()
    finally:
        await client.aclose()


if __name__ == "__main__":
    raise SystemExit(main())
