"""The nine replicas: what each source answers to a request, in the shape that is known of it.

A replica is a function from (method, path, query, body) to a Reply; sockets and faults stand elsewhere. Shapes of the
sources of which only addresses are known (confidence `convention`) are plain pages with JSON-LD and Open Graph.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from spiders.sandbox.invent import Catalog, Sale, Training, outline, slug_of
from spiders.sandbox.words import VARIANTS

Row = tuple[Training, Sale]


@dataclass
class Reply:
    """`kind`: list, detail or other; `page` the number of a list page. Faults choose by them."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    kind: str = "other"
    page: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Ask:
    method: str
    path: str
    query: dict[str, str]
    body: bytes = b""

    def number(self, name: str, default: int, most: int = 10_000) -> int:
        text = self.query.get(name, "")
        return min(max(int(text), 1), most) if text.isdigit() else default


NOT_FOUND = Reply(b"<html><head><title>404</title></head><body><h1>Halaman tidak ditemukan</h1></body></html>", 404)


def _json(value: Any, **kwargs: Any) -> Reply:
    return Reply(
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), type="application/json", **kwargs
    )


def _rp(price: int | None, form: str = "Rp{}") -> str:
    if price is None:
        return ""
    return "Gratis" if price == 0 else form.format(f"{price:,}".replace(",", "."))


def _short(price: int) -> str:
    """The abbreviated struck price: 'Rp1,25jt', 'Rp139,9rb'."""
    if price >= 1_000_000:
        return f"Rp{price / 1_000_000:.2f}jt".replace(".", ",").replace(",00", "")
    return f"Rp{price / 1_000:.1f}rb".replace(".", ",").replace(",0", "")


