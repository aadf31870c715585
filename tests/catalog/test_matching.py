"""Recognising one training: pairs, groups, what keeps them apart, decisions, and how sure it is on real pairs."""

from __future__ import annotations

import datetime as dt
import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.matching import Decisions, Registry, group, match_pair
from catalog.normalize.offer import read_offer
from catalog.normalize.outline import parse_outline
from catalog.platforms import read_specs
from catalog.records import Listing, Offer
from catalog.same_title import compare_titles, title_key
from tests.factories import make_offer

SAME = {
    "case": ("Belajar Merajut Topi", "BELAJAR MERAJUT TOPI"),
    "filler": ("Kursus Merajut Topi bagi Pemula", "Belajar Merajut Topi untuk Pemula"),
    "ampersand": ("Memotong dan Menjahit Rok", "Memotong & Menjahit Rok"),
    "promotion": ("[PROMO] Merajut Topi - Rp 100.000", "Merajut Topi"),
    "platform words": ("Merajut Topi - Kartu Prakerja", "Merajut Topi"),
    "mode marker on one": ("Merajut Topi (Webinar)", "Merajut Topi"),
    "spelling of a tool": ("Laporan dengan Microsoft Excell", "Laporan dengan Ms. Excel"),
    "one word or two": ("Presentasi Power Point Menarik", "Presentasi PowerPoint Menarik"),
    "a slip": ("Merajut Perlengkapan Bayi", "Merajut Perlengkpan Bayi"),
    "order": ("Topi dan Syal: Merajut Cepat", "Merajut Cepat Syal dan Topi"),
    "cut title": (
        "Menyusun Rencana Keuangan Rumah Tangga yang Sehat bagi Pekerja Harian Lepas dan Pelaku Usaha Mikro di Desa",
        "Menyusun Rencana Keuangan Rumah Tangga yang Sehat bagi Pekerja Harian Lepas dan Pelaku Usaha M",
    ),
}
DIFFERENT = {
    "part": ("Merajut Topi Part 1", "Merajut Topi Part 2"),
    "roman part": ("Merajut Topi Bagian I", "Merajut Topi Bagian II"),
    "level": ("Excel Dasar", "Excel Lanjutan"),
    "level in words": ("Inggris Tingkat Menengah", "Inggris Tingkat Pemula"),
    "number in a name": ("Bahasa Jepang Level N3", "Bahasa Jepang Level N4"),
    "tool": ("Desain Poster dengan Canva", "Desain Poster dengan Photoshop"),
    "short tool": ("Memulai Pemrograman dengan C", "Memulai Pemrograman dengan Java"),
    "language": ("Percakapan Bahasa Korea", "Percakapan Bahasa Jepang"),
    "city": ("Menjahit (Luring) Kota Medan", "Menjahit (Luring) Kota Semarang"),
    "batch": ("Merajut Topi Batch 3", "Merajut Topi Batch 4"),
    "time of day": ("Inggris Kelas Pagi", "Inggris Kelas Malam"),
    "mode": ("Merajut Topi (Webinar)", "Merajut Topi (Luring)"),
    "subject": ("Membatik untuk Pemula", "Menjahit untuk Pemula"),
    "one word of many": (
        "Mengenal Awan AWS bagi Pengembang Sisi Depan",
        "Mengenal Awan AWS bagi Pengembang Sisi Server",
    ),
    "audience": ("Cakap Inggris Khusus Pramusaji", "Cakap Inggris Khusus Pengemudi"),
    "amount of money": ("Dapat Rp 1 Juta dari Blog", "Dapat Rp 10 Juta dari Blog"),
    "negation": ("Membangun Toko Daring Tanpa Modal", "Membangun Toko Daring dengan Modal"),
    "audience of a kind and another word": ("Menjahit Gamis Anak", "Menjahit Gamis Dewasa"),
    "roman class": ("Fisika Kelas X", "Fisika Kelas XI"),
    "number words": ("Pembukuan Seri Tujuh", "Pembukuan Seri Delapan"),
}
UNSURE = {
    "level on one side": ("Belajar CodeIgniter", "Belajar CodeIgniter Pemula"),
    "tool on one side": ("Membuat Poster Acara", "Membuat Poster Acara dengan Canva"),
    "one title says more": ("Membuat Logo Toko", "Membuat Logo Toko untuk Pemilik Kedai"),
    "one letter, two trades": ("Cara Pengelasan Wadah", "Cara Pengemasan Wadah"),
    "one letter, two verbs": ("Cara Memasok Sayuran", "Cara Memasak Sayuran"),
    "one letter less, another verb": ("Cara Memuat Kardus", "Cara Membuat Kardus"),
    "one letter, two loan words": ("Seni Kartun Kreatif", "Seni Karton Kreatif"),
    "the other way round": ("Menerjemahkan Arab ke Inggris", "Menerjemahkan Inggris ke Arab"),
    "from and to": ("Dari Juru Ketik menjadi Penulis", "Dari Penulis menjadi Juru Ketik"),
    "a letter that is a name": ("Sertifikasi Pajak Paket A", "Sertifikasi Pajak Paket"),
    "cut before the part": (
        "Menyusun Rencana Keuangan Rumah Tangga yang Sehat bagi Pekerja Harian Lepas dan Pelaku Usaha Mikro",
        "Menyusun Rencana Keuangan Rumah Tangga yang Sehat bagi Pekerja Harian Lepas dan Pelaku Usaha Mikro Part 2",
    ),
    "two real words": ("Teknik Pengelolaan Limbah Dapur", "Teknik Pengolahan Limbah Dapur"),
}


