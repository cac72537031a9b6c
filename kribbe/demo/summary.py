"""What the demo came to, beside what it should come to."""

from collections.abc import Iterable
from dataclasses import dataclass

from kribbe.demo.book import Book
from kribbe.demo.families import CAPITAL
from kribbe.demo.occupancy import SLOTS
from kribbe.enrolment.models import CareRequest, Offer, OfferState, Placement, PlacementState, RequestState
from kribbe.people.models import Child
from kribbe.places.models import GroupCapacity, LedgerTake
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import DAYS, WeekPattern

UNDER = 36
"""Months of age below which a child counts."""


@dataclass(frozen=True)
class Figures:
    """The calibration of one desk, or of all. `occupancy` is the share taken by weekday, Monday first."""

    desk: str
    children: int
    places: int
    cared_for: int
    waiting: int
    open_offers: int
    occupancy: tuple[float, ...]

    @property
    def children_a_place(self) -> float:
        return self.cared_for / self.places if self.places else 0.0


def figures(book: Book, slug: str | None = CAPITAL) -> Figures:
    """The figures of one desk's municipality, or of the whole region where `slug` is None."""
    desks = {desk.pk for desk in book.rows(Desk) if slug in (None, desk.slug)}
    capacities = [c for c in book.rows(GroupCapacity) if c.group.location.desk_id in desks]
    groups = {capacity.group_id for capacity in capacities}
    now_here = [
        placement
        for placement in book.rows(Placement)
        if placement.state == PlacementState.FINAL
        and placement.during[0] <= book.today < placement.during[1]
        and placement.group_id in groups
    ]
    return Figures(
        desk=slug or "",
        children=sum(_counts(child, book) for child in book.rows(Child) if child.household.desk_id in desks),
        places=sum(capacity.licensed_places for capacity in capacities),
        cared_for=len({placement.child_id for placement in now_here}),
        waiting=sum(
            request.state == RequestState.OPEN and request.desk_id in desks
            for request in book.rows(CareRequest)
        ),
        open_offers=sum(
            offer.state == OfferState.OPEN and offer.group_id in groups for offer in book.rows(Offer)
        ),
        occupancy=_occupancy(now_here, capacities),
    )


def _counts(child: Child, book: Book) -> bool:
    return child.born is not None and add_months(child.born, UNDER) > book.today


def _occupancy(placements: Iterable[Placement], capacities: Iterable[GroupCapacity]) -> tuple[float, ...]:
    taken, bookable = [0] * SLOTS, [0] * SLOTS
    for placement in placements:
        for slot in WeekPattern(placement.pattern).slots():
            taken[slot] += 1
    for capacity in capacities:
        for slot in range(SLOTS):
            bookable[slot] += capacity.bookable_places
    return tuple(
        (taken[slot] + taken[slot + 1]) / (bookable[slot] + bookable[slot + 1]) for slot in range(0, SLOTS, 2)
    )


def lines(book: Book) -> list[tuple[str, str, str]]:
    """Rows of the summary: what, in Leuven, in the region."""
    here, region = figures(book), figures(book, None)
    rows = [
        ("Children under three known to the desk", str(here.children), str(region.children)),
        ("Licensed places", str(here.places), str(region.places)),
        ("Children cared for", str(here.cared_for), str(region.cared_for)),
        ("Children a place", f"{here.children_a_place:.2f}", f"{region.children_a_place:.2f}"),
        ("Open requests", str(here.waiting), str(region.waiting)),
        ("Open offers", str(here.open_offers), str(region.open_offers)),
        ("Half-days held or agreed", "", str(len(book.rows(LedgerTake)))),
    ]
    days = zip(DAYS, here.occupancy, region.occupancy, strict=False)
    return rows + [(f"Taken on {day.capitalize()}", f"{a:.0%}", f"{b:.0%}") for day, a, b in days]
