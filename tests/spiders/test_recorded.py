"""Real recorded answers through the spiders, field by field; skipped where they do not lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.spiders.harness import JSON, Answer, crawl, serving

pytestmark = pytest.mark.shared


def test_all_records_of_the_official_directory_arrive(shared: Path, tmp_path: Path) -> None:
    data = (shared / "data" / "prakerja-skillsweek-course-2023.json").read_bytes()
    with serving(lambda m, p, b: (200, JSON, data) if p == "/js/course.json" else None) as there:
        ran = crawl("skillsweek", tmp_path, there.url)
        assert there.paths() == ["/js/course.json"]
    records = json.loads(data)
    assert (ran.report.finish_reason, ran.report.declared, ran.report.received) == ("finished", 266, 266)
    assert len({listing.native_id for listing in ran.listings}) == 266
    for record, listing in zip(records, ran.listings, strict=True):
        title = " ".join(record["course_title"].split())
        assert title == listing.title or ("bersama chef" in title.casefold() and title.startswith(listing.title or "-"))
        assert listing.provider == " ".join(record["lp_name"].split())
        assert listing.price == (" ".join(record["course_price"].split()) or None)
        assert listing.category == record["course_category"].strip()
        assert listing.mode == record["course_type"].strip()
        assert listing.eligible == "unknown"
        assert listing.edition == "Indonesia Skills Week 2023"


def academy(shared: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    page = json.loads((shared / "data" / "skillacademy-search-page2-size2.json").read_text())
    more = json.loads((shared / "data" / "skillacademy-search-keyword-bahasa.partial.json").read_text())
    return page, page["data"]["data"] + more


def test_the_recorded_skill_academy_courses_read_field_by_field(shared: Path, tmp_path: Path) -> None:
    _, rows = academy(shared)

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        if parts.path != "/api/skillacademy/discovery/search":
            return None
        number = int(parse_qs(parts.query)["page"][0])
        data = {
            "data": rows[(number - 1) * 2 : number * 2],
            "page": number,
            "pageSize": 2,
            "totalCourse": 4,
            "totalPage": 2,
        }
        return 200, JSON, json.dumps({"data": data, "status": "success", "message": "success"}).encode()

    with serving(answer) as there:
        ran = crawl("skillacademy", tmp_path, there.url)
    assert (ran.report.declared, ran.report.received) == (4, 4)
    for row in rows:
        one = ran.by_id[row["courseSerial"]]
        assert one.title == row["courseName"]
        assert one.provider == row["instructors"][0]["name"]  # OFFLINE: sold for a partner, who stands there
        assert (one.price, one.list_price) == (str(row["price"]), str(row["basePrice"]))
        assert one.rating is None and one.mode is None
        assert one.tags == row["tags"]
        assert one.eligible == "yes"
        assert (one.eligible_evidence or "").startswith("tag:" if row["tags"] else "text:")
        assert (one.url or "").endswith(f"/{row['slug']}/{row['courseSerial']}")
        assert (one.place or "").startswith(row["location"][1])
    assert ran.by_id["PROG-E297MWWV"].sessions == ["Senin, 10 Agustus 2020, Pukul: 13.00-14.00 WIB"]
    assert "29 Juli 2020" in ran.by_id["PROG-MD85SE24"].sessions[0]
    assert ran.by_id["PROG-C798TBXW"].sessions == []


def test_a_server_that_has_one_recorded_page_only_is_a_repeated_page(shared: Path, tmp_path: Path) -> None:
    page, _ = academy(shared)
    with serving(lambda m, p, b: (200, JSON, json.dumps(page).encode()) if "/search" in p else None) as there:
        ran = crawl("skillacademy", tmp_path, there.url)
    assert (ran.report.finish_reason, ran.report.declared, ran.report.received) == ("repeated_page", 519, 2)


def test_the_recorded_product_layout_reads(shared: Path) -> None:
    from spiders.platforms.tokopedia import layout_fields

    value = json.loads((shared / "data" / "tokopedia-pdpGetLayout-real.json").read_text())
    for answer in (value, {"data": {"pdpGetLayout": value}}, [{"data": {"pdpGetLayout": json.dumps(value)}}]):
        fields = layout_fields(answer)
        assert fields["title"] == "Jaket Zipper Hoodie Mocca - M"
        assert (fields["price"], fields["provider"], fields["sold"]) == ("66900", "Hoodie Center", "80+")
        assert (fields["rating"], fields["rating_count"]) == ("5", "41")
        assert "list_price" not in fields


def test_the_recorded_search_product_reads(shared: Path) -> None:
    from spiders.platforms.tokopedia import component_row

    value = json.loads((shared / "data" / "tokopedia-ace_search_product_v4-2023.json").read_text())
    fields = component_row(value["data"]["products"][0])
    assert (fields["price"], fields["list_price"]) == ("Rp6.999.000", "Rp7,59jt")
    assert (fields["provider"], fields["place"], fields["sold"]) == ("GoodPonsel", "Surabaya", "100+ terjual")


def test_the_recorded_bukalapak_product_reads(shared: Path, tmp_path: Path) -> None:
    row = json.loads((shared / "data" / "bukalapak-product-2020.json").read_text())

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if not target.startswith("/multistrategy-products"):
            return None
        first = "offset=0&" in target
        meta = {"http_status": 200, "offset": 0, "limit": 50, "total": 1, "total_pages": 1}
        return 200, JSON, json.dumps({"data": [row] if first else [], "meta": meta}).encode()

    with serving(answer) as there:
        one = crawl("bukalapak", tmp_path, there.url).by_id["eu8dld"]
        assert "access_token" not in "".join(there.paths())
    assert (one.price, one.list_price, one.sold) == ("108000", "120000", "31")
    assert (one.rating, one.rating_count) == ("4.9", "21")
    assert (one.provider, one.place) == ("LA LM FOREVER", "Jakarta Pusat, DKI Jakarta")
    assert one.eligible == "unknown"


def test_the_real_descriptions_give_level_duration_and_no_name(shared: Path) -> None:
    from spiders.reading import description
    from spiders.scrub import scrub_json

    rows = json.loads((shared / "data" / "pijarmahir-courses-2022.json").read_text())
    people = ("Brandon", "Hetarie", "Adriani", "Hutami", "Raden Riski")
    for row in rows:
        sections, text, _ = description(scrub_json(row)["summary"], "api", None)
        everything = text + " ".join(s.text for s in sections)
        assert not [name for name in people if name in everything]
        assert "8330" not in everything and "@" not in everything
        keys = {s.key for s in sections}
        assert "durasi_total" in keys and "pengajar" not in keys and "kontak" not in keys
        if row["fullname"] != "Dasar Pembuatan Desain Iklan":
            assert next(s.text for s in sections if s.key == "level").casefold() == "basic / tingkat dasar"
