"""A month of nights with a script of faults: each story is told on the right morning, and nothing else is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from catalog.alarms import AlarmsFile
from catalog.figures import Coverage
from catalog.records import Listing
from tests.catalog.nights import START, Nights, listings, make_spec

SIZE = 120
MONTH = 30


def spec_of_joiner() -> object:
    return make_spec("pijarmahir", official=[{"from": (START + dt.timedelta(days=20)).isoformat()}])


def spec_of_renamed() -> object:
    change = START + dt.timedelta(days=18)
    before = change - dt.timedelta(days=1)
    return make_spec(
        "sekolahmu",
        names=[{"name": "Sekolahmu", "to": before.isoformat()}, {"name": "Kariermu", "from": change.isoformat()}],
    )


@dataclass
class Story:
    """What happened on every morning, as the coverage file tells it."""

    opened: dict[int, set[str]] = field(default_factory=dict)
    closed: dict[int, set[str]] = field(default_factory=dict)
    events: dict[int, set[str]] = field(default_factory=dict)
    outcomes: dict[int, dict[str, str]] = field(default_factory=dict)


def shrinking(night: int) -> range:
    """3 % fewer every night from the 8th to the 16th."""
    kept = SIZE * 0.97 ** max(0, min(night, 16) - 7)
    return range(int(kept))


def dear(items: list[Listing], provider: str) -> list[Listing]:
    """One provider's prices times ten."""

    def tenfold(price: str | None) -> str:
        amount = int("".join(sign for sign in price or "" if sign.isdigit())) * 10
        return "Rp" + f"{amount:,}".replace(",", ".")

    return [x.model_copy(update={"price": tenfold(x.price)}) if x.provider == provider else x for x in items]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Nights, Story]:
    specs = [
        make_spec("tokopedia"),
        make_spec("bukalapak"),
        make_spec("pintaria"),
        make_spec("maubelajarapa"),
        spec_of_renamed(),
        spec_of_joiner(),
    ]
    nights = Nights(tmp_path_factory.mktemp("month"), specs)  # type: ignore[arg-type]
    story = Story()
    for number in range(MONTH):
        runs: dict[str, list[Listing] | None] = {
            name: listings(name, range(SIZE)) for name in ("tokopedia", "bukalapak", "maubelajarapa", "sekolahmu")
        }
        reports: dict[str, dict[str, object]] = {}
        if 10 <= number < 13:  # down for three nights
            runs["tokopedia"], reports["tokopedia"] = (
                [],
                {"finish_reason": "dns", "declared": None, "errors": {"dns": 5}},
            )
        if number == 15:  # a redesign: every price vanished from the page
            runs["bukalapak"] = [x.model_copy(update={"price": None}) for x in listings("bukalapak", range(SIZE))]
        runs["pintaria"] = listings("pintaria", shrinking(number))
        if number == 22:
            runs["maubelajarapa"] = dear(runs["maubelajarapa"] or [], "LPK Contoh 3")
        if number >= 20:
            runs["pijarmahir"] = listings("pijarmahir", range(SIZE))
        nights.night(number, runs, reports)
        tell(nights, number, story)
    return nights, story


def tell(nights: Nights, number: int, story: Story) -> None:
    folder = nights.var.catalog
    coverage = Coverage.model_validate_json((folder / "coverage.json").read_text())
    alarms = AlarmsFile.model_validate_json((folder / "alarms.json").read_text())
    night = START + dt.timedelta(days=number)
    story.opened[number] = {f"{a.rule}:{a.platform}" for a in (*alarms.open, *alarms.closed) if a.opened == night}
    story.closed[number] = {f"{a.rule}:{a.platform}" for a in alarms.closed if a.closed == night}
    story.events[number] = {f"{event.kind}:{event.platform}" for event in coverage.events}
    story.outcomes[number] = {row.platform: row.outcome for row in coverage.platforms}


def mornings(told: dict[int, set[str]]) -> dict[int, set[str]]:
    return {number: said for number, said in told.items() if said}


@pytest.mark.e2e
def test_every_alarm_opens_on_its_morning_and_no_other_opens(month: tuple[Nights, Story]) -> None:
    assert mornings(month[1].opened) == {
        10: {"ditahan:tokopedia"},
        11: {"susut:pintaria"},
        15: {"ditahan:bukalapak"},
        22: {"harga-bergeser:maubelajarapa"},
    }


@pytest.mark.e2e
def test_every_alarm_closes_once_when_its_story_is_over(month: tuple[Nights, Story]) -> None:
    closed = mornings(month[1].closed)
    assert closed.pop(13) == {"ditahan:tokopedia"}
    assert closed.pop(16) == {"ditahan:bukalapak"}
    assert closed.pop(23) == {"harga-bergeser:maubelajarapa"}
    # The slow shrink ends on the 16th night; its alarm closes when the usual number has come down to the new one.
    assert list(closed.values()) == [{"susut:pintaria"}]
    assert min(closed) > 16


@pytest.mark.e2e
def test_platforms_that_join_or_change_their_name_are_told_once(month: tuple[Nights, Story]) -> None:
    assert mornings(month[1].events) == {
        18: {"renamed:sekolahmu"},
        20: {"joined:pijarmahir", "first_collected:pijarmahir"},
    }


@pytest.mark.e2e
def test_outcomes_tell_held_from_not_run(month: tuple[Nights, Story]) -> None:
    outcomes = month[1].outcomes
    assert [outcomes[n]["tokopedia"] for n in range(9, 14)] == ["accepted", "held", "held", "held", "accepted"]
    assert {outcomes[n]["pijarmahir"] for n in range(20)} == {"not_run"}
    assert {outcomes[n]["pijarmahir"] for n in range(20, MONTH)} == {"accepted"}


@pytest.mark.e2e
def test_a_platform_that_was_down_lost_no_offer(month: tuple[Nights, Story]) -> None:
    nights = month[0]
    for number in range(10, 14):
        row = nights.row(nights.summaries[START + dt.timedelta(days=number)], "tokopedia")
        assert (row.published, row.gone, row.new) == (SIZE, 0, 0)


@pytest.mark.e2e
def test_the_shrinking_platform_counts_its_gone_offers_three_nights_later(month: tuple[Nights, Story]) -> None:
    nights = month[0]
    gone = {n: nights.row(nights.summaries[START + dt.timedelta(days=n)], "pintaria").gone for n in range(MONTH)}
    lost = {n: len(shrinking(n - 1)) - len(shrinking(n)) for n in range(1, MONTH)}
    assert {n: number for n, number in gone.items() if number} == {
        n + 2: number for n, number in lost.items() if number
    }


@pytest.mark.e2e
def test_trends_hold_a_line_for_every_platform_and_night(month: tuple[Nights, Story]) -> None:
    lines = (month[0].var.state / "trends.jsonl").read_text().splitlines()
    assert len(lines) == MONTH * 6
