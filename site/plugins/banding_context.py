"""What every page knows: addresses, the night, the programme's rules, the platforms. Read once from the environment."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from banding_groups import group_count
from markupsafe import Markup

from catalog.layout import Var, pages_of
from catalog.platforms import Buying, Spec, read_specs

HERE = Path(__file__).resolve().parent.parent
STATIC = HERE / "theme" / "static"
REPOSITORY = HERE.parent


class SettingError(ValueError):
    """An environment value that can't be used; the message says what to do."""


@dataclass(frozen=True)
class Site:
    """One build's settings. `base` starts and ends with "/"; `url` is the absolute address of the base, or ""."""

    var: Var
    base: str
    url: str
    build: str
    night: dt.date
    sample: bool
    links: str
    specs: Mapping[str, Spec]
    previous: Path | None
    contact: str = ""
    pages: str = "full"

    def href(self, path: str) -> str:
        """An address on the site under the base path: "/tentang/" -> "/repo/tentang/" (or ".../index.html")."""
        head, mark, tail = path.partition("#")
        head, question, query = head.partition("?")
        if self.links == "file" and head.endswith("/"):
            head += "index.html"
        return self.base + head.lstrip("/") + question + query + mark + tail

    def absolute(self, path: str) -> str:
        """The absolute address of a page; without a configured address the one under the base path."""
        return (self.url.removesuffix("/") + self.href(path)[len(self.base) - 1 :]) if self.url else self.href(path)

    def asset(self, name: str) -> str:
        """The address of a file of theme/static, under the hash of the whole folder."""
        return f"{self.base}aset/{self.assets_hash}/{name}"

    @cached_property
    def groups(self) -> int:
        """How many groups the courses are put into (banding_groups.py); 1 for an empty catalog."""
        try:
            with self.var.courses.open("rb") as lines:
                return group_count(sum(1 for line in lines if line.strip()), shared=self.shared)
        except FileNotFoundError:
            return 1

    @property
    def shared(self) -> bool:
        """Do several courses share a page?"""
        return self.pages == "lists"

    @property
    def picture(self) -> str:
        """The picture of link previews, as a path on the site."""
        return f"/aset/{self.assets_hash}/ikon/ikon-512.png"

    @cached_property
    def static_files(self) -> list[Path]:
        return sorted(p for p in STATIC.rglob("*") if p.is_file() and not p.name.startswith("."))

    @cached_property
    def assets_hash(self) -> str:
        """One hash for all styles and scripts, so that modules may import each other by relative names."""
        whole = blake2b(digest_size=5)
        for path in self.static_files:
            whole.update(f"{path.relative_to(STATIC).as_posix()}\0".encode())
            whole.update(path.read_bytes())
        return whole.hexdigest()

    @cached_property
    def rules(self) -> Any:
        """The programme's rules on this night (catalog.programme.Rules)."""
        from catalog.programme import read_programme

        return read_programme().on(self.night)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {spec.id: spec.name_on(self.night) for spec in self.specs.values()}

    @cached_property
    def _buying(self) -> dict[str, Buying | None]:
        return {spec.id: spec.buying_on(self.night) for spec in self.specs.values()}

    def platform_name(self, platform: str) -> str:
        """The platform's name on this night; an unknown platform's id."""
        return self._names.get(platform, platform)

    def buying(self, platform: str) -> Buying | None:
        """How one buys there on this night, where it is known."""
        return self._buying.get(platform)

    @cached_property
    def sellers(self) -> list[Spec]:
        """Platforms (not directories), in a fixed order."""
        return [spec for spec in self.specs.values() if spec.kind == "platform"]

    def icon(self, name: str) -> Markup:
        """An icon of our own set; always decorative, the words stand beside it."""
        return _icon(self.asset("icons.svg"), name)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str) -> Markup:
    return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>').format(sprite, name)


def _base(value: str) -> str:
    parts = [part for part in value.split("/") if part]
    if any(not re.fullmatch(r"[A-Za-z0-9._~-]+", part) or set(part) == {"."} for part in parts):
        raise SettingError(f"BANDING_BASE={value!r}: use plain folder names such as / or /repo/")
    return "/" + "".join(part + "/" for part in parts)


def read_site(env: Mapping[str, str] = os.environ) -> Site:
    """Settings from BANDING_* (docs/architecture.md). Raises SettingError or SpecError with one clear line."""
    night = env.get("BANDING_NIGHT") or ""
    try:
        day = dt.date.fromisoformat(night)
    except ValueError as error:
        raise SettingError(f"BANDING_NIGHT={night!r}: give the night's date as YYYY-MM-DD") from error
    links = env.get("BANDING_LINKS") or "folder"
    if links not in ("folder", "file"):
        raise SettingError(f"BANDING_LINKS={links!r}: use folder or file")
    try:
        pages = pages_of(env)
    except ValueError as error:
        raise SettingError(str(error)) from error
    specs = Path(env.get("BANDING_SPECS") or REPOSITORY / "spiders" / "platforms")
    previous = env.get("BANDING_PREVIOUS") or ""
    return Site(
        var=Var(Path(env.get("BANDING_VAR") or REPOSITORY / "var").resolve()),
        base=_base(env.get("BANDING_BASE") or "/"),
        url=(env.get("BANDING_URL") or "").rstrip("/"),
        build=env.get("BANDING_BUILD") or "lokal",
        night=day,
        sample=bool(env.get("BANDING_SAMPLE")),
        links=links,
        specs=read_specs(specs),
        previous=Path(previous).resolve() if previous else None,
        contact=env.get("BANDING_CONTACT") or "",
        pages=pages,
    )
