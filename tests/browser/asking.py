"""What a page asks its server for."""

from __future__ import annotations

from playwright.sync_api import Page


def index_requests(page: Page) -> list[str]:
    """Addresses of the search index that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/indeks/" in request.url else None)
    return asked
