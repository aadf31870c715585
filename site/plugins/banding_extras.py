"""Files besides pages: service worker, web manifest, OpenSearch, robots, sitemap, headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from banding_bundle import minified
from banding_context import HERE, Site
from banding_moved import Moved, redirect_rules
from banding_output import Output, digest

from catalog.files import pack

NAME = "Bandingkan Pelatihan"
SITEMAP_PART = 10_000  # addresses; more are cut into packed parts, of which a night sends all
# Compare and plan with all that they load: kept for flight mode once the reader comes back or chooses a course.
TOOL_PAGES = ("/banding/", "/rencana/")
TOOL_FILES = ("css/situs.css", "icons.svg", *(f"js/{n}.js" for n in ("alat", "situs", "banding", "rencana", "bahasa")))


def emit_text(output: Output, name: str, text: str | bytes) -> None:
    output.emit(name, digest(text), lambda: text)


def service_worker(site: Site) -> str:
    """theme/sw.js with the site's addresses; it names no build and no data, so that only new scripts change it."""
    config = {
        "base": site.base,
        "tools": [*map(site.href, TOOL_PAGES), *map(site.asset, TOOL_FILES)],
        "offline": site.href("/luring/"),
    }
    text = json.dumps(config, separators=(",", ":")).replace("\\", "\\\\").replace("'", "\\'")
    return minified((HERE / "theme" / "sw.js").read_text(encoding="utf-8").replace("__CONFIG__", text))


def web_manifest(site: Site) -> str:
    icons = [
        {"src": site.asset(f"ikon/ikon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    value = {
        "id": site.base,
        "name": NAME + (" (data contoh)" if site.sample else ""),
        "short_name": "Bandingkan",
        "description": "Bandingkan harga dan tingkat pelatihan Kartu Prakerja. Tidak resmi, independen.",
        "lang": "id",
        "dir": "ltr",
        "start_url": site.href("/"),
        "scope": site.base,
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#0b5c55",
        "icons": icons,
        "shortcuts": [
            {"name": "Cari pelatihan", "url": site.href("/pelatihan/")},
            {"name": "Rencana saya", "url": site.href("/rencana/")},
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def open_search(site: Site) -> str:
    template = escape(site.absolute("/pelatihan/") + "?q={searchTerms}", {'"': "&quot;"})
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Bandingkan</ShortName>
<Description>Cari dan bandingkan pelatihan Kartu Prakerja. Tidak resmi, independen.</Description>
<Language>id</Language>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" method="get" template="{template}"/>
</OpenSearchDescription>
"""


def robots(site: Site) -> str:
    # Sample builds stay readable for crawlers: only then do they see each page's noindex.
    return f"User-agent: *\nDisallow:\nSitemap: {site.absolute('/sitemap.xml')}\n"


def headers(site: Site) -> str:
    """For hosts that read `_headers`; the site is safe without it (the policy stands in every page)."""
    base = site.base
    return f"""{base}*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
  Content-Security-Policy: frame-ancestors 'none'
{base}aset/*
  Cache-Control: public, max-age=31536000, immutable
{base}indeks/*
  Cache-Control: public, max-age=31536000, immutable
"""


def sitemaps(site: Site, paths: Sequence[tuple[str, str | None]]) -> dict[str, str | bytes]:
    """sitemap.xml, or an index of packed parts past SITEMAP_PART; `lastmod` is the day on which data changed."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

    def address_list(part: Sequence[tuple[str, str | None]]) -> str:
        rows = "".join(
            f"<url><loc>{escape(site.absolute(path))}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
            for path, day in part
        )
        return f"{head}<urlset {space}>\n{rows}</urlset>\n"

    if len(paths) <= SITEMAP_PART:
        return {"sitemap.xml": address_list(paths)}
    parts = [paths[i : i + SITEMAP_PART] for i in range(0, len(paths), SITEMAP_PART)]
    files: dict[str, str | bytes] = {
        f"sitemap-{number}.xml.gz": pack(address_list(part).encode()) for number, part in enumerate(parts, 1)
    }
    rows = "".join(f"<sitemap><loc>{escape(site.absolute('/' + name))}</loc></sitemap>\n" for name in files)
    return files | {"sitemap.xml": f"{head}<sitemapindex {space}>\n{rows}</sitemapindex>\n"}


def write_extras(site: Site, output: Output, paths: Sequence[tuple[str, str | None]], moved: Sequence[Moved]) -> None:
    emit_text(output, "sw.js", service_worker(site))
    emit_text(output, "manifest.webmanifest", web_manifest(site))
    emit_text(output, "opensearch.xml", open_search(site))
    emit_text(output, "robots.txt", robots(site))
    emit_text(output, "_headers", headers(site))
    if moved:
        emit_text(output, "_redirects", redirect_rules(moved, site))
    for name, data in sitemaps(site, paths).items():
        emit_text(output, name, data)
