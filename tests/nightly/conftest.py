"""A small built site for the tests of publishing and deploying."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nightly.serve import open_server

MakeSite = Callable[..., Path]


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """make_site("name", build="b1", pages={"a": "text"}, sample=False) -> folder of a built site."""

    def make(
        name: str = "public", *, build: str = "b1", pages: dict[str, str] | None = None, sample: bool = False
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        files = {
            "index.html": f"<p>{build}</p>",
            "theme/app.0123abcd.js": "let x = 1",
            f"cari/{build}/index.0123abcd{build}.json".replace("b", "0"): build,
            "data/courses.json": json.dumps({"build": build}),
            "404.html": "<p>tidak ada</p>",
        }
        files |= {f"pelatihan/{slug}/index.html": text for slug, text in (pages or {"satu": "1", "dua": "2"}).items()}
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        note = {"build": build, "night": "2020-07-15", "sample": sample, "base": "/"}
        (folder / "build.json").write_text(json.dumps(note), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A published folder and its address."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = open_server(folder, 0, "/", quiet=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by relative name."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
