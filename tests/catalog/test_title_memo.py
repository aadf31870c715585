"""Keys of titles from the night before: equal to new ones, and forgotten when what makes them changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog import title_memo
from catalog.layout import Var
from catalog.same_title import title_key
from catalog.title_memo import TitleMemo

TITLES = ["Merajut Topi Lanjutan di Kota Bogor", "Excel 2 (Webinar)", "", "Brevet Pajak A dan B", "日本語 N3\u2028x"]


def remembered(var: Var, titles: list[str]) -> TitleMemo:
    memo = TitleMemo(var)
    for title in titles:
        assert memo.of(title) == title_key(title)
    return memo


def test_a_key_of_the_night_before_equals_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered(Var(tmp_path), TITLES).save()
    made: list[str] = []
    monkeypatch.setattr(title_memo, "title_key", lambda title: made.append(title) or title_key(title))
    remembered(Var(tmp_path), [*TITLES, "Judul Baru"])
    assert made == ["Judul Baru"]


def test_titles_that_are_no_more_are_forgotten(tmp_path: Path) -> None:
    remembered(Var(tmp_path), TITLES).save()
    remembered(Var(tmp_path), TITLES[:1]).save()
    assert len(TitleMemo(Var(tmp_path)).path.read_text(encoding="utf-8").splitlines()) == 2


def test_the_file_of_the_same_titles_stays_as_it_is(tmp_path: Path) -> None:
    remembered(Var(tmp_path), TITLES).save()
    before = TitleMemo(Var(tmp_path)).path.stat()
    remembered(Var(tmp_path), TITLES[::-1]).save()
    after = TitleMemo(Var(tmp_path)).path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("text", ["", "another program\n[]\n", "{context}\nnot json\n", "{context}\n[1]\n"])
def test_a_file_that_can_not_be_used_costs_time_only(tmp_path: Path, text: str) -> None:
    memo = TitleMemo(Var(tmp_path))
    memo.path.parent.mkdir(parents=True, exist_ok=True)
    memo.path.write_text(text.format(context=memo.context), encoding="utf-8")
    remembered(Var(tmp_path), TITLES).save()
