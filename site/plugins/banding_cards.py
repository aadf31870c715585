"""A course as lists show it: one small value with everything that sorting, grouping and linking need."""

from __future__ import annotations

from dataclasses import dataclass, field

from banding_format import safe_slug
from banding_groups import group_path

from catalog.records import Course, Offer


@dataclass(slots=True)
class Card:
    """`price` is that of the cheapest active offer, `eligible` that offer's; `lowest` the cheapest one that is surely
    eligible. All three are None (or "unknown") without such an offer. `group` names the page that the course shares
    with others, "" where it has its own. `html` is the finished list item, `mark` its hash."""

    id: str
    slug: str
    title: str
    status: str
    provider_id: str | None
    provider: str | None
    category: str | None
    levels: list[str]
    level_source: str | None
    modes: list[str]
    minutes: int | None
    days: int | None
    price: int | None
    eligible: str
    lowest: int | None
    platforms: list[str]
    all_platforms: list[str]
    offers: int
    places: list[str]
    rating: float | None
    rating_count: int | None
    first_seen: str | None
    changed: str | None
    group: str = ""
    html: str = field(default="", repr=False)
    mark: str = ""

    @property
    def path(self) -> str:
        return f"{group_path(self.group)}#{self.slug}" if self.group else f"/pelatihan/{self.slug}/"

    @property
    def active(self) -> bool:
        return self.status == "active"


def cheapest(offers: list[Offer]) -> Offer | None:
    """The cheapest of the offers with a known price; ties go to the one that is surely eligible, then by id."""
    priced = [o for o in offers if o.price_idr is not None]
    return min(priced, key=lambda o: (o.price_idr, o.eligible != "yes", o.id), default=None)


def make_card(course: Course, group: str = "") -> Card:
    active = [o for o in course.offers if o.status == "active"]
    best = cheapest(active)
    return Card(
        id=course.id,
        slug=safe_slug(course.slug),
        title=course.title.strip() or "Pelatihan tanpa judul",
        status=course.status,
        provider_id=safe_slug(course.provider.id) if course.provider else None,
        provider=course.provider.name if course.provider else None,
        category=course.category,
        levels=list(course.levels),
        level_source=course.level_source,
        modes=list(course.modes),
        minutes=course.duration_minutes,
        days=course.duration_days,
        price=best.price_idr if best else None,
        eligible=best.eligible if best else _common(active),
        lowest=course.lowest_price_idr,
        platforms=sorted({o.platform for o in active}),
        all_platforms=sorted({o.platform for o in course.offers}),
        offers=len(active),
        places=sorted(set(course.regencies)),
        rating=course.rating,
        rating_count=course.rating_count,
        first_seen=course.first_seen.isoformat() if course.first_seen else None,
        changed=course.changed.isoformat() if course.changed else None,
        group=group,
    )


def _common(offers: list[Offer]) -> str:
    """Eligibility of offers without any price: what all of them say, else unknown."""
    said = {o.eligible for o in offers}
    return said.pop() if len(said) == 1 else "unknown"


def by_price(card: Card) -> tuple[bool, int, str]:
    """Cheapest first, unknown prices last, ties by id, as in the search: a total order of the data alone."""
    return (card.price is None, card.price or 0, card.id)
