"""How a course is taught: self_paced, live_online, onsite, blended; None where the words leave it open.

The title is read only for a marker that is set apart ("Webinar: …", "… (Luring)"): as a plain word, "online" and
"webinar" are often what is taught. Skill Academy's market type OFFLINE means "sold for a partner" and says nothing.
"""

from __future__ import annotations

import re

from catalog.normalize.clean import fold, plain, remembered
from catalog.records import Mode

_JOINED = r"\s?(?:dan|&|/|\+|serta)\s?"
_BLENDED = re.compile(
    r"\b(?:bauran|blended|hybrid|hibrida?|campuran)\b"
    rf"|\b(?:daring|online){_JOINED}(?:luring|offline|tatap muka)\b"
    rf"|\b(?:luring|offline|tatap muka){_JOINED}(?:daring|online)\b"
)
_LIVE = re.compile(
    r"\b(?:webinar|video\s?conf\w*|vicon|zoom|google meet|gmeet|teams|tatap (?:muka |layar )?(?:maya"
    r"|virtual|daring|online|layar)"
    r"|live|langsung|sinkron\w*|synchronous|kelas (?:virtual|maya)|virtual class\w*|streaming)\b"
)
_SELF = re.compile(
    r"\b(?:lms|mandiri|self[\s-]?paced?|spl|asinkron\w*|asynchronous|rekaman|on[\s-]?demand|e-?learning"
    r"|video(?: pembelajaran"
    r"| based| learning)?|mooc|kapan saja)\b"
)
_ONSITE = re.compile(
    r"\b(?:luring|tatap muka|offline|on-?\s?site|in[\s-]?person|di tempat|in[\s-]class|classroom"
    r"|kelas fisik|workshop offline)\b"
)
_FACE_ONLINE = re.compile(r"\btatap muka\s(?:secara\s)?(?:daring|online|virtual|maya)\b")
_LIVE_WORDS = re.compile(r"\b(?:a?sinkron\w*|a?synchronous)\b")

_TITLE_START = re.compile(
    r"^[\[(]?\s?(?:kelas |pelatihan )?(?P<mark>webinar|luring|bauran|blended|tatap muka|offline class|kelas offline)"
    r"(?:\s\w+){0,2}?\s?[\])]?\s?[:|\-\]]"
)
_TAUGHT = re.compile(r"^(?:webinar|blended|bauran)\s(?:yang|dan|untuk|bagi|sebagai|dengan)\b")
_TITLE_PARENS = re.compile(r"[(\[]\s?(?P<mark>[^()\[\]]{3,40}?)\s?[)\]]")
_TITLE_END = re.compile(
    r"(?:-|:|\|)\s?(?P<mark>webinar|luring|bauran|tatap muka|blended|hybrid|spl|self[\s-]paced(?: learning)?)\s?$"
)
_MARKER = re.compile(
    r"^(?:(?:secara|kelas|pelatihan|metode|full|100%)\s?-?\s?)*(?:webinar|luring|offline|bauran"
    r"|blended(?: learning)?|hybrid"
    r"|tatap muka|spl|self[\s-]?paced(?: learning)?|pembelajaran mandiri|belajar mandiri"
    r"|video conference|live(?: zoom)?|(?:via|online) (?:zoom|lms))"
    r"(?:\s?[-,]?\s?(?:zoom|online|daring|interaktif|lms|luring|session|class))*$"
)


@remembered
def mode_of_words(text: object) -> Mode | None:
    """The mode that a mode column or method section names; None for a plain "Daring" or "Online"."""
    raw = plain(text)
    line = fold(raw)
    if not line or raw == "OFFLINE":
        return None
    if _BLENDED.search(line):
        return "blended"
    line = _FACE_ONLINE.sub(" webinar ", line)
    live = bool(_LIVE.search(re.sub(r"\b(?:asinkron\w*|asynchronous)\b", " ", line)))
    alone, onsite = bool(_SELF.search(line)), bool(_ONSITE.search(line))
    if (
        live
        and alone
        and not onsite
        and re.search(r"\bvideo\b", line)
        and not re.search(r"lms|mandiri|paced|spl", line)
    ):
        alone = False
    if live + alone + onsite > 1:
        return "blended"
    if onsite:
        return "onsite"
    if live:
        return "live_online"
    return "self_paced" if alone else None


@remembered
def mode_of_title(title: object) -> Mode | None:
    """The mode that a title marks apart from its subject, else None."""
    line = fold(title)
    if not line:
        return None
    start = _TITLE_START.match(line)
    if start and not _TAUGHT.match(line):
        return mode_of_words(start["mark"])
    for match in _TITLE_PARENS.finditer(line):
        # Brackets that only say a word of the title again explain the subject: "… Bauran (Blended Learning)".
        if _BLENDED.search(match["mark"]) and _BLENDED.search(line[: match.start()]):
            continue
        if _MARKER.match(match["mark"]):
            return mode_of_words(match["mark"])
    end = _TITLE_END.search(line)
    return mode_of_words(end["mark"]) if end else None


def read_mode(title: object = None, mode_text: object = None, outline: object = None) -> Mode | None:
    """The mode from the title's own marker, else the mode column, else the method section. Total."""
    return mode_of_title(title) or mode_of_words(mode_text) or mode_of_method(outline)


def mode_of_method(text: object) -> Mode | None:
    """The mode that a method section opens with ('Self paced learning: ceramah'); later words tell of activities."""
    line = plain(text)
    head = re.split(r"[.:;]", line, maxsplit=1)[0][:90]
    return mode_of_words(head)
