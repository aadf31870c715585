"""Reading of option values that several commands share: platforms, origins, dates; English or Indonesian words."""

from __future__ import annotations

import datetime as dt
import difflib
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from catalog.layout import pages_of, today_wib
from catalog.platforms import Spec, SpecError, read_specs
from nightly.errors import UsageError, UserError

V = TypeVar("V")

SORTS = {
    "relevance": "relevance",
    "relevan": "relevance",
    "price": "price",
    "harga": "price",
    "-price": "-price",
    "-harga": "-price",
    "per-hour": "per-hour",
    "per-jam": "per-hour",
    "rating": "rating",
    "newest": "newest",
    "terbaru": "newest",
}


def pick(kind: str, text: str, table: Mapping[str, V]) -> V:
    """The table's value for an English or Indonesian word; case, spaces, '-' and '_' do not matter."""
    folded = {_fold(key): value for key, value in table.items()}
    try:
        return folded[_fold(text)]
    except KeyError:
        raise UsageError(f"unknown {kind} {text!r}: use one of {', '.join(table)}") from None


def _fold(text: str) -> str:
    dash = "-" if text.strip().startswith("-") else ""
    return dash + text.strip().casefold().replace("_", "-").replace(" ", "-").strip("-")


def specs_dir() -> Path:
    """The folder of the platform specs; the environment's BANDING_SPECS names another one (for trying a spec)."""
    from spiders import SPECS

    return Path(os.environ.get("BANDING_SPECS") or SPECS)


def known_specs() -> dict[str, Spec]:
    """All platform specs. UserError with the file and key when one can't be read."""
    try:
        return read_specs(specs_dir())
    except SpecError as error:
        raise UserError(str(error)) from error


def platform_id(text: str, specs: Mapping[str, Spec]) -> str:
    """A platform by id or display name. UsageError lists the known ones."""
    wanted = text.strip().casefold()
    for spec in specs.values():
        if wanted in {spec.id, spec.name.casefold(), *(n.name.casefold() for n in spec.names)}:
            return spec.id
    near = difflib.get_close_matches(wanted, specs, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise UsageError(f"unknown platform {text!r}{hint}: known are {', '.join(specs)}")


def platform_ids(texts: Iterable[str], specs: Mapping[str, Spec]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(platform_id(text, specs) for text in texts))


def origin_map(texts: Iterable[str], specs: Mapping[str, Spec]) -> dict[str, str]:
    """`P=URL` pairs as a mapping from platform id to scheme://host:port."""
    origins: dict[str, str] = {}
    for text in texts:
        name, sign, url = text.partition("=")
        if not sign:
            raise UsageError(f"--origin {text!r}: write PLATFORM=URL, for example skillsweek=http://127.0.0.1:8001")
        origins[platform_id(name, specs)] = origin_url(url)
    return origins


def origin_url(url: str) -> str:
    """scheme://host[:port] of an address given with --origin."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(f"--origin {url!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise UsageError(f"--origin {url!r}: write http://HOST:PORT or https://HOST")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def need_contact(platforms: Collection[str]) -> None:
    """A real platform is asked only by a crawler that says who can be reached about it."""
    if platforms and not os.environ.get("BANDING_CONTACT", "").strip():
        raise UserError(
            f"who answers for requests to {', '.join(sorted(platforms))}? Set BANDING_CONTACT to a mail address or web"
            " page; it stands in the user agent (for replicas: --origin PLATFORM=URL, or banding demo)"
        )


def check_pages() -> None:
    """UsageError when BANDING_PAGES is neither of its values: told before a night's work, not after it."""
    try:
        pages_of(os.environ)
    except ValueError as error:
        raise UsageError(str(error)) from error


def night_date(text: str | None, option: str = "--date") -> dt.date:
    """A date given as `option`; today in WIB where none is given."""
    if not text:
        return today_wib()
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {text!r}: write YYYY-MM-DD, for example 2020-07-15") from None


def base_path(text: str) -> str:
    """A base path that begins and ends with '/'."""
    parts = [part for part in text.split("/") if part]
    if any(
        part in (".", "..") or not part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts
    ):
        raise UsageError(f"--base {text!r}: write a path such as / or /repo/")
    return "/" + "".join(part + "/" for part in parts)
