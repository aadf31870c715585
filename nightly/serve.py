"""`banding serve`: the built site on loopback, under a base path, for looking at it. Not a production server."""

from __future__ import annotations

import errno
import functools
import http.server
import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nightly.errors import UserError


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files below `base`; the site's own 404.html for what is missing."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - the base class's own name and shape
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".webmanifest": "application/manifest+json",
        ".jsonl": "application/x-ndjson",
        ".atom": "application/atom+xml",
    }

    def __init__(self, *args: object, base: str, quiet: bool, directory: str) -> None:
        self.base, self.quiet = base, quiet
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def send_head(self):  # type: ignore[no-untyped-def]
        path = urlsplit(self.path).path
        if path == "/" and self.base != "/":
            self.send_response(302)
            self.send_header("Location", self.base)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().send_head()

    def translate_path(self, path: str) -> str:
        clean = urlsplit(path).path
        if not unquote(clean).startswith(self.base):
            return os.devnull + "/none"  # no such file: outside of the base path everything is 404
        return super().translate_path("/" + clean[len(self.base) :])

    def list_directory(self, path):  # type: ignore[no-untyped-def]
        self.send_error(404)  # a folder without index.html is no page

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        if not self.quiet:
            super().log_message(format, *args)


def open_server(public: Path, port: int, base: str, *, quiet: bool = False) -> http.server.ThreadingHTTPServer:
    """A server bound to 127.0.0.1. UserError when there is no site or the port is taken."""
    if not public.is_dir():
        raise UserError(f"{public} is not there: run `make demo` or `banding nightly` first")
    handler = functools.partial(Handler, base=base, quiet=quiet, directory=os.fspath(public.absolute()))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise UserError(f"port {port} is in use: choose another with --port") from error
        raise UserError(f"can't listen on port {port}: {error}; choose another with --port") from error


def serve(public: Path, port: int, base: str) -> None:
    """Serves until Ctrl-C."""
    with open_server(public, port, base) as server:
        print(f"http://127.0.0.1:{server.server_port}{base}  (Ctrl-C ends)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
