"""Modes: columns of platforms, markers in titles, method sections; and the traps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.normalize.mode import mode_of_method, mode_of_title, read_mode

COLUMNS = {
    "Online - LMS": "self_paced",
    "Pembelajaran Mandiri": "self_paced",
    "SPL (Self-Paced Learning)": "self_paced",
    "Video on Demand": "self_paced",
    "Asinkron": "self_paced",
    "Online - Webinar": "live_online",
    "Pelatihan Video Conference": "live_online",
    "Sinkron": "live_online",
    "Tatap Muka Daring": "live_online",
    "Luring": "onsite",
    "Pelatihan Tatap Muka": "onsite",
    "offline (Luring)": "onsite",
    "Offline Training": "onsite",
    "Pelatihan Bauran Daring": "blended",
    "bauran (hybrid)": "blended",
    "Daring dan Luring": "blended",
    "Luring/Daring": "blended",
    "Webinar + LMS": "blended",
    "Daring": None,
    "Online": None,
    "online (Daring)": None,
    "OFFLINE": None,
    "SINGLE_COURSE": None,
    "": None,
}
TITLES = {
    "Webinar: Merawat Tanaman": "live_online",
    "Webinar Nasional: Merawat Tanaman": "live_online",
    "Merawat Tanaman (Webinar)": "live_online",
    "Merawat Tanaman (Luring) Kota Medan": "onsite",
    "Kelas Tatap Muka: Menjahit": "onsite",
    "Mengetik Cepat (Bauran)": "blended",
    "Merawat Tanaman (Daring)": None,
    "Berjualan Online dari Rumah": None,
    "Dari Toko Offline ke Online": None,
    "Membuat Webinar yang Menarik": None,
    "Rapat Jarak Jauh (Zoom)": None,
    "Pertanian Hybrid": None,
    "Merancang Pengajaran Bauran (Blended Learning)": None,
    "": None,
}


@pytest.mark.parametrize("text", COLUMNS)
def test_columns(text: str) -> None:
    assert read_mode("Merawat Tanaman", text) == COLUMNS[text]


@pytest.mark.parametrize("title", TITLES)
def test_titles(title: str) -> None:
    assert mode_of_title(title) == TITLES[title]


def test_the_title_marker_is_more_specific_than_the_column() -> None:
    assert read_mode("Mengetik Cepat (Bauran)", "Online - LMS") == "blended"
    assert read_mode("Webinar: Menata Toko", "OFFLINE") == "live_online"


def test_a_method_section_is_read_where_it_opens() -> None:
    assert mode_of_method("Self paced learning : ceramah interaktif, konsultasi lewat webinar") == "self_paced"
    assert mode_of_method("Ceramah, diskusi, praktik") is None


@pytest.mark.shared
def test_labelled_modes(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "gold" / "mode.jsonl").read_text().splitlines()]
    wrong = [r["title"] for r in rows if read_mode(r["title"], r["mode_text"]) != r["mode"]]
    assert len(wrong) <= 0.03 * len(rows), wrong
