"""Absences that hold: those that were told, but for days on which the register has the child.

A child that was tapped in came, whatever was told before or after, until the location settles it: it corrects the
register, and the absence holds again, or takes the absence back. Bill, reports, certificate and free days count by
this; occupancy reads the register itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, QuerySet

from kribbe.enrolment.models import Placement
from kribbe.planning.models import Absence

Stays = Callable[[], QuerySet[Any]]
"""The stays of the register on the day of an absence, which a query of absences goes through (as OuterRef)."""

Came = Callable[[Collection[tuple[int, date]]], set[tuple[int, date]]]
"""Of places and days those that the register has a stay of."""

_stays: list[Stays] = []
_came: list[Came] = []


def register_stays(source: Stays) -> None:
    """Let this register say on which days a child came."""
    _stays[:] = [source]


def register_came(source: Came) -> None:
    """Let this register say too on which days a child came of which nothing was told yet."""
    _came[:] = [source]


def came_on(placement: Placement, days: Iterable[date]) -> list[date]:
    """The days on which the register has the child: an absence told of them doesn't hold."""
    pairs = {(placement.pk, day) for day in days}
    return sorted({day for source in _came for _placement, day in source(pairs)})


def held() -> QuerySet[Absence]:
    """The absences that hold."""
    found = Absence.objects.filter(taken_back_at=None)
    for source in _stays:
        found = found.exclude(Exists(source()))
    return found


def held_absences(
    placements: Iterable[Placement], first: date, last: date
) -> Mapping[tuple[int, date], Absence]:
    """Those of these places on these days, by placement and day; one query."""
    found = held().filter(placement__in=[each.pk for each in placements], day__range=(first, last))
    return {(each.placement_id, each.day): each for each in found}
