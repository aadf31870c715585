"""The life of every offer over the nights: first and last seen, price since, missed nights, status.

One file a night, `state/lives-<night>.jsonl`. A night is always computed from the newest file of an *earlier* night,
so running the same night again gives the same bytes, and a kill loses nothing but the running night.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic_core import from_json, to_json

from catalog.files import dump_json, write_bytes
from catalog.layout import Var
from catalog.platforms import Spec
from catalog.quarantine import Quarantine
from catalog.records import SCHEMA_VERSION, ArchivedWhy, Offer, OfferStatus

GONE_AFTER = 3  # accepted nights without the offer
STALE_AFTER = dt.timedelta(days=7)


class NightError(ValueError):
    """A night that can't be built; the message says what to do."""


@dataclass(slots=True)
class Life:
    """What the nights know of one offer. Dates are nights (WIB)."""

    id: str
    first_seen: dt.date
    last_seen: dt.date
    title: str
    price: int | None = None
    price_raw: str | None = None
    list_price: int | None = None
    price_since: dt.date | None = None
    url: str | None = None
    status: OfferStatus = "active"
    why: ArchivedWhy | None = None
    missed: list[dt.date] = field(default_factory=list)
    gone_since: dt.date | None = None
    content: str | None = None

    @property
    def platform(self) -> str:
        return self.id.partition(":")[0]


Lives = dict[str, Life]
_DATES = ("first_seen", "last_seen", "price_since", "gone_since")
_FIELDS = tuple(Life.__dataclass_fields__)


def _to_json(life: Life) -> bytes:
    values = ((name, getattr(life, name)) for name in _FIELDS)
    return to_json({name: value for name, value in values if value is not None and value != []})


def _from_json(text: str) -> Life:
    row = from_json(text)
    for name in _DATES:
        if name in row:
            row[name] = dt.date.fromisoformat(row[name])
    row["missed"] = [dt.date.fromisoformat(day) for day in row.get("missed", [])]
    return Life(**row)


class LifeStore:
    """The files of lives: the newest before a night, and the night's own."""

    def __init__(self, var: Var, quarantine: Quarantine) -> None:
        self.folder = var.state
        self.quarantine = quarantine

    def path(self, night: dt.date) -> Path:
        return self.folder / f"lives-{night.isoformat()}.jsonl"

    def nights(self) -> list[dt.date]:
        return sorted(dt.date.fromisoformat(p.stem.removeprefix("lives-")) for p in self.folder.glob("lives-*.jsonl"))

    def check(self, night: dt.date) -> None:
        """Raises NightError when a later night was already built: the clock went back, or the date is wrong."""
        later = [day for day in self.nights() if day > night]
        if later:
            raise NightError(
                f"night {night} is before {later[-1]}, which is already built; "
                "check this machine's clock or --date, or use another --var folder"
            )

    def before(self, night: dt.date) -> Lives:
        """Lives as of the newest night before `night`; empty on the first one. A bad line is set aside."""
        for day in reversed([day for day in self.nights() if day < night]):
            lives = self._read(self.path(day))
            if lives is not None:
                return lives
        return {}

    def on(self, night: dt.date) -> Lives:
        path = self.path(night)
        return (self._read(path) or {}) if path.exists() else {}

    def _read(self, path: Path) -> Lives | None:
        lines = path.read_text(encoding="utf-8", errors="replace").removesuffix("\n").split("\n")
        version = _version(lines[0]) if lines else None
        if version != SCHEMA_VERSION:
            self.quarantine.file(path, f"schema version {version!r}; this program reads {SCHEMA_VERSION}")
            return None
        lives: Lives = {}
        for number, text in enumerate(lines[1:], 2):
            try:
                life = _from_json(text)
            except (ValueError, TypeError, KeyError) as error:
                self.quarantine.line("lives", number, text, str(error))
                continue
            lives[life.id] = life
        return lives

    def write(self, night: dt.date, lives: Lives) -> None:
        """Writes the night's file and drops the files that no later build can need."""
        head = dump_json({"schema_version": SCHEMA_VERSION, "night": night.isoformat()})
        write_bytes(
            self.path(night), b"\n".join([head.encode(), *(_to_json(lives[key]) for key in sorted(lives)), b""])
        )
        for day in [day for day in self.nights() if day < night][:-1]:
            self.path(day).unlink(missing_ok=True)


def _version(text: str) -> object:
    try:
        head = json.loads(text)
    except ValueError:
        return None
    return head.get("schema_version") if isinstance(head, dict) else None


def advance(
    before: Mapping[str, Life],
    present: Iterable[Offer],
    absent: Iterable[Offer],
    *,
    night: dt.date,
    good_nights: Mapping[str, dt.date],
    specs: Mapping[str, Spec],
) -> Lives:
    """The lives of this night, and the same dates and status written into the offers.

    `present` are the offers of all last good copies, `absent` those that an accepted run no longer had,
    `good_nights` says for each platform on which night its last good copy was accepted.
    """
    lives: Lives = {}
    for offer in present:
        life = _seen(before.get(offer.id), offer, good_nights.get(offer.platform, night))
        lives[offer.id] = life
    for offer in absent:
        old = before.get(offer.id)
        if offer.id not in lives and old is not None:
            lives[offer.id] = _missed(old, night, good_nights.get(offer.platform) == night)
            _write_into(offer, _settle(lives[offer.id], specs, night))
    for offer in present:
        _write_into(offer, _settle(lives[offer.id], specs, night))
    return lives


def _seen(old: Life | None, offer: Offer, night: dt.date) -> Life:
    """An offer that stands in the last good copy of `night`."""
    new = Life(
        id=offer.id,
        first_seen=old.first_seen if old else night,
        last_seen=max(old.last_seen, night) if old else night,
        title=offer.title,
        price=offer.price_idr,
        price_raw=offer.price_raw,
        list_price=offer.list_price_idr,
        url=offer.url,
        # The same copy as before says nothing new; one that came from a published site lacks the long texts.
        content=old.content if old is not None and old.last_seen >= night else offer.content_hash,
    )
    if offer.price_idr is not None:
        same = old is not None and old.price == offer.price_idr and old.price_since is not None
        new.price_since = old.price_since if same and old else night
    return new


def _missed(old: Life, night: dt.date, accepted: bool) -> Life:
    missed = [*old.missed, night] if accepted and old.gone_since is None else list(old.missed)
    gone = old.gone_since or (night if len(missed) >= GONE_AFTER else None)
    return replace(old, missed=missed, gone_since=gone)


def _settle(life: Life, specs: Mapping[str, Spec], night: dt.date) -> Life:
    life.status, life.why = status_of(life, specs.get(life.platform), night)
    return life


def status_of(life: Life, spec: Spec | None, night: dt.date) -> tuple[OfferStatus, ArchivedWhy | None]:
    """Active, gone or archived with the reason; the rules stand in docs/architecture.md."""
    if life.gone_since is not None:
        return "gone", None
    if spec is not None and spec.kind == "directory":
        return "archived", "directory"
    if spec is None or not spec.official_on(night):
        began = spec is not None and any(span.from_ is None or span.from_ <= night for span in spec.official)
        return "archived", "left_programme" if began or spec is None else "not_yet_official"
    if night - life.last_seen > STALE_AFTER:
        return "archived", "stale"
    return "active", None


def _write_into(offer: Offer, life: Life) -> None:
    vars(offer).update(  # one step: pydantic's own way through each assignment costs more than all else here
        first_seen=life.first_seen,
        last_seen=life.last_seen,
        price_since=life.price_since,
        gone_since=life.gone_since,
        status=life.status,
        archived_why=life.why,
    )
