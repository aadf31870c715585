"""Bukalapak: the product list answer holds full data; the guest token of the public page stays unused by default."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from spiders.base import ApiSpider, Course
from spiders.guards import Blocked
from spiders.page import Answer
from spiders.structured import Layers, course_of, merge, seen
from spiders.walkers import ListPage, dig, whole


class Spider(ApiSpider):
    token: str | None = None
    markers = {  # noqa: RUF012
        "title": "//h1[contains(@class,'c-main-product__title')]",
        "price": "//*[contains(@class,'c-product-price') and contains(@class,'-discounted')]",
        "list_price": "//*[contains(@class,'c-product-price') and contains(@class,'-original')]",
        "place": "//*[contains(@class,'c-seller__city')]",
        "description": "//*[contains(@class,'c-information__description-txt')]",
    }

    async def fetch(self, number: int, offset: int) -> ListPage:
        query = {
            "keywords": self.spec.endpoints["keywords"],
            "limit": self.page_size,
            "offset": offset,
            "page": number,
            "facet": "true",
        }
        if self.spec.switches.get("guest_token"):
            query["access_token"] = self.token = self.token or await self.guest_token()
        answer = await self.get(f"{self.spec.endpoints['products']}?{urlencode(query)}", "json")
        rows, meta = dig(answer.json, "data"), dig(answer.json, "meta")
        if not isinstance(rows, list):
            raise Blocked("shape", "no list of products")
        return ListPage(rows, whole(dig(meta, "total")), whole(dig(meta, "total_pages")), whole(dig(meta, "limit")))

    async def guest_token(self) -> str:
        """The token that the public page hands to every visitor; never stored."""
        body = json.dumps({"application_id": 1, "authenticity_token": ""}).encode()
        answer = await self.get(
            self.spec.endpoints["token"], "json", method="POST", body=body, headers={"Content-Type": "application/json"}
        )
        return seen(dig(answer.json, "access_token")) or ""

    def read_page(self, answer: Answer) -> Layers:
        """A page without a deal shows its only price where the struck one stands otherwise."""
        layers = super().read_page(answer)
        shown = layers[-1][1] if layers else {}
        if not merge(layers)[0].get("price") and shown.get("list_price"):
            shown["price"] = shown.pop("list_price")
        return layers

    def row(self, item: dict[str, Any], native_id: str) -> Course:
        fields = course_of(item)
        deal, address = item.get("deal") or {}, dig(item, "store", "address")
        price = seen(dig(deal, "discount_price")) or seen(item.get("price"))
        usual = seen(dig(deal, "original_price")) or seen(item.get("original_price"))
        places = [seen(dig(address, "city")), seen(dig(address, "province"))]
        fields |= {
            "price": price,
            "list_price": usual if usual != price else None,
            "sold": seen(dig(item, "stats", "sold_count")),
        }
        fields |= {
            "place": ", ".join(p for p in places if p),
            "image": seen(dig(item, "images", "large_urls")),
            "quota": None,
            "code": None,
        }
        fields["category"] = " > ".join(dig(item, "category", "structure") or []) or seen(dig(item, "category", "name"))
        url = self._clean_link(seen(item.get("url")), "https://www.bukalapak.com/") or ""
        return Course(native_id, url, fields, "api", complete=True)
