"""What a page or a JSON object says of a course, layer by layer: embedded JSON, JSON-LD, microdata, Open Graph, HTML.

Every reader gives a plain dict of `Listing` fields with the text that was seen; `merge` lets the first layer that has a
field win and remembers which one it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from catalog.normalize.outline import Line
from spiders.guards import has_any
from spiders.page import Answer

Fields = dict[str, Any]
Layers = list[tuple[str, Fields]]
"""Layers from the surest to the last resort: (name, what it says)."""

KEYS: dict[str, tuple[str, ...]] = {
    "native_id": ("productid", "courseserial", "courseid", "programid", "uuid", "slug", "id"),
    "title": (
        "fullname",
        "coursename",
        "coursetitle",
        "productname",
        "programname",
        "title",
        "judul",
        "namapelatihan",
        "name",
        "nama",
    ),
    "provider": (
        "lpname",
        "lembagapelatihan",
        "lembaga",
        "provider",
        "providername",
        "organizer",
        "organizername",
        "teacher",
        "mitra",
        "partner",
        "partnername",
        "institution",
        "penyelenggara",
        "store",
        "shop",
        "shopname",
        "merchant",
        "merchantname",
        "vendor",
    ),
    "price": (
        "priceafter",
        "discountedprice",
        "saleprice",
        "finalprice",
        "discountprice",
        "price",
        "harga",
        "courseprice",
    ),
    "list_price": (
        "baseprice",
        "originalprice",
        "slashprice",
        "strikeprice",
        "normalprice",
        "hargaasli",
        "pricebefore",
        "listprice",
    ),
    "category": ("categoryname", "kategori", "category", "coursecategory", "categories", "vocational"),
    "level": ("level", "courselevel", "tingkat", "levelpelatihan", "educationallevel"),
    "mode": (
        "coursetype",
        "learningmethod",
        "classtype",
        "courselearningmethod",
        "metode",
        "mode",
        "coursemode",
        "coursetypelabel",
    ),
    "duration": ("duration", "durasi", "totalduration", "timerequired"),
    "place": ("location", "lokasi", "city", "kota", "venue", "locationevent"),
    "rating": ("rating", "ratingaverage", "averagerating", "averagerate", "ratingvalue"),
    "rating_count": (
        "totalrating",
        "totalrater",
        "ratingcount",
        "reviewcount",
        "countreview",
        "usercount",
        "totalreview",
    ),
    "sold": ("enrolledusers", "countsold", "soldcount", "sold", "terjual", "totalenrolled", "totalpeserta"),
    "quota": ("quota", "kuota", "capacity", "kapasitas"),
    "certificate": ("certificate", "certificatetype", "sertifikat"),
    "competency": ("competency", "competencyreferencetitle", "skkni", "unitcompetency"),
    "code": ("coursecode", "kodepelatihan", "kode", "sku"),
    "age": ("age", "usia"),
    "education": ("minimumeducation", "mineducation", "education", "pendidikan"),
    "image": ("image", "imageurl", "thumbnail", "banner", "courseimage"),
    "url": ("weburl", "courseurl", "url", "link", "permalink"),
    "description": ("summary", "coursedescription", "description", "deskripsi", "programdescription", "content"),
    "tags": ("tags", "tag", "labels"),
    "schedule": ("schedule", "schedules", "jadwal", "batch", "batches", "classschedule", "courseschedule"),
}
"""Field -> the names that JSON objects of course platforms give it, folded (case, `_` and `-` do not matter)."""

_FIELD_OF: dict[str, list[str]] = {}
for _field, _names in KEYS.items():
    for _name in _names:
        _FIELD_OF.setdefault(_name, []).append(_field)

LIMITS = {"title": 500, "description": 200_000, "provider": 200}
_LIMIT = 1_000
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_TAGS = re.compile(r"<[^>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
RUPIAH = re.compile(
    r"(?i)^(?:harga\s*:?\s*)?(?:(?:rp\.?|idr)\s*\d[\d.,]*(?:\s*(?:rb|ribu|k|jt|juta)\b)?(?:,-)?|gratis|free)$"
)
_ANY_RUPIAH = re.compile(r"(?i)(?:rp\.?|idr)\s*\d[\d.,]*(?:\s*(?:rb|ribu|k|jt|juta)\b)?|\bgratis\b")


def seen(value: Any) -> str | None:
    """A value as the text that was seen; numbers as their JSON text; nothing, blank, booleans and boxes as None."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = _CONTROL.sub("", value).strip()
        return text or None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return json.dumps(value)
    if isinstance(value, list):
        return seen(value[0]) if value and not isinstance(value[0], list) else None
    if isinstance(value, dict):
        for key in ("name", "fullname", "title", "nama", "label", "text", "value", "@value", "ratingValue", "url"):
            if (inner := seen(value.get(key))) is not None:
                return inner
    return None


