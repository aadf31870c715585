"""Ids and slugs outlive nights: offers that come and go, part and join; and files that can't be used."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from catalog import registry
from catalog.layout import Var
from catalog.matching import Decisions, Registry, decisions_of, group
from catalog.records import Offer
from catalog.registry import DecisionError, RegistryError
from tests.factories import PLATFORMS, make_offer

NONE = Decisions()


def ids(registry: Registry, offers: list[Offer], decisions: Decisions = NONE) -> dict[str, str]:
    return {o.id: c.id for c in group(offers, registry, decisions) for o in c.offers}


def test_an_id_is_made_from_the_first_offer_not_from_text() -> None:
    first = group([make_offer(title="Merajut Topi")], Registry(), NONE)[0]
    renamed = group([make_offer(title="Judul Lain Sama Sekali")], Registry(), NONE)[0]
    assert first.id == renamed.id and re.fullmatch(r"c[0-9a-f]{8}", first.id)
    assert first.slug.startswith("merajut-topi-") and first.slug != renamed.slug


def test_an_id_that_is_taken_is_made_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = registry._digest
    monkeypatch.setattr(registry, "_digest", lambda text, size: "0" * 8 if size == 4 else digest(text, size))
    offers = [make_offer(title=f"Merajut {n}", native_id=str(n)) for n in range(3)]
    courses = group(offers, Registry(), NONE)
    assert sorted(len(course.id) for course in courses) == [9, 13, 13]
    assert len({course.id for course in courses}) == len({course.slug for course in courses}) == 3


@pytest.mark.parametrize("title", ["../", "🎉", "a/b?c#d", "<script>", "x" * 900, "Ünïcödé ñ", "日本語", "   "])
def test_slugs_are_safe_and_short(title: str) -> None:
    course = group([make_offer(title=title, native_id="../../x")], Registry(), NONE)[0]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", course.slug) and len(course.slug) <= 80


def test_equal_titles_get_their_own_slugs() -> None:
    offers = [make_offer(title="Merajut Topi", native_id=str(n), provider_id=f"lembaga{n}") for n in range(50)]
    courses = group(offers, Registry(), NONE)
    assert len({c.slug for c in courses}) == len({c.id for c in courses}) == 50


def test_the_slug_stays_when_the_title_changes() -> None:
    registry = Registry()
    before = group([make_offer(title="Merajut Topi")], registry, NONE)[0]
    after = group([make_offer(title="Menyulam Syal")], registry, NONE)[0]
    assert (before.id, before.slug) == (after.id, after.slug)


def test_the_id_stays_when_the_first_offer_leaves() -> None:
    registry = Registry()
    first, second = (make_offer(platform=p, title="Merajut Topi") for p in ("bukalapak", "tokopedia"))
    together = ids(registry, [first, second])[second.id]
    assert ids(registry, [second])[second.id] == together
    assert set(ids(registry, [first, second]).values()) == {together}


def test_courses_that_turn_out_to_be_one_keep_the_older_id() -> None:
    registry = Registry()
    first, second = make_offer(title="Merajut Topi"), make_offer(platform="bukalapak", title="Topi Rajut")
    old = ids(registry, [first])[first.id]
    new = ids(registry, [first, second])[second.id]
    assert old != new
    one = Decisions.of([("same", first.id, second.id)])
    assert set(ids(registry, [first, second], one).values()) == {old}
    assert registry.current(new) == old


def test_when_a_course_parts_the_larger_part_keeps_the_id() -> None:
    registry = Registry()
    offers = [make_offer(platform=p, title="Merajut Topi") for p in ("bukalapak", "pintaria", "tokopedia")]
    whole = ids(registry, offers)[offers[0].id]
    apart = Decisions.of([("different", offers[0].id, o.id) for o in offers[1:]])
    parted = ids(registry, offers, apart)
    assert [parted[o.id] == whole for o in offers] == [False, True, True]
    assert ids(registry, offers, apart) == parted


def test_ids_stay_over_a_month_of_nights() -> None:
    """Offers leave, come back, are renamed in case and decoration. Every offer keeps its course: the id that it first
    had, or the older one that this id was merged into when two offers met for the first time."""
    dice = random.Random(11)
    offers = [
        make_offer(platform=platform, native_id=str(n), title=f"Merajut Pola Nomor {n}", provider_id=f"lembaga{n % 7}")
        for n in range(60)
        for platform in dice.sample(PLATFORMS, dice.choice((1, 2, 3)))
    ]
    registry, known, slugs = Registry(), {}, {}
    for _ in range(30):
        tonight = []
        for offer in dice.sample(offers, round(len(offers) * dice.uniform(0.6, 1))):
            title = dice.choice((offer.title, offer.title.upper(), f"[PROMO] {offer.title}"))
            tonight.append(
                offer.model_copy(update={"title": title, "price_idr": dice.choice((None, 100_000, 250_000))})
            )
        for course in group(tonight, registry, NONE):
            assert slugs.setdefault(course.id, course.slug) == course.slug
            for offer in course.offers:
                assert registry.current(known.setdefault(offer.id, course.id)) == course.id
    assert len({registry.current(course) for course in known.values()}) == 60


def test_ids_never_move_while_absent_offers_are_still_handed_in() -> None:
    """The night's job hands in gone offers too: then an id never changes at all."""
    dice = random.Random(3)
    offers = [
        make_offer(platform=p, native_id=str(n), title=f"Merajut Pola Nomor {n}")
        for n in range(40)
        for p in PLATFORMS[:3]
    ]
    registry, known, seen = Registry(), {}, {}
    for _ in range(30):
        tonight = {o.id for o in dice.sample(offers, 60)}
        seen |= {o.id: o for o in offers if o.id in tonight}
        current = [o.model_copy(update={"status": "active" if o.id in tonight else "gone"}) for o in seen.values()]
        for course in group(current, registry, NONE):
            for offer in course.offers:
                assert known.setdefault(offer.id, course.id) == course.id
    assert len(set(known.values())) == 40 and registry.merged == {}


