"""Checks of offers: each is true ("perlu diperiksa"), false or not tested, with its reason, rule, version and raw text.

A check that lacks what it needs (a rule of that year, a history, a value) is *not tested*, never false. Reasons are
plain Indonesian and accuse nobody. `check_offer` gives every outcome of one offer; `check_offers` gives what is true
offer by offer and, per platform and check, one finding each for what is false and not tested, with its `count`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from catalog.normalize.clean import fold, is_plain
from catalog.normalize.title import has_promotion
from catalog.platforms import Spec
from catalog.programme import Programme, Rules, read_programme
from catalog.records import Finding, Offer

State = Literal["true", "false", "not_tested"]
JUMP = 0.5
"""A price that rises or falls by more than this share of the one before."""
TEMPLATE_SHARE, TEMPLATE_FLOOR = 0.9, 30
"""One value on this share of a platform's offers, of which at least so many carry one, looks like a template."""
SAME_TEXT_FLOOR = 10
"""Differently titled offers of one platform that share a long description word for word."""


@dataclass(frozen=True)
class CheckContext:
    """What checks know besides the offers. A price before is missing where the offer is new or no history exists."""

    programme: Programme = field(default_factory=read_programme)
    price_before: Mapping[str, int | None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one check says of one offer. Thousands share the few that are not true, which are counted by identity."""

    state: State
    reason: str = ""
    raw: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One offer with everything that a check may ask."""

    offer: Offer
    spec: Spec | None
    night: dt.date
    rules: Rules
    context: CheckContext

    @property
    def on_sale(self) -> bool:
        """Rules of a night bind what is sold on it, not archives."""
        return self.offer.status == "active" and (self.spec is None or self.spec.kind == "platform")


FALSE = Outcome("false")


@lru_cache(maxsize=1_024)
def not_tested(why: str) -> Outcome:
    """The outcome of a check that lacks what it needs, with what that is."""
    return Outcome("not_tested", why)


def rupiah(amount: int) -> str:
    """'Rp1.250.000'."""
    return f"Rp{amount:,}".replace(",", ".")


def _rule_missing(case: Case) -> str:
    last = f"; aturan terakhir yang kami ketahui: {case.rules.rule_year}" if case.rules.rule_year else ""
    return f"aturan untuk {case.night.year} tidak kami ketahui{last}"


def _source(case: Case) -> str | None:
    return " ; ".join(case.rules.sources) or None


# ---- prices -----------------------------------------------------------------------------------------------------


def price_missing(case: Case) -> Outcome:
    """The platform shows no price text."""
    if (case.offer.price_raw or "").strip():
        return FALSE
    return Outcome("true", "Perlu diperiksa: harga tidak tercantum.")


def price_malformed(case: Case) -> Outcome:
    """A price text stands there and can't be read safely, such as "Rp 1250.000"."""
    raw = (case.offer.price_raw or "").strip()
    if not raw:
        return not_tested("harga tidak tercantum")
    if case.offer.price_idr is not None:
        return FALSE
    return Outcome("true", "Perlu diperiksa: teks harga tidak bisa dibaca dengan pasti.", raw)


def price_above_ceiling(case: Case) -> Outcome:
    """The price exceeds the training balance of that year's rule."""
    price, ceiling = case.offer.price_idr, case.rules.balance_idr
    if price is None:
        return not_tested("harga tidak diketahui")
    if not case.on_sale:
        return not_tested("bukan penawaran aktif")
    if not case.rules.known or ceiling is None:
        return not_tested(_rule_missing(case))
    if price <= ceiling:
        return FALSE
    why = f"Perlu diperiksa: harga {rupiah(price)} melebihi saldo pelatihan {rupiah(ceiling)} ({case.rules.rule_year})."
    return Outcome("true", why, case.offer.price_raw, _source(case))


def list_price_below(case: Case) -> Outcome:
    """The struck price is lower than the price."""
    price, struck = case.offer.price_idr, case.offer.list_price_idr
    if price is None or struck is None:
        return not_tested("harga coret atau harga tidak diketahui")
    if struck >= price:
        return FALSE
    why = f"Perlu diperiksa: harga coret {rupiah(struck)} lebih rendah dari harga {rupiah(price)}."
    return Outcome("true", why, case.offer.list_price_raw)


def fake_sale(case: Case) -> Outcome:
    """The struck price was never seen as the price; needs a history."""
    price, struck = case.offer.price_idr, case.offer.list_price_idr
    if price is None or struck is None or struck <= price:
        return not_tested("tidak ada potongan harga yang tercantum")
    if case.offer.list_price_seen is None:
        return not_tested("belum ada riwayat harga")
    if case.offer.list_price_seen:
        return FALSE
    why = f"Perlu diperiksa: harga coret {rupiah(struck)} belum pernah kami lihat sebagai harga jual."
    return Outcome("true", why, case.offer.list_price_raw)


def price_jump(case: Case) -> Outcome:
    """The price rose or fell by more than half since the night before."""
    before = (case.context.price_before or {}).get(case.offer.id)
    price = case.offer.price_idr
    if before is None or price is None:
        return not_tested("harga sebelumnya tidak diketahui")
    if before == 0:
        return not_tested("sebelumnya gratis, jadi tidak ada persentase")
    if abs(price - before) <= JUMP * before:
        return FALSE
    way = "naik" if price > before else "turun"
    why = f"Perlu diperiksa: harga {way} dari {rupiah(before)} menjadi {rupiah(price)}, lebih dari 50 persen."
    return Outcome("true", why, case.offer.price_raw)


# ---- titles and texts -------------------------------------------------------------------------------------------


def title_promotion(case: Case) -> Outcome:
    """The raw title carries a price or promotion words, which the shown title no longer does."""
    raw = case.offer.title_raw
    if not raw.strip():
        return not_tested("judul tidak ada")
    # Words that stayed in the cleaned title are its subject ("Strategi Promo Penjualan").
    if not has_promotion(raw) or (case.offer.title and has_promotion(case.offer.title)):
        return FALSE
    return Outcome("true", "Perlu diperiksa: judul memuat harga atau kata promosi.", raw)


_BUNDLE = re.compile(
    r"\b(?:bundle|bundling|bundel)\b|^\W*paket\b(?!\s(?:wisata|data|c\b|b\b|a\b|tour|internet|perjalanan|pernikahan|kiriman|pos|umrah|haji))"
    r"|\bpaket\s(?:kursus|kelas|pelatihan|belajar|lengkap|hemat|komplit|combo|bundling)\b"
    r"|\b(?:[2-9]|1[0-9])\s?(?:in|dalam)\s?1\b|\b(?:[2-9]|1[0-9])\s(?:kelas|kursus|pelatihan)\s(?:sekaligus|lengkap)\b"
)


_MAY_BUNDLE = re.compile(r"bund|paket|[1-9]")  # without one of these the pattern above can't match


def suspected_bundle(case: Case) -> Outcome:
    """The title reads like a package of courses, on a day on which packages are known to be forbidden."""
    raw = case.offer.title_raw
    title = raw.strip().lower() if is_plain(raw) else fold(raw)  # plain letters first: few titles have a sign of it
    if not title:
        return not_tested("judul tidak ada")
    if not case.on_sale:
        return not_tested("bukan penawaran aktif")
    if not case.rules.known or case.rules.bundles_forbidden is None:
        return not_tested(
            _rule_missing(case) if not case.rules.known else "larangan paket belum berlaku pada malam ini"
        )
    if not case.rules.bundles_forbidden or not _MAY_BUNDLE.search(title) or not _BUNDLE.search(fold(raw)):
        return FALSE
    why = "Perlu diperiksa: judul menyerupai paket beberapa pelatihan; paket tidak diperbolehkan."
    return Outcome("true", why, case.offer.title_raw, _source(case))


_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|img|svg|a|b|i|p|div|span|br|h[1-6]|strong|em|font|ul|li)\b[^<>]*>", re.I
)


