"""`make audit`: silence of the advisory services is no good news."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("audit", ROOT / "tools/audit.py")
assert SPEC is not None and SPEC.loader is not None
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

GOOD = {"name": "one", "version": "1.0", "vulns": []}
HOLE = {"name": "two", "version": "2.0", "vulns": [{"id": "TEST-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "three", "skip_reason": "not found"}


def answers(monkeypatch: pytest.MonkeyPatch, *given: Any) -> list[str]:
    """Each call of pip-audit prints the next answer; returns the services that were asked."""
    asked: list[str] = []
    rest = list(given)

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command[command.index("--vulnerability-service") + 1])
        value = rest.pop(0)
        text = value if isinstance(value, str) else json.dumps({"dependencies": value})
        return subprocess.CompletedProcess(command, 0, text, "")

    monkeypatch.setattr(audit.subprocess, "run", run)
    return asked


@pytest.mark.parametrize(
    ("given", "code", "words", "services"),
    [
        ([[GOOD]], 0, "1 packages, no known vulnerability", ["pypi"]),
        ([[GOOD, HOLE]], 1, "two 2.0: TEST-1, fixed in 2.1", ["pypi"]),
        ([[GOOD, SKIPPED], [GOOD]], 0, "no known vulnerability", ["pypi", "osv"]),
        ([[GOOD, SKIPPED], [GOOD, SKIPPED]], 2, "1 of 2 packages could not be judged", ["pypi", "osv"]),
        ([[HOLE, SKIPPED], [HOLE, SKIPPED]], 1, "TEST-1", ["pypi", "osv"]),
        (["", "no json"], 2, "no package could be judged: no advisory service answered", ["pypi", "osv"]),
        ([[], []], 2, "no advisory service answered", ["pypi", "osv"]),
    ],
)
def test_only_a_full_answer_is_good_news(
    given: list[Any], code: int, words: str, services: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, *given)
    got, lines = audit.audit(Path("some.lock"))
    assert (got, asked) == (code, services)
    assert words in lines[0]


def test_the_worst_file_decides(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers(monkeypatch, [SKIPPED], [SKIPPED], [HOLE])
    assert audit.main(["a.lock", "b.lock"]) == 1
    assert capsys.readouterr().err.count("audit: ") == 2
