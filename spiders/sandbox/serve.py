"""Serves the replicas: one process, nine loopback ports, stopped by a signal or by its parent's end.

`start` runs that process and gives its addresses; `main` is the process (`python -m spiders.sandbox.serve`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from spiders.sandbox import invent
from spiders.sandbox.faults import Drop, Faults, Silence
from spiders.sandbox.replicas import REPLICAS, Ask, Replica, Reply

NIGHT = dt.date(2020, 7, 15)
"""The default night lies in the months in which all eight platforms were official."""


@dataclass
class Sandbox:
    """Running replicas: `origins` maps each platform to its address; `stop()` ends the process."""

    origins: dict[str, str]
    process: subprocess.Popen[str]
    courses: int
    seed: int
    night: dt.date

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What a reader should find (spiders.sandbox.invent.truth)."""
        return invent.truth(invent.make(self.courses, self.seed, self.night))

    def stop(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(courses: int = 2000, seed: int = 1, night: dt.date = NIGHT, faults: str | None = None) -> Sandbox:
    """Starts the replicas in a process of their own. Raises ValueError for an unknown fault, OSError when they fail."""
    Faults.read(faults)
    command = [
        sys.executable,
        "-m",
        "spiders.sandbox.serve",
        "--courses",
        str(courses),
        "--seed",
        str(seed),
        "--night",
        night.isoformat(),
        "--watch",
    ]
    if faults:
        command += ["--faults", faults]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
    origins: dict[str, str] = {}
    assert process.stdout is not None
    while len(origins) < len(REPLICAS):
        line = process.stdout.readline()
        if not line:
            process.wait(timeout=10)
            raise OSError("the replicas did not start; is loopback available?")
        platform, _, url = line.strip().partition("=")
        origins[platform] = url
    return Sandbox(origins, process, courses, seed, night)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    replica: Replica
    faults: Faults
    quiet: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _ask(self) -> Ask:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        return Ask(self.command, parts.path, dict(parse_qsl(parts.query)), body)

    def do_GET(self) -> None:
        ask = self._ask()
        try:
            reply = self.server.faults.around(self.server.replica, ask)
        except Silence:
            self.server.quiet.wait(120)
            self.close_connection = True
            return
        except Drop:
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, 0 seconds: the kernel sends a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        tag = reply.headers.get("ETag")
        if tag and self.headers.get("If-None-Match") == tag:
            reply = Reply(b"", 304, headers={"ETag": tag})
        self._send(reply)

    do_POST = do_GET

    def _send(self, reply: Reply) -> None:
        head = [f"HTTP/1.1 {reply.status} {'OK' if reply.status == 200 else 'Answer'}"]
        headers = {"Content-Type": reply.type, "Content-Length": str(len(reply.body)), **reply.headers}
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the crawl's own report counts the requests."""


def serve_here(courses: int, seed: int, night: dt.date, faults: str | None) -> list[_Server]:
    """Opens the nine servers on free loopback ports, each in a thread. Returns them; `shutdown()` ends each."""
    plan = Faults.read(faults)
    catalog = invent.make(courses, seed, night)
    servers = []
    for make in REPLICAS:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.replica, server.quiet = make(catalog), threading.Event()
        server.faults = plan.of(server.replica)
        threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
        servers.append(server)
    return servers


def main(
    courses: int = 2000, seed: int = 1, faults: str | None = None, night: dt.date = NIGHT, *, watch: bool = False
) -> int:
    """Serves until SIGINT or SIGTERM; prints one line `P=URL` per platform. `watch`: also ends when stdin closes."""
    servers = serve_here(courses, seed, night, faults)
    for server in servers:
        print(f"{server.replica.platform}=http://127.0.0.1:{server.server_address[1]}", flush=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    if watch:

        def until_closed() -> None:
            sys.stdin.read()
            stop.set()

        threading.Thread(target=until_closed, daemon=True).start()
    try:
        stop.wait()
    finally:
        for server in servers:
            server.quiet.set()
    return 0


def _leave(*_: object) -> None:
    """Ends at once: the thread that the signal interrupts may hold the event's lock, or be in the interpreter's own
    shutdown, where an exception would only print a traceback. Nothing of a replica needs to be saved."""
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spiders.sandbox.serve", description=__doc__)
    parser.add_argument("--courses", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--night", type=dt.date.fromisoformat, default=NIGHT)
    parser.add_argument("--faults")
    parser.add_argument("--watch", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    raise SystemExit(main(given.courses, given.seed, given.faults, given.night, watch=given.watch))
