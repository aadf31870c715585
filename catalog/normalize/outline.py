"""The description's outline: the programme obliges every provider to describe a course under fixed headings.

`parse_outline` finds those headings however they are marked up (tags, `&nbsp;`, bold, breaks inside a heading,
colons, numbering, small typos) and gives the text under each. It supplies level, duration, capacity, certificate,
method and schedule on every platform. Pure: HTML or plain text in, sections out, never an exception.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree, html
from rapidfuzz import fuzz, process

from catalog.records import Section

HEADINGS: dict[str, tuple[str, ...]] = {
    "deskripsi": (
        "deskripsi pelatihan", "deskripsi singkat pelatihan", "deskripsi singkat", "deskripsi", "deskripsi kursus",
        "deskripsi program", "tentang pelatihan", "deskripsi kelas", "ringkasan pelatihan",
    ),
    "tujuan": ("tujuan pelatihan", "tujuan", "tujuan kursus", "tujuan pembelajaran"),
    "tujuan_umum": ("tujuan umum pelatihan", "tujuan umum", "tujuan umum pembelajaran"),
    "tujuan_khusus": ("tujuan khusus pelatihan", "tujuan khusus", "tujuan khusus pembelajaran"),
    "kompetensi": (
        "aspek kompetensi", "kompetensi", "unit kompetensi", "acuan kompetensi", "referensi kompetensi", "skkni",
        "standar kompetensi",
    ),
    "pengetahuan": ("aspek kompetensi pengetahuan", "aspek pengetahuan", "pengetahuan", "knowledge"),
    "keterampilan": ("aspek kompetensi keterampilan", "aspek keterampilan", "keterampilan", "skill"),
    "sikap": ("aspek kompetensi sikap", "aspek sikap", "sikap", "attitude", "sikap kerja"),
    "sasaran": (
        "kelompok sasaran", "kelompok sasaran pelatihan", "target peserta", "sasaran peserta", "sasaran",
        "kriteria peserta", "syarat peserta", "persyaratan peserta", "persyaratan", "peserta pelatihan",
    ),
    "durasi_sesi": ("durasi per sesi", "durasi tiap sesi", "durasi setiap sesi", "durasi sesi"),
    "durasi_total": (
        "total durasi", "durasi total", "durasi pelatihan", "total durasi pelatihan", "durasi", "lama pelatihan",
        "waktu pelatihan", "total jam pelatihan", "durasi belajar",
    ),
    "kapasitas": ("kapasitas peserta", "kapasitas", "kuota peserta", "jumlah peserta", "kuota", "kapasitas kelas"),
    "jadwal": (
        "jadwal webinar", "jadwal pelatihan", "jadwal", "jadwal pelaksanaan", "jadwal kelas", "jadwal tatap muka",
        "waktu pelaksanaan", "tanggal pelaksanaan", "jadwal sesi", "jadwal pelatihan webinar",
    ),
    "konsultasi": (
        "jadwal mingguan konsultasi", "jadwal konsultasi", "jadwal mingguan konsultasi dengan pelatih",
        "jadwal mingguan konsultasi dengan tenaga pelatih", "sesi konsultasi", "jadwal konsultasi mingguan",
    ),
    "lokasi": ("lokasi pelatihan", "lokasi", "tempat pelatihan", "tempat pelaksanaan", "alamat pelatihan"),
    "level": (
        "level pelatihan", "level", "tingkat pelatihan", "tingkat kesulitan", "level kesulitan", "tingkat materi",
        "level materi", "tingkatan pelatihan", "tingkat kesulitan pelatihan", "level kelas", "level kursus",
    ),
    "metode": (
        "metode pembelajaran", "metode pelatihan", "metode ajar", "metode belajar", "cara belajar",
        "metode pelaksanaan", "jenis pelatihan", "tipe pelatihan",
    ),
    "evaluasi": ("metode evaluasi", "evaluasi", "evaluasi pelatihan", "metode penilaian"),
    "sertifikat": (
        "jenis/klasifikasi sertifikat", "jenis klasifikasi sertifikat", "jenis sertifikat", "klasifikasi sertifikat",
        "sertifikat", "sertifikasi", "jenis sertifikasi", "jenis atau klasifikasi sertifikat",
    ),
    "fasilitas": ("fasilitas pelatihan", "fasilitas", "yang akan didapat", "fasilitas peserta"),
    "materi": ("materi pelatihan", "materi", "silabus", "kurikulum", "materi pembelajaran", "daftar materi"),
    "pengajar": (
        "profil pengajar", "instruktur", "profil instruktur", "pengajar", "tentang pengajar", "profil pelatih",
        "tenaga pelatih", "profil tenaga pelatih", "trainer", "profil trainer", "mentor", "profil mentor",
        "narasumber", "fasilitator", "tutor", "profil narasumber", "pelatih", "tentang instruktur", "pemateri",
        "profil tutor", "profil fasilitator", "profil pemateri", "tim pengajar", "rangkuman profil tenaga pelatih",
    ),
    "redeem": (
        "panduan redeem voucher", "cara redeem voucher", "panduan redeem", "cara redeem", "panduan penukaran voucher",
        "cara penukaran voucher", "tata cara redeem voucher", "cara menukarkan voucher",
        "panduan redeem voucher lembaga",
    ),
    "kontak": (
        "kontak lembaga", "kontak lembaga pelatihan", "kontak", "hubungi kami", "narahubung", "layanan pengaduan",
        "kontak pengaduan", "contact person", "informasi kontak",
    ),
}  # fmt: skip
"""Canonical key -> the headings that mean it, folded. The catalog's readers use the keys."""

