"""The site's plugins are no package: their folder comes on the path. One build serves most tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.site.building import ROOT, build_site, usual_courses, write_catalog

sys.path.insert(0, str(ROOT / "site" / "plugins"))


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_catalog(tmp_path_factory.mktemp("var"), usual_courses())


@pytest.fixture(scope="session")
def built(var: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build under /repo/ with an absolute address, as GitHub Pages has it."""
    out = tmp_path_factory.mktemp("out")
    return build_site(var, out, base="/repo/", url="https://contoh.example/repo")
