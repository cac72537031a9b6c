"""Children by a typed name on a day: who of them is in, and of whom nobody has said yet who it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import get_default_timezone

from kribbe.attendance.models import Mark, TypedChild, TypedTap
from kribbe.places.models import Location
from kribbe.planning.written import minute
from kribbe.rules import attendance as rules


@dataclass(frozen=True)
class TypedDay:
    """One such child and its day, by its taps or by what the location wrote in their place."""

    child: TypedChild
    stays: Sequence[rules.Stay]
    marks: frozenset[Mark]

    @property
    def is_in(self) -> bool:
        return any(stay.end is None for stay in self.stays)


def typed_on(location: Location, on: date, *, now: datetime) -> list[TypedDay]:
    """All that were typed for a day and not taken back, those too of whom is known who it was.

    One query, another where there are any.
    """
    found = _typed().filter(location=location, day=on).select_related("group", "placement__child", "direct")
    return [_day(each, location, now) for each in found.prefetch_related("taps")]


def days_with_open(location: Location, before: date) -> list[date]:
    """The days before this one on which names wait until somebody says who it was; the newest first."""
    found = _typed().filter(location=location, day__lt=before, settled_at=None)
    return sorted(set(found.values_list("day", flat=True)), reverse=True)


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
