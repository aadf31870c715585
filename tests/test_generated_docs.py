"""Generated documents: up to date, and a stale one is seen."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "tools" / "generate_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_documents_are_up_to_date(generator: ModuleType) -> None:
    assert [path.name for path in generator.stale(generator.generated())] == []


def test_a_document_that_differs_or_is_missing_is_seen(generator: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "good.md").write_text("new")
    files = {tmp_path / name: "new" for name in ("old.md", "good.md", "none.md")}
    assert [path.name for path in generator.stale(files)] == ["old.md", "none.md"]
    assert generator.stale({}) == []


def test_every_published_key_and_column_is_explained(generator: ModuleType) -> None:
    text = generator.document()
    for model in generator.PUBLISHED:
        assert all(f"`{info.alias or name}`" in text for name, info in model.model_fields.items())
    for table in generator.TABLES:
        assert all(f"`{column.name}`" in text for column in table.columns)
