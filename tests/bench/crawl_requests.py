"""How many requests does the night after a 1 % change make?

Every source's replica is crawled in full, one course in a hundred is given another price, and the next night is
crawled. Counted are the requests that reached the replica, list pages and course pages apart. Target: at most 5 % of
the course pages, besides the list pages.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from catalog.layout import Var
from spiders.run import command_of, read_report
from spiders.sandbox import serve

COURSES = int(os.environ.get("BENCH_COURSES", "1500"))
NIGHT = dt.date(2020, 7, 15)  # a Wednesday; the full crawl is on Sundays
SHARE, TARGET = 100, 0.05


def watch(server: Any) -> Counter[str]:
    """Counts what a replica is asked for: list, course, other."""
    seen: Counter[str] = Counter()
    around = server.faults.around

    def counted(replica: Any, ask: Any) -> Any:
        reply = around(replica, ask)
        seen[{"detail": "course"}.get(reply.kind, reply.kind)] += 1
        return reply

    server.faults.around = counted
    return seen


def crawl(server: Any, folder: Path, run: str, night: dt.date) -> Any:
    platform, var = server.replica.platform, Var(folder / "var")
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    subprocess.run(command_of(platform, var=var, run=run, origin=origin, night=night), check=True)
    return read_report(var.run_dir(run, platform), platform, run)


def change(server: Any) -> int:
    """Gives every hundredth course another price. Returns how many were changed."""
    rows = server.replica.rows[:: max(1, min(SHARE, len(server.replica.rows)))]
    for _, sale in rows:
        sale.price, sale.list_price = (sale.price or 0) + 17_000, None
    return len(rows)


def main() -> int:
    """Prints the two nights of every source; 1 when a quiet night asked for too many course pages."""
    folder, over = Path(tempfile.mkdtemp(prefix="bench-requests-")), []
    servers = serve.serve_here(COURSES, 1, NIGHT, None)
    total: Counter[str] = Counter()
    for server in servers:
        platform, seen = server.replica.platform, watch(server)
        first = crawl(server, folder, "full", NIGHT)
        full = Counter(seen)
        seen.clear()
        changed = change(server)
        second = crawl(server, folder, "quiet", NIGHT + dt.timedelta(days=1))
        pages, asked = full["course"], seen["course"]
        total.update(full=first.requests, quiet=second.requests, pages=pages, asked=asked)
        print(
            f"{platform:14} {first.received:5} listings, {changed:3} changed: full night {pages:5} course pages + "
            f"{full['list']:4} lists; quiet night {asked:4} course pages + {seen['list']:4} lists"
        )
        if second.received != first.received or asked > max(changed, math.ceil(TARGET * pages)):
            over.append(platform)
    for server in servers:
        server.shutdown()
        server.server_close()
    share = total["asked"] / max(1, total["pages"])
    print(
        f"all: {total['full']} requests on the full night, {total['quiet']} on the quiet one; "
        f"{share:.1%} of the course pages asked for (target {TARGET:.0%})"
        + (f"; over: {', '.join(over)}" if over else "")
    )
    return 1 if over or share > TARGET else 0


if __name__ == "__main__":
    sys.exit(main())
