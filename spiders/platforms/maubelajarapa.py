"""Mau Belajar Apa: WordPress workshop pages; the category stands in the address."""

from __future__ import annotations

from spiders.base import Course, PageSpider
from spiders.structured import Fields


class Spider(PageSpider):
    markers = {"title": "//a[contains(@class,'post-title')] | //h1[contains(@class,'entry-title')]"}  # noqa: RUF012

    def from_address(self, course: Course) -> Fields:
        found = self.course_path.search(course.path)
        return {"category": found["category"].replace("-", " ")} if found else {}
