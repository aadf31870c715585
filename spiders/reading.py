"""From layers to a Listing: cards of list pages, the description's outline, sessions, eligibility. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from catalog.normalize.outline import Line, lines_of, parse_outline, sections_from
from catalog.records import Section
from spiders import structured
from spiders.page import Answer
from spiders.scrub import NAME, scrub_text
from spiders.structured import Fields

LISTING_TEXT = frozenset(
    [
        "title",
        "provider",
        "price",
        "list_price",
        "category",
        "level",
        "mode",
        "duration",
        "place",
        "rating",
        "rating_count",
        "sold",
        "quota",
        "certificate",
        "competency",
        "code",
        "age",
        "education",
        "image",
        "edition",
        "discount",
    ]
)
"""The Listing's single-text fields that layers may fill."""

_TAGS = re.compile(r"<[^>]{0,400}>")
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
PRIVATE = ("pengajar", "kontak")


def plain(text: str) -> str:
    """One line of text with the platform's markup kept out of the spaces, not out of the text: '<b>' stays visible."""
    return _SPACE.sub(" ", text).strip()


_NAMED = re.compile(
    rf"(?i)\s*[-–,(]?\s*\b(?:bersama|oleh|dengan|by|with)\s+(?:[\w.]+\s+){{0,2}}{re.escape(NAME)}(?:\s*,\s*[\w.]+)?\)?"
)


def without_name(title: str) -> str:
    """A title without the instructor whom it named ('… bersama Chef [nama]'); the rest stays as it was seen."""
    return _NAMED.sub("", title).strip() if NAME in title else title


# ---- cards ---------------------------------------------------------------------------------------------------------


@dataclass
class Card:
    native_id: str
    url: str
    fields: Fields


def cards(answer: Answer, link: Callable[[str | None], tuple[str, str] | None]) -> list[Card]:
    """The course links of a list page with what their cards show. `link(href)` gives (id, address) of a course link."""
    anchors: dict[str, list[Any]] = {}
    urls: dict[str, str] = {}
    for node in answer.tree.iter("a"):
        found = link(node.get("href"))
        if found is not None:
            anchors.setdefault(found[0], []).append(node)
            urls.setdefault(found[0], found[1])
    owner = {id(node): native_id for native_id, nodes in anchors.items() for node in nodes}
    return [Card(native_id, urls[native_id], _card(nodes, native_id, owner)) for native_id, nodes in anchors.items()]


def _card(nodes: list[Any], native_id: str, owner: dict[int, str]) -> Fields:
    box = nodes[0]
    while (above := box.getparent()) is not None and above.tag not in ("body", "html", "main"):
        if any(owner.get(id(a), native_id) != native_id for a in above.iter("a")):
            break
        box = above
        if len(box) > 60:
            break
    lines = lines_of(box)
    fields: Fields = {}
    struck = next((t for node in box.iter("del", "s", "strike") if (t := plain("".join(node.itertext())))), None)
    if struck:
        fields["list_price"] = struck
    title = next((t for node in box.iter("h1", "h2", "h3", "h4", "h5") if (t := plain("".join(node.itertext())))), None)
    title = title or max((plain("".join(node.itertext())) for node in nodes), key=len, default="")
    if title and not structured.RUPIAH.match(title) and len(title) > 3:
        fields["title"] = title
    for line in lines[:40]:
        structured.line_fields(line, fields, struck)
    if "price" not in fields and (price := structured.marked_price(box, struck)):
        fields["price"] = price
    return fields


# ---- descriptions --------------------------------------------------------------------------------------------------


def is_course(fields: Fields, answer: Answer) -> bool:
    """Does a page read as a course? A title beside a price, a provider or an outline."""
    if not fields.get("title"):
        return False
    if fields.get("price") or fields.get("provider"):
        return True
    return len({h.key for h in answer.headings if h and h.key}) >= 2


