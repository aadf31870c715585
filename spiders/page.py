"""One answer of a platform, decoded and scrubbed once. Everything that is read from an answer goes through here."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree
from w3lib.encoding import html_to_unicode

from catalog.normalize.outline import Heading, Line
from spiders.guards import Blocked
from spiders.scrub import People, Scrubber, is_person_key, scrub_json, scrub_text, scrub_tree

_STATE = re.compile(
    r"^\s*(?:window\.|self\.|var\s+|const\s+|let\s+)?(?:__[A-Z][A-Z_]+__|[\w.$\[\]'\"]{1,60})\s*=\s*([\[{].*[\]}])\s*;?\s*$",
    re.DOTALL,
)


_PARSER = etree.HTMLParser(encoding="utf-8")
_DUMP = json.JSONEncoder(ensure_ascii=False).encode
_STATEMENTS = ("script", "style", etree.Comment)


@dataclass
class Answer:
    """`url` is the platform's real address, also when the bytes came from a replica."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    people: People = field(default=is_person_key, repr=False)
    stored_hash: str | None = None
    scrubber: Scrubber | None = field(default=None, repr=False)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().casefold()

    @cached_property
    def source_hash(self) -> str:
        """blake2b of the bytes as they came; a replayed answer keeps the hash of the original."""
        return self.stored_hash or hashlib.blake2b(self.body, digest_size=16).hexdigest()

    @cached_property
    def decoded(self) -> str:
        """The text. Bytes that are valid UTF-8 are UTF-8, whatever the header says; only then the declared charset."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return html_to_unicode(self.headers.get("content-type"), self.body, default_encoding="cp1252")[1]

    @cached_property
    def first(self) -> bytes:
        """The first byte that says something: behind a byte order mark and spaces."""
        return self.body[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]

    @property
    def is_json(self) -> bool:
        return self.first in (b"{", b"[")

    @cached_property
    def json(self) -> Any:
        """The decoded, scrubbed JSON. Raises Blocked('shape') when it is cut or not JSON."""
        try:
            value = json.loads(self.decoded)
        except (ValueError, RecursionError) as error:
            raise Blocked("shape", f"JSON can't be read: {str(error)[:80]}") from error
        return scrub_json(value, self.people, self.scrubber)

    @cached_property
    def _read(self) -> tuple[Any, list[Line], list[Heading | None]]:
        text = self.decoded
        if "\x00" in text:
            text = text.replace("\x00", "")
        try:
            tree = etree.fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
            raise Blocked("shape", "not a page") from error
        if tree is None:
            raise Blocked("shape", "not a page")
        self._scripts(tree)
        return tree, *scrub_tree(tree)

    @property
    def tree(self) -> Any:
        """The scrubbed lxml tree of a page. Raises Blocked('shape') when there is no page in it."""
        return self._read[0]

    @property
    def lines(self) -> list[Line]:
        """The page's text as a reader sees it, line by line."""
        return self._read[1]

    @property
    def headings(self) -> list[Heading | None]:
        """For every line the outline's heading that begins there, else None."""
        return self._read[2]

    @cached_property
    def data(self) -> list[tuple[str, Any]]:
        """JSON found in the page, scrubbed: ("json-ld" | "embedded", value). Reading the tree fills it."""
        assert self.tree is not None
        return self._data

    def _scripts(self, tree: Any) -> None:
        """Reads and scrubs JSON scripts; other scripts, styles and comments are dropped, since nothing reads them."""
        self._data: list[tuple[str, Any]] = []
        for script in list(tree.iter(*_STATEMENTS)):
            kind = (script.get("type") or "").casefold() if script.tag == "script" else ""
            value = _json_of(script.text or "", kind) if script.tag == "script" else None
            if value is None:
                _drop(script)
                continue
            value = scrub_json(value, self.people)
            script.text = _DUMP(value).replace("</", "<\\/")
            if kind != "application/ld+json":
                script.set("type", "application/json")
            self._data.append(("json-ld" if kind == "application/ld+json" else "embedded", value))

    def kept(self) -> bytes:
        """The bytes that may be stored for replay: scrubbed, else nothing that a person could be named in."""
        try:
            if self.is_json:
                return json.dumps(self.json, ensure_ascii=False, separators=(",", ":")).encode()
            if self.content_type.endswith("xml") or self.body.lstrip()[:5] == b"<?xml":
                return scrub_text(self.decoded).encode()
            tree = self.tree
            return b"<!doctype html>\n" + etree.tostring(tree, encoding="utf-8", method="html")
        except Blocked:
            return b""


def _drop(node: Any) -> None:
    """Removes a node and keeps the text behind it."""
    parent = node.getparent()
    if parent is None:
        return
    before = node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _json_of(text: str, kind: str) -> Any:
    """The JSON of a script, or None: ld+json and json types, and plain assignments of a page's state."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = text.removeprefix("//<![CDATA[").removesuffix("//]]>").strip()
    if not kind.endswith("json"):
        if kind and "javascript" not in kind and kind != "module":
            return None
        found = _STATE.match(text) if "=" in text[:120] and len(text) < 3_000_000 else None
        if found is None:
            return None
        text = found.group(1)
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
