"""Builds the site of a small catalog the way the nightly job does, and serves it like a plain static host."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gzip
import http.server
import io
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalog.files import write_lines
from catalog.records import Course, Provider, Session
from tests.factories import NIGHT, make_catalog, make_course, make_offer

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'


def write_catalog(var: Path, courses: Sequence[Course]) -> Path:
    write_lines(var / "catalog" / "courses.jsonl", courses)
    return var


def run_pelican(
    var: Path,
    out: Path,
    *,
    base: str = "/",
    url: str = "",
    links: str = "folder",
    pages: str = "full",
    sample: bool = False,
    night: dt.date | str = NIGHT,
    build: str = "uji-1",
    previous: Path | None = None,
    settings: str = "site/pelicanconf.py",
) -> subprocess.CompletedProcess[str]:
    """The nightly job's own command and environment."""
    env = os.environ | {
        "BANDING_VAR": str(var),
        "BANDING_BASE": base,
        "BANDING_URL": url,
        "BANDING_LINKS": links,
        "BANDING_PAGES": pages,
        "BANDING_SAMPLE": "1" if sample else "",
        "BANDING_NIGHT": str(night),
        "BANDING_BUILD": build,
        "BANDING_PREVIOUS": str(previous or ""),
        "COLUMNS": "1000",  # Pelican's log breaks lines at the terminal's width, also inside paths
    }
    command = [sys.executable, "-m", "pelican", "content", "-s", settings, "-o", str(out)]
    return subprocess.run(
        [*command, "--fatal", "errors"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def build_site(var: Path, out: Path, **over: object) -> Path:
    """Builds or fails with what Pelican said."""
    done = run_pelican(var, out, **over)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return out


def odd_courses() -> list[Course]:
    """Every state that a page must make sense of, one course each; ids say which."""
    day = dt.timedelta(days=1)
    sessions = [
        Session(start=NIGHT + 9 * day, end=NIGHT + 11 * day, start_time="09:00", end_time="12:00", zone="WIB", raw="x"),
        Session(start=NIGHT + 20 * day, end=NIGHT + 21 * day, regency="Kota Bandung", buy_by=NIGHT + 17 * day, raw="y"),
    ]
    several = [
        make_offer(
            platform="tokopedia", native_id="multi", price_idr=400_000, list_price_idr=800_000, list_price_seen=False
        ),
        make_offer(platform="bukalapak", native_id="multi", price_idr=250_000, eligible="unknown", sessions=sessions),
        make_offer(platform="pintaria", native_id="multi", price_idr=300_000, mode="onsite", regency="Kota Bandung"),
        make_offer(
            platform="skillacademy",
            native_id="multi",
            price_idr=90_000,
            status="archived",
            archived_why="left_programme",
        ),
        make_offer(platform="sisnaker", native_id="multi", price_idr=1_000, status="gone", gone_since=NIGHT),
    ]
    hostile = make_offer(
        native_id="hostile",
        title=HOSTILE,
        provider_name=HOSTILE,
        provider_id="../../x",
        url=None,
        url_raw="javascript:alert(1)",
    )
    elsewhere = make_offer(native_id="elsewhere", url="https://jahat.example/kartu", title="Tautan ke tempat lain")
    bare = make_offer(
        native_id="bare", title="Tanpa apa pun", provider_id=None, provider_name=None, price_idr=None, price_raw=None,
        levels=[], level_source=None, mode=None, duration_minutes=None, category=None, eligible="unknown", url=None,
    )  # fmt: skip
    many = [
        make_offer(platform=p, native_id=f"many-{i}", price_idr=1000 * (i + 1))
        for i in range(8)
        for p in ("tokopedia", "bukalapak", "pintaria", "sekolahmu", "pijarmahir", "sisnaker", "maubelajarapa")
    ]
    gone = make_offer(native_id="gone", status="gone", gone_since=NIGHT, title="Sudah hilang")
    archived = make_offer(
        platform="skillsweek", native_id="arsip", status="archived", archived_why="directory",
        edition="Indonesia Skills Week 2023", title="Arsip lama", eligible="unknown", url=None,
    )  # fmt: skip
    refused = make_offer(native_id="no", title="Tidak untuk kartu", eligible="no", price_idr=50_000)
    free = make_offer(native_id="free", title="Gratis saja", price_idr=0, free=True)
    long = make_offer(native_id="long", title="Pelatihan " + "sangat panjang " * 8 + "Sangat" * 28)
    rated = make_offer(native_id="rated", title="Dengan rating", rating=4.7, rating_count=512)
    courses = [
        make_course(several, id="multi", slug="banyak-platform", regencies=["Kota Bandung"], modes=["onsite", "self_paced"],  # noqa: E501
                    facts={"sasaran": "Pencari kerja", "tujuan_umum": "Bisa membuat roti"}, skills=["roti", "oven"],
                    min_age=18, max_age=40, min_education="SMA", certificate="Sertifikat penyelesaian"),
        make_course([hostile], id="hostile", slug="jahat", title=HOSTILE, provider=Provider(id="../../x", name=HOSTILE),
                    description=HOSTILE, skills=[HOSTILE], facts={"tujuan": HOSTILE}, certificate=HOSTILE),
        make_course([elsewhere], id="elsewhere", slug="tempat-lain"),
        make_course([bare], id="bare", slug="polos", provider=None),
        make_course(many, id="many", slug="banyak-sekali"),
        make_course([gone], id="gone", slug="hilang", status="gone"),
        make_course([archived], id="archived", slug="arsip-lama", status="archived"),
        make_course([refused], id="refused", slug="bukan-kartu"),
        make_course([free], id="free", slug="gratis"),
        make_course([long], id="long", slug="panjang"),
        make_course([rated], id="rated", slug="rating", rating=4.7, rating_count=512, rating_platform="tokopedia"),
    ]  # fmt: skip
    return courses


def usual_courses(count: int = 130) -> list[Course]:
    return [*make_catalog(count), *odd_courses()]


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A plain static host below a base path: no redirect, the site's 404 page."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, base: str, **more: object) -> None:
        self.base = base
        super().__init__(*args, **more)  # type: ignore[arg-type]

    def log_message(self, *args: object) -> None:
        pass

    def send_head(self):  # type: ignore[no-untyped-def]
        path = unquote(urlsplit(self.path).path)
        name = path.removeprefix(self.base) if path.startswith(self.base) else "../"
        name += "index.html" if name == "" or name.endswith("/") else ""
        target = Path(self.directory) / name
        found = ".." not in name and target.is_file()
        body = target.read_bytes() if found else (Path(self.directory) / "404.html").read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(target if found else "x.html")))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


