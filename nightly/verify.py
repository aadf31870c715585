"""Is a new build whole and true to the catalog? Problems stop the publishing; warnings are told and published."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
from selectolax.lexbor import LexborHTMLParser

from catalog.layout import Var
from nightly.build_id import code_hash, file_hash
from nightly.pages import check_pages
from nightly.publish import read_build
from nightly.tree import Files, walk

FILE_BYTES = 24 * 2**20  # the smallest limit of the hosts in docs/hosting.md is 25 MiB a file
SITE_BYTES = 900 * 2**20  # GitHub Pages: 1 GB
FREE_HOST_FILES = 18_000  # Cloudflare Pages' free plan: 20,000 files; a warning only, paid plans take more
PARTS = "data/courses/"  # of a large catalog
SAMPLE = 100  # Validating is slow (40 us a field); the records were validated when they were written.
SCRIPT_BYTES = 40_000  # gzipped, of the home page
STYLE_BYTES = 12_000
_COURSE_PAGE = re.compile(r"pelatihan/([^/]+)/index\.html")
_SHARED_PAGE = re.compile(r"kelompok/[^/]+/index\.html")
NEEDED = ("index.html", "404.html", "pelatihan/index.html", "data/courses.json", "data/coverage.json", "build.json")


@dataclass
class Verified:
    """What the checks found."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def verify(out: Path, var: Var, *, previous: Path | None = None) -> Verified:
    """All checks of one build."""
    found = Verified()
    build = read_build(out)
    if build is None:
        found.problems.append("build.json is missing or no JSON")
        return found
    files = walk(out)
    missing = [name for name in NEEDED if name not in files]
    found.problems += [f"{name} is missing" for name in missing]
    wanted = catalog_courses(var, str(build.get("night")))
    found.problems += check_counts(out, files, wanted, previous)
    pages = check_pages(
        out,
        base=str(build.get("base", "/")),
        sample=bool(build.get("sample")),
        memory=var.root / "site" / "checked.json",
        files=files,
    )
    found.problems += pages.problems
    found.facts |= {"pages": pages.pages, "links": pages.links, "reused_pages": pages.reused}
    if not missing:
        found.problems += check_data(out, files, build, wanted.keys())
        found.problems += check_one_build(out, build)
    check_sizes(files, found)
    check_weight(out, str(build.get("base", "/")), found)
    check_changes(out, files, previous, var, wanted, found)
    return found


def catalog_courses(var: Var, night: str) -> dict[str, str]:
    """Slug -> hash of every course of the catalog; like its page, it names the last sight only where that is not this
    night's."""
    tonight = f'"last_seen":"{night}"'.encode()
    with var.courses.open("rb") as lines:
        return {
            json.loads(line)["slug"]: hashlib.blake2b(line.replace(tonight, b""), digest_size=6).hexdigest()
            for line in lines
        }


def check_counts(out: Path, files: Files, wanted: Mapping[str, str], previous: Path | None) -> list[str]:
    """A page for every course, and no other. Nothing at all may only follow nothing: a first night without an
    accepted platform still publishes its coverage, with the reasons."""
    if not wanted and previous is not None and course_places(previous, walk(previous)):
        return ["the catalog is empty while the published site has courses: nothing is published"]
    pages = course_places(out, files)
    problems = [f"no page for course {slug}" for slug in sorted(wanted.keys() - pages)[:10]]
    strays = (slug for slug in sorted(pages - wanted.keys()) if not leads_on(out / "pelatihan" / slug / "index.html"))
    return problems + [f"a page without course: {slug}" for slug in itertools.islice(strays, 10)]


def leads_on(page: Path) -> bool:
    """The old address of a merged course: its page only leads to the other one."""
    return page.is_file() and '<meta http-equiv="refresh" content="0; url=' in page.read_text(encoding="utf-8")


def course_places(out: Path, files: Files) -> set[str]:
    """Slugs of the courses that can be opened: pages of their own, or articles of shared ones (BANDING_PAGES=lists)."""
    own = {found[1] for name in files if (found := _COURSE_PAGE.fullmatch(name))}
    shared = ((out / name).read_text(encoding="utf-8") for name in files if _SHARED_PAGE.fullmatch(name))
    return own.union(*(re.findall(r'<article id="([^"]+)"', text) for text in shared))


