"""One listing as one offer: every value read, its raw text kept beside it. Pure; lifecycle fields stay as they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.normalize.category import read_category
from catalog.normalize.clean import fold, plain
from catalog.normalize.counts import read_ages, read_count, read_education, read_rating
from catalog.normalize.duration import Duration, read_duration
from catalog.normalize.eligibility import read_eligibility
from catalog.normalize.level import read_level
from catalog.normalize.mode import mode_of_method, mode_of_title, read_mode
from catalog.normalize.place import UNKNOWN as NO_PLACE
from catalog.normalize.place import Place, read_place
from catalog.normalize.price import read_price
from catalog.normalize.provider import read_provider
from catalog.normalize.schedule import Schedule, read_schedule
from catalog.normalize.title import clean_title
from catalog.platforms import Spec
from catalog.programme import Rules, read_programme
from catalog.records import LEVELS, MODES, Level, LevelSource, Listing, Mode, Offer, Session

FACT_KEYS = (
    "level",
    "durasi_total",
    "durasi_sesi",
    "kapasitas",
    "metode",
    "jadwal",
    "konsultasi",
    "evaluasi",
    "sertifikat",
    "sasaran",
    "lokasi",
)
"""Sections whose short text is a fact that a page may show; prose sections are for search only."""
PRIVATE_KEYS = frozenset({"pengajar", "redeem", "kontak"})
FACT_LENGTH = 200
TEXT_LENGTH = 8_000
MOST_SKILLS = 8

_ITEM_START = re.compile(
    r"^\s*(?:[0-9]{1,2}\s?[.,):]|[-*•●▪·–>✓✔]|[a-z][.)])?\s*"
    r"(?:(?:pengetahuan|keterampilan|sikap|skill|knowledge|attitude)\s?:\s?)?"
    r"(?:(?:setelah[^,]{0,60},\s?)?(?:para\s)?peserta(?:\spelatihan)?\s(?:dapat|mampu|bisa|akan mampu"
    r"|diharapkan (?:dapat|mampu)|akan)\s)?"
    r"(?:(?:mampu|dapat|bisa)\s)?",
    re.IGNORECASE,
)
_UNIT_CODE = re.compile(r"\b[A-Z]\.\s?[0-9]{2}[A-Z0-9]{2,6}\.[0-9]{3}\.[0-9]{1,2}\b")
_KBJI = re.compile(
    r"\b(?P<list>KBJI|KBLI)\b[^0-9]{0,20}(?:20[0-9]{2})?[^0-9]{0,30}(?P<code>[0-9]{4,5}(?:\.[0-9]{1,2})?)",
    re.IGNORECASE,
)
_SKKNI = re.compile(
    r"\bSKKNI\b[^0-9]{0,25}(?P<number>[0-9]{1,3})[^0-9]{1,12}(?P<year>(?:19|20)[0-9]{2})", re.IGNORECASE
)
_STANDARD_SIGNS = ("kbj", "kbl", "kkn")  # of the two above; plain searches first, since few listings have one
_QUOTA = re.compile(
    r"\b(?:kuota|kapasitas|quota|sisa)\b\s?(?:peserta|kursi)?\s?[:=]?\s?(?P<n>[0-9]{1,5})", re.IGNORECASE
)
_SIGN_UP = re.compile(r"\b(?:pendaftaran|registrasi|pembelian|batas beli)\b[^.;|]*(?:[.;|]|$)", re.IGNORECASE)
_CODE = re.compile(
    r"\b(?:kode(?: jadwal)?|schedule code)\s?[:=]\s?(?P<code>[A-Za-z0-9][A-Za-z0-9._/-]{2,40})", re.IGNORECASE
)


def _section(listing: Listing, *keys: str) -> str | None:
    """The text of the first section with one of the keys, in the order of the keys."""
    for key in keys:
        for section in listing.sections:
            if section.key == key and section.text.strip():
                return section.text
    return None


@lru_cache(maxsize=64)
def _folded(words: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """A platform's own table with folded keys."""
    return {fold(word): value for word, value in words if fold(word)}


def _level(listing: Listing, spec: Spec) -> tuple[list[Level], LevelSource | None, str | None]:
    own = _folded(tuple(spec.words.level.items())).get(fold(listing.level))
    if own in LEVELS:
        return [own], "stated", listing.level
    section = _section(listing, "level")
    read = read_level(listing.title, listing.level, section)
    if read.source is None or read.source == "title":
        # Some providers name the level among the conditions: "tingkat kesulitan pelatihan ini adalah tingkat dasar".
        conditions = _section(listing, "sasaran")
        sentence = next((s for s in re.split(r"[\n;]", conditions or "") if "tingkat kesulitan" in fold(s)), None)
        again = read_level(None, None, sentence)
        if again.levels:
            return list(again.levels), "outline", sentence
    # Words of the platform that we can't read stay, so that they are seen and counted.
    raw = {"stated": listing.level, "outline": section, "title": listing.title}.get(read.source or "", listing.level)
    return list(read.levels), read.source, (raw or "")[:FACT_LENGTH] or None


