"""The last nights' changes: kept a month, told again as they were, whatever happens to the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog.change_book import KEPT, ChangeBook
from catalog.changes import Change, Changes
from catalog.layout import Var
from catalog.quarantine import Quarantine
from tests.factories import NIGHT

DAY = dt.timedelta(days=1)


def book_in(folder: Path) -> ChangeBook:
    var = Var(folder)
    return ChangeBook(var, Quarantine(var.quarantine))


def night(number: int, *kinds: str) -> Changes:
    told = [Change(kind=kind, offer=f"tokopedia:{kind}", platform="tokopedia", title="Roti") for kind in kinds]
    return Changes(night=NIGHT + number * DAY, since=NIGHT + (number - 1) * DAY if number else None, changes=told)


def test_a_catalogs_first_night_is_no_change(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    assert book.until(NIGHT) == []
    book.add(night(0, "new"))
    assert book.until(NIGHT) == []


def test_nights_are_kept_for_a_month_with_what_readers_care_for(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    for number in range(KEPT + 5):
        book.add(night(number, "new", "renamed", "cheaper"))
    kept = book.until(NIGHT + 100 * DAY)
    assert [changes.night for changes in kept] == [NIGHT + number * DAY for number in range(5, KEPT + 5)]
    assert all([change.kind for change in changes.changes] == ["new", "cheaper"] for changes in kept)
    assert [changes.night for changes in book.until(NIGHT + 5 * DAY)] == [NIGHT + 5 * DAY]


def test_a_night_that_runs_again_is_told_once(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    for changes in (night(1, "new"), night(2, "gone"), night(2, "dearer")):
        book.add(changes)
    assert [[c.kind for c in changes.changes] for changes in book.until(NIGHT + 9 * DAY)] == [["new"], ["dearer"]]


def test_a_broken_line_is_set_aside_and_costs_no_other_night(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    book.add(night(1, "new"))
    with book.path.open("a", encoding="utf-8") as lines:
        lines.write('{"night": "kemarin"}\n')
    again = book_in(tmp_path)
    assert len(again.until(NIGHT + 9 * DAY)) == 1
    assert again.quarantine.count == 1


def test_a_line_separator_in_a_title_ends_no_line(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    changes = night(1, "new")
    changes.changes[0].title = "Roti\u2028Manis"
    book.add(changes)
    again = book_in(tmp_path)
    assert again.until(NIGHT + 9 * DAY) == [changes]
    assert again.quarantine.count == 0