class Replica:
    """One source. Subclasses say their addresses; list and course pages are made here."""

    platform = ""
    host = ""
    size = 24
    lists: tuple[str, ...] = ()
    price_form = "Rp{}"

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.rows: list[Row] = catalog.on(self.platform)
        self.by_path = {self.path(row): row for row in self.rows}
        self.no_jsonld = False
        self.no_markers = False

    def path(self, row: Row) -> str:
        raise NotImplementedError

    def answer(self, ask: Ask) -> Reply:
        path = ask.path.rstrip("/") or "/"
        if path == "/robots.txt":
            return Reply(b"User-agent: *\nDisallow: /login\n", type="text/plain")
        if path == "/sitemap.xml":
            return self.sitemap()
        row = self.by_path.get(path)
        if row is not None and ask.method == "GET":
            return self.course_page(row)
        if path in self.lists:
            return self.list_page(ask, self.rows, path)
        return NOT_FOUND

    # ---- pages

    def sitemap(self) -> Reply:
        urls = "".join(
            f"<url><loc>https://{self.host}{html.escape(self.path(row))}</loc><lastmod>2020-07-01</lastmod></url>"
            for row in self.rows
        )
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        return Reply(text.encode(), type="application/xml")

    def list_page(self, ask: Ask, rows: list[Row], path: str) -> Reply:
        page = ask.number("page", 1)
        size = ask.number("limit", self.size, 50)
        start = (page - 1) * size
        shown = rows[start : start + size]
        if not shown and page > 1:
            return Reply(NOT_FOUND.body, 404, kind="list", page=page)
        return Reply(
            self.list_html(shown, page, math.ceil(len(rows) / size), len(rows), path, size).encode(),
            kind="list",
            page=page,
        )

    def list_html(self, shown: Iterable[Row], page: int, pages: int, total: int, path: str, size: int) -> str:
        cards = "".join(self.card(row) for row in shown)
        following = f'<a rel="next" href="{path}?page={page + 1}">Selanjutnya</a>' if page < pages else ""
        return (
            f"<!doctype html><html lang=id><head><title>Kartu Prakerja</title></head><body><nav><a href=/>Beranda</a>"
            f"<a href=/login>Masuk</a></nav><h1>Pelatihan Kartu Prakerja</h1><p>{total} pelatihan ditemukan</p>"
            f"<main>{cards}</main><div>{following}</div></body></html>"
        )

    def card(self, row: Row) -> str:
        sale = row[1]
        struck = f"<del>{_rp(sale.list_price, self.price_form)}</del>" if sale.list_price else ""
        return (
            f'<div class="card"><a href="{html.escape(self.path(row))}"><h3>{html.escape(sale.title)}</h3></a>'
            f'<p class="lp">{html.escape(sale.provider)}</p>{struck}'
            f'<p class="price">{_rp(sale.price, self.price_form)}</p></div>'
        )

    def course_page(self, row: Row) -> Reply:
        sale = row[1]
        title = html.escape(sale.title)
        linked = "" if self.no_jsonld else f'<script type="application/ld+json">{self.json_ld(row)}</script>'
        graph = "" if self.no_jsonld else (
            f'<meta property="og:title" content="{title} | {self.platform}">'
            f'<meta property="og:image" content="{sale.image}">'
        )  # fmt: skip
        if self.no_markers:
            body = f"<div><div><div>{title[:12]}</div><div>Segera hadir</div></div></div>"
        else:
            body = self.course_body(row)
        text = (
            f"<!doctype html><html lang=id><head><title>{title}</title>{graph}{linked}</head><body>{body}</body></html>"
        )
        tag = '"' + blake2b(text.encode(), digest_size=8).hexdigest() + '"'
        return Reply(text.encode(), kind="detail", headers={"ETag": tag})

    def course_body(self, row: Row) -> str:
        training, sale = row
        struck = f"<del>{_rp(sale.list_price, self.price_form)}</del>" if sale.list_price else ""
        place = f"<p>Lokasi: {training.place}</p>" if training.place else ""
        return (
            f"<nav><a href=/>Beranda</a></nav><main><h1>{html.escape(sale.title)}</h1>"
            f"<p>Lembaga: {html.escape(sale.provider)}</p>"
            f'<p class="badge-type">{MODE_WORDS[training.mode]}</p>{struck}'
            f'<p class="price">{_rp(sale.price, self.price_form)}</p>'
            f"<p>Kategori: {html.escape(self.category(training))}</p>{place}"
            f"<div class=desc>{outline(training, sale, self.style(training))}</div></main>"
            f"<footer><p>Bantuan</p></footer>"
        )

    def style(self, training: Training) -> int:
        return training.number % 4

    def category(self, training: Training) -> str:
        return training.category

    def json_ld(self, row: Row) -> str:
        training, sale = row
        value: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "Course",
            "name": sale.title,
            "productID": sale.native_id,
            "description": f"Pelatihan {training.title}",
            "provider": {"@type": "Organization", "name": sale.provider},
        }
        if sale.price is not None:
            value["offers"] = {"@type": "Offer", "price": sale.price, "priceCurrency": "IDR"}
            if sale.list_price:
                value["offers"]["priceSpecification"] = {
                    "priceType": "https://schema.org/ListPrice",
                    "price": sale.list_price,
                }
        if sale.raters:
            value["aggregateRating"] = {"ratingValue": sale.rating, "ratingCount": sale.raters}
        instances = [{"@type": "CourseInstance", "instructor": {"@type": "Person", "name": training.person}}]
        value["hasCourseInstance"] = instances
        return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


MODE_WORDS = {
    "self_paced": "Pembelajaran Mandiri",
    "live_online": "Webinar",
    "onsite": "Tatap Muka",
    "blended": "Bauran",
}