def _mode(listing: Listing, spec: Spec) -> Mode | None:
    marked = mode_of_title(listing.title)
    if marked:
        return marked
    own = _folded(tuple(spec.words.mode.items())).get(fold(listing.mode))
    if own in MODES:
        return own
    return read_mode(None, listing.mode) or mode_of_method(_section(listing, "metode"))


def _duration(listing: Listing) -> tuple[Duration, str | None]:
    for text in (listing.duration, _section(listing, "durasi_total")):
        read = read_duration(text)
        if read != Duration():
            return read, text
    return Duration(), listing.duration


def _place(listing: Listing, spec: Spec, mode: Mode | None) -> tuple[Place, str | None]:
    """Where the course takes place. An online course has no place, whatever address stands beside it; the address of
    the shop that sells it (`switches.shop_place` of the spec) is none either."""
    field = None if spec.switches.get("shop_place") else listing.place
    written = _section(listing, "lokasi")
    raw = written if written and read_place(written).regency else field or written
    if mode in ("self_paced", "live_online"):
        return NO_PLACE, raw
    place = read_place(raw)
    if place == NO_PLACE and mode in ("onsite", "blended"):
        suffix = re.search(r"\((?:luring|tatap muka|offline)\)\s*(.+)$", plain(listing.title), re.IGNORECASE)
        if suffix:
            return read_place(suffix.group(1)), suffix.group(1)
    return place, raw


@lru_cache(maxsize=1_024)
def _rules_on(day: dt.date) -> Rules:
    return read_programme().on(day)


def session_of(raw: str, mode: Mode | None, place: Place = NO_PLACE) -> Session:
    """One dated run from its text; `buy_by` by the rules of the year in which it starts."""
    text = plain(raw)
    read: Schedule = read_schedule(_SIGN_UP.sub(" ", text))
    named = read_place(re.split(r"(?i)\b(?:lokasi|tempat|di kota)\b\s?:?", text)[-1]) if mode == "onsite" else NO_PLACE
    where = place if named.regency is None else named
    quota, code = _QUOTA.search(text), _CODE.search(text)
    rules = _rules_on(read.start) if read.start else None
    return Session(
        start=read.start,
        end=read.end,
        start_time=read.start_time,
        end_time=read.end_time,
        zone=read.zone,
        weekdays=list(read.weekdays),
        regency=where.regency,
        regency_code=where.code,
        quota=int(quota["n"]) if quota else None,
        code=code["code"] if code else None,
        buy_by=rules.last_day_to_buy(read.start, mode) if rules else None,
        raw=text[:FACT_LENGTH],
    )


def _session_texts(listing: Listing) -> Iterator[str]:
    texts = listing.sessions or ([_section(listing, "jadwal") or ""])
    for text in texts:
        lines = [line for line in re.split(r"\n|\s\|\s", text) if line.strip()]
        dated = [line for line in lines if read_schedule(line).start]
        if len(dated) > 1:
            yield from dated
        elif lines:
            yield " ".join(lines)


def _sessions(listing: Listing, mode: Mode | None, place: Place) -> list[Session]:
    sessions = [session_of(text, mode, place) for text in _session_texts(listing)]
    return [s for s in sessions if s.start or s.start_time or s.weekdays][:60]


def _short(text: str, length: int) -> str:
    """The text on one line, cut at a word when it is longer than `length`."""
    line = plain(text)
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _facts(listing: Listing) -> dict[str, str]:
    facts = {}
    for key in FACT_KEYS:
        text = _section(listing, key)
        if text:
            facts[key] = _short(text, FACT_LENGTH)
    return facts


def _skills(listing: Listing) -> list[str]:
    """Short phrases of what one learns to do, from the outline's own lists; prose lines are left out."""
    skills: list[str] = []
    for key in ("keterampilan", "tujuan_khusus"):
        for line in (_section(listing, key) or "").splitlines():
            phrase = _ITEM_START.sub("", plain(line)).strip(" .;,:-")
            if 4 <= len(phrase) <= 90 and any(c.isalpha() for c in phrase):
                skills.append(phrase[0].upper() + phrase[1:])
    return list(dict.fromkeys(skills))[:MOST_SKILLS]


