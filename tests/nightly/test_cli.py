"""The command line: every command is there, wrong words get one clear line and the right exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from catalog.records import RunReport
from nightly import cli, options, rooms
from nightly.cli import run as banding
from nightly.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = """
    demo nightly sandbox crawl merge catalog index site search normalize match coverage report history explain platforms
    preview new-platform capture diagnose accept export serve deploy rollback check-live
""".split()  # noqa: SIM905


def one_line(capsys: Any) -> str:
    err: str = capsys.readouterr().err.strip()
    assert len(err.splitlines()) == 1, err
    assert err.startswith("banding: ")
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: Any) -> None:
    assert banding([command, "--help"]) == 0
    assert "Usage: banding " + command in " ".join(capsys.readouterr().out.split())


def test_no_command_shows_the_list(capsys: Any) -> None:
    assert banding([]) == 2
    assert "nightly" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("nosuch", "No such command"),
        ("crawl", "Missing argument"),
        ("crawl tokopidia", "did you mean tokopedia?"),
        ("crawl tokopedia --origin ftp://x", "http://HOST:PORT"),
        ("crawl tokopedia --origin http://u:p@x", "http://HOST:PORT"),
        ("crawl tokopedia --shard 4/3", "I/N"),
        ("crawl tokopedia --shard 1/3 --bootstrap http://127.0.0.1:9/", "leave out --limit, --shard"),
        ("crawl tokopedia --limit 3 --shard 1/3", "leave out --shard and --frontier"),
        ("crawl tokopedia --limit 3 --bootstrap http://127.0.0.1:9/", "leave out --limit, --shard"),
        ("preview nonsense", "begin it with https://"),
        ("nightly --date 15-07-2020", "YYYY-MM-DD"),
        ("nightly --only x", "unknown platform"),
        ("nightly --origin tokopedia", "PLATFORM=URL"),
        ("nightly --from nowhere", "unknown stage"),
        ("nightly --links nowhere", "unknown --links value"),
        ("nightly --base /../", "/repo/"),
        ("nightly --log loud", "auto, plain or json"),
        ("search x --level tinggi", "--level"),
        ("search x --sort luck", "unknown sort"),
        ("search x --max-price abc", "--max-price"),
        ("search x --min-price 5 --max-price 1", "above --max-price"),
        ("normalize nothing", "use one of price, duration"),
        ("serve --port 70000", "--port"),
        ("accept tokopedia ../x --reason y", "name of a folder"),
        ("accept tokopedia r --reason ''", "--reason is empty"),
        ("demo --courses 0", "--courses"),
    ],
)
def test_wrong_words_get_one_line_and_exit_2(words: str, hint: str, capsys: Any, tmp_path: Path) -> None:
    import shlex

    given = shlex.split(words)
    if given[0] in ("crawl", "nightly", "search", "accept", "demo"):
        given += ["--var", str(tmp_path)]
    if given[0] == "search":
        (tmp_path / "index").mkdir()
    code = banding(given)
    assert hint in one_line(capsys)
    assert code == 2


def test_a_missing_room_is_said_and_never_pretended(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"catalog\.nosuch\.thing is missing"):
        rooms.room("catalog.nosuch", "thing")
    with pytest.raises(UserError, match=r"catalog\.layout\.nosuch is missing"):
        rooms.room("catalog.layout", "nosuch")
    monkeypatch.setitem(sys.modules, "catalog.matching", None)
    assert banding(["match"]) == 1
    assert "catalog.matching.match_pair is missing" in one_line(capsys)


@pytest.mark.parametrize("words", ["search x", "coverage", "explain c1", "export {tmp}/out", "index", "site", "serve"])
def test_nothing_there_yet_says_what_to_run(words: str, tmp_path: Path, capsys: Any) -> None:
    given = words.format(tmp=tmp_path).split()
    where = ["--public", str(tmp_path / "none")] if given[0] == "serve" else ["--var", str(tmp_path / "none")]
    assert banding([*given, *where]) == 1
    assert "run `" in one_line(capsys)


def test_an_unexpected_error_is_one_line_and_a_file(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("tak terduga")

    monkeypatch.setattr(cli, "app", broken)
    assert banding(["platforms"]) == 1
    assert "ZeroDivisionError" in one_line(capsys)
    assert "Traceback" in (tmp_path / "var/log/last-error.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device", "x"), 1)]
)
def test_interruption_and_a_full_disk(error: BaseException, code: int, capsys: Any, monkeypatch: Any) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", broken)
    assert banding(["platforms"]) == code
    line = one_line(capsys)
    assert "free some space" in line or "stopped" in line


def test_an_interruption_inside_a_command_is_told(capsys: Any, monkeypatch: Any) -> None:
    """Typer turns it into an exit code of its own."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nightly.deploy.check_source", stopped)
    assert banding(["deploy", "somewhere"]) == 130
    assert "stopped" in one_line(capsys)


