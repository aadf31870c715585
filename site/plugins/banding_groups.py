"""Courses by the hash of their id: which small data file holds one, and which page where pages are shared.

`pages = full` gives every course a page of its own. `pages = lists` puts about thirty on one page, each with an anchor:
hosts limit the number of files. A group follows from the id alone (FNV-1a, as js/alat.js computes it), so that a quiet
night changes only the files of changed courses.
"""

from __future__ import annotations

from catalog.files import part_count
from search_index.codec import fnv

PER_GROUP = 32
MOST_GROUPS = 4096


def group_count(courses: int) -> int:
    """A power of two with about PER_GROUP courses a group."""
    return part_count(courses, PER_GROUP, MOST_GROUPS)


def group_name(course_id: str, groups: int) -> str:
    """Three hexadecimal digits."""
    return f"{fnv(course_id) % groups:03x}"


def group_path(name: str) -> str:
    """The address of a shared page."""
    return f"/kelompok/{name}/"
