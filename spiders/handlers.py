"""The download handler: the one place where an address turns into a connection, a replica's, or a stored answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import HtmlResponse, Response

from spiders.origin import Origin
from spiders.recorder import Replay

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class OriginHandler(HTTP11DownloadHandler):
    """Requests carry the platform's real address all the way down to here; here alone `--origin` and `--replay` act."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # The spider carries them: Scrapy copies its settings deeply, which files and answers do not survive.
        self.origin: Origin | None = getattr(crawler.spider, "origin", None)
        self.replay: Replay | None = getattr(crawler.spider, "replay", None)

    async def download_request(self, request: Request) -> Response:
        if self.replay is not None:
            return self._stored(request)
        if self.origin is None:
            return await super().download_request(request)
        sent = request.replace(url=self.origin.there(request.url))
        response = await super().download_request(sent)
        host = urlsplit(request.url).netloc
        location = response.headers.get(b"Location")
        if location:
            target = urljoin(sent.url, location.decode("latin-1"))
            response.headers[b"Location"] = self.origin.real(target, host).encode("latin-1", "replace")
        return response.replace(url=request.url)

    def _stored(self, request: Request) -> Response:
        assert self.replay is not None
        stored = self.replay.find(request.method, request.url, request.body)
        if stored is None:
            return Response(request.url, status=404, headers={"X-Banding-Replay": "missing"})
        headers = {**stored.headers, "X-Banding-Source": stored.source_hash}
        return HtmlResponse(stored.url, status=stored.status, headers=headers, body=stored.body, encoding="utf-8")
