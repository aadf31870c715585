"""The Atom feed of alarms: one entry when an alarm opens, one when it closes; ids never change."""

from __future__ import annotations

import datetime as dt

from feedgenerator import Atom1Feed

from catalog.alarms import AlarmsFile
from catalog.figures import Alarm
from catalog.layout import WIB

MORNING = dt.time(6, 0, tzinfo=WIB)  # a night's figures are read in the morning; no clock is asked


def _moment(night: dt.date) -> dt.datetime:
    return dt.datetime.combine(night, MORNING)


class _Feed(Atom1Feed):  # type: ignore[misc]
    """The library takes the clock for a feed without entries; ours takes the night."""

    newest: dt.datetime

    def latest_post_date(self) -> dt.datetime:
        return self.newest


def atom(alarms: AlarmsFile) -> bytes:
    """The feed as bytes. Equal alarms give equal bytes."""
    mark = "DATA CONTOH. " if alarms.sample else ""
    feed = _Feed(
        title="Kelengkapan data: peringatan",
        link="../cakupan/alarm/",
        description=mark + "Satu entri saat peringatan mulai, satu saat selesai.",
        language="id",
        feed_guid="urn:bandingkan-pelatihan:alarm",
        author_name="Bandingkan Pelatihan",
    )
    entries = [(alarm.opened, "mulai", alarm) for alarm in (*alarms.open, *alarms.closed)]
    entries += [(alarm.closed, "selesai", alarm) for alarm in alarms.closed if alarm.closed]
    for night, word, alarm in sorted(entries, key=lambda e: (e[0], e[2].id, e[1]), reverse=True):
        feed.add_item(
            title=f"{mark}{alarm.title} ({word})",
            link=f"../cakupan/{alarm.platform}/",
            description=_text(alarm, word),
            unique_id=f"urn:bandingkan-pelatihan:alarm:{alarm.id}:{word}",
            pubdate=_moment(night),
            updateddate=_moment(night),
        )
    feed.newest = _moment(max((night for night, _, _ in entries), default=alarms.night))
    return bytes(feed.writeString("utf-8").encode() + b"\n")


def _text(alarm: Alarm, word: str) -> str:
    if word == "selesai":
        return f"{alarm.text} Selesai pada malam {alarm.closed}."
    return alarm.text
