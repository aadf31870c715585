"""Other servers in the documented shapes than the project's own replicas: other page sizes, orders, omissions.

Each function takes the courses that are on sale and gives `answer(method, target, body)` for the harness.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.spiders.harness import HTML, JSON, Answer

Site = Callable[[str, str, bytes], Answer | None]

_WHAT = (
    "Merangkai Bunga", "Servis AC", "Bahasa Korea", "Barista Kopi Susu", "Fotografi Produk", "Menjahit Kebaya",
    "Akuntansi UMKM", "Desain Kemasan", "Las Listrik", "Public Speaking", "Budidaya Lele", "Jaringan Komputer",
)  # fmt: skip
_FOR = ("untuk Usaha Rumahan", "di Masa Sibuk", "bagi Pencari Kerja", "dari Nol", "Tingkat Menengah", "Bersertifikat")
_BY = (
    "LPK Cemara Biru", "Yayasan Kerja Mandiri", "PT Guru Daring Nusantara", "LKP Melati 'Jaya'", "Balai Karya & Kita",
)  # fmt: skip


@dataclass
class Given:
    """What a reader should find of one course."""

    number: int
    title: str
    provider: str
    price: int
    list_price: int | None
    hours: int
    category: str
    place: str | None
    rating: float | None
    raters: int

    @property
    def slug(self) -> str:
        words = "".join(c if c.isalnum() else "-" for c in self.title.casefold())
        return "-".join(w for w in words.split("-") if w) + f"-{self.number}"

    @property
    def serial(self) -> str:
        return hashlib.blake2b(self.slug.encode(), digest_size=4).hexdigest()

    @property
    def uuid(self) -> str:
        return str(uuid.UUID(hashlib.md5(self.slug.encode(), usedforsecurity=False).hexdigest()))

    @property
    def outline(self) -> str:
        return (
            f"<p>Kelas ini mengajak peserta belajar bersama selama {self.hours} jam.</p><p><b>Tujuan&nbsp;Umum</b></p>"
            "<p>Peserta mampu bekerja rapi.</p><p><strong>Level<br>Pelatihan :</strong> Basic / Tingkat Dasar</p>"
            f"<p><b>Total Durasi</b><br>{self.hours * 60} menit</p><p><b>Metode Evaluasi</b></p><p>Kuis akhir.</p>"
            "<p><b>Profil Pengajar</b></p><p>Nama: Rahmat Hidayatullah</p>"
            "<p><b>Kontak Lembaga</b></p><p>WA 0812-3456-7890, halo@contoh.example</p>"
        )


def given(count: int, seed: int = 5) -> list[Given]:
    """So many different courses, the same for the same seed."""
    dice = random.Random(seed)
    courses = []
    for number in range(count):
        price = dice.randrange(30, 900) * 1_000
        raters = dice.choice((0, 0, 7, 310))
        courses.append(
            Given(
                number,
                f"{dice.choice(_WHAT)} {dice.choice(_FOR)} Seri {number + 1}",
                dice.choice(_BY),
                price,
                price + 50_000 if dice.random() < 0.4 else None,
                dice.choice((4, 6, 12)),
                dice.choice(("Teknik", "Bahasa Asing", "Makanan dan Minuman")),
                dice.choice((None, "Kota Bandung")),
                dice.choice((4.5, 5, 3.8)) if raters else None,
                raters,
            )
        )
    return courses


def rupiah(price: int) -> str:
    return f"Rp {price:,}".replace(",", ".")


def page(body: str, head: str = "") -> Answer:
    return 200, HTML, f"<!DOCTYPE html>\n<html lang='id'><head>{head}</head>\n<body>{body}</body></html>".encode()


def as_json(value: Any, status: int = 200) -> Answer:
    return status, JSON, json.dumps(value, ensure_ascii=False).encode()


def number_in(query: dict[str, list[str]], name: str, default: int) -> int:
    text = query.get(name, [""])[0]
    return int(text) if text.isdigit() else default


# ---- what a course page shows ----------------------------------------------------------------------------------------


def graph_with_offers(one: Given) -> str:
    """JSON-LD in a @graph, the offer as a list, prices as text, the provider as a list."""
    value = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "BreadcrumbList", "name": "Remah", "itemListElement": []},
            {
                "@type": "Course",
                "name": one.title,
                "provider": [{"@type": "EducationalOrganization", "name": one.provider}],
                "description": one.outline,
                "offers": [{"@type": "Offer", "price": f"{one.price}.00", "priceCurrency": "IDR"}],
                "timeRequired": f"PT{one.hours}H",
                "hasCourseInstance": [
                    {"@type": "CourseInstance", "courseMode": "online",
                     "instructor": {"@type": "Person", "name": "Rahmat Hidayatullah"}}
                ],
            },
        ],
    }  # fmt: skip
    return f'<script type="application/ld+json">\n{json.dumps(value, indent=1)}\n</script>'


def product_with_aggregate(one: Given) -> str:
    """JSON-LD as shops write it: a Product with an AggregateOffer and a brand, keys in another order."""
    value = {
        "brand": {"name": one.provider, "@type": "Brand"},
        "offers": {"lowPrice": one.price, "highPrice": one.price, "priceCurrency": "IDR", "@type": "AggregateOffer"},
        "category": one.category,
        "name": one.title,
        "@type": "http://schema.org/Product",
        "@context": "http://schema.org/",
    }
    return f"<script type='application/ld+json'>{json.dumps(value)}</script>"


def open_graph(one: Given) -> str:
    """Open Graph only, as a page without structured data shows itself to social networks."""
    return (
        f'<meta name="description" content="x"><meta content="{html.escape(one.title)}" property="og:title">'
        f'<meta property="og:type" content="product"><meta property="product:price:amount" content="{one.price}">'
        f'<meta property="product:brand" content="{html.escape(one.provider)}">'
    )


def microdata(one: Given) -> str:
    return (
        f'<div itemscope itemtype="https://schema.org/Course"><h1 itemprop="name">{html.escape(one.title)}</h1>'
        f'<div itemprop="provider" itemscope itemtype="https://schema.org/Organization">'
        f'<span itemprop="name">{html.escape(one.provider)}</span></div>'
        f'<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        f'<meta itemprop="price" content="{one.price}"></div></div>'
    )


def plain_html(one: Given) -> str:
    struck = f"<s>{rupiah(one.list_price)}</s>" if one.list_price else ""
    return (
        f"<main><h1>{html.escape(one.title)}</h1><div>Lembaga Pelatihan : {html.escape(one.provider)}</div>"
        f"{struck}<strong>{rupiah(one.price)}</strong><section>{one.outline}</section></main>"
    )


# ---- sites of plain pages --------------------------------------------------------------------------------------------


@dataclass
class Pages:
    """A site of list pages and course pages. `paging`: rel, head, words, numbers, path or none."""

    start: str
    path: Callable[[Given], str]
    size: int = 7
    paging: str = "rel"
    head: Callable[[Given], str] = graph_with_offers
    body: Callable[[Given], str] = lambda one: f"<h2>Pelatihan</h2>{one.outline}"
    branches: tuple[str, ...] = ()  # the first page links to these providers' lists instead of to courses
    over: str = "404"  # what a page behind the last one is: 404, empty or last
    link: str = "a"  # a, or json: an ItemList instead of links

    def site(self, courses: list[Given]) -> Site:
        by_path = {self.path(one).rstrip("/"): one for one in courses}
        houses = {urlsplit(branch).path: name for branch, name in zip(self.branches, _BY, strict=False)}

        def answer(method: str, target: str, body: bytes) -> Answer | None:
            parts = urlsplit(target)
            path = parts.path.rstrip("/") or "/"
            if (one := by_path.get(path)) is not None:
                return page(self.body(one), self.head(one))
            query = parse_qs(parts.query)
            number = number_in(query, "page", 1)
            if self.paging == "path" and "/page/" in path:
                path, _, text = path.partition("/page/")
                number = int(text)
            if self.branches and path == self.start.rstrip("/"):
                return page("".join(f"<a href='{branch}'>Lembaga</a>" for branch in self.branches))
            if path in houses:
                return self.listed(path, [o for o in courses if o.provider == houses[path]], number)
            if path == (self.start.rstrip("/") or "/"):
                return self.listed(path, courses, number)
            return None

        return answer

    def listed(self, path: str, courses: list[Given], number: int) -> Answer | None:
        last = max(1, -(-len(courses) // self.size))
        if number > last:
            if self.over == "404":
                return None
            if self.over == "empty":
                return page("<p>Belum ada pelatihan.</p>")
            number = last
        shown = courses[(number - 1) * self.size : number * self.size]
        if self.link == "json":
            items = [{"@type": "ListItem", "position": n, "url": self.path(one)} for n, one in enumerate(shown)]
            value = json.dumps({"@type": "ItemList", "itemListElement": items})
            cards = f'<script type="application/ld+json">{value}</script>'
        else:
            cards = "".join(f'<div><a href="{self.path(one)}"><img src="/x.jpg"></a></div>' for one in shown)
        following = self.path_of(path, number + 1)
        more = number < last
        head = f'<link rel="next" href="{following}">' if self.paging == "head" and more else ""
        if more and self.paging in ("rel", "path"):
            cards += f'<a href="{following}" rel="next nofollow">2</a>'
        elif more and self.paging == "words":
            cards += f'<a href="{following}">Selanjutnya »</a>'
        elif self.paging == "numbers":
            near = {1, number - 1, number + 1, last} - {0, last + 1}
            cards += "".join(f'<a href="?page={n}">{n}</a>' for n in sorted(near))
        return page(f"<a href='/'>Beranda</a><a href='/tentang'>Tentang</a>{cards}", head)

    def path_of(self, path: str, number: int) -> str:
        return f"{path}/page/{number}/" if self.paging == "path" else f"{path}?page={number}"


# ---- sites with an interface -----------------------------------------------------------------------------------------


def skill_academy(
    courses: list[Given], *, cap: int, path: str = "/api/skillacademy/discovery/search", drop: tuple[str, ...] = (),
    over: str = "empty",
) -> Site:  # fmt: skip
    """The search answer, at most `cap` a page; `drop`: keys that are missing; `over`: empty, null, last or 500."""

    def row(one: Given) -> dict[str, Any]:
        value = {
            "slug": one.slug, "courseSerial": f"COURSE-{one.serial.upper()}", "courseName": one.title,
            "price": str(one.price), "basePrice": one.list_price or one.price, "marketType": "OFFLINE",
            "courseDescription": one.outline.replace("<p>", "").replace("</p>", "<br>"),
            "instructors": [{"name": one.provider, "jobTitle": "", "description": "", "profilePicture": ""}],
            "tags": ["TAG-PRAKERJA"] if one.number % 2 else [], "categories": None, "topics": [],
            "location": ["JAWA BARAT", "KOTA BANDUNG"] if one.place else None,
            "rating": one.rating or 0, "totalRating": one.raters,
        }  # fmt: skip
        return {key: inner for key, inner in value.items() if key not in drop}

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        if parts.path != path:
            return None
        query = parse_qs(parts.query)
        size, number = min(cap, number_in(query, "pageSize", 12)), number_in(query, "page", 1)
        last = -(-len(courses) // size)
        if number > last and over == "500":
            return as_json({"status": "error"}, 500)
        at = last if number > last and over == "last" else number
        rows: list[Any] | None = [row(one) for one in courses[(at - 1) * size : at * size]]
        if number > last and over == "null":
            rows = None
        data = {"searchAlgoID": "", "data": rows, "pageSize": size, "page": number}
        data |= {"totalPage": last, "totalCourse": len(courses)}
        return as_json({"data": {k: v for k, v in data.items() if k not in drop}, "message": "success"})

    return answer


def bukalapak(courses: list[Given], *, cap: int, drop: tuple[str, ...] = (), by: str = "offset") -> Site:
    """The product list; `by`: which parameter the server looks at, offset or page; `drop` also drops keys of meta."""

    def row(one: Given) -> dict[str, Any]:
        deal = {"discount_price": one.price, "original_price": one.list_price, "percentage": 9}
        value = {
            "condition": "Baru", "id": one.serial, "name": one.title, "price": float(one.list_price or one.price),
            "url": f"https://www.bukalapak.com/p/kursus/daring/umum/{one.serial}-jual-{one.slug}?from=list",
            "store": {"name": one.provider, "address": {"city": "Bandung", "province": "Jawa Barat"}},
            "deal": deal if one.list_price else {},
            "rating": {"average_rate": one.rating, "user_count": one.raters} if one.raters else {},
            "stats": {"sold_count": 4, "waiting_payment_count": -1}, "description": one.outline,
            "category": {"name": one.category, "structure": ["Kartu Prakerja", one.category]},
        }  # fmt: skip
        return {key: inner for key, inner in value.items() if key not in drop}

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        if parts.path != "/multistrategy-products":
            return None
        query = parse_qs(parts.query)
        size = min(cap, number_in(query, "limit", 30))
        offset = number_in(query, "offset", 0) if by == "offset" else (number_in(query, "page", 1) - 1) * size
        meta = {"http_status": 200, "limit": size, "total": len(courses), "total_pages": -(-len(courses) // size)}
        value = {"meta": meta, "data": [row(one) for one in courses[offset : offset + size]]}
        value["meta"] = {k: v for k, v in meta.items() if k not in drop}
        return as_json({k: v for k, v in value.items() if k not in drop})

    return answer


def tokopedia(courses: list[Given], *, cap: int, text: bool, links: str = "absolute", layout: str = "json") -> Site:
    """The component query and the product layout. `text`: values come as JSON strings; `layout`: json or error."""

    def path(one: Given) -> str:
        return f"/lembaga-{one.number % 4}/{one.slug}"

    by_path = {path(one): one for one in courses}

    def packed(value: Any) -> Any:
        return json.dumps(value) if text else value

    def row(one: Given) -> dict[str, Any]:
        host = {"absolute": "https://www.tokopedia.com", "relative": "", "mobile": "https://m.tokopedia.com"}[links]
        return {
            "source_module": "x", "name": one.title, "product_id": 10**7 + one.number,
            "price": rupiah(one.list_price or one.price), "stock": "9", "count_sold": "80+",
            "discounted_price": rupiah(one.price) if one.list_price else "",
            "url_desktop": f"{host}{path(one)}?extParam=src%3Dx",
        }  # fmt: skip

    def described(one: Given) -> dict[str, Any]:
        content = {"name": one.title, "price": {"value": one.price}, "campaign": {"originalPrice": one.list_price or 0}}
        content["campaign"]["discountedPrice"] = one.price if one.list_price else 0
        details = [{"title": "Min. Pemesanan", "subtitle": "1"}, {"title": "Deskripsi", "subtitle": one.outline}]
        return {
            "basicInfo": {"id": 10**7 + one.number, "shopName": one.provider, "category": {"name": one.category}},
            "components": [
                {"name": "product_detail", "data": [{"content": details}]},
                {"name": "product_content", "data": [content]},
            ],
        }

    def listed(filters: dict[str, str]) -> Answer:
        size, number = min(cap, int(filters["rpc_page_size"])), int(filters["rpc_page_number"])
        component = {
            "data": packed([row(one) for one in courses[(number - 1) * size : number * size]]),
            "additional_info": {"total_product": {"product_count": str(len(courses))}},
        }
        answer = {"data": {"componentInfo": {"__typename": "X", "data": packed({"component": component})}}}
        return as_json(answer if text else [answer])

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        where = urlsplit(target).path
        if method == "POST":
            asked = json.loads(body)
            variables = (asked[0] if isinstance(asked, list) else asked)["variables"]
            if where == "/graphql/DiscoveryComponentQuery":
                return listed(json.loads(variables["filters"]))
            if where == "/graphql/PDPGetLayoutQuery" and layout == "json":
                one = by_path[f"/{variables['shopDomain']}/{variables['productKey']}"]
                return as_json([{"data": {"pdpGetLayout": packed(described(one))}}])
            refused = [{"errors": [{"message": "Invalid request schema received"}], "data": None}]
            return as_json(refused) if layout == "error" else None
        one = by_path.get(where)
        if one is None:
            return None
        return page(
            f"<h1 data-testid='lblPDPDetailProductName'>{html.escape(one.title)}</h1>"
            f"<div data-testid='lblPDPDetailProductPrice'>{rupiah(one.price)}</div>"
            f"<div data-testid='lblPDPDescriptionProduk'>{one.outline}</div>",
            product_with_aggregate(one) if layout == "error" else "",
        )

    return answer


def skills_week(courses: list[Given], *, path: str, later: bool, mark: bool = False) -> Site:
    """The directory's one file, first or later edition; `mark`: with a byte order mark, in an envelope."""

    def row(one: Given) -> dict[str, Any]:
        if not later:
            return {
                "lp_name": one.provider, "course_url": f"www.contoh.example/{one.slug}", "course_title": one.title,
                "course_type": "Online - LMS", "course_category": one.category, "status": "Ok",
                "Prosentase diskon": "97,5%" if one.list_price else "-", "course_price": f"Rp {one.price}",
            }  # fmt: skip
        return {
            "course_id": f"ISW-P{one.number:04}", "course_title": one.title, "lp_name": one.provider,
            "course_category": one.category, "course_type": "Online Webinar", "description": one.outline,
            "course_price": str(one.list_price or one.price), "course_after_discount": str(one.price),
            "course_discount": "9%" if one.list_price else "0", "duration": str(one.hours * 60), "quota": "",
            "instructure_name": "Rahmat Hidayatullah", "cs_wa": "0812-3456-7890,0813-3456-7891",
        }  # fmt: skip

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if urlsplit(target).path != path:
            return None
        rows = [row(one) for one in courses]
        status, headers, content = as_json({"data": rows} if mark else rows)
        return status, headers, b"\xef\xbb\xbf" + content if mark else content

    return answer


