"""Equal input gives equal bytes; a quiet night keeps them; an incremental build equals a full one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.factories import NIGHT, make_course, make_offer
from tests.site.building import build_site, run_pelican, usual_courses, write_catalog


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def differing(one: dict[str, bytes], two: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}


def later_night(courses: list, night: dt.date) -> list:  # type: ignore[type-arg]
    """The same catalog, seen one night later."""
    found = []
    for course in courses:
        offers = [o.model_copy(update={"last_seen": night}) if o.last_seen == NIGHT else o for o in course.offers]
        found.append(course.model_copy(update={"offers": offers}))
    return found


def test_two_builds_of_one_catalog_are_byte_equal(var: Path, built: Path, tmp_path: Path) -> None:
    again = build_site(var, tmp_path, base="/repo/", url="https://contoh.example/repo")
    assert differing(contents(built), contents(again)) == set()


def test_a_quiet_night_keeps_the_course_and_list_pages(tmp_path: Path) -> None:
    courses = usual_courses(60)
    night = NIGHT + dt.timedelta(days=1)
    first = build_site(write_catalog(tmp_path / "v1", courses), tmp_path / "a")
    second = build_site(
        write_catalog(tmp_path / "v2", later_night(courses, night)), tmp_path / "b", night=night, build="uji-2"
    )
    changed = differing(contents(first), contents(second))
    pages = {name for name in changed if name.endswith(".html")}
    # The home page and that of the open data name the night, the search page the build.
    assert {n for n in pages if not n.startswith(("cakupan", "en/"))} <= {
        "index.html",
        "data/index.html",
        "pelatihan/index.html",
        "perubahan/index.html",
    }
    assert "pelatihan/index.html" in pages


def test_an_incremental_build_equals_a_full_one_and_links_what_did_not_change(tmp_path: Path) -> None:
    courses = usual_courses(120)
    var = write_catalog(tmp_path / "var", courses)
    first = build_site(var, tmp_path / "first")
    changed = [c.model_copy(deep=True) for c in courses]
    offer = changed[3].offers[0]
    offer.price_idr = 77_000
    changed[3].title = "Judul yang lain"
    write_catalog(var, changed[:-1])
    partial = build_site(var, tmp_path / "partial", previous=first)
    full = build_site(write_catalog(tmp_path / "fresh", changed[:-1]), tmp_path / "full")
    assert differing(contents(partial), contents(full)) == set()
    shared = [p for p in (partial / "pelatihan").glob("*/index.html") if p.stat().st_nlink > 1]
    assert len(shared) >= 0.9 * len(changed)
    assert not (partial / "pelatihan" / courses[-1].slug).exists()


def test_a_touched_old_file_is_not_taken_over(tmp_path: Path) -> None:
    var = write_catalog(tmp_path / "var", usual_courses(10))
    first = build_site(var, tmp_path / "first")
    page = first / "pelatihan" / "contoh-1" / "index.html"
    good = page.read_bytes()
    page.write_text("<p>somebody edited this by hand</p>")
    second = build_site(var, tmp_path / "second", previous=first)
    assert (second / "pelatihan" / "contoh-1" / "index.html").read_bytes() == good


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"base": "/../x/"}, "BANDING_BASE"),
        ({"night": "kemarin"}, "BANDING_NIGHT"),
        ({"links": "weird"}, "BANDING_LINKS"),
    ],
)
def test_a_wrong_setting_stops_the_build_and_says_which(tmp_path: Path, setting: dict, words: str) -> None:  # type: ignore[type-arg]
    done = run_pelican(write_catalog(tmp_path / "var", []), tmp_path / "out", **setting)
    assert done.returncode != 0
    assert words in done.stdout + done.stderr
    assert not (tmp_path / "out" / "index.html").exists()


def test_a_broken_catalog_line_stops_the_build_and_names_it(tmp_path: Path) -> None:
    var = write_catalog(tmp_path / "var", usual_courses(3))
    with (var / "catalog" / "courses.jsonl").open("a") as lines:
        lines.write('{"id": "half"\n')
    done = run_pelican(var, tmp_path / "out")
    assert done.returncode != 0
    said = "".join((done.stdout + done.stderr).split())  # the log breaks its lines anywhere
    assert "courses.jsonl:course15" in said


def test_the_first_price_change_of_a_catalog_moves_no_other_courses_key() -> None:
    from banding_entries import _before_of, moved_in
    from banding_history import Prices

    line = b'{"offers":[{"id":"p:1"}]}'
    assert not moved_in(line, {})
    assert not moved_in(line, {"p:2": 50_000})
    assert moved_in(line, {"p:1": None}) == ["p:1"]
    assert _before_of([], {"p:2": 50_000}) == Prices({"p:2": []}, {}).key([]) == ""
    assert _before_of(["p:1"], {"p:1": None}) != ""
    assert Prices({"p:1": []}, {}).key(["p:1"]) != ""


def test_ids_of_a_line_are_found_without_reading_it_as_a_record() -> None:
    from banding_entries import ids_in

    course = make_course([make_offer(native_id="1", title='Kata "id":"p:palsu" di judul'), make_offer(native_id="2")])
    found = ids_in(course.model_dump_json(exclude_defaults=True).encode())
    assert {"tokopedia:1", "tokopedia:2", "c1"} <= set(found)
    assert not any("palsu" in one for one in found)
    assert ids_in(b'{"id": "c1", "offers": []}') == ["c1"]
    assert ids_in(b"") == []
