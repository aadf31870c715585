"""How often are real strings read rightly? Needs labelled strings beside the project (../shared/gold); skips without.

The peers are what a quick solution would take: price-parser for prices, dateparser for dates, in the same run. The
category table was written with some of these titles in view: docs/decisions/0023 says how it did on unseen ones.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from catalog.matching import match_pair
from catalog.normalize.category import category_of_title
from catalog.normalize.cli import normalize_line

SHARED = Path(__file__).resolve().parents[3] / "shared"
FIELDS = {
    "price": ("price.jsonl", {"min": "min", "max": "max", "free": "free"}),
    "duration": ("duration.jsonl", {"minutes_min": "minutes_min", "minutes_max": "minutes_max", "days": "days"}),
    "schedule": ("date.jsonl", {k: k for k in ("start", "end", "start_time", "end_time", "tz", "weekdays")}),
    "place": ("city.jsonl", {"regency": "regency", "province": "province"}),
    "level": ("level.jsonl", {"levels": "levels", "source": "source"}),
    "mode": ("mode.jsonl", {"mode": "mode"}),
}


def rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (SHARED / "gold" / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def share(right: int, count: int) -> str:
    return f"{right}/{count} = {100 * right / count:.1f} %"


def peer_price(row: dict[str, Any]) -> bool:
    from price_parser import Price

    amount = Price.fromstring(row["text"]).amount
    return (None if amount is None else int(amount)) == row["min"]


def peer_date(row: dict[str, Any]) -> bool:
    import dateparser

    found = dateparser.parse(row["text"], languages=["id"], settings={"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["year"]})
    return (found.date().isoformat() if found else None) == row["start"]


PEERS: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "price": ("price-parser, lower end only", peer_price),
    "schedule": ("dateparser, start date only", peer_date),
}


def read_right(field: str, row: dict[str, Any]) -> bool:
    answer = normalize_line(field, json.dumps(row))
    return all(answer[mine] == row[label] for mine, label in FIELDS[field][1].items())


def categories() -> str:
    listed = json.loads((SHARED / "data" / "prakerja-skillsweek-course-2023.json").read_text(encoding="utf-8"))
    right = sum(category_of_title(r["course_title"]) == r["course_category"] for r in listed)
    return share(right, len(listed))


def main() -> int:
    """Prints a table."""
    if not (SHARED / "gold").is_dir():
        print("labelled strings (../shared/gold) are not here; nothing measured")
        return 0
    for field, (name, _) in FIELDS.items():
        labelled = list(rows(name))
        line = f"{field:9} {share(sum(read_right(field, r) for r in labelled), len(labelled))}"
        if field in PEERS:
            peer, right = PEERS[field]
            line += f"   ({peer}: {share(sum(map(right, labelled)), len(labelled))})"
        print(line)
    print(f"category  {categories()} of the directory's titles, category hidden")
    pairs = list(rows("match.jsonl"))
    print(f"match     {share(sum(match_pair(r['a'], r['b'])['verdict'] == r['verdict'] for r in pairs), len(pairs))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
