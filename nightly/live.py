"""`banding check-live URL`: is the published site the one that should be there? For a watcher on another machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import Any

from catalog.layout import WIB
from nightly.errors import UserError
from nightly.fetch import Site

MOST_HOURS = 36.0
PAGE = 4 * 2**20
DATA = 64 * 2**20
SUMS = "data/SHA256SUMS"


def check_live(
    address: str, *, hours: float = MOST_HOURS, files: int = 20, now: dt.datetime | None = None
) -> list[str]:
    """What is wrong with a published site; empty when all is well. UserError when it does not answer at all."""
    site = Site(address)
    build = _json(site.get("build.json", PAGE), "build.json")
    problems = _age(build, hours, now or dt.datetime.now(dt.UTC))
    problems += _one_build(site, build)
    problems += _sums(site, files, str(build.get("build")))
    return problems


def _age(build: dict[str, Any], hours: float, now: dt.datetime) -> list[str]:
    """A night is counted from its midnight in western Indonesian time."""
    try:
        night = dt.date.fromisoformat(str(build["night"]))
    except (KeyError, ValueError):
        return ["build.json names no night"]
    age = now - dt.datetime.combine(night, dt.time(), WIB)
    if age > dt.timedelta(hours=hours):
        return [f"the night {night} is {age.total_seconds() / 3600:.0f} hours old, more than {hours:.0f}"]
    if age < -dt.timedelta(days=1):
        return [f"the night {night} lies in the future: a clock is wrong"]
    return ["this is sample data"] if build.get("sample") is not False else []


def _one_build(site: Site, build: dict[str, Any]) -> list[str]:
    """The search page and the data belong to the build that build.json names."""
    wanted = str(build.get("build"))
    problems = []
    page = site.get("pelatihan/index.html", PAGE).decode("utf-8", "replace")
    if wanted not in page:
        problems.append(f"the search page is not of build {wanted}: a deploy is running or was interrupted")
    courses = _json(site.get("data/courses.json", DATA), "data/courses.json")
    if courses.get("build") != wanted:
        problems.append(f"data/courses.json is of build {courses.get('build')}, not {wanted}")
    missing = [name for name in _assets(page, str(build.get("base", "/"))) if not _there(site, name)]
    return problems + [f"{name} is missing" for name in missing]


def _assets(page: str, base: str) -> list[str]:
    """Scripts and styles of the search page, by name."""
    found = re.findall(r'(?:src|href)="([^":]+\.(?:js|css|json))"', page)
    return sorted({name.removeprefix(base).lstrip("/") for name in found})


def _there(site: Site, name: str) -> bool:
    try:
        return bool(site.get(name, DATA))
    except UserError:
        return False


def _sums(site: Site, files: int, build: str) -> list[str]:
    """Some of the data files against their published hashes; another choice with every build."""
    try:
        listed = site.get(SUMS, PAGE).decode("utf-8", "replace").splitlines()
    except UserError as error:
        return [str(error)]
    problems = []
    listed.sort(key=lambda line: hashlib.sha256((build + line).encode()).digest())
    for line in listed[:files]:
        wanted, _, name = line.partition("  ")
        try:
            got = hashlib.sha256(site.get(f"data/{name}", DATA)).hexdigest()
        except UserError as error:
            problems.append(str(error))
            continue
        if got != wanted:
            problems.append(f"data/{name} does not match {SUMS}")
    return problems if listed else [f"{SUMS} is empty"]


def _json(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise UserError(f"{name} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise UserError(f"{name} is no JSON object")
    return value
