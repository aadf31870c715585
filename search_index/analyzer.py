"""Indonesian analysis: the one place that says what a word is.

A text becomes folded words (lower case, no diacritics; names such as C++, .NET or UI/UX stay whole), stop words
leave, abbreviations are written out, and every word is represented by its family (`masak` for `memasakkan`).
The browser applies the same rules (`site/theme/static/js/search/words.js`); a parity test holds both together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
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
# No name can stand in a text that has none of these; most texts have none, and plain words are found in half the time.
_SIGNED = ("+", "#", "/", "-", ".js", ".net")


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
    return (_WORD if any(sign in folded for sign in _SIGNED) else _PLAIN).findall(folded)


def tokens(text: str) -> list[str]:
    """Families of a text's words in their order, without stop words: what a query asks for."""
    return [family(word) for word in words(text) if word not in stop_words()]


def _parts(word: str) -> tuple[str, ...]:
    if word.isalnum():
        return ()
    return tuple(intern(part) for part in _PLAIN.findall(word) if len(part) > 1 and part not in stop_words())


@lru_cache(maxsize=200_000)
def _entries(written: str) -> tuple[str, ...]:
    """Under what one word of a text stands in the index."""
    kept = (word for word in abbreviations().get(written, (written,)) if word not in stop_words())
    return tuple(entry for word in kept for entry in (intern(word), *_parts(word)))


def index_words(text: str) -> list[str]:
    """Words without stop words; a compound name is followed by its parts ("ms-office", "ms", "office")."""
    return list(chain.from_iterable(map(_entries, _written(text))))


def index_tokens(text: str) -> list[str]:
    """What a document is indexed under: the families of `index_words`."""
    return [family(word) for word in index_words(text)]
