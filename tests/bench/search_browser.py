# ruff: noqa: E501 - scripts stand in strings
"""How soon and for how many bytes does a search page answer in a browser? Ours against MiniSearch (without
descriptions) and Pagefind, on one catalog in one run:
`BANDING_BENCH_SIZES=2000,20000 python -m tests.bench search_browser`.

Cold and warm, unthrottled and "slow" (4x CPU, 1.6 Mbit/s, 300 ms a request; bodies brotli-compressed as a CDN does).
Counted are the bodies of scripts and data, not the page itself. Pages are alike: the same ten results are painted by the same code.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, Page, sync_playwright

from search_index.build import build_index
from search_index.export import export_index
from search_index.facets import read_row
from search_index.filters import cheapest
from search_index.whole import hint
from tests.bench.search_catalog import Catalog

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = HERE / "out" / "search"
CHROMIUM = os.environ.get("BANDING_CHROMIUM", "/usr/bin/chromium")
SIZES = [int(size) for size in os.environ.get("BANDING_BENCH_SIZES", "2000").split(",")]
ENGINES = os.environ.get("BANDING_BENCH_ENGINES", "ours,minisearch,pagefind").split(",")
RUNS = int(os.environ.get("BANDING_BENCH_RUNS", "3"))
PAGEFIND_UP_TO = 20_000  # past it Pagefind's build needs more than 9 GB of memory

COLD = {
    "one word": {"q": "desain"},
    "two words, price, level, by price": {
        "q": "bahasa inggris", "harga_maks": 500000, "tingkat": ["pemula"], "urut": "harga",
    },
    "filters, by price": {"platform": ["tokopedia"], "tingkat": ["pemula"], "urut": "harga"},
}  # fmt: skip
NEXT = {"next: one word": {"q": "fotografi"}, "next: two words": {"q": "media sosial"}}
COUNTED = {"q": "kue"}

RENDER = """
const list = document.querySelector("ol"), total = document.querySelector("b");
window.paint = (answer) => {
  list.replaceChildren(...answer.cards.map((c) => {
    const li = document.createElement("li");
    li.textContent = `${c.title} | ${c.provider} | ${c.price}`;
    return li;
  }));
  total.textContent = answer.total;
};
window.go = async (state) => {
  const start = performance.now();
  window.paint(await window.ask(state));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
};
window.first = async () => {
  const state = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
  await window.go(state);
  window.ready = performance.now();
};
"""

MINISEARCH = """
import MiniSearch from "./minisearch.js";
const loading = fetch("data.json").then((r) => r.json());
let mini, rows;
window.ask = async (s) => {
  if (!mini) {
    const data = await loading;
    rows = data.rows;
    mini = MiniSearch.loadJS(data.index, { fields: ["title", "provider", "category"], idField: "n" });
  }
  const ids = s.q ? mini.search(s.q, { prefix: true, fuzzy: 0.2, combineWith: "AND", boost: { title: 3 } }).map((h) => h.id) : rows.keys();
  let found = [];
  for (const n of ids) {
    const r = rows[n];
    if (s.tingkat && !s.tingkat.some((v) => r.levels.includes(v))) continue;
    if (s.platform && !s.platform.some((v) => r.platforms.includes(v))) continue;
    if (s.harga_maks && !(r.price <= s.harga_maks)) continue;
    found.push(r);
  }
  if (s.urut === "harga") found.sort((a, b) => a.price - b.price);
  return { total: found.length, cards: found.slice(0, 10) };
};
"""

PAGEFIND = """
const loading = import("./pagefind/pagefind.js");
window.ask = async (s) => {
  const pf = await loading;
  const filters = {};
  if (s.tingkat) filters.tingkat = { any: s.tingkat };
  if (s.platform) filters.platform = { any: s.platform };
  const r = await pf.search(s.q || null, { filters, ...(s.urut === "harga" ? { sort: { price: "asc" } } : {}) });
  const data = await Promise.all(r.results.slice(0, 10).map((x) => x.data()));
  return { total: r.results.length, cards: data.map((d) => d.meta) };
};
"""

OURS = """
import { openCatalog } from "./engine.js";
let opening;
window.ask = async (s) => (await (opening ??= openCatalog("BOOT", s.q))).query(s);
window.counts = async (s) => {
  const counted = async () => {
    const start = performance.now();
    const answer = await ask(s);
    if (answer.counts) await answer.counts();
    return performance.now() - start;
  };
  return [await counted(), await counted()];
};
"""


def page(folder: Path, script: str, preload: str = "") -> None:
    """One page with the render code inline and the engine as a module. Ours preloads its index as the site's page does."""
    link = f'<link rel="preload" as="fetch" href="{preload}" crossorigin>' if preload else ""
    (folder / "app.js").write_text(script + "\nwindow.first();\n", encoding="utf-8")
    html = f'<!doctype html><meta charset="utf-8"><title>x</title>{link}<b></b><ol></ol><script>{RENDER}</script>'
    (folder / "index.html").write_text(html + '<script type="module" src="app.js"></script>', encoding="utf-8")


