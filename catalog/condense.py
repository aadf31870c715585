"""A listing as it is kept: what only its whole text shows is read once, then long texts are cut.

A run's raw listing stays whole in var/runs. Last good copies, absent listings and the published state hold the cut
form, so that a night on an empty machine reads the very same texts as one on the disk of the night before, and no
whole description of a provider is published.
"""

from __future__ import annotations

from catalog.normalize.eligibility import read_eligibility
from catalog.normalize.offer import competency_codes
from catalog.records import Listing

EPOCH = "1970-01-01T00:00:00+07:00"  # stands for the moment of fetching
LONGEST = 1_000  # signs of one section, and of the text outside the sections


def condensed(listing: Listing) -> Listing:
    """The listing with texts of at most LONGEST signs. Doing it twice changes nothing more."""
    if not _is_long(listing):
        return listing
    eligible, evidence = read_eligibility(listing)
    codes = competency_codes(listing)
    return listing.model_copy(
        update={
            "eligible": eligible,
            "eligible_evidence": evidence,
            "competency": "; ".join(codes) or listing.competency,
            "text": listing.text[:LONGEST] if listing.text else listing.text,
            "sections": [s.model_copy(update={"text": s.text[:LONGEST]}) for s in listing.sections],
        }
    )


def slim(line: str) -> str | None:
    """A listing's line of JSON with its texts cut and without the moment of fetching: the texts are the provider's, the
    next crawl brings them back, and equal catalogs shall give equal files. None when the line is no listing."""
    at_once = _slim_at_once(line)
    if at_once is not None:
        return at_once
    try:
        listing = Listing.model_validate_json(line)
    except ValueError:
        return None
    return condensed(listing).model_copy(update={"fetched_at": EPOCH}).model_dump_json(exclude_defaults=True)


def _slim_at_once(line: str) -> str | None:
    """The same of a line in our own spelling, without reading its record, which costs six times as much. None where the
    text can't tell: where a quotation mark hides how long a text is, or where one is long."""
    before, mark, after = line.partition(_FETCHED)
    if not (mark and line.startswith(_START) and line.endswith("}")):
        return None
    if '\\"' in line or max(map(len, line.split('"'))) > LONGEST:
        return None
    _, quote, rest = after.partition('"')
    return f"{before}{mark}{EPOCH}{quote}{rest}"


_START = '{"platform":"'
_FETCHED = ',"fetched_at":"'  # such a key only: inside of a text its quotation marks would have strokes


def _is_long(listing: Listing) -> bool:
    return len(listing.text or "") > LONGEST or any(len(s.text) > LONGEST for s in listing.sections)
