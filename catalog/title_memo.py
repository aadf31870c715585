"""The keys of titles of the night before: on a quiet night nearly all titles are the same.

Like the cache of offers, the file may be deleted at any time and decides nothing: it begins with the hash of all that
makes a key of a title.
"""

from __future__ import annotations

from pydantic_core import from_json

from catalog.files import dump_json, write_bytes
from catalog.layout import Var
from catalog.reading import HERE, version_with
from catalog.same_title import TitleKey, title_key


class TitleMemo:
    """Keys by title; `of` makes the missing ones, `save` keeps those that were asked for."""

    def __init__(self, var: Var) -> None:
        self.path = var.cache / "title-keys.jsonl"
        self.context = version_with(HERE / "same_title.py", HERE / "real_words.py")
        self._before = self._load()
        self._keys: dict[str, TitleKey] = {}

    def _load(self) -> dict[str, TitleKey]:
        try:
            with self.path.open(encoding="utf-8") as lines:
                if lines.readline() != f"{self.context}\n":
                    return {}
                return dict(_from_line(line) for line in lines)
        except (OSError, ValueError, TypeError):
            return {}

    def of(self, title: str) -> TitleKey:
        key = self._keys.get(title)
        if key is None:
            key = self._keys[title] = self._before.get(title) or title_key(title)
        return key

    def save(self) -> None:
        """Writes the keys of tonight's titles, unless they are those of the file, and lets go of them."""
        if self._keys.keys() != self._before.keys():
            self._write()
        self._keys, self._before = {}, {}
        title_key.cache_clear()

    def _write(self) -> None:
        lines = [self.context, *(_to_line(title, self._keys[title]) for title in sorted(self._keys))]
        write_bytes(self.path, ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))


def _to_line(title: str, key: TitleKey) -> str:
    apart = [[kind, sorted(words)] for kind, words in key.apart]
    return dump_json([title, key.text, key.content, apart, key.mode, key.cut])


def _from_line(line: str) -> tuple[str, TitleKey]:
    title, text, content, apart, mode, cut = from_json(line)
    sealed = tuple((kind, frozenset(words)) for kind, words in apart)
    return title, TitleKey(text, tuple(content), sealed, mode, cut)