def pair(a: str, b: str, **over: Any) -> dict[str, Any]:
    base = {"provider": "Karya Contoh", "platform": "Tokopedia", "price_idr": 100_000}
    return match_pair({"title": a, **base}, {"title": b, **base, "platform": "Bukalapak", **over})


@pytest.mark.parametrize("case", SAME)
def test_one_training(case: str) -> None:
    assert pair(*SAME[case])["verdict"] == "same"


@pytest.mark.parametrize("case", DIFFERENT)
def test_two_trainings(case: str) -> None:
    answer = pair(*DIFFERENT[case])
    assert answer["verdict"] == "different" and answer["why"]


@pytest.mark.parametrize("case", UNSURE)
def test_left_open(case: str) -> None:
    assert pair(*UNSURE[case])["verdict"] == "unsure"


def test_another_provider_is_another_training() -> None:
    assert pair("Merajut Topi", "Merajut Topi", provider="Lembaga Lain")["verdict"] == "different"


def test_spellings_and_slips_of_a_provider() -> None:
    assert pair("Merajut Topi", "Merajut Topi", provider="LPK. KARYA CONTOH .")["verdict"] == "same"
    assert pair("Merajut Topi", "Merajut Topi", provider="Karya Conto")["verdict"] == "same"


def test_two_words_that_exist_are_two_providers() -> None:
    apart = pair("Merajut Topi Bayi", "Merajut Topi Bayi", provider="Pelita Bangsa Utara")
    first = {"title": "Merajut Topi Bayi", "provider": "Pelita Bangsa Utama", "platform": "Tokopedia"}
    assert match_pair(first, {**first, "provider": "Pelita Bangsa Utara"})["verdict"] == "different"
    assert match_pair(first, {**first, "provider": "Pelita Bangsa Utaama"})["verdict"] == "same"
    assert apart["verdict"] == "different"


def test_neither_provider_nor_platform_is_no_sameness() -> None:
    bare = {"title": "Merajut Topi Bayi Lucu"}
    assert match_pair(bare, bare)["verdict"] == "unsure"
    assert match_pair({**bare, "platform": "Pintaria"}, {**bare, "platform": "Pintaria"})["verdict"] == "same"


def test_a_cut_title_with_two_continuations_joins_neither() -> None:
    start = "Menyusun Rencana Keuangan Rumah Tangga yang Sehat bagi Pekerja Harian Lepas dan Para Pelaku Usaha"
    titles = {"cut": start, "one": f"{start} Kecil di Kampung", "two": f"{start} Rumahan di Pesisir"}
    offers = [make_offer(id=f"tokopedia:{n}", native_id=n, title=t, title_raw=t) for n, t in titles.items()]
    assert len(group(offers, Registry(), Decisions())) == 3
    assert len(group(offers[:2], Registry(), Decisions())) == 1


