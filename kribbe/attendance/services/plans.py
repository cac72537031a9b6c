"""What was expected of children on days: their plans, for the rules of the register."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kribbe.attendance.attendee import Attendee, Who
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Location
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.selectors.getting_used import as_agreed, visits_at
from kribbe.planning.selectors.planned import Planned, plan_of, plan_of_direct, with_weeks
from kribbe.planning.written import minute
from kribbe.rules.agreed import Agreement, Parts, starting_on
from kribbe.rules.attendance import Plan

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plans:
    """The plans of some children of one location on days from `first` to `last`."""

    location: Location
    planned: Mapping[Who, Planned]
    closed: ClosedDays

    def parts(self, who: Who, day: date) -> Parts:
        """The parts that begin on a day; a night goes on beyond 1440."""
        planned = self.planned[who]
        closed = self.closed.in_group(planned.group_id, self.location.pk)
        return starting_on(planned.agreements, day, closed)

    def on(self, who: Who, day: date) -> Plan:
        """The plan of a day, with the opening hours."""
        opens, closes = minute(self.location.opens_at), minute(self.location.closes_at)
        return Plan(self.parts(who, day), opens, closes)

    def holds(self, who: Who, day: date) -> bool:
        """Whether the place runs on a day, or the child gets used to it then."""
        planned = self.planned[who]
        return Attendee(planned.placement, planned.direct).is_held(day) or bool(self.parts(who, day))


def plans_of(location: Location, whos: Collection[Who], first: date, last: date) -> Plans:
    """The plans of these children on these days, with the visits of those who begin later; five queries."""
    places = with_weeks(Placement.objects.filter(pk__in=[each.placement_id for each in whos]))
    direct = DirectChild.objects.filter(pk__in=[each.direct_id for each in whos])
    visits: dict[int, list[Agreement]] = defaultdict(list)
    for visit in visits_at(location, first, last):
        visits[visit.placement_id].append(as_agreed(visit))
    return Plans(
        location=location,
        planned={
            **{Who(placement_id=each.pk): _with(plan_of(each, location), visits[each.pk]) for each in places},
            **{Who(direct_id=each.pk): plan_of_direct(each, location) for each in direct},
        },
        closed=closed_days_of([location.pk], first - DAY, last),
    )


def _with(planned: Planned, visits: Iterable[Agreement]) -> Planned:
    return replace(planned, agreements=(*visits, *planned.agreements))
