"""The work behind the reading commands: query the index, explain a course, export the data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.files import read_lines
from catalog.layout import Var
from catalog.records import Course, Listing, Offer
from nightly.build_id import build_id
from nightly.errors import UsageError, UserError
from nightly.job import is_sample
from nightly.options import SORTS, known_specs, pick, platform_id
from nightly.rooms import room


def find(
    words: str, platforms: list[str], sort: str, var: Path, *, explain: bool = False, **conditions: Any
) -> dict[str, Any]:
    """The answer of `banding search --json`; `conditions` are those of search_index.options.make_query."""
    from nightly.ask import data_folder

    here = Var(var)
    here = here if here.index.is_dir() else data_folder(var)
    if not here.index.is_dir():
        raise UserError(f"{var} holds no index: run `banding nightly` or `make demo` first")
    low, high = conditions.get("min_price"), conditions.get("max_price")
    if low is not None and high is not None and low > high:
        raise UsageError(f"--min-price {low} is above --max-price {high}")
    specs = known_specs()
    try:
        query = room("search_index.options", "make_query")(
            words,
            platform=[platform_id(text, specs) for text in platforms],
            sort=pick("sort", sort, SORTS),
            **conditions,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    answer: dict[str, Any] = room("search_index.query", "search")(here.index, query, explain=explain).to_json()
    return answer


def compare_official(var: Var, path: Path) -> Any:
    """The PMO's own list against the catalog of its night."""
    return room("catalog.official", "compare")(var, known_specs(), path, night_of(var))


def night_of(var: Var) -> dt.date:
    """The night of the catalog that is there. UserError when there is none."""
    try:
        night = json.loads((var.catalog / "night.json").read_text(encoding="utf-8"))
        return dt.date.fromisoformat(str(night["night"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{var.root} holds no catalog: run `banding nightly` or `make demo` first") from error


def explain_course(var: Var, course_id: str) -> tuple[list[str], dict[str, Any]]:
    """Lines for a person, and everything as one object."""
    course = next((c for c in _courses(var) if course_id in (c.id, c.slug)), None)
    if course is None:
        raise UserError(f"no course {course_id!r} in the catalog: `banding search WORDS` shows ids")
    listings = {offer.id: find_listing(var, offer) for offer in course.offers}
    lines = [
        f"{course.title}",
        f"  id {course.id}, address /pelatihan/{course.slug}/, {course.status}",
        f"  match {course.match.score:.2f}: " + ("; ".join(course.match.why) or "one offer, nothing to match"),
        f"  lowest price: {_money(course.lowest_price_idr)}"
        + (f" ({course.lowest_offer})" if course.lowest_offer else ""),
    ]
    for offer in course.offers:
        lines += list(_explain_offer(offer))
    whole = {
        "course": course.model_dump(mode="json"),
        "listings": {key: value.model_dump(mode="json") if value else None for key, value in listings.items()},
    }
    return lines, whole


def _courses(var: Var) -> Iterator[Course]:
    from nightly.stage import need_courses

    need_courses(var)
    yield from read_lines(var.courses, Course)


def find_listing(var: Var, offer: Offer) -> Listing | None:
    """The last good listing that the offer was read from."""
    path = var.lastgood / f"{offer.platform}.jsonl"
    if not path.exists():
        return None
    found = (x for x in read_lines(path, Listing, on_bad=lambda *_: None) if x.native_id == offer.native_id)
    return next(found, None)


READ = (  # field, raw text's field
    ("title", "title_raw"),
    ("provider_id", "provider_raw"),
    ("price_idr", "price_raw"),
    ("list_price_idr", "list_price_raw"),
    ("levels", "level_raw"),
    ("mode", "mode_raw"),
    ("duration_minutes", "duration_raw"),
    ("category", "category_raw"),
    ("regency", "place_raw"),
    ("eligible", "eligible_evidence"),
)


def _explain_offer(offer: Offer) -> Iterator[str]:
    why = f" ({offer.archived_why})" if offer.archived_why else ""
    yield f"{offer.id}: {offer.status}{why}, seen {offer.first_seen} to {offer.last_seen}"
    for name, raw_name in READ:
        value, raw = getattr(offer, name), getattr(offer, raw_name)
        source = f" [{offer.level_source}]" if name == "levels" and offer.level_source else ""
        if value not in (None, [], "") or raw:
            yield f"  {name:<17} {raw!r} -> {value!r}{source}"
    if offer.warnings:
        yield f"  warnings          {', '.join(offer.warnings)}"


def _money(value: int | None) -> str:
    return "unknown" if value is None else "Rp" + f"{value:,}".replace(",", ".")


def export_to(var: Var, folder: Path) -> str:
    """Writes the data files into `folder`; says what was written."""
    day = night_of(var)
    sample = is_sample(var)
    build = build_id(var, day, base="/", url="", links="folder", sample=sample)
    room("catalog.export", "export_data")(var, folder, build=build, night=day, sample=sample)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return f"{folder}: {len(files)} files, {sum(p.stat().st_size for p in files):,} bytes" + (
        " (sample data)" if sample else ""
    )
