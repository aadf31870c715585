"""The gate: may one run of one platform replace the last good copy? Accepted, held, not run, none found.

A broken platform must never empty the catalog, so a run is accepted only if nothing speaks against it. Every
reason has a code for machines and one plain Indonesian line for the coverage page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pydantic import Field

from catalog.normalize.clean import fold
from catalog.platforms import Spec
from catalog.records import Listing, Offer, Record, RunReport, Verdict

KEPT_OF_DECLARED = 0.97
KEPT_OF_LAST_GOOD = 0.80
UNMAPPED_WORDS = 0.02
FILL_LOST = 0.5  # a field that falls below this share of its former fill rate was lost, not left empty
ALIKE_PRICE = 0.95
ALIKE_TITLE = 0.20
ALIKE_FROM = 20  # fewer listings than this may well be alike
MEASURED = (
    *("title", "provider", "price", "category", "level", "mode", "duration", "place"),
    *("url", "image", "sections", "text"),
)
# What the product compares and finds by: losing one of these holds a run, losing another field only warns.
KEY_FIELDS = frozenset({"title", "provider", "price", "url", "category", "level", "mode", "duration", "sections"})
WORDS = {"category": "category", "mode": "mode", "level": "levels"}
# A value that was read from a title or an outline says nothing about the platform's own words.
OWN_WORDS = frozenset({"api", "embedded", "json-ld", "microdata", "html"})
GOOD_ENDS = frozenset({"finished"})


class Baseline(Record):
    """What the last accepted run of a platform looked like; the next run is measured against it."""

    count: int
    fill: dict[str, float] = Field(default_factory=dict, description="field -> share of listings that carry it")
    alike_price: float = Field(0.0, description="share of the most frequent price among priced listings")
    alike_title: float = 0.0
    layers: dict[str, int] = Field(default_factory=dict)


class Shape(NamedTuple):
    """What the gate measures of a listing: title and price as they were seen, and which of MEASURED it carries, as
    bits in that order. Of 100,000 listings these are held instead of the listings."""

    title: str | None
    price: str | None
    carried: int


Shaped = Sequence[Listing] | Sequence[Shape]


def shape_of(listing: Listing) -> Shape:
    carried = sum(1 << place for place, field in enumerate(MEASURED) if getattr(listing, field))
    return Shape(listing.title, listing.price, carried)


def _shapes(listings: Shaped) -> list[Shape]:
    return [x if isinstance(x, Shape) else shape_of(x) for x in listings]


def fill_rates(listings: Shaped) -> dict[str, float]:
    """Share of listings that carry each of MEASURED, rounded to four digits; empty without listings."""
    if not listings:
        return {}
    size, alike = len(listings), Counter(shape.carried for shape in _shapes(listings))
    counts = (sum(times for bits, times in alike.items() if bits >> place & 1) for place in range(len(MEASURED)))
    return {field: round(count / size, 4) for field, count in zip(MEASURED, counts, strict=True)}


def _top_share(values: Sequence[str]) -> float:
    if not values:
        return 0.0
    return round(Counter(values).most_common(1)[0][1] / len(values), 4)


def baseline_of(listings: Shaped, report: RunReport) -> Baseline:
    """The figures of an accepted run that the next one is compared with."""
    shapes = _shapes(listings)
    return Baseline(
        count=len(shapes),
        fill=fill_rates(shapes),
        alike_price=_top_share([x.price for x in shapes if x.price]),
        alike_title=_top_share([x.title for x in shapes if x.title]),
        layers=dict(sorted(report.layers.items())),
    )


@dataclass(frozen=True)
class _Case:
    """Everything that the rules look at."""

    report: RunReport
    size: int
    now: Baseline
    before: Baseline | None
    spec: Spec
    origin: bool
    unmapped: dict[str, float]


_Said = tuple[str, str]  # code, sentence


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",").removesuffix(",0") + " %"


def _end(case: _Case) -> list[_Said]:
    reason = case.report.finish_reason
    if reason in GOOD_ENDS:
        return []
    return [("finish", f"Pengumpulan berhenti sebelum selesai ({reason}).")]


def _declared(case: _Case) -> list[_Said]:
    declared, received = case.report.declared, case.report.received
    if declared is None or received >= declared * KEPT_OF_DECLARED:
        return []
    return [("declared", f"Baru {received} dari {declared} pelatihan yang disebut platform yang terkumpul.")]


def _minimum(case: _Case) -> list[_Said]:
    least = 1 if case.origin else case.spec.expect.min
    if case.size >= least:
        return []
    return [("minimum", f"Hanya {case.size} pelatihan; paling sedikit seharusnya {least}.")]


def _shrink(case: _Case) -> list[_Said]:
    if case.before is None or case.size >= case.before.count * KEPT_OF_LAST_GOOD:
        return []
    lost = _percent(1 - case.size / case.before.count)
    return [("shrink", f"Jumlah turun {lost}: dari {case.before.count} menjadi {case.size}.")]


def _fill(case: _Case) -> list[_Said]:
    said = []
    for field, rate in case.now.fill.items():
        floor = case.spec.expect.fill.get(field, 0.0)
        if rate < floor:
            said.append((f"fill:{field}", f"Isian '{field}' hanya {_percent(rate)}; batasnya {_percent(floor)}."))
        elif field in KEY_FIELDS:
            said.extend(_lost(case, field, rate))
    return said


def _lost(case: _Case, field: str, rate: float) -> list[_Said]:
    before = case.before.fill.get(field, 0.0) if case.before else 0.0
    if before < 0.2 or rate >= before * FILL_LOST:
        return []
    return [(f"lost:{field}", f"Isian '{field}' turun dari {_percent(before)} menjadi {_percent(rate)}.")]


def _lost_lesser(case: _Case) -> list[_Said]:
    lesser = (field for field in case.now.fill if field not in KEY_FIELDS)
    return [said for field in lesser for said in _lost(case, field, case.now.fill[field])]


def _alike(case: _Case) -> list[_Said]:
    if case.size < ALIKE_FROM:
        return []
    before = case.before or Baseline(count=0)
    said = []
    if case.now.alike_title > max(ALIKE_TITLE, before.alike_title * 1.5):
        said.append(("alike:title", f"{_percent(case.now.alike_title)} judul sama persis."))
    if case.now.alike_price > ALIKE_PRICE and before.alike_price <= ALIKE_PRICE and not case.origin:
        said.append(("alike:price", f"{_percent(case.now.alike_price)} harga sama persis."))
    return said


def _unmapped(case: _Case) -> list[_Said]:
    return [
        (f"words:{field}", f"{_percent(share)} kata '{field}' belum dikenal.")
        for field, share in case.unmapped.items()
        if share > UNMAPPED_WORDS
    ]


def _maximum(case: _Case) -> list[_Said]:
    most = case.spec.expect.max
    if most is None or case.size <= most:
        return []
    return [("maximum", f"{case.size} pelatihan; biasanya paling banyak {most}.")]


def _more_than_declared(case: _Case) -> list[_Said]:
    declared, received = case.report.declared, case.report.received
    if declared is None or received <= declared * 1.03:
        return []
    return [("more_than_declared", f"Terkumpul {received}, lebih dari {declared} yang disebut platform.")]


FATAL: tuple[Callable[[_Case], list[_Said]], ...] = (_end, _declared, _minimum, _shrink, _fill, _alike)
WARNS: tuple[Callable[[_Case], list[_Said]], ...] = (_maximum, _more_than_declared, _lost_lesser)


# Words that we know and that leave the value open: they are no unknown words.
LEFT_OPEN = {
    "mode": frozenset({"daring", "online", "online (daring)", "daring (online)", "offline", "single_course", "course"}),
    "level": frozenset({"umum", "all", "general", "tidak ada", "none"}),
    "category": frozenset({"prakerja", "kartu prakerja", "pelatihan prakerja", "kelas prakerja"}),
}


def unmapped_words(offers: Sequence[Offer], *, replaced: bool = True) -> dict[str, float]:
    """field -> share of the platform's own words that we could not read; fields without words are left out.

    With `replaced`, a word counts as unread also where the value was then found in the title or the outline.
    """
    shares = {}
    for field, read in WORDS.items():
        raw_of = attrgetter(f"{field}_raw")
        with_words = [o for o in offers if o.evidence.get(field) in OWN_WORDS and _says_something(field, raw_of(o))]
        if with_words:
            unread = sum(1 for o in with_words if not getattr(o, read) or (replaced and _is_replaced(o, field)))
            shares[field] = round(unread / len(with_words), 4)
    return shares


@lru_cache(maxsize=8_192)
def _says_something(field: str, raw: str | None) -> bool:
    return any(c.isalpha() for c in raw or "") and fold(raw) not in LEFT_OPEN[field]


def _is_replaced(offer: Offer, field: str) -> bool:
    if field == "category":
        return offer.category_derived
    return field == "level" and offer.level_source != "stated"


def judge(
    report: RunReport,
    listings: Shaped,
    offers: Sequence[Offer],
    baseline: Baseline | None,
    spec: Spec,
    *,
    origin: bool,
) -> Verdict:
    """Accepted, held or none found, with every reason that applies.

    `listings` are the run's usable listings, `offers` the same ones read, `baseline` the last accepted run's figures
    (None on the first night). With `origin` (a replica or another server) the minimum is 1 and unknown words only warn.
    """
    case = _Case(
        report=report,
        size=len(listings),
        now=baseline_of(listings, report),
        before=baseline,
        spec=spec,
        origin=origin,
        unmapped=unmapped_words(offers, replaced=False),
    )
    warns = [said for rule in WARNS for said in rule(case)]
    if not listings and report.finish_reason in GOOD_ENDS and not report.declared:
        return _verdict(
            report, "none_found", [("none", "Platform menjawab, tetapi tidak ada satu pun pelatihan.")], warns
        )
    fatal = [said for rule in FATAL for said in rule(case)]
    (warns if origin else fatal).extend(_unmapped(case))
    return _verdict(report, "held" if fatal else "accepted", fatal, warns)


def _verdict(report: RunReport, outcome: str, fatal: list[_Said], warns: list[_Said]) -> Verdict:
    return Verdict.model_validate(
        {
            "platform": report.platform,
            "run": report.run,
            "outcome": outcome,
            "reasons": [sentence for _, sentence in fatal],
            "codes": [code for code, _ in fatal],
            "warnings": [sentence for _, sentence in warns],
        }
    )


def not_run(platform: str) -> Verdict:
    """The verdict of a platform that nobody collected this night: neither good nor bad."""
    return Verdict(platform=platform, outcome="not_run", reasons=["Tidak dijalankan malam ini."], codes=["not_run"])
