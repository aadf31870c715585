"""Lighthouse's scores (mobile preset, headless) of the main page types: each at least 98 of 100."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import chromium
from tests.site.building import ROOT, build_site, serving, usual_courses, write_catalog

LEAST = 98
PAGES = ("", "pelatihan/", "pelatihan/banyak-platform/", "banding/?id=multi&id=c1&id=c2", "cakupan/")
CLI = ROOT / "tests" / "bench" / "node_modules" / "lighthouse" / "cli" / "index.js"
# Pages with a reader's own content (compare) carry noindex on purpose; that one audit is left out.
FLAGS = (
    "--output=json",
    "--quiet",
    "--skip-audits=is-crawlable",
    "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
)


def scores(url: str, report: Path) -> dict[str, int]:
    """Category -> points of 100. Raises RuntimeError when Lighthouse can't run."""
    env = os.environ | {"CHROME_PATH": chromium() or ""}
    command = ["node", str(CLI), url, *FLAGS, f"--output-path={report}"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode or not report.exists():
        raise RuntimeError(f"Lighthouse failed on {url}: {done.stderr[-400:]}")
    categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: round(100 * (value["score"] or 0)) for name, value in categories.items()}


def main() -> int:
    """Exit code 1 when a score is too low."""
    low = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        out = build_site(write_catalog(work / "var", usual_courses()), work / "out", url="https://contoh.example")
        with serving(out) as url:
            for path in PAGES:
                found = scores(url + path, work / "report.json")
                print(f"  /{path:34} {found}")
                low += min(found.values()) < LEAST
    return int(low > 0)


if __name__ == "__main__":
    sys.exit(main())
