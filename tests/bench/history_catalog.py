"""What does a night cost whose catalog hardly changed? One with 1 % changed listings against a first night.

`BENCH_OFFERS` (default 20,000) listings on four platforms; prints seconds, the share of a first night, peak memory.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import tempfile
import time
from pathlib import Path

from catalog.export import export_data
from catalog.records import Listing
from tests.catalog.nights import START, Nights, listings, make_spec

OFFERS = int(os.environ.get("BENCH_OFFERS", "20000"))
PLATFORMS = ("tokopedia", "bukalapak", "pintaria", "sekolahmu")


def runs(changed: int) -> dict[str, list[Listing]]:
    """All platforms' listings; the first `changed` of each cost another price than usual."""
    found = {}
    for platform in PLATFORMS:
        items = listings(platform, range(OFFERS // len(PLATFORMS)))
        items[:changed] = [item.model_copy(update={"price": "Rp123.000"}) for item in items[:changed]]
        found[platform] = items
    return found


def seconds(nights: Nights, day: int, changed: int) -> float:
    run, night = f"r{day}", START + dt.timedelta(days=day)
    from tests.catalog.nights import write_run

    for platform, items in runs(changed).items():
        write_run(nights.var, run, platform, items)
    began = time.process_time()
    nights.build(night, run)
    return time.process_time() - began


def main() -> int:
    """Prints CPU seconds of a first, an unchanged and a 1 % night, and of the export."""
    with tempfile.TemporaryDirectory() as folder:
        nights = Nights(Path(folder), [make_spec(platform) for platform in PLATFORMS])
        first = seconds(nights, 0, 0)
        print(f"{OFFERS} offers, CPU seconds of the catalog stage")
        print(f"first night          {first:8.2f} s")
        for name, day, changed in (("nothing changed", 1, 0), ("1 % changed", 2, OFFERS // len(PLATFORMS) // 100)):
            again = seconds(nights, day, changed)
            print(f"{name:<20} {again:8.2f} s  {again / first:5.2f}x of the first night")
        began = time.process_time()
        export_data(nights.var, Path(folder) / "data", build="b", night=max(nights.summaries), sample=True)
        print(f"open data            {time.process_time() - began:8.2f} s")
    print(f"peak memory          {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")

    return 0


if __name__ == "__main__":
    raise SystemExit(main())
