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
from pathlib import Path

from pydantic import Field

from catalog import findings as found_by_checks
from catalog import official
from catalog.alarms import AlarmsFile, Tonight, raise_alarms
from catalog.change_book import ChangeBook
from catalog.changes import KINDS, Change, Changes, diff
from catalog.collector import no_collector
from catalog.completeness import cells
from catalog.course_book import CourseBook
from catalog.course_checks import check_courses
from catalog.coverage import events_of, mark_trials, platform_rows, totals_of
from catalog.figures import Alarm, Coverage, Event, PlatformRow, Totals
from catalog.files import sweep, write_json, write_lines
from catalog.gate import baseline_of
from catalog.history import History, Row
from catalog.intake import read_run
from catalog.judging import Night, judge_all, release
from catalog.layout import Var
from catalog.lifecycle import Life, LifeStore, Lives, advance
from catalog.platforms import Spec
from catalog.quarantine import Quarantine
from catalog.reading import read_lines_as_offers
from catalog.records import SCHEMA_VERSION, Course, Finding, Offer, Record, RunReport, Verdict
from catalog.rooms import Checker, Matcher, open_checker, open_matcher, read_offer
from catalog.store import Line, Meta
from catalog.texts import Texts
from catalog.trends import TrendBook, names_before, rows_of

WATCHED_NIGHTS = 7  # earlier nights before we dare say that a struck price was never asked


class Busy(RuntimeError):
    """Somebody else builds a catalog in the same folder."""


class CatalogSummary(Record):
    """What the catalog stage did: figures per platform, totals, and what a person should know."""

    night: dt.date
    sample: bool
    platforms: list[PlatformRow]
    totals: Totals
    counts: dict[str, int] = Field(description="changes by kind")
    events: list[Event] = Field(default_factory=list)
    alarms: list[Alarm] = Field(default_factory=list, description="what is on tonight")
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


def build_catalog(
    var: Var,
    specs: dict[str, Spec],
    night: dt.date,
    run: str | None,
    *,
    origins: set[str],
    sample: bool,
    published: Path | None = None,
) -> CatalogSummary:
    """Builds the catalog of `night` from the runs of `run` and the last good copies.

    With `run` None nothing is judged anew: tonight's verdicts stand, other platforms are 'not run'. `published` is the
    price history that readers have: a damaged one is made anew from it.
    Raises NightError when a later night was already built, Busy when another build is running.
    """
    with _alone(var), no_collector():
        sweep(var.root, leave=(var.runs.name,))
        state = Night(var, specs, night, run, origins, sample, published)
        LifeStore(var, state.quarantine).check(night)
        _mend_metas(state)
        judge_all(state)
        summary = _build(state)
        state.quarantine.flush()
        return summary


def _build(state: Night) -> CatalogSummary:
    lives_store = LifeStore(state.var, state.quarantine)
    before = lives_store.before(state.night)
    present, absent, metas = _read_all(state)
    good_nights = {platform: meta.night for platform, meta in metas.items()}
    lives = advance(before, present, absent, night=state.night, good_nights=good_nights, specs=state.specs)
    offers = [*present, *(offer for offer in absent if offer.id in lives)]
    offers.sort(key=lambda offer: offer.id)

    history = History(state.var, state.quarantine)
    note = history.repair(state.published)
    if note:
        state.notes.append(note)
    _look_back(history, offers, state.night)
    price_before = {key: life.price for key, life in before.items() if life.status != "gone"}
    checker: Checker = open_checker(state.specs, state.night, price_before)
    findings = checker([offer for offer in offers if offer.status != "gone"])
    _warn(offers, findings)
    texts = Texts(state.var.state)
    texts.take(offers)
    matcher: Matcher = open_matcher(state.var)
    courses = matcher.group(offers)
    findings += check_courses(courses)
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
    for row in rows:
        row.warnings = [*row.warnings, *([state.damaged[row.platform]] if row.platform in state.damaged else [])]
    alarms, coverage = _figures(state, rows, courses, findings, changes, history, price_before)
    matcher.save()  # first: ids must never be given twice, whatever happens next
    _append_history(history, lives, state.night)
    lives_store.write(state.night, lives)
    digest = _write(state, courses, texts, findings, changes, coverage, alarms)
    official.compare_again(state.var, state.night, courses)
    return CatalogSummary(
        night=state.night,
        sample=state.sample,
        platforms=rows,
        totals=coverage.totals,
        counts=changes.counts,
        events=coverage.events,
        alarms=alarms.open,
        quarantined=state.quarantine.count,
        notes=state.notes,
        digest=digest,
    )


def _figures(
    state: Night,
    rows: list[PlatformRow],
    courses: list[Course],
    findings: list[Finding],
    changes: Changes,
    history: History,
    price_before: Mapping[str, int | None],
) -> tuple[AlarmsFile, Coverage]:
    """Trends, alarms and everything else that coverage.json says."""
    book = TrendBook(state.var, state.quarantine)
    earlier = book.before(state.night)
    mark_trials(state.specs, rows, earlier)
    tonight = rows_of(rows, state.verdicts.facts, courses, state.night)
    offers = [offer for course in courses for offer in course.offers]
    alarms = raise_alarms(
        state.var,
        state.quarantine,
        Tonight(
            state.night, rows, earlier, tonight, history.usual_prices(state.night), price_before, offers, state.sample
        ),
    )
    book.write(earlier, tonight)
    collected = {row.platform for row in earlier if row.outcome == "accepted"}
    return alarms, Coverage(
        night=state.night,
        sample=state.sample,
        totals=totals_of(courses),
        platforms=rows,
        events=events_of(state.specs, rows, state.night, changes.since, collected, names_before(earlier)),
        alarms=alarms.open,
        completeness=cells(courses, list(state.specs)),
        checks=found_by_checks.counts(findings),
    )


