"""Natural queries find the course that is meant, among plenty of others, in both engines; strange texts do no harm."""

# ruff: noqa: SIM905
from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from catalog.records import Course
from tests.factories import make_course, make_offer
from tests.search_index.support import Both, build_both

LINES = Path(__file__).with_name("golden.txt").read_text(encoding="utf-8").splitlines()
GOLDEN = [tuple(part.strip() for part in line.split("|")) for line in LINES if "|" in line and line[0] != "#"]
HOSTILE = (
    "a" * 10_000, "a " * 5_000, ".*", "(((((", "[a-z]+", "\\", "%00", "\x00", "' OR 1=1 --",
    "<script>alert(1)</script>", "🍞🧁👩‍🍳", "مطبخ", "עברית desain", "日本語", "c" * 4 + "++", "...",
    "desain\u202egrafis", "__proto__", "constructor",
    "toString", "hasOwnProperty roti", "\ud83d", "ﬁlm", "İ", "NaN", "null", "-roti", '"roti manis"', "roti*", "roti~2",
)  # fmt: skip


def others(dice: random.Random) -> list[Course]:
    """Courses on other subjects, and some that share a word with the ones that are asked for."""
    subjects = (
        "Laundry Kiloan,Budidaya Madu,Konselor Sebaya,Perpustakaan Desa,Notaris Muda,Tenun Ikat,Ukir Kayu Jati,Gamelan,"
        "Pencak Silat,Sulap Panggung,Dongeng Anak,Filateli,Astronomi,Geologi Tambang,Kelistrikan Kapal,Rantai Dingin,"
        "Data Kependudukan,Bahasa Daerah,Rumah Jamur,Kopi Robusta Kebun,Warung Pulsa,Toko Bangunan,Motor Listrik"
    ).split(",")
    makers = ("Mengenal", "Membuka Usaha", "Mengelola", "Dasar", "Teknik", "Menguasai", "Praktik", "Seluk-Beluk")
    ends = ("", " untuk Pemula", " Lanjutan", " bagi Karyawan", " di Desa", " dari Rumah", " Angkatan II")
    titles = [f"{dice.choice(makers)} {dice.choice(subjects)}{dice.choice(ends)}" for _ in range(900)]
    return [
        make_course([make_offer(native_id=f"x{n}", title=title)], id=f"x{n:03}", slug=f"x-{n}")
        for n, title in enumerate(titles)
    ]


@pytest.fixture(scope="module", params=["whole", "sharded"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    dice = random.Random(2)
    titles = sorted({title for _, title in GOLDEN})
    courses = [
        make_course(
            [make_offer(native_id=str(n), title=title, price_idr=dice.randrange(50, 900) * 1000)],
            id=f"g{n:03}",
            slug=f"g-{n}",
        )
        for n, title in enumerate(titles)
    ]
    return build_both(others(dice) + courses, tmp_path_factory.mktemp(request.param), request.param)


def test_there_are_enough_golden_queries() -> None:
    assert len({query for query, _ in GOLDEN}) == len(GOLDEN) >= 120


def misses(answers: list[list[str]]) -> list[tuple[str, str, list[str]]]:
    return [(q, title, found) for (q, title), found in zip(GOLDEN, answers, strict=True) if title not in found[:5]]


def test_golden_queries_find_their_course_among_the_first_five(both: Both) -> None:
    states = [{"q": query} for query, _ in GOLDEN]
    ours = misses([[hit.row.title for hit in result.hits] for result in both.whoosh(states)])
    theirs = misses([[card["title"] for card in answer["cards"]] for answer in both.browser(states)])
    assert len(ours) <= 0.05 * len(GOLDEN), ours
    assert len(theirs) <= 0.05 * len(GOLDEN), theirs


def test_a_course_that_is_not_there_counts_as_a_miss() -> None:
    assert len(misses([["Membuat Roti"]] * len(GOLDEN))) == len(GOLDEN)


def test_hostile_texts_do_no_harm_and_both_engines_agree(both: Both) -> None:
    states: list[dict[str, Any]] = [{"q": text} for text in HOSTILE]
    totals = [result.total for result in both.whoosh(states)]
    assert [answer["total"] for answer in both.browser(states)] == totals


def test_impossible_filter_values_find_nothing_and_pages_past_the_end_are_empty(both: Both) -> None:
    states: list[dict[str, Any]] = [
        {"q": "roti", "platform": ["bukan-platform"]},
        {"q": "roti", "harga_maks": -1},
        {"q": "roti", "kategori": ["__proto__"]},
        {"q": "roti", "hal": 999},
    ]
    answers = both.browser(states)
    assert [a["total"] for a in answers[:3]] == [0, 0, 0]
    assert answers[3]["total"] > 0 and answers[3]["cards"] == []


def test_beginnings_are_completed(both: Both) -> None:
    suggestions = both.browser([{"suggest": "kursus fotog"}, {"suggest": "zzz"}, {"suggest": ""}])
    assert "kursus fotografi" in suggestions[0]["suggestions"]
    assert [s["suggestions"] for s in suggestions[1:]] == [[], []]


def test_a_synonym_of_an_expression_counts_where_no_course_holds_all_words(tmp_path: Any) -> None:
    titles = ("Berpikir Kritis di Kantor", "Skill Menjahit", "Roti Manis", "Menjahit Kebaya")
    courses = [make_course([make_offer()], id=f"c{n:012x}", slug=f"p{n}", title=t) for n, t in enumerate(titles)]
    for form in ("whole", "sharded"):
        both = build_both(courses, tmp_path / form, form)
        state = {"q": "skill critical thinking"}
        assert [hit.row.title for hit in both.whoosh([state])[0].hits] == [titles[0]]
        assert [card["title"] for card in both.browser([state])[0]["cards"]] == [titles[0]]