def _has_control(text: str) -> bool:
    return any(unicodedata.category(c) == "Cc" and c not in "\t\n\r" for c in text)


def markup_in_text(case: Case) -> Outcome:
    """HTML or control signs stand in title, provider, price or place."""
    texts = [
        t for t in (case.offer.title_raw, case.offer.provider_raw, case.offer.price_raw, case.offer.place_raw) if t
    ]
    if not texts:
        return not_tested("tidak ada teks")
    for text in texts:
        if ("<" in text and _MARKUP.search(text)) or (not text.isprintable() and _has_control(text)):
            shown = "".join(c if unicodedata.category(c) != "Cc" else "\ufffd" for c in text)
            return Outcome("true", "Perlu diperiksa: teks memuat HTML atau karakter kendali.", shown[:200])
    return FALSE


# ---- schedule, length, link, provider ---------------------------------------------------------------------------


def past_start(case: Case) -> Outcome:
    """On sale although the last dated session started before this night."""
    dated = [s for s in case.offer.sessions if s.start is not None]
    if not dated:
        return not_tested("tanggal mulai tidak diketahui")
    if not case.on_sale:
        return not_tested("bukan penawaran aktif")
    latest = max(s.start for s in dated if s.start)
    if latest >= case.night:
        return FALSE
    why = f"Perlu diperiksa: masih dijual, padahal jadwal terakhir mulai {latest.isoformat()}."
    return Outcome("true", why, next(s.raw for s in dated if s.start == latest))


