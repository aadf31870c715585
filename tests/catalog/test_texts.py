"""Long texts wait on disk while courses are made, and come back as they were."""

from __future__ import annotations

from pathlib import Path

from catalog.assemble import assemble
from catalog.texts import Texts
from tests.factories import make_offer

ODD = 'baris satu\nbaris "dua" \\ \x00 \u2028 é'


def test_a_course_gets_the_very_texts_of_its_offers_back(tmp_path: Path) -> None:
    offers = [make_offer(native_id=str(n), text=text) for n, text in enumerate([ODD, "lain", ODD, None])]
    whole = assemble("c1", "s", offers).text
    texts = Texts(tmp_path)
    texts.take(offers)
    assert [offer.text for offer in offers] == [None] * 4
    bare = assemble("c1", "s", offers)
    assert bare.text is None
    assert [course.text for course in texts.given_back([bare])] == [whole]
    assert bare.text is None, "the text leaves memory when the course is written"
    assert all(offer.text is None for offer in bare.offers)


def test_no_offers_no_courses(tmp_path: Path) -> None:
    texts = Texts(tmp_path / "new")
    texts.take([])
    assert list(texts.given_back([])) == []