_Handler.extensions_map = {
    **http.server.SimpleHTTPRequestHandler.extensions_map,
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}


class _Counting(_Handler):
    """Compresses as hosts do and notes the size of every answer, head included."""

    sent: list[tuple[str, int]]

    def send_head(self):  # type: ignore[no-untyped-def]
        path = unquote(urlsplit(self.path).path)
        name = path.removeprefix(self.base)
        target = Path(self.directory) / (name + ("index.html" if name == "" or name.endswith("/") else ""))
        found = target.is_file()
        body = gzip.compress((target if found else Path(self.directory) / "404.html").read_bytes(), 9, mtime=0)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(target)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("ETag", f'"{zlib.crc32(body):x}"')
        self.send_header("Cache-Control", "public, max-age=0, must-revalidate")
        self.send_header("Content-Length", str(len(body)))
        head = sum(len(line) for line in self._headers_buffer)
        self.end_headers()
        self.sent.append((path, head + len(body)))
        return io.BytesIO(body)


@contextlib.contextmanager
def counting(folder: Path, base: str = "/") -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Like `serving`, compressed; gives the address and a growing list of (path, bytes sent)."""
    handler = type("_CountingHere", (_Counting,), {"sent": []})
    with serving(folder, base, handler) as url:
        yield url, handler.sent


@contextlib.contextmanager
def serving(folder: Path, base: str = "/", kind: type[_Handler] = _Handler) -> Iterator[str]:
    """Serves `folder` below `base` on a free port of loopback; gives the address of the base."""
    handler = functools.partial(kind, base=base, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{base}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
