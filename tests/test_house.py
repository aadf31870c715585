"""The house: imports run one way, site/ and content/ are no packages, the packages list is complete."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
OURS = {"catalog", "spiders", "search_index", "nightly"}
MAY_IMPORT = {
    "catalog": {"catalog"},
    "spiders": {"spiders", "catalog"},
    "search_index": {"search_index", "catalog"},
    "nightly": OURS,
    "site": {"catalog", "search_index"},
}
OUTSIDE = {  # heavy libraries and the only folder that may import them
    "scrapy": {"spiders"},
    "whoosh": {"search_index"},
    "pelican": {"site"},
}


def imported(source: str) -> Iterator[str]:
    """Top-level names that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def violations(folder: str, source: str) -> list[str]:
    names = set(imported(source))
    wrong = sorted((names & OURS) - MAY_IMPORT[folder])
    wrong += sorted(n for n, folders in OUTSIDE.items() if n in names and folder not in folders)
    return wrong


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_imports_run_one_way(folder: str) -> None:
    found = {str(p.relative_to(ROOT)): violations(folder, p.read_text(encoding="utf-8")) for p in modules(folder)}
    assert found, f"{folder}/ holds no module: the check would be empty"
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("folder", "source", "wrong"),
    [
        ("catalog", "import scrapy", ["scrapy"]),
        ("catalog", "def f():\n    from spiders.base import Base", ["spiders"]),
        ("search_index", "from nightly.cli import main", ["nightly"]),
        ("site", "import spiders.run", ["spiders"]),
        ("nightly", "import whoosh.index", ["whoosh"]),
        ("nightly", "import catalog.records", []),
        ("catalog", "", []),
    ],
)
def test_a_wrong_import_is_seen(folder: str, source: str, wrong: list[str]) -> None:
    assert violations(folder, source) == wrong


@pytest.mark.parametrize("folder", ["site", "content"])
def test_site_and_content_are_no_packages(folder: str) -> None:
    assert (ROOT / folder).is_dir()
    assert list((ROOT / folder).rglob("__init__.py")) == []


def test_the_packages_list_names_every_package_and_no_other() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    there = {
        ".".join(init.parent.relative_to(ROOT).parts) for top in OURS for init in (ROOT / top).rglob("__init__.py")
    }
    assert sorted(listed) == sorted(there)


def test_every_locked_package_runs_on_debians_python() -> None:
    """Debian 12 has Python 3.11.2; a package that asks for more would stop `make demo` there."""
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)}
    asked = {
        dist.metadata["Name"].lower(): SpecifierSet(dist.metadata["Requires-Python"])
        for dist in distributions()
        if dist.metadata["Requires-Python"]
    }
    assert len(locked & asked.keys()) > 100
    assert sorted(name for name in locked & asked.keys() if not asked[name].contains("3.11.2")) == []


def test_locks_name_no_registry_and_carry_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, f"{name} carries an address"
        assert text.count("--hash=sha256:") > 20