def flat(course: Any) -> dict[str, Any]:
    """What a peer stores of a course."""
    row = read_row(course)
    offer = cheapest(row.offers)
    return {
        "title": row.title, "provider": row.provider, "category": row.category, "levels": list(row.values["tingkat"]),
        "platforms": sorted({o.platform for o in row.offers}), "price": offer.price if offer else None, "id": row.id,
        "minutes": row.minutes, "rating": row.rating, "mode": list(row.values["cara"]), "slug": row.slug,
    }  # fmt: skip


def build_ours(catalog: Catalog, folder: Path) -> dict[str, Any]:
    sys.path.insert(0, str(ROOT / "site/plugins"))
    from banding_bundle import bundle  # type: ignore[import-not-found]

    start = time.process_time()
    for _ in catalog:
        pass
    invented = time.process_time() - start
    manifest = export_index(catalog, folder / "indeks", build="bench")
    spent = time.process_time() - start - 2 * invented
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    other = "search/sharded.js" if manifest.form == "whole" else "search/whole.js"
    code, parts = bundle(ROOT / "site/theme/static/js", ("search/engine.js",), leave_out=(other,))
    for name, part in parts.items():
        (folder / name).write_text(part, encoding="utf-8")
    last = re.findall(r"\bm(\d+)=", code)[-1]
    script = code + OURS.replace('import { openCatalog } from "./engine.js";', f"const {{ openCatalog }} = m{last};")
    boot = f"indeks/{manifest.boot}"
    words = hint(folder / boot) if manifest.form == "whole" else ""
    page(folder, script.replace("BOOT", boot + words), boot)
    start = time.process_time()
    build_index(catalog, folder.with_name(f"whoosh-{len(catalog)}"))
    whoosh = time.process_time() - start - invented
    return {
        "build CPU s": round(spent, 1), "peak GB": round(peak, 2), "files": len(manifest.files), "form": manifest.form,
        "MB": round(manifest.bytes / 1e6, 1), "Whoosh CPU s": round(whoosh, 1),
    }  # fmt: skip


def build_minisearch(catalog: Catalog, folder: Path) -> dict[str, Any]:
    rows = [flat(course) for course in catalog]
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    code = """
import MiniSearch from "minisearch"; import fs from "node:fs";
const rows = JSON.parse(fs.readFileSync(process.argv[1] + "/rows.json"));
const mini = new MiniSearch({ fields: ["title", "provider", "category"], idField: "n" });
mini.addAll(rows.map((r, n) => ({ ...r, n })));
fs.writeFileSync(process.argv[1] + "/data.json", JSON.stringify({ index: mini.toJSON(), rows }));
"""
    start = time.monotonic()
    node(code, folder)
    shutil.copy(HERE / "node_modules/minisearch/dist/es/index.js", folder / "minisearch.js")
    page(folder, MINISEARCH, "data.json")
    return {"build s": round(time.monotonic() - start, 1), "files": 1}


def build_pagefind(catalog: Catalog, folder: Path) -> dict[str, Any]:
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as out:
        for course in catalog:
            out.write(json.dumps({**flat(course), "text": course.text}) + "\n")
    code = """
import * as pagefind from "pagefind"; import fs from "node:fs"; import readline from "node:readline";
const { index } = await pagefind.createIndex({ forceLanguage: "id" });
for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[1] + "/rows.jsonl") })) {
  const r = JSON.parse(line);
  await index.addCustomRecord({ url: "/" + r.slug + "/", content: `${r.title} ${r.provider} ${r.category} ${r.text}`, language: "id",
    meta: { title: r.title, provider: r.provider, price: String(r.price) },
    filters: { tingkat: r.levels, platform: r.platforms, kategori: [r.category] },
    sort: { price: String(r.price ?? 99999999).padStart(9, "0") } });
}
await index.writeFiles({ outputPath: process.argv[1] + "/pagefind" });
await pagefind.close();
"""
    start = time.monotonic()
    node(code, folder)
    page(folder, PAGEFIND)
    return {"build s": round(time.monotonic() - start, 1), "files": sum(p.is_file() for p in folder.rglob("*"))}


