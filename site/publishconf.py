"""Settings for a published build: the same as pelicanconf.py, but an absolute address is obligatory."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pelicanconf import *  # noqa: F403
from pelicanconf import SITE

if not SITE.url.startswith(("https://", "http://")):
    raise SystemExit("BANDING_URL is not set: give the site's public address, for example https://contoh.id/repo")