def description(text: str | None, layer: str | None, answer: Answer | None) -> tuple[list[Section], str, str]:
    """(sections, text outside them, layer): from the description of a layer, else from the page's own lines."""
    sections, rest = parse_outline(text) if text else ([], "")
    source = layer or "html"
    if sum(1 for s in sections if s.key) < 2 and answer is not None and not answer.is_json and answer.body:
        page_sections, page_rest = page_outline(answer)
        if sum(1 for s in page_sections if s.key) >= 2:
            sections, rest, source = page_sections, "\n".join(t for t in (rest, page_rest) if t), "html"
    kept = [s for s in sections if s.key not in PRIVATE]
    kept, moved = _prose_out_of_schedule(kept)
    limited = [_limited(section) for section in kept]
    return limited, scrub_text("\n".join(t for t in (rest, *moved) if t)), source


def _limited(section: Section) -> Section:
    """A section within its limits; scrubbed again, since a number may stand on two lines of the page."""
    heading, text = section.heading[:120], scrub_text(section.text[:8_000])
    if heading == section.heading and text == section.text:
        return section
    return Section(key=section.key, heading=heading, text=text)


def page_outline(answer: Answer) -> tuple[list[Section], str]:
    """The outline that stands in a page's own HTML: inside the smallest element that holds the known headings."""
    lines = answer.lines
    heads = [line for line, heading in zip(lines, answer.headings, strict=True) if heading and heading.key]
    if len(heads) < 2:
        return [], ""
    held = set(_holder(heads).iter())
    inside = [pair for pair in zip(lines, answer.headings, strict=True) if _element(pair[0]) in held]
    sections, rest = sections_from([line for line, _ in inside], [heading for _, heading in inside])
    return sections, rest if len(rest) > 40 else ""


def _element(line: Line) -> Any:
    """The element that a line begins in."""
    node, where = line.places[0]
    return node.getparent() if where == "tail" else node


def _holder(lines: list[Line]) -> Any:
    """The lowest element above at least four fifths of the headings; one stray heading in a menu does not widen it."""
    counts: dict[Any, int] = {}
    for line in lines:
        node = _element(line)
        while node is not None:
            counts[node] = counts.get(node, 0) + 1
            node = node.getparent()
    needed = max(2.0, 0.8 * len(lines))
    enough = [node for node, count in counts.items() if count >= needed]
    return min(enough, key=lambda node: (counts[node], -_depth(node))) if enough else lines[0].places[0][0]


def _depth(node: Any) -> int:
    return sum(1 for _ in node.iterancestors())


# ---- what the outline supplies -------------------------------------------------------------------------------------

_OUTLINE_FIELDS = {"durasi_total": "duration", "kapasitas": "quota", "sertifikat": "certificate"}
_COMPETENCY = re.compile(r"(?i)\b(?:SKKNI|KBJI|KKNI|KBLI)\b(?:[^\n;.]|\.(?=\d)){0,120}")
_WHEN = re.compile(
    r"(?i)\b(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{4}-\d\d-\d\d|"
    r"\d{1,2}\s+(?:jan|feb|mar|apr|mei|jun|jul|agu|ags|agt|sep|okt|nov|des)\w*)\b"
)
_CLOCK = re.compile(r"(?i)\b(?:pukul|jam|waktu)\b|\b\d{1,2}[.:]\d{2}\b|\bwi(?:b|ta|t)\b")


_WHEN_LABEL = re.compile(r"(?i)^\W*(?:hari(?:\s*[/,&]\s*tanggal)?|tanggal|jadwal|pukul|waktu|jam)\b[^:]{0,30}:")


def from_outline(fields: Fields, sections: list[Section], text: str = "") -> tuple[Fields, dict[str, str]]:
    """Fields that no layer had and the outline states, as the text under its heading."""
    found: Fields = {}
    for section in sections:
        name = _OUTLINE_FIELDS.get(section.key or "")
        if name and not fields.get(name) and section.text:
            found.setdefault(name, section.text.split("\n")[0][:300])
        if section.key == "jadwal" and not fields.get("schedule"):
            found.setdefault("schedule", []).extend(sessions_in(section.text.split("\n")))
        if not fields.get("competency") and "competency" not in found and _may_name_competency(section.text):
            named = _COMPETENCY.search(section.text)
            if named:
                found["competency"] = plain(named.group())
    if not fields.get("schedule") and not found.get("schedule"):
        labelled = [line for line in text.split("\n")[:40] if _WHEN_LABEL.match(line)]
        found["schedule"] = sessions_in(labelled)
    found = {k: v for k, v in found.items() if v}
    return found, {k: "outline" for k in found if k != "schedule"} | (
        {"sessions": "outline"} if "schedule" in found else {}
    )