class Tokopedia(Replica):
    platform, host = "tokopedia", "www.tokopedia.com"
    lists = ("/discovery/kartu-prakerja", "/kartu-prakerja")
    size = 40

    def path(self, row: Row) -> str:
        training, sale = row
        return f"/{slug_of(self.catalog.providers[training.provider])}/{sale.slug}-{sale.native_id[-5:]}"

    def answer(self, ask: Ask) -> Reply:
        if ask.method == "POST" and ask.path.startswith("/graphql/"):
            asked = json.loads(ask.body or b"[{}]")
            variables = (asked[0] if isinstance(asked, list) else asked).get("variables", {})
            if ask.path.endswith("/DiscoveryComponentQuery"):
                return self.component(variables)
            if ask.path.endswith("/PDPGetLayoutQuery"):
                row = self.by_path.get(f"/{variables.get('shopDomain')}/{variables.get('productKey')}")
                return self.layout(row) if row else _json([{"errors": [{"message": "not found"}], "data": None}])
        return super().answer(ask)

    def component(self, variables: dict[str, Any]) -> Reply:
        filters = json.loads(variables.get("filters") or "{}")
        page, size = int(filters.get("rpc_page_number", 1)), min(int(filters.get("rpc_page_size", 10)), 60)
        shown = self.rows[(page - 1) * size : page * size]
        component = {
            "component": {
                "data": [self.product(row) for row in shown],
                "additional_info": {"total_product": {"product_count": len(self.rows)}},
            }
        }
        data: Any = json.dumps(component) if page % 2 == 0 else component  # both were seen
        return _json([{"data": {"componentInfo": {"data": data}}}], kind="list", page=page)

    def product(self, row: Row) -> dict[str, Any]:
        training, sale = row
        return {
            "product_id": sale.native_id,
            "name": sale.title,
            "price": None if sale.price is None else str(sale.list_price or sale.price),
            "discounted_price": str(sale.price) if sale.list_price else None,
            "count_sold": sale.sold,
            "stock": 100,
            "rating_average": sale.rating or None,
            "shop_id": str(training.provider + 1000),
            "shop_location": training.place or "",
            "url_desktop": f"https://{self.host}{self.path(row)}?extParam=src%3Dkartu",
            "warehouse_id": "0",
            "is_official": True,
            "preorder": False,
        }

    def layout(self, row: Row) -> Reply:
        training, sale = row
        campaign = {
            "percentageAmount": 0,
            "originalPrice": sale.list_price or 0,
            "discountedPrice": sale.price if sale.list_price else 0,
        }
        content = {
            "name": sale.title,
            "price": {"value": sale.price, "currency": "IDR"},
            "campaign": campaign,
            "stock": {"value": "100"},
        }
        details = [
            {"title": "Kondisi", "subtitle": "Baru"},
            {"title": "Deskripsi", "subtitle": outline(training, sale, self.style(training))},
        ]
        value = {
            "name": "Default Layout Desktop",
            "basicInfo": {
                "id": sale.native_id,
                "alias": sale.slug,
                "shopName": sale.provider,
                "url": f"https://{self.host}{self.path(row)}",
                "category": {"name": training.category, "detail": [{"name": training.category}]},
                "txStats": {"countSold": str(sale.sold), "itemSoldFmt": f"{sale.sold}+"},
                "stats": {"countReview": str(sale.raters), "rating": sale.rating},
            },
            "components": [
                {"name": "product_content", "type": "product_content", "data": [content]},
                {"name": "product_detail", "type": "product_detail", "data": [{"content": details}]},
                {"name": "product_media", "type": "product_media", "data": [{"media": [{"urlOriginal": sale.image}]}]},
            ],
        }
        return _json([{"data": {"pdpGetLayout": value}}], kind="detail")


