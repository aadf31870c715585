"""Faults of the replicas: what goes wrong, where, and by which name (`--faults NAME[@platform][,NAME[@platform]…]`)."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Lock
from typing import Any

from spiders.sandbox.replicas import Ask, Replica, Reply

FAULTS: dict[str, str] = {
    "server-errors": "every fifth request is answered 500 at the first try",
    "down": "every request is answered 500",
    "rate-limit": "every ninth request is answered 429 with Retry-After: 1 at the first try",
    "timeout": "list pages from the second on are never answered",
    "reset": "the connection is cut at list pages from the second on",
    "cut-json": "list answers from the second page on are cut in the middle",
    "empty": "list pages from the second on are empty with status 200",
    "zero-rows": "every list answer has status 200 and no rows",
    "challenge": "from the second request on a bot guard's page comes with status 200",
    "login-wall": "list pages from the second on are a log-in page",
    "soft-404": "list pages from the second on say 'not found' with status 200",
    "no-api": "the JSON interfaces are gone (404); pages still work",
    "no-jsonld": "JSON-LD and Open Graph are gone; HTML still works",
    "redesign": "interfaces, JSON-LD and known HTML are all gone",
    "repeated-page": "every list page shows the first page's rows",
    "total-high": "the declared total is a quarter too high",
    "total-low": "the declared total is a quarter too low",
    "endless": "the list never ends: rows with new ids for ever",
    "gzip-bomb": "the second list page unpacks to 200 MB",
    "charset": "answers name a wrong charset",
    "huge-title": "one title is 5 MB long",
    "hostile": "titles hold markup, links are javascript:, directions are turned round",
    "duplicate-ids": "every tenth row comes twice",
    "price-types": "prices come as number, as text, and as null by turns",
    "redirect-away": "list pages from the second on redirect to a host that is not the platform's",
    "links-away": "list pages also link to courses on other hosts",
    "shrink": "four in ten courses are gone",
}
MIXED = {
    "tokopedia": "server-errors",
    "skillacademy": "rate-limit",
    "maubelajarapa": "no-jsonld",
    "bukalapak": "repeated-page",
    "pintaria": "duplicate-ids",
    "sekolahmu": "challenge",
    "pijarmahir": "hostile",
    "sisnaker": "shrink",
    "skillsweek": "charset",
}
"""`--faults mixed`: one fault a source, some to be survived and some to be held."""


class Silence(Exception):
    """The server takes the request and never answers."""


class Drop(Exception):
    """The server cuts the connection."""


@dataclass
class Faults:
    """A plan read from `--faults`; `of(replica)` gives the part of one source."""

    chosen: list[tuple[str, str | None]] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    tries: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)
    count: int = 0
    extra: int = 0

    @classmethod
    def read(cls, text: str | None) -> Faults:
        """Raises ValueError that names the known faults when one is unknown."""
        chosen: list[tuple[str, str | None]] = []
        for part in (text or "").split(","):
            name, _, platform = part.strip().partition("@")
            if name == "mixed":
                chosen += [(fault, source) for source, fault in MIXED.items()]
            elif name in FAULTS:
                chosen.append((name, platform or None))
            elif name:
                raise ValueError(f"unknown fault {name!r}; known are: mixed, {', '.join(FAULTS)}")
        return cls(chosen)

    def of(self, replica: Replica) -> Faults:
        names = frozenset(name for name, platform in self.chosen if platform in (None, replica.platform))
        if "shrink" in names:
            replica.rows = replica.rows[: len(replica.rows) * 6 // 10]
        if names & {"no-jsonld", "redesign"}:
            replica.no_jsonld = True
        replica.no_markers = "redesign" in names
        return replace(self, names=names, tries=Counter(), lock=Lock())

    # ---- one request

    def around(self, replica: Replica, ask: Ask) -> Reply:
        """The replica's answer with this plan's faults in it. May raise Silence or Drop."""
        if not self.names or ask.path in ("/robots.txt",):
            return replica.answer(ask)
        early = self._before(ask)
        if early is not None:
            return early
        if "repeated-page" in self.names:
            ask = _first_page(ask)
        reply = replica.answer(ask)
        if self.names & {"no-api", "redesign"} and reply.type == "application/json":
            return Reply(b"<html><title>404</title><h1>not found</h1></html>", 404)
        if "redesign" in self.names and reply.kind == "list":
            return Reply(b"<html><body><div id=app></div><script src=/app.js></script></body></html>", kind="list")
        if "endless" in self.names and reply.kind == "list" and reply.status == 404:
            reply = replace(reply, status=200, body=b"<html><body><main></main></body></html>")
        if reply.kind == "list" and reply.page > 1:
            reply = self._later_list(reply)
        return self._changed(replica, reply)

    def _before(self, ask: Ask) -> Reply | None:
        key = f"{ask.method} {ask.path} {sorted(ask.query.items())} {ask.body!r}"
        with self.lock:
            self.count += 1
            self.tries[key] += 1
            first, count = self.tries[key] == 1, self.count
        if "down" in self.names or ("server-errors" in self.names and first and count % 5 == 0):
            return Reply(b"internal error", 500, "text/plain")
        if "rate-limit" in self.names and first and count % 9 == 0:
            return Reply(b"too many requests", 429, "text/plain", headers={"Retry-After": "1"})
        if "challenge" in self.names and count >= 2:
            return Reply(CHALLENGE, 200)
        return None

    def _later_list(self, reply: Reply) -> Reply:
        """What happens to list pages from the second on."""
        if "timeout" in self.names:
            raise Silence
        if "reset" in self.names:
            raise Drop
        for name, act in _LATER.items():
            if name in self.names:
                return act(reply)
        return reply

    def _changed(self, replica: Replica, reply: Reply) -> Reply:
        if "charset" in self.names:
            reply = replace(reply, type=f"{reply.type.partition(';')[0]}; charset=iso-8859-1")
        if reply.kind != "list":
            return reply
        if reply.type.startswith("application/json"):
            value = json.loads(reply.body)
            self._rows(replica, value, reply.page)
            return replace(reply, body=json.dumps(value, ensure_ascii=False).encode())
        return replace(reply, body=self._page(replica, reply.body.decode(), reply.page).encode())

    # ---- changes inside a list answer

    def _rows(self, replica: Replica, value: Any, page: int) -> None:
        holder, key, rows = rows_of(value)
        if "zero-rows" in self.names:
            rows = []
        if "duplicate-ids" in self.names:
            rows = [copy for at, row in enumerate(rows) for copy in ([row, row] if at % 10 == 0 else [row])]
        for at, row in enumerate(rows):
            self._row(row, at, page)
        if "endless" in self.names and replica.platform != "skillsweek":  # one file has no pager
            rows = rows + [self._fresh(replica) for _ in range(60)]
        if self.names & {"total-high", "total-low"}:
            _scale(value, 1.25 if "total-high" in self.names else 0.75)
        if isinstance(holder, list):
            holder[:] = rows
        else:
            holder[key] = rows

    def _row(self, row: dict[str, Any], at: int, page: int) -> None:
        title = next((k for k in ("courseName", "course_title", "name") if k in row), None)
        price = next((k for k in ("price", "course_price") if k in row), None)
        if title and "huge-title" in self.names and at == 1 and page == 1:
            row[title] = "Judul " * 900_000
        if title and "hostile" in self.names and at % 3 == 0:
            row[title] = f"<script>alert(1)</script>{row[title]}\u202e<img src=x onerror=alert(2)>"
            row["url_desktop" if "url_desktop" in row else "url"] = "javascript:alert(3)"
        if price and "price-types" in self.names and row[price] is not None:
            row[price] = (row[price], str(row[price]), None)[at % 3]

    def _fresh(self, replica: Replica) -> dict[str, Any]:
        with self.lock:
            self.extra += 1
            number = self.extra
        row = _sample(replica)
        for key in ("product_id", "courseSerial", "id", "course_id"):
            if key in row:
                row[key] = f"X{number}"
        return row

    def _page(self, replica: Replica, text: str, page: int) -> str:
        if "zero-rows" in self.names:
            text = "<html><head><title>Kartu</title></head><body><h1>Pelatihan</h1><p>Belum ada.</p></body></html>"
        if "links-away" in self.names:
            away = _card("https://contoh.invalid/course/palsu", "Kursus Palsu")
            text = text.replace("</body>", f"{away}</body>")
        if "hostile" in self.names:
            card = _card("javascript:alert(1)", "&lt;script&gt;alert(1)&lt;/script&gt;")
            text = text.replace("</body>", f"{card}</body>")
        if self.names & {"total-high", "total-low"}:
            factor = 1.25 if "total-high" in self.names else 0.75
            text = text.replace(f"{len(replica.rows)} p", f"{int(len(replica.rows) * factor)} p", 1)
        if "huge-title" in self.names and page <= 1:
            text = text.replace("<h3>", "<h3>" + "Judul " * 900_000, 1)
        if "duplicate-ids" in self.names and 'class="card"' in text:
            head, _, rest = text.partition('<div class="card">')
            card, _, tail = rest.partition('<div class="card">')
            text = f'{head}<div class="card">{card}<div class="card">{card}<div class="card">{tail}' if tail else text
        if "endless" in self.names or "repeated-page" in self.names:
            fresh = ""
            if "endless" in self.names:
                with self.lock:
                    self.extra += 1
                    number = self.extra
                path = replica.path(replica.rows[0]) if replica.rows else "/x"
                fresh = _card(f"{path}-lagi-{number}", f"Kursus Lagi {number}")
            following = f'<a rel="next" href="?page={page + 1}">Selanjutnya</a>'
            text = text.replace("</body>", f"{fresh}{following}</body>") if 'rel="next"' not in text else text
        return text


CHALLENGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1"></script></body></html>'
)
LOGIN = (
    b"<!doctype html><html><head><title>Masuk</title></head><body><h1>Masuk</h1><form action=/login method=post>"
    b'<input name=user><input type="password" name=pass></form></body></html>'
)
LOST = b"<!doctype html><html><head><title>Halaman tidak ditemukan</title></head><body><h1>Maaf</h1></body></html>"


@cache
def bomb() -> bytes:
    return gzip.compress(b" " * 1_000_000) * 200  # gzip files may follow each other; made at once, whole


_LATER: dict[str, Callable[[Reply], Reply]] = {
    "cut-json": lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2], kind="other"),
    "empty": lambda reply: replace(reply, body=b"", kind="other"),
    "login-wall": lambda _: Reply(LOGIN),
    "soft-404": lambda _: Reply(LOST),
    "gzip-bomb": lambda reply: replace(reply, body=bomb(), kind="other", headers={"Content-Encoding": "gzip"}),
    "redirect-away": lambda _: Reply(b"", 302, headers={"Location": "http://contoh.invalid/lain"}),
}


def _card(href: str, title: str) -> str:
    return f'<div class="card"><a href="{href}"><h3>{title}</h3></a><p>Rp 10.000</p></div>'


def _first_page(ask: Ask) -> Ask:
    query = {k: v for k, v in ask.query.items() if k not in ("page", "offset")}
    path = ask.path.partition("/page/")[0]
    body = ask.body
    if b"rpc_page_number" in body:
        asked = json.loads(body)
        filters = json.loads(asked[0]["variables"]["filters"])
        asked[0]["variables"]["filters"] = json.dumps({**filters, "rpc_page_number": "1"})
        body = json.dumps(asked).encode()
    return Ask(ask.method, path, query, body)


def rows_of(value: Any) -> tuple[Any, str, list[dict[str, Any]]]:
    """(holder, key, rows) of a list answer of any source."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "data" in value[0]:
        info = value[0]["data"]["componentInfo"]
        if isinstance(info["data"], str):
            info["data"] = json.loads(info["data"])
        return info["data"]["component"], "data", info["data"]["component"]["data"]
    if isinstance(value, list):
        return value, "", list(value)
    if isinstance(value["data"], dict):
        return value["data"], "data", value["data"]["data"]
    return value, "data", value["data"]


def _scale(value: Any, factor: float) -> None:
    """Multiplies every total that a list answer states."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            for key, inner in item.items():
                if key in ("product_count", "totalCourse", "totalPage", "total", "total_pages") and isinstance(
                    inner, int
                ):
                    item[key] = int(inner * factor)
                else:
                    stack.append(inner)
        elif isinstance(item, list):
            stack.extend(item)


def _sample(replica: Replica) -> dict[str, Any]:
    for name in ("product", "course", "record"):
        make = getattr(replica, name, None)
        if make is not None and replica.rows:
            row: dict[str, Any] = make(replica.rows[0])
            return row
    return {}
