"""Places of one day of families that wait, as the monthly reports tell them: a day had at once is reserved (6.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.billing.models import Books
from kribbe.billing.selectors.one_day import HadDay, had_days, taken_days
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.planning.selectors.planned import parts_of_halves
from kribbe.rules.agreed import Parts


@dataclass(frozen=True)
class OneDay:
    """A day that a family took: what was reserved, and what the register says of it, as its bill reads it."""

    day: date
    child: Child
    group_id: int
    location_id: int
    price_kind: str
    reserved: Parts
    had: HadDay


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
    had = had_days(taken, month)
    return [
        OneDay(
            day=each.day,
            child=each.request.child,
            group_id=each.group_id,
            location_id=each.group.location_id,
            price_kind=each.group.price_kind,
            reserved=parts_of_halves(each.halves, each.group.location),
            had=had[each.pk],
        )
        for each in taken
    ]
