"""The local server: base path, the site's own 404, nothing outside, no listings of folders."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightly.errors import UserError
from nightly.serve import open_server


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    public = tmp_path / "public"
    (public / "pelatihan/satu").mkdir(parents=True)
    (public / "kosong").mkdir()
    (public / "index.html").write_text("beranda", encoding="utf-8")
    (public / "404.html").write_text("tidak ada", encoding="utf-8")
    (public / "pelatihan/satu/index.html").write_text("satu", encoding="utf-8")
    (public / "a.js").write_text("let x", encoding="utf-8")
    (tmp_path / "rahasia.txt").write_text("rahasia", encoding="utf-8")
    server = open_server(public, 0, "/repo/", quiet=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def get(port: int, path: str, method: str = "GET") -> tuple[int, str, dict[str, str]]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    client.request(method, path)
    answer = client.getresponse()
    return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/repo/", 200, "beranda"),
        ("/repo/pelatihan/satu/", 200, "satu"),
        ("/repo/pelatihan/satu/?q=1#x", 200, "satu"),
        ("/repo/nichts", 404, "tidak ada"),
        ("/repo/kosong/", 404, "tidak ada"),
        ("/pelatihan/satu/", 404, "tidak ada"),
        ("/repo/../rahasia.txt", 404, "tidak ada"),
        ("/repo/%2e%2e/rahasia.txt", 404, "tidak ada"),
        ("/repo//etc/passwd", 404, "tidak ada"),
    ],
)
def test_paths(port: int, path: str, status: int, body: str) -> None:
    assert get(port, path)[:2] == (status, body)


def test_headers(port: int) -> None:
    assert get(port, "/repo/a.js")[2]["content-type"] == "text/javascript"
    assert get(port, "/repo/")[2]["cache-control"] == "no-cache"
    assert get(port, "/repo/nichts", "HEAD")[1] == ""
    assert get(port, "/")[2]["location"] == "/repo/"


def test_a_port_in_use_and_a_missing_site(port: int, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="choose another with --port"):
        open_server(tmp_path, port, "/")
    with pytest.raises(UserError, match="make demo"):
        open_server(tmp_path / "none", 0, "/")