@lru_cache(maxsize=8_192)
def fold(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "").replace(" ", "")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def first_text(value: Any) -> str | None:
    """The first item of a list that shows a text, or the value itself."""
    if not isinstance(value, list):
        return seen(value)
    return next((text for item in value if (text := seen(item)) is not None), None)


# ---- JSON objects --------------------------------------------------------------------------------------------------


def course_of(item: dict[str, Any]) -> Fields:
    """A JSON object of any platform as fields, by the names that its keys usually have."""
    by_name = {fold(key): value for key, value in item.items() if isinstance(key, str)}
    fields: Fields = {}
    for field, names in _named(tuple(by_name)):
        for name in names:
            value = _field_value(field, by_name[name])
            if value is not None:
                fields[field] = value
                break
    _sale_price(fields, by_name)
    if fields.get("rating") and not _positive(fields.get("rating_count", "1")):
        fields.pop("rating")
    if isinstance(by_name.get("rating"), dict):
        rating = {fold(k): v for k, v in by_name["rating"].items()}
        fields.pop("rating", None)
        for key in ("rating", "averagerate", "ratingvalue", "value"):
            if _positive(seen(rating.get(key))):
                fields["rating"] = seen(rating[key])
                break
        for key in ("totalrater", "usercount", "ratingcount", "count", "reviewcount"):
            if (text := seen(rating.get(key))) is not None:
                fields.setdefault("rating_count", text)
    return fields


