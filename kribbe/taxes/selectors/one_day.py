"""Places of one day of families that wait, as the monthly reports tell them: a day had at once is reserved (6.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.attendance.models import Presence
from kribbe.billing.models import Books
from kribbe.billing.selectors.facts import rows_by
from kribbe.billing.selectors.one_day import taken_days
from kribbe.billing.selectors.register import registered_days
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.planning.selectors.planned import parts_of_halves
from kribbe.rules.agreed import Parts
from kribbe.rules.calendar import add_months

DAY = timedelta(days=1)


@dataclass(frozen=True)
class OneDay:
    """A day that a family took: what was reserved, and when the child was there.

    `is_absent` where the location kept its register and the child isn't in it.
    """

    day: date
    child: Child
    group_id: int
    location_id: int
    price_kind: str
    reserved: Parts
    came: Sequence[Presence]
    is_absent: bool


def one_days(books: Books, locations: Sequence[Location], month: date) -> list[OneDay]:
    """Those of a month at these locations; three queries, one where there are none."""
    taken = list(
        taken_days(books, month)
        .filter(group__location__in=locations)
        .select_related("request__child", "group__location")
        .order_by("day", "pk")
    )
    if not taken:
        return []
    sites = {each.group.location_id for each in taken}
    registered = registered_days(sites, month, add_months(month, 1) - DAY)
    came = rows_by(Presence.objects.filter(direct__in=[each.direct_id for each in taken]), "direct_id")
    return [
        OneDay(
            day=each.day,
            child=each.request.child,
            group_id=each.group_id,
            location_id=each.group.location_id,
            price_kind=each.group.price_kind,
            reserved=parts_of_halves(each.halves, each.group.location),
            came=came.get(each.direct_id or 0, ()),
            is_absent=each.direct_id not in came and each.day in registered.get(each.group.location_id, ()),
        )
        for each in taken
    ]
