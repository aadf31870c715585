"""Courses by the hash of their id: which small data file holds one, and which page where pages are shared.

`pages = full` gives every course a page of its own. `pages = lists` puts about thirty on one page, each with an anchor:
hosts limit the number of files. A group follows from the id alone (FNV-1a, as js/alat.js computes it), so that a quiet
night changes only the files of changed courses.
"""

from __future__ import annotations

from functools import cache

from catalog.files import part_count
from search_index.codec import fnv

id_hash = cache(fnv)
SHARED = (32, 4_096)  # courses on a shared page, and the most pages
OWN = (8, 16_384)  # courses in a data file beside pages of their own, and the most files


def group_count(courses: int, *, shared: bool) -> int:
    """A power of two. Small groups where files are plenty: a changed course costs the whole of its group."""
    return part_count(courses, *(SHARED if shared else OWN))


def group_name(course_id: str, groups: int) -> str:
    """Three hexadecimal digits, or four."""
    return f"{id_hash(course_id) % groups:03x}"


def group_path(name: str) -> str:
    """The address of a shared page."""
    return f"/kelompok/{name}/"
