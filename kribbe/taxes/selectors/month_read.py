"""What the monthly reports of an organiser read, all of it at once: a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kribbe.attendance.models import Presence
from kribbe.billing.models import Books, FeeCertificate, PriceList
from kribbe.billing.selectors.visits import told_presences
from kribbe.enrolment.models import Placement
from kribbe.places.models import GroupCapacity, Location
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import Absence, HouseRules
from kribbe.planning.selectors.charged_visits import Visits
from kribbe.planning.selectors.elsewhere import Elsewhere
from kribbe.planning.selectors.held_absences import held_absences
from kribbe.planning.selectors.planned import Planned, capacities
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.taxes.models import ChildReported
from kribbe.taxes.selectors.one_day import OneDay, one_days
from kribbe.trust.rows import rows_by

DAY = timedelta(days=1)


@dataclass
class MonthRead:
    """Everything that was read, by what it is of."""

    books: Books
    month: date
    closed: ClosedDays
    away: Mapping[tuple[int, date], Absence]
    came: Mapping[tuple[int, date], Sequence[Presence]]
    certificates: Mapping[int, Sequence[FeeCertificate]]
    rules: Mapping[int, Sequence[HouseRules]]
    flex: Mapping[int, bool]
    reported: Mapping[int, ChildReported]
    places: Sequence[GroupCapacity]
    stays: Mapping[int, StayYear] = field(default_factory=dict)
    moved: Mapping[tuple[int, date], Elsewhere] = field(default_factory=dict)
    """Days on which another location than that of the agreement was to have a child."""
    one_days: Sequence[OneDay] = ()
    """Places of one day, of children without an agreement."""
    visits: Visits = field(default_factory=dict)
    """Visits to get used that are charged, with their hours; others aren't told."""

    def one_days_of(self, location: Location, kind: str) -> list[OneDay]:
        """The places of one day of an open location, by the price kind of their group."""
        return [
            each
            for each in self.one_days
            if (each.location_id, each.price_kind) == (location.pk, kind)
            and each.day not in self.closed.in_group(each.group_id, location.pk)
        ]

    def location_of(self, placement: Placement, day: date) -> int:
        """The location that had a child on a day, or whose day of absence it is."""
        key = (placement.pk, day)
        is_absent = key in self.away and key not in self.came
        return (
            self.moved[key].location_id
            if key in self.moved and not is_absent
            else placement.group.location_id
        )


def read_month(
    books: Books,
    locations: Sequence[Location],
    planned: Sequence[Planned],
    moved: Sequence[Elsewhere],
    visits: Visits,
    month: date,
    last: date,
) -> MonthRead:
    """What is told of these places from a month's first day to its last."""
    keys = {each.pk for each in locations} | {placement_of(each).group.location_id for each in planned}
    placements = [each.placement for each in planned if each.placement]
    january = month.replace(month=1, day=1)
    away = held_absences(placements, month - DAY, last)
    came = told_presences(placements, visits, month, last)
    single = one_days(books, locations, month)
    groups = {each.group_id for each in planned} | {each.group_id for each in moved}
    groups |= {each.group_id for each in single}
    children = {each.child_id for each in placements} | {each.child.pk for each in single}
    certificates = FeeCertificate.objects.filter(
        books=books, child__in=children, during__overlap=(month, last + DAY)
    )
    lists = PriceList.objects.filter(location__in=keys, from_day__lte=last).order_by("from_day")
    return MonthRead(
        books=books,
        month=month,
        closed=closed_days_of(keys, january - DAY, last),
        away=away,
        came=came,
        certificates=rows_by(certificates, "child_id"),
        rules=rows_by(HouseRules.objects.filter(location__in=keys, from_day__lte=last), "location_id"),
        flex={each.location_id: each.flex for each in lists},
        reported={each.child_id: each for each in ChildReported.objects.filter(child__in=children)},
        places=capacities(groups, month, last),
        stays=stay_years(planned, month.year),
        moved={(each.placement_id, each.day): each for each in moved},
        one_days=single,
        visits=visits,
    )


def placement_of(planned: Planned) -> Placement:
    """The place of a planned child. Raises ValueError where it has none, which the reports never ask."""
    if planned.placement is None:
        raise ValueError("only children with a place are reported")
    return planned.placement
