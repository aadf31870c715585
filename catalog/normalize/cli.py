"""`banding normalize FIELD`: one line in, one dict of the contract's keys out; never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from catalog.normalize.category import read_category
from catalog.normalize.clean import fold
from catalog.normalize.duration import read_duration
from catalog.normalize.level import read_level
from catalog.normalize.mode import read_mode
from catalog.normalize.place import read_place
from catalog.normalize.price import read_price
from catalog.normalize.provider import read_provider
from catalog.normalize.schedule import read_schedule

Row = Mapping[str, Any]


def _text(row: Row, *keys: str) -> Any:
    """The first of the keys that holds something; numbers of a JSON line count as their text."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if value is not None and value != "":
            return value
    return None


def _price(row: Row) -> dict[str, Any]:
    read = read_price(_text(row, "text", "price", "price_text"))
    return {"min": read.low, "max": read.high, "free": read.free}


def _duration(row: Row) -> dict[str, Any]:
    read = read_duration(_text(row, "text", "duration"))
    return {"minutes_min": read.minutes_min, "minutes_max": read.minutes_max, "days": read.days}


def _schedule(row: Row) -> dict[str, Any]:
    read = read_schedule(_text(row, "text", "schedule", "schedule_text"))
    return {
        "start": read.start.isoformat() if read.start else None,
        "end": read.end.isoformat() if read.end else None,
        "start_time": read.start_time,
        "end_time": read.end_time,
        "tz": read.zone,
        "weekdays": list(read.weekdays),
    }


def _place(row: Row) -> dict[str, Any]:
    read = read_place(_text(row, "text", "city", "place"))
    return {"regency": read.regency, "province": read.province, "code": read.code}


def _level(row: Row) -> dict[str, Any]:
    read = read_level(_text(row, "title", "text"), _text(row, "stated", "level"), _text(row, "outline"))
    return {"levels": list(read.levels), "source": read.source}


def _mode(row: Row) -> dict[str, Any]:
    text = _text(row, "text")
    # A text alone may be a mode column ("Online - LMS") or a title; a column has few words.
    column = _text(row, "mode_text", "mode") or (text if len(fold(text).split()) <= 5 else None)
    return {"mode": read_mode(_text(row, "title") or text, column, _text(row, "outline"))}


def _category(row: Row) -> dict[str, Any]:
    text = _text(row, "text")
    read = read_category(_text(row, "category", "category_text") or text, _text(row, "title") or text)
    return {"category": read.name, "derived": read.derived}


def _provider(row: Row) -> dict[str, Any]:
    read = read_provider(_text(row, "text", "provider", "name"))
    return {"id": read.id, "name": read.name}


FIELDS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "price": _price,
    "duration": _duration,
    "schedule": _schedule,
    "place": _place,
    "level": _level,
    "mode": _mode,
    "category": _category,
    "provider": _provider,
}


def normalize_line(field: str, line: str) -> dict[str, Any]:
    """The reading of one line. A line that is a JSON object gives the inputs by key, anything else is the text.

    Raises KeyError for an unknown field; `FIELDS` names them.
    """
    row: Row = {"text": line}
    if line.lstrip().startswith("{"):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            row = value
    return FIELDS[field](row)
