"""A past for an empty machine: complete, checked before anything is put in place."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog import export_parts, export_tables, files
from catalog.bootstrap import BootstrapError, bootstrap, is_unfinished
from catalog.export import export_data
from catalog.files import pack
from catalog.history import History
from catalog.layout import Var
from tests.catalog.nights import START, Nights, files_of, listings, make_spec


def publish(root: Path, nights: int = 5) -> Nights:
    chain = Nights(root, [make_spec("tokopedia"), make_spec("bukalapak")])
    for day in range(nights):
        chain.night(
            day,
            {"tokopedia": listings("tokopedia", range(day, 10 + day)), "bukalapak": listings("bukalapak", range(4))},
        )
    (chain.var.root / "findings.csv").write_text("id,status,note\nf1,diperiksa,sudah ditelepon\n")
    export_data(chain.var, root / "public/data", build="b", night=max(chain.summaries), sample=True)
    return chain


@pytest.fixture
def chain(tmp_path: Path) -> Nights:
    return publish(tmp_path / "old")


def test_the_next_night_on_an_empty_machine_equals_that_of_the_old_one(chain: Nights, tmp_path: Path) -> None:
    fresh = Nights(tmp_path / "new", chain.specs.values())
    restored = bootstrap(tmp_path / "old/public", fresh.var)
    assert (restored.night, restored.sample, restored.history) == ("2020-07-19", True, True)
    runs = {"tokopedia": listings("tokopedia", range(6, 16)), "bukalapak": listings("bukalapak", range(4))}
    old, new = chain.night(5, runs), fresh.night(5, runs)
    assert new == old
    for name in ("courses.jsonl", "changes.json", "alarms.json", "coverage.json", "findings.jsonl"):
        assert (fresh.var.catalog / name).read_bytes() == (chain.var.catalog / name).read_bytes(), name
    assert History(fresh.var).all() == History(chain.var).all()
    assert (fresh.var.root / "findings.csv").read_text() == (chain.var.root / "findings.csv").read_text()


@pytest.fixture
def site(chain: Nights, tmp_path: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "old/public"))
    handler.log_message = lambda *args: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_past_comes_over_http_too(site: str, tmp_path: Path, chain: Nights) -> None:
    fresh = Var(tmp_path / "new")
    bootstrap(site, fresh)
    assert History(fresh).all() == History(chain.var).all()
    assert (fresh.state / "registry.json").read_bytes() == (chain.var.state / "registry.json").read_bytes()


def test_a_broken_file_changes_nothing(chain: Nights, tmp_path: Path) -> None:
    fresh = Var(tmp_path / "new")
    victim = sorted((tmp_path / "old/public/data/state").glob("*.gz"))[-1]
    victim.write_bytes(victim.read_bytes()[:-5])
    with pytest.raises(BootstrapError, match="cut or changed"):
        bootstrap(tmp_path / "old/public", fresh)
    assert files_of(fresh.root) == {}


@pytest.mark.parametrize("spoil", ["cut", "stale"])
def test_a_history_that_is_cut_or_of_another_night_changes_nothing(spoil: str, chain: Nights, tmp_path: Path) -> None:
    fresh = Var(tmp_path / "new")
    path = tmp_path / "old/public/data/price-history.parquet"
    other = publish(tmp_path / "earlier", nights=2).var.history / "intervals.parquet"
    path.write_bytes(path.read_bytes()[:100] if spoil == "cut" else other.read_bytes())
    with pytest.raises(BootstrapError, match=r"price-history\.parquet: is not what the manifest says"):
        bootstrap(tmp_path / "old/public", fresh)
    assert files_of(fresh.root) == {}


def test_a_site_of_before_the_history_had_a_hash_is_still_read(chain: Nights, tmp_path: Path) -> None:
    path = tmp_path / "old/public/data/state/manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["history_sha256"]
    path.write_text(json.dumps(manifest))
    fresh = Var(tmp_path / "new")
    bootstrap(tmp_path / "old/public", fresh)
    assert History(fresh).all() == History(chain.var).all()
    history = tmp_path / "old/public/data/price-history.parquet"
    history.write_bytes(history.read_bytes()[:100])
    with pytest.raises(BootstrapError, match="nothing was merged"):
        bootstrap(tmp_path / "old/public", Var(tmp_path / "newer"))
    assert is_unfinished(Var(tmp_path / "newer"))


def test_a_past_without_history_is_a_past(chain: Nights, tmp_path: Path) -> None:
    """The first night accepted nothing: there is no history to publish."""
    (chain.var.history / "intervals.parquet").unlink()
    (tmp_path / "old/public/data/price-history.parquet").unlink()
    export_data(chain.var, tmp_path / "old/public/data", build="b", night=max(chain.summaries), sample=True)
    assert not bootstrap(tmp_path / "old/public", Var(tmp_path / "new")).history


def test_a_fetch_that_is_killed_half_way_is_seen_and_begun_anew(
    chain: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Var(tmp_path / "new")
    whole = Var(tmp_path / "whole")
    bootstrap(tmp_path / "old/public", whole)
    real, written = files.write_bytes, []

    def write(path: Path, data: bytes) -> None:
        if len(written) == 4:
            raise KeyboardInterrupt
        written.append(path)
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr("catalog.bootstrap.write_bytes", write)
        with pytest.raises(KeyboardInterrupt):
            bootstrap(tmp_path / "old/public", fresh)
    assert is_unfinished(fresh) and not is_unfinished(whole)
    assert list(fresh.lastgood.glob("*.meta.json"))  # it looks like a past
    bootstrap(tmp_path / "old/public", fresh)
    assert not is_unfinished(fresh)
    assert files_of(fresh.root) == files_of(whole.root)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "runs/x", "state/../../x", ""])
def test_a_manifest_chooses_no_place_outside_the_state(chain: Nights, tmp_path: Path, name: str) -> None:
    path = tmp_path / "old/public/data/state/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][0]["as"] = name
    path.write_text(json.dumps(manifest))
    with pytest.raises(BootstrapError, match="no file of state"):
        bootstrap(tmp_path / "old/public", Var(tmp_path / "new"))


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published site whose tables are snapshots in parts."""
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 1)
    monkeypatch.setattr(export_tables, "WHOLE_ROWS", 1)
    publish(tmp_path / "large", nights=1)
    return tmp_path / "large/public"


