"""`--bootstrap URL`: a night on an empty machine begins with the past that the published site carries."""

from __future__ import annotations

from catalog.bootstrap import LARGEST, BootstrapError, Fetch, bootstrap, crawl_memory, is_unfinished, merge_history
from catalog.layout import Var
from nightly.errors import UserError
from nightly.fetch import Site
from nightly.job import is_sample
from nightly.report import Progress


def fetch_past(address: str, var: Var, progress: Progress) -> None:
    """Last good copies, ids, lives and history from `address`/data/state/; nothing when this machine has a past.

    Raises when the past can't be fetched whole: a night without it would call every course new.
    """
    if has_past(var):
        progress.say(f"bootstrap: {var.root} has a past already; {address} is not asked")
        return
    restored = bootstrap(address, var, fetch=_data_of(address))
    progress.say(
        f"bootstrap: {restored.files} files of the night {restored.night} from {address}"
        + (", with price history" if restored.history else "")
        + (" (sample data)" if restored.sample else "")
    )


def _data_of(address: str) -> Fetch:
    site = Site(address)
    return lambda name: site.get(f"data/{name}", LARGEST)


def has_past(var: Var) -> bool:
    return any(var.lastgood.glob("*.meta.json")) and not is_unfinished(var)


def fetch_history(address: str, var: Var, progress: Progress) -> None:
    """Adds the published price history to that of this machine, for one whose file was damaged; nothing else."""
    night = merge_history(_data_of(address), var, sample=is_sample(var))
    progress.say(
        f"bootstrap: {var.root} has a past already; "
        + (
            f"only the price history of the night {night} was added"
            if night
            else f"{address} publishes no price history"
        )
    )


def check_past(var: Var) -> None:
    """UserError where a past was fetched only in part: prices would lose their history, courses their ids."""
    if is_unfinished(var):
        raise UserError(
            f"the past in {var.root} was fetched only in part: run again with --bootstrap URL, or begin with an empty"
            " folder (--var)"
        )


def fetch_memory(address: str, var: Var, platform: str) -> str:
    """What the site at `address` remembers of a platform's pages, so that a machine without a past asks only for what
    changed. Returns what to tell; without the memory the crawl is a full one, nothing worse."""
    fetch = _data_of(address)
    try:
        came = crawl_memory(fetch, var, platform)
    except (UserError, BootstrapError) as error:
        return f"memory of pages: {error}; all pages are asked for"
    return f"memory of pages: from {address}" if came else "memory of pages: none to fetch"
