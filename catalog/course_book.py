"""When each course was first seen and when anything published about it last changed."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from catalog.files import write_bytes
from catalog.layout import Var
from catalog.records import Course


class CourseBook:
    """When each course was first seen and last changed: `state/courses-<night>.tsv`, one file a night.

    As with the lives, a night is computed from the newest earlier file.
    """

    def __init__(self, var: Var, night: dt.date) -> None:
        self.folder = var.state
        self.night = night

    def _path(self, night: dt.date) -> Path:
        return self.folder / f"courses-{night.isoformat()}.tsv"

    def _nights(self) -> list[dt.date]:
        names = (p.stem.removeprefix("courses-") for p in self.folder.glob("courses-*.tsv"))
        return sorted(dt.date.fromisoformat(name) for name in names)

    def _before(self) -> dict[str, tuple[str, str]]:
        earlier = [day for day in self._nights() if day < self.night]
        if not earlier:
            return {}
        rows = (line.split("\t") for line in self._path(earlier[-1]).read_text(encoding="utf-8").splitlines())
        return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}

    def settle(self, courses: list[Course]) -> None:
        """Writes first_seen and changed into the courses, and the book of this night."""
        before = self._before()
        lines = []
        for course in courses:
            seen = [offer.first_seen for offer in course.offers if offer.first_seen]
            course.first_seen = min(seen, default=self.night)
            course.changed = None
            digest = course_hash(course)
            old, changed = before.get(course.id, ("", ""))
            course.changed = dt.date.fromisoformat(changed) if old == digest else self.night
            lines.append(f"{course.id}\t{digest}\t{course.changed.isoformat()}\n")
        write_bytes(self._path(self.night), "".join(sorted(lines)).encode())
        for day in [day for day in self._nights() if day < self.night][:-1]:
            self._path(day).unlink(missing_ok=True)


_PASSING = {"last_seen": True, "source_hash": True, "content_hash": True, "list_price_seen": True}


def course_hash(course: Course) -> str:
    """Hash of what is published of a course: without the dates on which it was merely seen again."""
    text = course.model_dump_json(
        exclude={"changed": True, "text": True, "offers": {"__all__": {**_PASSING, "text": True}}}
    )
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