class SkillAcademy(Replica):
    platform, host = "skillacademy", "skillacademy.com"
    lists = ("/", "/search")

    def path(self, row: Row) -> str:
        return f"/course-detail/{row[1].slug}/{row[1].native_id}"

    def answer(self, ask: Ask) -> Reply:
        if ask.path in ("/api/skillacademy/discovery/search", "/skillacademy/discovery/search"):
            page, size = ask.number("page", 1), ask.number("pageSize", 10, 100)
            shown = self.rows[(page - 1) * size : page * size]
            data = {
                "data": [self.course(row) for row in shown],
                "page": page,
                "pageSize": size,
                "recommendationID": "",
                "searchAlgoID": "",
                "totalCourse": len(self.rows),
                "totalPage": math.ceil(len(self.rows) / size),
            }
            return _json({"data": data, "status": "success", "message": "success"}, kind="list", page=page)
        return super().answer(ask)

    def course(self, row: Row) -> dict[str, Any]:
        training, sale = row
        return {
            "basePrice": sale.list_price or sale.price,
            "categories": [training.category],
            "courseDescription": outline(training, sale, 2),
            "courseName": sale.title,
            "courseSerial": sale.native_id,
            "createdAt": "2020-05-12 04:09:08.691105 +0000 UTC",
            "imageUrl": sale.image,
            "instructors": [{"description": "", "jobTitle": "", "name": sale.provider, "profilePicture": ""}],
            "isSubscribed": False,
            "location": ["INDONESIA", training.place.upper()] if training.place else [],
            "marketType": "OFFLINE",
            "merchantSerial": f"MERC-{training.provider:08d}",
            "price": sale.price,
            "rating": sale.rating,
            "slug": sale.slug,
            "tags": ["TAG-PRAKERJA"] if sale.eligible == "yes" and training.number % 5 else [],
            "topics": [],
            "totalRating": sale.raters,
            "transactional": "TRANSACTIONABLE_YES",
            "updatedAt": "2020-07-03 10:06:46.950665 +0000 UTC",
        }


class Bukalapak(Replica):
    platform, host = "bukalapak", "www.bukalapak.com"
    lists = ("/kartu-prakerja",)

    def path(self, row: Row) -> str:
        return f"/p/e-voucher/kursus/pelatihan/{row[1].native_id}-jual-{row[1].slug}"

    def answer(self, ask: Ask) -> Reply:
        if ask.path == "/multistrategy-products":
            limit = ask.number("limit", 30, 50)
            offset = int(ask.query.get("offset", "0")) if ask.query.get("offset", "0").isdigit() else 0
            shown = self.rows[offset : offset + limit]
            meta = {
                "http_status": 200,
                "offset": offset,
                "limit": limit,
                "total": len(self.rows),
                "total_pages": math.ceil(len(self.rows) / limit),
            }
            return _json(
                {"data": [self.product(row) for row in shown], "meta": meta}, kind="list", page=offset // limit + 1
            )
        return super().answer(ask)

    def product(self, row: Row) -> dict[str, Any]:
        training, sale = row
        shelf = ["E-voucher", "Kartu Prakerja"] if sale.eligible == "yes" else []
        deal = (
            {"original_price": sale.list_price, "discount_price": sale.price, "percentage": 10}
            if sale.list_price
            else {}
        )
        return {
            "id": sale.native_id,
            "name": sale.title,
            "price": sale.price,
            "deal": deal,
            "rating": {"average_rate": sale.rating, "user_count": sale.raters} if sale.raters else {},
            "stats": {"interest_count": 3, "sold_count": sale.sold, "view_count": 0, "waiting_payment_count": -2},
            "stock": 673,
            "category": {"id": 401, "name": training.category, "structure": [*shelf, training.category], "url": ""},
            "images": {"large_urls": [sale.image], "small_urls": []},
            "store": {"id": training.provider, "name": sale.provider, "url": f"https://{self.host}/u/x",
                      "address": {"city": "Jakarta Pusat", "province": "DKI Jakarta"}},
            "description": outline(training, sale, self.style(training)),
            "specs": {"brand": "Lainnya"},
            "digital_product": True,
            "state": "available",
            "condition": "Baru",
            "sku_id": 891_000_000 + training.number,
            "url": f"https://{self.host}{self.path(row)}",
        }  # fmt: skip


class MauBelajarApa(Replica):
    platform, host = "maubelajarapa", "maubelajarapa.com"
    lists = ("/kartuprakerja",)
    price_form = "IDR {}"

    def path(self, row: Row) -> str:
        return f"/workshop/{slug_of(row[0].category)}/umum/{row[1].native_id}"

    def answer(self, ask: Ask) -> Reply:
        head, _, number = ask.path.rstrip("/").rpartition("/page/")
        if head == "/kartuprakerja" and number.isdigit():
            ask = Ask(ask.method, "/kartuprakerja", {**ask.query, "page": number})
        reply = super().answer(ask)
        if reply.kind == "list":
            reply.body = reply.body.replace(b"/kartuprakerja?page=", b"/kartuprakerja/page/")
        return reply

    def card(self, row: Row) -> str:
        sale = row[1]
        return (
            f'<article><a class="post-title" href="{self.path(row)}/">{html.escape(sale.title)}</a>'
            f'<span class="price">{_rp(sale.price, self.price_form)}</span></article>'
        )


