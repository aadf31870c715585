"""Writes courses into a Whoosh segment: the postings of a term at once instead of one by one.

Whoosh's own writer takes texts apart into tokens, sorts one tuple a posting and looks up the course's length for each
again: half of its time. Here the words come counted, NumPy sorts them, and whole blocks are handed to Whoosh's codec.
The files are the ones that Whoosh writes itself, as a reader sees them (tests/search_index/test_writer.py).
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import writing
from whoosh.system import pack_uint
from whoosh.util.numeric import byte_to_length, length_to_byte

BLOCK = 128  # postings; Whoosh's codec writes as many
Ints = npt.NDArray[Any]


class Postings:
    """The words of one field: which course holds which, how often."""

    def __init__(self) -> None:
        self.terms: defaultdict[str, int] = defaultdict(count().__next__)
        self.term, self.course, self.count = array("I"), array("I"), array("I")

    def add(self, course: int, words: Iterable[str]) -> int:
        """Counts the words of a course; returns their number. Courses come in ascending order."""
        counted = Counter(words)
        self.term.extend(map(self.terms.__getitem__, counted))
        self.course.extend([course] * len(counted))
        self.count.extend(counted.values())
        return counted.total()

    def sorted(self) -> tuple[list[bytes], Ints, Ints, Ints]:
        """Terms as bytes in their order, where each one's postings begin (and the end), their courses and counts."""
        spelled = [word.encode() for word in self.terms]
        order = sorted(range(len(spelled)), key=spelled.__getitem__)
        rank = np.empty(len(order), dtype=np.uint32)
        rank[order] = np.arange(len(order), dtype=np.uint32)
        ranked = rank[np.frombuffer(self.term, dtype=np.uint32)] if spelled else np.zeros(0, dtype=np.uint32)
        place = np.argsort(ranked, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(ranked, minlength=len(order)))])
        columns = (np.frombuffer(column, dtype=np.uint32)[place] for column in (self.course, self.count))
        courses, counts = columns if spelled else (ranked, ranked)
        return [spelled[number] for number in order], starts, courses, counts


class CourseWriter(writing.SegmentWriter):  # type: ignore[misc]
    """A segment writer for a fresh index. `add_course` stands for Whoosh's `add_document`."""

    def __init__(self, opened: Any) -> None:
        super().__init__(opened)
        self._postings = {name: Postings() for name, kind in self.schema.items() if kind.indexed}
        self._lengths = {name: array("B") for name, kind in self.schema.items() if kind.scorable}

    def add_course(self, stored: Mapping[str, Any], words: Mapping[str, Iterable[str]]) -> None:
        """One course: values of stored fields, and the words of every indexed field."""
        writer, number = self.perdocwriter, self.docnum
        writer.start_doc(number)
        for name, values in sorted(words.items()):
            length = self._postings[name].add(number, values)
            if name in self._lengths:
                self._lengths[name].append(length_to_byte(length))
                writer.add_field(name, self.schema[name], None, length)
        for name, value in stored.items():
            writer.add_field(name, self.schema[name], value, 0)
        writer.finish_doc()
        self._added = True
        self.docnum += 1

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for name in sorted(self._postings):
            self._write_field(name, self._postings.pop(name))
        self.fieldwriter.close()

    def _write_field(self, name: str, postings: Postings) -> None:
        terms, starts, courses, counts = postings.sorted()
        if not terms:
            return
        field = self.schema[name]
        self.fieldwriter.start_field(name, field)
        blocks = _Blocks(starts, courses, counts, self._lengths.get(name), counted=field.format.fixed_value_size() > 0)
        for number, term in enumerate(terms):
            self.fieldwriter.start_term(term)
            blocks.write(self.fieldwriter._postwriter, int(starts[number]), int(starts[number + 1]))
            self.fieldwriter.finish_term()
        self.fieldwriter.finish_field()


class _Blocks:
    """Fills the codec's buffer block by block; shortest, longest and heaviest of all blocks are found at once."""

    def __init__(self, starts: Ints, courses: Ints, counts: Ints, lengths: array[int] | None, *, counted: bool) -> None:
        self.courses, self.counts, self.counted = courses, counts, counted
        sizes = -(-np.diff(starts) // BLOCK)
        firsts = np.repeat(starts[:-1], sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        begin = firsts + within * BLOCK
        self.heaviest = iter(np.maximum.reduceat(counts, begin).tolist())
        self.shortest: Iterator[int] = iter([])
        self.longest: Iterator[int] = iter([])
        if lengths is not None:
            known = np.array([byte_to_length(code) for code in range(256)])
            of_postings = known[np.frombuffer(lengths, dtype=np.uint8)][courses]
            self.shortest = iter(np.minimum.reduceat(of_postings, begin).tolist())
            self.longest = iter(np.maximum.reduceat(of_postings, begin).tolist())

    def write(self, codec: Any, start: int, end: int) -> None:
        """The postings of one term. The last block is left to the codec's `finish_postings`."""
        for at in range(start, end, BLOCK):
            if codec._ids:
                codec._write_block()
            stop = min(at + BLOCK, end)
            counts = self.counts[at:stop].tolist()
            codec._ids = self.courses[at:stop].tolist()
            codec._weights = array("f", counts)
            codec._values = list(map(pack_uint, counts)) if self.counted else []
            codec._maxweight = float(next(self.heaviest))
            codec._minlength, codec._maxlength = next(self.shortest, None), next(self.longest, 0)
