"""Small texts made of facts: a course's summary, its age condition, the deadline rule; links in Markdown."""

from __future__ import annotations

import re

from banding_cards import Card
from banding_context import Site
from banding_format import hours, levels, modes, money
from markupsafe import Markup

from catalog.records import Course

_SITE_LINK = re.compile(r'href="situs:(/[^"]*)"')


def resolve_links(html: str, site: Site) -> Markup:
    """Hand-written pages link inside the site as `situs:/metode/`; the base path and link style come in here."""
    return Markup(_SITE_LINK.sub(lambda found: f'href="{site.href(found[1])}"', str(html)))  # noqa: S704 - our own Markdown


def summary(course: Course, card: Card, site: Site) -> str:
    """One sentence of facts for search engines and link previews; only what is known."""
    parts = [modes(course.modes, ""), hours(card.minutes, card.days, ""), levels(course.levels, "")]
    facts = ", ".join(part for part in parts if part)
    who = f" oleh {card.provider}" if card.provider else ""
    if card.active:
        shops = f" di {len(card.platforms)} platform" if len(card.platforms) > 1 else ""
        cost = f" Harga mulai {money(card.price)}{shops}." if card.price is not None else ""
        note = "" if card.eligible == "yes" or card.price is None else " Periksa syarat Kartu Prakerja."
    else:
        cost, note = " Arsip: tidak dijual sekarang.", ""
    return f"{card.title}{who}{': ' + facts if facts else ''}.{cost}{note}"


def age(course: Course) -> str | None:
    """The age condition in words."""
    low, high = course.min_age, course.max_age
    if low is not None and high is not None:
        return f"{low} sampai {high} tahun"
    if low is not None:
        return f"paling muda {low} tahun"
    return f"paling tua {high} tahun" if high is not None else None


def deadline(site: Site) -> str:
    """The deadline rule of the year in one or two sentences."""
    rules = site.rules
    if not rules.known:
        year = f" Aturan terakhir yang kami ketahui dari tahun {rules.rule_year}." if rules.rule_year else ""
        return f"Aturan tahun ini tidak kami ketahui.{year} Periksa pengumuman resmi program."
    parts = []
    if rules.first_purchase_days:
        parts.append(
            f"Pembelian pertama paling lambat {rules.first_purchase_days} hari setelah diterima "
            f"(aturan {rules.rule_year})."
        )
    if rules.buy_before_days:
        online, onsite = rules.buy_before_days.get("online"), rules.buy_before_days.get("onsite")
        parts.append(f"Sebelum jadwal mulai: daring {online} hari, tatap muka {onsite} hari.")
    if rules.cancel_text:
        parts.append(rules.cancel_text)
    return " ".join(parts)


def evidence_words(evidence: dict[str, str]) -> str:
    """Where the values of an offer were read, by layer."""
    words = {
        "api": "jawaban data platform",
        "embedded": "data di halaman",
        "json-ld": "data terstruktur",
        "microdata": "data terstruktur",
        "opengraph": "data terstruktur",
        "html": "teks halaman",
        "outline": "uraian",
    }
    return ", ".join(dict.fromkeys(words.get(layer, layer) for layer in evidence.values()))
