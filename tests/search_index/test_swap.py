"""A new index takes the old one's place: who opens it meanwhile has one of the two, whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import exchange
from search_index.build import build_index
from search_index.filters import Query
from search_index.lexicon import Lexicon
from search_index.query import Index, SearchError
from tests.search_index.support import make_catalog

OLD, NEW = make_catalog(40)[:20], make_catalog(40)
ALL = Query(q="")


def total(folder: Path) -> int:
    with Index(folder) as opened:
        assert opened.lexicon.courses == opened.searcher.doc_count()
        return opened.search(ALL).total


@pytest.mark.parametrize("by_renames", [False, True])
def test_the_new_index_stands_alone_where_the_old_one_stood(
    by_renames: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_renames:
        monkeypatch.setattr(exchange, "_renameat2", lambda *_: False)
    build_index(OLD, tmp_path / "index")
    before = total(tmp_path / "index")
    build_index(NEW, tmp_path / "index")
    assert total(tmp_path / "index") > before
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_index_that_is_replaced_while_it_is_opened_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    build_index(OLD, folder)
    real, loads = Lexicon.load, 0

    def load(path: Path) -> Any:
        nonlocal loads
        loads += 1
        if loads == 1:
            build_index(NEW, folder)  # the segments that were opened are gone now
        return real(path)

    monkeypatch.setattr(Lexicon, "load", load)
    with Index(folder) as opened:
        assert opened.lexicon.courses == opened.searcher.doc_count() == sum(c.status == "active" for c in NEW)
    assert loads == 2


@pytest.mark.parametrize("name", ["*.seg", "*.toc", "lexicon.json"])
@pytest.mark.parametrize("how", [b"", b"{}", b"\x00" * 500, None])
def test_a_damaged_index_is_said_in_one_line(name: str, how: bytes | None, tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="no search index"):
        Index(tmp_path / "index")
    build_index(OLD, tmp_path / "index")
    for path in (tmp_path / "index").glob(name):
        path.unlink() if how is None else path.write_bytes(how)
    with pytest.raises(SearchError, match="banding index"):
        Index(tmp_path / "index")
