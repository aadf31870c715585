"""Pelican's settings as of a very large catalog: what is past the limits is tested with a hundred courses."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "site"), str(ROOT / "site" / "plugins"), str(ROOT)]

import banding_extras  # noqa: E402
import banding_lists  # noqa: E402
from pelicanconf import *  # noqa: E402, F403

import search_index.export  # noqa: E402

PATH = str(ROOT / "content")
banding_lists.LARGE = 50
banding_lists.CHEAPEST = 12
banding_lists.CARDS = 5
banding_lists.ROWS = 10
banding_lists.ARCHIVE_HERE = 1
banding_extras.SITEMAP_PART = 100
search_index.export.WHOLE_UP_TO = 50