def test_a_platform_in_the_providers_place_needs_a_telling_title() -> None:
    long, short = "Membuat Aplikasi Android untuk Pemula", "Excel Dasar"
    for title, verdict in ((long, "same"), (short, "unsure")):
        given = {"title": title, "platform": "Dicoding", "price_idr": None}
        assert (
            match_pair(given | {"provider": "Dicoding Indonesia"}, given | {"provider": "Asosiasi Contoh"})["verdict"]
            == verdict
        )


def test_a_missing_provider_is_left_open_across_platforms() -> None:
    assert pair("Merajut Topi", "Merajut Topi", provider=None)["verdict"] == "unsure"
    assert pair("Merajut Topi", "Merajut Topi", provider=None, platform="tokopedia")["verdict"] == "same"
    assert pair("Merajut Topi", "Menyulam Topi", provider=None)["verdict"] == "different"


@pytest.mark.parametrize("row", [{}, {"title": None}, {"title": ""}, {"title": 7}, {"title": "🎉"}])
def test_nothing_to_compare(row: dict[str, Any]) -> None:
    assert match_pair(row, {"title": "Merajut"})["verdict"] == "unsure"
    assert match_pair({"title": "Merajut"}, row)["verdict"] == "unsure"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_titles_compare_both_ways_alike(a: str, b: str) -> None:
    first, second = title_key(a), title_key(b)
    assert compare_titles(first, second)[0] == compare_titles(second, first)[0]
    assert compare_titles(first, first)[0] == "same" or not first.text


@pytest.mark.shared
def test_real_pairs(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "match.jsonl").read_text().splitlines()]
    verdicts = [(row["verdict"], match_pair(row["a"], row["b"])["verdict"]) for row in rows]
    assert [v for v in verdicts if v[1] == "same" and v[0] == "different"] == []
    same = [mine for label, mine in verdicts if label == "same"]
    assert same.count("same") >= 0.85 * len(same)


# ---- groups -----------------------------------------------------------------------------------------------------


def offers(*rows: tuple[str, str, str], **over: Any) -> list[Offer]:
    """(platform, native id, title) with one provider."""
    return [make_offer(platform=p, native_id=n, title=t, **over) for p, n, t in rows]


def groups(given: list[Offer], decisions: Decisions | None = None) -> set[frozenset[str]]:
    courses = group(given, Registry(), decisions or Decisions())
    return {frozenset(o.id for o in c.offers) for c in courses}


def test_nothing_in_nothing_out() -> None:
    assert group([], Registry(), Decisions()) == []


def test_offers_of_one_training_stand_under_one_course() -> None:
    given = offers(
        ("tokopedia", "1", "Merajut Topi"),
        ("bukalapak", "9", "MERAJUT TOPI - Prakerja"),
        ("pintaria", "5", "Merajut Syal"),
    )
    assert groups(given) == {frozenset({"tokopedia:1", "bukalapak:9"}), frozenset({"pintaria:5"})}


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "onsite"},
        {"duration_minutes": 1200},
        {"levels": ["advanced"], "level_source": "outline"},
        {"provider_id": "lainnya"},
    ],
)
def test_values_that_contradict_keep_offers_apart(other: dict[str, Any]) -> None:
    first = make_offer(title="Merajut Topi", level_source="outline")
    second = make_offer(**({"platform": "bukalapak", "title": "Merajut Topi", "level_source": "outline"} | other))
    assert len(groups([first, second])) == 2


def test_a_directorys_mode_parts_nothing() -> None:
    seller = make_offer(title="Merajut Topi", mode="onsite")
    row = make_offer(
        platform="skillsweek", title="Merajut Topi", mode="live_online", status="archived", archived_why="directory"
    )
    assert len(groups([seller, row])) == 1


def test_unknown_values_contradict_nothing() -> None:
    first = make_offer(title="Merajut Topi")
    second = make_offer(
        platform="bukalapak", title="Merajut Topi", mode=None, duration_minutes=None, levels=[], level_source=None
    )
    assert len(groups([first, second])) == 1


