"""Shares of one platform's crawl for machines that do not talk: each keeps the listings that hash to its share."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalog.records import RunReport
    from spiders.base import Course

NOTE = "shard "
_FORM = re.compile(r"^(\d{1,4})/(\d{1,4})$")


@dataclass(frozen=True)
class Shard:
    """Share I of N, both from 1: a listing belongs to the shard that its native id hashes to."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Raises ValueError with one clear line."""
        found = _FORM.match(text.strip())
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.index <= shard.count:
            raise ValueError(f"--shard {text!r}: write I/N with 1 <= I <= N, for example 2/3")
        return shard

    def holds(self, native_id: str) -> bool:
        """The same on every machine: no Python hash, which differs from process to process."""
        digest = hashlib.blake2b(native_id.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.count == self.index - 1

    @property
    def text(self) -> str:
        return f"{self.index}/{self.count}"


class ShardedWalk:
    """Mixed into a platform's spider: list pages are walked whole, course pages are asked for by their shard only."""

    shard: Shard
    tally: Any

    async def courses(self) -> AsyncIterator[Course]:
        async for course in super().courses():  # type: ignore[misc]
            if self.shard.holds(course.native_id):
                yield course

    def _verdict(self) -> str:
        """A shard may be empty; the walk's end is what counts, and the merged run is judged by the gate."""
        said: str = super()._verdict()  # type: ignore[misc]
        return "finished" if said == "empty" else said


def sharded(spider: type, shard: Shard) -> type:
    """The spider class that keeps one shard."""
    return type(f"Sharded{spider.__name__}", (ShardedWalk, spider), {"shard": shard})


def own_run(run: str, worker: str) -> str:
    """The run under which one worker of a shared frontier records: workers may have one disk."""
    return f"{run}-{worker}"


def time_told(reports: Iterable[RunReport]) -> str | None:
    """What the platform's clock said when the first part began, as the merged report's `started` says for ours."""
    return min(reports, key=lambda report: (report.started, report.server_time or "")).server_time


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts of several parts together, by name."""
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return dict(sorted(total.items()))
