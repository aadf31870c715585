"""Sources of which only addresses are known work on plain pages: links, rel=next or ?page=, JSON-LD, Open Graph."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.spiders.harness import HTML, JSON, Answer, crawl, serving

LISTS = {
    "pijarmahir": ("/category/kartu-prakerja", "/course/{}", "pijarmahir.id"),
    "maubelajarapa": ("/kartuprakerja/", "/workshop/bisnis/umum/{}/", "maubelajarapa.com"),
    "pintaria": ("/kartuprakerja", "/{}", "www.pintaria.com"),
    "sekolahmu": ("/kartuprakerja/", "/program/{}", "www.sekolah.mu"),
    "sisnaker": (
        "/pelatihan/prakerja",
        "/pelatihan/{}-0a1b2c3d-0000-4000-8000-00000000000a",
        "skillhub.kemnaker.go.id",
    ),
}
SLUGS = [f"belajar-membuat-roti-nomor-{n}" for n in range(1, 24)]


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def linked(slug: str) -> str:
    value = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Situs"},
            {
                "@type": ["Course"],
                "name": f"Judul {slug}",
                "provider": [{"@type": "Organization", "name": "LPK Contoh"}],
                "offers": [{"@type": "Offer", "price": "250000.00", "priceCurrency": "IDR"}],
                "timeRequired": "PT6H30M",
                "educationalLevel": "Menengah",
            },
        ],
    }
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def graph(slug: str) -> str:
    return (
        f'<meta property="og:title" content="Judul {slug}"><meta property="product:price:amount" content="250000">'
        '<meta property="product:brand" content="LPK Contoh">'
    )


def site(platform: str, paging: str, head, absolute: str = "", size: int = 5):
    start, course, _ = LISTS[platform]
    courses = {course.format(slug).rstrip("/"): slug for slug in SLUGS}

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        path = parts.path.rstrip("/")
        if path in courses:
            return 200, HTML, page("<h1>Kelas</h1><p>Halaman kelas.</p>", head(courses[path]))
        if path != start.rstrip("/"):
            return None
        number = int(parse_qs(parts.query).get("page", ["1"])[0])
        shown = SLUGS[(number - 1) * size : number * size]
        links = "".join(f'<li><a href="{absolute}{course.format(s)}">Judul {s}</a></li>' for s in shown)
        more = number * size < len(SLUGS)
        following = {
            "rel": f'<a rel="next" href="{absolute}{start}?page={number + 1}">lagi</a>' if more else "",
            "numbers": "".join(f'<a href="?page={n}">{n}</a>' for n in range(1, 6)),
            "silent": "",
        }[paging]
        return (
            200,
            HTML,
            page(f'<a href="/login">Masuk</a><a href="/tentang-kami">Tentang</a><ul>{links}</ul>{following}'),
        )

    return answer


@pytest.mark.parametrize("paging", ["rel", "numbers", "silent"])
@pytest.mark.parametrize("platform", LISTS)
def test_plain_pages_are_walked_to_their_end(platform: str, paging: str, tmp_path: Path) -> None:
    head = linked if paging != "numbers" else graph
    with serving(site(platform, paging, head)) as there:
        ran = crawl(platform, tmp_path, there.url)
    assert ran.report.finish_reason == "finished"
    assert len(ran.listings) == len(SLUGS) == ran.report.received
    one = ran.listings[0]
    assert (one.title or "").startswith("Judul belajar")
    assert one.provider == "LPK Contoh"
    assert one.price in ("250000.00", "250000")
    assert one.eligible == "yes"
    assert (one.url or "").startswith(f"https://{LISTS[platform][2]}/") or platform in (
        "sisnaker",
        "sekolahmu",
        "pintaria",
    )
    assert there.url not in (one.url or "")
    if head is linked:
        assert (one.level, one.duration) == ("Menengah", "6 jam 30 menit")
        assert one.evidence["level"] == "json-ld"


def test_absolute_links_to_the_real_host_and_to_the_origin_stay_at_the_origin(tmp_path: Path) -> None:
    with serving(site("pijarmahir", "rel", linked, absolute="https://pijarmahir.id")) as there:
        ran = crawl("pijarmahir", tmp_path, there.url)
        assert ran.report.received == len(SLUGS)
        assert len(there.paths()) >= len(SLUGS) + 5
    holder: list[str] = []

    def own_host(method: str, target: str, body: bytes) -> Answer | None:
        return site("pijarmahir", "rel", linked, absolute=holder[0])(method, target, body)

    with serving(own_host) as there:
        holder.append(there.url)
        ran = crawl("pijarmahir", tmp_path / "b", there.url)
    assert ran.report.received == len(SLUGS)
    assert all((listing.url or "").startswith("https://pijarmahir.id/") for listing in ran.listings)


def test_a_redirect_to_another_of_the_specs_hosts_stays_at_the_origin(tmp_path: Path) -> None:
    inner = site("pintaria", "rel", linked)

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if target == "/kartuprakerja":
            return 302, {"Location": "https://pintar.co/kartuprakerja?page=1"}, b""
        return inner(method, target, body)

    with serving(answer) as there:
        ran = crawl("pintaria", tmp_path, there.url)
    assert (ran.report.finish_reason, ran.report.received) == ("finished", len(SLUGS))


def test_state_embedded_in_the_page_is_read_first(tmp_path: Path) -> None:
    item = {
        "id": 7,
        "slug": SLUGS[0],
        "fullname": "Judul dari keadaan",
        "price": 300000,
        "priceAfter": 250000,
        "duration": "365 menit",
        "teacher": {"id": 1, "fullname": "Lembaga Contoh ."},
        "coursetype": {"id": 1, "name": "Webinar"},
        "level": None,
        "rating": {"rating": 5, "totalRater": 4},
        "summary": "<b>Level Pelatihan</b><br>Basic / Tingkat dasar",
    }
    state = json.dumps({"props": {"pageProps": {"course": item}}})

    def head(slug: str) -> str:
        return f'<script id="__NEXT_DATA__" type="application/json">{state}</script>{linked(slug)}'

    with serving(site("pijarmahir", "rel", head, size=30)) as there:
        ran = crawl("pijarmahir", tmp_path, there.url, limit=1)
    one = ran.listings[0]
    assert (one.title, one.price, one.list_price) == ("Judul dari keadaan", "250000", "300000")
    assert (one.provider, one.mode, one.rating, one.rating_count) == ("Lembaga Contoh .", "Webinar", "5", "4")
    assert one.evidence["price"] == "embedded"
    assert [s.key for s in one.sections] == ["level"]


def test_a_list_that_answers_in_json_is_read_too(tmp_path: Path) -> None:
    rows = [{"slug": s, "fullname": f"Judul {s}", "price": "150000", "teacher": "LPK Contoh"} for s in SLUGS]

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        parts = urlsplit(target)
        if parts.path != "/category/kartu-prakerja":
            return None
        number = int(parse_qs(parts.query).get("page", ["1"])[0])
        return 200, JSON, json.dumps({"data": rows[(number - 1) * 10 : number * 10], "total": len(rows)}).encode()

    with serving(answer) as there:
        ran = crawl("pijarmahir", tmp_path, there.url)
    assert ran.report.received == len(SLUGS)
    assert ran.listings[0].price == "150000"


def test_menu_links_are_no_courses_where_course_addresses_look_like_any_other(tmp_path: Path) -> None:
    inner = site("pintaria", "rel", linked)

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if target.startswith("/tentang-kami"):
            return 200, HTML, page("<h1>Tentang kami</h1><p>Kami ada sejak lama.</p>")
        return inner(method, target, body)

    with serving(answer) as there:
        ran = crawl("pintaria", tmp_path, there.url)
    assert "tentang-kami" not in ran.by_id
    assert ran.report.received == len(SLUGS)


def test_a_curriculum_enriches_a_class_by_its_code(tmp_path: Path) -> None:
    def head(slug: str) -> str:
        return (
            linked(slug)
            .replace('"@type": ["Course"]', '"@type": ["Course"], "courseCode": "P.85.BHS03.1"')
            .replace('"timeRequired": "PT6H30M", ', "")
        )

    inner = site("sisnaker", "rel", head)

    def answer(method: str, target: str, body: bytes) -> Answer | None:
        if target.startswith("/proglat/v1/public/programs"):
            row = {
                "id": 1,
                "code": "P.85.BHS03.1",
                "title": "Program",
                "total_duration": 24,
                "program_topics": [{"code": "N.1"}],
            }
            return 200, JSON, json.dumps({"data": [row]}).encode()
        return inner(method, target, body)

    with serving(answer) as there:
        ran = crawl("sisnaker", tmp_path, there.url, limit=1)
    assert (ran.listings[0].duration, ran.listings[0].competency) == ("24 JP", "N.1")
