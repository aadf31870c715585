"""Fetching our own published files (bootstrap, check-live): bounded in size and time, http and https only."""

from __future__ import annotations

import gzip
import http.client
import io
import urllib.error
import urllib.request
from urllib.parse import quote, urljoin, urlsplit

from nightly.errors import UsageError, UserError

TIMEOUT = 30.0
AGENT = "banding-nightly"


class Site:
    """A published site by its address; names are relative to it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError(f"{address!r}: write the site's address, for example https://example.org/banding/")
        self.address = address.rstrip("/") + "/"
        self._open = urllib.request.build_opener(_SameSchemes())

    def get(self, name: str, limit: int) -> bytes:
        """The bytes of one file, at most `limit`. UserError says what failed."""
        url = urljoin(self.address, quote(name, safe="/._-~"))
        request = urllib.request.Request(url, headers={"User-Agent": AGENT, "Cache-Control": "no-cache"})  # noqa: S310
        try:
            with self._open.open(request, timeout=TIMEOUT) as answer:
                data: bytes = answer.read(limit + 1)
        except urllib.error.HTTPError as error:
            raise UserError(f"{url}: status {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise UserError(f"{url}: no answer: {reason}") from error
        if len(data) > limit:
            raise UserError(f"{url}: larger than {limit} bytes; not read")
        return data


class _SameSchemes(urllib.request.HTTPRedirectHandler):
    """Redirects stay on http and https (never file: or ftp:)."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise urllib.error.HTTPError(newurl, code, "redirect to another scheme", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def unpack(packed: bytes, limit: int, name: str) -> bytes:
    """Unpacks gzip up to `limit` bytes: a small file must not become gigabytes. UserError otherwise."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as data:
            text = data.read(limit + 1)
    except (OSError, EOFError) as error:
        raise UserError(f"{name}: is no whole gzip file: {error}") from error
    if len(text) > limit:
        raise UserError(f"{name}: unpacks to more than {limit} bytes; refused")
    return text
