"""`--bootstrap URL`: a night on an empty machine begins with the past that the published site carries."""

from __future__ import annotations

from catalog.bootstrap import LARGEST, bootstrap
from catalog.layout import Var
from nightly.fetch import Site
from nightly.report import Progress


def fetch_past(address: str, var: Var, progress: Progress) -> None:
    """Last good copies, ids, lives and history from `address`/data/state/; nothing when this machine has a past.

    Raises when the past can't be fetched whole: a night without it would call every course new.
    """
    if any(var.lastgood.glob("*.meta.json")):
        progress.say(f"bootstrap: {var.root} has a past already; {address} is not asked")
        return
    site = Site(address)
    restored = bootstrap(address, var, fetch=lambda name: site.get(f"data/{name}", LARGEST))
    progress.say(
        f"bootstrap: {restored.files} files of the night {restored.night} from {address}"
        + (", with price history" if restored.history else "")
        + (" (sample data)" if restored.sample else "")
    )
