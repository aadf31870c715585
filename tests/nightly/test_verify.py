"""The checks before publishing: each one passes a good build and stops a bad one."""

from __future__ import annotations

import gzip
import html
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.files import dump_json
from catalog.layout import Var
from nightly import verify as checks
from nightly.pages import SAMPLE_TEXT, check_pages, local_target, read_page
from nightly.tree import exists, walk
from nightly.verify import catalog_courses, check_schema, remember, verify

CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'"
BUILD = "0123456789ab"


def page(body: str = "", *, head: str = "", lang: str = "id", csp: str = CSP, base: str = "/") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{csp}"><title>Judul</title>'
        f'<link rel="stylesheet" href="{base}a.0123abcd.css">{head}</head><body>{body}</body></html>'
    )


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Var]:
    """A small good build with its catalog."""
    return make(tmp_path / "new", Var(tmp_path / "var"))


def make(out: Path, var: Var, *, base: str = "/", night: str = "2020-07-15") -> tuple[Path, Var]:
    courses = [{"id": f"c{n}", "slug": f"kelas-{n}", "title": f"Kelas {n}", "status": "active"} for n in range(3)]
    var.catalog.mkdir(parents=True, exist_ok=True)
    var.courses.write_text("".join(json.dumps(c) + "\n" for c in courses), encoding="utf-8")
    links = "".join(f'<a href="{base}pelatihan/{c["slug"]}/">x</a>' for c in courses)
    data = {"build": BUILD, "courses": courses}
    files = {
        "index.html": page(links, base=base),
        "404.html": page(base=base),
        "a.0123abcd.css": "p{}",
        "pelatihan/index.html": page(f'<ol data-build="{BUILD}"></ol>', base=base),
        "data/courses.json": json.dumps(data),
        "data/coverage.json": "{}",
        "data/schema/courses.schema.json": json.dumps({"type": "object", "required": ["courses"]}),
        "build.json": json.dumps({"build": BUILD, "night": night, "sample": False, "base": base}),
    }
    files |= {f"pelatihan/{c['slug']}/index.html": page(f'<a href="{base}">h</a>', base=base) for c in courses}
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    return out, var


def test_a_good_build_passes(built: tuple[Path, Var]) -> None:
    found = verify(*built)
    assert (found.problems, found.warnings) == ([], [])
    assert found.facts["pages"] == 6
    assert found.facts["links"] > 6


def test_a_good_build_under_another_base_passes(tmp_path: Path) -> None:
    assert verify(*make(tmp_path / "new", Var(tmp_path / "var"), base="/repo/")).problems == []


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    def act(out: Path) -> None:
        text = (out / name).read_text(encoding="utf-8")
        assert old in text
        (out / name).write_text(text.replace(old, new), encoding="utf-8")

    return act


def remove(name: str) -> Callable[[Path], None]:
    return lambda out: (out / name).unlink()


def write(name: str, text: str) -> Callable[[Path], None]:
    def act(out: Path) -> None:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")

    return act


BODY = "</body>"


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (remove("build.json"), "build.json"),
        (remove("404.html"), "404.html is missing"),
        (remove("pelatihan/kelas-1/index.html"), "no page for course kelas-1"),
        (write("pelatihan/fremd/index.html", page()), "a page without course: fremd"),
        (write("pelatihan/fremd/index.html", ""), "fremd/index.html: no strict Content-Security-Policy"),
        (change("index.html", BODY, "<template><b onclick=x></b></template></body>"), "<template>"),
        (change("index.html", BODY, '<svg><a xlink:href="javascript:x()"></a></svg></body>'), "an address that runs"),
        (remove("a.0123abcd.css"), "leads nowhere: a.0123abcd.css"),
        (change("index.html", BODY, '<a href="/tidak/ada/">x</a></body>'), "leads nowhere: tidak/ada/"),
        (change("index.html", BODY, '<a href="../../etc/passwd">x</a></body>'), "leads nowhere"),
        (change("index.html", BODY, '<img src="hilang.png"></body>'), "hilang.png"),
        (change("index.html", BODY, "<script>alert(1)</script></body>"), "a script in the page itself"),
        (change("index.html", BODY, '<script src="//jahat.example/x.js"></script></body>'), "another host"),
        (change("index.html", BODY, '<b onclick="x()">x</b></body>'), "event handler"),
        (change("index.html", BODY, '<a href=" jAvascript:x()">x</a></body>'), "an address that runs"),
        (change("index.html", BODY, "<iframe></iframe></body>"), "<iframe>"),
        (change("index.html", BODY, '<script type="application/ld+json">{</script></body>'), "no JSON"),
        (change("index.html", 'lang="id"', 'lang="en"'), "not 'id'"),
        (change("index.html", "<title>", "<title></title><title>"), "title"),
        (change("index.html", "default-src 'self'", "default-src *"), "Content-Security-Policy"),
        (change("index.html", "object-src", "script-src 'unsafe-inline'; object-src"), "Content-Security-Policy"),
        (change("index.html", BODY, SAMPLE_TEXT + BODY), "marked as sample"),
        (change("build.json", '"sample": false', '"sample": true'), "without its mark"),
        (change("index.html", BODY, "x" * 600_001 + BODY), "more than 600000"),
        (change("data/courses.json", BUILD, "ffffffffffff"), "belongs to build"),
        (change("pelatihan/index.html", BUILD, ""), "does not name build"),
        (write("data/courses.json", '{"build": "0123456789ab", "courses": []}'), "data hold 0 courses"),
        (write("data/courses.json", '{"build": "0123456789ab"}'), "'courses' is a required property"),
        (write("data/changes.json", "{"), "no JSON"),
    ],
)
def test_a_bad_build_is_stopped(spoil: Callable[[Path], None], word: str, built: tuple[Path, Var]) -> None:
    spoil(built[0])
    assert any(word in problem for problem in verify(*built).problems), verify(*built).problems