def node(code: str, folder: Path) -> None:
    subprocess.run(
        ["node", "--max-old-space-size=6000", "--input-type=module", "-e", code, str(folder)], cwd=HERE, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, brotli-compressed where a CDN would."""

    protocol_version = "HTTP/1.1"
    packed: dict[str, bytes] = {}  # noqa: RUF012 - shared by all requests on purpose
    sent: list[int] = []  # noqa: RUF012 - bodies of scripts and data, workers' included

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.split("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        text = path.suffix in (".html", ".js", ".json", ".css", ".svg", ".wasm")
        body = self.packed.get(str(path)) or (
            brotli.compress(path.read_bytes(), quality=9) if text else path.read_bytes()
        )
        self.packed[str(path)] = body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if text:
            self.send_header("Content-Encoding", "br")
        self.end_headers()
        if path.suffix not in (".html", ".ico"):
            self.sent.append(len(body))
        with contextlib.suppress(BrokenPipeError):  # the page was closed meanwhile
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def slow_down(tab: Page) -> None:
    """4x CPU, 1.6 Mbit/s, 300 ms. Chromium does not throttle workers' CPU: Pagefind's worker runs at full speed."""
    cdp = tab.context.new_cdp_session(tab)
    rate = 1.6e6 / 8
    limits = {"offline": False, "latency": 300, "downloadThroughput": rate, "uploadThroughput": rate}
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", limits)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def take() -> tuple[float, int]:
    """Kilobytes and number of what was sent since the last call."""
    found = (sum(Handler.sent) / 1000, len(Handler.sent))
    Handler.sent.clear()
    return found


def cold(browser: Browser, url: str, state: dict[str, Any], slow: bool) -> dict[str, Any]:
    """A first visit: milliseconds from the navigation to the painted results, bytes, requests; then next queries."""
    context = browser.new_context(service_workers="block")
    tab = context.new_page()
    if slow:
        slow_down(tab)
    take()
    tab.goto(f"{url}#{json.dumps(state)}")
    tab.wait_for_function("window.ready", timeout=120_000)
    tab.wait_for_timeout(50)
    kb, requests = take()
    found = {
        "ms": tab.evaluate("window.ready"),
        "KB": kb,
        "requests": requests,
        "total": tab.inner_text("b"),
        "next": {},
    }
    if state == COLD["one word"]:
        for name, wanted in NEXT.items():
            spent = tab.evaluate("(s) => window.go(s)", wanted)
            tab.wait_for_timeout(50)
            found["next"][name] = {"ms": spent, "KB": take()[0], "total": tab.inner_text("b")}
        found["heap MB"] = heap(tab)
        spent = tab.evaluate("(s) => window.counts?.(s)", COUNTED)
        tab.wait_for_timeout(50)
        if spent:
            found["next"]["counts, one word"] = {"ms": spent[0], "KB": take()[0], "total": f"again {spent[1]:.0f} ms"}
            found["heap with columns MB"] = heap(tab)
    context.close()
    return found


def heap(tab: Page) -> float:
    """Megabytes of JavaScript objects that are still in use."""
    cdp = tab.context.new_cdp_session(tab)
    cdp.send("HeapProfiler.collectGarbage")
    return float(cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def middle(rows: list[dict[str, Any]], key: str) -> float:
    return statistics.median(row[key] for row in rows)


def report(name: str, size: int, browser: Browser, url: str) -> None:
    """Prints a line a case."""
    tab = browser.new_page()
    tab.goto("about:blank")
    empty = heap(tab)
    tab.close()
    for slow in (False, True):
        for case, state in COLD.items():
            rows = [cold(browser, url, state, slow) for _ in range(RUNS)]
            profile = "slow" if slow else "fast"
            print(
                f"{size:>7} {name:<11} {profile} {case:<36} {middle(rows, 'ms'):>7.0f} ms {middle(rows, 'KB'):>8.1f} KB "
                f"{middle(rows, 'requests'):>3.0f} req  total {rows[0]['total']}",
                flush=True,
            )
            for key in rows[0]["next"]:
                after = [row["next"][key] for row in rows]
                what = (
                    f"{middle(after, 'ms'):>7.0f} ms {middle(after, 'KB'):>8.1f} KB          total {after[0]['total']}"
                )
                print(f"{size:>7} {name:<11} {profile} {key:<36} {what}", flush=True)
            for key in ("heap MB", "heap with columns MB"):
                if key in rows[0]:
                    over = middle(rows, key) - empty
                    print(f"{size:>7} {name:<11} {profile} {key} over an empty page: {over:.1f}", flush=True)


def main() -> int:
    """Builds and measures every engine at every size."""
    known = {"ours": build_ours, "minisearch": build_minisearch, "pagefind": build_pagefind}
    engines = {name: known[name] for name in ENGINES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for size in SIZES:
            catalog = Catalog(size)
            for name, build in engines.items():
                if name == "pagefind" and size > PAGEFIND_UP_TO:
                    print(f"{size:>7} pagefind    not built here: above {PAGEFIND_UP_TO} courses it needs over 9 GB")
                    continue
                folder = OUT / f"{name}-{size}"
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                print(f"{size:>7} {name:<11} {build(catalog, folder)}", flush=True)
                Handler.packed.clear()
                handler = functools.partial(Handler, directory=str(folder))
                with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
                    threading.Thread(target=server.serve_forever, daemon=True).start()
                    report(name, size, browser, f"http://127.0.0.1:{server.server_port}/")
                    server.shutdown()
        browser.close()
    return 0