def check_data(out: Path, files: Files, build: dict[str, Any], wanted: Set[str]) -> list[str]:
    """The open data hold the same courses and follow their own schemas."""
    problems = []
    slugs: set[str] = set()
    names = data_files(files)
    chosen = set(itertools.islice((n for n in names if n.startswith(PARTS)), 0, None, max(1, len(names) // SAMPLE)))
    sample: list[Any] = []
    for name in names:
        try:
            data = (out / name).read_bytes()
            value = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
        except (OSError, EOFError, ValueError) as error:
            problems.append(f"{name}: no JSON: {error}")
            continue
        problems += check_schema(out, name, value)
        if isinstance(value, dict) and isinstance(value.get("courses"), list):
            slugs |= {course["slug"] for course in value["courses"] if isinstance(course, dict)}
            sample += value["courses"][:1] if name in chosen else []
    if chosen:  # parts have no schema of their own: their courses follow that of courses.json
        listing = json.loads((out / "data/courses.json").read_text(encoding="utf-8"))
        problems += check_schema(out, "data/courses.json", {**listing, "courses": sample})
    if slugs != wanted:
        problems.append(f"data hold {len(slugs)} courses, the catalog {len(wanted)}")
    return problems


def data_files(files: Files) -> list[str]:
    """JSON files of the open data, the parts of a large catalog included; state and schemas are checked elsewhere."""
    found = (name for name in files if name.startswith("data/") and name.endswith((".json", ".json.gz")))
    return [name for name in found if not name.startswith(("data/schema/", "data/state/"))]


def check_schema(out: Path, name: str, value: Any) -> list[str]:
    """Does the file follow data/schema/<its name>? Files without a schema of their own pass."""
    schema_path = out / "data/schema" / (Path(name).stem.removesuffix(".schema") + ".json")
    if not schema_path.is_file():
        schema_path = schema_path.with_suffix(".schema.json")
    if not schema_path.is_file():
        return []
    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    items = value.get("courses") if isinstance(value, dict) else None
    if isinstance(items, list) and len(items) > 2 * SAMPLE:
        step = len(items) // SAMPLE
        value = {**value, "courses": items[::step]}
    error = next(iter(validator.iter_errors(value)), None)
    if error is None:
        return []
    where = "/".join(str(part) for part in error.absolute_path)
    return [f"{name}: {where or 'the whole'}: {error.message[:120]}"]


def check_one_build(out: Path, build: dict[str, Any]) -> list[str]:
    """build.json, the data, the search page and the search index name the same build."""
    wanted = str(build.get("build"))
    if not wanted or len(wanted) < 6:
        return ["build.json names no build"]
    problems = []
    for name in ("data/courses.json", "data/coverage.json"):
        value = json.loads((out / name).read_text(encoding="utf-8"))
        said = value.get("build") if isinstance(value, dict) else None
        if said is not None and said != wanted:
            problems.append(f"{name} belongs to build {said}, build.json says {wanted}")
    page = (out / "pelatihan/index.html").read_text(encoding="utf-8")
    if wanted not in page:
        problems.append(f"the search page does not name build {wanted}")
    return problems


def check_sizes(files: Files, found: Verified) -> None:
    """Limits of the hosts; a size is counted once a name, as a host counts it."""
    sizes = {name: info.st_size for name, info in files.items()}
    found.problems += [f"{n}: {size} bytes, more than {FILE_BYTES}" for n, size in sizes.items() if size > FILE_BYTES]
    size = sum(sizes.values())
    found.facts |= {"files": len(files), "bytes": size}
    if size > SITE_BYTES:
        found.warnings.append(f"the site has {size:,} bytes, more than GitHub Pages takes ({SITE_BYTES:,})")
    if len(files) > FREE_HOST_FILES:
        found.warnings.append(
            f"the site has {len(files):,} files, more than Cloudflare Pages' free plan takes; "
            "BANDING_PAGES=lists makes fewer"
        )


def check_weight(out: Path, base: str, found: Verified) -> None:
    """What the home page makes a phone fetch: scripts and styles, gzipped."""
    page = out / "index.html"
    if not page.is_file():
        return
    tree = LexborHTMLParser(page.read_bytes())
    scripts = [node.attributes["src"] or "" for node in tree.css("script[src]")]
    styles = [node.attributes["href"] or "" for node in tree.css('link[rel="stylesheet"][href]')]
    for kind, names, limit in (("scripts", scripts, SCRIPT_BYTES), ("styles", styles, STYLE_BYTES)):
        weight = sum(_gzipped(out / name.removeprefix(base)) for name in names)
        found.facts[f"{kind}_bytes"] = weight
        if weight > limit:
            found.problems.append(f"the home page's {kind} weigh {weight} bytes gzipped, more than {limit}")


def _gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0)) if path.is_file() else 0


def check_changes(
    out: Path, files: Files, previous: Path | None, var: Var, courses: Mapping[str, str], found: Verified
) -> None:
    """Changed course pages in proportion to changed courses: more means that a page depends on the night by mistake.

    Compared only with a build of the same code and address; then it is told as a warning.
    """
    mark = var.root / "site" / "last-build.json"
    build = read_build(out) or {}
    here = {"code": code_hash(), "base": build.get("base"), "courses": dict(courses)}
    before = _read(mark)
    _write(var.root / "site" / "next-build.json", here)
    if previous is None or read_build(previous) is None:
        return
    before_files = walk(previous)
    pages = (name for name in files if name.endswith(".html"))
    changed = [n for n in pages if _differs(out / n, files[n], previous / n, before_files.get(n))]
    found.facts["changed_pages"] = len(changed)
    if not before or before.get("code") != here["code"] or before.get("base") != here["base"]:
        return
    old = before.get("courses", {})
    moved = {slug for slug in courses.keys() | old.keys() if courses.get(slug) != old.get(slug)}
    found.facts["changed_courses"] = len(moved)
    course_pages = [n for n in changed if n.startswith("pelatihan/") and n.count("/") == 2]
    limit = 12 * len(moved) + 20  # a course page also shows a few similar courses
    if len(course_pages) > limit:
        found.warnings.append(f"{len(course_pages)} course pages changed, but only {len(moved)} courses")


def remember(var: Var) -> None:
    """After the swap: the build that was verified is the one to compare with next night."""
    new = var.root / "site" / "next-build.json"
    if new.exists():
        new.replace(new.with_name("last-build.json"))


def _differs(new: Path, a: os.stat_result, old: Path, b: os.stat_result | None) -> bool:
    if b is None or a.st_size != b.st_size:
        return True
    return (a.st_ino, a.st_dev) != (b.st_ino, b.st_dev) and file_hash(new) != file_hash(old)


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(path: Path, value: dict[str, Any]) -> None:
    from catalog.files import write_json

    write_json(path, value)
