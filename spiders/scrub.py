"""Takes personal contacts and instructor names out of answers before anything is stored (Indonesia's PDP law).

Two shapes are known: decoded JSON (`scrub_json`) and an lxml tree (`scrub_tree`); strings inside either go through
`scrub_text`. Scrubbing twice equals scrubbing once, so that stored answers can be read again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import phonenumbers
from lxml import etree

from catalog.normalize.outline import Heading, Line, fragment, lines_of, mark

MAX_LINE = 20_000
MAX_TEXT = 300_000
"""Longer lines of pages and longer strings of JSON answers are cut here (characters)."""

_BOX, _NUMBER, _TEXTS = (dict, list), (int, float), (str, dict, list)
"""For isinstance: `dict | list` would be made anew for every value of every answer."""

CONTACT = "[kontak]"
NAME = "[nama]"

_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,63}(?:\.[\w-]{2,63})+", re.IGNORECASE)
_MOBILE = re.compile(r"(?<![\d,])(?:\(?\+?62\)?[\s.\-]*0?|\(?0)8[1-9]\)?(?:[\s.\-]{0,2}\d){6,11}(?!\d)")
_CANDIDATE = re.compile(r"(?<![\w.,\-])(?:\+\d{1,3}[\s.\-]?|\(?0)\(?\d{1,4}\)?(?:[\s.\-]?\d{2,5}){2,4}(?![\d%])")
_CHAT = re.compile(
    r"(?:https?://)?(?:wa\.me|api\.whatsapp\.com|chat\.whatsapp\.com|t\.me|line\.me|wa\.link)/\S*", re.IGNORECASE
)
_NUMBER_HINT = re.compile(r"08[1-9]|62\)?[\s.\-]*0?8[1-9]|(?<![\w.,\-])(?:\+\d|\(?0\)?\(?\d)")
_CONTACT_HINTS = ("[at]", "(at)", "wa.", "t.me", "line.me", "whatsapp")

_ROLE = (
    r"(?:expert|instruktur|pengajar|trainer|master trainer|mentor|coach|tutor|narasumber|pemateri|fasilitator|pelatih|"
    r"tenaga pelatih|pembicara|dosen|konsultan|praktisi|chef|instructor|speaker|lecturer)"
)  # fmt: skip
_TITLE = r"(?:(?:bapak|ibu|pak|bu|kak|kakak|mas|mbak|dr|drs|dra|prof|ir|h|hj|chef|coach)\.?\s+)"
_PERSON = r"((?:[A-Z][\w'’.\-]*|[A-Z]\.)(?:[ \t]+(?:(?:bin|binti|van|de|al)[ \t]+)?[A-Z][\w'’.\-]*){0,4})"
_WITH_ROLE = re.compile(
    rf"(?i:\b(?:bersama|oleh|dengan|dibimbing|dipandu|didampingi|diajar|diajarkan|disampaikan|dibawakan)\s+"
    rf"(?:langsung\s+)?(?:oleh\s+)?(?:para\s+)?{_ROLE}(?:\s+(?:kami|berpengalaman|profesional|ahli|andal|handal))?[\s,:]+{_TITLE}*)"
    rf"{_PERSON}"
)  # fmt: skip
_LABELLED = re.compile(
    rf"(?im:^[\W\d]*(?:nama(?:\s+(?:lengkap|{_ROLE}))?|{_ROLE}(?:\s+\d)?)\s*[:：]\s*{_TITLE}*)(?-i:{_PERSON})",
    re.MULTILINE,
)
_NAME_HINTS = (
    "nama",
    "expert",
    "instruktur",
    "instructor",
    "pengajar",
    "trainer",
    "mentor",
    "coach",
    "tutor",
    "narasumber",
    "pemateri",
    "fasilitator",
    "pelatih ",
    "pembicara",
    "dosen",
    "konsultan",
    "praktisi",
    "chef",
    "speaker",
    "lecturer",
    "pelatih:",
)
_NOT_A_NAME = frozenset(
    [
        "kami",
        "anda",
        "kamu",
        "para",
        "yang",
        "dan",
        "pelatihan",
        "webinar",
        "kelas",
        "program",
        "lembaga",
        "prakerja",
        "kartu",
        "indonesia",
        "online",
        "sertifikat",
        "profesional",
        "berpengalaman",
        "materi",
        "modul",
        "video",
        "zoom",
        "sesi",
        "peserta",
        "nama",
        "pt",
        "cv",
        "lpk",
        "lkp",
        "blk",
        "tim",
    ]
)

CONTACT_KEY = re.compile(
    r"(?i)^(?:cs_|kontak|contact|email|e_?mail|phone|telp|telepon|telephone|fax|hp$|wa$|whatsapp|mobile|no_?hp)|(?:_|^)(?:email|phone|telephone|wa|whatsapp)$|contactPoint"
)
PERSON_KEY = re.compile(
    r"(?i)^(?:instruct(?:or|ure)s?(?:_?name)?|instructurename|mentors?|trainers?|tutors?|pengajar|pemateri|narasumber|fasilitator|performers?|speakers?|lecturers?|coach(?:es)?|authors?|dosen)$"
)
_ID_KEY = re.compile(
    r"(?i)(?:^|_)(?:id|ids|sku|serial|code|kode|price|harga|stock|stok|created|updated|at|date|time|timestamp|total|count|url|href|link|slug|image|img|src|thumbnail|logo|version)$|(?:Id|ID|Serial|Price|URL|Url|At)$"
)

LONG = 300
"""A text of so many signs is one that people wrote, whatever its key says, and worth remembering."""
Scrubber = Callable[[str, Sequence[str]], str]
People = Callable[[str, dict[str, Any]], bool]
"""people(key, object) -> True when that key of that object names persons. Lets a platform say otherwise."""


def is_person_key(key: str, _: dict[str, Any]) -> bool:
    """The usual keys under which instructors stand."""
    return _key_kind(key)[0]


@lru_cache(maxsize=8_192)
def _key_kind(key: str) -> tuple[bool, bool, bool]:
    """Does a key name persons, contacts, or something like a number or an address?"""
    return PERSON_KEY.match(key) is not None, CONTACT_KEY.search(key) is not None, _ID_KEY.search(key) is not None


def _may_hold_contact(text: str) -> bool:
    """A cheap look: without one of these signs no pattern below can match."""
    return "@" in text or _may_hold_number(text) or bool(_signs_in(text))


def _may_hold_number(text: str) -> bool:
    return ("0" in text or "62" in text or "+" in text) and _NUMBER_HINT.search(text) is not None


def _signs_in(text: str) -> list[str]:
    """The hints to chats and spelt-out addresses that a text holds."""
    lower = text.casefold()
    return [sign for sign in _CONTACT_HINTS if sign in lower]


def _may_name(text: str) -> bool:
    """Does a text hold a word that introduces persons? Plain searches: many times cheaper than one pattern."""
    lower = text.casefold()
    return any(word in lower for word in _NAME_HINTS)


def scrub_text(text: str, names: Iterable[str] = ()) -> str:
    """A string without e-mail addresses, telephone numbers, chat links, and without the given names."""
    if _may_hold_contact(text):
        text = _CHAT.sub(CONTACT, text)
        text = _EMAIL.sub(CONTACT, text)
        text = _MOBILE.sub(CONTACT, text)
        text = _CANDIDATE.sub(_mask_if_phone, text)
    for name in names:
        if name in text:
            text = text.replace(name, NAME)
    return text


def _mask_if_phone(match: re.Match[str]) -> str:
    """A landline or foreign number, as the telephone library knows them; times and dates stay."""
    text = match.group()
    if sum(c.isdigit() for c in text) < 8:
        return text
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return text
    return CONTACT if phonenumbers.is_valid_number(number) else text


def names_in(text: str) -> set[str]:
    """Names of persons that a text introduces by their role or a label ('bersama expert …', 'Nama : …')."""
    near = _near_hints(text)
    if not near:
        return set()
    found = [*_WITH_ROLE.findall(near), *_LABELLED.findall(near)]
    return {name for raw in found if (name := _clean_name(raw))}


def _near_hints(text: str) -> str:
    """The rows that hold a word that introduces persons, each with its neighbours; the patterns need no other row."""
    lower = text.casefold()
    hints = [word for word in _NAME_HINTS if word in lower]
    if not hints:
        return ""
    rows = [row for row in text.split("\n") if row and not row.isspace()]
    lower = "\n".join(rows).casefold()
    near: set[int] = set()
    for word in hints:
        found = lower.find(word)
        while found >= 0:
            at = lower.count("\n", 0, found)
            near.update((at - 1, at, at + 1))
            found = lower.find(word, found + 1)
    return "\n".join([row for at, row in enumerate(rows) if at in near])


def _clean_name(raw: str) -> str | None:
    """Two words or more, none of them a word of the trade; a single capital word is no proof of a person."""
    words: list[str] = []
    for word in raw.strip(" .,-").split():
        if word.casefold().strip(".,") in _NOT_A_NAME:
            break
        words.append(word)
    name = " ".join(words).strip(" .,-")
    return name if len(words) >= 2 and len(name) >= 5 and NAME not in name else None


# ---- JSON ----------------------------------------------------------------------------------------------------------


def scrub_json(value: Any, people: People = is_person_key, scrubber: Scrubber | None = None) -> Any:
    """The same value without contacts and persons. Changes dicts and lists in place and returns the value.

    `scrubber` stands for `scrub_piece` where long texts were scrubbed before.
    """
    names: set[str] = set()
    _collect(value, people, names)
    return _scrub_value(value, "", people, _longest_first(names), scrubber or scrub_piece)


def _longest_first(names: set[str]) -> list[str]:
    """In an order of their own: a set's differs from process to process."""
    return sorted(names, key=lambda name: (-len(name), name))


