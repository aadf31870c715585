"""One run as a process: what it leaves behind, replay, recrawl, politeness, hosts, budget, kills."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalog.files import read_lines
from catalog.layout import Var
from catalog.platforms import SpecError
from catalog.records import Listing
from spiders import SPECS
from spiders.run import GOOD, LISTINGS, command_of, crawl, main, read_report
from spiders.sandbox import invent, serve
from spiders.settings import LOOPBACK
from tests.spiders import harness
from tests.spiders.harness import HTML, NIGHT, Answer, serving

SUNDAY = dt.date(2020, 7, 19)
_DICE = random.Random(2020)
KILLS = [round(_DICE.uniform(0.2, 3.5), 2) for _ in range(12 if os.environ.get("BANDING_CHAOS") == "full" else 2)]
"""Seconds after which a run is killed: from its imports to its last pages, drawn by lot, the same in every test run."""


@pytest.fixture(scope="module")
def box():
    with serve.start(150, 7) as running:
        yield running


@pytest.mark.e2e
def test_a_clean_run_leaves_listings_report_and_answers(box, tmp_path: Path) -> None:
    report = crawl("pijarmahir", var=Var(tmp_path), run="r", origin=box.origins["pijarmahir"], night=NIGHT)
    folder = Var(tmp_path).run_dir("r", "pijarmahir")
    assert sorted(p.name for p in folder.iterdir()) == ["listings.jsonl", "raw.jsonl.gz", "report.json"]
    assert report == read_report(folder, "pijarmahir", "r")
    assert (report.finish_reason, report.sample, report.declared_method) == ("finished", True, "pager_total")
    assert report.received == report.declared == len((folder / "listings.jsonl").read_text().splitlines())
    assert report.requests > report.received and report.statuses["200"] > 0 and report.bytes > 1000


def test_every_source_receives_what_it_declares_and_nothing_private_is_stored(box, tmp_path: Path) -> None:
    truth = box.truth["listings"]
    for platform, origin in box.origins.items():
        ran = harness.crawl(platform, tmp_path, origin)
        right = {key.partition(":")[2]: value for key, value in truth.items() if key.startswith(f"{platform}:")}
        assert ran.report.finish_reason == "finished"
        assert set(ran.by_id) == set(right)
        assert ran.report.declared == len(right)
        packed = (ran.folder / "raw.jsonl.gz").read_bytes()
        stored = (ran.folder / "listings.jsonl").read_text() + gzip.decompress(packed).decode()
        names = {value["instructor"] for value in right.values()}
        assert names and not [name for name in names if name.casefold() in stored.casefold()]
        assert "@contoh" not in stored and "0812-" not in stored
        eligible = [ran.by_id[k].eligible == v["eligible"] for k, v in right.items()]
        assert sum(eligible) >= 0.97 * len(eligible)
        again = harness.crawl(platform, tmp_path, None, run_name="again", replay="r")
        assert again.report.requests == 0 and again.report.sample
        strip = {"fetched_at": ""}
        assert [x.model_copy(update=strip) for x in again.listings] == [
            x.model_copy(update=strip) for x in ran.listings
        ]


def test_replay_of_a_run_that_was_not_kept_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pijarmahir", "--var", str(tmp_path), "--run", "x", "--replay", "gone"]) == 1
    assert "was the run 'gone' kept?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nosuch", "--run", "x"], "unknown platform 'nosuch'; known are: bukalapak, maubelajarapa"),
        (["tokopedia", "--run", "x", "--origin", "ftp://x"], "give an address such as http://127.0.0.1:8080"),
    ],
)
def test_bad_words_give_one_clear_line(words: list[str], said: str, tmp_path: Path, capsys) -> None:
    assert main([*words, "--var", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert said in err and len(err.splitlines()) == 1


def test_a_quiet_night_asks_for_few_pages_and_the_full_weekday_for_all(tmp_path: Path) -> None:
    servers = serve.serve_here(400, 3, NIGHT, None)
    server = next(s for s in servers if s.replica.platform == "pijarmahir")
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        first = harness.crawl("pijarmahir", tmp_path, origin, run_name="a", night=NIGHT)
        _training, sale = server.replica.rows[0]
        sale.price = 123_000
        second = harness.crawl("pijarmahir", tmp_path, origin, run_name="b", night=NIGHT + dt.timedelta(days=1))
        lists = len(first.listings) // 30 + 4
        assert second.report.requests <= lists + max(1, len(first.listings) // 20)
        assert second.by_id[sale.native_id].price == "123000"
        written = [set((ran.folder / LISTINGS).read_bytes().splitlines()) for ran in (first, second)]
        assert len(written[0] - written[1]) == len(written[1] - written[0]) == 1  # what did not change, byte for byte
        full = harness.crawl("pijarmahir", tmp_path, origin, run_name="c", night=SUNDAY)
        assert full.report.requests >= len(full.listings)
        for left in (tmp_path / "state" / "crawl").iterdir():
            left.write_bytes(b"no database")
        broken = harness.crawl("pijarmahir", tmp_path, origin, run_name="d", night=NIGHT + dt.timedelta(days=2))
        assert broken.report.finish_reason == "finished"
        replayed = harness.crawl("pijarmahir", tmp_path, None, run_name="e", replay="b")
        assert set(replayed.by_id) == set(second.by_id)
    finally:
        for one in servers:
            one.shutdown()
            one.server_close()


@pytest.mark.parametrize("platform", ["tokopedia", "maubelajarapa", "pintaria", "sisnaker"])
def test_after_one_percent_of_changes_few_course_pages_are_asked_for(platform: str, tmp_path: Path) -> None:
    servers = serve.serve_here(300, 5, NIGHT, None)
    server = next(s for s in servers if s.replica.platform == platform)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        first = harness.crawl(platform, tmp_path, origin, run_name="a")
        _training, sale = server.replica.rows[3]
        sale.price, sale.list_price = 123_000, None
        second = harness.crawl(platform, tmp_path, origin, run_name="b", night=NIGHT + dt.timedelta(days=1))
    finally:
        for one in servers:
            one.shutdown()
            one.server_close()
    pages = len(first.listings)
    lists = first.report.requests - pages  # robots.txt among them
    assert pages >= 30
    assert second.report.requests - lists <= max(1, pages // 20)
    assert "".join(c for c in second.by_id[sale.native_id].price or "" if c.isdigit()) == "123000"
    changed = {k for k, listing in first.by_id.items() if second.by_id[k].price != listing.price}
    assert changed == {sale.native_id}


def shop(count: int = 12, robots: bytes = b"", seen: list[tuple[float, str]] | None = None):
    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if seen is not None:
            seen.append((time.monotonic(), target))
        path = urlsplit(target).path
        if path == "/robots.txt":
            return (200, {"Content-Type": "text/plain"}, robots) if robots else None
        if path == "/category/kartu-prakerja":
            links = "".join(f'<a href="/course/kelas-{n}">Kelas {n}</a>' for n in range(count))
            return 200, HTML, f"<html><body>{links}</body></html>".encode()
        if path.startswith("/course/"):
            return 200, HTML, b"<html><body><h1>Kelas</h1><p>Rp 100.000</p></body></html>"
        return None

    return answer


def test_robots_txt_is_obeyed(tmp_path: Path) -> None:
    with serving(shop(robots=b"User-agent: *\nDisallow: /category\n")) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url)
    assert ran.report.finish_reason == "robots"
    said = [dt.datetime.fromisoformat(text or "") for text in (ran.report.started, ran.report.server_time)]
    assert abs(said[1] - said[0]) < dt.timedelta(hours=1)  # the answer's Date
    assert not [p for p in there.paths() if p.startswith("/category")]


def test_connections_are_kept(tmp_path: Path) -> None:
    with serving(shop(120)) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url)
        assert len(ran.listings) == 120 and len(there.asked) > 120
        assert len(there.callers) <= 2 * LOOPBACK["CONCURRENT_REQUESTS_PER_DOMAIN"] + 1


def test_the_budget_ends_a_run(tmp_path: Path) -> None:
    with serving(shop(40)) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url, crawl={"budget": 10})
    assert ran.report.finish_reason == "budget"
    assert len(there.asked) <= 10


def test_delay_and_crawl_delay_are_kept_away_from_loopback(tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    slow = {"BANDING_LOOPBACK": False, "DOWNLOAD_DELAY": 0.05, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    with serving(shop(4, b"User-agent: *\nCrawl-delay: 0.4\n", seen)) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url, settings={**slow, "DOWNLOAD_DELAY_JITTER": 0})
    assert ran.report.received == 4
    times = [at for at, target in seen if target != "/robots.txt"]
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    assert gaps[len(gaps) // 2] > 0.3  # far above our own 0.05; one request may be noted late on a busy machine


def test_a_listing_says_how_its_own_page_answered(tmp_path: Path) -> None:
    """Tautan mati: gone with 404 or 410, or by a page that says so; null where no page was fetched."""
    plain = shop(9)

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if urlsplit(target).path == "/course/kelas-3":
            return 410, HTML, b"gone"
        if urlsplit(target).path == "/course/kelas-5":
            return 200, HTML, b"<html><head><title>404 Halaman tidak ditemukan</title></head><body></body></html>"
        return None if urlsplit(target).path == "/course/kelas-4" else plain(method, target, body)

    with serving(answer) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url)
    statuses = {key.rpartition("-")[2]: listing.page_status for key, listing in ran.by_id.items()}
    assert {key: statuses[key] for key in "2345"} == {"2": 200, "3": 410, "4": 404, "5": 404}


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    inner = shop(2, seen=seen)
    told = []

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if target.startswith("/category") and not told:
            told.append(time.monotonic())
            return 429, {"Retry-After": "1"}, b"slow down"
        return inner(method, target, body)

    with serving(answer) as there:
        ran = harness.crawl("pijarmahir", tmp_path, there.url)
    assert ran.report.received == 2
    assert next(at for at, target in seen if target.startswith("/category")) - told[0] >= 0.95


def test_hosts_outside_the_spec_never_get_a_request(tmp_path: Path) -> None:
    with serving(lambda m, p, b: (200, HTML, b"<html>away</html>")) as away:
        inner = shop(3)

        def answer(method: str, target: str, body: bytes) -> Answer | None:
            if target == "/course/kelas-1":
                return 302, {"Location": f"{away.url}/course/kelas-1"}, b""
            found = inner(method, target, body)
            if found and target.startswith("/category"):
                link = f'<a href="{away.url}/course/fremd">x</a></body>'.encode()
                return found[0], found[1], found[2].replace(b"</body>", link)
            return found

        with serving(answer) as there:
            ran = harness.crawl("pijarmahir", tmp_path, there.url)
        assert away.asked == []
    assert ran.report.errors["off_host"] == 1
    assert set(ran.by_id) == {"kelas-0", "kelas-1", "kelas-2"}


@pytest.mark.chaos
@pytest.mark.parametrize("seconds", KILLS)
def test_a_killed_run_leaves_no_half_file_and_the_next_is_clean(box, seconds: float, tmp_path: Path) -> None:
    var = Var(tmp_path)
    command = command_of("sekolahmu", var=var, run="r", origin=box.origins["sekolahmu"], night=NIGHT)
    process = subprocess.Popen(command)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    folder = var.run_dir("r", "sekolahmu")
    report = read_report(folder, "sekolahmu", "r")
    assert report.finish_reason in ("crashed", *GOOD)
    listings = folder / "listings.jsonl"
    if report.finish_reason in GOOD:  # the report comes last: a good one has its listings beside it
        assert len(list(read_lines(listings, Listing))) == report.received
    elif listings.exists():  # killed between the two: what is there is whole, and the gate holds the run
        assert {listing.platform for listing in read_lines(listings, Listing)} == {"sekolahmu"}
    again = harness.crawl("sekolahmu", tmp_path, box.origins["sekolahmu"], run_name="r")
    assert again.report.finish_reason == "finished"
    assert sorted(p.name for p in folder.iterdir()) == ["listings.jsonl", "raw.jsonl.gz", "report.json"]


@pytest.mark.e2e
def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    slow = serving(lambda m, p, b: (time.sleep(5), None)[1])
    with slow as there:
        process = subprocess.Popen(command_of("pijarmahir", var=Var(tmp_path), run="r", origin=there.url, night=NIGHT))
        while not there.asked and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 1
    assert read_report(Var(tmp_path).run_dir("r", "pijarmahir"), "pijarmahir", "r").finish_reason == "interrupted"


def test_a_platform_with_sitemap_and_json_ld_needs_a_spec_only(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "contoh.toml").write_text(
        'id = "contoh"\nname = "Contoh"\noperator = "Contoh"\nconfidence = "convention"\n'
        'hosts = ["www.contoh.example"]\n'
        "[endpoints]\nsitemap = \"https://www.contoh.example/sitemap.xml\"\ncourse = '^/kelas/(?P<id>[^/]+)$'\n"
    )
    course = {"@type": "Course", "name": "Kelas Contoh", "provider": {"name": "LPK A"}, "offers": {"price": 99000}}
    page = f'<html><head><script type="application/ld+json">{json.dumps(course)}</script></head><body></body></html>'

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if target == "/sitemap.xml":
            maps = "<sitemapindex><sitemap><loc>https://www.contoh.example/satu.xml</loc></sitemap></sitemapindex>"
            return 200, {"Content-Type": "application/xml"}, maps.encode()
        if target == "/satu.xml":
            urls = "".join(f"<url><loc>https://www.contoh.example/kelas/k{n}</loc></url>" for n in range(7))
            return 200, {"Content-Type": "application/xml"}, f"<urlset>{urls}</urlset>".encode()
        return (200, HTML, page.encode()) if target.startswith("/kelas/") else None

    with serving(answer) as there:
        ran = harness.crawl("contoh", tmp_path, there.url, specs=specs)
    assert (ran.report.finish_reason, ran.report.declared, ran.report.declared_method) == ("finished", 7, "sitemap")
    assert {listing.price for listing in ran.listings} == {"99000"}


def test_the_sandbox_gives_the_same_bytes_for_the_same_seed() -> None:
    from spiders.sandbox.replicas import REPLICAS, Ask

    def everything(seed: int) -> list[bytes]:
        catalog = invent.make(60, seed, NIGHT)
        return [
            make(catalog).answer(Ask("GET", path, {})).body
            for make in REPLICAS
            for path in ("/sitemap.xml", "/js/course.json")
        ]

    assert everything(1) == everything(1) != everything(2)
    assert json.dumps(invent.truth(invent.make(60, 1, NIGHT))) == json.dumps(invent.truth(invent.make(60, 1, NIGHT)))


def test_the_invented_catalog_is_as_ordered() -> None:
    import zlib

    catalog = invent.make(2000, 1, NIGHT)
    assert len(catalog.courses) == len({c.title for c in catalog.courses}) == 2000
    assert len(catalog.providers) == 240
    assert len({c.category for c in catalog.courses}) == 12
    sold = [len([s for s in c.sales if s.platform != "skillsweek"]) for c in catalog.courses]
    assert 0.2 < sum(n > 1 for n in sold) / 2000 < 0.3 and max(sold) == 5
    prices = [s.price for c in catalog.courses for s in c.sales if s.price]
    assert min(prices) >= 24_000 and max(prices) <= 1_000_000
    titles = "\n".join(c.title for c in catalog.courses).encode()
    assert len(zlib.compress(titles, 9)) / 2000 >= 17
    levels = [c.level_in for c in catalog.courses if c.levels]
    assert levels.count("outline") > len(levels) / 2


def test_specs_are_read_and_an_unknown_key_names_the_file(tmp_path: Path) -> None:
    from catalog.platforms import read_spec, read_specs

    assert len(read_specs(SPECS)) == 9
    bad = tmp_path / "tokopedia.toml"
    bad.write_text((SPECS / "tokopedia.toml").read_text().replace("operator =", "operater =", 1))
    with pytest.raises(SpecError, match=r"tokopedia\.toml: oper"):
        read_spec(bad)


def test_spiders_are_small() -> None:
    lines = sorted(len(p.read_text().splitlines()) for p in SPECS.glob("*.py") if p.name != "__init__.py")
    assert len(lines) == 9
    assert lines[4] <= 40
    assert sys.version_info >= (3, 11)


@pytest.mark.chaos
def test_the_replicas_end_when_their_input_closes_and_a_signal_comes_at_once() -> None:
    """Both at the same moment once locked the process up for ever."""
    for _ in range(4):
        running = serve.start(20, 1)
        running.stop()  # closes the input, then sends the signal; raises when the process does not end
        assert running.process.returncode in (0, -signal.SIGTERM)
