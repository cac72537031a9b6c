"""One week of several locations side by side: children, places with staff and missing carers by half-day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kribbe.places.models import Location
from kribbe.planning.selectors.occupancy import Cells, Ints, cells
from kribbe.planning.selectors.short import judged_at
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.occupancy import Occupancy, State

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Half:
    """A half-day of all groups of a location.

    `missing` are the carers too few by law, `too_many` the children too many at the home of a family carer, however
    many carers there are; both 0 where no carers are planned.
    """

    planned: int
    staffed: int
    state: State
    missing: int
    too_many: int = 0

    @property
    def is_over(self) -> bool:
        """Whether more children are planned than there are places with staff."""
        return self.state is State.OPEN and self.planned > self.staffed


@dataclass(frozen=True)
class LocationWeek:
    """A location's week; `halves` has an entry for each half-day."""

    location: Location
    halves: Sequence[Half]
    occupancy: Occupancy

    @property
    def short(self) -> int:
        """The half-days on which carers are missing, or children are too many."""
        return sum(half.missing > 0 or half.too_many > 0 for half in self.halves)


def weeks_at(locations: Sequence[Location], monday: date, *, today: date) -> list[LocationWeek]:
    """The week of these locations in their order; the number of queries grows with desks only."""
    keys = [each.pk for each in locations]
    found = cells(first=monday, last=monday + 6 * DAY, today=today, locations=keys)
    law = judged_at(locations, found, today=today)
    weeks = []
    for location in locations:
        rows = np.array(
            [row for row, key in enumerate(found.groups) if key.location_slug == location.slug],
            dtype=np.int64,
        )
        judged = {each.slot: (each.missing, each.need.too_many) for each in law[location.pk].short}
        halves = [_half(found, rows, slot, *judged.get(slot, (0, 0))) for slot in range(SLOTS)]
        weeks.append(LocationWeek(location, halves, found.total(rows)))
    return weeks


def _half(found: Cells, rows: Ints, slot: int, missing: int, too_many: int) -> Half:
    """The groups that are open together; without any with staff a case of its own."""
    open_ = ~found.closed[rows, 0, slot] & (found.licensed[rows, 0, slot] > 0)
    staffed = int(found.staffed[rows, 0, slot][open_].sum())
    state = State.CLOSED if not open_.any() else State.OPEN if staffed else State.NO_STAFF
    return Half(int(found.planned[rows, 0, slot][open_].sum()), staffed, state, missing, too_many)
