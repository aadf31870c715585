"""The catalog stage: gate, last good, lives, checks, matching, history, changes, coverage; one night at a time.

Everything is computed from the state *before* the night and the last good copies, so running a night again, or
again after a kill, gives the same files.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from catalog.changes import KINDS, Change, Changes, diff
from catalog.coverage import Coverage, PlatformRow, Totals, platform_rows, totals_of
from catalog.files import write_bytes, write_json, write_lines
from catalog.gate import baseline_of, fill_rates, judge, not_run, unmapped_words
from catalog.history import History, Row
from catalog.intake import Intake, Rejected, RunFacts, read_run
from catalog.layout import Var
from catalog.lifecycle import LifeStore, Lives, advance
from catalog.platforms import Spec
from catalog.quarantine import Quarantine, read_json
from catalog.reading import OfferCache, read_lines_as_offers, read_listings_as_offers
from catalog.records import SCHEMA_VERSION, Course, Finding, Offer, Record, Verdict
from catalog.rooms import Checker, Matcher, open_checker, open_matcher, read_offer
from catalog.store import LastGood, Meta

WATCHED_NIGHTS = 7  # earlier nights before we dare say that a struck price was never asked


class Busy(RuntimeError):
    """Somebody else builds a catalog in the same folder."""


class Verdicts(Record):
    """verdicts.json: the gate's answers of one night and the figures of the runs behind them."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    sample: bool = False
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    facts: dict[str, RunFacts] = Field(default_factory=dict)
    rejected: list[Rejected] = Field(default_factory=list)


class CatalogSummary(Record):
    """What the catalog stage did: figures per platform, totals, and what a person should know."""

    night: dt.date
    sample: bool
    platforms: list[PlatformRow]
    totals: Totals
    counts: dict[str, int] = Field(description="changes by kind")
    quarantined: int = 0
    notes: list[str] = Field(default_factory=list)
    digest: str = Field(description="hash of all courses: equal catalogs have equal digests")


