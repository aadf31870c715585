"""The long texts of offers, out of memory between the checks, which read them, and the writing of the courses."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.assemble import joined_text
from catalog.records import Course, Offer


class Texts:
    """A nameless file of texts by offer, gone with the process; `folder` says on which disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as the texts
        self._places: dict[str, int] = {}

    def take(self, offers: Iterable[Offer]) -> None:
        """Moves the offers' texts into the file."""
        for offer in offers:
            if offer.text is not None:
                self._places[offer.id] = self._file.tell()
                self._file.write(json.dumps(offer.text).encode() + b"\n")
                offer.text = None

    def _text(self, offer: str) -> str | None:
        if offer not in self._places:
            return None
        self._file.seek(self._places[offer])
        return str(json.loads(self._file.readline()))

    def given_back(self, courses: Iterable[Course]) -> Iterator[Course]:
        """The courses with their search text. The offers' own texts stay away: nothing after the catalog reads them,
        and they are half of the file."""
        for course in courses:
            for offer in course.offers:
                offer.text = self._text(offer.id)
            course.text = joined_text(course.offers)
            for offer in course.offers:
                offer.text = None
            yield course
            course.text = None
