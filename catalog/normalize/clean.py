"""Text that every reader starts from: one spelling of spaces, signs and letters, without markup or control signs."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
LONGEST = 4_000
"""Signs of a value that readers look at; a longer one is cut, so that no reader can be made slow."""
SHORT, KEPT = 500, 4_096


def remembered(read: Callable[[object], T]) -> Callable[[object], T]:
    """A reader that keeps its last answers to short texts: one title is asked for many times, and prices, lengths and
    cities come again and again. What it gives must not be changed by anybody."""
    kept = lru_cache(maxsize=KEPT)(read)

    @wraps(read)
    def reader(text: object) -> T:
        return kept(text) if isinstance(text, str) and len(text) <= SHORT else read(text)

    return reader


_TAG = re.compile(r"<[^<>]{0,400}>")
_SPACE = re.compile(r"\s+")
_DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—―−－", "-")
    | dict.fromkeys("‘’ʼ´`", "'")
    | dict.fromkeys("“”", '"')
    | {"½": ",5", "\u00d7": "x", "\u2044": "/", "\u00a0": " ", "\u200b": "", "\ufeff": ""}
)
_DROPPED = {"Cc", "Cf", "Co", "Cs", "Cn"}


def _visible(text: str) -> str:
    """The text without control, format and unassigned signs."""
    return "".join(c for c in text if unicodedata.category(c) not in _DROPPED)


@remembered
def plain(text: object) -> str:
    """One line of visible text: entities read, tags and control signs gone, spaces joined, dashes and quotes alike.

    Anything that isn't text gives "": a reader may be handed whatever a JSON line holds.
    """
    if not isinstance(text, str):
        return ""
    text = text[:LONGEST]
    if is_plain(text):
        return " ".join(text.split())
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES)
    text = _SPACE.sub(" ", text)
    if not text.isprintable():
        text = _SPACE.sub(" ", _visible(text))
    return text.strip()


def is_plain(text: str) -> bool:
    """Letters, digits and signs of ASCII without entities, tags or control signs: `plain` only joins its spaces."""
    return text.isascii() and text.isprintable() and "&" not in text and "<" not in text


def fold(text: object, longest: int = LONGEST) -> str:
    """`plain`, in lower case and without accents: what word tables are compared with. Cut at `longest` signs."""
    return _folded(text[:longest] if isinstance(text, str) else text)[:longest]


@remembered
def _folded(text: object) -> str:
    text = plain(text).casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(text: object) -> list[str]:
    """The words of a folded text; signs that belong to a name stay ('c++', 'c#', '.net', 'r&b')."""
    return _WORD.findall(fold(text))


_SIGNS = re.compile(r"[\W_]+")
_WORD = re.compile(r"\.net\b|c\+\+|[a-z]#|[^\W_]+(?:&[^\W_]+)?")


def squash(text: object) -> str:
    """Letters and digits only: 'Course-Net' and 'course net' become one key."""
    return letters_of(fold(text))


def letters_of(folded: str) -> str:
    """`squash` of a text that is folded already."""
    return _SIGNS.sub("", folded)
