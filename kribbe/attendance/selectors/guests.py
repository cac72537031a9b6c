"""Children who are cared for at another location than their own on a day: whose register such a day stands in."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kribbe.attendance.models import Presence
from kribbe.places.models import Kind, Location
from kribbe.staff.models import HOLDS, StandIn


def in_register_of(location: Location) -> Q:
    """Rows of the register (with a place or a child outside the desk, and a day) that stand in a location's."""
    if location.kind != Kind.FAMILY:
        return Q(placement__group__location=location) | Q(direct__group__location=location)
    that_day = StandIn.objects.filter(HOLDS, placement=OuterRef("placement"), day=OuterRef("day"))
    own = Q(placement__group__location=location) & ~Exists(that_day)
    guest = Exists(that_day.filter(group__location=location))
    return own | guest | Q(direct__group__location=location)


def gone_from(location: Location, first: date, last: date) -> QuerySet[StandIn]:
    """The days on which children of a location are cared for elsewhere."""
    if location.kind != Kind.FAMILY:
        return StandIn.objects.none()
    found = StandIn.objects.filter(HOLDS, placement__group__location=location, day__range=(first, last))
    return found.select_related("placement__child", "group__location")


def guests_at(location: Location, first: date, last: date) -> QuerySet[StandIn]:
    """The days on which children of other locations are cared for here."""
    if location.kind != Kind.FAMILY:
        return StandIn.objects.none()
    return StandIn.objects.filter(HOLDS, group__location=location, day__range=(first, last))


def came(pairs: Iterable[tuple[int, date]]) -> set[tuple[int, date]]:
    """Of places and days those that the register has a stay of."""
    asked: Collection[tuple[int, date]] = set(pairs)
    known = Presence.objects.filter(
        placement__in={key for key, _day in asked}, day__in={day for _key, day in asked}
    )
    return {pair for pair in known.values_list("placement", "day") if pair in asked}
