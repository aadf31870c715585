"""Columns over many courses, for the *sharded* form: what filters and sorts need where no word narrows them down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from search_index.bulk import column
from search_index.facets import Row
from search_index.packing import numbered
from search_index.whole import ELIGIBLE, facet_values


def coded(values: Sequence[Any]) -> dict[str, Any]:
    """A column as a table of its distinct values and their numbers; 0 means unknown."""
    table, codes = numbered(values)
    return {"t": table, "c": column(np.array(codes, dtype=np.int64))}


def facet_columns(rows: Sequence[Row]) -> dict[str, Any]:
    """`facet_values` as columns, each as a table of values and numbers into it."""
    return {name: coded(values) for name, values in facet_values(rows).items()}


def offer_columns(rows: Sequence[Row], platforms: Sequence[str]) -> dict[str, Any]:
    """Active offers of all courses one after the other; `n` says how many each course has, `until` (left out where
    no offer has one) the last day on which a dated run can be bought."""
    offers = [offer for row in rows for offer in row.offers]
    shops = {name: number for number, name in enumerate(platforms)}
    days = {"until": coded([offer.until for offer in offers])} if any(offer.until for offer in offers) else {}
    return days | {
        "n": column(np.array([len(row.offers) for row in rows], dtype=np.int64)),
        "p": column(np.array([shops[offer.platform] for offer in offers], dtype=np.int64)),
        "e": column(np.array([ELIGIBLE.index(offer.eligible) for offer in offers], dtype=np.int64)),
        "price": coded([offer.price for offer in offers]),
    }
