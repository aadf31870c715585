"""What the structured layers see at one address: the first look at a platform that is not collected yet."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen
from urllib.robotparser import RobotFileParser

from catalog.platforms import find_spec
from spiders import SPECS, guards, reading, structured, walkers
from spiders.guards import Blocked
from spiders.page import Answer
from spiders.run import spider_class
from spiders.settings import USER_AGENT

TIMEOUT = 30.0
MAX_BYTES = 24 * 1024 * 1024


def preview(url: str, *, platform: str | None = None) -> dict[str, Any]:
    """Fetches one page (robots.txt obeyed) and tells what each layer reads in it; `platform`: with whose HTML markers.

    Returns {url, status, guard, layers, merged, evidence, outline, links, next, declared, json_ld_types, hint}.
    Raises ValueError with one clear line when the address can't be fetched.
    """
    host = host_of(url)
    if not _allowed(url):
        raise ValueError(f"{host} forbids this page in robots.txt; nothing was fetched")
    return read_answer(_fetch(url), _markers(platform) if platform else {})


def host_of(url: str) -> str:
    """The host of a web address. ValueError when it is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no web address; begin it with https://")
    return parts.hostname


def read_answer(answer: Answer, markers: dict[str, str] | None = None) -> dict[str, Any]:
    """The same for an answer that was fetched already. Pure."""
    seen: dict[str, Any] = {"url": answer.url, "status": answer.status, "guard": None}
    try:
        guards.check(answer, "any")
    except Blocked as blocked:
        return seen | {"guard": str(blocked), "hint": "this answer can't be used; see the guard"}
    try:
        if answer.is_json:
            found = [structured.course_of(o) for o in structured.course_objects(answer.json)]
            return seen | {"layers": {"api": found[:3]}, "courses": len(found), "hint": _hint(bool(found), False, True)}
        return seen | _page(answer, markers or {})
    except Blocked as blocked:
        return seen | {"guard": str(blocked), "hint": "this answer can't be read"}


def _markers(platform: str) -> dict[str, str]:
    markers: dict[str, str] = spider_class(find_spec(SPECS, platform), SPECS).markers
    return markers


def _page(answer: Answer, markers: dict[str, str]) -> dict[str, Any]:
    layers = structured.page_layers(answer, markers=markers, whole=True)
    fields, evidence = structured.merge(layers)
    sections, _, _ = reading.description(fields.get("description"), evidence.get("description"), answer)
    types = sorted({t for kind, v in answer.data if kind == "json-ld" for t in structured.linked_types(v)})
    shapes = _link_shapes(answer)
    following = walkers.next_link(answer.tree, answer.url)
    return {
        "layers": {name: {k: _short(v) for k, v in found.items()} for name, found in layers if found},
        "merged": {k: _short(v) for k, v in fields.items()},
        "evidence": evidence,
        "outline": [s.key or s.heading for s in sections],
        "json_ld_types": types,
        "links": shapes,
        "next": following,
        "declared": walkers.declared_total([line.text for line in answer.lines]),
        "hint": _hint("Course" in types, reading.is_course(fields, answer), False, shapes, following),
    }


def _link_shapes(answer: Answer) -> dict[str, int]:
    """The paths that a page links to on its own host, their last part left open, and how many; commonest first."""
    here = urlsplit(answer.url).netloc
    paths = set()
    for node in answer.tree.iter("a"):
        try:
            parts = urlsplit(urljoin(answer.url, node.get("href") or "#"))
        except ValueError:
            continue
        if parts.netloc == here and parts.path.strip("/"):
            paths.add(parts.path.rstrip("/"))
    shapes = Counter(f"{path.rpartition('/')[0]}/*" for path in paths)
    return dict(shapes.most_common(12))


def _hint(
    course: bool, readable: bool, is_json: bool, shapes: dict[str, int] | None = None, following: str | None = None
) -> str:
    if is_json:
        return (
            "a JSON answer; an ApiSpider can walk it"
            if course
            else "a JSON answer without objects that look like courses"
        )
    if course:
        return "JSON-LD Course: with a sitemap this platform needs a spec only, no Python"
    if readable:
        return "readable without JSON-LD; a PageSpider with the course pattern in its spec should do"
    many = max((shapes or {}).items(), key=lambda item: item[1], default=("", 0))
    if following or many[1] >= 4:
        end = f"its next page is {following}" if following else "it names no next page; ?page=2 will be tried"
        return f"perhaps a list page: {many[1]} links like {many[0]}; {end}. Preview one of them"
    return "not a course page, or one whose content only JavaScript writes"


def _short(value: Any) -> Any:
    return value[:160] + "…" if isinstance(value, str) and len(value) > 160 else value


def _allowed(url: str) -> bool:
    parts = urlsplit(url)
    robots = RobotFileParser()
    try:
        answer = _fetch(f"{parts.scheme}://{parts.netloc}/robots.txt")
    except ValueError:
        return True
    if answer.status >= 400:
        return True
    robots.parse(answer.decoded.splitlines())
    return robots.can_fetch("BandingBot", url)


def _fetch(url: str) -> Answer:
    request = Request(url, headers={"User-Agent": USER_AGENT, "Accept-Language": "id"})  # noqa: S310  checked: http(s)
    try:
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            headers = {name.casefold(): value for name, value in response.headers.items()}
            return Answer(response.geturl(), response.status, headers, response.read(MAX_BYTES))
    except OSError as error:
        status = getattr(error, "code", None)
        if isinstance(status, int):
            return Answer(url, status, {}, b"")
        raise ValueError(f"{url}: {getattr(error, 'reason', error)}") from error
