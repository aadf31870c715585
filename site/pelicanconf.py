"""Pelican's settings. Courses are not Markdown files: plugins/banding_site.py writes their pages.

Run by the nightly job as `python -m pelican content -s site/pelicanconf.py -o OUT`; the BANDING_* environment
(docs/architecture.md) says which catalog, base path and night.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE.parent, HERE / "plugins"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Imported here and not named as strings: Pelican only logs a plugin that can't be loaded and builds on without it.
import banding_context  # noqa: E402
import banding_format  # noqa: E402
import banding_site  # noqa: E402

SITE = banding_context.read_site()

PLUGINS = [banding_site]
if (HERE / "plugins" / "banding_coverage.py").exists():
    import banding_coverage

    PLUGINS.append(banding_coverage)

SITENAME = "Bandingkan Pelatihan"
# A path without host, so that the same files work on any host; canonical links come from BANDING_URL.
SITEURL = SITE.base.rstrip("/")
RELATIVE_URLS = False
TIMEZONE = "Asia/Jakarta"
DEFAULT_LANG = "id"
THEME = str(HERE / "theme")
# Platform text is hostile until escaped; Pelican's default is off.
JINJA_ENVIRONMENT = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
# As filters, addresses and icons of constants are worked out once, when a template is compiled.
JINJA_FILTERS = banding_format.FILTERS | {"href": SITE.href, "ikon": SITE.icon, "aset": SITE.asset}
JINJA_GLOBALS = {
    "site": SITE,
    "href": SITE.href,
    "asset": SITE.asset,
    "icon": SITE.icon,
    "absolute": SITE.absolute,
    "NAME": SITENAME,
}

PATH = "content"
PAGE_PATHS = ["pages"]
ARTICLE_PATHS = []
STATIC_PATHS = []
PAGE_URL = "{slug}/" + ("index.html" if SITE.links == "file" else "")
PAGE_SAVE_AS = "{slug}/index.html"
# The theme's files are written by our plugin under a content hash.
THEME_STATIC_PATHS = []
DIRECT_TEMPLATES = []
PAGINATED_TEMPLATES = {}
ARTICLE_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = AUTHOR_SAVE_AS = ""
CATEGORIES_SAVE_AS = TAGS_SAVE_AS = AUTHORS_SAVE_AS = ARCHIVES_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
DELETE_OUTPUT_DIRECTORY = False
CACHE_CONTENT = False
LOAD_CONTENT_CACHE = False
MARKDOWN = {"extensions": ["markdown.extensions.extra"], "output_format": "html5"}
