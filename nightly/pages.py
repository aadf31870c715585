"""Checks over the HTML of a build: links lead somewhere, sample pages say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html

SAMPLE_TEXT = "DATA CONTOH, bukan pelatihan nyata"


def check_pages(out: Path, *, base: str, sample: bool) -> tuple[list[str], dict[str, Any]]:
    """Problems of all pages, and how many pages and links there were."""
    problems: list[str] = []
    known: dict[str, bool] = {}
    links = pages = 0
    for path in sorted(out.rglob("*.html")):
        pages += 1
        name = path.relative_to(out).as_posix()
        text = path.read_text(encoding="utf-8")
        if sample and (SAMPLE_TEXT not in text or "noindex" not in text):
            problems.append(f"{name}: sample data without its mark")
        document: Any = lxml.html.fromstring(text)
        for _element, _attribute, link, _position in document.iterlinks():
            links += 1
            target = local_target(link, name, base)
            if target is None:
                continue
            if target not in known:
                known[target] = target_exists(out, target)
            if not known[target]:
                problems.append(f"{name}: link to {link!r} leads nowhere")
    if not pages:
        problems.append("the build has no page")
    return problems, {"pages": pages, "links": links}


def local_target(link: str, page: str, base: str) -> str | None:
    """The file that a link of ours names, relative to the site's root; None for other hosts and fragments.

    A link outside of the base path gives '..', which exists nowhere.
    """
    parts = urlsplit(link.strip())
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        return path[len(base) :] if path.startswith(base) else ".."
    folder = page.rpartition("/")[0]
    pieces = folder.split("/") if folder else []
    for piece in path.split("/"):
        if piece == "..":
            if not pieces:
                return ".."
            pieces.pop()
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)


def target_exists(out: Path, target: str) -> bool:
    """A file, or a folder with an index page when the link ends in '/'."""
    if ".." in target.split("/"):
        return False
    path = out / target
    if target == "" or target.endswith("/"):
        return (path / "index.html").is_file()
    return path.is_file()
