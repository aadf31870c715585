"""Waiting for a page's state under a strict Content-Security-Policy."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error, Page


def until(page: Page, expression: str, *, arg: Any = None, seconds: float = 15) -> None:
    """Waits until the expression is true. Playwright's own wait_for_function evaluates its text inside the page when it
    polls, which the site's policy rightly forbids; evaluate() goes through the browser's debugger instead."""
    end = time.monotonic() + seconds
    while not _holds(page, expression, arg):
        assert time.monotonic() < end, f"still not true after {seconds} s: {expression}"
        page.wait_for_timeout(50)


def _holds(page: Page, expression: str, arg: Any) -> bool:
    try:
        return bool(page.evaluate(expression, arg))
    except Error as error:
        if "context was destroyed" in str(error):  # the page is being replaced: ask the next one
            return False
        raise
