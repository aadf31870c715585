"""Who teaches: one id and one name for the spellings of a provider.

Legal forms, case, punctuation and platform words are dropped from the id; what rules can't know ('CourseNet',
'Global Edukasi Talenta Inkubator (GETI)') stands in the reviewed table words/providers.csv.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from catalog.normalize.clean import fold, plain, squash

_FORMS = re.compile(
    r"^(?:pt|cv|ud|lpk|lkp|lpks|yayasan|koperasi|perkumpulan|lembaga (?:pelatihan"
    r"|kursus)(?: kerja)?(?: dan pelatihan)?)"
    r"\b\.?,?\s+(?=\S)"
)
_FORMS_AFTER = re.compile(r"[,\s]+(?:tbk|persero|\(persero\)|pt|cv|ltd|inc)\.?$")
_BY = re.compile(r"\s+by\s+.+$")
_PLATFORM_WORDS = re.compile(r"\s*[-|(]?\s*\b(?:(?:kartu\s)?prakerja|official(?:\sstore|\sshop)?|store)\b\s*\)?$")
_INITIALS = re.compile(r"\s*\((?P<short>[a-z0-9.]{2,10})\)$")
_TAIL = re.compile(r"[\s.,;:|\-–_/]+$")
_HEAD = re.compile(r"^[\s.,;:|\-–_/*•]+")
_COUNTRY = re.compile(r"\s+(?:indonesia|id)$")
# Words that name a kind of provider, not one: they can't stand alone as a key.
_GENERIC = frozenset(
    [
        "universitas",
        "politeknik",
        "bank",
        "akademi",
        "academy",
        "institut",
        "institute",
        "sekolah",
        "lembaga",
        "pelatihan",
        "kursus",
        "training",
        "center",
        "pusat",
        "asosiasi",
        "himpunan",
        "ikatan",
        "stie",
        "stmik",
        "balai",
        "blk",
        "bpsdm",
        "edukasi",
        "digital",
    ]
)
_UPPER_WORDS = frozenset(
    [
        "lpk",
        "lkp",
        "pt",
        "cv",
        "lpia",
        "geti",
        "jfc",
        "yec",
        "blk",
        "lpkn",
        "lpks",
        "bpk",
        "upt",
        "smk",
        "stmik",
        "stie",
        "pkbm",
        "hr",
        "it",
        "p2bn",
        "ui",
        "ugm",
        "itb",
    ]
)


@dataclass(frozen=True, slots=True)
class ProviderRead:
    """`id` is letters and digits only (safe in addresses); both None when nothing is named."""

    id: str | None = None
    name: str | None = None


NONE = ProviderRead()


@cache
def aliases() -> dict[str, ProviderRead]:
    """Reviewed spellings -> the provider, by their squashed key."""
    table: dict[str, ProviderRead] = {}
    text = (files("catalog") / "words" / "providers.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        table[row["key"]] = ProviderRead(row["id"], row["name"])
    return table


def _without_forms(text: str) -> str:
    """The folded name without legal forms, platform words and a country ending; never empty for a non-empty name."""
    for pattern in (_FORMS, _FORMS, _FORMS_AFTER, _BY, _PLATFORM_WORDS, _COUNTRY):
        shorter = pattern.sub("", text)
        if shorter == text:
            continue
        shorter = _TAIL.sub("", shorter).strip()
        if len(squash(shorter)) >= 3 and shorter not in _GENERIC:
            text = shorter
    return text


def _without_initials(text: str) -> str:
    """'Gema Edukasi Nusantara (GEN)' without the abbreviation of itself; other brackets tell providers apart."""
    match = _INITIALS.search(text)
    if match is None:
        return text
    words = text[: match.start()].replace("-", " ").split()
    letters = re.sub(r"[^a-z0-9]", "", match["short"])
    firsts = "".join(word[0] for word in words)
    named = len(words) > 1 and (letters in (firsts, firsts[1:]) or letters == squash(words[0]))
    return text[: match.start()].strip() if named and len(letters) > 1 else text


def _shown(name: str) -> str:
    """The name for people: a shouted one in title case, abbreviations left as they are."""
    if not (name.isupper() and len(name) > 6 and " " in name):
        return name
    words = []
    for word in name.split(" "):
        keep = word.strip("().,-").casefold() in _UPPER_WORDS or not any(v in word for v in "AEIOU")
        words.append(word if keep else word.capitalize())
    return " ".join(words)


@lru_cache(maxsize=16_384)
def _read(raw: str) -> ProviderRead:
    name = _HEAD.sub("", _TAIL.sub("", plain(raw)))[:120].strip()
    if not name or fold(name) in ("null", "none", "nan", "undefined", "unknown", "n/a", "tidak ada"):
        return NONE
    whole = squash(name)
    if not whole:
        # Only signs or emoji: still a provider of its own, with an id that is safe.
        return ProviderRead("x" + hashlib.blake2b(raw.encode("utf-8", "replace"), digest_size=5).hexdigest(), name)
    known = aliases()
    bare = _without_forms(fold(name))
    if bare.endswith(")"):
        bare = _without_forms(_without_initials(bare))
    key = squash(bare)
    for candidate in (whole, key):
        if candidate in known:
            return known[candidate]
    ascii_key = "".join(c for c in key if c.isascii())
    if len(ascii_key) < len(key):
        ascii_key = f"x{ascii_key}" + hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
    return ProviderRead(ascii_key[:80], _shown(name))


def read_provider(text: object) -> ProviderRead:
    """The provider that a text names. Total; NONE for an empty text."""
    return _read(text[:400]) if isinstance(text, str) else NONE