class Pintaria(Replica):
    platform, host = "pintaria", "www.pintaria.com"
    lists = ("/kartuprakerja", "/id/prakerja")
    price_form = "Rp {}"

    def path(self, row: Row) -> str:
        return f"/{row[1].native_id}"


class SekolahMu(Replica):
    platform, host = "sekolahmu", "www.sekolah.mu"
    lists = ("/kartuprakerja", "/")

    def path(self, row: Row) -> str:
        return f"/program/{row[1].native_id}"

    def answer(self, ask: Ask) -> Reply:
        path = ask.path.rstrip("/") or "/"
        names = {slug_of(name): index for index, name in enumerate(self.catalog.providers)}
        if path in self.lists:
            mine = sorted({row[0].provider for row in self.rows})
            links = "".join(
                f'<li><a href="/mitra/{slug_of(name)}">{html.escape(name)}</a></li>'
                for name in (self.catalog.providers[p] for p in mine)
            )
            text = (
                f"<!doctype html><html lang=id><head><title>Kartu Prakerja</title></head><body><h1>Mitra</h1>"
                f"<p>{len(self.rows)} program tersedia</p><ul>{links}</ul></body></html>"
            )
            return Reply(text.encode(), kind="list", page=1)
        if path.startswith("/mitra/") and path[7:] in names:
            rows = [row for row in self.rows if row[0].provider == names[path[7:]]]
            reply = self.list_page(ask, rows, path)
            reply.page += 1  # the first page of a provider is behind the page of all providers
            return reply
        return super().answer(ask)


class PijarMahir(Replica):
    platform, host = "pijarmahir", "pijarmahir.id"
    lists = ("/category/kartu-prakerja",)
    size = 30
    price_form = "Rp. {}"

    def path(self, row: Row) -> str:
        return f"/course/{row[1].native_id}"

    def category(self, training: Training) -> str:
        options = VARIANTS[training.category]
        return options[training.number % len(options)]


class Sisnaker(Replica):
    platform, host = "sisnaker", "prakerja.kemnaker.go.id"
    lists = ("/", "/pelatihan/prakerja")
    price_form = "Rp{},-"

    def path(self, row: Row) -> str:
        return f"/pelatihan/{row[1].native_id}"


class SkillsWeek(Replica):
    platform, host = "skillsweek", "skillsweek.prakerja.go.id"

    def path(self, row: Row) -> str:
        return f"/pelatihan/detail/{row[1].native_id}"

    def answer(self, ask: Ask) -> Reply:
        if ask.path == "/js/course.json":
            return _json([self.record(row) for row in self.rows], kind="list", page=1)
        return super().answer(ask)

    def record(self, row: Row) -> dict[str, str]:
        training, sale = row
        forms = ("Rp {}", "Rp{}", "Rp. {}")
        return {
            "course_id": sale.native_id,
            "lp_name": sale.provider,
            "course_title": sale.title,
            "course_category": training.category,
            "course_type": "Online - LMS" if training.mode in ("self_paced", "blended") else "Online - Webinar",
            "course_url": f"https://www.karier.mu/program/{quote(sale.slug)}",
            "Prosentase diskon": "50%" if sale.list_price else "-",
            "course_price": _rp(sale.price, forms[training.number % 3]),
            "course_image": sale.image,
            "lp_logo": "",
            "status": "Ok",
        }


REPLICAS: tuple[Callable[[Catalog], Replica], ...] = (
    Tokopedia, SkillAcademy, MauBelajarApa, Bukalapak, Pintaria, SekolahMu, PijarMahir, Sisnaker, SkillsWeek,
)  # fmt: skip