@lru_cache(maxsize=1_024)
def _named(keys: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The fields that an object of these keys may fill, each with its names among them. Rows of one list are alike."""
    found = ((field, tuple(name for name in names if name in keys)) for field, names in KEYS.items())
    return [(field, names) for field, names in found if names]


def _field_value(field: str, value: Any) -> Any:
    if field == "tags":
        return [text for item in as_list(value) if (text := seen(item))] or None
    if field == "schedule":
        return [text for item in as_list(value) if (text := schedule_text(item))] or None
    if field == "competency" and isinstance(value, list):
        return ", ".join(t for v in value if (t := seen(v))) or None
    return first_text(value)


def _sale_price(fields: Fields, by_name: dict[str, Any]) -> None:
    """A price after a sale beside the usual one: the usual one is then the struck price. Zero is no sale price."""
    for name in ("priceafter", "discountedprice", "saleprice", "discountprice"):
        if name in by_name and not _positive(seen(by_name[name])) and fields.get("price") == seen(by_name[name]):
            fields.pop("price", None)
    if "price" not in fields:
        usual = next((t for n in ("finalprice", "price", "harga", "courseprice") if (t := seen(by_name.get(n)))), None)
        if usual is not None:
            fields["price"] = usual
        return
    usual = first_text(by_name.get("price"))
    if usual is not None and usual != fields["price"]:
        fields.setdefault("list_price", usual)


def _positive(text: str | None) -> bool:
    return text is not None and any(c in "123456789" for c in text)


def looks_like_course(item: dict[str, Any]) -> bool:
    """A title and an address or number, beside a price or a description: enough to be tried as a course."""
    names = {fold(key) for key in item if isinstance(key, str)}

    def has(*fields: str) -> bool:
        return any(names & set(KEYS[field]) for field in fields)

    return has("title") and has("native_id", "url") and has("price", "description")


def course_objects(value: Any) -> Iterator[dict[str, Any]]:
    """Objects inside a decoded JSON value that look like courses, outermost first; what they hold is not searched."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if looks_like_course(item):
                yield item
                continue
            stack.extend(inner for inner in reversed(list(item.values())) if isinstance(inner, dict | list | str))
        elif isinstance(item, list):
            stack.extend(inner for inner in reversed(item) if isinstance(inner, dict | list))
        elif isinstance(item, str) and item[:1] in "{[" and len(item) > 20:
            try:
                stack.append(json.loads(item))
            except (ValueError, RecursionError):
                continue


def schedule_text(item: Any) -> str | None:
    """One session as text: a string as it is, an object as its parts in a readable order."""
    if isinstance(item, str):
        return seen(_TAGS.sub(" ", item))
    if not isinstance(item, dict):
        return None
    by_name = {fold(k): v for k, v in item.items() if isinstance(k, str)}
    start = first_of(by_name, "startdate", "start", "programstart", "tanggalmulai", "mulai", "from")
    end = first_of(by_name, "enddate", "end", "programend", "tanggalselesai", "selesai", "to")
    parts = [" - ".join(dict.fromkeys(x for x in (day_text(start), day_text(end)) if x))]
    clock = " - ".join(dict.fromkeys(t for t in (clock_text(start), clock_text(end)) if t))
    parts.append(clock)
    for keys in (
        ("days", "hari"), ("time", "hours", "jam", "pukul"), ("location", "place", "city", "kota", "lokasi"),
        ("quota", "kuota"), ("schedulecode", "code", "kode"), ("batchname", "name"),
    ):  # fmt: skip
        text = first_of(by_name, *keys)
        if text and keys[0] == "quota":
            text = f"kuota {text}"
        parts.append(text or "")
    return ", ".join(p for p in parts if p) or None


def first_of(by_name: dict[str, Any], *names: str) -> str | None:
    return next((text for name in names if (text := seen(by_name.get(name)))), None)


_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
_ISO = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$")
_ZONES = {"+07:00": "WIB", "+0700": "WIB", "+08:00": "WITA", "+0800": "WITA", "+09:00": "WIT", "+0900": "WIT"}


def day_text(text: str | None) -> str | None:
    """'2020-08-10T09:00+07:00' as '10 Agustus 2020'; any other text stays."""
    found = _ISO.match(text or "")
    if found is None:
        return text
    month = int(found[2])
    return f"{int(found[3])} {_MONTHS[month - 1]} {found[1]}" if 1 <= month <= 12 else text


def clock_text(text: str | None) -> str | None:
    found = _ISO.match(text or "")
    if found is None or found[4] is None or found[4] + found[5] == "0000":
        return None
    return f"{found[4]}.{found[5]} {_ZONES.get(found[6] or '', '')}".strip()


_PERIOD = re.compile(r"^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:\d+S)?)?$")


def period_text(text: str | None) -> str | None:
    """An ISO 8601 period as the words people use ('PT6H30M' -> '6 jam 30 menit'); any other text stays."""
    found = _PERIOD.match(text or "")
    if found is None or not any(found.groups()):
        return text
    units = zip(found.groups(), ("minggu", "hari", "jam", "menit"), strict=True)
    return " ".join(f"{n.replace('.', ',')} {unit}" for n, unit in units if n and float(n))


# ---- JSON-LD -------------------------------------------------------------------------------------------------------

_COURSE_TYPES = (
    "Course",
    "EducationEvent",
    "EducationalOccupationalProgram",
    "CourseInstance",
    "Product",
    "Event",
    "Service",
)


def linked_course(values: Iterable[Any]) -> Fields:
    """The course that JSON-LD (or microdata turned into it) describes; Course wins over Product."""
    nodes = [(_types(node), node) for value in values for node in _nodes(value)]
    for kind in _COURSE_TYPES if nodes else ():
        for types, node in nodes:
            if kind in types and seen(node.get("name")):
                return _linked_fields(node)
    return {}


def item_list(values: Iterable[Any]) -> list[Fields]:
    """The entries of an ItemList: at least an address each."""
    found = []
    for value in values:
        for node in _nodes(value):
            if "ItemList" not in _types(node):
                continue
            for entry in as_list(node.get("itemListElement")):
                if isinstance(entry, str):
                    found.append({"url": entry})
                elif isinstance(entry, dict):
                    item = entry.get("item")
                    fields = _linked_fields(item) if isinstance(item, dict) else {}
                    url = seen(item) if isinstance(item, str) else fields.get("url") or seen(entry.get("url"))
                    if url:
                        found.append({**fields, "url": url})
    return found


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    for item in as_list(value):
        if isinstance(item, dict):
            yield item
            yield from _nodes(item.get("@graph"))
            yield from _nodes(item.get("mainEntity"))


def linked_types(value: Any) -> list[str]:
    """The schema.org types that a JSON-LD value names."""
    return [kind for node in _nodes(value) for kind in _types(node)]


def _types(node: dict[str, Any]) -> list[str]:
    return [str(t).rpartition("/")[2].rpartition(":")[2] for t in as_list(node.get("@type"))]


def _linked_fields(node: dict[str, Any]) -> Fields:
    offer = _offer(node)
    instances = [i for i in as_list(node.get("hasCourseInstance")) if isinstance(i, dict)]
    rating = node.get("aggregateRating") if isinstance(node.get("aggregateRating"), dict) else {}
    instance = instances[0] if instances else {}
    fields: Fields = {
        "title": seen(node.get("name")),
        "url": seen(node.get("url")) or seen(node.get("@id")),
        "description": seen(node.get("description")),
        "provider": _provider(node, offer),
        "image": first_text(node.get("image")),
        "price": first_text(offer.get("price"))
        or first_text(offer.get("lowPrice"))
        or _spec_price(offer, struck=False),
        "list_price": _spec_price(offer, struck=True),
        "category": first_text(node.get("category")) or first_text(node.get("about")),
        "level": first_text(node.get("educationalLevel")),
        "mode": first_text(instance.get("courseMode")) or first_text(node.get("courseMode")),
        "duration": _duration(node, instance),
        "place": _place(instance.get("location") or node.get("location")),
        "rating": seen(rating.get("ratingValue")) if rating else None,
        "rating_count": (seen(rating.get("ratingCount")) or seen(rating.get("reviewCount"))) if rating else None,
        "code": first_text(node.get("courseCode")),
        "native_id": first_text(node.get("sku")) or first_text(node.get("productID")),
        "certificate": first_text(node.get("educationalCredentialAwarded")),
        "competency": first_text(node.get("competencyRequired")),
        "education": _education(first_text(node.get("coursePrerequisites"))),
        "tags": _keywords(node.get("keywords")),
        "schedule": [t for i in instances if (t := _instance_text(i))],
    }
    return {key: value for key, value in fields.items() if value}


def _education(text: str | None) -> str | None:
    return text if text and "min" in text.casefold() else None


def _keywords(value: Any) -> list[str]:
    return [t.strip() for k in as_list(value) if isinstance(k, str) for t in k.split(",") if t.strip()]


def _duration(node: dict[str, Any], instance: dict[str, Any]) -> str | None:
    stated = first_text(node.get("timeRequired")) or first_text(instance.get("courseWorkload"))
    return period_text(stated or _repeat(instance) or first_text(instance.get("duration")))


def _repeat(instance: dict[str, Any]) -> str | None:
    schedule = instance.get("courseSchedule")
    return seen(schedule.get("duration")) if isinstance(schedule, dict) and not schedule.get("repeatCount") else None


def _offer(node: dict[str, Any]) -> dict[str, Any]:
    offers = [o for o in as_list(node.get("offers")) if isinstance(o, dict)]
    return next(
        (o for o in offers if o.get("price") is not None or o.get("lowPrice") is not None), offers[0] if offers else {}
    )


def _spec_price(offer: dict[str, Any], *, struck: bool) -> str | None:
    for spec in as_list(offer.get("priceSpecification")):
        if isinstance(spec, dict):
            kind = str(spec.get("priceType", "")).casefold()
            if ("list" in kind or "strike" in kind or "srp" in kind or "msrp" in kind) is struck:
                return first_text(spec.get("price"))
    return None


def _provider(node: dict[str, Any], offer: dict[str, Any]) -> str | None:
    for value in (
        node.get("provider"),
        node.get("brand"),
        node.get("organizer"),
        offer.get("offeredBy"),
        offer.get("seller"),
    ):
        if (text := first_text(value)) is not None and not text.startswith("http"):
            return text
    return None


def _place(value: Any) -> str | None:
    for item in as_list(value):
        if isinstance(item, str):
            return seen(item)
        if isinstance(item, dict):
            if "VirtualLocation" in _types(item):
                continue
            address = item.get("address")
            if isinstance(address, dict):
                parts = [seen(address.get(k)) for k in ("addressLocality", "addressRegion")]
                if any(parts):
                    return ", ".join(p for p in parts if p)
            return seen(address) or seen(item.get("name"))
    return None


def _instance_text(instance: dict[str, Any]) -> str | None:
    schedule = instance.get("courseSchedule")
    more = schedule if isinstance(schedule, dict) else {}
    session = {
        "startDate": instance.get("startDate") or more.get("startDate"),
        "endDate": instance.get("endDate") or more.get("endDate"),
        "location": _place(instance.get("location")),
    }
    return schedule_text(session) if any(session.values()) else None


# ---- pages ---------------------------------------------------------------------------------------------------------


def page_layers(
    answer: Answer, *, titles: re.Pattern[str] | None = None, markers: dict[str, str] | None = None, whole: bool = False
) -> Layers:
    """All layers of a course page in the order in which they are believed. `titles`: what to cut off a page title.

    The HTML is only asked for what no layer before it says, unless `whole`.
    """
    layers: Layers = []
    embedded = [o for kind, value in answer.data if kind == "embedded" for o in course_objects(value)]
    linked = linked_course(value for kind, value in answer.data if kind == "json-ld")
    title = linked.get("title") or _heading(answer.tree)
    layers.append(("embedded", course_of(_best(embedded, title)) if embedded else {}))
    layers.append(("json-ld", linked))
    if not linked and b"itemscope" in answer.body and _xpath("boolean(//*[@itemscope])")(answer.tree):
        layers.append(("microdata", linked_course(_microdata(answer))))
    layers.append(("opengraph", opengraph(answer.tree, titles)))
    known = set[str]() if whole else {name for _, fields in layers for name, value in fields.items() if value}
    layers.append(("html", html_fields(answer, titles, markers or {}, known)))
    return layers


def _best(objects: list[dict[str, Any]], title: str | None) -> dict[str, Any]:
    """The object that the page is about: the one with the page's title, else the one that says most."""
    for item in objects:
        if title and course_of(item).get("title") == title:
            return item
    return max(objects, key=lambda o: len(json.dumps(o, default=str))) if len(objects) == 1 or not title else {}


def _microdata(answer: Answer) -> list[Any]:
    from extruct.w3cmicrodata import MicrodataExtractor  # heavy, and few pages have it

    def plain(item: Any) -> Any:
        if isinstance(item, dict) and "properties" in item:
            return {"@type": item.get("type"), **{k: plain(v) for k, v in item["properties"].items()}}
        return [plain(i) for i in item] if isinstance(item, list) else item

    try:
        items = MicrodataExtractor().extract_items(answer.tree, base_url=answer.url)
    except (ValueError, TypeError, AttributeError):
        return []
    return [plain(item) for item in items]


_META = {
    "og:title": "title",
    "og:description": "description",
    "og:image": "image",
    "og:url": "url",
    "product:price:amount": "price",
    "og:price:amount": "price",
    "product:original_price:amount": "list_price",
    "product:brand": "provider",
    "product:category": "category",
    "course:provider": "provider",
    "article:section": "category",
}


def opengraph(tree: Any, titles: re.Pattern[str] | None = None) -> Fields:
    """Open Graph and product meta tags."""
    fields: Fields = {}
    for meta in tree.iter("meta"):
        name = _META.get((meta.get("property") or meta.get("name") or "").casefold())
        text = seen(meta.get("content"))
        if name and text:
            fields.setdefault(name, text)
    if titles and "title" in fields:
        fields["title"] = titles.sub("", fields["title"]).strip() or fields["title"]
    return fields


_LABELS = {
    "title": r"judul(?: pelatihan)?|nama pelatihan",
    "provider": r"lembaga(?: pelatihan)?|penyelenggara|mitra(?: pelatihan)?|lp|oleh",
    "price": r"harga(?: pelatihan)?|biaya",
    "list_price": r"harga (?:normal|asli|coret)",
    "category": r"kategori",
    "mode": r"(?:jenis|tipe|metode|cara) (?:kelas|pelatihan|belajar)|mode",
    "place": r"kota|lokasi",
    "quota": r"kuota",
    "code": r"kode (?:pelatihan|kursus|program)",
    "education": r"pendidikan minimal|minimal pendidikan",
    "age": r"usia",
    "rating_count": r"ulasan|jumlah ulasan",
}
_ANY_LABEL = re.compile(
    "(?i)" + "|".join(rf"^(?:{words})\s*[:：]\s*(?P<{f}>\S.{{0,200}})$" for f, words in _LABELS.items())
)
_PRICE_STARTS = frozenset("HhRrIiGgFf")
_COUNT = {
    "rating_count": re.compile(r"(?i)^\(?\s*([\d.,]+\s*(?:rb)?)\s*\+?\s*(?:ulasan|rating|reviews?)\s*\)?$"),
    "sold": re.compile(r"(?i)^([\d.,]+\s*(?:rb)?\+?)\s*(?:terjual|peserta(?: terdaftar)?|siswa|orang mengikuti)$"),
}
_STRUCK_CLASSES = ("original", "slash", "coret", "price-before")
_STRUCK = "//*[self::del or self::s or self::strike or (@class and ({}))]".format(
    " or ".join(f"contains(@class,'{word}')" for word in _STRUCK_CLASSES)
)
_STRUCK_HINTS = tuple(f"{tag}{end}".encode() for tag in ("<del", "<s", "<strike") for end in " >") + tuple(
    word.encode() for word in _STRUCK_CLASSES
)


@lru_cache(maxsize=256)
def _xpath(path: str) -> Any:
    return etree.XPath(path)


def html_fields(
    answer: Answer, titles: re.Pattern[str] | None, markers: dict[str, str], known: Container[str] = ()
) -> Fields:
    """The last layer: the platform's own markers (field -> XPath), then the habits that nearly all pages share.

    What stands in `known` is said by a surer layer and need not be looked for.
    """
    tree = answer.tree
    fields: Fields = {}
    for field, path in markers.items():
        if field in known:
            continue
        text = next((t for node in _xpath(path)(tree) if (t := _text(node))), None)
        if text:
            fields[field] = text
    heading = _heading(tree) if "title" not in known else None
    if heading:
        fields.setdefault("title", titles.sub("", heading).strip() if titles else heading)
    struck = _struck(answer) if "list_price" not in known or "price" not in known else None
    if struck:
        fields.setdefault("list_price", struck)
    for line in answer.lines[:120]:
        line_fields(line, fields, struck, known)
    if "price" not in fields and "price" not in known and (price := marked_price(tree, struck)):
        fields["price"] = price
    return fields


_MARKED = "descendant::*[contains(@class,'price') or contains(@class,'harga') or contains(@class,'Price')]"


def marked_price(root: Any, struck: str | None) -> str | None:
    """A price in the middle of a line, by the class of its element; None unless exactly one price is marked so."""
    shown = {t for node in _xpath(_MARKED)(root) if (t := _text(node)) and RUPIAH.match(t)} - {struck}
    return shown.pop() if len(shown) == 1 else None


def _struck(answer: Answer) -> str | None:
    """The struck price of a page."""
    if not has_any(answer.body, _STRUCK_HINTS):  # cheaper than the path, and most pages have none
        return None
    return next((t for node in _xpath(_STRUCK)(answer.tree) if (t := _text(node)) and _ANY_RUPIAH.search(t)), None)


def line_fields(line: Line, fields: Fields, struck: str | None, known: Container[str] = ()) -> None:
    """Reads one line: a price, 'Label: value', or a count such as '12 Ulasan'."""
    text = line.text
    if len(text) > 260:
        return
    if len(text) < 60:
        first = text[0]
        if first in _PRICE_STARTS and "price" not in fields and "price" not in known:
            price = _beside(text, struck)
            if price and RUPIAH.match(price):
                fields["price"] = re.sub(r"(?i)^harga\s*:?\s*", "", price)
                return
        for field, pattern in _COUNT.items() if first in "(0123456789.," else ():
            if field not in fields and field not in known and (found := pattern.match(text)):
                fields[field] = found[1].strip()
                return
    if ":" not in text and "：" not in text:
        return
    found = _ANY_LABEL.match(text)
    if found and found.lastgroup and found.lastgroup not in fields and found.lastgroup not in known:
        fields[found.lastgroup] = found[found.lastgroup].strip()


def _beside(text: str, struck: str | None) -> str:
    """A line without the struck price, which often stands on the same line as the price that holds."""
    at = text.find(struck) if struck else -1
    if not struck or at < 0 or text[at + len(struck) :][:1] in tuple("0123456789.,"):
        return text
    return f"{text[:at]} {text[at + len(struck) :]}".strip()


def _heading(tree: Any) -> str | None:
    return next((t for node in tree.iter("h1") if (t := _text(node))), None)


def _text(node: Any) -> str | None:
    if isinstance(node, str):
        return seen(_SPACE.sub(" ", node))
    return seen(_SPACE.sub(" ", "".join(node.itertext())))


def merge(layers: Iterable[tuple[str, Fields]]) -> tuple[Fields, dict[str, str]]:
    """The first layer that has a field wins. Returns the fields and field -> layer."""
    fields: Fields = {}
    evidence: dict[str, str] = {}
    for layer, found in layers:
        for name, value in found.items():
            if value and name not in fields:
                fields[name] = value
                evidence[name] = layer
    return fields, evidence


def cut(field: str, text: str) -> tuple[str, bool]:
    """The text within the field's limit, and whether something was cut off (a 5 MB title must not travel on)."""
    limit = LIMITS.get(field, _LIMIT)
    return (text, False) if len(text) <= limit else (text[:limit].rstrip() + "…", True)
