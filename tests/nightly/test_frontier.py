"""Several workers drain one platform together through a real Redis: nothing lost, no doubles, hosts get their rest."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from catalog.layout import Var
from nightly.merge import merge_runs
from nightly.options import known_specs
from spiders import SPECS
from spiders.frontier import (
    TRIES,
    Frontier,
    SharedDelay,
    SharedWalk,
    connect,
    merged_report,
    pack_course,
    shared,
    unpack_course,
)
from spiders.run import spider_class
from spiders.sandbox import serve
from spiders.shards import ShardedWalk
from tests.factories import make_listing
from tests.nightly.chaos import FULL
from tests.nightly.test_merge import report

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = "pijarmahir"
NIGHT = dt.date(2020, 7, 15)
pytestmark = [
    pytest.mark.redis,
    pytest.mark.xdist_group("redis"),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own: loopback, free port, no persistence."""
    port = free_port()
    words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(words, cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def replicas() -> Iterator[serve.Sandbox]:
    with serve.start(150, 1, NIGHT) as sandbox:
        yield sandbox


def worker(
    server: str,
    replicas: serve.Sandbox,
    var: Path,
    run: str,
    name: str,
    delay: float,
    platform: str = PLATFORM,
    night: dt.date = NIGHT,
) -> Any:
    words = ["--redis", server, "--run", run, "--worker", name, "--lease", "1.5", "--delay", str(delay)]
    words += ["--origin", replicas.origins[platform], "--var", str(var), "--night", night.isoformat()]
    command = [sys.executable, "-m", "spiders.frontier", platform, *words]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def without_time(path: Path) -> list[dict[str, Any]]:
    listings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for listing in listings:
        listing.pop("fetched_at")
    return sorted(listings, key=lambda x: str(x["native_id"]))


def alone(replicas: serve.Sandbox, var: Path, platform: str = PLATFORM) -> Path:
    words = [platform, "--run", "alone", "--origin", replicas.origins[platform], "--var", str(var)]
    subprocess.run([sys.executable, "-m", "spiders.run", *words, "--night", NIGHT.isoformat()], cwd=ROOT, check=True)
    return var / "runs/alone" / platform / "listings.jsonl"


@pytest.mark.e2e
def test_three_workers_one_killed_nothing_lost(server: str, replicas: serve.Sandbox, tmp_path: Path) -> None:
    delay = 0.08
    began = time.monotonic()
    workers = {name: worker(server, replicas, tmp_path, "r", name, delay) for name in ("a", "b", "c")}
    client = redis.Redis.from_url(server)
    results = f"banding:r:{NIGHT}:{PLATFORM}:results"
    while client.hlen(results) < 4:
        assert time.monotonic() - began < 60
        time.sleep(0.02)
    # the victim is the one that walks, and it holds a course at that moment
    victim = (client.get(f"banding:r:{NIGHT}:{PLATFORM}:walker") or b"a").decode()
    workers[victim].kill()
    for name, process in workers.items():
        _, err = process.communicate(timeout=90)
        assert process.returncode == (-signal.SIGKILL if name == victim else 0), err
    merged = tmp_path / "runs/r" / PLATFORM
    said = json.loads((merged / "report.json").read_text(encoding="utf-8"))
    whole = without_time(alone(replicas, tmp_path))
    assert without_time(merged / "listings.jsonl") == whole
    assert (said["finish_reason"], said["received"], said["declared"]) == ("finished", len(whole), len(whole))
    elapsed = time.monotonic() - began
    assert said["requests"] * delay < elapsed  # politeness is held over all workers, not by each of them
    survivors = {name: tmp_path / f"runs/r-{name}" / PLATFORM / "listings.jsonl" for name in workers if name != victim}
    assert all(len(without_time(path)) > 0 for path in survivors.values())  # the work was shared


# An API whose rows are whole courses, one whose courses have pages too, list pages, and a sitemap.
KINDS = ("skillacademy", "tokopedia", "pijarmahir", "maubelajarapa")


@pytest.mark.e2e
@pytest.mark.parametrize("platform", sorted(known_specs()) if FULL else KINDS)
def test_workers_without_a_common_disk_get_the_same_run_on_every_platform(
    platform: str, server: str, replicas: serve.Sandbox, tmp_path: Path
) -> None:
    both = [worker(server, replicas, tmp_path / name, "two", name, 0.0, platform) for name in ("x", "y")]
    assert [process.wait(timeout=90) for process in both] == [0, 0]
    written = [tmp_path / name / "runs/two" / platform / "listings.jsonl" for name in ("x", "y")]
    assert written[0].read_bytes() == written[1].read_bytes()
    whole = without_time(alone(replicas, tmp_path, platform))
    assert without_time(written[0]) == whole
    merged = merge_runs(Var(tmp_path / "m"), [tmp_path / name / "runs/two" for name in ("x", "y")], "m")
    assert merged[platform].received == len(whole)


@pytest.mark.e2e
def test_a_runs_name_serves_again_on_the_next_night(server: str, replicas: serve.Sandbox, tmp_path: Path) -> None:
    """Redis keeps a run for days; what it holds of last night must not be taken for tonight's."""
    told = []
    for night in (NIGHT, NIGHT + dt.timedelta(days=1)):
        assert worker(server, replicas, tmp_path, "again", "a", 0.0, night=night).wait(timeout=90) == 0
        told.append(json.loads((tmp_path / f"runs/again/{PLATFORM}/report.json").read_text(encoding="utf-8")))
    assert [one["night"] for one in told] == ["2020-07-15", "2020-07-16"]
    assert told[0]["requests"] == told[1]["requests"] > told[1]["received"] > 0
    assert told[0]["bytes"] > 0 and told[1]["bytes"] > 0  # asked for again, not read from Redis


class Strict:
    """A spider whose lists name two courses and a page that is none."""

    bad_pages = passed_over = 0
    tally = SimpleNamespace(declared=2, method="pager_total")
    crawler = SimpleNamespace(settings=SimpleNamespace(getint=lambda *_: 2))

    async def courses(self) -> AsyncIterator[Any]:
        for native_id in ("1", "2", "3"):
            yield course(native_id)

    async def listing(self, found: Any) -> Any:
        if found.native_id == "2":
            self.passed_over += 1
            return None
        return make_listing(platform=PLATFORM, native_id=found.native_id)


def test_a_page_that_is_no_course_is_done_with(server: str) -> None:
    async def play() -> tuple[set[str], dict[str, str]]:
        frontier = open_frontier(server, "strict", "w", lease=60)
        spider = shared(Strict, frontier, 0.0)()
        async with asyncio.timeout(20):  # nobody waits for the lease of the page that gave nothing
            found = {listing.native_id async for listing in spider.listings()}
        return found, await frontier.about()

    found, about = asyncio.run(play())
    assert found == {"1", "3"}
    assert (about["passed_over"], about.get("given_up")) == ("1", None)


@pytest.mark.parametrize("mixed_in", [SharedWalk, ShardedWalk])
def test_what_is_mixed_into_a_spider_replaces_nothing_unasked(mixed_in: type) -> None:
    meant = {"listings", "courses", "_verdict"}
    own = {name for name in vars(mixed_in) if not name.startswith("__")} - meant | {"frontier", "shard"}
    for spec in known_specs().values():
        spider = spider_class(spec, SPECS)
        clash = {name for name in own if hasattr(spider, name)}
        assert not clash, f"{spider.__name__} has {clash} too"


def course(native_id: str) -> Any:
    from spiders.base import Course

    return Course(native_id, f"https://pijarmahir.id/course/{native_id}", {"price": "Rp1", "tags": ["a"]}, "api")


def open_frontier(server: str, run: str, name: str, lease: float = 1.0) -> Frontier:
    return Frontier(connect(server), run, NIGHT.isoformat(), PLATFORM, name, lease)


def test_a_course_travels_as_json_and_comes_back() -> None:
    text = pack_course(course("1"))
    assert json.loads(text)["native_id"] == "1"
    assert unpack_course(text.encode()) == course("1")


def test_a_lease_runs_out_and_an_acknowledged_course_never_returns(server: str) -> None:
    async def play() -> None:
        one, two = open_frontier(server, "lease", "one"), open_frontier(server, "lease", "two")
        await one.open()
        await two.open()
        assert [await one.queue(course(x)) for x in ("1", "2", "1")] == [True, True, False]
        first = await one.take(1)
        assert [c.native_id for _, c in first if c] == ["1"]
        second = await two.take(5)
        assert [c.native_id for _, c in second if c] == ["2"]
        assert await two.take(5) == []  # the lease of '1' still holds
        await two.keep(make_listing(platform=PLATFORM, native_id="2"), second[0][0])
        await asyncio.sleep(1.2)
        again = await two.take(5)  # 'one' was silent for too long
        assert [c.native_id for _, c in again if c] == ["1"]
        await two.keep(make_listing(platform=PLATFORM, native_id="1"), again[0][0])
        await one.keep(make_listing(platform=PLATFORM, native_id="1"), first[0][0])  # the slow one delivers too
        assert not await one.drained()  # nobody has said that the walk is over
        await one.end_walk("finished", 2, "pager_total")
        assert await one.drained()
        assert len(await one.results()) == 2
        assert not await two.walk_is_mine()

    asyncio.run(play())


def test_a_course_that_kills_its_workers_is_given_up(server: str) -> None:
    async def play() -> None:
        frontier = open_frontier(server, "poison", "w", lease=0.05)
        await frontier.open()
        await frontier.queue(course("1"))
        deliveries = 0
        for _ in range(20):
            taken = await frontier.take(1)
            for number, found in taken:
                if found is None:
                    await frontier.drop(number, tired=True)
                else:
                    deliveries += 1
            await asyncio.sleep(0.06)
        await frontier.end_walk("finished", 1, "pager_total")
        assert deliveries == TRIES
        assert await frontier.drained()
        assert (await frontier.about())["given_up"] == "1"
        assert await frontier.results() == []

    asyncio.run(play())


def test_a_heartbeat_keeps_the_lease(server: str) -> None:
    async def play() -> None:
        slow, other = open_frontier(server, "beat", "slow"), open_frontier(server, "beat", "other")
        await slow.open()
        await slow.queue(course("1"))
        assert await slow.walk_is_mine()
        await slow.take(1)
        beat = asyncio.create_task(slow.heartbeat())
        await asyncio.sleep(2.5)
        assert await other.take(1) == []
        assert not await other.walk_is_mine()
        beat.cancel()
        await asyncio.sleep(1.2)
        assert len(await other.take(1)) == 1
        assert await other.walk_is_mine()

    asyncio.run(play())


def test_hosts_get_their_rest_from_all_workers_together(server: str) -> None:
    delay, sent = 0.15, []

    async def work(name: str) -> None:
        frontier = open_frontier(server, "rest", name)
        middleware = SharedDelay(frontier, delay, timeout=5)
        request = SimpleNamespace(url="https://pijarmahir.example/x")
        for number in range(4):
            await middleware.process_request(request)  # type: ignore[arg-type]
            sent.append((time.monotonic(), name))
            answer = SimpleNamespace(status=200, headers={})
            if number == 1 and name == "a":
                answer = SimpleNamespace(status=429, headers={b"Retry-After": b"1"})
            await middleware.process_response(request, answer)  # type: ignore[arg-type]

    async def play() -> None:
        await asyncio.gather(*(work(name) for name in "abc"))

    asyncio.run(play())
    times = [at for at, _ in sent]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(sent) == 12
    assert min(gaps) > delay * 0.9
    assert times[-1] - times[0] > 0.95 + (len(gaps) - 1) * delay * 0.9
    assert max(gaps) > 0.95  # one worker was told to wait: all waited


def test_a_wall_for_one_is_a_wall_for_all(server: str) -> None:
    async def play() -> None:
        one, two = open_frontier(server, "wall", "one"), open_frontier(server, "wall", "two")
        await one.stop("challenge")
        await one.stop("timeout")
        assert await two.stopped() == "challenge"

    asyncio.run(play())
    assert merged_report([report()], "r", {"stop": "challenge", "reason": "finished"}, 5).finish_reason == "challenge"


@pytest.mark.parametrize(
    ("about", "received", "reason"),
    [
        ({"reason": "finished"}, 5, "finished"),
        ({"reason": "finished"}, 0, "empty"),
        ({"reason": "finished", "bad_pages": "3"}, 5, "shape"),
        ({"reason": "finished", "passed_over": "1"}, 0, "shape"),
        ({"reason": "finished", "passed_over": "25"}, 5, "finished"),
        ({"reason": "finished", "passed_over": "26"}, 5, "shape"),
        ({"reason": "repeated_page"}, 5, "repeated_page"),
        ({}, 5, "interrupted"),
    ],
)
def test_the_report_of_the_whole(about: dict[str, str], received: int, reason: str) -> None:
    assert merged_report([report()], "r", about, received).finish_reason == reason


def test_without_redis_there_is_one_clear_line(tmp_path: Path) -> None:
    words = ["--redis", f"redis://:geheim@127.0.0.1:{free_port()}/0", "--run", "r", "--var", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "spiders.frontier", PLATFORM, *words], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "does not answer" in done.stderr
    assert "geheim" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_why_not_the_queues_of_scrapy_redis(server: str) -> None:
    """Its queue forgets a request when it hands it out, and stores pickles: what a killed worker had is gone."""
    from scrapy import Request, Spider
    from scrapy_redis.queue import FifoQueue

    client, spider = redis.Redis.from_url(server), Spider("x")
    queue = FifoQueue(client, spider, "scrapy-redis:x")
    queue.push(Request("https://pijarmahir.id/course/1"))
    assert client.lindex("scrapy-redis:x", 0).startswith(b"\x80")  # the mark of a pickle
    assert queue.pop() is not None
    assert len(queue) == 0  # the worker is killed now: nobody can know of the request any more