_KEY_OF = {phrase: key for key, phrases in HEADINGS.items() for phrase in phrases}
_PHRASES = sorted(_KEY_OF)
_LONG = [p for p in _PHRASES if len(p) >= 8]  # typos are forgiven in these; short words are too alike
_SQUEEZED = {phrase.replace(" ", ""): phrase for phrase in reversed(_LONG)}
_WITH_NAME = ("redeem", "kontak", "pengajar", "konsultasi", "jadwal")  # "Kontak Lembaga Contoh": a name may follow
_ITEM_WORDS = {"pengetahuan", "keterampilan", "sikap"}  # also begin the items of their own section

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HEAD = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "dt", "th", "summary"])
_BOLD = frozenset(["b", "strong"]) | _HEAD
_SKIP = frozenset(["script", "style", "template", "noscript", "svg", "head"])
_SPACE = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff\u2060]+")
_NO_WIDTH = re.compile("[\u200b\u200c\u200d\ufeff\u2060]")
_NUMBER = re.compile(r"^\s*(?:[-*•●▪·–>✓✔#]+\s*|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s+|\(?\d{1,2}[.,)]\s*)+")
_BRACKET = re.compile(r"\([^()]*\)")
_NOT_WORD = re.compile(r"[^\w/ ]+")
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")
MAX_HTML = 400_000
"""Longer descriptions are read up to here (characters); real ones have about 10,000."""


Place = tuple[Any, str]
"""Where a piece of text stands in the tree: (element, "text" or "tail")."""


class Line(NamedTuple):
    """One line as a reader sees it. `bold`: how many leading characters are bold; `head`: stands in a heading tag."""

    text: str
    bold: int
    head: bool
    places: tuple[Place, ...] = ()


class Heading(NamedTuple):
    """A heading found at a line: its key (None: not one of the programme's), its words, what follows on the line."""

    key: str | None
    words: str
    rest: str
    lines: int = 1


def parse_outline(html_text: str) -> tuple[list[Section], str]:
    """Sections of a description in their order, and the text before the first heading. Takes HTML or plain text."""
    return sections_of(read_lines(html_text))


def sections_of(lines: list[Line]) -> tuple[list[Section], str]:
    """The same for lines that were read already (of a whole page, by the spiders)."""
    return sections_from(lines, mark(lines))


def mark(lines: list[Line]) -> list[Heading | None]:
    """For every line the heading that begins there, else None; `Heading.lines` says how many lines it takes."""
    marks: list[Heading | None] = [None] * len(lines)
    key: str | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        heading = heading_at(lines, at, key) if line.bold and len(line.text) <= 40 else _heading_in(line, key)
        marks[at] = heading
        if heading is None:
            at += 1
        else:
            key = heading.key
            at += heading.lines
    return marks


def sections_from(lines: list[Line], marks: list[Heading | None]) -> tuple[list[Section], str]:
    """Sections of marked lines, and the text before the first heading."""
    before: list[str] = []
    found: list[tuple[Heading, list[str]]] = []
    skip = 0
    for line, heading in zip(lines, marks, strict=True):
        if heading is not None:
            found.append((heading, [heading.rest] if heading.rest else []))
            skip = heading.lines - 1
        elif skip:
            skip -= 1
        else:
            (found[-1][1] if found else before).append(line.text)
    sections = [Section(key=h.key, heading=h.words, text="\n".join(body).strip()) for h, body in found]
    return sections, "\n".join(before).strip()


