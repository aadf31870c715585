"""The regency and province that an address or a place name settles, spelled as in words/regencies.csv.

Kota and Kabupaten are kept apart: a name that both bear, without either word, is ambiguous and gives None (the province
stays, where it is certain). Streets, districts and buildings named after a city are not that city.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from catalog.normalize.clean import fold


@dataclass(frozen=True, slots=True)
class Place:
    """Official names; `code` is None until an openly licensed table of codes is chosen."""

    regency: str | None = None
    province: str | None = None
    code: str | None = None


UNKNOWN = Place()
LONGEST = 600
"""Signs of an address that are read; no text may make the reader slow."""

_WORDS = {
    "kab": "kabupaten", "kabupatan": "kabupaten", "kecamatan": "kec", "kelurahan": "kel", "jalan": "jl", "jln": "jl",
    "jkt": "jakarta", "jakata": "jakarta", "bdg": "bandung", "bks": "bekasi", "smg": "semarang", "tng": "tangerang",
    "tanggerang": "tangerang", "jogyakarta": "yogyakarta", "jogjakarta": "yogyakarta", "jogja": "yogyakarta",
    "yogya": "yogyakarta", "djakarta": "jakarta", "mks": "makassar", "mdn": "medan", "dps": "denpasar",
    "tj": "tanjung", "tg": "tanjung", "tjg": "tanjung", "ps": "pasar", "psr": "pasar", "klp": "kelapa",
    "kby": "kebayoran", "kb": "kebon", "pd": "pondok", "gn": "gunung", "prpt": "prapatan", "tim": "timur",
    "sel": "selatan", "bar": "barat", "utr": "utara", "teng": "tengah", "kep": "kepulauan", "adm": "administrasi",
    "kodya": "kota", "kotamadya": "kota", "prov": "provinsi", "propinsi": "provinsi",
    "jaksel": "jakarta selatan", "jakbar": "jakarta barat", "jakpus": "jakarta pusat", "jaktim": "jakarta timur",
    "jakut": "jakarta utara", "tangsel": "tangerang selatan", "sby": "surabaya",
}  # fmt: skip
_PROVINCES = {
    "aceh": "Aceh", "nanggroe aceh darussalam": "Aceh", "nad": "Aceh",
    "sumatera utara": "Sumatera Utara", "sumatra utara": "Sumatera Utara", "sumut": "Sumatera Utara",
    "north sumatra": "Sumatera Utara", "north sumatera": "Sumatera Utara",
    "sumatera barat": "Sumatera Barat", "sumatra barat": "Sumatera Barat", "sumbar": "Sumatera Barat",
    "west sumatra": "Sumatera Barat", "west sumatera": "Sumatera Barat",
    "riau": "Riau", "kepulauan riau": "Kepulauan Riau", "kepri": "Kepulauan Riau", "riau islands": "Kepulauan Riau",
    "jambi": "Jambi", "bengkulu": "Bengkulu", "lampung": "Lampung",
    "sumatera selatan": "Sumatera Selatan", "sumatra selatan": "Sumatera Selatan", "sumsel": "Sumatera Selatan",
    "south sumatra": "Sumatera Selatan", "south sumatera": "Sumatera Selatan",
    "kepulauan bangka belitung": "Kep. Bangka Belitung", "bangka belitung": "Kep. Bangka Belitung",
    "babel": "Kep. Bangka Belitung",
    "dki jakarta": "DKI Jakarta", "daerah khusus ibukota jakarta": "DKI Jakarta", "dki": "DKI Jakarta",
    "daerah khusus ibu kota jakarta": "DKI Jakarta", "daerah khusus jakarta": "DKI Jakarta", "jakarta": "DKI Jakarta",
    "special capital region of jakarta": "DKI Jakarta", "jakarta raya": "DKI Jakarta",
    "jawa barat": "Jawa Barat", "jabar": "Jawa Barat", "west java": "Jawa Barat",
    "jawa tengah": "Jawa Tengah", "jateng": "Jawa Tengah", "central java": "Jawa Tengah",
    "jawa timur": "Jawa Timur", "jatim": "Jawa Timur", "east java": "Jawa Timur",
    "daerah istimewa yogyakarta": "Daerah Istimewa Yogyakarta", "di yogyakarta": "Daerah Istimewa Yogyakarta",
    "d i yogyakarta": "Daerah Istimewa Yogyakarta", "diy": "Daerah Istimewa Yogyakarta",
    "yogyakarta": "Daerah Istimewa Yogyakarta", "special region of yogyakarta": "Daerah Istimewa Yogyakarta",
    "banten": "Banten", "bali": "Bali",
    "nusa tenggara barat": "Nusa Tenggara Barat", "ntb": "Nusa Tenggara Barat",
    "west nusa tenggara": "Nusa Tenggara Barat",
    "nusa tenggara timur": "Nusa Tenggara Timur", "ntt": "Nusa Tenggara Timur",
    "east nusa tenggara": "Nusa Tenggara Timur",
    "kalimantan barat": "Kalimantan Barat", "kalbar": "Kalimantan Barat", "west kalimantan": "Kalimantan Barat",
    "kalimantan tengah": "Kalimantan Tengah", "kalteng": "Kalimantan Tengah",
    "central kalimantan": "Kalimantan Tengah",
    "kalimantan selatan": "Kalimantan Selatan", "kalsel": "Kalimantan Selatan",
    "south kalimantan": "Kalimantan Selatan",
    "kalimantan timur": "Kalimantan Timur", "kaltim": "Kalimantan Timur", "east kalimantan": "Kalimantan Timur",
    "kalimantan utara": "Kalimantan Utara", "kaltara": "Kalimantan Utara", "north kalimantan": "Kalimantan Utara",
    "sulawesi utara": "Sulawesi Utara", "sulut": "Sulawesi Utara", "north sulawesi": "Sulawesi Utara",
    "sulawesi tengah": "Sulawesi Tengah", "sulteng": "Sulawesi Tengah", "central sulawesi": "Sulawesi Tengah",
    "sulawesi selatan": "Sulawesi Selatan", "sulsel": "Sulawesi Selatan", "south sulawesi": "Sulawesi Selatan",
    "sulawesi tenggara": "Sulawesi Tenggara", "sultra": "Sulawesi Tenggara",
    "southeast sulawesi": "Sulawesi Tenggara", "south east sulawesi": "Sulawesi Tenggara",
    "gorontalo": "Gorontalo", "sulawesi barat": "Sulawesi Barat", "sulbar": "Sulawesi Barat",
    "west sulawesi": "Sulawesi Barat", "maluku": "Maluku", "maluku utara": "Maluku Utara", "malut": "Maluku Utara",
    "north maluku": "Maluku Utara", "papua": "Papua", "papua barat": "Papua Barat", "west papua": "Papua Barat",
    "papua selatan": "Papua Selatan", "papua tengah": "Papua Tengah", "papua pegunungan": "Papua Pegunungan",
    "papua barat daya": "Papua Barat Daya",
}  # fmt: skip
# Names of a province and of its only city: alone they name the province for certain, the city not.
_ALSO_PROVINCE = frozenset({"yogyakarta", "jambi", "bengkulu", "gorontalo"})
# Regency names that are ordinary words or parts of other names: they count only as a whole part of the text.
_COMMON = frozenset(
    [
        "batu",
        "metro",
        "malaka",
        "belu",
        "ende",
        "alor",
        "bima",
        "solok",
        "karo",
        "sigi",
        "buru",
        "landak",
        "pati",
        "batang",
        "siak",
        "bone",
        "buton",
        "muna",
        "banjar",
        "agam",
        "kaur",
        "bangli",
        "puncak",
        "asmat",
        "mappi",
        "wajo",
        "maros",
        "toba",
        "karimun",
        "lingga",
        "sabang",
        "kendal",
        "demak",
        "kudus",
        "subang",
        "garut",
        "lebak",
        "kuningan",
        "tegal",
        "serang",
        "malang",
        "tuban",
        "sampang",
        "ngada",
        "sambas",
        "kapuas",
        "tapin",
        "berau",
        "paser",
        "buol",
        "poso",
        "barru",
        "gowa",
        "luwu",
        "langsa",
        "tual",
        "natuna",
        "barito",
        "solo",
        "nias",
        "dairi",
        "langkat",
        "medan",
        "selayar",
        "talaud",
        "mimika",
        "pacitan",
        "rembang",
        "blora",
        "kolaka",
        "konawe",
        "morowali",
        "banggai",
        "selatan",
        "siantar",
    ]
)
_DIRECTIONS = {
    "utara": "north",
    "selatan": "south",
    "barat": "west",
    "timur": "east",
    "tengah": "central",
    "tenggara": "southeast",
}
_TOKEN = re.compile(r"[a-z0-9']+|[,;|/()\n:]|-")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")  # within a name: 'Pare-Pare'
_AND = re.compile(r" (?:dan|atau|&) ")
_BREAKS = frozenset(",;|/()\n:-")
_STREET = frozenset(
    [
        *("jl", "kec", "kel", "desa", "ds", "dusun", "gang", "gg", "komplek", "kompleks", "perum", "perumahan", "ruko"),
        *("gedung", "universitas", "stasiun", "bandara", "terminal", "pasar", "raya", "menara", "wisma", "hotel"),
        *("institut", "politeknik", "mall", "apartemen", "grha", "graha", "plaza", "lpk", "lkp", "pt", "cv"),
    ]
)
# A city's name behind one of these, or behind it and a word such as "negeri", belongs to an organisation's name.
_ORGANISATION = frozenset(
    [
        *("universitas", "institut", "politeknik", "akademi", "sekolah", "kampus", "yayasan", "balai", "dinas"),
        *(
            "lpk",
            "lkp",
            "lpks",
            "lpkn",
            "blk",
            "pkbm",
            "smk",
            "sma",
            "stie",
            "stmik",
            "stikes",
            "uin",
            "iain",
            "pt",
            "cv",
        ),
    ]
)
_OF_NAMES = frozenset(
    [
        *("negeri", "islam", "muhammadiyah", "kristen", "katolik", "teknologi", "pendidikan", "kesehatan", "ekonomi"),
        *("pariwisata", "tinggi", "ilmu", "seni", "pertanian", "pelayaran", "kejuruan", "ui", "latihan", "kerja"),
    ]
)
_POSTCODE = re.compile(r"(?<![0-9.])1[0-4][0-9]{3}(?![0-9]|[.][0-9])")
_CAPITAL_BY_POSTCODE = {
    "10": "Kota Adm. Jakarta Pusat",
    "11": "Kota Adm. Jakarta Barat",
    "12": "Kota Adm. Jakarta Selatan",
    "13": "Kota Adm. Jakarta Timur",
    "14": "Kota Adm. Jakarta Utara",
}
_STREET_WORD = re.compile(r"\b(?:jl|jln|jalan|rt)\b")
_POSTCODE_LAST = re.compile(r"(?<![0-9.])1[0-4][0-9]{3}\W*(?:indonesia\W*)?$")
_LONGEST_NAME = 6


@dataclass(frozen=True, slots=True)
class _Regency:
    name: str
    kind: str  # kota or kabupaten
    base: str
    province: str


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    by_kind: dict[tuple[str, str], _Regency]
    by_base: dict[str, tuple[_Regency, ...]]
    districts: dict[str, tuple[str, ...]]
    towns: dict[str, str]
    provinces: dict[str, str]
    by_name: dict[str, _Regency]


def _key(words: list[str] | str) -> str:
    return "".join(words) if isinstance(words, list) else re.sub(r"[^a-z0-9]", "", words)


@cache
def gazetteer() -> _Gazetteer:
    """The tables by squashed name ('Pare Pare' and 'Parepare' are one)."""
    folder = files("catalog") / "words"
    by_kind: dict[tuple[str, str], _Regency] = {}
    by_base: dict[str, list[_Regency]] = {}
    by_name: dict[str, _Regency] = {}
    for row in csv.DictReader((folder / "regencies.csv").read_text(encoding="utf-8").splitlines()):
        kind = "kota" if row["name"].startswith("Kota") else "kabupaten"
        base = re.sub(r"^(?:kota|kabupaten|kab)\s+", "", fold(row["name"]))
        base = base.replace("adm. ", "").replace("kep. ", "kepulauan ")
        regency = _Regency(row["name"], kind, base, row["province"])
        by_name[regency.name] = regency
        names = {base, *(a for a in row["aliases"].split(";") if a)}
        for name in tuple(names):
            last = name.rsplit(" ", 1)[-1]
            if last in _DIRECTIONS and " " in name:
                names.add(f"{_DIRECTIONS[last]} {name.rsplit(' ', 1)[0]}")
        for key in sorted({_key(name) for name in names}):
            by_kind[kind, key] = regency
            by_base.setdefault(key, []).append(regency)
    extra = tomllib.loads((folder / "districts.toml").read_text(encoding="utf-8"))
    districts: dict[str, list[str]] = {}
    for regency_name, names_of in extra["districts"].items():
        for name in names_of:
            districts.setdefault(_key(name), []).append(regency_name)
    towns = {_key(name): regency_name for regency_name, names_of in extra["towns"].items() for name in names_of}
    return _Gazetteer(
        by_kind,
        {k: tuple(v) for k, v in by_base.items()},
        {k: tuple(v) for k, v in districts.items()},
        towns,
        {_key(k): v for k, v in _PROVINCES.items()},
        by_name,
    )


@dataclass(slots=True)
class _Seen:
    """What a text names: regencies with their kind, names of several words, of one, districts, towns, provinces."""

    explicit: list[_Regency]
    strong: list[_Regency]
    bare: list[tuple[_Regency, ...]]
    districts: list[tuple[str, ...]]
    loose_districts: list[tuple[str, ...]]
    towns: list[str]
    provinces: list[str]


def _parts(text: str) -> list[list[str]]:
    """The words of each part between commas, brackets and the like, abbreviations written out."""
    parts: list[list[str]] = [[]]
    for token in _TOKEN.findall(_HYPHEN.sub(" ", text)):
        if token in _BREAKS:
            parts.append([])
            continue
        parts[-1].extend(_WORDS.get(token, token).split(" "))
    return [p for p in parts if p]


def _match(words: list[str], start: int, table: Mapping[str, object]) -> int:
    """Length of the longest run from `start` that the table knows; 0 for none."""
    for length in range(min(_LONGEST_NAME, len(words) - start), 0, -1):
        if _key(words[start : start + length]) in table:
            return length
    return 0


def _kind_match(words: list[str], start: int, kind: str) -> tuple[_Regency | None, int]:
    known = gazetteer().by_kind
    skip = 1 if start < len(words) and words[start] == "administrasi" else 0
    for length in range(min(_LONGEST_NAME, len(words) - start - skip), 0, -1):
        regency = known.get((kind, _key(words[start + skip : start + skip + length])))
        if regency is not None:
            return regency, length + skip
    return None, 0


def _in_a_name(words: list[str], index: int) -> bool:
    """'Politeknik Negeri Bandung', 'LPKN Mataram': the word at `index` ends the name of an organisation."""
    before = index - 1
    while before > 0 and words[before] in _OF_NAMES:
        before -= 1
    return before >= 0 and words[before] in _ORGANISATION


def _english_kind(words: list[str], start: int, length: int) -> _Regency | None:
    """'South Jakarta City', 'Bogor Regency'."""
    after = words[start + length] if start + length < len(words) else ""
    kind = {"city": "kota", "regency": "kabupaten"}.get(after)
    return gazetteer().by_kind.get((kind, _key(words[start : start + length]))) if kind else None


def _is_end(words: list[str], index: int) -> bool:
    """Nothing but a postcode, a province or the country follows in this part."""
    known = gazetteer().provinces
    while index < len(words):
        if words[index].isdigit() or words[index] in ("indonesia", "provinsi", "city"):
            index += 1
            continue
        length = _match(words, index, known)
        if not length:
            return False
        index += length
    return True


def _read_part(words: list[str], seen: _Seen) -> None:
    """Walks the words of one part; `street` remembers that a street or building name has begun."""
    tables = gazetteer()
    index, street = 0, False
    while index < len(words):
        word = words[index]
        if word in ("kota", "kabupaten"):
            regency, length = _kind_match(words, index + 1, word)
            if regency is not None:
                seen.explicit.append(regency)
                index += length + 1
                continue
        if word == "kec":
            length = _match(words, index + 1, tables.districts)
            if length:
                seen.districts.append(tables.districts[_key(words[index + 1 : index + 1 + length])])
            index += max(length, 1) + 1
            street = street or not length
            continue
        street = street or word in _STREET
        used = _read_name(words, index, seen, street)
        if not used:
            _read_loose(words, index, seen, street)
        index += used or 1


def _read_name(words: list[str], index: int, seen: _Seen, street: bool) -> int:
    """A regency or province that begins at a word; the number of words it takes, 0 for none."""
    tables = gazetteer()
    province_length = _match(words, index, tables.provinces)
    base_length = _match(words, index, tables.by_base)
    if base_length and base_length >= province_length:
        return _read_base(words, index, base_length, seen, street)
    if province_length:
        alone = index == 0 or _is_end(words, index) or words[index - 1] in ("provinsi", "di")
        if alone or not street:
            seen.provinces.append(tables.provinces[_key(words[index : index + province_length])])
    return province_length


def _read_base(words: list[str], index: int, length: int, seen: _Seen, street: bool) -> int:
    """A regency's name without Kota or Kabupaten before it."""
    tables = gazetteer()
    key = _key(words[index : index + length])
    english = _english_kind(words, index, length)
    if english is not None:
        seen.explicit.append(english)
        return length + 1
    whole = index == 0 and _is_end(words, length)
    allowed = whole if key in _COMMON else (whole or _is_end(words, index + length) or not street)
    if key in _ALSO_PROVINCE:
        seen.provinces.append(tables.provinces[key])
    elif allowed and not _in_a_name(words, index) and (index == 0 or words[index - 1] not in _STREET - {"raya"}):
        found = tables.by_base[key]
        if length > 1 and len(found) == 1 and words[index] != "kota":
            seen.strong.append(found[0])
        else:
            seen.bare.append(found)
            length = _district_of_that_name(words, index, length, seen)
    return length


