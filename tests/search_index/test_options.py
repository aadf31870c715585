"""Options of `banding search` become the conditions of the site's address, or one clear line."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from search_index.filters import Query
from search_index.options import make_query


def test_every_filter_of_the_site_has_an_option() -> None:
    query = make_query(
        "roti", level=["beginner"], max_price=5, min_price=1, platform=["Tokopedia"], category=["Makanan dan Minuman"],
        mode=["webinar"], city=["Kota Bandung"], provider=["lembaga-1"], duration=["5-10"],
        start=["2020-07", "anytime"], certificate=["yes"], rating=["4.5"], eligible=["unknown"], buyable=True,
        today=dt.date(2020, 7, 5), sort="price",
    )  # fmt: skip
    assert query == Query(
        q="roti", tingkat=("pemula",), harga_min=1, harga_maks=5, platform=("tokopedia",), cara=("webinar",),
        kategori=("makanan-dan-minuman",), kota=("kota-bandung",), lembaga=("lembaga-1",), durasi=("5-10",),
        mulai=("2020-07", "kapan-saja"), sertifikat=("ya",), rating=("4.5",), prakerja=("periksa",), buyable=("1",),
        urut="harga", today=20200705,
    )  # fmt: skip
    assert make_query() == Query()


@pytest.mark.parametrize(
    "given",
    [{"start": ["2020-13"]}, {"rating": ["5"]}, {"duration": ["1"]}, {"eligible": ["x"]}, {"sort": "x"}, {"limit": 0}],
)
def test_what_is_not_known_is_said_in_one_line(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^--\w+: [^\n]+$"):
        make_query("roti", **given)
