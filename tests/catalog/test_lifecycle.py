"""Lives: gone after three accepted nights, stale after seven, archived off the programme; no night runs backwards."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from catalog.layout import Var
from catalog.lifecycle import Life, LifeStore, NightError, advance, status_of
from catalog.platforms import Dated, Spec
from catalog.quarantine import Quarantine
from tests.catalog.nights import START, make_spec
from tests.factories import make_offer

DAY = dt.timedelta(days=1)
SPECS = {"tokopedia": make_spec()}


def life(**over: object) -> Life:
    values = {"id": "tokopedia:1", "first_seen": START, "last_seen": START, "title": "Judul"}
    return Life(**(values | over))  # type: ignore[arg-type]


def official(first: dt.date | None, last: dt.date | None) -> Spec:
    return make_spec(official=[Dated.model_validate({"from": first, "to": last})])


@pytest.mark.parametrize(
    ("spec", "days", "expected"),
    [
        (make_spec(), 0, ("active", None)),
        (make_spec(), 7, ("active", None)),
        (make_spec(), 8, ("archived", "stale")),
        (make_spec(kind="directory"), 0, ("archived", "directory")),
        (official(START - 9 * DAY, START - DAY), 0, ("archived", "left_programme")),
        (official(START - 9 * DAY, START), 0, ("active", None)),
        (official(START + DAY, None), 0, ("archived", "not_yet_official")),
        (make_spec(official=[]), 0, ("archived", "not_yet_official")),
        (None, 0, ("archived", "left_programme")),
    ],
)
def test_status(spec: Spec | None, days: int, expected: tuple[str, str | None]) -> None:
    if days:
        assert status_of(life(), spec, START + days * DAY) == expected
    else:
        assert status_of(life(), spec, START) == expected


def test_gone_wins_over_everything() -> None:
    assert status_of(life(gone_since=START), make_spec(kind="directory"), START) == ("gone", None)


def run_nights(presence: str, accepted: str | None = None) -> list[str]:
    """One sign a night: x seen, . not seen; `accepted`: a accepted, h held. Gives the status of each night."""
    lives: dict[str, Life] = {}
    statuses = []
    good = START
    for number, sign in enumerate(presence):
        night = START + number * DAY
        if accepted is None or accepted[number] == "a":
            good = night
        offer = make_offer(first_seen=None, last_seen=None, price_since=None)
        present, absent = ([offer], []) if sign == "x" else ([], [offer])
        nights = {"tokopedia": good}
        lives = advance(lives, present, absent, night=night, good_nights=nights, specs=SPECS)
        statuses.append(offer.status)
    return statuses


def test_an_offer_is_gone_on_the_third_accepted_night_without_it() -> None:
    assert run_nights("x....") == ["active", "active", "active", "gone", "gone"]


def test_nights_on_which_the_platform_was_held_do_not_count_as_missed() -> None:
    assert run_nights("x.....", "aahhaa") == ["active", "active", "active", "active", "active", "gone"]


def test_being_seen_again_forgets_missed_nights() -> None:
    assert run_nights("x..x..") == ["active"] * 6
    assert run_nights("x...x.") == ["active", "active", "active", "gone", "active", "active"]


def test_price_since_moves_only_with_the_price() -> None:
    lives: dict[str, Life] = {}
    since = []
    for number, price in enumerate([100, 100, None, 100, 200, 200]):
        offer = make_offer(price_idr=price)
        night = START + number * DAY
        lives = advance(lives, [offer], [], night=night, good_nights={"tokopedia": night}, specs=SPECS)
        since.append((offer.price_since - START).days if offer.price_since else None)
    assert since == [0, 0, None, 3, 4, 4]


def test_last_seen_is_the_night_of_the_last_good_copy() -> None:
    offer = make_offer(last_seen=None)
    advance({}, [offer], [], night=START + 3 * DAY, good_nights={"tokopedia": START}, specs=SPECS)
    assert offer.last_seen == START


def test_an_absent_offer_that_no_night_knows_has_no_life() -> None:
    assert advance({}, [], [make_offer()], night=START, good_nights={}, specs=SPECS) == {}


@pytest.fixture
def store(tmp_path: Path) -> LifeStore:
    return LifeStore(Var(tmp_path), Quarantine(tmp_path / "quarantine"))


def test_lives_are_read_back_as_written(store: LifeStore) -> None:
    lives = {"a:1": life(id="a:1", missed=[START], price=5, why="stale"), "a:2": life(id="a:2", gone_since=START)}
    store.write(START, lives)
    assert store.on(START) == lives
    assert store.before(START) == {}
    assert store.before(START + DAY) == lives


def test_only_what_a_later_build_can_need_is_kept(store: LifeStore) -> None:
    for number in range(5):
        store.write(START + number * DAY, {})
    assert store.nights() == [START + 3 * DAY, START + 4 * DAY]


def test_a_night_before_the_last_built_one_is_refused_with_advice(store: LifeStore) -> None:
    store.write(START, {})
    store.check(START)
    with pytest.raises(NightError, match="check this machine's clock"):
        store.check(START - DAY)


def test_a_bad_line_is_set_aside_and_the_rest_is_read(store: LifeStore) -> None:
    store.write(START, {"a:1": life(id="a:1"), "a:2": life(id="a:2")})
    path = store.path(START)
    path.write_text(path.read_text()[:-30])
    assert set(store.on(START)) == {"a:1"}
    assert store.quarantine.count == 1


def test_a_file_of_another_schema_version_is_set_aside(store: LifeStore) -> None:
    store.write(START, {"a:1": life(id="a:1")})
    path = store.path(START)
    path.write_text(json.dumps({"schema_version": 7}) + "\n")
    assert store.before(START + DAY) == {}
    assert not path.exists()
