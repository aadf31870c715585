"""From command-line options to a Query: values may be English or Indonesian, names or slugs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from search_index.facets import (
    ANYTIME,
    BUYABLE,
    DURATIONS,
    ELIGIBLE,
    LEVELS,
    MODES,
    RATINGS,
    SORTS,
    UNSTATED,
    day_number,
    slugify,
)
from search_index.filters import Query

_SORT_WORDS = {
    "relevance": "relevan",
    "price": "harga",
    "-price": "-harga",
    "per-hour": "per_jam",
    "rating": "rating",
    "newest": "terbaru",
}
_LEVEL_WORDS = LEVELS | {"dasar": "pemula", "lanjutan": "mahir"}
_MODE_WORDS = MODES | {
    "self-paced": "belajar-mandiri",
    "live": "webinar",
    "live-online": "webinar",
    "offline": "tatap-muka",
    "mandiri": "belajar-mandiri",
    "bauran": "campuran",
}


def _one_of(option: str, given: Iterable[str], names: dict[str, str]) -> tuple[str, ...]:
    allowed = {*names.values(), UNSTATED}
    out = []
    for value in given:
        folded = value.strip().casefold()
        known = names.get(folded, names.get(folded.replace("-", "_"), slugify(folded)))
        if known not in allowed:
            raise ValueError(f"{option}: {value!r} is not known; use one of {', '.join(sorted(allowed))}")
        out.append(known)
    return tuple(out)


def _month(text: str) -> str:
    folded = text.strip().casefold()
    if folded in ("anytime", ANYTIME):
        return ANYTIME
    if folded == UNSTATED or re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", folded):
        return folded
    raise ValueError(f"--start: {text!r}: write YYYY-MM, for example 2020-07, or {ANYTIME}")


def make_query(
    words: str = "",
    *,
    level: Iterable[str] = (),
    max_price: int | None = None,
    min_price: int | None = None,
    platform: Iterable[str] = (),
    category: Iterable[str] = (),
    mode: Iterable[str] = (),
    city: Iterable[str] = (),
    provider: Iterable[str] = (),
    duration: Iterable[str] = (),
    start: Iterable[str] = (),
    certificate: Iterable[str] = (),
    rating: Iterable[str] = (),
    eligible: Iterable[str] = (),
    buyable: bool = False,
    today: dt.date | None = None,
    sort: str = "relevance",
    limit: int = 10,
) -> Query:
    """The query of `banding search`'s options. Raises ValueError with one clear line."""
    urut = _SORT_WORDS.get(sort, sort)
    if urut not in SORTS:
        raise ValueError(f"--sort: {sort!r} is not known; use one of {', '.join(_SORT_WORDS)}")
    if limit < 1:
        raise ValueError("--limit: must be 1 or more")
    return Query(
        q=words,
        tingkat=_one_of("--level", level, _LEVEL_WORDS),
        harga_min=min_price,
        harga_maks=max_price,
        platform=tuple(name.strip().casefold() for name in platform),
        kategori=tuple(slugify(name) for name in category),
        cara=_one_of("--mode", mode, _MODE_WORDS),
        kota=tuple(slugify(name) for name in city),
        lembaga=tuple(name.strip() for name in provider),
        durasi=_one_of("--duration", duration, {name: name for name in DURATIONS}),
        mulai=tuple(_month(text) for text in start),
        sertifikat=_one_of("--certificate", certificate, {"yes": "ya", "ya": "ya"}),
        rating=_one_of("--rating", rating, {name: name for name in RATINGS}),
        prakerja=_one_of("--eligible", eligible, ELIGIBLE),
        buyable=(BUYABLE,) if buyable else (),
        today=day_number(today) if today else None,
        urut=urut,
        limit=limit,
    )