def test_the_old_address_of_a_merged_course_may_lead_on(built: tuple[Path, Var]) -> None:
    out, var = built
    leads_on = page('<a href="/pelatihan/kelas-1/">x</a>').replace(
        "</head>", '<meta http-equiv="refresh" content="0; url=/pelatihan/kelas-1/"></head>'
    )
    write("pelatihan/judul-lama/index.html", leads_on)(out)
    assert verify(out, var).problems == []
    write(
        "pelatihan/judul-lain/index.html", leads_on.replace('content="0; url=/pelatihan', 'content="5; url=/pelatihan')
    )(out)
    assert verify(out, var).problems == ["a page without course: judul-lain"]


def test_courses_may_share_pages_but_none_may_be_missing(built: tuple[Path, Var]) -> None:
    out, var = built
    for place in (out / "pelatihan").glob("*/index.html"):
        place.unlink()
    (out / "index.html").write_text(page('<a href="/kelompok/000/#kelas-0">x</a>'), encoding="utf-8")
    (out / "kelompok/000").mkdir(parents=True)
    articles = "".join(f'<article id="kelas-{n}"></article>' for n in range(3))
    (out / "kelompok/000/index.html").write_text(page(articles + '<a href="/">h</a>'), encoding="utf-8")
    assert verify(out, var).problems == []
    (out / "kelompok/000/index.html").write_text(page('<article id="kelas-9"></article>'), encoding="utf-8")
    problems = "; ".join(verify(out, var).problems)
    assert "no page for course kelas-0" in problems
    assert "a page without course: kelas-9" in problems


def test_an_empty_catalog_never_follows_a_site_with_courses(built: tuple[Path, Var]) -> None:
    out, var = built
    var.courses.write_text("", encoding="utf-8")
    assert any("catalog is empty" in problem for problem in verify(out, var, previous=out).problems)


def test_an_empty_catalog_may_be_the_first_night(built: tuple[Path, Var], tmp_path: Path) -> None:
    out, var = built
    var.courses.write_text("", encoding="utf-8")
    assert not any("catalog is empty" in p for p in verify(out, var, previous=tmp_path / "nothing").problems)


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert check_pages(tmp_path, base="/", sample=False).problems == ["the build has no page"]


@pytest.mark.parametrize("limit", ["FILE_BYTES", "SCRIPT_BYTES", "STYLE_BYTES"])
def test_what_is_too_heavy_is_stopped(limit: str, built: tuple[Path, Var], monkeypatch: pytest.MonkeyPatch) -> None:
    out = built[0]
    (out / "b.0123abcd.js").write_text("let x", encoding="utf-8")
    change("index.html", BODY, '<script type="module" src="/b.0123abcd.js"></script></body>')(out)
    assert verify(*built).problems == []
    monkeypatch.setattr(checks, limit, 1)
    assert verify(*built).problems != []


@pytest.mark.parametrize(("limit", "word"), [("SITE_BYTES", "GitHub"), ("FREE_HOST_FILES", "Cloudflare")])
def test_a_hosts_limit_is_a_warning(
    limit: str, word: str, built: tuple[Path, Var], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, limit, 1)
    found = verify(*built)
    assert found.problems == []
    assert any(word in warning for warning in found.warnings)


def test_many_changed_pages_for_few_changed_courses_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, var = make(tmp_path / "old", Var(tmp_path / "var"))
    verify(old, var)
    remember(var)
    new, _ = make(tmp_path / "new", var)
    quiet = verify(new, var, previous=old)
    assert (quiet.facts["changed_pages"], quiet.facts["changed_courses"], quiet.warnings) == (0, 0, [])
    for number in range(30):
        for folder in (old, new):
            write(f"pelatihan/x{number}/index.html", page(f"{folder.name}"))(folder)
    with var.courses.open("a", encoding="utf-8") as out:
        out.writelines(json.dumps({"slug": f"x{n}", "offers": []}) + "\n" for n in range(30))
    verify(old, var)
    remember(var)
    noisy = verify(new, var, previous=old)
    assert any("30 course pages changed, but only 0 courses" in warning for warning in noisy.warnings)


