"""Base classes. A source adds only what is its own: addresses (in its spec), and how its rows read.

`PageSpider` walks list pages to course pages; `ApiSpider` walks a JSON list first and falls back to the pages when the
API is gone. Both turn every course into one `Listing`; `start` is the only place that ends a run.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import re
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import scrapy
from scrapy import exceptions as failures

from catalog.platforms import Spec
from catalog.records import Listing
from spiders import guards, reading, structured, walkers
from spiders.guards import Blocked, Expect, too_few_courses, too_many_unread
from spiders.middlewares import OffHost, OverBudget
from spiders.origin import Origin
from spiders.page import Answer
from spiders.recorder import Recorder, Replay
from spiders.scrub import People, is_person_key
from spiders.structured import Fields, Layers

if TYPE_CHECKING:
    from spiders.kept import Kept
    from spiders.recrawl import Memory
    from spiders.watchdog import Watchdog


@dataclass
class Course:
    """One course on its way to a Listing: where its page is and what the list already said of it."""

    native_id: str
    url: str
    fields: Fields = field(default_factory=dict)
    layer: str = "html"
    answer: Answer | None = None
    eligible: str | None = None
    lastmod: str | None = None
    complete: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass
class Tally:
    """What the report will say of the run."""

    reason: str | None = None
    declared: int | None = None
    method: str = "unknown"
    layers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def note(self, text: str) -> None:
        if text not in self.notes and len(self.notes) < 40:
            self.notes.append(text)

    def declare(self, total: int | None, method: str) -> None:
        """The largest total that the platform itself names; a pager's word goes before a counted sitemap."""
        if total is None or total < 0 or (self.method == "pager_total" and method == "sitemap"):
            return
        if self.declared is None or total > self.declared or method != self.method:
            self.declared, self.method = total, method


_WHOLE = re.compile(r"https?://[^/?#]")
"""An address with a host needs no other one to be read."""


class NoList(Blocked):
    """The first page of a list address could not be had."""


