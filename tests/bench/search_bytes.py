"""How many bytes and requests does the *sharded* form cost, and what does building it cost?
`BANDING_BENCH_SIZES=20000,100000 python -m tests.bench search_bytes`.

Bodies of data files, brotli 9, read by the browser's own engine under Node; the search page's script comes on top.
A round is what six connections can ask for at once: where a request takes 300 ms, so does a round.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from search_index.export import export_index
from tests.bench.search_catalog import Catalog

HERE = Path(__file__).parent
ENGINE = HERE.parents[1] / "site/theme/static/js/search"
OUT = HERE / "out" / "search-bytes"
SIZES = [int(size) for size in os.environ.get("BANDING_BENCH_SIZES", "6000").split(",")]
BUDGET = {"harga_maks": 500_000, "tingkat": ["pemula"], "urut": "harga"}
# Name, state, first visit?
QUESTIONS: list[tuple[str, dict[str, Any], bool]] = [
    ("one word", {"q": "desain"}, True),
    ("an expression, price, level, by price", {"q": "bahasa inggris", **BUDGET}, True),
    ("two words, price, level, by price", {"q": "python data", **BUDGET}, True),
    ("two words of a third of the courses, price, level", {"q": "roti administrasi", **BUDGET}, True),
    ("two filters, by price", {"platform": ["tokopedia"], "tingkat": ["pemula"], "urut": "harga"}, True),
    ("three filters, by price", {"platform": ["tokopedia"], "cara": ["webinar"], "kategori": ["keuangan"]}, True),
    ("(a first word)", {"q": "desain"}, True),
    *((f"next: {words}", {"q": words}, False) for words in ("fotografi", "akuntansi", "kue", "pajak")),
    *((f"next: {words}", {"q": words}, False) for words in ("python data", "media sosial", "menjahit rias")),
]


def ask(boot: Path) -> list[dict[str, Any]]:
    """What every question cost."""
    lines = "".join(json.dumps([name, {"today": 20200720, **state}, cold]) + "\n" for name, state, cold in QUESTIONS)
    command = ["node", str(HERE / "search_bytes.mjs"), str(ENGINE), str(boot)]
    run = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main() -> int:
    """Builds and asks at every size."""
    for size in SIZES:
        folder = OUT / str(size)
        shutil.rmtree(folder, ignore_errors=True)
        catalog = Catalog(size)
        start = time.process_time()
        for _ in catalog:
            pass
        invented = time.process_time() - start
        manifest = export_index(catalog, folder, build="bench", form="sharded")
        spent = time.process_time() - start - 2 * invented
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{size:>7} build {spent:.0f} s CPU, peak {peak:.2f} GB, {len(manifest.files)} files, "
            f"largest {max(manifest.files.values()) / 2**20:.1f} MiB, {manifest.bytes / 1e6:.0f} MB before compression",
            flush=True,
        )
        for found in ask(folder / manifest.boot):
            print(
                f"{size:>7} {found['name']:<50} {found['kb']:>7.1f} KB {found['requests']:>3} req "
                f"{found['rounds']:>2} rounds, total {found['total']:<6} "
                f"counts {found['counts']:>6.1f} KB, again {found['again']:.0f} ms"
            )
    return 0