def test_a_chain_never_joins_what_contradicts() -> None:
    """A and C contradict each other; B, which knows nothing, joins only one of them."""
    given = [
        make_offer(platform="tokopedia", title="Merajut Topi", duration_minutes=360),
        make_offer(platform="bukalapak", title="Merajut Topi", duration_minutes=None),
        make_offer(platform="pintaria", title="Merajut Topi", duration_minutes=1200),
    ]
    assert len(groups(given)) == 2


def test_without_a_provider_only_the_same_platform_joins() -> None:
    nameless = {"provider_id": None, "provider_name": None}
    assert len(groups(offers(("tokopedia", "1", "Merajut Topi"), ("tokopedia", "2", "Merajut Topi"), **nameless))) == 1
    assert len(groups(offers(("tokopedia", "1", "Merajut Topi"), ("bukalapak", "2", "Merajut Topi"), **nameless))) == 2


def test_titles_without_words_are_not_thrown_together() -> None:
    assert len(groups(offers(("tokopedia", "1", "🎉"), ("bukalapak", "2", "✨")))) == 2


def test_decisions_overrule_the_rules() -> None:
    alike = offers(("tokopedia", "1", "Merajut Topi"), ("bukalapak", "2", "Merajut Topi"))
    unlike = offers(("tokopedia", "1", "Merajut Topi"), ("bukalapak", "2", "Topi Rajut Praktis"))
    apart = Decisions.of([("different", "bukalapak:2", "tokopedia:1")])
    one = Decisions.of([("same", "tokopedia:1", "bukalapak:2")])
    assert (len(groups(alike)), len(groups(alike, apart))) == (1, 2)
    assert (len(groups(unlike)), len(groups(unlike, one))) == (2, 1)


def test_a_different_decision_holds_through_a_third_offer() -> None:
    given = offers(
        ("tokopedia", "1", "Merajut Topi"), ("bukalapak", "2", "Merajut Topi"), ("pintaria", "3", "Merajut Topi")
    )
    found = groups(given, Decisions.of([("different", "tokopedia:1", "bukalapak:2")]))
    assert not any({"tokopedia:1", "bukalapak:2"} <= g for g in found)


def test_the_order_of_offers_changes_nothing() -> None:
    given = offers(*((p, str(n), f"Merajut Topi {n // 2}") for n in range(12) for p in ("tokopedia", "pintaria")))
    shuffled = random.Random(4).sample(given, len(given))
    assert group(given, Registry(), Decisions()) == group(shuffled, Registry(), Decisions())


def test_a_merge_says_why() -> None:
    course = group(
        offers(("tokopedia", "1", "Merajut Topi"), ("bukalapak", "2", "MERAJUT  TOPI")), Registry(), Decisions()
    )[0]
    assert course.match.score >= 0.9 and "lembaga sama" in course.match.why


def test_the_invented_catalogs_truth() -> None:
    """Precision and recall over pairs, with offers read from the replicas' own listings and descriptions."""
    from spiders import SPECS
    from spiders.sandbox import invent

    night = dt.date(2020, 7, 15)
    catalog, specs = invent.make(350, 5, night), read_specs(Path(SPECS))
    read = []
    for course in catalog.courses:
        for sale in course.sales:
            sections, rest = parse_outline(invent.outline(course, sale, course.number % 4))
            listing = Listing(
                platform=sale.platform, native_id=sale.native_id, fetched_at="", title=sale.title,
                provider=sale.provider,
                sections=sections, text=rest, eligible="yes",
            )  # fmt: skip
            read.append(read_offer(listing, specs[sale.platform], night))

    def pairs(members: Any) -> set[tuple[str, str]]:
        return {p for ids in members for p in combinations(sorted(ids), 2)}

    found = pairs([o.id for o in c.offers] for c in group(read, Registry(), Decisions()))
    truth = pairs(invent.truth(catalog)["courses"].values())
    assert len(truth) > 50
    assert len(found & truth) >= 0.995 * len(found)
    assert len(found & truth) >= 0.95 * len(truth)
