"""Pijar Mahir: numbered category pages (page, limit), then course pages."""

from __future__ import annotations

from spiders.base import PageSpider


class Spider(PageSpider):
    markers = {  # noqa: RUF012  the card's and the page's usual places, by the public clones
        "provider": "//*[contains(@class,'institution') or contains(@class,'teacher') or contains(@class,'provider')]",
        "mode": "//*[contains(@class,'course-type') or contains(@class,'badge-type')]",
    }