def below_minimum_length(case: Case) -> Outcome:
    """Shorter than the minimum length of that year's rule for its mode."""
    offer = case.offer
    minutes = offer.duration_minutes_max or offer.duration_minutes
    if minutes is None:
        return not_tested("durasi tidak diketahui")
    if not case.on_sale:
        return not_tested("bukan penawaran aktif")
    least = case.rules.minimum_for(offer.mode) if case.rules.known else None
    if least is None:
        return not_tested(
            _rule_missing(case) if not case.rules.known else "durasi minimum untuk cara belajar ini tidak diketahui"
        )
    if minutes >= least:
        return FALSE
    why = f"Perlu diperiksa: durasi {minutes} menit, di bawah minimum {least} menit ({case.rules.rule_year})."
    return Outcome("true", why, offer.duration_raw, _source(case))


def foreign_link(case: Case) -> Outcome:
    """The link leads to no host that the platform's spec names as reviewed."""
    if not case.offer.url_raw:
        return not_tested("tautan tidak ada")
    if case.spec is None:
        return not_tested("sumber tidak dikenal")
    if case.offer.url is not None:
        return FALSE
    return Outcome(
        "true", "Perlu diperiksa: tautan bukan ke alamat platform yang sudah ditinjau.", case.offer.url_raw[:300]
    )


GONE = frozenset({404, 410})


def dead_link(case: Case) -> Outcome:
    """The course's own page answered that it is not there (404, 410, or a page that says so)."""
    status = case.offer.page_status
    if status is None:
        return not_tested("halaman pelatihan tidak diambil")
    if status not in GONE:
        return FALSE
    why = (
        f"Perlu diperiksa: halaman pelatihan menjawab {status} (tidak ditemukan), padahal masih ada di daftar platform."
    )
    return Outcome("true", why, (case.offer.url_raw or "")[:300] or None)


