"""`banding capture`: a few real answers as scrubbed, cut fixtures; a replica never raises the confidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.platforms import SpecError
from spiders import capture as room
from spiders.capture import capture, trimmed
from tests.spiders.harness import HTML, Answer, serving

CARDS = "".join(f'<div class=card><a href="/course/kelas-{n}"><h3>Kelas Jahit {n}</h3></a></div>' for n in range(9))
PEOPLE = "<p>Hubungi 0812-3456-7890 atau guru@contoh.id</p><h3>Instruktur</h3><p>Sri Rahayu Wulandari</p>"


def shop(method: str, target: str, body: bytes) -> Answer | None:
    path = target.partition("?")[0]
    if path == "/category/kartu-prakerja":
        return 200, HTML, f"<html><body>{CARDS if 'page=2' not in target else ''}</body></html>".encode()
    if path.startswith("/course/"):
        course = {"@type": "Course", "name": f"Kelas Jahit {path[-1]}", "provider": {"name": "LPK Contoh"}}
        script = f'<script type="application/ld+json">{json.dumps(course)}</script>'
        return 200, HTML, f"<html><body>{script}<h1>{course['name']}</h1>{PEOPLE}</body></html>".encode()
    return None


def test_answers_become_scrubbed_fixtures(tmp_path: Path) -> None:
    out = tmp_path / "fixtures"
    with serving(shop) as site:
        said = capture("pijarmahir", 2, out, origin=site.url)
    assert said["finish_reason"] == "finished"
    assert said["proposed"] == said["confidence"]  # a replica proves nothing about the platform
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted([*(Path(f).name for f in said["files"]), "capture.json"])
    text = "".join(Path(f).read_text() for f in said["files"])
    assert "Kelas Jahit 0" in text
    assert not any(word in text for word in ("3456", "guru@", "Wulandari"))
    about = json.loads((out / "capture.json").read_text())
    assert (about["replica"], about["received"], about["platform"]) == (True, 2, "pijarmahir")


def test_a_platform_that_does_not_answer_leaves_no_fixture_and_proposes_nothing(tmp_path: Path) -> None:
    with serving(lambda *_: None) as site:
        said = capture("pijarmahir", 2, tmp_path / "out", origin=site.url)
    assert said["finish_reason"] != "finished"
    assert said["proposed"] == said["confidence"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["capture.json"]


def test_real_answers_propose_the_confidence_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real site can't be asked in a test; what the run would have reported is put in its place."""
    from catalog.records import RunReport

    for reason, received, proposed in (("finished", 5, "recorded"), ("finished", 0, None), ("shape", 5, None)):
        report = RunReport(
            platform="pijarmahir", run="capture", started="2020-07-15", finished="2020-07-15",
            finish_reason=reason, received=received,
        )  # fmt: skip
        monkeypatch.setattr(room, "crawl", lambda *_, report=report, **__: report)
        said = capture("pijarmahir", 2, tmp_path)
        assert said["proposed"] == (proposed or said["confidence"])
        assert said["confidence"] != "recorded"


def test_an_unknown_platform_is_named(tmp_path: Path) -> None:
    with pytest.raises((SpecError, OSError), match="nirwana"):
        capture("nirwana", 2, tmp_path)


def test_lists_are_cut_and_shapes_stay() -> None:
    value = {"data": [{"id": n, "tags": list("abcde")} for n in range(10)], "total": 10, "none": None}
    short = trimmed(value)
    assert [row["id"] for row in short["data"]] == [0, 1, 2]
    assert short["data"][0]["tags"] == ["a", "b", "c"]
    assert (short["total"], short["none"]) == (10, None)
    assert trimmed([]) == []
