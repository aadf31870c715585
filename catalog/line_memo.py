"""What the night before made of each raw line of a run: nearly all lines come again, and need not be parsed.

Like the cache of offers, the file may be deleted, cut or stale and decides nothing: a line is known by the hash of all
that it says (but the moment of fetching and the answer's hash), and a file of another program is not used.
"""

from __future__ import annotations

import re
from functools import cache

from pydantic_core import from_json

from catalog.files import dump_json, write_texts
from catalog.gate import Shape
from catalog.layout import Var
from catalog.reading import HERE, version_with
from catalog.store import LastGood, Line, listing_hash

# The two passing values where our own spelling has them; a line that has them elsewhere, or twice, is parsed.
_HEAD = re.compile(
    r'(\{"platform":"[^"\\]*","native_id":"(?:[^"\\]|\\.)*"(?:,"url":"(?:[^"\\]|\\.)*")?,"fetched_at":")'
    r'([0-9T:.+Z-]*)(?=")'
)
_TAIL = re.compile(r'(,"source_hash":"[0-9a-f]*")?\}$')
_TAIL_LENGTH = 160


@cache
def _version() -> str:
    names = ("line_memo.py", "condense.py", "store.py", "intake.py", "gate.py")
    return version_with(*(HERE / name for name in names))


class LineMemo:
    """Of one platform: `known` gives a raw line's usable form, `learn` remembers one, `save` keeps tonight's."""

    def __init__(self, var: Var, platform: str, store: LastGood) -> None:
        self.path = var.cache / "lines" / f"{platform}.jsonl"
        self._platform, self._store = platform, store
        self._before = self._load()
        self._tonight: dict[str, str] = {}
        self._texts: dict[str, str] | None = None

    def _load(self) -> dict[str, str]:
        """Hash of a raw line -> what was made of it, as JSON text until it is needed."""
        try:
            with self.path.open(encoding="utf-8", newline="\n") as lines:
                if lines.readline() != f"{_version()}\n":
                    return {}
                rows = (line.partition("\t") for line in lines if line.endswith("]\n"))
                return {key: text.removesuffix("\n") for key, _, text in rows}
        except (OSError, ValueError):
            return {}

    def known(self, raw: str) -> tuple[Line, Shape] | None:
        """The line and its shape as parsing, cutting and writing `raw` would give them; None: nobody knows."""
        parts = _parts(raw)
        text = self._before.get(key := listing_hash(raw)) if parts else None
        if parts is None or text is None:
            return None
        try:
            native, hash_, shape = from_json(text)
            found = raw if hash_ == key else self._cut(native, hash_, parts)
            if found is None:
                return None
            self._tonight[key] = text
            return Line(native, hash_, found), Shape(*shape)
        except (ValueError, TypeError):
            return None

    def _cut(self, native: str, hash_: str, parts: tuple[str, str]) -> str | None:
        """A line whose long texts were cut, from the last good copy, with tonight's passing values."""
        if self._texts is None:
            self._texts = dict(self._store.texts(self._platform))
        old = self._texts.get(native, "")
        head = _HEAD.match(old)
        if head is None or _parts(old) is None:
            return None
        moment, tail = parts
        new = head[1] + moment + old[head.end() : -len(_tail(old))] + tail
        return new if listing_hash(new) == hash_ else None

    def learn(self, raw: str, line: Line, shape: Shape) -> None:
        """Remembers what was made of a raw line, where that can be told again without parsing."""
        key = listing_hash(raw)
        if _parts(raw) is not None and (line.hash != key or line.text == raw):
            self._tonight[key] = dump_json([line.native_id, line.hash, shape])

    def save(self) -> None:
        write_texts(self.path, [_version(), *(f"{key}\t{text}" for key, text in self._tonight.items())])


def _tail(line: str) -> str:
    found = _TAIL.search(line, max(0, len(line) - _TAIL_LENGTH))
    return found[0] if found else ""


def _parts(line: str) -> tuple[str, str] | None:
    """(moment of fetching, end of the line from the answer's hash on); None for a line in another spelling."""
    head, tail = _HEAD.match(line), _tail(line)
    if head is None or not tail or line.count('"fetched_at":') != 1:
        return None
    return (head[2], tail) if line.count('"source_hash":') == tail.count('"source_hash":') else None
