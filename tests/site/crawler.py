"""Follows every address of a built site on a host that resolves nothing but `/` -> `index.html` (or not even that)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import lxml.html

ORIGIN = "https://situs.example"


def addresses(html: bytes, page: str) -> Iterator[str]:
    """Absolute addresses that a page names: links, sources, forms and icons; without fragments."""
    tree = lxml.html.document_fromstring(html.decode())
    for element in tree.iter():
        for name in ("href", "src", "action"):
            value = element.get(name)
            if value is not None and not value.startswith(("data:", "#")):
                yield urldefrag(urljoin(page, value)).url


def file_of(path: str, folder: Path, base: str, *, folders: bool) -> Path | None:
    """The file that a static host sends for a path; None where it would send 404 or a redirect."""
    if not path.startswith(base):
        return None
    name = unquote(path[len(base) :])
    if name == "" or name.endswith("/"):
        if not folders and name != "":
            return None
        name += "index.html"
    target = folder / name
    return target if target.is_file() else None


def crawl(
    folder: Path, base: str, *, folders: bool = True, ignore: tuple[str, ...] = ()
) -> tuple[dict[str, int], list[str]]:
    """From the home page on: (page path -> clicks from home, problems). Every HTML file is looked at, also unreached ones."""  # noqa: E501
    clicks: dict[str, int] = {}
    problems: list[str] = []
    start = base if folders else base + "index.html"
    queue = [(start, 0)]
    while queue:
        path, depth = queue.pop(0)
        if path in clicks:
            continue
        clicks[path] = depth
        target = file_of(path, folder, base, folders=folders)
        if target is None or target.suffix != ".html":
            continue
        for address in addresses(target.read_bytes(), ORIGIN + path):
            parts = urlsplit(address)
            if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
                continue
            if parts.path.startswith(tuple(base + prefix for prefix in ignore)):
                continue
            if file_of(parts.path, folder, base, folders=folders) is None:
                problems.append(f"{path}: {parts.path} leads nowhere")
            else:
                queue.append((parts.path, depth + 1))
    return clicks, problems
