"""A course as the search sees it: words of its fields and the values it can be filtered by, analyzed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.records import Course
from search_index.analyzer import index_words
from search_index.facets import Row, city_names, read_row

STRONG = ("title", "skills", "category", "provider")
# Fields that the browser holds in memory; words that are not finished or misspelt are looked for in these.
NEAR = ("title", "category", "provider")


@dataclass(frozen=True)
class Document:
    """`fields` has the words (as written, folded) of title, skills, category and provider; `text` the other words;
    `cities` the names of the city values."""

    row: Row
    fields: dict[str, tuple[str, ...]]
    text: tuple[str, ...]
    cities: dict[str, str]


# What a course is, in words that people put into the query instead of choosing a filter.
_SPOKEN = {
    "beginner": "pemula dasar",
    "intermediate": "menengah",
    "advanced": "mahir lanjutan",
    "self_paced": "belajar mandiri video",
    "live_online": "webinar langsung",
    "onsite": "tatap muka luring",
    "blended": "campuran bauran",
}


def _text(course: Course) -> str:
    """Description, facts, and the values of filters as words."""
    spoken = [_SPOKEN[value] for value in (*course.levels, *course.modes)]
    shops = sorted({offer.platform for offer in course.offers if offer.status == "active"})
    parts = (
        course.text or "",
        course.description,
        *course.facts.values(),
        *spoken,
        *shops,
        *city_names(course).values(),
    )
    return " \n".join(parts)


def analyze(course: Course) -> Document:
    """The document of one active course."""
    fields = {
        "title": course.title,
        "skills": " \n".join(course.skills),
        "category": course.category or "",
        "provider": course.provider.name if course.provider else "",
    }
    words = {name: tuple(index_words(value)) for name, value in fields.items()}
    return Document(read_row(course), words, tuple(index_words(_text(course))), city_names(course))


def analyze_all(courses: Iterable[Course | Document]) -> Iterator[Document]:
    """Documents of the active courses, in the order of `courses`; what is analyzed already stays as it is."""
    for course in courses:
        if isinstance(course, Document):
            yield course
        elif course.status == "active":
            yield analyze(course)
