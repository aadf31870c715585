"""The whole chain as a user runs it: replicas or recorded answers in, a published and searchable catalog out."""

from __future__ import annotations

import csv
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.platforms import read_specs

ROOT = Path(__file__).resolve().parent.parent
BANDING = [sys.executable, "-m", "nightly.cli"]
SOURCES = {
    "tokopedia",
    "skillacademy",
    "maubelajarapa",
    "bukalapak",
    "pintaria",
    "sekolahmu",
    "pijarmahir",
    "sisnaker",
    "skillsweek",
}

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("chain")]


def banding(*words: str | Path, stdin: str | None = None, code: int | None = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*BANDING, *map(str, words)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )
    if code is not None:
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr + done.stdout
    return done


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("demo")
    var, public = folder / "var", folder / "public"
    done = banding("demo", "--courses", "240", "--var", var, "--public", public)
    index = next(p for p in (var, *var.iterdir()) if (p / "index").is_dir())
    return {"out": done.stdout, "public": public, "var": index}


def test_the_demo_ends_with_the_line_that_serves_it(demo: dict[str, Any]) -> None:
    data = read_json(demo["public"] / "data/courses.json")
    offers = sum(len(c["offers"]) for c in data["courses"])
    last = demo["out"].strip().splitlines()[-1]
    assert last.endswith(f"({len(data['courses'])} courses, {offers} offers); serve: make serve")
    assert last.startswith("Site: ")


def test_nine_sources_are_accepted_and_received_equals_declared(demo: dict[str, Any]) -> None:
    rows = {row["platform"]: row for row in read_json(demo["public"] / "data/coverage.json")["platforms"]}
    assert set(rows) == SOURCES
    assert {row["outcome"] for row in rows.values()} == {"accepted"}
    declared = [row for row in rows.values() if row["declared"] is not None]
    assert len(declared) >= 4
    assert [
        r["platform"] for r in declared if r["received"] != r["declared"] and r["declared_scope"] == "prakerja"
    ] == []
    assert all(row["received"] > 0 and row["published"] > 0 for row in rows.values())


def test_courses_pages_and_index_hold_the_same_courses(demo: dict[str, Any]) -> None:
    data = read_json(demo["public"] / "data/courses.json")
    assert data["sample"] is True
    slugs = {c["slug"] for c in data["courses"]}
    pages = {p.parent.name for p in (demo["public"] / "pelatihan").glob("*/index.html")}
    assert pages == slugs
    assert len(slugs) == len(data["courses"])
    active = {c["id"] for c in data["courses"] if c["status"] == "active"}
    found = json.loads(banding("search", "", "--limit", "100000", "--json", "--var", demo["var"]).stdout)
    assert found["total"] == len(active)
    assert {r["id"] for r in found["results"]} == active
    assert active
    archived = {o["platform"] for c in data["courses"] for o in c["offers"] if o["status"] == "archived"}
    assert archived == {"skillsweek"}  # the directory's rows are an archive


def test_every_page_is_marked_as_sample_data(demo: dict[str, Any]) -> None:
    pages = sorted(demo["public"].rglob("*.html"))
    assert len(pages) > 240
    unmarked = [str(p) for p in pages if "DATA CONTOH, bukan pelatihan nyata" not in p.read_text(encoding="utf-8")]
    assert unmarked == []
    assert [str(p) for p in pages if "noindex" not in p.read_text(encoding="utf-8")] == []


def test_a_search_with_a_budget_answers_sensibly(demo: dict[str, Any]) -> None:
    words = ("search", "desain", "--max-price", "500000", "--json", "--var", demo["var"])
    found = json.loads(banding(*words).stdout)
    assert set(found) >= {"total", "facets", "results"}
    assert found["total"] == len(found["results"]) or found["total"] > 10
    for row in found["results"]:
        assert set(row) >= {"id", "slug", "title", "provider", "lowest_price_idr", "levels", "score"}


def test_no_contact_of_a_person_is_published(demo: dict[str, Any]) -> None:
    for path in (*demo["public"].rglob("*.json"), *demo["public"].rglob("*.csv")):
        text = path.read_text(encoding="utf-8")
        assert "@example" not in text
        assert "+62 8" not in text


