"""The directory's later editions have other keys; exactly one list is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spiders.platforms.skillsweek import later_prices, native_id_of
from tests.spiders.harness import JSON, crawl, serving


@pytest.mark.parametrize(
    ("item", "price", "struck"),
    [
        ({"course_price": "500000", "course_discount": "50%", "course_after_discount": "250000"}, "250000", "500000"),
        ({"course_price": "0", "course_discount": "", "course_after_discount": ""}, "Gratis", None),
        ({"course_price": "100000", "course_discount": "100%", "course_after_discount": "0"}, "Gratis", "100000"),
        ({"course_price": "0", "course_discount": "20%", "course_after_discount": "0"}, None, None),
        ({"course_price": "90000", "course_discount": "0", "course_after_discount": ""}, "90000", None),
        ({}, None, None),
    ],
)
def test_later_prices(item: dict, price: str | None, struck: str | None) -> None:
    found = later_prices(item)
    assert (found["price"], found["list_price"]) == (price, struck)


def test_the_id_is_the_lists_own_else_a_hash_of_provider_title_and_link() -> None:
    row = {"lp_name": "A", "course_title": "B", "course_url": "c"}
    assert native_id_of({**row, "course_id": "ISW-P0002"}) == "ISW-P0002"
    assert native_id_of(row) == native_id_of(dict(row)) != native_id_of({**row, "course_url": "d"})
    assert native_id_of({}) == native_id_of({"lp_name": None})


def test_a_later_list_arrives_scrubbed(tmp_path: Path) -> None:
    row = {
        "course_id": "ISW-P0002",
        "course_title": "Membuat Situs",
        "course_category": "Teknologi Informasi",
        "lp_name": "LPK A",
        "course_type": "Online Webinar",
        "course_url": "www.contoh.id/x",
        "course_price": "200000",
        "course_discount": "50%",
        "course_after_discount": "100000",
        "duration": "540",
        "quota": "",
        "total": "52",
        "instructure_name": "Sari Wulandari Putri",
        "description": "Dibimbing oleh Sari Wulandari Putri, hubungi 0812-3456-7890.",
        "cs_wa": "081234567890",
        "cs_email": "a@b.co",
    }
    path = "/skill_week/list_pelatihan_skillweek_all.json"
    with serving(lambda m, p, b: (200, JSON, json.dumps([row]).encode()) if p.startswith(path) else None) as there:
        ran = crawl("skillsweek", tmp_path, there.url)
    one = ran.by_id["ISW-P0002"]
    assert (one.price, one.list_price, one.duration, one.quota, one.sold) == (
        "100000",
        "200000",
        "540 menit",
        None,
        "52",
    )
    assert one.edition == "Indonesia Skills Week 2024"
    stored = (ran.folder / "listings.jsonl").read_text()
    assert "Wulandari" not in stored and "3456" not in stored and "@" not in stored