class PageSpider(scrapy.Spider):
    """Walks the spec's list addresses, follows their links to course pages, reads each page layer by layer."""

    name = "page"
    spec: Spec
    markers: dict[str, str] = {}  # noqa: RUF012  field -> XPath of this platform's own HTML markers
    people: People = staticmethod(is_person_key)
    page_ids = False  # True where the page names the platform's own number and its address does not
    strict_pages = False  # True where course addresses look like others: a page that is no course is passed over

    def __init__(
        self, spec: Spec, night: dt.date, recorder: Recorder, origin: Origin | None = None, limit: int | None = None,
        memory: Memory | None = None, replay: Replay | None = None, watchdog: Watchdog | None = None,
        kept: Kept | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name=spec.id, **kwargs)
        self.spec, self.night, self.recorder, self.origin = spec, night, recorder, origin
        self.limit, self.memory, self.replay, self.kept = limit, memory, replay, kept
        self.tally = Tally()
        self.now = dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")
        self.bad_pages = 0
        self.gone: set[str] = set()
        self.api_gone = 0
        self.branch_size = 0
        self.passed_over = 0
        self.trouble: Blocked | None = None
        self.missing: Blocked | None = None
        self.json_answer: Answer | None = None
        self.pages_close = False
        self.watchdog = watchdog

    # ---- the run

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry. It yields nothing: listings go straight to the recorder, requests are awaited."""
        await self.collect()
        return
        yield  # what makes this the generator that Scrapy asks for

    async def collect(self) -> None:
        """Records every listing once. Whatever happens, the tally ends with a reason."""
        try:
            async with contextlib.aclosing(self.listings()) as listings:
                async for listing in listings:
                    if listing.native_id in self.tally.ids:
                        self.tally.errors["duplicate_id"] += 1
                        continue
                    self.moved()
                    self.tally.ids.add(listing.native_id)
                    self.tally.layers.update(set(listing.evidence.values()))
                    self.recorder.listing(listing)
                    if self.limit is not None and len(self.tally.ids) >= self.limit:
                        self.tally.note(f"stopped after --limit {self.limit}")
                        break
            self.tally.reason = self._verdict()
        except Blocked as blocked:
            self.tally.reason = blocked.code
            self.met(blocked)
        except asyncio.CancelledError:
            self.tally.reason = "interrupted"
            raise
        except Exception as error:  # a spider's own mistake must end as a held run, not as a lost night
            self.tally.reason = "crashed"
            self.tally.note(f"{type(error).__name__}: {str(error)[:200]}")
            self.logger.debug("crashed", exc_info=True)

    def met(self, blocked: Blocked) -> None:
        """Counts and notes what ended a walk."""
        self.tally.errors[_error_name(blocked)] += 1
        self.tally.note(str(blocked))

    def moved(self) -> None:
        """A sign of life for the watchdog, where there is one."""
        if self.watchdog is not None:
            self.watchdog.moved()

    def _verdict(self) -> str:
        if not self.tally.ids:
            return "shape" if self.passed_over else "empty"
        if self.pages_close and not set(self.tally.layers) & {"json-ld", "microdata", "api", "embedded"}:
            self.tally.note("no page carried structured data; Open Graph and HTML carried on")
        if too_few_courses(self.passed_over, len(self.tally.ids)):
            self.tally.note(f"{self.passed_over} linked pages are no courses")
            return "shape"
        if too_many_unread(self.bad_pages, len(self.tally.ids)):
            self.tally.errors["redesign"] += 1
            self.tally.note(f"{self.bad_pages} course pages could not be read as courses")
            return "shape"
        return "finished"

    async def listings(self) -> AsyncGenerator[Listing, None]:
        """All listings of the platform; a source with an API overrides `courses`, not this."""
        lanes = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN", 1)
        window = 1 if lanes == 1 else 2 * lanes  # with several lanes, the downloader always has the next request
        running: deque[asyncio.Task[Listing | None]] = deque()
        end: Blocked | None = None
        try:
            try:
                async for course in self.courses():
                    if window == 1 or (course.complete and not running):
                        if (listing := await self.listing(course)) is not None:
                            yield listing
                        continue
                    running.append(asyncio.create_task(self.listing(course)))
                    if len(running) >= window and (listing := await running.popleft()) is not None:
                        yield listing
            except Blocked as blocked:
                end = blocked  # what was received until then still counts
            while running and (end is None or end.code != "budget"):
                if (listing := await running.popleft()) is not None:
                    yield listing
        except asyncio.CancelledError:
            for task in running:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*running, return_exceptions=True)  # no request outlives the run
        if end is not None:
            raise end

    async def courses(self) -> AsyncIterator[Course]:
        """The courses that the list pages name."""
        async for course in self.page_courses():
            yield course

    # ---- requests

    async def get(
        self, url: str, expect: Expect = "any", *, method: str = "GET", body: bytes = b"",
        headers: dict[str, str] | None = None, tries: int = 2,
    ) -> Answer:  # fmt: skip
        """One answer that passed the guards. An empty or cut answer is asked for once more. Raises Blocked."""
        for left in range(tries - 1, -1, -1):
            try:
                answer = await self._ask(url, method, body, headers or {})
                if answer.status == 304:
                    return answer
                guards.check(answer, expect)
                self._guard_cut(answer, expect)
                if expect == "json":
                    assert answer.json is not None
                    self.json_answer = answer
                self.recorder.answer(method, body, url, answer)
                return answer
            except AssertionError:
                raise Blocked("shape", "JSON null") from None
            except Blocked as blocked:
                if not left or blocked.code not in ("empty", "shape"):
                    raise
                self.tally.errors[_error_name(blocked)] += 1
        raise AssertionError("unreachable")

    async def get_first(self, urls: Iterable[str], expect: Expect) -> Answer:
        """The answer of the first address that is there; one that was not (404) is not asked again. Raises Blocked."""
        first: Blocked | None = None
        for url in urls:
            place = urlsplit(url)._replace(query="").geturl()
            if place in self.gone:
                continue
            try:
                return await self.get(url, expect)
            except Blocked as blocked:
                if blocked.code not in ("http_error", "soft_404", "content_type"):
                    raise
                first = first or blocked
                if blocked.status in (404, 410):
                    self.gone.add(place)
        raise first or Blocked("http_error", "no address of the list is there any more", 404)

    def _guard_cut(self, answer: Answer, expect: Expect) -> None:
        """Pages of one site all end with </html> or none does; one that does not, among others that do, was cut."""
        if expect != "html" or answer.is_json:
            return
        if b"</html>" in answer.body[-2_000:]:
            self.pages_close = True
        elif self.pages_close:
            raise Blocked("shape", "the page is cut off")

    async def _ask(self, url: str, method: str, body: bytes, headers: dict[str, str]) -> Answer:
        request = scrapy.Request(url, method=method, body=body or None, headers=headers, dont_filter=True)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except (OffHost, OverBudget, failures.IgnoreRequest) as error:
            raise Blocked(_ignored(error), str(error)[:200]) from error
        except failures.DownloadTimeoutError as error:
            raise Blocked("timeout", urlsplit(url).path[:100]) from error
        except failures.DownloadCancelledError as error:
            raise Blocked("too_large", urlsplit(url).path[:100]) from error
        except failures.CannotResolveHostError as error:
            raise Blocked("http_error", f"dns: {urlsplit(url).hostname}") from error
        except (
            failures.DownloadFailedError,
            failures.DownloadConnectionRefusedError,
            failures.ResponseDataLossError,
            OSError,
        ) as error:
            raise Blocked("http_error", f"reset: {type(error).__name__}") from error
        finally:
            self.moved()  # a failure is a sign of life too
        stored = response.headers.get(b"X-Banding-Source")
        real = response.request.url if self.origin is not None and response.request is not None else response.url
        return Answer(
            real,
            response.status,
            {k.decode("latin-1").casefold(): b", ".join(v).decode("latin-1") for k, v in response.headers.items()},
            response.body,
            self.people,
            stored.decode() if stored else None,
            self.kept.scrubbed if self.kept is not None else None,
        )

    # ---- list pages

    @cached_property
    def course_path(self) -> re.Pattern[str]:
        return re.compile(self.spec.endpoints.get("course", r"^$"))

    @cached_property
    def list_paths(self) -> frozenset[str]:
        return frozenset(walkers.list_path(address.url) for address in self.spec.addresses)

    @cached_property
    def branch_path(self) -> re.Pattern[str]:
        return re.compile(self.spec.endpoints.get("branch", r"^$"))

    def addresses(self) -> list[list[str]]:
        """List addresses in groups; the next group is tried only when the one before shows no course."""
        query = self.spec.endpoints.get("query")
        urls = [(a, f"{a.url}?{query}" if query else a.url) for a in self.spec.addresses]
        on_night = [url for address, url in urls if address.holds(self.night)]
        others = [url for address, url in urls if not address.holds(self.night)]
        if self.origin is not None:
            return [on_night + others]
        return [group for group in (on_night, others) if group]

    async def page_courses(self) -> AsyncIterator[Course]:
        """Courses linked from the list pages, each address once."""
        found: set[str] = set()
        walked: set[str] = set()
        for group in self.addresses():
            for start in group:
                if walkers.list_key(start) in walked:
                    continue
                walked.add(walkers.list_key(start))
                try:
                    async for course in self._walk_pages(start, found):
                        yield course
                except NoList as blocked:
                    self._no_list(blocked)
            if found:
                break
        if found:
            if self.trouble is not None:
                raise self.trouble
            return
        async for course in self._last_resort(found):
            yield course

    async def _last_resort(self, found: set[str]) -> AsyncIterator[Course]:
        """No list page shows a course: perhaps only JavaScript writes them, and the sitemap names them."""
        sitemap = self.spec.endpoints.get("sitemap") or self._default_sitemap()
        try:
            async for course in self.sitemap_courses(sitemap, found):
                yield course
        except Blocked as blocked:
            raise self.trouble or self.missing or blocked from None
        if self.trouble is not None:
            raise self.trouble
        if not found:
            raise Blocked("shape", "no course link on the list pages")
        if self.spec.addresses:
            self.tally.errors["redesign_list"] += 1
            self.tally.note("the list pages show no course; the sitemap named them")

    def _no_list(self, blocked: Blocked) -> None:
        """An address that is not there (404) is skipped; one that fails otherwise ends the run badly, at its end."""
        self.tally.note(f"list page: {blocked}")
        gone = blocked.status in (404, 410) or blocked.code == "soft_404"
        if not gone:
            self.trouble = self.trouble or blocked
        elif self.missing is None:
            self.missing = blocked

    def _default_sitemap(self) -> str:
        base = self.spec.addresses[0].url if self.spec.addresses else f"https://{self.spec.hosts[0]}/"
        return urljoin(base, "/sitemap.xml")

    async def _walk_pages(self, start: str, found: set[str]) -> AsyncIterator[Course]:
        """One list and the branches (provider or category pages) that it links to."""
        branches: list[str] = [start]
        queued = {walkers.list_key(start)}
        for branch in branches:
            async for answer, courses in self._pages_of(branch, found, first=branch == start):
                for course in courses:
                    if course.native_id not in found:
                        found.add(course.native_id)
                        yield course
                for link in self._links(answer):
                    if self.branch_path.search(urlsplit(link).path) and walkers.list_key(link) not in queued:
                        queued.add(walkers.list_key(link))
                        branches.append(link)

    async def _pages_of(
        self, start: str, found: set[str], *, first: bool
    ) -> AsyncIterator[tuple[Answer, list[Course]]]:
        """The pages of one list with the courses on them, up to a proven end."""
        url, number, seen_here = start, 1, set[str]()
        promised = True
        while True:
            try:
                answer = await self.get(url, "html")
            except Blocked as blocked:
                if not promised and blocked.code in ("http_error", "soft_404", "empty", "shape", "content_type"):
                    return
                if number == 1 and first:
                    raise NoList(blocked.code, blocked.detail, blocked.status) from blocked
                if number == 1 and blocked.code in ("http_error", "soft_404") and blocked.status in (404, 410, 200):
                    self.tally.errors[_error_name(blocked)] += 1
                    return
                raise
            courses = self._courses_on(answer)
            ids = {course.native_id for course in courses}
            fresh = ids - seen_here
            if number > 1 and not fresh:
                if promised and ids and ids & seen_here:
                    raise Blocked("repeated_page", f"{urlsplit(url).path} page {number} brings nothing new")
                return
            seen_here |= ids
            total = None if answer.is_json else walkers.declared_total([line.text for line in answer.lines])
            if first:
                self.tally.declare(total, "pager_total")
            yield answer, courses
            number += 1
            declared = self.tally.declared if self.tally.method == "pager_total" else None
            if number > walkers.MAX_PAGES or (declared is not None and len(found) > 3 * declared + 200):
                raise Blocked("budget", f"the list has no end: {len(found)} courses, {declared} declared")
            following = None if answer.is_json else walkers.next_link(answer.tree, answer.url)
            promised = following is not None
            if not promised and (not ids or (not first and not self._full(len(ids)))):
                return
            url = self._real(following, answer.url) if following else walkers.with_page(url, number)

    def _full(self, count: int) -> bool:
        """Could a branch's page of so many courses be a full one? Not when another branch's page had more."""
        self.branch_size = max(self.branch_size, count)
        return count >= self.branch_size

    def _real(self, url: str, base: str) -> str:
        return self.origin.real(url, urlsplit(base).netloc) if self.origin else url

    def _links(self, answer: Answer) -> Iterable[str]:
        """Addresses on the spec's hosts that a page links to."""
        if answer.is_json:
            return
        for node in answer.tree.iter("a"):
            link = self._clean_link(node.get("href"), answer.url)
            if link is not None:
                yield link

    def _clean_link(self, href: str | None, base: str) -> str | None:
        """An absolute address on the spec's hosts without fragment, None for anything else."""
        if not href or len(href) > 2_000:
            return None
        return self._absolute(href.strip(), base)

    @cached_property
    def _absolute(self) -> Callable[[str, str], str | None]:
        """`_whole_link`, remembered: a list page's links are looked at for its courses and again for its branches."""
        return lru_cache(maxsize=4_096)(self._whole_link)

    def _whole_link(self, link: str, base: str) -> str | None:
        try:
            if not _WHOLE.match(link):
                link = urljoin(base, link)
            parts = urlsplit(self._real(link, base))
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or parts.hostname not in self.spec.hosts:
            return None
        return urlunsplit(parts._replace(fragment=""))

    def course_id(self, url: str) -> str | None:
        """The id in a course page's address by the spec's pattern; None when it is no course page."""
        found = self.course_path.search(urlsplit(url).path)
        if found is None:
            return None
        groups = found.groupdict()
        return groups.get("id") or groups.get("slug") or urlsplit(url).path.strip("/")

    def _courses_on(self, answer: Answer) -> list[Course]:
        """The courses that one list page names: its cards, its ItemList, its embedded JSON."""
        page = self._page_evidence(answer.url)
        courses: dict[str, Course] = {}
        if answer.is_json:
            return self._courses_in(answer.json, answer, page)
        for card in reading.cards(answer, lambda href: self._course_link(href, answer.url)):
            courses[card.native_id] = Course(card.native_id, card.url, card.fields, "html", eligible=page)
        for kind, value in answer.data:
            if kind == "embedded":
                more = self._courses_in(value, answer, page)
            else:
                more = [
                    Course(found[0], found[1], fields, "json-ld", eligible=page)
                    for fields in structured.item_list([value])
                    if (found := self._course_link(fields["url"], answer.url))
                ]
            for course in more:
                known = courses.get(course.native_id)
                if known is None:
                    courses[course.native_id] = course
                else:
                    known.fields = {**known.fields, **course.fields}
                    known.layer = course.layer
        return list(courses.values())

    def _courses_in(self, value: Any, answer: Answer, page: str | None) -> list[Course]:
        courses = []
        for item in structured.course_objects(value):
            fields = structured.course_of(item)
            template = self.spec.endpoints.get("course_url", "")
            slug = structured.seen(item.get("slug")) or fields.get("native_id")
            url = fields.get("url") or (template.format(id=slug) if template and slug else None)
            found = self._course_link(url, answer.url)
            if found:
                courses.append(Course(found[0], found[1], fields, "embedded", eligible=page))
        return courses

    def _course_link(self, href: str | None, base: str) -> tuple[str, str] | None:
        link = self._clean_link(href, base)
        if link is None:
            return None
        native_id = self.course_id(link)
        if native_id is None or walkers.list_path(link) in self.list_paths or walkers.is_page_of(link, base):
            return None
        parts = urlsplit(link)
        return native_id, urlunsplit(parts._replace(query=""))

    def _page_evidence(self, url: str) -> str | None:
        """Being listed on the platform's Kartu Prakerja page shows that the card may buy it."""
        parts = urlsplit(url)
        pattern = self.spec.endpoints.get("page")
        if pattern and (re.search(pattern, parts.path) or re.search(pattern, f"//{parts.netloc}{parts.path}")):
            return f"page:{parts.path}"
        return None

    async def sitemap_courses(self, url: str, found: set[str]) -> AsyncIterator[Course]:
        """Courses named by a sitemap or sitemap index."""
        queue, count = [url], 0
        for sitemap in queue:
            answer = await self.get(sitemap, "xml")
            entries, more = walkers.sitemap_entries(answer.decoded)
            queue.extend(m for m in more if m not in queue and len(queue) < 1_000 and self._clean_link(m, sitemap))
            for loc, lastmod in entries:
                link = self._course_link(loc, answer.url)
                if link and link[0] not in found:
                    found.add(link[0])
                    count += 1
                    yield Course(link[0], link[1], {}, "html", lastmod=lastmod)
        self.tally.declare(count or None, "sitemap")

    # ---- course pages

    async def listing(self, course: Course) -> Listing | None:
        """The Listing of one course: from its list row when that is complete, else from its page too."""
        if course.complete:
            return self._of_row(course)
        kept = self._from_replay(course)
        if kept is not None:
            return kept
        if self.memory is not None and (known := self.memory.unchanged(course)) is not None:
            return self._again(course, *known)
        layers: Layers = []
        answer: Answer | None = None
        status: int | None = None
        try:
            headers = self.memory.conditions(course) if self.memory is not None else {}
            answer = await self.course_answer(course, headers)
            if answer.status == 304 and self.memory is not None and (same := self.memory.same(course)) is not None:
                return self._again(course, *same)
            status = answer.status
            layers = self.read_page(answer)
            if self.strict_pages and not self._is_course(course, answer, layers):
                self.passed_over += 1
                return None
            layers += await self.more_layers(course, answer, layers)
        except Blocked as blocked:
            if self.strict_pages and blocked.status in (404, 410):
                self.passed_over += 1
                return None
            if blocked.status in (404, 410) or blocked.code == "soft_404":
                status = 410 if blocked.status == 410 else 404
            self._detail_failed(blocked)
        layers += [(course.layer, course.fields), ("html", self.from_address(course))]
        if self.page_ids and answer is not None:
            course.native_id = next((f["native_id"] for _, f in layers if f.get("native_id")), course.native_id)
        listing = self.build(layers, course, answer, status)
        if self.memory is not None and answer is not None:
            self.memory.keep(course, answer, self.recorder.text_of(listing))
        return listing

    def _again(self, course: Course, listing: Listing, text: str) -> Listing:
        """The Listing of an earlier night, noted as such."""
        self.recorder.reused(course.url, listing, text)
        return listing

    def _of_row(self, course: Course) -> Listing:
        """The Listing of a complete row; an equal row of the night before need not be read again."""
        listing = self.kept.listing(course) if self.kept is not None else None
        if listing is not None:
            listing.fetched_at = self.now
            listing.source_hash = course.answer.source_hash if course.answer is not None else None
            return listing
        told = self.tally.errors.total()
        listing = self.build([(course.layer, course.fields)], course, course.answer)
        if self.kept is not None and self.tally.errors.total() == told:  # what the report counts must be counted again
            self.kept.keep(course, self.recorder.text_of(listing))
        return listing

    async def course_answer(self, course: Course, headers: dict[str, str]) -> Answer:
        """The answer that describes one course: its page, unless a platform has something better."""
        return await self.get(course.url, "html", headers=headers)

    def _is_course(self, course: Course, answer: Answer, layers: Layers) -> bool:
        return bool(course.fields.get("price")) or reading.is_course(structured.merge(layers)[0], answer)

    async def more_layers(self, course: Course, answer: Answer, layers: Layers) -> Layers:
        """Layers from elsewhere than the course's page, e.g. a register that is asked by the course's code."""
        return []

    def from_address(self, course: Course) -> Fields:
        """What the address of a course page itself says, e.g. the category."""
        return {}

    def layer_gone(self, what: str, blocked: Blocked) -> None:
        """A layer failed; after three times in a row it is not asked any more, and the report says so."""
        self.api_gone += 1
        self.tally.errors["redesign_api"] += 1
        self.tally.note(f"{what} is gone ({blocked}); reading the pages instead")

    def _from_replay(self, course: Course) -> Listing | None:
        return self.replay.reused.get(course.url) if self.replay is not None else None

    def _detail_failed(self, blocked: Blocked) -> None:
        """One page less is no end; a wall, an empty purse or a guard's page is, since asking on would be rude."""
        self.tally.errors[_error_name(blocked)] += 1
        self.bad_pages += 1
        self.tally.note(f"course page: {blocked}")
        if blocked.code in ("budget", "login_wall"):
            raise blocked
        if blocked.code == "challenge" and self.tally.errors["challenge"] >= 3:
            raise blocked
        if self.bad_pages >= 30 and self.bad_pages > len(self.tally.ids) / 2:
            raise Blocked(blocked.code, f"most course pages can't be had, e.g. {blocked.detail}", blocked.status)
        if blocked.code == "timeout" and self.tally.errors["timeout"] >= 5:
            raise blocked

    def read_page(self, answer: Answer) -> Layers:
        """The layers of a course page, from the surest to the last resort."""
        if answer.is_json:
            found = next(structured.course_objects(answer.json), None)
            return [("api", structured.course_of(found))] if found else []
        return structured.page_layers(answer, titles=self.titles, markers=self.markers)

    @cached_property
    def titles(self) -> re.Pattern[str]:
        """What platforms put behind a page's title: '… | Pijar Mahir'."""
        names = {self.spec.name, *(n.name for n in self.spec.names), "Kartu Prakerja", "Prakerja"}
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.compile(
            rf"(?i)\s*[|\-–—•·:]\s*(?:(?:beli|jual|ikuti|kelas|pelatihan|kursus)\b[^|]*)?(?:{words})[^|]{{0,40}}$"
        )

    def eligibility(self, course: Course, fields: Fields, text: str) -> tuple[str, str | None]:
        """yes | no | unknown, with what shows it. An explicit no goes before everything."""
        return reading.eligibility(fields, text, course.eligible)

    def build(self, layers: Layers, course: Course, answer: Answer | None, page_status: int | None = None) -> Listing:
        """Merges the layers and makes the Listing. `page_status`: how the course's own page answered, if asked."""
        fields, evidence = structured.merge(layers)
        if answer is not None and not answer.is_json and not course.complete and not reading.is_course(fields, answer):
            self.bad_pages += 1
            self.tally.errors["redesign_page"] += 1
        description = fields.pop("description", None)
        sections, text, source = reading.description(description, evidence.get("description"), answer)
        more, from_outline = reading.from_outline(fields, sections, text)
        fields.update(more)
        evidence.update(from_outline)
        eligible, why = self.eligibility(course, fields, " ".join([text, *(s.text for s in sections)]))
        values: dict[str, Any] = {}
        for name, value in fields.items():
            if name in reading.LISTING_TEXT:
                values[name], was_cut = structured.cut(name, reading.plain(str(value)))
                if was_cut:
                    self.tally.errors["cut_value"] += 1
        if values.get("title"):
            values["title"] = reading.without_name(values["title"])
        kept = {k: v for k, v in evidence.items() if values.get(k) or k in ("tags",)}
        if sections:
            kept["sections"] = source
        return Listing(
            platform=self.spec.id,
            native_id=course.native_id,
            url=course.url or None,
            fetched_at=self.now,
            **{k: v or None for k, v in values.items()},
            tags=[reading.plain(t)[:100] for t in fields.get("tags", [])][:30],
            sections=sections,
            text=text[:20_000] or None,
            sessions=[s[:300] for s in fields.get("schedule", [])][:60],
            eligible=eligible,
            eligible_evidence=why,
            page_status=page_status,
            evidence=kept,
            source_hash=answer.source_hash if answer is not None else None,
        )