def test_a_course_that_was_not_seen_tonight_has_changed_with_its_page(tmp_path: Path) -> None:
    offers = [{"last_seen": "2020-07-15"}, {"last_seen": "2020-07-14"}]
    var = Var(tmp_path)
    var.catalog.mkdir(parents=True)
    var.courses.write_text(dump_json({"slug": "a", "offers": offers}) + "\n", encoding="utf-8")
    first, second, third = (catalog_courses(var, f"2020-07-{day}") for day in (15, 16, 17))
    assert first != second
    assert second == third


def test_pages_of_last_night_are_not_read_again_but_their_links_are(tmp_path: Path) -> None:
    old, var = make(tmp_path / "old", Var(tmp_path / "var"))
    assert verify(old, var).facts["reused_pages"] == 0
    new = tmp_path / "new"
    for path in old.rglob("*"):
        if path.is_file():
            (new / path.relative_to(old)).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, new / path.relative_to(old))
    assert verify(new, var, previous=old).facts["reused_pages"] == 6
    (new / "a.0123abcd.css").unlink()
    assert any("leads nowhere" in problem for problem in verify(new, var).problems)


@pytest.mark.parametrize(
    ("link", "folder", "base", "target"),
    [
        ("/x/", "", "/", "x/"),
        ("x/", "", "/", "x/"),
        ("/repo/x.css?v=1#a", "a/b", "/repo/", "x.css"),
        ("/x/", "", "/repo/", ".."),
        ("../y.html", "a", "/", "y.html"),
        ("../../y.html", "a", "/", ".."),
        ("./y%20z.html", "a", "/", "a/y z.html"),
        ("#isi", "a", "/", None),
        ("https://www.prakerja.go.id/", "a", "/", None),
        ("mailto:x", "a", "/", None),
        ("", "a", "/", None),
        ("http://[", "a", "/", ".."),
    ],
)
def test_the_file_that_a_link_names(link: str, folder: str, base: str, target: str | None) -> None:
    assert local_target(link, folder, base) == target


def test_the_files_of_a_build_are_walked_once(tmp_path: Path) -> None:
    assert walk(tmp_path) == walk(tmp_path / "none") == {}
    for name in ("b.html", "a/index.html", "a.html", "a/b/c.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    files = walk(tmp_path)
    assert list(files) == ["a.html", "a/b/c.css", "a/index.html", "b.html"]
    assert files["a/b/c.css"].st_size == len("a/b/c.css")
    known = {target: exists(files, target) for target in ("a/", "a/b/c.css", "", "a", "a/b/", "../b.html", "a.html/")}
    assert [target for target, there in known.items() if there] == ["a/", "a/b/c.css"]


def test_a_schema_is_found_by_name(tmp_path: Path) -> None:
    (tmp_path / "data/schema").mkdir(parents=True)
    (tmp_path / "data/schema/changes.json").write_text('{"type": "object"}', encoding="utf-8")
    assert check_schema(tmp_path, "data/changes.json", []) != []
    assert check_schema(tmp_path, "data/changes.json", {}) == []
    assert check_schema(tmp_path, "data/other.json", []) == []


@pytest.mark.parametrize(("field", "problem"), [("slug", False), ("slag", True)])
def test_courses_in_parts_follow_the_schema_of_courses(built: tuple[Path, Var], field: str, problem: bool) -> None:
    out, var = built
    schema = {"properties": {"courses": {"items": {"required": [field]}}}}
    (out / "data/schema/courses.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    courses = json.loads((out / "data/courses.json").read_text(encoding="utf-8"))
    for number, course in enumerate(courses["courses"]):
        part = out / f"data/courses/{number:04x}.json.gz"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(gzip.compress(json.dumps({"courses": [course]}).encode()))
    (out / "data/courses.json").write_text(json.dumps({**courses, "courses": [], "parts": []}), encoding="utf-8")
    told = [f"data/courses.json: courses/0: '{field}' is a required property"] * problem
    assert verify(out, var).problems == told


def test_hostile_text_that_is_escaped_is_no_problem() -> None:
    body = page("<h1>&lt;script&gt;alert(1)&lt;/script&gt; onload=x</h1>")
    assert read_page(body.encode(), "x.html", "/", sample=False).problems == []


@pytest.mark.parametrize(
    "hidden",
    [
        '<img src="a.0123abcd.css"onerror="x()">',
        "<img/onerror=x()>",
        "<b class='a'\nON-FOO:BAR \n = x()>x</b>",
        "<p\x0conclick=x()>x</p>",
        '<svg><a href="#" onbegin=x()></a></svg>',
    ],
)
def test_a_handler_is_found_in_every_spelling(hidden: str) -> None:
    """Most elements of a page are not looked at one by one; where a handler may stand, all are."""
    problems = read_page(page(hidden).encode(), "x.html", "/", sample=False).problems
    assert any("event handler" in problem for problem in problems), problems
    assert (
        read_page(page(f'<p title="{html.escape(hidden)}">x</p>').encode(), "x.html", "/", sample=False).problems == []
    )