def _read_all(state: Night) -> tuple[list[Offer], list[Offer], dict[str, Meta]]:
    """Offers of all last good copies, offers that they no longer have, and what is known of each copy."""
    present: list[Offer] = []
    absent: list[Offer] = []
    metas = {}
    for platform, spec in state.specs.items():
        meta = state.store.meta(platform)
        if meta is None:
            continue
        metas[platform] = meta
        whole = state.promoted.get(platform)  # an accepted run is the last good copy, and its offers were read
        if whole is None:
            whole = _offers_of(state, spec, _whole_copy(state, platform, meta))
        present.extend(whole)
        absent.extend(_offers_of(state, spec, state.store.absent_lines(platform)))
    for cache in state.caches.values():
        cache.save()
    state.caches.clear()  # where each text stands in them is worth some memory
    return present, absent, metas


def _offers_of(state: Night, spec: Spec, lines: list[Line]) -> list[Offer]:
    return read_lines_as_offers(lines, spec, state.night, state.cache(spec.id), state.quarantine, read_offer)


def _whole_copy(state: Night, platform: str, meta: Meta) -> list[Line]:
    """The lines of a last good copy. One that was cut is made anew from the run that it came from, while that is kept;
    else its good part counts, and the page says so."""
    lines = state.store.lines(platform)
    if len(lines) >= meta.count:
        return lines
    run = read_run(state.var.run_dir(meta.run, platform), platform, state.quarantine)
    if run is not None and run.report is not None and len(run.lines) >= meta.count:
        state.store.replace(platform, run.lines, meta)
        state.notes.append(f"lastgood/{platform}.jsonl was damaged; made anew from run {meta.run}")
        return state.store.lines(platform)
    state.notes.append(
        f"lastgood/{platform}.jsonl is damaged: {len(lines)} of {meta.count} listings are left; "
        f"run `banding nightly --only {platform}`, whose accepted run makes it whole"
    )
    state.damaged[platform] = f"Salinan terakhir rusak: {len(lines)} dari {meta.count} pelatihan dapat dibaca."
    return lines


def _mend_metas(state: Night) -> None:
    """Copies whose meta file is lost: the listings are good, and the lives know on which night they were last seen."""
    for platform in state.specs:
        if not state.store.path(platform).exists() or state.store.meta(platform) is not None:
            continue
        lives = LifeStore(state.var, state.quarantine).before(state.night)
        seen = [life.last_seen for life in lives.values() if life.platform == platform]
        if not seen:
            state.notes.append(f"lastgood/{platform}.jsonl is of an unknown night and left out until the next run")
            continue
        _mend_meta(state, platform, max(seen))


def _mend_meta(state: Night, platform: str, night: dt.date) -> None:
    listings = state.store.listings(platform)
    report = RunReport(platform=platform, run="unknown", started="", finished="", finish_reason="finished")
    meta = Meta(
        platform=platform,
        run=report.run,
        night=night,
        count=len(listings),
        baseline=baseline_of(listings, report),
        sample=state.sample,
    )
    write_json(state.store.meta_path(platform), meta, indent=1)
    state.notes.append(f"lastgood/{platform}.meta.json was lost; made anew from the listings and the night {night}")


def _look_back(history: History, offers: list[Offer], night: dt.date) -> None:
    asked = {o.id: o.list_price_idr for o in offers if o.list_price_idr is not None and o.status != "gone"}
    seen = history.list_price_seen(asked, night, WATCHED_NIGHTS)
    for offer in offers:
        if offer.id in seen:
            offer.list_price_seen = seen[offer.id]


def _warn(offers: list[Offer], findings: list[Finding]) -> None:
    true: dict[str, set[str]] = {}
    for finding in findings:
        if finding.state == "true":
            true.setdefault(finding.subject, set()).add(finding.check)
    for offer in offers:
        if offer.id in true:
            offer.warnings = sorted(true[offer.id])


def _changes(state: Night, before: Mapping[str, Life], lives: Lives, courses: list[Course]) -> Changes:
    where = {offer.id: course for course in courses for offer in course.offers}
    found: list[Change] = diff(before, lives)
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


def _write(
    state: Night,
    courses: list[Course],
    texts: Texts,
    findings: list[Finding],
    changes: Changes,
    coverage: Coverage,
    alarms: AlarmsFile,
) -> str:
    folder = state.var.catalog
    write_lines(state.var.courses, texts.given_back(courses))
    write_lines(folder / "findings.jsonl", findings)
    write_lines(folder / "rejected.jsonl", state.verdicts.rejected)
    write_json(folder / "changes.json", changes)
    ChangeBook(state.var, state.quarantine).add(changes)
    write_json(folder / "coverage.json", coverage, indent=1)
    write_json(folder / "alarms.json", alarms, indent=1)
    with state.var.courses.open("rb") as written:
        digest = hashlib.file_digest(written, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
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


def accept_run(var: Var, spec: Spec, run: str, reason: str) -> Verdict:
    """Releases a held run: a person says that it is right. The reason is kept and shown.

    Its listings become last good; `build_catalog` for the same night then shows them. Raises ReleaseError when there is
    no such run, or a newer one is already last good.
    """
    with _alone(var):
        quarantine = Quarantine(var.quarantine)
        verdict = release(var, spec, run, reason, quarantine)
        quarantine.flush()
        return verdict