def read_lines(html_text: str) -> list[Line]:
    """The lines of a piece of HTML or of plain text, in reading order, without empty ones."""
    text = html_text[:MAX_HTML]
    if not _TAG.search(text):
        return [Line(clean, 0, False) for row in text.splitlines() if (clean := _fold_space(row))]
    try:
        tree = fragment(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return [Line(clean, 0, False) for row in _TAG.sub("\n", text).splitlines() if (clean := _fold_space(row))]
    return lines_of(tree)


_PARSER = etree.HTMLParser()  # plain elements: lxml.html's own classes are looked up anew for every element touched


def fragment(text: str) -> Any:
    """A <div> with the HTML in it; raises what lxml raises."""
    pieces = html.fragments_fromstring(text.replace("\x00", ""), parser=_PARSER)
    parent = _PARSER.makeelement("div")  # lxml's own way to a parent would bring the other classes back
    if pieces and isinstance(pieces[0], str):
        parent.text = pieces.pop(0)
    parent.extend(pieces)
    return parent


_ENDS, _BOLDENS, _HEADS, _SKIPS = 1, 2, 4, 8
_KIND: dict[Any, int] = dict.fromkeys((*_BLOCK, "br"), _ENDS)
for _kind, _tags in ((_BOLDENS, _BOLD), (_HEADS, _HEAD), (_SKIPS, _SKIP)):
    for _tag in _tags:
        _KIND[_tag] = _KIND.get(_tag, 0) | _kind
_KIND |= dict.fromkeys((etree.Comment, etree.PI, etree.Entity), _SKIPS)
"""Tag -> what it does to lines; one look instead of four. What is no element has a function for its tag."""


class _Lines:
    """Collects pieces of text into lines; a block element, a break or a newline in plain text ends a line."""

    def __init__(self) -> None:
        self.done: list[Line] = []
        self.pieces: list[str] = []
        self.places: list[Place] = []
        self.head = False
        self.lead = 0  # how many pieces at the line's start are bold or blank
        self.leading = True

    def add(self, text: str, place: Place, bold: bool, head: bool) -> None:
        if text.isspace():
            if not self.places:  # what a line begins with would be stripped
                return
            text, bold = " ", True
        else:
            self.places.append(place)
            self.head = self.head or head
        self.pieces.append(text)
        if self.leading:
            self.leading = bold
            self.lead += bold

    def end(self) -> None:
        """Ends a line that has begun."""
        pieces = self.pieces
        text = _fold_space(pieces[0] if len(pieces) == 1 else "".join(pieces))
        if text:
            bold = len(text) if self.leading else self.lead and len(_fold_space("".join(pieces[: self.lead])))
            self.done.append(Line(text, bold, self.head, tuple(self.places)))
        self.pieces, self.places = [], []
        self.head, self.lead, self.leading = False, 0, True


def lines_of(root: Any) -> list[Line]:
    """The lines under an lxml element, with the places of their text, so that a caller can also blank them."""
    lines = _Lines()
    if isinstance(root.tag, str) and root.tag not in _SKIP:
        _walk(root, lines)
    if lines.places:
        lines.end()
    return lines.done


def _walk(root: Any, lines: _Lines) -> None:
    """Visits the text in reading order; lxml's own walk instead of recursion, since pages may nest thousands deep."""
    bold = head = 0
    add, end = lines.add, lines.end
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        kind = _KIND.get(node.tag, 0)
        if event == "start":
            if kind:
                if kind & _SKIPS:
                    walk.skip_subtree()
                    continue
                if kind & _ENDS and lines.places:
                    end()
                bold += kind & _BOLDENS
                head += kind & _HEADS
            if text := node.text:
                add(text, (node, "text"), bold > 0, head > 0)
            continue
        if kind and not kind & _SKIPS:
            bold -= kind & _BOLDENS
            head -= kind & _HEADS
            if kind & _ENDS and lines.places and node.tag != "br":
                end()
        if node is not root and (tail := node.tail):
            add(tail, (node, "tail"), bold > 0, head > 0)


def heading_at(lines: list[Line], at: int, current: str | None) -> Heading | None:
    """The heading that begins at line `at`, joining up to three lines when a break fell inside it."""
    joined = lines[at]
    longest: Heading | None = None
    for count in (2, 3):
        if at + count > len(lines) or len(joined.text) > 40 or joined.bold < len(joined.text):
            break
        following = lines[at + count - 1]
        if following.bold != len(following.text):
            break
        text = f"{joined.text} {following.text}"
        joined = Line(text, len(text), True)
        key = _KEY_OF.get(_fold(text))
        if key is not None:
            longest = Heading(key, text, "", count)
    return longest or _heading_in(lines[at], current)


def _heading_in(line: Line, current: str | None) -> Heading | None:
    text = line.text
    plain = not line.head and not line.bold
    if len(text) > 4_000 or (plain and len(text) > 80 and ":" not in text[:90]):
        return None
    read = _heading_of if len(text) <= 80 else _heading_of.__wrapped__
    return read(text, line.bold, line.head, current)


@lru_cache(maxsize=8_192)  # menus, footers and the outline's own headings stand on every page
def _heading_of(text: str, bold: int, head: bool, current: str | None) -> Heading | None:
    plain = not head and not bold
    number = _NUMBER.match(text)
    bare = text[number.end() :] if number else text
    before, colon, after = bare.partition(":")
    if plain and not colon and len(bare) > 60:
        return None
    if colon and len(before) <= 70:
        found = _with_colon(before, after, numbered=bool(number), bold=bold > 0, current=current)
        if found is not None:
            return found
    shift = len(text) - len(bare)
    whole = head or bold >= len(text.rstrip(" :"))
    if whole or len(bare) <= 60:
        key = _key_of(bare, sure=whole)
        if key and not (number and not whole and key in _ITEM_WORDS | {"materi"}):
            return Heading(key, bare.rstrip(" :"), "")
    if shift < bold < len(text):
        return _bold_start(bare, bold - shift)
    if whole and not number and 3 < len(bare) <= 60 and not bare.endswith((".", ",", ";")):
        return Heading(None, bare.rstrip(" :"), "")
    return None


def _with_colon(before: str, after: str, *, numbered: bool, bold: bool, current: str | None) -> Heading | None:
    """'Level Pelatihan: Dasar', 'Aspek Kompetensi: Sikap (Attitude)'. Items such as '1. Sikap: …' stay items."""
    key = _key_of(before, sure=bold)
    if key is None:
        return None
    if key in _ITEM_WORDS and (numbered or current == key):
        return None
    if key == "kompetensi":
        inner, _, rest = after.partition(":")
        inner_key = _key_of(inner, sure=True)
        if inner_key in _ITEM_WORDS:
            return Heading(inner_key, f"{before.strip()}: {inner.strip()}", rest.strip())
    return Heading(key, before.strip(), after.strip(" :"))


def _bold_start(bare: str, bold: int) -> Heading | None:
    """A heading in bold with its value on the same line: '<b>Total Durasi</b> 365 Menit'."""
    start, rest = bare[:bold].strip(), bare[bold:].strip(" :-–")
    key = _key_of(start, sure=True) if len(start) <= 70 else None
    return Heading(key, start.rstrip(" :"), rest) if key else None


@lru_cache(maxsize=16_384)
def _key_of(text: str, *, sure: bool) -> str | None:
    """The key of a heading's words. `sure`: bold or a heading tag, so a name may follow and typos are forgiven."""
    folded = _fold(text)
    if not folded or len(folded) > 90:
        return None
    if (exact := _KEY_OF.get(folded)) is not None:
        return exact
    if len(folded) >= 8 and folded.count(" ") <= 6:
        close = process.extractOne(folded, _LONG, scorer=fuzz.ratio, score_cutoff=88 if sure else 91)
        if close is not None and close[0].count(" ") == folded.count(" "):
            return _KEY_OF[close[0]]
        if (joined := _SQUEEZED.get(folded.replace(" ", ""))) is not None:
            return _KEY_OF[joined]
    if sure:
        return _with_name(folded)
    return None


def _with_name(folded: str) -> str | None:
    """'kontak lembaga contoh jaya' -> kontak: only for the headings that providers put their name behind."""
    best = ""
    for key in _WITH_NAME:
        for phrase in HEADINGS[key]:
            if folded.startswith(phrase + " ") and len(phrase) > len(best):
                best = phrase
    return _KEY_OF[best] if best and len(folded) - len(best) <= 45 else None


def _fold(text: str) -> str:
    """Case, brackets, punctuation and numbering do not make another heading."""
    text = _NUMBER.sub("", _BRACKET.sub(" ", text))
    return _SPACE.sub(" ", _NOT_WORD.sub(" ", text.casefold())).strip()


def _fold_space(text: str) -> str:
    if text.isascii() or not _NO_WIDTH.search(text):
        return " ".join(text.split())  # three times as fast; nearly all text has no signs without width
    return _SPACE.sub(" ", text).strip()
