"""The first half of the catalog stage: a verdict for every platform, and last good copies replaced by accepted runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from catalog.files import write_json
from catalog.gate import baseline_of, fill_rates, judge, not_run, unmapped_words
from catalog.intake import Intake, Rejected, RunFacts, read_run
from catalog.layout import Var
from catalog.line_memo import LineMemo
from catalog.platforms import Spec
from catalog.quarantine import Quarantine, read_json
from catalog.reading import OfferCache, ReaderError, read_anew, source_hash_of
from catalog.records import SCHEMA_VERSION, Offer, Record, Verdict
from catalog.rooms import read_offer
from catalog.store import LastGood, Meta


class Verdicts(Record):
    """verdicts.json: the gate's answers of one night and the figures of the runs behind them."""

    schema_version: int = SCHEMA_VERSION
    night: dt.date
    sample: bool = False
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    facts: dict[str, RunFacts] = Field(default_factory=dict)
    rejected: list[Rejected] = Field(default_factory=list)


@dataclass
class Night:
    """What one build of one night holds while it runs."""

    var: Var
    specs: Mapping[str, Spec]
    night: dt.date
    run: str | None
    origins: set[str]
    sample: bool
    published: Path | None = None  # the price history that readers have, should ours be damaged
    quarantine: Quarantine = field(init=False)
    store: LastGood = field(init=False)
    verdicts: Verdicts = field(init=False)
    caches: dict[str, OfferCache] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    promoted: dict[str, list[Offer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.quarantine = Quarantine(self.var.quarantine)
        self.store = LastGood(self.var, self.quarantine)
        self.verdicts = Verdicts(night=self.night, sample=self.sample)

    def cache(self, platform: str) -> OfferCache:
        if platform not in self.caches:
            self.caches[platform] = OfferCache(self.var, self.specs[platform], self.night)
        return self.caches[platform]


def judge_all(state: Night) -> None:
    """A verdict for every spec: tonight's run, else what was already said tonight, else 'not run'."""
    earlier = read_verdicts(state.var, state.quarantine)
    if earlier is not None and earlier.night != state.night:
        earlier = None
    for platform in state.specs:
        run_dir = state.var.run_dir(state.run, platform) if state.run else None
        said = earlier.verdicts.get(platform) if earlier else None
        settled = said is not None and said.run == state.run and said.outcome == "accepted"
        memo = LineMemo(state.var, platform, state.store)
        intake = read_run(run_dir, platform, state.quarantine, memo) if run_dir and not settled else None
        if intake is None:
            _keep(state, platform, earlier)
        elif _judge(state, platform, intake):
            memo.save()
    write_json(state.var.catalog / "verdicts.json", state.verdicts, indent=1)


def _keep(state: Night, platform: str, earlier: Verdicts | None) -> None:
    if earlier is None or platform not in earlier.verdicts:
        state.verdicts.verdicts[platform] = not_run(platform)
        return
    state.verdicts.verdicts[platform] = earlier.verdicts[platform]
    if platform in earlier.facts:
        state.verdicts.facts[platform] = earlier.facts[platform]
    state.verdicts.rejected.extend(item for item in earlier.rejected if item.platform == platform)


def _judge(state: Night, platform: str, intake: Intake) -> bool:
    """Writes the verdict down and promotes an accepted run; was it accepted?"""
    spec, run = state.specs[platform], state.run or ""
    meta = state.store.meta(platform)
    if intake.report is None:
        reason = f"Laporan pengumpulan tidak dapat dibaca ({intake.problem})."
        verdict = Verdict(platform=platform, run=run, outcome="held", reasons=[reason], codes=["report"])
        state.verdicts.verdicts[platform] = verdict
        return False
    offers = read_offers(intake, spec, state.night, state.cache(platform), state.quarantine)
    verdict = judge(
        intake.report,
        intake.measured,
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
    if verdict.outcome != "accepted":
        return False
    promote(state.store, intake, run, state.night, sample=state.sample)
    state.promoted[platform] = offers
    return True


def read_offers(intake: Intake, spec: Spec, night: dt.date, cache: OfferCache, quarantine: Quarantine) -> list[Offer]:
    """The offers of a run's usable listings. A listing on which a reader fails becomes a rejected one."""
    offers: list[Offer] = []
    for line in list(intake.lines):
        try:
            offer = cache.get(line.hash) or read_anew(intake.listing(line), line, spec, night, cache, read_offer)
        except ReaderError as error:
            intake.reject(line, "reader")
            quarantine.line(f"run-{spec.id}", len(offers) + 1, line.text, str(error))
            continue
        offer.source_hash = source_hash_of(line.text)
        offers.append(offer)
    return offers


def promote(
    store: LastGood, intake: Intake, run: str, night: dt.date, *, sample: bool, released: str | None = None
) -> None:
    """Makes a run's usable listings the last good ones."""
    assert intake.report is not None
    meta = Meta(
        platform=intake.report.platform,
        run=run,
        night=night,
        count=len(intake.lines),
        baseline=baseline_of(intake.measured, intake.report),
        sample=sample or intake.report.sample,
        released=released,
    )
    store.replace(meta.platform, intake.lines, meta)


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
        valid=len(intake.lines),
        rejected=intake.rejected_by_code(),
        requests=report.requests,
        statuses=report.statuses,
        bytes=report.bytes,
        errors=report.errors,
        layers=dict(sorted(report.layers.items())),
        started=report.started,
        finished=report.finished,
        finish_reason=report.finish_reason,
        fill=fill_rates(intake.measured),
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


class ReleaseError(ValueError):
    """A run that can't be released; the message says why."""


def release(var: Var, spec: Spec, run: str, reason: str, quarantine: Quarantine) -> Verdict:
    """Promotes a held run by a person's decision and writes that into the verdicts of its night."""
    intake = read_run(var.run_dir(run, spec.id), spec.id, quarantine)
    if intake is None or intake.report is None:
        problem = intake.problem if intake else "no report.json there"
        raise ReleaseError(f"{var.run_dir(run, spec.id)}: {problem}; `ls {var.runs}` shows the runs that are kept")
    if not intake.lines:
        raise ReleaseError(f"run {run} of {spec.id} holds no usable listing; nothing to release")
    verdicts = read_verdicts(var, quarantine)
    judged = verdicts.verdicts.get(spec.id) if verdicts else None
    night = verdicts.night if verdicts and judged and judged.run == run else None  # the one it was taken for
    night = night or (dt.date.fromisoformat(intake.report.night) if intake.report.night else None)
    night = night or (verdicts.night if verdicts else None)
    if night is None:
        raise ReleaseError(f"run {run} does not say its night and no catalog was built; run `banding catalog` first")
    store = LastGood(var, quarantine)
    meta = store.meta(spec.id)
    if meta is not None and meta.night > night:
        raise ReleaseError(f"last good of {spec.id} is of {meta.night}, after this run's night {night}; not replaced")
    verdict = Verdict(
        platform=spec.id, run=run, outcome="accepted", reasons=[f"Dilepas oleh petugas: {reason}"], codes=["released"]
    )
    promote(store, intake, run, night, sample=intake.report.sample, released=reason)
    if verdicts is not None and verdicts.night == night:
        verdicts.verdicts[spec.id] = verdict
        offers = read_offers(intake, spec, night, OfferCache(var, spec, night), quarantine)
        verdicts.facts[spec.id] = facts_of(intake, offers)
        write_json(var.catalog / "verdicts.json", verdicts, indent=1)
    return verdict
