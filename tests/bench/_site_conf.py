"""Pelican settings of the site benchmarks: the project's own, without the stages that are measured elsewhere.

BANDING_BENCH=pages writes course pages only (what the peer writes); =site everything but the search index.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "site"), str(ROOT / "site" / "plugins")]

import banding_build  # noqa: E402
from pelicanconf import *  # noqa: E402, F403
from pelicanconf import PLUGINS  # noqa: E402

PATH = str(ROOT / "content")
PLUGINS = [plugin for plugin in PLUGINS if plugin.__name__ == "banding_site"]


def _pages_only(builder: banding_build.Builder) -> None:
    builder.write_static()
    builder.read_cards()
    builder.write_courses()


def _no_index(builder: banding_build.Builder) -> str:
    builder.write_bundle("whole")
    return ""


banding_build.Builder.write_index = _no_index
if os.environ.get("BANDING_BENCH") == "pages":
    PAGE_PATHS = []
    # The peer's pages have no "similar but cheaper"; the whole site is measured by site_nights.
    banding_build.find_similar = lambda cards: {}
    banding_build.Builder.build = _pages_only