@contextmanager
def _alone(var: Var) -> Iterator[None]:
    var.state.mkdir(parents=True, exist_ok=True)
    lock = os.open(var.state / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy(f"{var.root}: another catalog stage is running there; wait until it has finished") from None
    finally:
        os.close(lock)


@dataclass
class _Night:
    """What one build holds while it runs."""

    var: Var
    specs: Mapping[str, Spec]
    night: dt.date
    run: str | None
    origins: set[str]
    sample: bool
    quarantine: Quarantine = field(init=False)
    store: LastGood = field(init=False)
    verdicts: Verdicts = field(init=False)
    caches: dict[str, OfferCache] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.quarantine = Quarantine(self.var.quarantine)
        self.store = LastGood(self.var, self.quarantine)
        self.verdicts = Verdicts(night=self.night, sample=self.sample)

    def cache(self, platform: str) -> OfferCache:
        if platform not in self.caches:
            self.caches[platform] = OfferCache(self.var, self.specs[platform], self.night)
        return self.caches[platform]


def build_catalog(
    var: Var,
    specs: dict[str, Spec],
    night: dt.date,
    run: str | None,
    *,
    origins: set[str],
    sample: bool,
) -> CatalogSummary:
    """Builds the catalog of `night` from the runs of `run` and the last good copies.

    With `run` None nothing is judged anew: tonight's verdicts stand, other platforms are 'not run'.
    Raises NightError when a later night was already built, Busy when another build is running.
    """
    with _alone(var):
        state = _Night(var, specs, night, run, origins, sample)
        LifeStore(var, state.quarantine).check(night)
        _judge_all(state)
        summary = _build(state)
        state.quarantine.flush()
        return summary


# --- gate ---


def _judge_all(state: _Night) -> None:
    """A verdict for every spec: tonight's run, else what was already said tonight, else 'not run'."""
    earlier = read_verdicts(state.var, state.quarantine)
    if earlier is not None and earlier.night != state.night:
        earlier = None
    for platform in state.specs:
        run_dir = state.var.run_dir(state.run, platform) if state.run else None
        said = earlier.verdicts.get(platform) if earlier else None
        settled = said is not None and said.run == state.run and said.outcome == "accepted"
        intake = read_run(run_dir, platform, state.quarantine) if run_dir and not settled else None
        if intake is None:
            _keep(state, platform, earlier)
        else:
            _judge(state, platform, intake)
    write_json(state.var.catalog / "verdicts.json", state.verdicts, indent=1)


def _keep(state: _Night, platform: str, earlier: Verdicts | None) -> None:
    if earlier is None or platform not in earlier.verdicts:
        state.verdicts.verdicts[platform] = not_run(platform)
        return
    state.verdicts.verdicts[platform] = earlier.verdicts[platform]
    if platform in earlier.facts:
        state.verdicts.facts[platform] = earlier.facts[platform]
    state.verdicts.rejected.extend(item for item in earlier.rejected if item.platform == platform)


def _judge(state: _Night, platform: str, intake: Intake) -> None:
    spec, run = state.specs[platform], state.run or ""
    meta = state.store.meta(platform)
    if intake.report is None:
        reason = f"Laporan pengumpulan tidak dapat dibaca ({intake.problem})."
        verdict = Verdict(platform=platform, run=run, outcome="held", reasons=[reason], codes=["report"])
        state.verdicts.verdicts[platform] = verdict
        return
    offers = read_listings_as_offers(
        intake.listings, intake.lines, spec, state.night, state.cache(platform), read_offer
    )
    verdict = judge(
        intake.report,
        intake.listings,
        offers,
        meta.baseline if meta else None,
        spec,
        origin=platform in state.origins,
    )
    if meta is not None and meta.night > state.night:
        verdict.outcome = "held"
        verdict.codes.append("clock")
        verdict.reasons.append(f"Salinan terakhir sudah dari malam {meta.night}, sesudah malam ini.")
    verdict.run = run
    state.verdicts.verdicts[platform] = verdict
    state.verdicts.facts[platform] = facts_of(intake, offers)
    state.verdicts.rejected.extend(intake.rejected)
    if verdict.outcome == "accepted":
        promote(state.store, intake, run, state.night, sample=state.sample)


def promote(
    store: LastGood, intake: Intake, run: str, night: dt.date, *, sample: bool, released: str | None = None
) -> None:
    """Makes a run's usable listings the last good ones."""
    assert intake.report is not None
    meta = Meta(
        platform=intake.report.platform,
        run=run,
        night=night,
        count=len(intake.listings),
        baseline=baseline_of(intake.listings, intake.report),
        sample=sample or intake.report.sample,
        released=released,
    )
    store.replace(meta.platform, intake.listings, meta)


def facts_of(intake: Intake, offers: list[Offer]) -> RunFacts:
    """The figures of a run that coverage shows."""
    report = intake.report
    assert report is not None
    return RunFacts(
        run=report.run,
        declared=report.declared,
        declared_method=report.declared_method,
        declared_scope=report.declared_scope,
        received=report.received,
        valid=len(intake.listings),
        rejected=intake.rejected_by_code(),
        requests=report.requests,
        statuses=report.statuses,
        bytes=report.bytes,
        errors=report.errors,
        layers=dict(sorted(report.layers.items())),
        started=report.started,
        finished=report.finished,
        finish_reason=report.finish_reason,
        fill=fill_rates(intake.listings),
        unmapped=unmapped_words(offers),
        sample=report.sample,
        notes=report.notes,
    )


def read_verdicts(var: Var, quarantine: Quarantine) -> Verdicts | None:
    """The verdicts of the last build; None when there are none or they can't be used."""
    path = var.catalog / "verdicts.json"
    data = read_json(path, quarantine)
    if data is None:
        return None
    try:
        return Verdicts.model_validate(data)
    except ValidationError as error:
        quarantine.file(path, error.errors()[0]["msg"])
        return None


# --- everything behind the gate ---


def _build(state: _Night) -> CatalogSummary:
    present, absent, metas = _read_all(state)
    lives_store = LifeStore(state.var, state.quarantine)
    before = lives_store.before(state.night)
    good_nights = {platform: meta.night for platform, meta in metas.items()}
    lives = advance(before, present, absent, night=state.night, good_nights=good_nights, specs=state.specs)
    offers = [*present, *(offer for offer in absent if offer.id in lives)]
    offers.sort(key=lambda offer: offer.id)

    history = History(state.var, state.quarantine)
    note = history.repair()
    if note:
        state.notes.append(note)
    _look_back(history, offers, state.night)
    checker: Checker = open_checker(state.var, state.specs, state.night)
    findings = checker(offers)
    _warn(offers, findings)
    matcher: Matcher = open_matcher(state.var)
    courses = matcher.group(offers)
    CourseBook(state.var, state.night).settle(courses)

    changes = _changes(state, before, lives, courses)
    rows = platform_rows(
        state.specs,
        state.night,
        verdicts=state.verdicts.verdicts,
        facts=state.verdicts.facts,
        metas=metas,
        courses=courses,
        changes=changes.changes,
    )
    coverage = Coverage(night=state.night, sample=state.sample, totals=totals_of(courses), platforms=rows)
    _append_history(history, lives, state.night)
    lives_store.write(state.night, lives)
    matcher.save()
    for cache in state.caches.values():
        cache.save()
    digest = _write(state, courses, findings, changes, coverage)
    return CatalogSummary(
        night=state.night,
        sample=state.sample,
        platforms=rows,
        totals=coverage.totals,
        counts=changes.counts,
        quarantined=state.quarantine.count,
        notes=state.notes,
        digest=digest,
    )


def _read_all(state: _Night) -> tuple[list[Offer], list[Offer], dict[str, Meta]]:
    """Offers of all last good copies, offers that they no longer have, and what is known of each copy."""
    present: list[Offer] = []
    absent: list[Offer] = []
    metas = {}
    for platform, spec in state.specs.items():
        meta = state.store.meta(platform)
        if meta is None:
            if state.store.path(platform).exists():
                state.notes.append(
                    f"lastgood/{platform}.jsonl has no usable meta file and is left out until the next run"
                )
            continue
        metas[platform] = meta
        for lines, into in ((state.store.lines(platform), present), (state.store.absent_lines(platform), absent)):
            into.extend(
                read_lines_as_offers(lines, spec, state.night, state.cache(platform), state.quarantine, read_offer)
            )
    return present, absent, metas


def _look_back(history: History, offers: list[Offer], night: dt.date) -> None:
    asked = {o.id: o.list_price_idr for o in offers if o.list_price_idr is not None and o.status != "gone"}
    seen = history.list_price_seen(asked, night, WATCHED_NIGHTS)
    for offer in offers:
        offer.list_price_seen = seen.get(offer.id)


def _warn(offers: list[Offer], findings: list[Finding]) -> None:
    true: dict[str, set[str]] = {}
    for finding in findings:
        if finding.state == "true":
            true.setdefault(finding.subject, set()).add(finding.check)
    for offer in offers:
        offer.warnings = sorted(true.get(offer.id, ()))


def _changes(state: _Night, before: Mapping[str, object], lives: Lives, courses: list[Course]) -> Changes:
    where = {offer.id: course for course in courses for offer in course.offers}
    found: list[Change] = diff(before, lives)  # type: ignore[arg-type]
    for change in found:
        course = where.get(change.offer)
        if course is not None:
            change.course, change.slug = course.id, course.slug
    nights = [day for day in LifeStore(state.var, state.quarantine).nights() if day < state.night]
    counts = {kind: sum(1 for change in found if change.kind == kind) for kind in KINDS}
    return Changes(
        night=state.night,
        since=nights[-1] if nights else None,
        sample=state.sample,
        counts=counts,
        changes=found,
    )


def _append_history(history: History, lives: Lives, night: dt.date) -> None:
    rows = [Row(life.id, life.price, life.list_price, life.status) for life in lives.values()]
    history.append(night, rows, {life.platform for life in lives.values()})


def _write(state: _Night, courses: list[Course], findings: list[Finding], changes: Changes, coverage: Coverage) -> str:
    folder = state.var.catalog
    write_lines(state.var.courses, courses)
    write_lines(folder / "findings.jsonl", findings)
    write_lines(folder / "rejected.jsonl", state.verdicts.rejected)
    write_json(folder / "changes.json", changes)
    write_json(folder / "coverage.json", coverage, indent=1)
    digest = hashlib.blake2b(state.var.courses.read_bytes(), digest_size=12).hexdigest()
    night = {
        "schema_version": SCHEMA_VERSION,
        "night": state.night.isoformat(),
        "sample": state.sample,
        "totals": coverage.totals.model_dump(),
        "outcomes": {row.platform: row.outcome for row in coverage.platforms},
        "digest": digest,
    }
    write_json(folder / "night.json", night, indent=1)
    return digest


class CourseBook:
    """When each course was first seen and last changed: `state/courses-<night>.tsv`, one file a night.

    As with the lives, a night is computed from the newest earlier file.
    """

    def __init__(self, var: Var, night: dt.date) -> None:
        self.folder = var.state
        self.night = night

    def _path(self, night: dt.date) -> Path:
        return self.folder / f"courses-{night.isoformat()}.tsv"

    def _nights(self) -> list[dt.date]:
        names = (p.stem.removeprefix("courses-") for p in self.folder.glob("courses-*.tsv"))
        return sorted(dt.date.fromisoformat(name) for name in names)

    def _before(self) -> dict[str, tuple[str, str]]:
        earlier = [day for day in self._nights() if day < self.night]
        if not earlier:
            return {}
        rows = (line.split("\t") for line in self._path(earlier[-1]).read_text(encoding="utf-8").splitlines())
        return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}

    def settle(self, courses: list[Course]) -> None:
        """Writes first_seen and changed into the courses, and the book of this night."""
        before = self._before()
        lines = []
        for course in courses:
            seen = [offer.first_seen for offer in course.offers if offer.first_seen]
            course.first_seen = min(seen, default=self.night)
            course.changed = None
            digest = course_hash(course)
            old, changed = before.get(course.id, ("", ""))
            course.changed = dt.date.fromisoformat(changed) if old == digest else self.night
            lines.append(f"{course.id}\t{digest}\t{course.changed.isoformat()}\n")
        write_bytes(self._path(self.night), "".join(sorted(lines)).encode())
        for day in [day for day in self._nights() if day < self.night][:-1]:
            self._path(day).unlink(missing_ok=True)


_PASSING = {"last_seen": True, "source_hash": True, "content_hash": True, "list_price_seen": True}


def course_hash(course: Course) -> str:
    """Hash of what is published of a course: without the dates on which it was merely seen again."""
    text = course.model_dump_json(
        exclude={"changed": True, "text": True, "offers": {"__all__": {**_PASSING, "text": True}}}
    )
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
