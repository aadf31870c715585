"""Downloader middlewares: which hosts may be asked, how soon again, and how long a site asked us to wait."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.stats import DownloaderStats
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_WAIT = 900.0
"""Longest Retry-After that is waited for (seconds); a site that wants more gets its rest and the run ends."""


class OffHost(IgnoreRequest):
    """A request to a host that the spec does not name."""


class OverBudget(IgnoreRequest):
    """The run used up its requests or its time."""


class HostGuard:
    """First of all middlewares, for new requests and redirects: the spec's hosts, exactly, and the run's budget."""

    def __init__(self, crawler: Crawler) -> None:
        self.hosts = frozenset(crawler.settings.getlist("BANDING_HOSTS"))
        self.budget = crawler.settings.getint("BANDING_BUDGET")
        self.until = time.monotonic() + 60 * crawler.settings.getfloat("BANDING_MINUTES")
        self.sent = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostGuard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or (parts.hostname or "") not in self.hosts:
            raise OffHost(f"{parts.hostname} is not one of the spec's hosts")
        self.sent += 1
        if self.sent > self.budget:
            raise OverBudget(f"{self.budget} requests are used up (crawl.budget in the spec)")
        if time.monotonic() > self.until:
            raise OverBudget("the run's time is used up")


class CrawlDelay:
    """Applies robots.txt's Crawl-delay, which Scrapy reads but does not keep; never shortens our own delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.loopback = crawler.settings.getbool("BANDING_LOOPBACK")
        crawler.signals.connect(self.robots, signal=signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlDelay:
        return cls(crawler)

    def robots(self, robotparser: Any, request: Request) -> None:
        delay = robotparser.crawl_delay(self.agent)
        if not delay or self.loopback or self.crawler.engine is None:
            return
        downloader: Any = self.crawler.engine.downloader
        _, slot = downloader._get_slot(request)
        slot.delay = max(slot.delay, min(float(delay), MAX_WAIT))
        stats = self.crawler.stats
        if stats is not None:
            stats.max_value("banding/crawl_delay", slot.delay)


class Counts(DownloaderStats):
    """Scrapy's counts for the report, but for a request's bytes: it is put together as text only to be measured. And
    what time it is for the platform, as its first answers say."""

    clocks = 20

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        self.stats.inc_value("downloader/request_count")

    def process_response(self, request: Request, response: Response) -> Any:  # type: ignore[override]
        if self.clocks > 0:
            self.clocks -= 1
            told = server_time(response.headers.get(b"Date"))
            if told is not None:
                self.stats.max_value("banding/server_time", told)
        return super().process_response(request, response)


def server_time(date: bytes | None) -> str | None:
    """ISO 8601 in UTC, of the header Date; None where unreadable. A cache may hand on the Date of long ago (and its Age
    can't be added: some caches renew Date), so the latest of some answers counts."""
    try:
        return parsedate_to_datetime((date or b"").decode()).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, OverflowError):
        return None


class MetaRefresh(MetaRefreshMiddleware):
    """Scrapy's, but only a page that holds such a tag is decoded and searched for it."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if b"http-equiv" not in response.body[:4096].lower():
            return response
        return super().process_response(request, response.replace(url=request.url))


class PoliteRetry(RetryMiddleware):
    """Scrapy's retry, but it waits as long as Retry-After says, and a little longer with every try otherwise."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self.loopback = crawler.settings.getbool("BANDING_LOOPBACK")
        self.free_at: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PoliteRetry:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """A host that asked for a rest gets it from all requests, not only from the one that was told."""
        wait = self.free_at.get(urlsplit(request.url).netloc, 0.0) - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status in self.retry_http_codes:
            wait = self._pause(request, response)
            if wait > MAX_WAIT:
                return response
            host = urlsplit(request.url).netloc
            self.free_at[host] = max(self.free_at.get(host, 0.0), time.monotonic() + wait)
            watchdog = getattr(self.crawler.spider, "watchdog", None)
            if watchdog is not None:
                watchdog.rest(self.free_at[host])
        return super().process_response(request, response)

    def process_exception(self, request: Request, exception: Exception) -> Any:  # type: ignore[override]
        """A server that serves one connection at a time lets the others wait: from now on it is asked one by one."""
        if isinstance(exception, DownloadTimeoutError) and self.crawler.engine is not None:
            downloader: Any = self.crawler.engine.downloader
            slot = downloader._get_slot(request)[1]
            slot.concurrency, slot.delay = 1, max(slot.delay, 0.02)  # a moment, so that the connection is free again
        return super().process_exception(request, exception)

    def _pause(self, request: Request, response: Response) -> float:
        told = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
        if told is not None:
            return told
        tries: int = request.meta.get("retry_times", 0)
        return 0.05 if self.loopback else 5.0 * 2**tries


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds to wait: a number or an HTTP date; None when absent or unreadable."""
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None