def provider_owned(case: Case) -> Outcome:
    """The provider is owned by the company that runs the selling platform, where a rule forbids it."""
    if not case.offer.provider_id:
        return not_tested("lembaga tidak disebut")
    if not case.on_sale:
        return not_tested("bukan penawaran aktif")
    if not case.rules.known or case.rules.platform_may_teach is None:
        return not_tested(_rule_missing(case) if not case.rules.known else "aturan ini belum berlaku pada malam ini")
    owner = case.context.programme.owner_of(case.offer.provider_id)
    if case.rules.platform_may_teach or owner is None or owner.platform != case.offer.platform:
        return FALSE
    why = "Perlu diperiksa: lembaga ini tercatat milik pengelola platform yang menjualnya."
    return Outcome("true", why, case.offer.provider_raw, " ; ".join([*owner.sources, *case.rules.sources]))


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its reason code; raise `version` whenever its outcome may change for equal input."""

    code: str
    label: str
    test: Callable[[Case], Outcome]
    version: int = 1


OFFER_CHECKS: tuple[Check, ...] = (
    Check("price_missing", "Harga tidak tercantum", price_missing),
    Check("price_malformed", "Teks harga tidak terbaca", price_malformed),
    Check("price_above_ceiling", "Harga di atas saldo pelatihan", price_above_ceiling),
    Check("list_price_below", "Harga coret di bawah harga", list_price_below),
    Check("fake_sale", "Harga coret belum pernah terlihat", fake_sale),
    Check("price_jump", "Harga berubah lebih dari 50 persen", price_jump),
    Check("title_promotion", "Judul memuat harga atau promosi", title_promotion),
    Check("suspected_bundle", "Menyerupai paket", suspected_bundle),
    Check("past_start", "Jadwal sudah lewat, masih dijual", past_start),
    Check("below_minimum_length", "Durasi di bawah minimum", below_minimum_length),
    Check("foreign_link", "Tautan di luar alamat yang ditinjau", foreign_link),
    Check("dead_link", "Tautan mati", dead_link),
    Check("provider_owned", "Lembaga milik pengelola platform", provider_owned),
    Check("markup_in_text", "HTML atau karakter kendali dalam teks", markup_in_text),
)
TEMPLATE_CHECK = "template_value"
LABELS: dict[str, str] = {c.code: c.label for c in OFFER_CHECKS} | {
    TEMPLATE_CHECK: "Satu nilai pada hampir semua penawaran"
}
"""Reason code -> what it is called on pages, in Indonesian."""
TEMPLATE_VERSION = 1
_TEMPLATE_FIELDS: dict[str, tuple[str, Callable[[Offer], object]]] = {
    "price": ("harga", lambda o: o.price_idr),
    "duration": ("durasi", lambda o: o.duration_minutes),
    "rating": ("rating", lambda o: o.rating),
    "quota": ("kuota", lambda o: o.quota),
}


def finding_id(check: str, subject: str) -> str:
    """Stable over nights: the same check of the same subject has the same id."""
    return "f" + hashlib.blake2b(f"{check} {subject}".encode("utf-8", "replace"), digest_size=6).hexdigest()


def _finding(check: Check, case: Case, outcome: Outcome) -> Finding:
    offer = case.offer
    return Finding(
        id=finding_id(check.code, offer.id),
        check=check.code,
        version=check.version,
        state=outcome.state,
        subject=offer.id,
        platform=offer.platform,
        reason=outcome.reason,
        raw=outcome.raw,
        source=outcome.source,
        seen=offer.last_seen.isoformat() if offer.last_seen else None,
        source_hash=offer.source_hash,
    )


def check_offer(offer: Offer, spec: Spec | None, night: dt.date, context: CheckContext) -> list[Finding]:
    """Every check of one offer, in all three states."""
    case = Case(offer, spec, night, context.programme.on(night), context)
    return [_finding(check, case, check.test(case)) for check in OFFER_CHECKS]


def check_templates(platform: str, offers: Sequence[Offer]) -> list[Finding]:
    """One value stamped on nearly all offers of a platform: one finding a field, subject '<platform>/<field>'."""
    findings = []
    for name, (shown, value) in _TEMPLATE_FIELDS.items():
        values = [v for v in map(value, offers) if v is not None]
        top, times = Counter(values).most_common(1)[0] if values else (None, 0)
        state: State = "not_tested" if len(values) < TEMPLATE_FLOOR else "false"
        reason = f"kurang dari {TEMPLATE_FLOOR} penawaran dengan {shown}" if state == "not_tested" else ""
        if state == "false" and times >= TEMPLATE_SHARE * len(values):
            state, reason = (
                "true",
                f"Perlu diperiksa: {shown} {top} tercantum pada {times} dari {len(values)} penawaran.",
            )
        findings.append(_template_finding(platform, name, state, reason, None if top is None else str(top)))
    return [*findings, _same_text(platform, offers)]


def _template_finding(platform: str, name: str, state: State, reason: str, raw: str | None) -> Finding:
    subject = f"{platform}/{name}"
    return Finding(
        id=finding_id(TEMPLATE_CHECK, subject),
        check=TEMPLATE_CHECK,
        version=TEMPLATE_VERSION,
        state=state,
        subject=subject,
        platform=platform,
        reason=reason,
        raw=raw if state == "true" else None,
    )


def _same_text(platform: str, offers: Sequence[Offer]) -> Finding:
    titles: dict[str, set[str]] = defaultdict(set)
    for offer in offers:
        if offer.text and len(offer.text) >= 200:
            titles[offer.text].add(fold(offer.title))
    if not titles:
        return _template_finding(platform, "text", "not_tested", "tidak ada uraian yang cukup panjang", None)
    text, most = max(titles.items(), key=lambda item: (len(item[1]), item[0]))
    if len(most) < SAME_TEXT_FLOOR:
        return _template_finding(platform, "text", "false", "", None)
    reason = f"Perlu diperiksa: uraian yang sama persis tercantum pada {len(most)} judul berbeda."
    return _template_finding(platform, "text", "true", reason, text[:200])


def check_offers(
    offers: Sequence[Offer], specs: Mapping[str, Spec], night: dt.date, context: CheckContext | None = None
) -> list[Finding]:
    """True findings one by one; false and not tested ones as one finding per platform and check with its `count`.

    Sorted by platform, check, state, subject. Empty input gives an empty list.
    """
    context = context or CheckContext()
    rules = context.programme.on(night)
    by_platform: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_platform[offer.platform].append(offer)
    shown: list[Finding] = []
    for platform, of_platform in by_platform.items():
        cases = [Case(offer, specs.get(platform), night, rules, context) for offer in of_platform]
        for check in OFFER_CHECKS:
            shown.extend(_found(platform, check, cases))
        shown.extend(check_templates(platform, of_platform))
    return sorted(shown, key=lambda f: (f.platform or "", f.check, f.state, f.subject))


def _found(platform: str, check: Check, cases: Sequence[Case]) -> Iterator[Finding]:
    """What one check says of a platform's offers: what is true one by one, the other two states summed up."""
    outcomes = [check.test(case) for case in cases]
    yield from (_finding(check, cases[i], outcome) for i, outcome in enumerate(outcomes) if outcome.state == "true")
    rest: dict[State, Counter[str]] = defaultdict(Counter)
    for outcome, times in Counter(outcomes).items():
        if outcome.state != "true":
            rest[outcome.state][outcome.reason] += times
    for state, reasons in rest.items():
        yield _summary(platform, check, state, reasons)


def _summary(platform: str, check: Check, state: State, reasons: Counter[str]) -> Finding:
    common = [(reason, times) for reason, times in reasons.most_common(3) if reason][:2]
    return Finding(
        id=finding_id(f"{check.code}/{state}", platform),
        check=check.code,
        version=check.version,
        state=state,
        subject=platform,
        platform=platform,
        reason="; ".join(f"{reason} ({times})" for reason, times in common),
        count=reasons.total(),
    )
