"""The watcher from outside: a fresh whole site passes, an old or mixed one does not."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nightly.cli import run as banding
from nightly.errors import UsageError, UserError
from nightly.fetch import Site, unpack
from nightly.live import Sight, check_live
from nightly.serve import open_server

NOW = dt.datetime(2020, 7, 16, 4, tzinfo=dt.UTC)  # 11:00 on the next day in Jakarta


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "public"
    files = {
        "build.json": json.dumps({"build": "0123456789ab", "night": "2020-07-15", "sample": False, "base": "/repo/"}),
        "pelatihan/index.html": '<p data-build="0123456789ab"><script src="/repo/aset/a.0123abcd.js"></script>',
        "aset/a.0123abcd.js": "let x",
        "data/courses.json": json.dumps({"build": "0123456789ab", "courses": []}),
        "data/courses.csv": "id\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_sums(folder)
    server = open_server(folder, 0, "/repo/", quiet=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/repo/"
    server.shutdown()
    server.server_close()


def write_sums(folder: Path, *more: str) -> None:
    names = ("courses.json", "courses.csv", *more)
    lines = [f"{hashlib.sha256((folder / 'data' / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (folder / "data/SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def test_a_fresh_whole_site_passes(live: tuple[Path, str]) -> None:
    assert check_live(live[1], now=NOW) == Sight([], compared=2, listed=2)
    assert check_live(live[1].rstrip("/"), now=NOW).problems == []


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (
        (folder / name).write_text((folder / name).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        and None
    )


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (edit("build.json", "07-15", "07-14"), "hours old"),
        (edit("build.json", "07-15", "08-15"), "in the future"),
        (edit("build.json", "2020-07-15", "?"), "names no night"),
        (edit("build.json", "false", "true"), "sample"),
        (edit("build.json", "0123456789ab", "ffffffffffff"), "search page is not of build"),
        (edit("data/courses.json", "0123456789ab", "ffffffffffff"), "data/courses.json"),
        (edit("data/courses.csv", "id", "ID"), "does not match"),
        (lambda folder: (folder / "data/courses.csv").unlink(), "status 404"),
        (lambda folder: (folder / "data/SHA256SUMS").write_text(""), "is empty"),
        (lambda folder: (folder / "data/SHA256SUMS").unlink(), "status 404"),
        (lambda folder: (folder / "aset/a.0123abcd.js").unlink(), "aset/a.0123abcd.js is missing"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[Path], None], word: str, live: tuple[Path, str]) -> None:
    spoil(live[0])
    assert any(word in problem for problem in check_live(live[1], now=NOW).problems)


def test_the_command_fails_when_something_is_wrong(live: tuple[Path, str], capsys: Any) -> None:
    assert banding(["check-live", live[1]]) == 1
    assert "hours old" in capsys.readouterr().out
    night = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=7)).date().isoformat()
    edit("build.json", "2020-07-15", night)(live[0])
    assert banding(["check-live", live[1]]) == 0
    assert "fresh and whole" in capsys.readouterr().out


def test_sample_data_pass_where_they_are_expected(live: tuple[Path, str], capsys: Any) -> None:
    edit("build.json", "false", "true")(live[0])
    assert check_live(live[1], now=NOW, allow_sample=True).problems == []
    assert banding(["check-live", live[1], "--allow-sample", "--hours", "1000000"]) == 0
    assert "2 of 2 data files" in capsys.readouterr().out


def test_more_data_than_wanted_are_looked_at_in_turn(live: tuple[Path, str]) -> None:
    for number in range(6):
        (live[0] / f"data/part/{number}.csv").parent.mkdir(exist_ok=True)
        (live[0] / f"data/part/{number}.csv").write_text("x" * 1000, encoding="utf-8")
    write_sums(live[0], *(f"part/{number}.csv" for number in range(6)))
    edit("data/part/3.csv", "x", "y")(live[0])
    seen = [check_live(live[1], now=NOW + dt.timedelta(hours=n), most_mb=0.002, hours=99) for n in range(24)]
    assert {(one.compared, one.listed) for one in seen} == {(4, 8)}, "both tables and two of the parts"
    assert {bool(one.problems) for one in seen} == {True, False}, "each part's turn comes, not each hour"


def test_a_site_that_does_not_answer(capsys: Any) -> None:
    assert banding(["check-live", "http://127.0.0.1:9/"]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("address", ["", "site", "file:///etc/passwd", "ftp://x/", "http://u:p@x/"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(UsageError):
        Site(address)


def test_large_answers_are_refused(live: tuple[Path, str]) -> None:
    with pytest.raises(UserError, match="larger than 3 bytes"):
        Site(live[1]).get("build.json", 3)
    import gzip

    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(UserError, match="unpacks to more"):
        unpack(bomb, 1_000_000, "x")
    with pytest.raises(UserError, match="no whole gzip"):
        unpack(bomb[:-20], 100_000_000, "x")
    assert unpack(gzip.compress(b"ok"), 10, "x") == b"ok"
