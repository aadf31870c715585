"""The README's pictures, from a built site: the search page on a phone and a course on a desk.

python tools/screenshots.py            makes a fresh demo in a temporary folder first
python tools/screenshots.py public/    takes an existing build (of base path /)
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def most_compared(public: Path) -> str:
    """The slug of the course that most platforms sell: the page that shows best what the site is for."""
    courses = json.loads((public / "data" / "courses.json").read_text(encoding="utf-8"))["courses"]
    active = [(sum(o["status"] == "active" for o in c["offers"]), len(c["title"]), c["slug"]) for c in courses]
    most = max(count for count, _, _ in active)
    return min((length, slug) for count, length, slug in active if count == most)[1]


def take(public: Path) -> None:
    """Writes docs/images/*.png. Raises SystemExit when a picture is too large for a README."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(public)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    program = next((found for name in ("chromium", "google-chrome", "chrome") if (found := shutil.which(name))), None)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, path, width, height in (
            ("search-phone", "/pelatihan/?q=desain&harga_maks=500000", 360, 720),
            ("course-desk", f"/pelatihan/{most_compared(public)}/", 1280, 800),
        ):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(base + path)
            if "?" in path:
                page.wait_for_selector("[data-results][data-state=ready]", state="attached")
            target = IMAGES / f"{name}.png"
            page.screenshot(path=target)
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")
            if target.stat().st_size > MOST_BYTES:
                raise SystemExit(f"{target.name} is larger than {MOST_BYTES:,} bytes; choose a smaller view")
        browser.close()
    server.shutdown()


def main() -> None:
    if len(sys.argv) > 1:
        return take(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "nightly.cli",
            "demo",
            "--var",
            f"{folder}/var",
            "--public",
            f"{folder}/public",
        ]
        subprocess.run(command, check=True, cwd=ROOT)
        take(Path(folder) / "public")


if __name__ == "__main__":
    main()
