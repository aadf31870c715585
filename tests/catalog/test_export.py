"""Open data: valid against its own schemas, complete, harmless in a spreadsheet, equal for equal input."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from catalog import export_parts, export_tables
from catalog.completeness import list_file
from catalog.export import ExportError, export_data
from catalog.layout import Var
from catalog.open_tables import BEHIND, PARTS, TABLES
from catalog.records import Section
from catalog.tables import cell, harmless, to_csv
from catalog.workbook import workbook
from tests.catalog.nights import START, Nights, files_of, listings, make_spec, part_rows

LONG = "Uraian panjang milik lembaga yang tidak boleh terbit utuh. " * 40


def make_nights(root: Path) -> Nights:
    """Three nights of two platforms with something of everything: a formula, a change, a gone offer, a held run."""
    nights = Nights(root, [make_spec("tokopedia"), make_spec("bukalapak"), make_spec("skillsweek", kind="directory")])
    for day in range(5):
        first = listings("tokopedia", range(12) if day == 0 else range(1, 13), text=LONG)
        first[3] = first[3].model_copy(
            update={
                "title": '=HYPERLINK("http://jahat.id";"x")',
                "price": "Rp777.000" if day == 4 else "Rp500.000",
                "sections": [Section(key="tujuan", heading="Tujuan", text=LONG)],
            }
        )
        first[4] = first[4].model_copy(update={"price": "Rp hubungi kami", "provider": None})
        runs = {
            "tokopedia": first,
            "bukalapak": listings("bukalapak", range(6)),
            "skillsweek": listings("skillsweek", range(3)),
        }
        if day == 4:
            runs["bukalapak"] = []
        nights.night(day, runs)
    return nights


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export")
    nights = make_nights(root)
    export_data(nights.var, root / "data", build="b1", night=max(nights.summaries), sample=True)
    return root / "data"


def rows(data: Path, name: str) -> list[dict[str, str]]:
    with (data / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read(data: Path, name: str) -> Any:
    return json.loads((data / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("courses.json", "courses"),
        ("coverage.json", "coverage"),
        ("alarms.json", "alarms"),
        ("changes.json", "changes"),
    ],
)
def test_every_json_file_is_valid_against_its_published_schema(data: Path, file: str, schema: str) -> None:
    definition = read(data, f"schema/{schema}.json")
    Draft202012Validator.check_schema(definition)
    Draft202012Validator(definition).validate(read(data, file))
    broken = read(data, file) | {"night": 5, "sample": "ya"}
    assert list(Draft202012Validator(definition).iter_errors(broken))


def test_courses_and_offers_carry_every_promised_key_also_where_unknown(data: Path) -> None:
    body = read(data, "courses.json")
    assert {"schema_version", "build", "night", "sample", "courses"} <= body.keys()
    course = {"id", "slug", "title", "status", "provider", "category", "levels", "level_source", "modes", "offers"}
    course |= {"duration_minutes", "lowest_price_idr"}
    offer = {"id", "platform", "url", "title_raw", "price_idr", "price_raw", "list_price_idr", "free", "eligible"}
    offer |= {"status", "price_since", "first_seen", "last_seen"}
    for entry in body["courses"]:
        assert course <= entry.keys()
        for one in entry["offers"]:
            assert offer <= one.keys()


def test_last_seen_stands_only_where_the_offer_was_not_seen_on_this_night(data: Path) -> None:
    offers = [o for c in read(data, "courses.json")["courses"] for o in c["offers"]]
    by_platform = {o["platform"]: o["last_seen"] for o in offers if o["status"] == "active"}
    assert by_platform == {"tokopedia": None, "bukalapak": "2020-07-18"}


def test_the_providers_long_texts_are_nowhere(data: Path) -> None:
    for path in data.rglob("*"):
        if path.suffix in (".json", ".csv", ".atom", ".svg"):
            assert LONG[:450] not in path.read_text(encoding="utf-8"), path


def test_tables_and_json_agree(data: Path) -> None:
    courses = read(data, "courses.json")["courses"]
    assert [row["id"] for row in rows(data, "courses")] == [course["id"] for course in courses]
    offers = {o["id"]: o for c in courses for o in c["offers"]}
    table = rows(data, "offers")
    assert {row["id"] for row in table} == set(offers)
    for row in table:
        assert row["price_idr"] == (
            "" if offers[row["id"]]["price_idr"] is None else str(offers[row["id"]]["price_idr"])
        )


def test_coverage_numbers_equal_a_recount_of_the_tables(data: Path) -> None:
    offers, changes, rejected = rows(data, "offers"), rows(data, "changes"), rows(data, "rejected")
    for row in rows(data, "coverage"):
        mine = [o for o in offers if o["platform"] == row["platform"]]
        assert int(row["published"]) == sum(o["status"] != "gone" for o in mine)
        assert int(row["active"]) == sum(o["status"] == "active" for o in mine)
        told = [c for c in changes if c["platform"] == row["platform"]]
        assert int(row["new"]) == len({c["offer"] for c in told if c["kind"] in ("new", "back")})
        assert int(row["gone"]) == len({c["offer"] for c in told if c["kind"] == "gone"})
        counted = {"dearer", "cheaper", "price_found", "price_lost", "renamed", "moved"}
        assert int(row["changed"]) == len({c["offer"] for c in told if c["kind"] in counted})
        assert int(row["rejected"] or 0) == sum(r["platform"] == row["platform"] for r in rejected)
        if row["declared"] and row["declared_scope"] == "prakerja" and int(row["declared"]):
            assert float(row["share"]) == pytest.approx(int(row["received"]) / int(row["declared"]), abs=1e-4)
        else:
            assert row["share"] == ""


def test_every_number_of_completeness_has_a_list_with_exactly_that_many_rows(data: Path) -> None:
    offers = rows(data, "offers")
    table = rows(data, "completeness")
    assert {row["field"] for row in table} >= {"price", "level", "provider", "duration"}
    for row in table:
        total = sum(o["platform"] == row["platform"] and o["status"] != "gone" for o in offers)
        assert int(row["total"]) == total == sum(int(row[key]) for key in ("valid", "unreadable", "empty"))
        for state in ("valid", "unreadable", "empty"):
            name = list_file(row["platform"], row["field"], state, int(row[state]), total)
            listed = rows(data, name.removesuffix(".csv")) if int(row[state]) else []
            assert len(listed) == int(row[state]), name
            assert int(row[state]) or not (data / name).exists()
        by_state = [
            {line["offer"] for line in rows(data, f"lists/isian/{path.stem}")}
            for path in (data / "lists/isian").glob(f"{row['platform']}-{row['field']}-*.csv")
        ]
        assert len(set().union(*by_state)) == sum(map(len, by_state)) in (0, total)
    price = next(row for row in table if (row["platform"], row["field"]) == ("tokopedia", "price"))
    assert price["unreadable"] == "1"


def test_every_check_that_is_true_has_its_full_list(data: Path) -> None:
    findings = rows(data, "findings")
    assert findings, "the fixture must hold at least one finding"
    for row in rows(data, "checks"):
        name = f"{row['check']}-{row['platform']}" if row["platform"] else row["check"]
        path = data / f"lists/pemeriksaan/{name}.csv"
        listed = len(rows(data, f"lists/pemeriksaan/{name}")) if path.exists() else 0
        same = [f for f in findings if f["check"] == row["check"] and f["platform"] == row["platform"]]
        assert int(row["true"]) == len(same)
        if row["platform"]:
            assert listed == len(same)
    assert len({row["id"] for row in findings}) == len(findings)


def test_change_lists_hold_exactly_the_counted_offers(data: Path) -> None:
    for row in rows(data, "coverage"):
        for group in ("new", "gone", "changed"):
            path = data / f"lists/perubahan/{row['platform']}-{group}.csv"
            listed = len(rows(data, f"lists/perubahan/{path.stem}")) if path.exists() else 0
            assert listed == int(row[group])


def test_formulas_are_text_in_csv_and_workbook(data: Path) -> None:
    titles = [row["title_raw"] for row in rows(data, "offers")]
    assert any(title.startswith("'=HYPERLINK") for title in titles)
    for path in data.rglob("*.csv"):
        for line in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            assert not any(value.startswith(("=", "+", "@", "\t")) for value in line), path
    book = load_workbook(data / "coverage.xlsx")
    for sheet in book:
        for line in sheet.iter_rows():
            assert all(one.data_type != "f" for one in line)


def test_a_table_too_long_for_a_sheet_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.workbook.MOST_ROWS", 2)
    rows = [{"offer": str(number)} for number in range(3)]
    book = load_workbook(io.BytesIO(workbook([(BEHIND, rows), (PARTS, rows[:2])], [("malam (WIB)", "2020-07-15")])))
    assert book.sheetnames == ["tentang", "parts"]
    told = dict(book["tentang"].iter_rows(values_only=True))
    assert told["behind"].endswith("(3 baris); terlalu panjang untuk buku kerja ini, lihat behind.csv")
    assert told["parts"].endswith("(2 baris)")


def test_findings_name_the_night_in_the_workbook_and_other_nights_in_the_table(data: Path) -> None:
    sheet = list(load_workbook(data / "coverage.xlsx", read_only=True)["findings"].iter_rows(values_only=True))
    at, seen = sheet[0].index("id"), sheet[0].index("seen")
    dates = {line[at]: line[seen] for line in sheet[1:]}
    table = {row["id"]: row["seen"] for row in rows(data, "findings")}
    assert table == {name: "" if date == "2020-07-19" else date or "" for name, date in dates.items()}
    assert "2020-07-19" in dates.values()


def test_the_workbooks_sheets_have_the_rows_of_their_tables(data: Path) -> None:
    book = load_workbook(data / "coverage.xlsx", read_only=True)
    assert (book.sheetnames[0], book.sheetnames[-1]) == ("tentang", "changes")
    for name in book.sheetnames[1:]:
        lines = list(book[name].iter_rows(values_only=True))
        assert len(lines) - 1 == len(rows(data, name))
        assert list(lines[0]) == (data / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("-5 kg", "'-5 kg"),
        ("@x", "'@x"),
        ("+62", "'+62"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        (-5, -5),
        ("", ""),
    ],
)
def test_only_text_that_could_run_is_marked(value: Any, shown: Any) -> None:
    assert harmless(value) == shown


def test_cells_of_unknown_lists_and_booleans() -> None:
    assert [cell(v) for v in (None, True, False, 0, [], ["a", "b"], ["=x"])] == [
        "",
        "true",
        "false",
        "0",
        "",
        "a | b",
        "'=x",
    ]
    assert to_csv(["a"], []) == b"a\n"


def test_the_data_package_is_valid_for_frictionless(data: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = frictionless.Package(str(data / "datapackage.json"))
    tables = [resource for resource in package.resources if resource.path and resource.path.endswith(".csv")]
    assert {resource.name for resource in tables} >= {"courses", "offers", "coverage", "findings", "trends"}
    for resource in tables:
        report = resource.validate()
        assert report.valid, (resource.name, report.flatten(["type", "note"])[:3])


def test_frictionless_sees_a_table_that_is_not_what_it_says(data: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = read(data, "datapackage.json")
    resource = next(r for r in package["resources"] if r["name"] == "coverage")
    text = (data / "coverage.csv").read_text().replace("tokopedia,", ",", 1)
    (tmp_path / "coverage.csv").write_text(text)
    broken = {k: v for k, v in resource.items() if k not in ("hash", "bytes")}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "x", "resources": [broken]}))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).resources[0].validate().valid


def test_checksums_cover_every_file_and_are_right(data: Path) -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (data / "SHA256SUMS").read_text().splitlines())
    there = {p.relative_to(data).as_posix(): p for p in data.rglob("*") if p.is_file() and p.name != "SHA256SUMS"}
    assert listed.keys() == there.keys()
    for name, path in there.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name]


def test_the_dictionary_explains_every_column_in_both_languages(data: Path) -> None:
    table = rows(data, "dictionary")
    told = {(row["table"], row["column"]) for row in table}
    assert told == {(t.name, c.name) for t in (*TABLES, BEHIND, PARTS) for c in t.columns}
    assert all(row["id"] and row["en"] and row["type"] for row in table)
    for path in data.glob("*.csv"):
        if path.stem not in ("dictionary", "price-history"):
            header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
            assert {(path.stem, column) for column in header} <= told


def test_the_parquet_history_equals_its_csv(data: Path) -> None:
    parquet = duckdb.execute(
        f"SELECT count(*), count(DISTINCT offer) FROM '{data / 'price-history.parquet'}'"
    ).fetchall()[0]
    table = rows(data, "price-history")
    assert parquet == (len(table), len({row["offer"] for row in table}))


def test_the_alarm_feed_is_well_formed_with_stable_ids(data: Path) -> None:
    root = ElementTree.fromstring((data / "alarms.atom").read_bytes())
    space = "{http://www.w3.org/2005/Atom}"
    assert root.tag == f"{space}feed"
    entries = root.findall(f"{space}entry")
    ids = [entry.findtext(f"{space}id") for entry in entries]
    assert ids == ["urn:bandingkan-pelatihan:alarm:tidak-ada-hasil:bukalapak:2020-07-19:mulai"]
    for node in (root, *entries):
        assert (node.findtext(f"{space}updated") or "").startswith("2020-07-19T06:00:00")


def test_badges_say_number_date_and_outcome_and_hold_no_style(data: Path) -> None:
    text = (data / "badge/bukalapak.svg").read_text(encoding="utf-8")
    assert "6 pelatihan · 2020-07-18 · tidak ada hasil" in text
    assert "style" not in text and "<script" not in text
    ElementTree.fromstring(text)


def test_equal_input_gives_equal_bytes(data: Path, tmp_path: Path) -> None:
    nights = make_nights(tmp_path)
    for name in ("data", "again"):
        export_data(nights.var, tmp_path / name, build="b1", night=max(nights.summaries), sample=True)
    assert files_of(tmp_path / "data") == files_of(tmp_path / "again") == files_of(data)


def test_a_quiet_night_changes_only_the_files_that_name_the_night(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    for day in range(2):
        nights.night(day, {"tokopedia": listings("tokopedia", range(8))})
    found = []
    for day in range(2, 4):
        summary = nights.night(day, {"tokopedia": listings("tokopedia", range(8))})
        export_data(nights.var, tmp_path / f"d{day}", build=f"b{day}", night=summary.night, sample=True)
        found.append(files_of(tmp_path / f"d{day}"))
    changed = {name for name in found[0].keys() | found[1].keys() if found[0].get(name) != found[1].get(name)}
    kept = {name for name in changed if not name.startswith("state/")}
    assert kept <= {
        *("SHA256SUMS", "alarms.atom", "alarms.json", "badge/tokopedia.svg", "changes.json", "courses.json"),
        *("coverage.csv", "coverage.json", "coverage.xlsx", "datapackage.json", "price-history.parquet"),
        "trends.csv",
    }
    assert "platform/tokopedia.csv" not in changed
    assert "price-history.csv" not in changed


def test_what_is_no_longer_true_is_removed(tmp_path: Path) -> None:
    nights = make_nights(tmp_path)
    out = tmp_path / "data"
    stray = out / "lists/isian/old-price-empty.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("x")
    export_data(nights.var, out, build="b", night=max(nights.summaries), sample=False)
    assert not stray.exists()


def test_many_courses_are_split_into_parts_that_courses_json_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 10)
    monkeypatch.setattr(export_parts, "PER_PART", 4)
    monkeypatch.setattr(export_tables, "WHOLE_ROWS", 4)
    monkeypatch.setattr(export_tables, "PER_PART", 4)
    nights = Nights(tmp_path, [make_spec("tokopedia"), make_spec("bukalapak")])
    nights.night(0, {"tokopedia": listings("tokopedia", range(11)), "bukalapak": listings("bukalapak", range(3))})
    out = tmp_path / "data"
    export_data(nights.var, out, build="b", night=START, sample=False)
    index = read(out, "courses.json")
    assert index["courses"] == []
    courses = []
    for part in index["parts"]:
        body = (out / part["path"]).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (part["sha256"], part["bytes"])
        held = json.loads(gzip.decompress(body))["courses"]
        assert len(held) == part["courses"]
        courses += held
    assert len({course["id"] for course in courses}) == len(courses) == 11
    offers = part_rows(out, "offers")
    assert {row["id"] for row in offers} == {offer["id"] for course in courses for offer in course["offers"]}
    assert len(offers) == 14
    held = Counter(row["holds"] for row in rows(out, "offers"))
    assert held == {"snapshot": 5, "changed": 2, "removed": 2}  # one part of bukalapak, four of tokopedia
    for platform in ("tokopedia", "bukalapak"):
        mine = [row for row in offers if row["platform"] == platform]
        assert sorted(part_rows(out, f"platform/{platform}"), key=str) == sorted(mine, key=str)
    changes = [json.loads((out / p["path"]).read_text())["changes"] for p in read(out, "changes.json")["parts"]]
    assert sum(len(part) for part in changes) == 14  # the first night calls every offer new
    assert len(part_rows(out, "changes")) == 14
    package = read(out, "datapackage.json")
    files = {r["name"]: r["path"] for r in package["resources"]}
    assert [len(files[f"offers-{holds}"]) for holds in ("snapshot", "changed", "removed")] == [5, 2, 2]


def test_the_data_package_of_a_large_catalog_is_valid_for_frictionless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frictionless = pytest.importorskip("frictionless")
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 10)
    monkeypatch.setattr(export_tables, "WHOLE_ROWS", 4)
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    for day, chosen in enumerate((range(20), range(1, 21))):
        nights.night(day, {"tokopedia": listings("tokopedia", chosen)})
        out = tmp_path / f"data{day}"
        export_data(nights.var, out, build="b", night=START + dt.timedelta(days=day), sample=False)
    package = frictionless.Package(str(out / "datapackage.json"))
    resources = {resource.name: resource for resource in package.resources}
    for name in ("courses-snapshot", "courses-changed", "courses-removed", "offers-snapshot", "offers-changed"):
        report = resources[name].validate()
        assert report.valid, (name, report.flatten(["type", "note"])[:3])
    assert resources["courses-changed"].read_rows()[0]["id"]


def test_one_change_touches_few_parts_of_a_large_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 10)
    monkeypatch.setattr(export_parts, "PER_PART", 1)
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.night(0, {"tokopedia": listings("tokopedia", range(40))})
    export_data(nights.var, tmp_path / "one", build="b", night=START, sample=False)
    found = listings("tokopedia", range(40))
    found[7] = found[7].model_copy(update={"price": "Rp999.000"})
    nights.night(1, {"tokopedia": found})
    export_data(nights.var, tmp_path / "two", build="c", night=START + dt.timedelta(days=1), sample=False)
    parts = sorted((tmp_path / "one/courses").iterdir())
    assert len(parts) == 64
    assert sum(p.read_bytes() != (tmp_path / "two/courses" / p.name).read_bytes() for p in parts) == 1


@pytest.mark.parametrize("spoil", ["nothing", "cache gone", "cache cut", "cache of lists", "part damaged", "part gone"])
def test_parts_with_the_same_courses_are_taken_over_and_equal_those_written_anew(
    spoil: str, large: Nights, tmp_path: Path
) -> None:
    memory, previous = large.var.cache / "course-parts.json", tmp_path / "one"
    night = {"build": "b", "night": START, "sample": False}
    export_data(large.var, previous, **night)
    if spoil == "cache gone":
        memory.unlink()
    elif spoil.startswith("cache"):
        memory.write_text("[]" if spoil == "cache of lists" else memory.read_text()[:-5])
    elif spoil != "nothing":
        victim = previous / "courses/0001.json.gz"
        victim.unlink()
        if spoil == "part damaged":
            victim.write_bytes(b"x")
    export_data(large.var, tmp_path / "two", **night, previous=previous)
    export_data(large.var, tmp_path / "scratch", **night)
    assert files_of(tmp_path / "two") == files_of(tmp_path / "scratch")
    names = [path.name for path in (tmp_path / "two/courses").iterdir()]
    taken = [name for name in names if same_file(previous / "courses" / name, tmp_path / "two/courses" / name)]
    assert len(names) - len(taken) == {"n": 0, "p": 1}.get(spoil[0], len(names))


def same_file(one: Path, two: Path) -> bool:
    return one.exists() and one.samefile(two)


def test_a_part_with_a_changed_course_or_another_head_is_not_taken_over(large: Nights, tmp_path: Path) -> None:
    export_data(large.var, tmp_path / "one", build="b", night=START, sample=False)
    found = listings("tokopedia", range(12))
    found[7] = found[7].model_copy(update={"price": "Rp999.000"})
    large.night(1, {"tokopedia": found})
    tomorrow = START + dt.timedelta(days=1)
    for name, sample, fewest, most in (("two", False, 1, 1), ("sample", True, 99, 99)):
        export_data(large.var, tmp_path / name, build="c", night=tomorrow, sample=sample, previous=tmp_path / "one")
        parts = [path.name for path in (tmp_path / "one/courses").iterdir()]
        new = sum(not same_file(tmp_path / "one/courses" / part, tmp_path / name / "courses" / part) for part in parts)
        assert min(fewest, len(parts)) <= new <= min(most, len(parts))
    held = [part["courses"] for part in read(tmp_path / "two", "courses.json")["parts"]]
    assert sum(held) == 12


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """One night of a catalog in parts."""
    monkeypatch.setattr(export_parts, "WHOLE_UP_TO", 10)
    monkeypatch.setattr(export_parts, "PER_PART", 2)
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.night(0, {"tokopedia": listings("tokopedia", range(12))})
    return nights


def test_an_empty_catalog_is_exported_as_one(tmp_path: Path) -> None:
    nights = Nights(tmp_path, [make_spec("tokopedia")])
    nights.build(START, None)
    export_data(nights.var, tmp_path / "data", build="b", night=START, sample=False)
    assert read(tmp_path / "data", "courses.json")["courses"] == []
    assert "belum pernah terkumpul" in (tmp_path / "data/badge/tokopedia.svg").read_text(encoding="utf-8")


def test_without_a_catalog_one_line_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="run `banding catalog` first"):
        export_data(Var(tmp_path), tmp_path / "data", build="b", night=START, sample=False)
