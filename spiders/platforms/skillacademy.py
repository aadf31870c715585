"""Skill Academy: one open search answer lists the whole shop with full course data."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from spiders.base import ApiSpider, Course
from spiders.scrub import is_person_key
from spiders.structured import as_list, course_of, first_text, seen
from spiders.walkers import ListPage, whole


class Spider(ApiSpider):
    id_keys = ("courseSerial", "slug")
    markers = {  # noqa: RUF012
        "title": "//*[@data-testid='course-title']",
        "price": "//*[@data-testid='price-final']",
        "list_price": "//*[@data-testid='price-base']",
        "rating": "//*[@data-testid='rating-text']",
        "rating_count": "//*[@data-testid='rating-count']",
        "description": "//*[@data-testid='course-description']",
    }

    @staticmethod
    def people(key: str, item: dict[str, Any]) -> bool:
        """For what is sold for a partner (marketType OFFLINE) the provider stands where instructors stand."""
        return is_person_key(key, item) and not (key == "instructors" and item.get("marketType") == "OFFLINE")

    async def fetch(self, number: int, offset: int) -> ListPage:
        query = urlencode({"page": number, "pageSize": self.page_size})
        answer = await self.get_first((f"{self.spec.endpoints[r]}?{query}" for r in ("search", "older_search")), "json")
        data = answer.json.get("data") or {}
        rows = data.get("data") if isinstance(data, dict) else data
        box = data if isinstance(data, dict) else {}
        return ListPage(
            rows or [], whole(box.get("totalCourse")), whole(box.get("totalPage")), whole(box.get("pageSize"))
        )

    def row(self, item: dict[str, Any], native_id: str) -> Course:
        fields = course_of(item)
        fields["provider"] = first_text(item.get("instructors")) or first_text(item.get("merchantName"))
        fields["place"] = ", ".join(t.strip() for v in reversed(as_list(item.get("location"))) if (t := seen(v)))
        fields["category"] = first_text(item.get("categories")) or first_text(item.get("topics"))
        fields["code"] = fields["mode"] = None  # the serial is the id; marketType OFFLINE does not mean in person
        slug = seen(item.get("slug")) or native_id.lower()
        url = f"https://skillacademy.com/course-detail/{slug}/{native_id}"
        return Course(native_id, url, fields, "api", complete=True)
