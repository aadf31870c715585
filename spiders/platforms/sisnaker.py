"""Sisnaker, later SIAPkerja/SkillHub: class pages; the public Proglat curricula enrich a class by its code."""

from __future__ import annotations

from spiders.base import PageSpider


class Spider(PageSpider):
    markers = {"provider": "//a[contains(@href,'/mitra/temukan-mitra/')]"}  # noqa: RUF012
