"""The linker of the search page's scripts: what it joins runs the same, what it does not know is an error."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from banding_bundle import BundleError, bundle, minified

MODULES = {
    "main.js": 'import { double, state } from "./lib/a.js";\nimport { Gone } from "./gone.js";\n'
    "// A comment.\nstate.n = double(20);\nconsole.log(state.n + 2, new Gone() instanceof Gone);\n",
    "lib/a.js": 'import { two } from "./b.js";\n/** Twice. */\nexport function double(n) {\n  return n * two;\n}\n'
    "export const state = { n: 0 };\n",
    "lib/b.js": "export const two = 2;\n",
    "gone.js": "export class Gone { constructor() { throw new Error(); } }\n",
}


def written(folder: Path, modules: dict[str, str]) -> Path:
    for name, code in modules.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, encoding="utf-8")
    return folder


def test_joined_modules_run_as_they_would_apart(tmp_path: Path) -> None:
    code = bundle(written(tmp_path, MODULES), ("main.js",), leave_out=("gone.js",))
    run = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=False)
    assert run.stdout == "42 true\n", run.stderr
    assert "omment" not in code
    assert len(code) < sum(map(len, MODULES.values()))


def test_functions_that_nobody_imports_are_left_out(tmp_path: Path) -> None:
    unused = "export function quiet() {\n  return 'never';\n}\n"
    used = "export function twice() {\n  return 'used';\n}\nexport const own = twice();\n"
    main = 'import { own } from "./lib/c.js";\nexport function loud() {\n  return own;\n}\nconsole.log(own);\n'
    code = bundle(written(tmp_path, {"main.js": main, "lib/c.js": unused + used}), ("main.js",))
    run = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=False)
    assert run.stdout == "used\n", run.stderr
    assert "never" not in code and "loud" in code


def test_equal_modules_give_equal_code(tmp_path: Path) -> None:
    folder = written(tmp_path, MODULES)
    assert bundle(folder, ("main.js",)) == bundle(folder, ("main.js",))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ('import { a } from "./main.js";\n', "round in circles"),
        ('import { two as zwei } from "./lib/b.js";\n', "import … as"),
        ('import all from "./lib/b.js";\n', "does not know"),
        ("export default 1;\n", "does not know"),
    ],
)
def test_what_the_linker_does_not_know_is_an_error_that_names_the_module(tmp_path: Path, code: str, says: str) -> None:
    with pytest.raises(BundleError, match=rf"main\.js: .*{says}"):
        bundle(written(tmp_path, MODULES | {"main.js": code}), ("main.js",))


def test_nothing_stays_nothing() -> None:
    assert minified("// only a comment\n").strip() == ""
