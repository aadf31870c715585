"""The download handler: the one place where an address turns into a connection, a replica's, or a stored answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import HtmlResponse, Response

from spiders.origin import Origin
from spiders.recorder import Replay

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class _Sent:
    """A request as it is sent to an origin: the same but for its address. Cheaper than a second request."""

    def __init__(self, request: Request, url: str) -> None:
        self._request, self.url = request, url

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


class OriginHandler(HTTP11DownloadHandler):
    """Requests carry the platform's real address all the way down to here; here alone `--origin` and `--replay` act.

    Above, an answer's address is that of its request, since its own may be the origin's.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # With several lanes the spider has up to twice as many requests under way, and a list page's. Scrapy lets more
        # of them go at once than there are lanes; a connection that could not be kept would be opened anew.
        self._pool.maxPersistentPerHost = 2 * self._pool.maxPersistentPerHost + 1
        # The spider carries them: Scrapy copies its settings deeply, which files and answers do not survive.
        self.origin: Origin | None = getattr(crawler.spider, "origin", None)
        self.replay: Replay | None = getattr(crawler.spider, "replay", None)

    async def download_request(self, request: Request) -> Response:
        if self.replay is not None:
            return self._stored(request)
        if self.origin is None:
            return await super().download_request(request)
        there = self.origin.there(request.url)
        response = await super().download_request(cast(Request, _Sent(request, there)))
        location = response.headers.get(b"Location")
        if location:
            target = self.origin.real(urljoin(there, location.decode("latin-1")), urlsplit(request.url).netloc)
            response.headers[b"Location"] = target.encode("latin-1", "replace")
        return response

    def _stored(self, request: Request) -> Response:
        assert self.replay is not None
        stored = self.replay.find(request.method, request.url, request.body)
        if stored is None:
            return Response(request.url, status=404, headers={"X-Banding-Replay": "missing"})
        headers = {**stored.headers, "X-Banding-Source": stored.source_hash}
        return HtmlResponse(stored.url, status=stored.status, headers=headers, body=stored.body, encoding="utf-8")