def _district_of_that_name(words: list[str], index: int, length: int, seen: _Seen) -> int:
    """'Bekasi Timur': a district that bears its city's name and tells which of two regencies it is."""
    districts = gazetteer().districts
    longer = _match(words, index, districts)
    if longer <= length or not _is_end(words, index + longer):
        return length
    seen.districts.append(districts[_key(words[index : index + longer])])
    return longer


def _read_loose(words: list[str], index: int, seen: _Seen, street: bool) -> None:
    tables = gazetteer()
    length = _match(words, index, tables.towns)
    if length and (index == 0 or not street) and _is_end(words, index + length):
        seen.towns.append(tables.towns[_key(words[index : index + length])])
    length = _match(words, index, tables.districts)
    if length and index == 0 and _is_end(words, length):
        seen.loose_districts.append(tables.districts[_key(words[:length])])


def _only(candidates: list[_Regency]) -> _Regency | None:
    names = {c.name for c in candidates}
    return candidates[0] if len(names) == 1 else None


def _settle(candidates: tuple[_Regency, ...], seen: _Seen) -> _Regency | None:
    """One of several regencies of a name: by province, by a district that lies in only one of them."""
    if len(candidates) == 1:
        return candidates[0]
    in_province = [c for c in candidates if c.province in seen.provinces]
    if len(in_province) == 1:
        return in_province[0]
    return _by_district(tuple(in_province) or candidates, seen.districts or seen.loose_districts)


