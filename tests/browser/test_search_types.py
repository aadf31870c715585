"""The engine's scripts keep the types that their comments promise (TypeScript's checker, nothing is compiled)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "site/theme/static/js/search"
CHECKER = HERE / "node_modules/.bin/tsc"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHECKER.exists(), reason="npm packages of tests/browser are not installed (make test does)"),
]


def check(folder: Path, work: Path) -> subprocess.CompletedProcess[str]:
    """Checks all scripts of a folder with the settings of tsconfig.json."""
    settings = {"extends": str(HERE / "tsconfig.json"), "include": [f"{folder}/*.js"]}
    config = work / "tsconfig.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    return subprocess.run([CHECKER, "-p", config], capture_output=True, text=True, check=False, timeout=180)


def test_the_engine_is_well_typed(tmp_path: Path) -> None:
    found = check(SCRIPTS, tmp_path)
    assert found.returncode == 0, found.stdout


def test_a_wrong_type_is_found(tmp_path: Path) -> None:
    for script in SCRIPTS.glob("*.js"):
        shutil.copy(script, tmp_path)
    codec = tmp_path / "codec.js"
    codec.write_text(codec.read_text(encoding="utf-8") + '\n/** @type {number} */\nexport const wrong = "text";\n')
    found = check(tmp_path, tmp_path)
    assert found.returncode != 0
    assert "codec.js" in found.stdout
