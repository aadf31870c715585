"""A new source leaves its trial by itself: two accepted nights, whatever lies between them."""

from __future__ import annotations

from pathlib import Path

from catalog.coverage import TRIAL_NIGHTS, mark_trials
from tests.catalog.nights import Nights, listings, make_spec


def test_a_trial_ends_with_the_second_accepted_night(tmp_path: Path) -> None:
    specs = [make_spec("tokopedia", trial=True), make_spec("bukalapak"), make_spec("sisnaker", trial=True)]
    nights = Nights(tmp_path, specs)
    good, other = listings("tokopedia", range(30)), listings("bukalapak", range(30))
    held = {"tokopedia": {"finish_reason": "challenge"}}
    told = [
        nights.night(0, {"tokopedia": good, "bukalapak": other}),
        nights.night(0, {"tokopedia": good, "bukalapak": other}),  # the same night again is no second night
        nights.night(1, {"tokopedia": good, "bukalapak": other}, held),
        nights.night(2, {"bukalapak": other}),
        nights.night(3, {"tokopedia": good, "bukalapak": other}),
        nights.night(4, {"tokopedia": good, "bukalapak": other}, held),
    ]
    assert [nights.row(one, "tokopedia").outcome for one in told] == [
        "accepted", "accepted", "held", "not_run", "accepted", "held"
    ]  # fmt: skip
    assert [nights.row(one, "tokopedia").trial for one in told] == [True, True, True, True, False, False]
    assert not any(nights.row(one, "bukalapak").trial for one in told)
    assert all(nights.row(one, "sisnaker").trial for one in told)
    shown = {row["platform"]: row["trial"] for row in nights.json("coverage.json")["platforms"]}
    assert shown == {"tokopedia": False, "bukalapak": False, "sisnaker": True}


def test_without_platforms_nothing_is_on_trial() -> None:
    mark_trials({}, [], [])
    assert TRIAL_NIGHTS == 2
