"""The CI workflow's own steps, run night after night on machines that begin empty, against the replicas."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from spiders.sandbox import serve
from tests.factories import make_listing
from tests.nightly.chaos import read_json, whole

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))
PLATFORMS = ("pijarmahir", "tokopedia")  # one of course pages, one with an API
NIGHT = dt.date(2020, 7, 15)
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("workflow")]


def step(job: str, word: str) -> dict[str, Any]:
    """The step of a job whose name or command holds a word."""
    found = [s for s in WORKFLOW["jobs"][job]["steps"] if word in f"{s.get('name')} {s.get('run')} {s.get('uses')}"]
    assert len(found) == 1, word
    one: dict[str, Any] = found[0]
    return one


class Machine:
    """An empty folder in which steps of a job run; `banding` asks the replicas where it would ask a platform."""

    def __init__(self, folder: Path, origins: dict[str, str], **env: str) -> None:
        self.folder = folder
        program = folder / ".venv/bin/banding"
        program.parent.mkdir(parents=True)
        cases = "\n".join(f'{name}) set -- "$@" --origin {url} ;;' for name, url in origins.items())
        program.write_text(
            f'#!/bin/sh\n[ "$1" = crawl ] && case $2 in\n{cases}\nesac\nexec {sys.executable} -m nightly.cli "$@"\n',
            encoding="utf-8",
        )
        program.chmod(0o755)
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **env}

    def run(self, job: str, word: str) -> None:
        command = ["bash", "-euo", "pipefail", "-c", step(job, word)["run"]]
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def artifact(self) -> dict[str, Path]:
        """What the upload takes, by its name below the folder that all its paths share."""
        paths = step("crawl", "upload-artifact")["with"]["path"].split()
        shared = Path(os.path.commonpath([path.partition("*")[0] for path in paths]))
        found = [name for path in paths for name in self.folder.glob(path)]
        return {path.relative_to(self.folder / shared).as_posix(): path for path in found}

    def download(self, artifact: dict[str, Path]) -> None:
        for name, path in artifact.items():
            goal = self.folder / step("build", "download-artifact")["with"]["path"] / name
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, goal)


def night(
    place: Path, published: Path, url: str, day: dt.date, origins: dict[str, str], *, first: bool
) -> dict[str, int]:
    """One night as the workflow runs it. Returns how many requests each platform took."""
    env = {"NIGHT": day.isoformat(), "FIRST": "true" if first else "", "SITE": url, "BANDING_URL": url}
    build = Machine(place / "build", origins, BANDING_BASE="/", **env)
    if not first:
        build.run("build", "history bootstrap")
    asked = {}
    for platform in PLATFORMS:
        machine = Machine(place / platform, origins, PLATFORM=platform, BANDING_CONTACT="test@contoh.id", **env)
        machine.run("crawl", "banding crawl")
        artifact = machine.artifact()
        asked[platform] = read_json(artifact[f"runs/ci/{platform}/report.json"])["requests"]
        build.download(artifact)
    build.run("build", "banding nightly")
    shutil.rmtree(published)
    shutil.copytree(build.folder / "public", published)
    shutil.rmtree(place)
    return asked


def test_nights_of_the_workflow_go_on_from_each_other(site: tuple[Path, str], tmp_path: Path) -> None:
    published, url = site
    replicas = serve.start(80, 1, NIGHT, None)
    try:
        asked, courses = [], []
        for number in range(3):
            day = NIGHT + dt.timedelta(days=number)
            asked.append(night(tmp_path / f"n{number}", published, url, day, dict(replicas.origins), first=number == 0))
            whole(published)
            coverage = read_json(published / "data/coverage.json")
            rows = {row["platform"]: row for row in coverage["platforms"] if row["platform"] in PLATFORMS}
            assert {row["outcome"] for row in rows.values()} == {"accepted"}
            courses.append(coverage["totals"]["courses"])
    finally:
        replicas.stop()
    assert courses == [courses[0]] * 3 and courses[0] > 20
    # Pages that show no change are not asked for again, although each night's machines knew nothing of the last.
    assert max(one["pijarmahir"] for one in asked[1:]) < asked[0]["pijarmahir"] / 3
    manifest = json.loads((published / "data/state/manifest.json").read_text(encoding="utf-8"))
    assert "state/crawl/pijarmahir.lines" in {entry["as"] for entry in manifest["files"]}


@pytest.mark.parametrize("ci", [True, False])
def test_what_was_crawled_at_home_comes_in(ci: bool, tmp_path: Path) -> None:
    """Also when the runners have crawled nothing: every platform blocks them, or all are crawled at home."""
    inbox, home = tmp_path / "inbox.git", tmp_path / "home"
    subprocess.run(["git", "init", "-q", "--bare", str(inbox)], check=True)
    (home / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "deploy/crawl-home.sh", home / "deploy")
    listing = make_listing(platform="pintaria", native_id="1").model_dump_json(exclude_defaults=True)
    (home / "listings.jsonl").write_text(listing + "\n", encoding="utf-8")
    spider = home / "spider"  # crawl PLATFORM --run RUN --date NIGHT --var VAR
    report = {"declared": 1, "declared_method": "pager_total", "received": 1}
    spider.write_text(
        '#!/bin/sh\nfolder=$8/runs/$4/$2 && mkdir -p "$folder" && cp listings.jsonl "$folder"\n'
        f"""printf '%s"platform": "%s", "run": "%s", "night": "%s", "started": "%s", "finished": "%s"}}' """
        f"""'{json.dumps(report, indent=1)[:-2]},\n "finish_reason": "'"$(cat end)"'", ' """
        """"$2" "$4" "$6" "$6" "$6" >"$folder/report.json"\n""",
        encoding="utf-8",
    )
    spider.chmod(0o755)
    env = {**os.environ, "BANDING": str(spider), "BANDING_VAR_DIR": "var"}
    for end in ("challenge", "finished", "challenge"):  # the last one is not asked: a good crawl lies there
        (home / "end").write_text(end, encoding="utf-8")
        subprocess.run([home / "deploy/crawl-home.sh", str(inbox), "pintaria"], env=env, check=True)
    day = next((home / "var/runs").iterdir()).name.removeprefix("home-")
    machine = Machine(tmp_path / "build", {}, NIGHT=day, REPOSITORY=f"file://{inbox}")
    if ci:
        folder = machine.folder / "var/runs/ci/tokopedia"
        shutil.copytree(home / f"var/runs/home-{day}/pintaria", folder)
        text = (folder / "report.json").read_text(encoding="utf-8")
        (folder / "report.json").write_text(text.replace("pintaria", "tokopedia"), encoding="utf-8")
    machine.run("build", "crawled at home")
    merged = {path.parent.name: read_json(path) for path in machine.folder.glob("var/runs/ci/*/report.json")}
    assert set(merged) == {"pintaria"} | ({"tokopedia"} if ci else set())
    assert {(one["received"], one["night"], one["finish_reason"]) for one in merged.values()} == {(1, day, "finished")}
