"""The skill level a training states: from a field, from the description's outline, from the title; in that order.

Promises ("jadi mahir"), occupations ("petani terampil"), schools ("Sekolah Dasar"), company sizes ("usaha kecil dan
menengah") and materials ("berbahan dasar") are not levels, so every word counts only in the company of words that make
it one. No library does this for Indonesian.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.normalize.clean import fold, remembered
from catalog.records import LEVELS, Level, LevelSource

_LOW = r"(?:dasar(?:-dasar)?|pemula|awal|nol|0|zero|basics?|beginners?|newbie|fundamental|scratch)"
_HIGH = r"(?:mahir|master|lanjut(?:an)?|advanced?|ahli|expert|profesional|professional|pro)"
_TO = (
    r"\s*(?:hingga|sampai(?: dengan)?|s\s?/\s?d|s\.?d\.?|menuju|ke|to|until|-)\s*"
    r"(?:ke |tingkat |level |jadi |menjadi )*"
)

_ALL = re.compile(rf"\b{_LOW}{_TO}{_HIGH}\b")
_LOW_TO_MIDDLE = re.compile(rf"\b{_LOW}{_TO}(?:menengah|intermediate)\b")
_MIDDLE_TO_HIGH = re.compile(rf"\b(?:menengah|intermediate){_TO}{_HIGH}\b")
_AND = r"\s*(?:,\s*(?:dan|&)?|dan|&|/)\s*"
_LOW_AND_MIDDLE = re.compile(rf"\b(?:dasar|pemula){_AND}(?:menengah|intermediate)\b(?!{_AND}(?:mahir|lanjut(?:an)?)\b)")
_EACH = re.compile(rf"\b(?:dasar|pemula){_AND}menengah{_AND}(?:mahir|lanjut(?:an)?|advanced?)\b")
_EVERY = re.compile(r"\b(?:semua|seluruh|segala|all) (?:tingkat\w*|level\w*|kalangan level)\b")

# Words that look like a level and say something else; they are taken out before anything is read.
_NOT_LEVELS = re.compile(
    r"""
    \b(?:
        (?:sekolah|pendidikan|guru|siswa|anak|murid)\s(?:dasar|menengah|lanjutan)(?:\s(?:atas|pertama|kejuruan))?
      | kelas\smenengah
      | sd\s?/\s?sederajat
      | olahan\sdasar\s\w+
      | (?:ber)?bahan(?:-bahan)?\s(?:\w+\s)?dasar(?:nya)?
      | (?:gaji|upah|harga|tarif|kebutuhan|hak|hukum|anggaran|undang-undang|layanan|pelayanan|jasa|cat|lapisan)\s dasar
      | (?:kuas|bumbu|kain|kaldu|saus|warna|alat|peralatan|perlengkapan)\sdasar
      | dasar\s(?:hukum|negara|laut|sungai|kolam|pengenaan|tindakan)
      | (?:atas|ber|yang\sber)\s?dasar(?:kan)?
      | (?:usaha\s)?(?:mikro|kecil)(?:,?\s(?:dan\s|&\s)?(?:kecil|mikro))?,?\s(?:dan\s|&\s)?menengah
      | jangka\s(?:menengah|panjang)
      | (?:pebisnis|pengusaha|industri|perusahaan|bisnis|usaha|masyarakat|kalangan|ekonomi|manajer|manajemen)
        \smenengah
      | (?:manajer|manager|supervisor|pimpinan|pejabat|staf)\s(?:tingkat|level)\s(?:menengah|madya|atas|tinggi|ahli)
      | menengah\s(?:ke\s)?(?:atas|bawah)
      | visual\sbasic | (?:ms|microsoft)?\s?basic\s(?:4android)
      | (?:analisis|analisa|analysis|data)\sfundamental | fundamental\s(?:analisis|analisa|analysis|saham|emiten)
      | pemilih\spemula
      | (?:bukan|tidak|tanpa|non)[\s-](?:untuk\s|bagi\s)?(?:pemula|beginners?)
      | (?:studi|kuliah|sekolah|pembayaran|pembinaan|perawatan|pendidikan|jenjang|perintah|tindak|bimbingan|proses
          |pengolahan|penanganan|pemeriksaan|pengobatan|konseling|kredit|pinjaman)\slanjut(?:an)?
      | lanjut\s(?:usia|umur)
    )\b
    """,
    re.VERBOSE,
)

_TITLE: dict[Level, re.Pattern[str]] = {
    "beginner": re.compile(
        r"\b(?:pemula|dasar(?:-dasar)?(?:nya)?|fundamentals?|basics?|beginners?"
        r"|dari\s(?:nol|0|zero)|from\s(?:zero|scratch)"
        r"|(?:tingkat|level)\s(?:awal|elementary))\b"
    ),
    "intermediate": re.compile(
        r"\b(?:intermediate|(?:tingkat|level|jenjang|tahap)\s(?:\w+\s(?:dan|&)\s)?menengah)\b"
        r"|\(\s?menengah\s?\)|(?:-|:|,)\s?menengah\s?(?:$|\()|(?<=\w)(?<!\bdan)\smenengah$"
    ),
    "advanced": re.compile(
        r"\b(?:lanjutan|advanced?|(?<=\w\s)lanjut(?=\s?(?:$|[(\[:|,]|-\s|(?:untuk|bagi|dengan|menggunakan|pada|di)\b))"
        r"|(?:tingkat|level|jenjang|tahap)\s(?:\w+\s(?:dan|&)\s)?"
        r"(?:lanjut|mahir|ahli|expert|profesional|professional|tinggi))\b|\(\s?mahir\s?\)"
    ),
}

# Every level of a title has one of these; a plain search first is many times cheaper than ten patterns.
_TITLE_SIGNS = (
    *("tingkat", "level", "jenjang", "tahap"),
    *("dasar", "pemula", "awal", "nol", "0", "zero", "basic", "beginner", "newbie", "fundamental", "scratch"),
    *("menengah", "intermediate", "lanjut", "advance", "mahir"),
)
_HIGHER_TINGKAT = re.compile(r"\b(?:tingkat|level)\s(?:menengah|lanjut(?:an)?|mahir|ahli|intermediate|advanced?)\b")
_LOW_TINGKAT = re.compile(r"\b(?:tingkat|level)\s(?:dasar|pemula|awal|basic)\b")
_BARE_DASAR = re.compile(r"\bdasar(?:-dasar)?(?:nya)?\b")

_STATED: dict[Level, re.Pattern[str]] = {
    "beginner": re.compile(r"\b(?:dasar|pemula|basic|beginners?|elementary|fundamental|awal|rendah|novice)\b"),
    "intermediate": re.compile(r"\b(?:menengah|intermediate|sedang|medium)\b"),
    "advanced": re.compile(r"\b(?:mahir|lanjut(?:an)?|advanced?|profesional|professional|expert|ahli|tinggi|pakar)\b"),
}

_LEVEL_LINE = re.compile(
    r"(?:level|tingkat(?:an)?)\s(?:pelatihan|materi|kursus|kelas|kesulitan|program|keahlian|peserta)"
    r"(?:\s(?:pelatihan|materi|kelas|program|ini|kursus))*"
    r"\s?(?:[:=\-]|adalah|yaitu|ialah|termasuk)?\s?(?:adalah\s)?(?P<value>[^.;\n]{1,60})"
)
_LABELLED = re.compile(r"\b(?:level|tingkat(?:an)?)\s?[:=]\s?(?P<value>[^.;\n]{1,40})")
_PROMISE = re.compile(r"\b(?:menjadi|jadi|agar|setelah|mampu|supaya)\b")
_NEXT_HEADING = re.compile(
    r"\b(?:metode|jenis|sertifikat|kapasitas|durasi|total|jadwal|kelompok|profil|panduan|kontak|tujuan|aspek|peserta"
    r"|minimal|syarat|usia)\b"
)


@dataclass(frozen=True, slots=True)
class LevelRead:
    """`levels` in the order of `records.LEVELS`; `source` is None when there are none."""

    levels: tuple[Level, ...] = ()
    source: LevelSource | None = None


NONE = LevelRead()


def _ordered(found: set[Level]) -> tuple[Level, ...]:
    return tuple(level for level in LEVELS if level in found)


def _spans(text: str) -> tuple[set[Level], str]:
    """Levels that a span names ('dasar hingga mahir') and the text without it."""
    found: set[Level] = set()
    for pattern, levels in (
        (_ALL, LEVELS),
        (_EACH, LEVELS),
        (_LOW_AND_MIDDLE, LEVELS[:2]),
        (_LOW_TO_MIDDLE, LEVELS[:2]),
        (_MIDDLE_TO_HIGH, LEVELS[1:]),
    ):
        if pattern.search(text):
            found.update(levels)
            text = pattern.sub(" ", text)
    return found, text


@remembered
def stated_levels(text: object) -> tuple[Level, ...]:
    """Levels named by a level field ('Basic / Tingkat Dasar', 'Mahir,Professional'); () when it names none."""
    line = _NOT_LEVELS.sub(" ", fold(text))
    if _EVERY.search(line) or line in ("semua", "all levels", "umum/semua tingkat"):
        return LEVELS
    found, rest = _spans(line)
    found.update(level for level, pattern in _STATED.items() if pattern.search(rest))
    return _ordered(found)


@remembered
def outline_levels(text: object) -> tuple[Level, ...]:
    """Levels that the outline states: the text under 'Level Pelatihan', or a sentence that names the level."""
    line = fold(text)
    if not line:
        return ()
    found: set[Level] = set()
    for pattern in (_LEVEL_LINE, _LABELLED):
        for match in pattern.finditer(line):
            value = match["value"]
            heading = _NEXT_HEADING.search(value)
            found.update(stated_levels(value[: heading.start()] if heading else value))
        if found:
            return _ordered(found)
    return stated_levels(line) if len(line) <= 60 and not _PROMISE.search(line) else ()


@remembered
def title_levels(text: object) -> tuple[Level, ...]:
    """Levels that a title claims for the course itself; () for promises, roles, materials."""
    line = fold(text)
    if not any(sign in line for sign in _TITLE_SIGNS):
        return ()
    line = _NOT_LEVELS.sub(" ", line).strip()
    if _EVERY.search(line):
        return LEVELS
    found, rest = _spans(line)
    if _HIGHER_TINGKAT.search(rest) and not _LOW_TINGKAT.search(rest):
        # "… dengan Kuas Dasar Tingkat Menengah": where the level is named as such, a bare "dasar" is something else.
        rest = _BARE_DASAR.sub(" ", rest)
    found.update(level for level, pattern in _TITLE.items() if pattern.search(rest))
    return _ordered(found)


def read_level(title: object = None, stated: object = None, outline: object = None) -> LevelRead:
    """The level with its source. A stated value that is no level is skipped. Total: any values in."""
    readings: tuple[tuple[LevelSource, tuple[Level, ...]], ...] = (
        ("stated", stated_levels(stated) if stated else ()),
        ("outline", outline_levels(outline) if outline else ()),
        ("title", title_levels(title) if title else ()),
    )
    for source, levels in readings:
        if levels:
            return LevelRead(levels, source)
    return NONE