def test_ctrl_c_ends_the_process_cleanly(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "nightly.cli", "serve", "--port", "0", "--public", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_platforms_as_json(capsys: Any) -> None:
    assert banding(["platforms", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 9


def test_words_in_both_languages() -> None:
    assert options.pick("sort", "-harga", options.SORTS) == "-price"
    assert options.pick("sort", "Per Jam", options.SORTS) == "per-hour"
    specs = options.known_specs()
    assert options.platform_id("Sekolah.mu", specs) == "sekolahmu"
    assert options.origin_map(["Pintaria=http://[::1]:80/x"], specs) == {"pintaria": "http://[::1]:80"}
    assert options.base_path("a/b") == "/a/b/"
    assert options.base_path("/") == "/"


def test_history_bootstrap_names_a_site_that_does_not_answer(tmp_path: Path, capsys: Any) -> None:
    assert banding(["history", "bootstrap", "http://127.0.0.1:9/", "--var", str(tmp_path / "var")]) == 1
    assert "127.0.0.1:9" in one_line(capsys)


@pytest.mark.parametrize("words", ["crawl tokopedia", "nightly --only tokopedia"])
def test_a_real_platform_is_not_asked_without_a_contact(
    words: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BANDING_CONTACT", raising=False)
    where = ["--var", str(tmp_path / "var")] + (["--public", str(tmp_path / "p")] if "nightly" in words else [])
    assert banding([*words.split(), *where]) == 1
    assert "BANDING_CONTACT" in capsys.readouterr().err


def test_a_memory_of_pages_that_can_not_be_fetched_is_told_and_not_waited_for(tmp_path: Path, capsys: Any) -> None:
    """The crawl goes on without it: here to a platform that does not answer either."""
    words = ["--origin", "http://127.0.0.1:9/", "--var", str(tmp_path), "--bootstrap", "http://127.0.0.1:9/"]
    assert banding(["crawl", "pijarmahir", *words]) == 1
    assert "memory of pages: http://127.0.0.1:9/" in (err := capsys.readouterr().err)
    assert "all pages are asked for" in err


@pytest.mark.parametrize(
    ("notes", "date", "kept"),
    [
        (["shard 1/3"], "2020-07-15", "share 1/3 of pijarmahir"),
        ([], "2020-07-15", "all of pijarmahir"),
        (["shard 2/3"], "2020-07-15", ""),  # crawled again
        (["shard 1/3"], "2020-07-16", ""),  # the name serves again on the next night
    ],
)
def test_a_share_is_not_written_over_another(
    notes: list[str], date: str, kept: str, tmp_path: Path, capsys: Any
) -> None:
    report = RunReport(
        platform="pijarmahir", run="r", started="x", finished="x", finish_reason="finished", received=0,
        night="2020-07-15", notes=notes,
    )  # fmt: skip
    place = tmp_path / "runs/r/pijarmahir/report.json"
    place.parent.mkdir(parents=True)
    place.write_text(report.model_dump_json(), encoding="utf-8")
    words = ["--shard", "2/3", "--run", "r", "--date", date, "--origin", "http://127.0.0.1:9/", "--var", str(tmp_path)]
    assert banding(["crawl", "pijarmahir", *words]) == 1
    assert (kept in (err := capsys.readouterr().err)) and ("give each share" in err) is bool(kept)
    assert (RunReport.model_validate_json(place.read_bytes()) == report) is bool(kept)
