"""Pintaria, later Pintar: the card's page has sections; its product model names batches, learning method and code."""

from __future__ import annotations

from spiders.base import PageSpider


class Spider(PageSpider):
    markers = {  # noqa: RUF012
        "provider": "//*[contains(@class,'organizer') or contains(@class,'provider')]",
        "mode": "//*[contains(@class,'learning-method') or contains(@class,'class-type')]",
    }
    strict_pages = True  # course addresses look like any other here, so a page that is no course is passed over
