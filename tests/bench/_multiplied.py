"""Runs of any size without crawling them: a small crawl of replicas, multiplied with other ids and titles."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from typing import Any

from catalog.files import dump_json
from catalog.layout import Var
from spiders.run import command_of
from spiders.sandbox import serve

_SYLLABLES = ("ba", "ke", "di", "ru", "to", "mi", "la", "se", "gu", "no")


def crawl(var: Var, courses: int, run: str, night: dt.date) -> None:
    """Crawls the replicas of so many courses into var/runs/<run>."""
    with serve.start(courses, 1, night) as sandbox:
        for platform, origin in sandbox.origins.items():
            subprocess.run(command_of(platform, var=var, run=run, origin=origin, night=night), check=True)


def word(number: int) -> str:
    """A word of its own for every copy; it is nobody's slip of the pen for another one's."""
    return "".join(_SYLLABLES[int(digit)] * 2 for digit in f"{number:02d}")


def multiply(var: Var, base: str, run: str, night: dt.date, times: int, *, moved: int = 0) -> int:
    """Writes var/runs/<run>: each listing of run `base` `times` times. Returns how many listings it holds.

    With `moved`, every so-many-th listing has another price. Half of the copies are of providers of their own.
    """
    count = 0
    for folder in sorted(path for path in (var.runs / base).iterdir() if path.is_dir()):
        goal = var.runs / run / folder.name
        goal.mkdir(parents=True)
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        for name in ("declared", "received"):
            report[name] = report[name] and report[name] * times
        report |= {"night": night.isoformat(), "run": run}
        (goal / "report.json").write_text(json.dumps(report), encoding="utf-8")
        lines = (folder / "listings.jsonl").read_text(encoding="utf-8").splitlines()
        with (goal / "listings.jsonl").open("w", encoding="utf-8") as out:
            for copy in range(times):
                for line in lines:
                    count += 1
                    listing = _copied(json.loads(line), copy) | {"fetched_at": f"{night.isoformat()}T02:00:00+07:00"}
                    if moved and count % moved == 0:
                        listing["price"] = "Rp123.456"
                    out.write(dump_json(listing) + "\n")
    return count


def _copied(listing: dict[str, Any], copy: int) -> dict[str, Any]:
    """The same training under another id, title and address."""
    if not copy:
        return listing
    listing["native_id"] += f"-{copy}"
    listing["title"] = f"{listing.get('title', '')} {word(copy)}".strip()
    if listing.get("url"):
        listing["url"] += f"-{copy}"
    if copy % 2 and listing.get("provider"):
        listing["provider"] += f" {word(copy).title()}"
    return listing
