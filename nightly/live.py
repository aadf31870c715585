"""`banding check-live URL`: is the published site the one that should be there? For a watcher on another machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.layout import WIB
from nightly.errors import UserError
from nightly.fetch import Site

MOST_HOURS = 36.0
MOST_MB = 64.0
PAGE = 4 * 2**20
DATA = 64 * 2**20
SUMS = "data/SHA256SUMS"


@dataclass
class Sight:
    """What a watcher saw: problems in words, and how many of the data files were compared with their hashes."""

    problems: list[str]
    compared: int = 0
    listed: int = 0


def check_live(
    address: str,
    *,
    hours: float = MOST_HOURS,
    most_mb: float = MOST_MB,
    allow_sample: bool = False,
    now: dt.datetime | None = None,
) -> Sight:
    """Looks at a published site. UserError when it does not answer at all."""
    site = Site(address)
    now = now or dt.datetime.now(dt.UTC)
    build = _json(site.get("build.json", PAGE), "build.json")
    sight = Sight(_age(build, hours, now))
    if not allow_sample and build.get("sample") is not False:
        sight.problems.append("this is sample data (--allow-sample accepts it)")
    courses = site.get("data/courses.json", DATA)
    _one_build(site, build, courses, sight)
    _sums(site, {"courses.json": courses}, most_mb * 1e6, f"{build.get('build')} {now:%Y-%m-%d %H}", sight)
    return sight


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
    return []


def _one_build(site: Site, build: dict[str, Any], data: bytes, sight: Sight) -> None:
    """The search page and `data`, which is courses.json, belong to the build that build.json names."""
    wanted = str(build.get("build"))
    page = site.get("pelatihan/index.html", PAGE).decode("utf-8", "replace")
    if wanted not in page:
        sight.problems.append(f"the search page is not of build {wanted}: a deploy is running or was interrupted")
    courses = _json(data, "data/courses.json")
    if courses.get("build") != wanted:
        sight.problems.append(f"data/courses.json is of build {courses.get('build')}, not {wanted}")
    missing = [name for name in _assets(page, str(build.get("base", "/"))) if not _there(site, name)]
    sight.problems += [f"{name} is missing" for name in missing]


def _assets(page: str, base: str) -> list[str]:
    """Scripts and styles of the search page, by name."""
    found = re.findall(r'(?:src|href)="([^":]+\.(?:js|css|json))"', page)
    return sorted({name.removeprefix(base).lstrip("/") for name in found})


def _there(site: Site, name: str) -> bool:
    try:
        return bool(site.get(name, DATA))
    except UserError:
        return False


def _sums(site: Site, read: Mapping[str, bytes], most: float, draw: str, sight: Sight) -> None:
    """Data files against their published hashes: whole tables first, then the others as drawn by build and hour, until
    `most` bytes have come. What was `read` before is not fetched again."""
    try:
        listed = [line.partition("  ")[::2] for line in site.get(SUMS, PAGE).decode("utf-8", "replace").splitlines()]
    except UserError as error:
        sight.problems.append(str(error))
        return
    sight.listed = len(listed)
    if not listed:
        sight.problems.append(f"{SUMS} is empty")
    listed.sort(key=lambda one: ("/" in one[1], hashlib.sha256((draw + one[1]).encode()).digest()))
    for wanted, name in listed:
        if most <= 0:
            break
        sight.compared += 1
        try:
            data = read[name] if name in read else site.get(f"data/{name}", DATA)
        except UserError as error:
            sight.problems.append(str(error))
            continue
        most -= len(data)
        if hashlib.sha256(data).hexdigest() != wanted:
            sight.problems.append(f"data/{name} does not match {SUMS}")


def _json(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise UserError(f"{name} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise UserError(f"{name} is no JSON object")
    return value
