"""Children by a typed name on a day: who of them is in, and of whom nobody has said yet who it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import get_default_timezone

from kribbe.attendance.models import Mark, TypedChild, TypedTap
from kribbe.attendance.models_typed import UNMATCHED
from kribbe.places.models import Location
from kribbe.planning.written import minute
from kribbe.rules import attendance as rules

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class TypedDay:
    """One such child and its day, by its taps or by what the location wrote in their place."""

    child: TypedChild
    stays: Sequence[rules.Stay]
    marks: frozenset[Mark]

    @property
    def minutes(self) -> int:
        """The time of the stays that ended."""
        return sum(round((stay.end - stay.start) / MINUTE) for stay in self.stays if stay.end)

    @property
    def is_in(self) -> bool:
        return any(stay.end is None for stay in self.stays)


def typed_on(location: Location, on: date, *, now: datetime) -> tuple[list[TypedDay], list[date]]:
    """All that were typed for a day and not taken back, those too of whom is known who it was; and the days before it
    on which names still wait, the newest first.

    One query, another where there are any.
    """
    asked = Q(day=on) | Q(day__lt=on, settled_at=None)
    found = _typed().filter(asked, location=location).select_related("group", "placement__child", "direct")
    rows = list(found.prefetch_related("taps"))
    earlier = {each.day for each in rows if each.day < on}
    return [_day(each, location, now) for each in rows if each.day == on], sorted(earlier, reverse=True)


def unmatched_in(location: Location, first: date, last: date, *, now: datetime) -> list[TypedDay]:
    """Those of some days that are in no child's register: nobody said who it was, or it was none of the location's.

    Two queries.
    """
    found = (
        _typed()
        .filter(UNMATCHED, location=location, day__range=(first, last))
        .order_by("day", "made_at", "pk")
    )
    return [_day(each, location, now) for each in found.select_related("group").prefetch_related("taps")]


def on_lists(typed: Iterable[TypedDay]) -> list[TypedDay]:
    """Those who stand on lists by their typed name: the others stand there as themselves."""
    return [each for each in typed if not each.child.is_matched]


def _typed() -> "QuerySet[TypedChild]":
    """Those of whom a tap stands that wasn't taken back."""
    back = TypedTap.objects.filter(cancels=OuterRef("key"), child=OuterRef("child"))
    stands = TypedTap.objects.filter(~Exists(back), child=OuterRef("pk"), cancels=None)
    return TypedChild.objects.filter(Exists(stands))


def _day(child: TypedChild, location: Location, now: datetime) -> TypedDay:
    taps = list(child.taps.all())
    stays = rules.register(
        child.day,
        [tap.as_rule() for tap in taps],
        child.corrections(),
        rules.Plan((), minute(location.opens_at), minute(location.closes_at)),
        zone=get_default_timezone(),
        now=now,
    )
    return TypedDay(child, stays, frozenset(Mark(mark) for tap in taps for mark in tap.marks))
