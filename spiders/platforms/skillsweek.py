"""Indonesia Skills Week: the programme's own list in one file, of two editions with different keys."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from spiders.base import Course, PageSpider
from spiders.guards import Blocked
from spiders.structured import Fields, seen

KEYS = {
    "title": "course_title",
    "provider": "lp_name",
    "category": "course_category",
    "mode": "course_type",
    "quota": "quota",
    "sold": "total",
    "image": "course_image",
}


class Spider(PageSpider):
    async def courses(self) -> AsyncIterator[Course]:
        """Reads exactly one list: the one that the spec prefers, another edition's only when that one is not there."""
        roles = ["list", "later_list", "weekly_list"]
        roles = roles[::-1] if self.spec.switches.get("later_list") else roles
        answer = await self.get_first((self.spec.endpoints[role] for role in roles), "json")
        rows = answer.json if isinstance(answer.json, list) else answer.json.get("data")
        if not isinstance(rows, list):
            raise Blocked("shape", "the list is no array")
        distinct = {
            native_id_of(item) for item in rows if isinstance(item, dict)
        }  # a row that comes twice is one course
        unreadable = sum(not isinstance(item, dict) for item in rows)
        self.tally.declare(len(distinct) + unreadable, "list_length")
        for item in rows:
            if isinstance(item, dict):
                yield self.row(item)
            else:
                self.tally.errors["row_unreadable"] += 1

    def row(self, item: dict[str, Any]) -> Course:
        fields: Fields = {name: seen(item.get(key)) for name, key in KEYS.items()}
        later = "course_discount" in item or "course_after_discount" in item
        fields |= (
            later_prices(item)
            if later
            else {"price": seen(item.get("course_price")), "discount": seen(item.get("Prosentase diskon"))}
        )
        minutes = seen(item.get("duration"))
        fields["duration"] = f"{minutes} menit" if minutes and minutes.isdigit() else minutes
        fields["description"] = seen(item.get("description"))
        dated = "later_edition" if later or ("course_id" in item and "Prosentase diskon" not in item) else "edition"
        fields["edition"] = self.spec.endpoints[dated]
        return Course(native_id_of(item), url_of(item), fields, "api", complete=True)

    def eligibility(self, course: Course, fields: Fields, text: str) -> tuple[str, str | None]:
        return "unknown", None  # a dated list of event prices; it does not sell


def native_id_of(item: dict[str, Any]) -> str:
    """The list's own course_id, else a hash of raw provider, title and link."""
    parts = [str(item.get(k) or "") for k in ("lp_name", "course_title", "course_url")]
    return seen(item.get("course_id")) or hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def url_of(item: dict[str, Any]) -> str:
    return seen(item.get("course_url")) or ""


def later_prices(item: dict[str, Any]) -> Fields:
    """The later editions' prices: '0' stands for 'not given', an empty discount is shown as 'Gratis'."""
    usual, after, discount = (seen(item.get(k)) for k in ("course_price", "course_after_discount", "course_discount"))
    usual = None if usual in ("0", "-") else usual
    if after in (None, "-"):
        after = (
            "Gratis"
            if discount is None and "course_discount" in item
            else usual
            if discount in ("0", "0%", "-")
            else None
        )
    elif after == "0":
        after = "Gratis" if discount in (None, "100%", "100") else None
    return {"price": after, "list_price": usual if usual != after else None, "discount": discount}
