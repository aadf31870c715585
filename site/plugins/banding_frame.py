"""The parts of base.html that are the same on many pages, rendered once: a build has tens of thousands of pages."""

from __future__ import annotations

from functools import cache

from banding_context import Site
from banding_language import language_mark
from banding_text import resolve_links
from jinja2 import Environment
from markupsafe import Markup

# The pages that the navigation names: only there the top differs.
NAVIGATION = ("/", "/pelatihan/", "/banding/", "/rencana/", "/perubahan/")


def prepare(env: Environment, site: Site) -> None:
    """Gives one generator's environment what templates of every generator use. Every Pelican generator has its own."""

    @cache
    def part(name: str, path: str = "") -> Markup:
        return Markup(env.get_template(name).render(path=path))  # noqa: S704 - rendered with escaping

    env.globals["page_top"] = lambda path="": part("atas.html", path if path in NAVIGATION else "")
    env.globals["page_foot"] = lambda: part("bawah.html")
    env.globals["page_assets"] = lambda: part("kepala.html")
    env.filters["bahasa"] = language_mark
    env.filters["tautan"] = lambda html: resolve_links(html, site)