def test_a_late_link_between_two_offers_merges_and_stays_merged(tmp_path: Path) -> None:
    """Two offers that were never seen together get two ids; seen together, the older one wins, also after saving."""
    registry, path = Registry(), tmp_path / "registry.json"
    a, b = (make_offer(platform=p, title="Merajut Topi") for p in ("tokopedia", "bukalapak"))
    first, second = ids(registry, [a])[a.id], ids(registry, [b])[b.id]
    assert set(ids(registry, [a, b]).values()) == {first}
    registry.save(path)
    assert ids(Registry.load(path), [b])[b.id] == first
    assert Registry.load(path).current(second) == first


def test_saving_and_loading_changes_nothing(tmp_path: Path) -> None:
    registry, path = Registry(), tmp_path / "state" / "registry.json"
    ids(registry, [make_offer(native_id=str(n), title=f"Merajut {n}") for n in range(9)])
    registry.save(path)
    first = path.read_bytes()
    Registry.load(path).save(path)
    assert path.read_bytes() == first
    assert Registry.load(tmp_path / "none.json").offers == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "offers": {"a": 1}}', '{"version": 1, "offers": []}']
)
def test_a_registry_that_cant_be_used_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registry.json"
    path.write_text(text)
    with pytest.raises(RegistryError, match="restore it") as error:
        Registry.load(path)
    assert "\n" not in str(error.value)


def test_decisions_from_files(tmp_path: Path) -> None:
    (tmp_path / "same_course.csv").write_text("verdict,offer_a,offer_b,reason,reviewed\nsame,b:2,a:1,x,2026-11-21\n")
    decisions = decisions_of(Var(tmp_path))
    assert ("a:1", "b:2") in decisions.same
    assert Decisions.load(tmp_path / "none.csv") == NONE


@pytest.mark.parametrize("line", ["maybe,a:1,b:2", "same,a:1,", "same,a:1,a:1", "same"])
def test_a_bad_decision_names_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "same_course.csv"
    path.write_text(f"verdict,offer_a,offer_b\n{line}\n")
    with pytest.raises(DecisionError, match="line 2"):
        Decisions.load(path)


def test_different_beats_same() -> None:
    decisions = Decisions.of([("same", "a:1", "b:2"), ("different", "b:2", "a:1")])
    assert decisions.same == frozenset() and decisions.apart("a:1", "b:2")
