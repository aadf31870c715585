"""Data files that pages name by hand are there in every catalog, small or too large for single files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog import export_parts
from catalog.export import export_data
from tests.catalog.nights import START, Nights, make_spec
from tests.factories import make_listing

THEME = Path(__file__).parents[2] / "site/theme/templates"
ONLY_WITH_A_LIST = {"official.csv", "official.xlsx"}  # pages name them where the office gave its own list
_NAMED = re.compile(r'site\.base \}\}data/([\w./-]+\.\w+)"')


def named() -> set[str]:
    return {name for path in THEME.glob("**/*.html") for name in _NAMED.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("whole_up_to", [1, 18_000])
def test_every_data_file_that_a_page_names_is_written(
    whole_up_to: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", whole_up_to)
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.night(0, {"tokopedia": [make_listing(platform="tokopedia", native_id="1")]})
    export_data(nights.var, tmp_path / "data", build="b", night=START, sample=False)
    missing = {name for name in named() - ONLY_WITH_A_LIST if not (tmp_path / "data" / name).is_file()}
    assert not missing


def test_names_are_found() -> None:
    assert {"courses.json", "price-history.parquet"} <= named()