def with_proglat(inner: Site, how: str) -> Site:
    """Class pages beside the public list of curricula; `how`: good, all (the keyword is ignored) or down."""

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        if not parts.path.startswith("/proglat/"):
            return inner(method, target, body)
        if how == "down":
            return as_json({"message": "x"}, 500)
        word = parse_qs(parts.query).get("keyword", [""])[0]
        rows = [
            {"id": n, "code": f"P.85.FAS03.{n}", "total_topic_duration": 8 + n, "program_topics": [{"code": "C.14.1"}]}
            for n in range(30)
        ]
        return as_json({"data": [r for r in rows if how == "all" or word in str(r["code"])][:20]})

    return answer


def bukalapak_html(one: Given) -> str:
    """The documented classes of a product page; without a deal the only price stands in the original one's place."""
    price = f'<span class="c-product-price -original -main">{rupiah(one.list_price or one.price)}</span>'
    if one.list_price:
        price += f'<span class="c-product-price -discounted -main">{rupiah(one.price)}</span>'
    return (
        f'<h1 class="c-main-product__title">{html.escape(one.title)}</h1><div>{price}</div>'
        f'<div class="c-seller__city">Bandung</div><div class="c-information__description-txt">{one.outline}</div>'
    )


def skill_academy_html(one: Given) -> str:
    """The documented test ids of a course page."""
    struck = f"<p data-testid='price-base'>{rupiah(one.list_price)}</p>" if one.list_price else ""
    return (
        f"<div data-testid='course-title'>{html.escape(one.title)}</div>{struck}"
        "<h2 data-testid='instructor-name'>Rahmat Hidayatullah</h2>"
        f"<p data-testid='price-final'>{rupiah(one.price)}</p>"
        f"<span data-testid='rating-count'>(122 rating)</span><div data-testid='course-description'>{one.outline}</div>"
    )