def _may_name_competency(text: str) -> bool:
    """A cheap look before the pattern: SKKNI, KKNI, KBJI, KBLI."""
    lower = text.casefold()
    return "kkni" in lower or "kbji" in lower or "kbli" in lower


def sessions_in(lines: list[str]) -> list[str]:
    """Dated lines of a schedule; a line with only a time belongs to the date above it."""
    sessions: list[str] = []
    for line in lines:
        text = plain(line)
        if not text or len(text) > 200:
            continue
        if _WHEN.search(text):
            sessions.append(text)
        elif _CLOCK.search(text) and sessions and not _CLOCK.search(sessions[-1]):
            sessions[-1] += f", {text}"
    return list(dict.fromkeys(sessions))


def _prose_out_of_schedule(sections: list[Section]) -> tuple[list[Section], list[str]]:
    """Where a description goes on below 'Jadwal: …' without a heading, the prose is not part of the schedule."""
    kept, moved = [], []
    for section in sections:
        if section.key == "jadwal":
            lines = section.text.split("\n")
            end = max(
                (i + 1 for i, t in enumerate(lines) if len(t) <= 200 and (_WHEN.search(t) or _CLOCK.search(t))),
                default=len(lines),
            )
            tail = "\n".join(lines[end:])
            if len(tail) > 120:
                moved.append(tail)
                section = section.model_copy(update={"text": "\n".join(lines[:end])})
        kept.append(section)
    return kept, moved


# ---- eligibility ---------------------------------------------------------------------------------------------------

_NOT_WITH_CARD = re.compile(
    r"(?i)(?:tidak (?:dapat|bisa|berlaku|termasuk|untuk)|bukan(?: untuk| bagian)?|di luar)[^.\n]{0,60}"
    r"(?:kartu )?prakerja\b|non[- ]prakerja"
)
_WITH_CARD = re.compile(
    r"(?i)(?:(?:pengguna|peserta|pemegang|penerima|menggunakan|pakai|dengan|saldo|bayar dengan|khusus untuk)\s+"
    r"(?:pengguna\s+)?(?:saldo\s+)?(?:kartu\s+)?prakerja|kartu prakerja)"
)


def _near_prakerja(text: str) -> Iterator[str]:
    """What stands before each 'Prakerja' of a text, as far as the patterns above look back."""
    lower = text.casefold()
    if len(lower) != len(text):  # a letter that has no single small form: positions would not agree
        yield text
        return
    at = lower.find("prakerja")
    while at >= 0:
        yield text[max(0, at - 120) : at + 9]
        at = lower.find("prakerja", at + 8)


def eligibility(fields: Fields, text: str, listed: str | None) -> tuple[str, str | None]:
    """yes | no | unknown with what shows it: an explicit no, then tag, list page, category, text."""
    near = list(_near_prakerja(text))
    denied = next((found for part in near if (found := _NOT_WITH_CARD.search(part))), None)
    if denied:
        return "no", f"text:{plain(denied.group())[:100]}"
    for tag in fields.get("tags", []):
        if "prakerja" in tag.casefold():
            return "yes", f"tag:{tag[:60]}"
    if listed:
        return "yes", listed
    for name in ("category", "title"):
        value = fields.get(name) or ""
        if "prakerja" in value.casefold():
            return "yes", f"{name}:{value[:80]}"
    shown = next((found for part in near if (found := _WITH_CARD.search(part))), None)
    if shown:
        return "yes", f"text:{plain(shown.group())[:100]}"
    return "unknown", None
