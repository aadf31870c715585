"""Builds the Whoosh index: in a fresh folder beside the old one, renamed into place when complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from whoosh import index

from catalog.collector import no_collector
from catalog.exchange import exchange
from catalog.records import Course
from search_index.documents import STRONG, Document, analyze_all
from search_index.facets import pack
from search_index.families import family
from search_index.lexicon import Lexicon
from search_index.schema import make_schema
from search_index.writer import CourseWriter

LEXICON = "lexicon.json"


def build_index(courses: Iterable[Course | Document], folder: Path) -> int:
    """Indexes the active courses, which may be analyzed already; returns their number. A reader sees the old index or
    the new one, never a part."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        with no_collector():
            count = _fill(courses, fresh)
        _swap(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return count


def _fill(courses: Iterable[Course | Document], folder: Path) -> int:
    lexicon = Lexicon()
    writer = CourseWriter(index.create_in(str(folder), make_schema()))
    try:
        for document in analyze_all(courses):
            lexicon.add(document)
            words = {name: list(map(family, document.fields[name])) for name in STRONG}
            words["text"] = [*chain.from_iterable(words.values()), *map(family, document.text)]
            number = document.row.id
            writer.add_course({"id": number, "row": pack(document.row)}, words | {"id": [number]})
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    lexicon.finish().save(folder / LEXICON)
    return lexicon.courses


def _swap(fresh: Path, folder: Path) -> None:
    if folder.exists():
        exchange(fresh, folder)
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        fresh.rename(folder)
