"""Scrapy's settings, grouped, one reason beside each. `run.py` adds what depends on the platform's spec."""

from __future__ import annotations

import os
from typing import Any

CONTACT = os.environ.get("BANDING_CONTACT", "").strip()
# Without a contact only replicas are asked: the command line refuses a real platform.
USER_AGENT = f"BandingBot/0.1 (+{CONTACT})" if CONTACT else "BandingBot/0.1"

SETTINGS: dict[str, Any] = {
    # Who we are: honest and reachable; a site can name us in its robots.txt.
    "USER_AGENT": USER_AGENT,
    "ROBOTSTXT_USER_AGENT": "BandingBot",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "application/json, text/html;q=0.9, application/xml;q=0.8, */*;q=0.5",
        "Accept-Language": "id, en;q=0.5",
    },
    # Politeness: the site's own rules first, then one connection a host, a pause, and slower when the site is slow.
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_MAX_DELAY": 60,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
    "DOWNLOAD_DELAY_JITTER": 0.5,
    # No cookies: we never log in, and a cookie could change what we are shown.
    "COOKIES_ENABLED": False,
    # An answer larger than this is no course list; it also stops compressed bombs (checked while unpacking).
    "DOWNLOAD_MAXSIZE": 24 * 1024 * 1024,
    "DOWNLOAD_WARNSIZE": 0,
    # A cut connection is an error, not a page.
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_TIMEOUT": 30,
    "RETRY_TIMES": 2,
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    "REDIRECT_MAX_TIMES": 5,
    # Ours: hosts outside the spec never get a request, also not by redirect; Retry-After is honoured.
    "DOWNLOADER_MIDDLEWARES": {
        "spiders.middlewares.HostGuard": 50,
        "spiders.middlewares.CrawlDelay": 95,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "spiders.middlewares.PoliteRetry": 550,
        # We never log in; and a page that sends its readers on by a meta tag is rare enough to be looked for first.
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "spiders.middlewares.MetaRefresh": 580,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        "spiders.middlewares.Counts": 850,
    },
    "DOWNLOAD_HANDLERS": {
        "http": "spiders.handlers.OriginHandler",
        "https": "spiders.handlers.OriginHandler",
        **dict.fromkeys(("data", "file", "ftp", "s3")),
    },
    # Only what slows down for slow sites: Scrapy imports each of its own extensions, a web server among them, in every
    # process before it sees that it is switched off.
    "EXTENSIONS_BASE": {},
    "EXTENSIONS": {"scrapy.extensions.throttle.AutoThrottle": 0},
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    },
    # People read the report; the log is for who asks for it (BANDING_LOG=DEBUG).
    "LOG_LEVEL": os.environ.get("BANDING_LOG", "ERROR"),
    "LOG_SHORT_NAMES": True,
    "LOG_VERSIONS": [],
}

LOOPBACK: dict[str, Any] = {
    # Replicas and tests: no pause, several lanes, and a silent server is given up soon.
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
    "DOWNLOAD_TIMEOUT": float(os.environ.get("BANDING_TIMEOUT", "8")),
}
