"""Indonesian analysis: the one place that says what a word is.

A text becomes folded words (lower case, no diacritics; names such as C++, .NET or UI/UX stay whole), stop words
leave, abbreviations are written out, and every word is represented by its family (`masak` for `memasakkan`).
The browser applies the same rules (`site/theme/static/js/search/words.js`); a parity test holds both together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from sys import intern

from search_index.families import family
from search_index.tables import abbreviations, stop_words

__all__ = ["family", "fold", "index_tokens", "tokens", "words"]

# Names whose signs are part of the word, then plain words. The browser's copy is made from these very strings.
NAMES = (
    r"[a-z]\+\+|[a-z]#|(?:asp|vb|ado)?\.net|[a-z]+\.js"
    r"|ui/ux|ux/ui|ci/cd|tcp/ip|pl/sql|a/b"
    r"|ms-[a-z]+|e-[a-z]+|wi-fi|t-shirt|x-ray|k-pop|o-ring|add-on|plug-in|start-up"
)
_WORD = re.compile(rf"(?<![^\W_])(?:{NAMES})(?![^\W_])|[^\W_]+")
_PLAIN = re.compile(r"[^\W_]+")
_SIGNS = "+#/.-"  # of names; whatever else is no letter and no digit parts words
_SPACED = bytes(code if chr(code).isalnum() or chr(code) in _SIGNS else ord(" ") for code in range(128)).ljust(256)


def fold(text: str) -> str:
    """Lower case without diacritics; compatibility forms ("ﬁ", full-width letters) become plain letters."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).lower()


def words(text: str) -> list[str]:
    """Folded words of a text as they stand, abbreviations written out, stop words kept."""
    short = abbreviations()
    out: list[str] = []
    for word in _written(text):
        out.extend(short.get(word, (word,)))
    return out


def _written(text: str) -> list[str]:
    folded = fold(text)
    if not folded.isascii():
        return _WORD.findall(folded)
    # Most texts are ASCII and repeat their words: cut between words, each piece is looked at once in a night.
    pieces = folded.encode().translate(_SPACED).decode().split()
    return list(chain.from_iterable(map(_pieces.__getitem__, pieces)))


class _Pieces(dict[str, tuple[str, ...]]):
    """The words in a piece of text without spaces: "ui/ux-designer." has two."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        return self.setdefault(piece, tuple(map(intern, _WORD.findall(piece))))


_pieces = _Pieces()


def tokens(text: str) -> list[str]:
    """Families of a text's words in their order, without stop words: what a query asks for."""
    return [family(word) for word in words(text) if word not in stop_words()]


class _Entries(dict[str, str]):
    """Under what a written word stands in the index, joined by spaces: nothing for a stop word, its parts too for a
    compound name. Every word of a night is looked up here. `several` are those that stand under several words."""

    def __init__(self) -> None:
        self.several: set[str] = set()

    def __missing__(self, written: str) -> str:
        kept = [word for word in abbreviations().get(written, (written,)) if word not in stop_words()]
        found = [entry for word in kept for entry in (word, *self._parts(word))]
        if len(found) > 1:
            self.several.add(written)
        return self.setdefault(written, intern(" ".join(found)))

    def _parts(self, word: str) -> Iterator[str]:
        if not word.isalnum():
            yield from (part for part in _PLAIN.findall(word) if len(part) > 1 and part not in stop_words())


_entries = _Entries()


def index_words(text: str) -> list[str]:
    """Words without stop words; a compound name is followed by its parts ("ms-office", "ms", "office")."""
    written = _written(text)
    entries = list(filter(None, map(_entries.__getitem__, written)))
    if _entries.several.isdisjoint(written):
        return entries
    return [intern(word) for entry in entries for word in entry.split(" ")]


def index_tokens(text: str) -> list[str]:
    """What a document is indexed under: the families of `index_words`."""
    return [family(word) for word in index_words(text)]