def competency_codes(listing: Listing) -> list[str]:
    """Codes of competency standards (SKKNI, KBJI, units) anywhere in the listing, at most ten."""
    text = " ".join(
        [listing.competency or "", *(s.text for s in listing.sections if s.key not in PRIVATE_KEYS), listing.text or ""]
    )
    found = [m.group(0).replace(" ", "") for m in _UNIT_CODE.finditer(text)]
    folded = text.casefold()
    if any(sign in folded for sign in _STANDARD_SIGNS):
        found += [f"{m['list'].upper()} {m['code']}" for m in _KBJI.finditer(text)]
        found += [f"SKKNI {int(m['number'])}/{m['year']}" for m in _SKKNI.finditer(text)]
    return list(dict.fromkeys(found))[:10]


def _text(listing: Listing) -> str | None:
    pieces = [listing.text or "", *listing.tags]
    pieces += [f"{s.heading}\n{s.text}" for s in listing.sections if s.key not in PRIVATE_KEYS]
    text = "\n".join(p.strip() for p in pieces if p.strip())
    return text[:TEXT_LENGTH] or None


def _link(url: str | None, spec: Spec) -> str | None:
    """The address if a person may be sent there; one without a scheme is taken as https."""
    if url and "://" not in url and re.match(r"[\w-]+(?:\.[\w-]+)+(?:/|$)", url):
        url = f"https://{url}"
    return url if spec.may_link(url) else None


def _ages(listing: Listing) -> tuple[int | None, int | None, str | None]:
    conditions = _section(listing, "sasaran")
    ages = read_ages(f"usia {listing.age}") if listing.age else read_ages(conditions)
    return ages.low, ages.high, read_education(listing.education) or read_education(conditions)


def read_offer(listing: Listing, spec: Spec, night: dt.date) -> Offer:
    """Everything of a listing but its line's hash and its lifecycle. Total; what can't be read is None."""
    price, list_price = read_price(listing.price), read_price(listing.list_price)
    provider = read_provider(listing.provider)
    levels, level_source, level_raw = _level(listing, spec)
    mode = _mode(listing, spec)
    duration, duration_raw = _duration(listing)
    own = _folded(tuple(spec.words.category.items()))
    category = read_category(listing.category, listing.title, own)
    place, place_raw = _place(listing, spec, mode)
    raters = read_count(listing.rating_count)
    low_age, high_age, education = _ages(listing)
    eligible, eligible_evidence = read_eligibility(listing)
    certificate = listing.certificate or _section(listing, "sertifikat")
    return Offer(
        id=f"{listing.platform}:{listing.native_id}",
        platform=listing.platform,
        native_id=listing.native_id,
        url=_link(listing.url, spec),
        url_raw=listing.url,
        title=clean_title(listing.title, spec.words.decoration),
        title_raw=listing.title or "",
        provider_id=provider.id,
        provider_name=provider.name,
        provider_raw=listing.provider,
        price_idr=price.low,
        price_max_idr=price.high if price.high != price.low else None,
        price_raw=listing.price,
        # A "struck" price that equals the price strikes nothing: some platforms fill both fields always.
        list_price_idr=list_price.low if list_price.low != price.low else None,
        list_price_raw=listing.list_price,
        free=price.free,
        levels=levels,
        level_source=level_source,
        level_raw=level_raw,
        mode=mode,
        mode_raw=listing.mode,
        duration_minutes=duration.minutes_min,
        duration_minutes_max=duration.minutes_max if duration.minutes_max != duration.minutes_min else None,
        duration_days=duration.days,
        duration_raw=duration_raw and _short(duration_raw, FACT_LENGTH),
        category=category.name,
        category_derived=category.derived,
        category_raw=listing.category,
        sessions=_sessions(listing, mode, place),
        regency=place.regency,
        province=place.province,
        regency_code=place.code,
        place_raw=place_raw and _short(place_raw, FACT_LENGTH),
        rating=read_rating(listing.rating, raters),
        rating_count=raters,
        sold=read_count(listing.sold),
        quota=read_count(listing.quota or _section(listing, "kapasitas")),
        certificate=_short(certificate, 120) if certificate else None,
        competency=competency_codes(listing),
        code=listing.code,
        min_age=low_age,
        max_age=high_age,
        min_education=education,
        eligible=eligible,
        eligible_evidence=eligible_evidence,
        edition=listing.edition,
        skills=_skills(listing),
        facts=_facts(listing),
        text=_text(listing),
        page_status=listing.page_status,
        evidence=dict(listing.evidence),
        source_hash=listing.source_hash,
    )