def test_snapshots_of_tables_come_along(large: Path, tmp_path: Path) -> None:
    bootstrap(large, Var(tmp_path / "new"))
    kept = files_of(tmp_path / "new/published/tables")
    assert kept == files_of(tmp_path / "large/var/published/tables")
    assert {name.partition("/")[0] for name in kept} >= {"courses", "offers"}


@pytest.mark.parametrize(
    "name", ["tables/../../escaped.csv.gz", "/tables/a/b.csv.gz", "tables/b.csv.gz", "courses.json"]
)
def test_a_snapshot_chooses_no_place_outside_the_tables(name: str, large: Path, tmp_path: Path) -> None:
    path = large / "data/state/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"][0]["path"] = name
    path.write_text(json.dumps(manifest))
    with pytest.raises(BootstrapError, match="no snapshot of a table"):
        bootstrap(large, Var(tmp_path / "new"))
    assert files_of(tmp_path / "new") == {}


@pytest.mark.parametrize(("spoil", "word"), [("cut", "cut or changed"), ("bomb", "unpacks to more than")])
def test_a_snapshot_that_is_cut_or_too_much_changes_nothing(
    spoil: str, word: str, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large / "data/state/manifest.json"
    manifest = json.loads(path.read_text())
    entry = manifest["tables"][0]
    victim = large / "data" / entry["path"]
    data = victim.read_bytes()[:-5] if spoil == "cut" else pack(b"0" * 2_000_000)
    victim.unlink()  # it has a second name under var/published
    victim.write_bytes(data)
    if spoil == "bomb":
        monkeypatch.setattr("catalog.bootstrap.LARGEST", 1_000_000)
        path.write_text(json.dumps(manifest).replace(entry["sha256"], hashlib.sha256(data).hexdigest()))
    with pytest.raises(BootstrapError, match=word):
        bootstrap(large, Var(tmp_path / "new"))
    assert files_of(tmp_path / "new") == {}


def test_another_schema_version_is_refused_with_advice(chain: Nights, tmp_path: Path) -> None:
    path = tmp_path / "old/public/data/state/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 9}))
    with pytest.raises(BootstrapError, match="schema version 9"):
        bootstrap(tmp_path / "old/public", Var(tmp_path / "new"))


@pytest.mark.parametrize("source", ["ftp://contoh.id/", "http://127.0.0.1:9/", "nowhere"])
def test_a_source_that_does_not_answer_gives_one_line(source: str, tmp_path: Path) -> None:
    with pytest.raises(BootstrapError) as caught:
        bootstrap(source, Var(tmp_path))
    assert "\n" not in str(caught.value)


def test_merging_into_an_existing_history_keeps_both(chain: Nights, tmp_path: Path) -> None:
    other = Nights(tmp_path / "other", [make_spec("tokopedia"), make_spec("bukalapak")])
    other.night(START.replace(year=2019), {"tokopedia": listings("tokopedia", range(3))})
    bootstrap(tmp_path / "old/public", other.var)
    nights = History(other.var).nights()["tokopedia"]
    assert nights[0] == START.replace(year=2019)
    assert nights[-1].isoformat() == "2020-07-19"
