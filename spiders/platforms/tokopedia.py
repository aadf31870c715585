"""Tokopedia: the discovery page's component lists the courses, the product layout describes each."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from spiders.base import ApiSpider, Course
from spiders.guards import Blocked
from spiders.page import Answer
from spiders.structured import Fields, as_list, course_of, first_text, seen
from spiders.walkers import ListPage, dig, opened, whole

QUERIES = {
    "discovery": "query DiscoveryComponentQuery($identifier: String!, $componentId: String!, $filters: String,"
    " $device: String) { componentInfo(identifier: $identifier, component_id: $componentId, filters: $filters,"
    " device: $device) { data } }",
    "layout": "query PDPGetLayoutQuery($shopDomain: String, $productKey: String, $apiVersion: Float)"
    " { pdpGetLayout(shopDomain: $shopDomain, productKey: $productKey, apiVersion: $apiVersion)"
    " { name basicInfo { id shopName url } components { name type data } } }",
}


class Spider(ApiSpider):
    page_size = 60
    id_keys = ("product_id", "productID", "id")
    page_ids = True
    markers = {  # noqa: RUF012
        "title": "//h1[@data-testid='lblPDPDetailProductName']",
        "price": "//*[@data-testid='lblPDPDetailProductPrice']",
        "list_price": "//*[@data-testid='lblPDPDetailOriginalPrice']",
        "rating": "//*[@data-testid='lblPDPDetailProductRatingNumber']",
        "description": "//*[@data-testid='lblPDPDescriptionProduk']",
    }

    async def ask(self, role: str, operation: str, variables: dict[str, Any]) -> Answer:
        body = json.dumps([{"operationName": operation, "variables": variables, "query": QUERIES[role]}]).encode()
        headers = {"Content-Type": "application/json", "X-Source": "tokopedia-lite", "X-Device": "desktop"}
        return await self.get(self.spec.endpoints[role], "json", method="POST", body=body, headers=headers)

    async def fetch(self, number: int, offset: int) -> ListPage:
        filters = {
            "rpc_page_number": str(number),
            "rpc_page_size": str(self.page_size),
            "l_name": "sre",
            "rpc_next_page": "p",
        }
        point = self.spec.endpoints
        variables = {
            "device": "desktop",
            "identifier": point["identifier"],
            "componentId": point["component"],
            "filters": json.dumps(filters),
        }
        answer = await self.ask("discovery", "DiscoveryComponentQuery", variables)
        return component_page(answer.json)

    def row(self, item: dict[str, Any], native_id: str) -> Course:
        fields = component_row(item)
        url = self._clean_link(fields.pop("url", None), "https://www.tokopedia.com/") or ""
        evidence = f"page:/discovery/{self.spec.endpoints['identifier']}"
        return Course(native_id, url.partition("?")[0], fields, "api", eligible=evidence, complete=not url)

    async def course_answer(self, course: Course, headers: dict[str, str]) -> Answer:
        """The product layout; when that is gone, the product page."""
        shop, _, key = urlsplit(course.url).path.strip("/").rpartition("/")
        if self.api_gone < 3 and not headers:
            try:
                answer = await self.ask(
                    "layout", "PDPGetLayoutQuery", {"shopDomain": shop, "productKey": key, "apiVersion": 1}
                )
                if layout_fields(answer.json):
                    return answer
                self.api_gone += 1
            except Blocked as blocked:
                if blocked.code not in ("http_error", "shape", "content_type", "empty", "soft_404"):
                    raise
                self.layer_gone("the product layout", blocked)
        return await super().course_answer(course, headers)

    def read_page(self, answer: Answer) -> list[tuple[str, Fields]]:
        return [("api", layout_fields(answer.json))] if answer.is_json else super().read_page(answer)


def component_page(value: Any) -> ListPage:
    """The rows of a component answer; `componentInfo.data` comes as an object or as a JSON string, list or not."""
    answer = as_list(value)[0] if as_list(value) else {}
    info = opened(dig(answer, "data", "componentInfo", "data") or dig(answer, "componentInfo", "data"))
    component = opened(dig(info, "component")) or info
    rows = opened(dig(component, "data")) or []
    total = dig(component, "additional_info", "total_product", "product_count")
    if not isinstance(rows, list):
        raise Blocked("shape", "the component holds no list")
    return ListPage([r for r in rows if isinstance(r, dict)], whole(total))


def component_row(item: dict[str, Any]) -> Fields:
    """One product of a component, or of the search answers V4 and V5, which share most names."""
    fields = course_of(item)
    price = item.get("price")
    if isinstance(price, dict):  # search V5
        fields["price"], fields["list_price"] = (
            seen(price.get("text")) or seen(price.get("number")),
            seen(price.get("original")),
        )
    fields["provider"] = (
        first_text(item.get("partner_name")) or first_text(item.get("shop")) or first_text(item.get("shop_name"))
    )
    fields["place"] = (
        seen(item.get("shop_location")) or seen((item.get("shop") or {}).get("city"))
        if isinstance(item.get("shop") or {}, dict)
        else None
    )
    fields["url"] = seen(item.get("url_desktop")) or seen(item.get("url"))
    fields["quota"] = None  # `stock` of a voucher is not the number of seats
    for label in as_list(item.get("labelGroups")):
        if isinstance(label, dict) and label.get("position") == "integrity":
            fields["sold"] = seen(label.get("title"))
    return {k: v for k, v in fields.items() if v}


def layout_fields(value: Any) -> Fields:
    """A product layout answer (the whole answer or the value of pdpGetLayout)."""
    answer = as_list(value)[0] if as_list(value) else {}
    layout = opened(dig(answer, "data", "pdpGetLayout") or dig(answer, "pdpGetLayout") or answer)
    basic = dig(layout, "basicInfo") or {}
    parts = {c.get("name"): as_list(c.get("data")) for c in as_list(dig(layout, "components")) if isinstance(c, dict)}
    content = next((d for d in parts.get("product_content") or [] if isinstance(d, dict)), {})
    details = [
        d
        for part in parts.get("product_detail") or []
        if isinstance(part, dict)
        for d in as_list(part.get("content"))
        if isinstance(d, dict)
    ]
    named = {str(d.get("title", "")).casefold(): seen(d.get("subtitle")) for d in details}
    campaign = content.get("campaign") if isinstance(content.get("campaign"), dict) else {}
    original = whole(dig(campaign, "originalPrice"))
    sale = whole(dig(campaign, "discountedPrice"))
    media = next(
        (m for part in parts.get("product_media") or [] for m in as_list(dig(part, "media")) if isinstance(m, dict)), {}
    )
    fields: Fields = {
        "title": seen(content.get("name")),
        "price": seen(dig(campaign, "discountedPrice")) if sale else seen(dig(content, "price", "value")),
        "list_price": seen(dig(campaign, "originalPrice")) if original else None,
        "provider": seen(dig(basic, "shopName")),
        "category": seen(dig(basic, "category", "name")),
        "description": named.get("deskripsi"),
        "sold": seen(dig(basic, "txStats", "itemSoldFmt")) or seen(dig(basic, "txStats", "countSold")),
        "rating": seen(dig(basic, "stats", "rating")) if whole(dig(basic, "stats", "countReview")) else None,
        "rating_count": seen(dig(basic, "stats", "countReview")),
        "image": seen(dig(media, "urlOriginal")),
    }
    return {k: v for k, v in fields.items() if v} if fields["title"] else {}
