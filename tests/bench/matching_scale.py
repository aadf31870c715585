"""How long does recognising courses take, how much memory, how right is it? 20,000 and 100,000 invented offers.

The peer is the simplest thing that could work: a dictionary on provider and lower-cased title, in the same run over the
same offers. Offers carry what matching looks at; reading them from listings is another question (normalize_readers).
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from catalog.matching import Decisions, Registry, group
from catalog.normalize.provider import read_provider
from catalog.normalize.title import clean_title
from catalog.records import Offer
from spiders.sandbox import invent

NIGHT = dt.date(2020, 7, 15)
SIZES = (20_000, 100_000)
SECONDS, MEGABYTES = 120.0, 1_500


def invented(count: int) -> tuple[list[Offer], list[list[str]]]:
    """About `count` offers of invented courses, and which offers are one course."""
    catalog = invent.make(round(count / 1.56), 1, NIGHT)
    offers = []
    for course in catalog.courses:
        for sale in course.sales:
            provider = read_provider(sale.provider)
            offers.append(
                Offer(
                    id=f"{sale.platform}:{sale.native_id}",
                    platform=sale.platform,
                    native_id=sale.native_id,
                    title=clean_title(sale.title),
                    title_raw=sale.title,
                    provider_id=provider.id,
                    provider_name=provider.name,
                    price_idr=sale.price,
                    mode=course.mode,  # type: ignore[arg-type]
                    duration_minutes=course.minutes,
                    eligible="yes",
                )
            )
    return offers, [[f"{s.platform}:{s.native_id}" for s in c.sales] for c in catalog.courses]


def pairs(groups: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    return {p for g in groups for p in combinations(sorted(g), 2)}


def peer(offers: list[Offer]) -> list[list[str]]:
    """Provider and lower-cased title, nothing else."""
    found: dict[object, list[str]] = defaultdict(list)
    for offer in offers:
        found[offer.provider_id, offer.title_raw.lower()].append(offer.id)
    return list(found.values())


def one(count: int, answers: Any) -> None:
    """One size in a process of its own, so that its memory is its own."""
    offers, truth = invented(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    start = time.process_time()
    courses = group(offers, Registry(), Decisions())
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    start = time.process_time()
    simple = peer(offers)
    peer_seconds = time.process_time() - start
    right = pairs(truth)
    ours, theirs = pairs([o.id for o in c.offers] for c in courses), pairs(simple)
    answers.put(
        {
            "offers": len(offers),
            "courses": len(courses),
            "seconds": seconds,
            "peak": peak,
            "before": before,
            "ours": (len(ours & right) / len(ours), len(ours & right) / len(right)),
            "peer": (len(theirs & right) / len(theirs), len(theirs & right) / len(right)),
            "peer_seconds": peer_seconds,
        }
    )


def main() -> int:
    """Prints a table; 1 when a size is over its time or memory."""
    over = 0
    for count in SIZES:
        answers: Any = multiprocessing.Queue()
        process = multiprocessing.Process(target=one, args=(count, answers))
        process.start()
        row = answers.get()
        process.join()
        over += row["seconds"] > SECONDS or row["peak"] > MEGABYTES
        print(
            f"{row['offers']} offers -> {row['courses']} courses: {row['seconds']:.1f} s, peak {row['peak']} MB",
            end=" ",
        )
        print(f"({row['before']} MB of it the offers and the truth)")
        for name, seconds in (("ours", row["seconds"]), ("peer", row["peer_seconds"])):
            precision, recall = row[name]
            print(f"  {name}: {seconds:.2f} s, precision {precision:.4f}, recall {recall:.4f}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