def _by_district(candidates: tuple[_Regency, ...], districts: list[tuple[str, ...]]) -> _Regency | None:
    names = {c.name for c in candidates}
    hits = {n for district in districts for n in district if n in names}
    return gazetteer().by_name[hits.pop()] if len(hits) == 1 else None


def _capital(seen: _Seen, text: str) -> _Regency | None:
    """The city of the capital: by a district, else by a postcode beside the word Jakarta."""
    cities = tuple(gazetteer().by_name[name] for name in _CAPITAL_BY_POSTCODE.values())
    by_district = _by_district(cities, seen.districts or seen.loose_districts)
    if by_district is not None:
        return by_district
    codes = {c[:2] for c in _POSTCODE.findall(text)}
    return gazetteer().by_name[_CAPITAL_BY_POSTCODE[codes.pop()]] if len(codes) == 1 else None


def _regency(seen: _Seen, text: str) -> _Regency | None:
    if seen.explicit:
        only = _only(seen.explicit)
        if only is not None:
            return only
        fitting = [r for r in seen.explicit if r.province in seen.provinces]
        return _only(fitting) if fitting else None
    if seen.strong:
        return _only(seen.strong) or _only([r for r in seen.strong if r.province in seen.provinces])
    # A plain name outside the province that is named is a district or street of that name ("Kuningan, Jakarta").
    bare = [c for c in seen.bare if not seen.provinces or any(r.province in seen.provinces for r in c)]
    if bare:
        settled = [_settle(candidates, seen) for candidates in bare]
        known = [r for r in settled if r is not None]
        return _only(known) if len(known) == len(settled) else None
    if "DKI Jakarta" in seen.provinces and len(set(seen.provinces)) == 1:
        return _capital(seen, text)
    if not (seen.provinces or seen.towns) and _STREET_WORD.search(text) and _POSTCODE_LAST.search(text):
        return _capital(seen, text)  # only the capital has postcodes that begin so
    if seen.towns:
        towns = [gazetteer().by_name[t] for t in seen.towns]
        return _only([t for t in towns if not seen.provinces or t.province in seen.provinces])
    if "Daerah Istimewa Yogyakarta" in seen.provinces and seen.districts:
        return _by_district(
            tuple(r for r in gazetteer().by_name.values() if r.province in seen.provinces), seen.districts
        )
    return None


@lru_cache(maxsize=8_192)
def _read(text: str) -> Place:
    seen = _Seen([], [], [], [], [], [], [])
    for part in _parts(text):
        _read_part(part, seen)
    regency = _regency(seen, text)
    if regency is not None:
        return Place(regency.name, regency.province)
    named = {c.province for candidates in seen.bare for c in candidates} | {r.province for r in seen.strong}
    if named and not named & set(seen.provinces) and seen.provinces and _AND.search(text):
        return UNKNOWN
    provinces = set(seen.provinces) or named | {r.province for r in seen.explicit}
    return Place(None, provinces.pop()) if len(provinces) == 1 else UNKNOWN


def read_place(text: object) -> Place:
    """The regency and province of a text. Total: any value in; None where it is ambiguous or names no place."""
    line = fold(text, LONGEST)
    return _read(line) if line else UNKNOWN
