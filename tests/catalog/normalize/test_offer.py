"""From a listing to an offer: what is taken from where, and what stays unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.checks import CheckContext, check_offer
from catalog.matching import Decisions, Registry, group
from catalog.normalize.offer import FACT_LENGTH, read_offer, session_of
from catalog.normalize.outline import parse_outline
from catalog.platforms import Spec
from catalog.records import Listing, Offer, Section
from tests.factories import make_listing

NIGHT = dt.date(2020, 7, 15)
NIGHT_2024 = dt.date(2024, 3, 1)


def spec(**over: Any) -> Spec:
    values: dict[str, Any] = {
        "id": "tokopedia", "name": "Tokopedia", "operator": "PT Contoh", "confidence": "convention",
        "hosts": ["www.tokopedia.com"],
    }  # fmt: skip
    return Spec.model_validate(values | over)


def read(night: dt.date = NIGHT, words: dict[str, Any] | None = None, **over: Any) -> Offer:
    return read_offer(make_listing(**over), spec(words=words or {}), night)


def sections(**texts: str) -> list[Section]:
    return [Section(key=key, heading=key, text=text) for key, text in texts.items()]


def test_an_empty_listing_knows_nothing() -> None:
    empty = dict.fromkeys(("title", "provider", "price", "url"))
    offer = read(**empty, eligible="unknown", eligible_evidence=None)
    known = offer.model_dump(exclude_defaults=True).keys()
    assert known == {"id", "platform", "native_id", "title", "title_raw"}
    assert (offer.title, offer.price_idr, offer.free, offer.levels, offer.eligible) == ("", None, False, [], "unknown")


def test_values_are_read_and_their_raw_text_stays() -> None:
    offer = read(
        title="[PROMO] Belajar Excel untuk Pemula",
        price="Rp 1250.000",
        list_price="Rp 500.000",
        mode="Online - Webinar",
    )
    assert (offer.title, offer.title_raw) == ("Belajar Excel untuk Pemula", "[PROMO] Belajar Excel untuk Pemula")
    assert (offer.price_idr, offer.price_raw, offer.list_price_idr) == (None, "Rp 1250.000", 500_000)
    assert (offer.levels, offer.level_source, offer.mode, offer.category, offer.category_derived) == (
        ["beginner"], "title", "live_online", "Perkantoran", True,
    )  # fmt: skip


def test_a_price_range_fills_both_ends() -> None:
    offer = read(price="Rp 100.000 - Rp 150.000")
    assert (offer.price_idr, offer.price_max_idr) == (100_000, 150_000)
    assert read(price="Rp 100.000").price_max_idr is None


def test_a_struck_price_equal_to_the_price_strikes_nothing() -> None:
    offer = read(price="Rp 100.000", list_price="Rp 100.000")
    assert (offer.list_price_idr, offer.list_price_raw) == (None, "Rp 100.000")
    assert read(price=None, list_price="Rp 100.000").list_price_idr == 100_000


def test_the_outline_supplies_what_fields_lack() -> None:
    outline = sections(
        level="Menengah",
        durasi_total="365 menit",
        metode="Self paced learning : ceramah",
        sertifikat="Sertifikat Penyelesaian",
        sasaran="1. Usia 18 - 35 tahun;\n2. Pendidikan minimal SMA sederajat",
        kapasitas="500 Peserta",
        keterampilan="1. Keterampilan : Menata adonan\n2. Keterampilan : Memanggang kue",
        jadwal="Sabtu, 18 Juli 2020 09.00 - 12.00 WIB\nSabtu, 25 Juli 2020 09.00 - 12.00 WIB",
        kompetensi="Mengacu KBJI 2014 kode 7512.03 dan SKKNI Nomor 97 Tahun 2018",
        pengajar="Nama : Seseorang",
    )
    offer = read(title="Membuat Kue", sections=outline, text="Kata pembuka.")
    assert (offer.levels, offer.level_source) == (["intermediate"], "outline")
    assert (offer.duration_minutes, offer.mode, offer.certificate) == (365, "self_paced", "Sertifikat Penyelesaian")
    assert (offer.min_age, offer.max_age, offer.min_education, offer.quota) == (18, 35, "SMA", 500)
    assert offer.skills == ["Menata adonan", "Memanggang kue"]
    assert [s.start for s in offer.sessions] == [dt.date(2020, 7, 18), dt.date(2020, 7, 25)]
    assert offer.competency == ["KBJI 7512.03", "SKKNI 97/2018"]
    assert "pengajar" not in offer.facts and "Seseorang" not in (offer.text or "")
    assert offer.text is not None and "Kata pembuka." in offer.text


def test_the_level_may_stand_among_the_conditions() -> None:
    offer = read(
        title="Membuat Film",
        sections=sections(sasaran="1. Umum;\n4. Tingkat kesulitan pelatihan ini adalah tingkat dasar;"),
    )
    assert (offer.levels, offer.level_source) == (["beginner"], "outline")


def test_a_platforms_own_words_come_first() -> None:
    words = {
        "mode": {"Kelas Kilat": "live_online"},
        "category": {"Serba-serbi": "Lainnya"},
        "level": {"L1": "beginner"},
    }
    offer = read(words=words, title="Membuat Kue", mode="kelas kilat", category="SERBA-SERBI", level="l1")
    assert (offer.mode, offer.category, offer.category_derived, offer.levels) == (
        "live_online",
        "Lainnya",
        False,
        ["beginner"],
    )
    assert offer.level_source == "stated"


def test_facts_are_short() -> None:
    offer = read(sections=sections(kapasitas="banyak sekali " * 60))
    assert 100 < len(offer.facts["kapasitas"]) <= FACT_LENGTH and offer.facts["kapasitas"].endswith("…")


def test_an_online_course_has_no_place() -> None:
    assert read(mode="Webinar", place="Kota Bandung").regency is None
    onsite = read(mode="Luring", place="Kota Bandung")
    assert (onsite.regency, onsite.province) == ("Kota Bandung", "Jawa Barat")
    assert read(title="Menjahit (Luring) Kota Medan", mode=None).regency == "Kota Medan"


def test_the_shops_address_is_not_the_courses_place() -> None:
    listing = make_listing(mode="Luring", place="Jakarta Pusat, DKI Jakarta")
    assert read_offer(listing, spec(), NIGHT).regency == "Kota Adm. Jakarta Pusat"
    assert read_offer(listing, spec(switches={"shop_place": True}), NIGHT).regency is None
    written = listing.model_copy(update={"sections": sections(lokasi="Kota Ambon")})
    assert read_offer(written, spec(switches={"shop_place": True}), NIGHT).regency == "Kota Ambon"
    assert read_offer(written, spec(), NIGHT).regency == "Kota Ambon"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.tokopedia.com/kartu-prakerja/a", True),
        ("www.tokopedia.com/kartu-prakerja/a", True),
        ("https://contoh.invalid/a", False),
        ("javascript:alert(1)", False),
        ("https://www.tokopedia.com:444/a", False),
        (None, False),
    ],
)
def test_only_reviewed_links_are_shown(url: str | None, shown: bool) -> None:
    offer = read(url=url)
    assert (offer.url is not None) == shown
    assert offer.url_raw == url


def test_ratings_without_raters_are_unknown() -> None:
    assert read(rating="0", rating_count="0").rating is None
    rated = read(rating="4,9", rating_count="(122 rating)")
    assert (rated.rating, rated.rating_count) == (4.9, 122)


@pytest.mark.parametrize(
    ("text", "mode", "buy_by"),
    [
        ("Senin, 25 Maret 2024 09.00 WIB", "live_online", dt.date(2024, 3, 24)),
        ("Senin, 25 Maret 2024 09.00 WIB", "onsite", dt.date(2024, 3, 22)),
        ("1 Maret 2024", "onsite", dt.date(2024, 2, 27)),
        ("Senin, 25 Maret 2024 09.00 WIB", None, None),
        ("Senin, 20 Juli 2020 09.00 WIB", "live_online", None),
        ("Senin, 5 Januari 2026 09.00 WIB", "live_online", None),
        ("Senin 09.00 WIB", "live_online", None),
    ],
)
def test_buy_by_follows_the_rule_of_the_year(text: str, mode: Any, buy_by: dt.date | None) -> None:
    assert session_of(text, mode).buy_by == buy_by


def test_a_session_carries_quota_code_and_zone() -> None:
    session = session_of("Sabtu, 16 Maret 2024, 09.00-12.00 WITA, kuota 30, kode jadwal: SCH-0012", "live_online")
    assert (session.start_time, session.end_time, session.zone) == ("09:00", "12:00", "WITA")
    assert (session.quota, session.code, session.weekdays) == (30, "SCH-0012", ["sabtu"])


def test_the_days_to_sign_up_are_no_session() -> None:
    session = session_of("Pendaftaran: 1 - 5 Juni 2024. Pelatihan: 7 - 11 Juni 2024", "live_online")
    assert (session.start, session.end) == (dt.date(2024, 6, 7), dt.date(2024, 6, 11))


FIELDS = sorted(
    n
    for n, f in Listing.model_fields.items()
    if f.annotation in (str | None, str) and n not in ("platform", "native_id")
)
ANY = st.one_of(
    st.none(),
    st.text(max_size=80),
    st.sampled_from(["Rp 5.000", "3 x 2 jam", "Kota Bandung", "Senin, 1 Maret 2024", "0", "\x00"]),
)


@settings(max_examples=120, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(FIELDS, ANY)),
    st.lists(st.text(max_size=60), max_size=4),
    st.text(max_size=200),
)
def test_any_listing_is_read(values: dict[str, str | None], texts: list[str], outline: str) -> None:
    """Whatever a platform writes into a field: an offer that can be written and read back, and matched with itself."""
    listing = make_listing(
        **(values | {"fetched_at": "x"}),
        sessions=texts,
        tags=texts,
        sections=parse_outline(outline)[0],
        eligible="unknown",
    )
    offer = read_offer(listing, spec(), NIGHT)
    assert Offer.model_validate_json(offer.model_dump_json()) == offer
    assert all(len(fact) <= FACT_LENGTH for fact in offer.facts.values())
    assert check_offer(offer, spec(), NIGHT, CheckContext())
    assert len(group([offer], Registry(), Decisions())) == 1


def test_equal_listings_give_equal_offers() -> None:
    assert read() == read()
    assert read(night=NIGHT_2024) == read()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Mengacu skkni no. 5 tahun 2019", ["SKKNI 5/2019"]),
        ("Kode kbli 2020: 47911", ["KBLI 47911"]),
        ("S\u212a\u212aNI 12 Tahun 2021", ["SKKNI 12/2021"]),
        ("Unit J. 62SAD00.001.1", ["J.62SAD00.001.1"]),
        ("Tanpa acuan", []),
        ("", []),
    ],
)
def test_codes_of_standards(text: str, codes: list[str]) -> None:
    assert read(text=text).competency == codes
