"""The long texts of offers, out of memory between the checks, which read them, and the writing of the courses."""

from __future__ import annotations

import os
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
        self._places: dict[str, tuple[int, int]] = {}

    def take(self, offers: Iterable[Offer]) -> None:
        """Moves the offers' texts into the file."""
        end = self._file.seek(0, os.SEEK_END)
        for offer in offers:
            if offer.text is not None:
                text = offer.text.encode("utf-8", "surrogatepass")
                self._places[offer.id] = end, len(text)
                self._file.write(text)
                end += len(text)
                offer.text = None
        self._file.flush()

    def _text(self, offer: str) -> str | None:
        if offer not in self._places:
            return None
        start, length = self._places[offer]
        return os.pread(self._file.fileno(), length, start).decode("utf-8", "surrogatepass")

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
