"""Indonesian analysis: the one place that says what a word is.

A text becomes folded words (lower case, no diacritics; names such as C++, .NET or UI/UX stay whole), stop words
leave, abbreviations are written out, and every word is represented by its family (`masak` for `memasakkan`).
The browser applies the same rules (`site/theme/static/js/search/words.js`); a parity test holds both together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
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
_PART = re.compile(r"[^\W_]+")


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
    for word in _WORD.findall(fold(text)):
        out.extend(short.get(word, (word,)))
    return out


def tokens(text: str) -> list[str]:
    """Families of a text's words in their order, without stop words: what a query asks for."""
    return [family(word) for word in words(text) if word not in stop_words()]


@lru_cache(maxsize=200_000)
def _parts(word: str) -> tuple[str, ...]:
    if word.isalnum():
        return ()
    return tuple(part for part in _PART.findall(word) if len(part) > 1 and part not in stop_words())


def index_words(text: str) -> list[str]:
    """Words without stop words; a compound name is followed by its parts ("ms-office", "ms", "office")."""
    out: list[str] = []
    for word in words(text):
        if word not in stop_words():
            out.append(intern(word))
            out.extend(_parts(word))
    return out


def index_tokens(text: str) -> list[str]:
    """What a document is indexed under: the families of `index_words`."""
    return [family(word) for word in index_words(text)]
