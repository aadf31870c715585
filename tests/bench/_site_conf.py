"""Pelican settings of the site benchmarks: the project's own, without the stages that are measured elsewhere.

BANDING_BENCH=pages writes course pages only (what the peer writes); =site everything but the search index.
"""

import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "site"), str(ROOT / "site" / "plugins")]

import banding_build  # noqa: E402
from banding_cards import make_card  # noqa: E402
from banding_output import digest  # noqa: E402
from banding_read import Once  # noqa: E402
from pelicanconf import *  # noqa: E402, F403
from pelicanconf import PLUGINS  # noqa: E402

from catalog.records import Course  # noqa: E402

PATH = str(ROOT / "content")
PLUGINS = [plugin for plugin in PLUGINS if plugin.__name__ == "banding_site"]


def _pages_only(builder: banding_build.Builder) -> None:
    """Reads each record and writes its page: no cards, lists, shards or memory, which the peer has not either."""
    for number, line in enumerate(builder.courses.lines(), 1):
        course = builder.courses.read(line, number)
        card = make_card(course)
        page = partial(builder.render_course, Once(partial(_same, course)), card, ())
        builder.output.emit(f"pelatihan/{card.slug}/index.html", digest(line), page)


def _same(course: Course) -> Course:
    return course


def _no_index(builder: banding_build.Builder) -> str:
    builder.write_bundle("whole")
    return ""


banding_build.Builder.write_index = _no_index
if os.environ.get("BANDING_BENCH") == "pages":
    PAGE_PATHS = []
    banding_build.Builder.build = _pages_only
