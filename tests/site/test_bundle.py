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
    code, parts = bundle(written(tmp_path, MODULES), ("main.js",), leave_out=("gone.js",))
    assert not parts
    run = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=False)
    assert run.stdout == "42 true\n", run.stderr
    assert "omment" not in code
    assert len(code) < sum(map(len, MODULES.values()))


def test_functions_that_nobody_imports_are_left_out(tmp_path: Path) -> None:
    unused = "export function quiet() {\n  return 'never';\n}\n"
    used = "export function twice() {\n  return 'used';\n}\nexport const own = twice();\n"
    main = 'import { own } from "./lib/c.js";\nexport function loud() {\n  return own;\n}\nconsole.log(own);\n'
    code = bundle(written(tmp_path, {"main.js": main, "lib/c.js": unused + used}), ("main.js",)).code
    run = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=False)
    assert run.stdout == "used\n", run.stderr
    assert "never" not in code and "loud" in code


def test_equal_modules_give_equal_code(tmp_path: Path) -> None:
    folder = written(tmp_path, MODULES)
    assert bundle(folder, ("main.js",)) == bundle(folder, ("main.js",))


LATER = {
    "main.js": 'import { state } from "./lib/a.js";\nstate.n = 7;\n'
    'const late = () => import("./late.js").then(({ triple }) => triple(state.n));\n'
    "late().catch(() => late()).then(console.log, (error) => console.log(error.code));\n",
    "late.js": 'import { double } from "./lib/a.js";\nimport { own } from "./lib/own.js";\n'
    "export const triple = (n) => double(n) + own(n);\n",
    "lib/own.js": "export const own = (n) => n;\n",
}


def run_parts(folder: Path, code: str, parts: dict[str, str]) -> str:
    """What the first file prints that stands with these parts in a folder."""
    written(folder, {"package.json": '{"type": "module"}', "first.js": code, **parts})
    return subprocess.run(["node", "first.js"], cwd=folder, capture_output=True, text=True, check=False).stdout


def test_what_is_imported_later_is_a_part_that_shares_the_first_files_modules(tmp_path: Path) -> None:
    code, parts = bundle(written(tmp_path, MODULES | LATER), ("main.js",))
    [(name, part)] = parts.items()
    assert name in code and "*2" not in part, "what both need stands in the first file"
    (tmp_path / "out").mkdir()
    assert run_parts(tmp_path / "out", code, parts) == "21\n"
    changed = bundle(written(tmp_path, {"lib/own.js": "export const own = (n) => n + 1;\n"}), ("main.js",))
    assert name not in changed.parts and name not in changed.code


def test_what_is_imported_later_may_stand_in_the_first_file_too(tmp_path: Path) -> None:
    code, parts = bundle(written(tmp_path, MODULES | LATER), ("main.js",), parted=False)
    assert not parts
    (tmp_path / "out").mkdir()
    assert run_parts(tmp_path / "out", code, parts) == "21\n"


def test_a_part_that_failed_is_asked_for_under_another_address(tmp_path: Path) -> None:
    code, parts = bundle(written(tmp_path, MODULES | LATER), ("main.js",))
    [(name, part)] = parts.items()
    # Its module is loaded once under each address: the second try is a new one.
    failing = f"if (import.meta.url.endsWith('.js')) throw new Error();\n{part}"
    (tmp_path / "out").mkdir()
    assert run_parts(tmp_path / "out", code, {name: failing}) == "21\n"
    assert run_parts(tmp_path / "out", code, {name: "throw Object.assign(new Error(), { code: 'no' });"}) == "no\n"


def test_parts_do_not_share_modules_with_each_other(tmp_path: Path) -> None:
    other = {"other.js": 'import { own } from "./lib/own.js";\nexport const one = own(1);\n'}
    main = 'import("./late.js");\nimport("./other.js");\n'
    with pytest.raises(BundleError, match=r"own\.js: .*first file's"):
        bundle(written(tmp_path, MODULES | LATER | other | {"main.js": main}), ("main.js",))
    further = {"lib/own.js": 'export const own = () => import("../other.js");\n', "other.js": "export const one = 1;\n"}
    with pytest.raises(BundleError, match=r"own\.js: .*no further part"):
        bundle(written(tmp_path, MODULES | LATER | further), ("main.js",))


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