@pytest.fixture
def serve_recorded() -> Iterator[Any]:
    """Serves recorded answers at given paths on loopback; everything else is 404 (robots.txt too: allowed)."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(answers: dict[str, bytes]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = answers.get(self.path) or answers.get(self.path.split("?")[0])
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def skillsweek_paths() -> set[str]:
    from urllib.parse import urlsplit

    spec = read_specs(ROOT / "spiders/platforms")["skillsweek"]
    addresses = [*spec.endpoints.values(), *(a.url for a in spec.addresses)]
    return {urlsplit(a).path for a in addresses}


@pytest.mark.shared
def test_the_programmes_own_directory_arrives_whole(shared: Path, serve_recorded: Any, tmp_path: Path) -> None:
    body = (shared / "data/prakerja-skillsweek-course-2023.json").read_bytes()
    origin = serve_recorded({path: body for path in skillsweek_paths() if path.endswith(".json")})
    var, public = tmp_path / "var", tmp_path / "public"
    banding("nightly", "--only", "skillsweek", "--origin", f"skillsweek={origin}", "--var", var, "--public", public)
    coverage = {r["platform"]: r for r in read_json(public / "data/coverage.json")["platforms"]}["skillsweek"]
    assert (coverage["received"], coverage["outcome"]) == (266, "accepted")
    courses = read_json(public / "data/courses.json")["courses"]
    offers = [o for c in courses for o in c["offers"]]
    assert len(offers) + coverage["rejected"] == 266
    assert {o["status"] for o in offers} == {"archived"}
    assert {c["lowest_price_idr"] for c in courses} == {None}
    gold = {}
    for line in (shared / "gold/price.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold[row["text"]] = row["min"]
    labelled = [o for o in offers if o["price_raw"] in gold]
    assert len(labelled) > 50
    assert [(o["price_raw"], o["price_idr"]) for o in labelled if o["price_idr"] != gold[o["price_raw"]]] == []
    titles = {c["title"] for c in courses}
    pages = (public / "pelatihan").glob("*/index.html")
    assert len(list(pages)) == len(courses) >= len(titles)
    links = [o["url"] for o in offers if o["url"]]
    assert 40 <= len(links) <= 60  # only those that lead to reviewed hosts


@pytest.mark.shared
def test_recorded_skill_academy_answers_are_read(shared: Path, serve_recorded: Any, tmp_path: Path) -> None:
    page = json.loads((shared / "data/skillacademy-search-page2-size2.json").read_text(encoding="utf-8"))
    more = json.loads((shared / "data/skillacademy-search-keyword-bahasa.partial.json").read_text(encoding="utf-8"))
    page["data"] |= {"data": [*page["data"]["data"], *more], "page": 1, "totalPage": 1, "totalCourse": 4}
    origin = serve_recorded({"/api/skillacademy/discovery/search": json.dumps(page).encode()})
    var, public = tmp_path / "var", tmp_path / "public"
    day = ("--date", "2020-07-20")
    banding(
        *("nightly", "--only", "skillacademy", "--origin", f"skillacademy={origin}", *day),
        *("--var", var, "--public", public),
    )
    offers = {o["id"]: o for c in read_json(public / "data/courses.json")["courses"] for o in c["offers"]}
    assert len(offers) == 4
    tagged = offers["skillacademy:PROG-R8HTTJQJ"]
    assert (tagged["price_idr"], tagged["eligible"], tagged["status"]) == (1_000_000, "yes", "active")
    listing = (var / "lastgood/skillacademy.jsonl").read_text(encoding="utf-8")
    assert listing.count("\n") == 4


# ---- bad input: one clear line, a sensible exit code, nothing half-written --------------------------------------


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    text = done.stderr.strip()
    assert text, "no message"
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    ("body", "word"),
    [(b"", "skillsweek"), (b"[{", "skillsweek"), (b'{"data": 1}', "skillsweek"), (b"[]", "skillsweek")],
    ids=["empty", "cut", "wrong", "no rows"],
)
def test_a_broken_answer_is_held_and_last_good_stays(
    body: bytes, word: str, serve_recorded: Any, tmp_path: Path
) -> None:
    rows = [
        {"lp_name": "LKP Contoh", "course_title": f"Kelas Contoh {n}", "course_price": "Rp 20.000", "course_url": ""}
        for n in range(5)
    ]
    paths = [p for p in skillsweek_paths() if p.endswith(".json")]
    good = serve_recorded({p: json.dumps(rows).encode() for p in paths})
    var, public = tmp_path / "var", tmp_path / "public"
    where = ("--var", var, "--public", public)
    banding("nightly", "--only", "skillsweek", "--origin", f"skillsweek={good}", "--date", "2023-06-01", *where)
    before = (var / "lastgood/skillsweek.jsonl").read_bytes()
    bad = serve_recorded(dict.fromkeys(paths, body))
    done = banding(
        *("nightly", "--only", "skillsweek", "--origin", f"skillsweek={bad}", "--date", "2023-06-02", *where), code=3
    )
    one_line(done, word)
    assert (var / "lastgood/skillsweek.jsonl").read_bytes() == before
    assert len(read_json(public / "data/courses.json")["courses"]) == 5


def test_dirty_rows_are_published_safely_or_listed_with_a_reason(serve_recorded: Any, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {
            "course_id": "A1",
            "lp_name": "LKP Contoh",
            "course_title": "<script>alert(1)</script> Kelas",
            "course_price": "0",
        },
        {
            "course_id": "A2",
            "lp_name": "LKP Contoh",
            "course_title": "Kelas harga rusak",
            "course_price": "Rp 1250.000",
        },
        {"course_id": "A3", "lp_name": "LKP Contoh", "course_title": "", "course_price": "Rp 20.000"},
        {"course_id": "A4", "lp_name": "../", "course_title": "Kelas <b>tebal</b>", "course_price": None},
        {"course_id": "A4", "lp_name": "../", "course_title": "Kelas <b>tebal</b>", "course_price": None},
    ]
    origin = serve_recorded({p: json.dumps(rows).encode() for p in skillsweek_paths() if p.endswith(".json")})
    var, public = tmp_path / "var", tmp_path / "public"
    where = ("--var", var, "--public", public)
    done = banding("nightly", "--only", "skillsweek", "--origin", f"skillsweek={origin}", *where, code=None)
    assert done.returncode in (0, 3), done.stderr
    coverage = {r["platform"]: r for r in read_json(public / "data/coverage.json")["platforms"]}["skillsweek"]
    assert coverage["received"] == 4
    if coverage["outcome"] == "accepted":
        offers = {o["id"]: o for c in read_json(public / "data/courses.json")["courses"] for o in c["offers"]}
        assert offers["skillsweek:A2"]["price_idr"] is None
        assert "skillsweek:A3" not in offers
        assert coverage["rejected"] == 1
    for page in public.rglob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert all(p.resolve().is_relative_to(public.resolve()) for p in public.rglob("*"))


def test_an_unknown_platform_names_the_known_ones() -> None:
    one_line(banding("crawl", "tokopidia", code=2), "tokopidia", "tokopedia")


def test_a_spec_with_an_unknown_key_names_the_file_and_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "platforms"
    shutil.copytree(ROOT / "spiders/platforms", folder)
    spec = folder / "tokopedia.toml"
    spec.write_text('mispelt = "x"\n' + spec.read_text(encoding="utf-8"), encoding="utf-8")
    env = {**os.environ, "BANDING_SPECS": str(folder)}
    done = subprocess.run([*BANDING, "platforms"], cwd=ROOT, capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    one_line(done, "tokopedia.toml", "mispelt")


def test_a_port_in_use_says_so(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/index.html").write_text("x", encoding="utf-8")
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(http.server.SimpleHTTPRequestHandler)
    ) as s:
        done = banding("serve", "--port", str(s.server_port), "--public", tmp_path / "public", code=1)
    one_line(done, str(s.server_port), "--port")


def test_no_write_permission_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")  # root may write anywhere, but not below a file
    done = banding("catalog", "--var", blocked / "var", code=None)
    assert done.returncode in (1, 2)
    one_line(done, str(blocked))


def test_courses_csv_has_a_row_a_course(demo: dict[str, Any]) -> None:
    with (demo["public"] / "data/courses.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(read_json(demo["public"] / "data/courses.json")["courses"])
