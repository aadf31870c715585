"""Writes the static index that the browser reads: content-hashed files from the same analyzed records as Whoosh's.

Up to WHOLE_UP_TO courses everything but description words lies in one file (*whole*); beyond, it is cut into
shards. docs/search-format.md describes the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from catalog.collector import no_collector
from catalog.files import dump_json
from catalog.records import Course
from search_index.codec import digest_of, tag_of, together_tag
from search_index.documents import Document, analyze_all
from search_index.sharded import write_sharded
from search_index.whole import write_whole

FORMAT = 6
WHOLE_UP_TO = 5_000
Form = Literal["whole", "sharded"]


@dataclass
class ExportManifest:
    """What was written: `boot` is the file that the search page opens, `files` has every name with its bytes."""

    boot: str
    form: Form
    courses: int
    build: str
    files: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(self.files.values())


class Writer:
    """Writes JSON files under names made from their content; equal content keeps its name from night to night."""

    def __init__(self, out: Path) -> None:
        self.out = out
        out.mkdir(parents=True, exist_ok=True)
        self.files: dict[str, int] = {}

    def write(self, stem: str, value: Any) -> str:
        """Writes one file; returns its name."""
        return f"{stem}-{self.tag(stem, value)}.json"

    def tag(self, stem: str, value: Any) -> str:
        """Writes one file; returns only what its content adds to its name: five signs, since a boot file lists
        hundreds of them and they don't compress."""
        data = dump_json(value).encode()
        tag = tag_of(data)
        self._put(f"{stem}-{tag}.json", data)
        return tag

    def together(self, files: Iterable[tuple[str, Any]]) -> str:
        """Writes files that belong together, one after the other: what is added to their names is made from all of
        them, so that a boot file need not list them."""
        digests: dict[str, bytes] = {}
        for stem, value in files:
            data = dump_json(value).encode()
            digests[stem] = digest_of(data)
            self._put(stem, data)
        tag = together_tag(digests)
        for stem in digests:
            name = f"{stem}-{tag}.json"
            (self.out / stem).rename(self.out / name)
            self.files[name] = self.files.pop(stem)
        return tag

    def keep(self, files: Mapping[str, Path]) -> None:
        """Writes files of an earlier night as they were."""
        for name, path in files.items():
            self._put(name, path.read_bytes())

    def _put(self, name: str, data: bytes) -> None:
        # Written plainly: the folder is a part of a build that is verified and swapped in whole.
        (self.out / name).write_bytes(data)
        self.files[name] = len(data)


def export_index(
    courses: Iterable[Course | Document],
    out: Path,
    *,
    build: str,
    form: Form | None = None,
    previous: Path | None = None,
) -> ExportManifest:
    """Writes the active courses' static index into `out`. `form` is chosen by the number of courses unless given.

    `previous` is the folder of an earlier index, of which the *sharded* form keeps what it can.
    """
    with no_collector():
        documents = sorted(analyze_all(courses), key=lambda document: document.row.id)
        chosen: Form = form or ("whole" if len(documents) <= WHOLE_UP_TO else "sharded")
        writer = Writer(out)
        if chosen == "whole":
            boot = write_whole(documents, writer, build)
        else:
            boot = write_sharded(documents, writer, build, previous)
    return ExportManifest(boot, chosen, len(documents), build, dict(sorted(writer.files.items())))
