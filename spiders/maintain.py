"""What `banding preview`, `new-platform` and `capture` print. The work is in preview.py, scaffold.py and capture.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from catalog.platforms import SpecError


def preview(url: str, *, platform: str | None = None) -> int:
    """Prints what every layer reads at an address, as JSON. 0: something was read; 1: not, with one line why."""
    from spiders.preview import preview as look

    try:
        found = look(url, platform=platform)
    except (ValueError, OSError) as error:
        return _fail(error)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if found["guard"] else 0


def new_platform(name: str) -> int:
    """Writes a new platform's files and prints their paths."""
    from spiders.scaffold import new_platform as write

    try:
        files = write(name)
    except (ValueError, OSError) as error:
        return _fail(error)
    print("\n".join(str(path) for path in files))
    print("next: docs/add-a-platform.md, from step 2", file=sys.stderr)
    return 0


def capture(platform: str, *, origin: str | None = None, var: Path | None = None, limit: int = 5) -> int:
    """Saves a few answers as fixtures and prints where, with the confidence that they allow."""
    from spiders.capture import capture as save

    try:
        found = save(platform, limit, origin=origin)
    except (SpecError, ValueError, OSError) as error:
        return _fail(error)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    if found["proposed"] != found["confidence"]:
        print(f'write confidence = "{found["proposed"]}" into {platform}.toml', file=sys.stderr)
    return 0 if found["files"] else 1


def _fail(error: Exception) -> int:
    print(str(error), file=sys.stderr)
    return 1
