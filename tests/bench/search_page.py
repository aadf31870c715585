"""What does the real search page cost? The served site under headless Chromium, page script included:
`BANDING_BENCH_SITE=public python -m tests.bench search_page` (a built site; `make demo` makes one).

Fast and "slow" as in search_browser. Counted are scripts and data as the DevTools protocol tells them (headers
included); HTML, styles and icons are named apart. CPU is the main thread's own, so that a busy machine tells it too.
"""

from __future__ import annotations

import functools
import http.server
import os
import statistics
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.bench.search_browser import CHROMIUM, RUNS, Handler, slow_down
from tests.browser.waiting import until

SITE = Path(os.environ.get("BANDING_BENCH_SITE", "public"))
COLD = {
    "one word": "q=desain",
    "two words, price, level, by price": "q=bahasa+inggris&tingkat=pemula&harga_maks=500000&urut=harga",
    "filters, by price": "tingkat=pemula&platform=tokopedia",
    "nothing asked": "",
}
NEXT = ("fotografi", "pemasaran", "kopi")
READY = """
new MutationObserver(() => {
  const list = document.querySelector("[data-results]");
  if (list?.dataset.state !== "ready" || window.shown === list.dataset.query) return;
  window.shown = list.dataset.query;
  requestAnimationFrame(() => setTimeout(() => (window.ready = performance.now())));
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
"""


class Traffic:
    """Scripts and data of a tab, and the rest, as the protocol counts them."""

    def __init__(self, cdp: CDPSession) -> None:
        self.counted: dict[str, bool] = {}
        self.sizes: dict[str, int] = {}
        cdp.on("Network.responseReceived", self.note)
        cdp.on("Network.loadingFinished", lambda e: self.sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
        cdp.send("Network.enable")

    def note(self, event: dict[str, Any]) -> None:
        """By address: what the page preloads has no type of its own."""
        self.counted[event["requestId"]] = urlsplit(event["response"]["url"]).path.endswith((".js", ".json"))

    def take(self) -> dict[str, float]:
        """Kilobytes and requests of scripts and data since the last call, and kilobytes of the rest."""
        counted = [size for key, size in self.sizes.items() if self.counted.get(key)]
        rest = sum(self.sizes.values()) - sum(counted)
        self.sizes.clear()
        return {"KB": sum(counted) / 1000, "requests": len(counted), "rest": rest / 1000}


def cpu(cdp: CDPSession) -> float:
    """Milliseconds of CPU that the page's main thread has taken."""
    found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"]) * 1000


def visit(browser: Browser, url: str, slow: bool, typing: bool) -> dict[str, dict[str, float]]:
    """A first visit: milliseconds until the results are painted, bytes, CPU; then next words, typed at once."""
    context = browser.new_context(service_workers="block", viewport={"width": 360, "height": 640})
    tab = context.new_page()
    cdp = context.new_cdp_session(tab)
    traffic = Traffic(cdp)
    if slow:
        slow_down(tab)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    tab.add_init_script(READY)
    tab.goto(url)
    until(tab, "window.ready", seconds=60)
    tab.wait_for_timeout(300)
    found = {"first": {"ms": tab.evaluate("window.ready"), "CPU": cpu(cdp), **traffic.take()}}
    for word in NEXT if typing else ():
        before = cpu(cdp)
        spent = tab.evaluate(
            """async (word) => {
              const box = document.querySelector("input[name=q]"), start = performance.now();
              window.ready = 0;
              box.value = word;
              box.form.requestSubmit();
              while (!window.ready) await new Promise((done) => setTimeout(done, 1));
              return window.ready - start;
            }""",
            word,
        )
        tab.wait_for_timeout(100)
        found[f"next: {word}"] = {"ms": spent, "CPU": cpu(cdp) - before, **traffic.take()}
    context.close()
    return found


def report(browser: Browser, root: str) -> None:
    """A line a case."""
    for slow in (False, True):
        for case, query in COLD.items():
            url = f"{root}pelatihan/{'?' if query else ''}{query}"
            runs = [visit(browser, url, slow, case == "one word") for _ in range(RUNS)]
            for step in runs[0]:
                mid = {key: statistics.median(run[step][key] for run in runs) for key in runs[0][step]}
                name = case if step == "first" else step
                print(
                    f"{'slow' if slow else 'fast'} {name:<36} {mid['ms']:>6.0f} ms  CPU {mid['CPU']:>5.0f} ms "
                    f"{mid['KB']:>7.1f} KB {mid['requests']:>3.0f} req  (rest {mid['rest']:.1f} KB)",
                    flush=True,
                )


def main() -> int:
    """Measures the site in BANDING_BENCH_SITE."""
    if not (SITE / "pelatihan" / "index.html").is_file():
        print(f"{SITE}: no built site; run 'make demo' or set BANDING_BENCH_SITE", file=sys.stderr)
        return 1
    handler = functools.partial(Handler, directory=str(SITE))
    with sync_playwright() as playwright, http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        report(browser, f"http://127.0.0.1:{server.server_port}/")
        browser.close()
        server.shutdown()
    return 0