def _collect(value: Any, people: People, names: set[str]) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            for key, inner in item.items():
                box = isinstance(inner, _BOX)
                if not box and not isinstance(inner, str):
                    continue
                if people(key, item):
                    names.update(n for n in _names_under(inner) if " " in n and n != NAME)
                elif box:
                    stack.append(inner)
        elif isinstance(item, list):
            stack.extend(x for x in item if isinstance(x, _BOX))


def _names_under(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield from (part.strip() for part in re.split(r"[,;/&]| dan ", value) if len(part.strip()) > 4)
    elif isinstance(value, dict):
        if value.get("@type") not in ("Organization", "EducationalOrganization", "LocalBusiness"):
            for key in ("name", "fullname", "nama"):
                if isinstance(value.get(key), str):
                    yield value[key].strip()
    elif isinstance(value, list):
        for item in value:
            yield from _names_under(item)


def _scrub_value(value: Any, key: str, people: People, names: list[str], scrubber: Scrubber) -> Any:
    if isinstance(value, str):
        inner = _json_inside(value)
        if inner is None:
            return _scrub_string(value, key, names, scrubber)
        more = set(names)
        _collect(inner, people, more)
        clean = _scrub_value(inner, "", people, _longest_first(more), scrubber)
        return json.dumps(clean, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, _TEXTS):
                value[at] = _scrub_value(item, key, people, names, scrubber)
    elif isinstance(value, dict):
        for inner_key, inner in value.items():
            if inner is None or isinstance(inner, bool):
                continue
            if people(inner_key, value) or (_key_kind(inner_key)[1] and not isinstance(inner, _BOX)):
                value[inner_key] = None
            elif not isinstance(inner, _NUMBER):
                value[inner_key] = _scrub_value(inner, inner_key, people, names, scrubber)
    return value


def _json_inside(text: str) -> Any:
    """The value of a JSON text inside a JSON string, as some platforms send it; None for other text."""
    start = text.lstrip()[:1]
    if start not in ("{", "[") or len(text) < 20:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _scrub_string(text: str, key: str, names: list[str], scrubber: Scrubber) -> str:
    text = text[:MAX_TEXT]
    if len(text) >= LONG:
        return scrubber(text, names)
    if _key_kind(key)[2] and "@" not in text:
        return text
    return scrub_piece(text, names)


def scrub_piece(text: str, names: Sequence[str]) -> str:
    """One string of a JSON answer, HTML or plain."""
    if "<" in text and (_may_name(text) or "ontak" in text):
        return scrub_html(text, names)
    if len(text) > 60 and (_may_name(text) or "ontak" in text):
        text = _scrub_plain(text)
    return scrub_text(text, names)


def _scrub_plain(text: str) -> str:
    """Plain text with line breaks: drops the lines under the instructors' and the contacts' heading."""
    found = names_in(text)
    rows = text.split("\n")
    lines = [Line(row.strip(), 0, False, ((at, "row"),)) for at, row in enumerate(rows) if row.strip()]
    for line in _private_lines(lines, mark(lines)):
        rows[line.places[0][0]] = ""
    return scrub_text("\n".join(rows), _longest_first(found))


def scrub_html(text: str, names: Iterable[str] = ()) -> str:
    """A piece of HTML inside a JSON value."""
    try:
        tree = fragment(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return scrub_text(text, names)
    scrub_tree(tree, names)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in tree)
    return _escape(tree.text or "") + "".join(inner)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ---- trees ---------------------------------------------------------------------------------------------------------


def scrub_tree(root: Any, names: Iterable[str] = ()) -> tuple[list[Line], list[Heading | None]]:
    """Blanks private text in an lxml tree in place. Returns the lines that remain and the headings among them."""
    lines = [_trimmed(line) if len(line.text) > MAX_LINE else line for line in lines_of(root)]
    marks = mark(lines)
    private = _private_lines(lines, marks)
    found = set(names) | names_in("\n".join([line.text for line in lines]))
    for line in private:
        for node, where in line.places:
            setattr(node, where, None)
    ordered = _longest_first(found)
    gone = {id(line) for line in private}
    signs = bool(_signs_in("\n".join([line.text for line in lines if id(line) not in gone])))
    kept: list[Line] = []
    heads: list[Heading | None] = []
    for line, heading in zip(lines, marks, strict=True):
        if id(line) in gone:
            continue
        if _suspect(line.text, ordered, signs=signs):
            line = _scrub_line(line, ordered)
            heading = heading and heading._replace(rest=scrub_text(heading.rest, ordered))
        kept.append(line)
        heads.append(heading)
    _scrub_attributes(root, ordered)
    return kept, heads


def _suspect(text: str, names: list[str], *, signs: bool) -> bool:
    """Could a line hold a contact or one of the names? `signs`: the page holds a hint to a chat somewhere."""
    if "@" in text or _may_hold_number(text) or (signs and _signs_in(text)):
        return True
    return bool(names) and any(name in text for name in names)


def _trimmed(line: Line) -> Line:
    """A line of megabytes is no text of a course; what is left of it is enough to see that."""
    for node, where in line.places:
        setattr(node, where, (getattr(node, where) or "")[:MAX_LINE])
    return line._replace(text=line.text[:MAX_LINE])


def _scrub_line(line: Line, names: list[str]) -> Line:
    clean = scrub_text(line.text, names)
    if clean == line.text:
        return line
    if len(line.places) == 1 or not any(
        scrub_text(getattr(node, where) or "", names) != (getattr(node, where) or "") for node, where in line.places
    ):
        # A number or a name that tags cut in pieces: the line's whole text moves into its first place.
        for node, where in line.places[1:]:
            setattr(node, where, None)
        node, where = line.places[0]
        setattr(node, where, clean)
    else:
        for node, where in line.places:
            setattr(node, where, scrub_text(getattr(node, where) or "", names))
    return line._replace(text=clean, bold=min(line.bold, len(clean)))


def _private_lines(lines: list[Line], marks: list[Heading | None]) -> list[Line]:
    """The lines under a heading for instructors or contacts, up to the next heading or the end of their container."""
    private: list[Line] = []
    hidden, skip, box = False, 0, None
    for line, heading in zip(lines, marks, strict=True):
        if heading is not None:
            hidden = heading.key in ("pengajar", "kontak")
            skip = heading.lines - 1
            if hidden:
                box = _container(line)
                private.append(line)
        elif hidden:
            if skip or box is None or _inside(line, box):
                private.append(line)
            else:
                hidden = False
        skip = max(0, skip - 1) if heading is None else skip
    return private


_INLINE = frozenset(
    [
        "b",
        "strong",
        "span",
        "i",
        "em",
        "u",
        "font",
        "small",
        "a",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "th",
        "summary",
        "label",
        "button",
    ]
)


def _container(line: Line) -> Any:
    """The element that holds a heading and what it heads: the first one above it with more in it than the heading."""
    node, where = line.places[0]
    if where == "row":
        return None
    box = node.getparent() if where == "tail" else node
    while box.getparent() is not None and (box.tag in _INLINE or _only(box, line.text)):
        box = box.getparent()
    return box


def _only(box: Any, heading: str) -> bool:
    most, text = len(heading.split()), ""
    for piece in box.itertext():
        text += piece
        if len(text.split()) > most:
            return False
    return True


def _inside(line: Line, box: Any) -> bool:
    node, where = line.places[0]
    if where == "tail":
        node = node.getparent()
    while node is not None:
        if node is box:
            return True
        node = node.getparent()
    return False


_LINKS = ("mailto:", "tel:", "sms:", "whatsapp:")
_READABLE = frozenset(("content", "alt", "title", "value", "aria-label", "placeholder"))


def _scrub_attributes(root: Any, names: list[str]) -> None:
    for node in root.iter(etree.Element):
        for key, value in node.items():
            if key == "class":
                continue
            if key == "href":
                if not value.startswith(("/", "#")) and (value.startswith(_LINKS) or _CHAT.match(value)):
                    node.set(key, "#")
            elif value and key in _READABLE:
                clean = scrub_text(value, names)
                if clean != value:
                    node.set(key, clean)
