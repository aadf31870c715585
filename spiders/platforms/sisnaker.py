"""Sisnaker, later SIAPkerja/SkillHub: class pages; the public Proglat curricula enrich a class by its code."""

from __future__ import annotations

from urllib.parse import urlencode

from spiders.base import Course, PageSpider
from spiders.guards import Blocked
from spiders.page import Answer
from spiders.structured import Fields, Layers, as_list, merge, seen
from spiders.walkers import dig


class Spider(PageSpider):
    markers = {"provider": "//a[contains(@href,'/mitra/temukan-mitra/')]"}  # noqa: RUF012

    async def more_layers(self, course: Course, answer: Answer, layers: Layers) -> Layers:
        """One question to Proglat for a class that shows a curriculum's code (which has no price or provider)."""
        code = merge(layers)[0].get("code")
        if not code or self.api_gone or not self.spec.switches.get("proglat"):
            return []
        query = urlencode({"limit": 20, "page": 1, "keyword": code})
        try:
            found = await self.get(f"{self.spec.endpoints['programs']}?{query}", "json", tries=1)
        except Blocked as blocked:
            self.layer_gone("the curricula list", blocked)
            return []
        same = next((p for p in as_list(dig(found.json, "data")) if seen(dig(p, "code")) == code), None)
        return [("api", curriculum(same))] if same else []


def curriculum(item: object) -> Fields:
    """The facts of a Proglat curriculum: hours are lesson hours (JP), topics name the SKKNI units."""
    hours = seen(dig(item, "total_duration")) or seen(dig(item, "total_topic_duration"))
    units = [text for t in as_list(dig(item, "program_topics")) if (text := seen(dig(t, "code")))]
    fields = {"duration": hours and f"{hours} JP", "competency": ", ".join(units), "category": dig(item, "vocational")}
    return {name: text for name, value in fields.items() if (text := seen(value))}