class ApiSpider(PageSpider):
    """Walks a JSON list; when the API is gone, the pages carry on and the report says so."""

    page_size = 50
    id_keys: tuple[str, ...] = ("id",)
    list_answer: Answer | None = None

    async def fetch(self, number: int, offset: int) -> walkers.ListPage:
        """One list page by number (from 1) and offset."""
        raise NotImplementedError

    async def _fetch(self, number: int, offset: int) -> walkers.ListPage:
        page = await self.fetch(number, offset)
        self.list_answer = self.json_answer
        return page

    def row(self, item: dict[str, Any], native_id: str) -> Course:
        """One row of the list as a Course."""
        raise NotImplementedError

    def identity(self, item: dict[str, Any]) -> str | None:
        """The platform's own id of a row."""
        return next((text for key in self.id_keys if (text := structured.seen(item.get(key)))), None)

    async def courses(self) -> AsyncIterator[Course]:
        walked = walkers.Walked()
        count = 0
        try:
            async for item in walkers.paged(self._fetch, self.identity, walked):
                native_id = self.identity(item)
                if native_id is None:
                    self.tally.errors["row_without_id"] += 1
                    continue
                count += 1
                course = self.row(item, native_id)
                course.answer = self.list_answer
                yield course
        except Blocked as blocked:
            self._learnt(walked)
            if count or blocked.code not in ("http_error", "content_type", "shape", "login_wall", "soft_404", "robots"):
                raise
            self.tally.errors["redesign_api"] += 1
            self.tally.note(f"the API is gone ({blocked}); reading the pages instead")
            try:
                async for course in self.page_courses():
                    yield course
            except Blocked:
                raise blocked from None
            return
        self._learnt(walked)

    def _learnt(self, walked: walkers.Walked) -> None:
        self.tally.declare(walked.total, "pager_total")
        for note in walked.notes:
            self.tally.note(note)
        if walked.repeats:
            self.tally.errors["duplicate_id"] += walked.repeats


def _error_name(blocked: Blocked) -> str:
    """The report's word for it: 4xx and 5xx by class, dns and reset apart."""
    if blocked.code == "http_error":
        if blocked.status is not None:
            return f"{blocked.status // 100}xx"
        return blocked.detail.partition(":")[0] or "http_error"
    return {"shape": "parse"}.get(blocked.code, blocked.code)


def _ignored(error: Exception) -> str:
    if isinstance(error, OffHost):
        return "off_host"
    if isinstance(error, OverBudget):
        return "budget"
    text = str(error)
    if "robots.txt" in text:
        return "robots"
    return "too_large" if "size" in text or "decompress" in text.casefold() or "Cannot" in text else "http_error"
