"""Sekolah.mu, later Karier.mu: provider pages (/mitra/<slug>) lead to programmes (/program/<slug>)."""

from __future__ import annotations

from spiders.base import PageSpider


class Spider(PageSpider):
    markers = {"provider": "//a[starts-with(@href,'/mitra/') or contains(@href,'.mu/mitra/')]"}  # noqa: RUF012
