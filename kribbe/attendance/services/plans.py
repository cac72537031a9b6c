"""What was expected of children on days: their plans, for the rules of the register."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.selectors.closed import closed_days
from kribbe.planning.selectors.planned import Planned, plan_of, with_weeks
from kribbe.planning.written import minute
from kribbe.rules.agreed import Parts, starting_on
from kribbe.rules.attendance import Plan

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plans:
    """The plans of some places of one location on days from `first` to `last`."""

    location: Location
    planned: Mapping[int, Planned]
    closed: frozenset[date]

    def parts(self, placement_id: int, day: date) -> Parts:
        """The parts that begin on a day; a night goes on beyond 1440."""
        return starting_on(self.planned[placement_id].agreements, day, self.closed)

    def on(self, placement_id: int, day: date) -> Plan:
        """The plan of a day, with the opening hours."""
        opens, closes = minute(self.location.opens_at), minute(self.location.closes_at)
        return Plan(self.parts(placement_id, day), opens, closes)

    def holds(self, placement_id: int, day: date) -> bool:
        """Whether the place runs on a day."""
        placement = self.planned[placement_id].placement
        return placement is not None and day in placement.during


def plans_of(location: Location, placement_ids: Collection[int], first: date, last: date) -> Plans:
    """The plans of these places on these days; three queries."""
    found = with_weeks(Placement.objects.filter(pk__in=placement_ids))
    return Plans(
        location=location,
        planned={each.pk: plan_of(each, location) for each in found},
        closed=closed_days(location.pk, first - DAY, last),
    )
