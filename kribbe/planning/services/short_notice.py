"""A place that comes free for today or tomorrow: families on the list are told; the first that says yes has it."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.access import check_acts
from kribbe.planning.models import ShortNotice
from kribbe.planning.selectors.days import HALVES, Room, halves_to_come, room_on, rules_of
from kribbe.planning.selectors.planned import absences, plan_of, with_weeks
from kribbe.planning.services import telling
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)

_watching: list[Callable[..., object]] = []


def listen(*, principal: Principal, placement_id: int, wanted: bool, now: datetime) -> None:
    """A family wants to hear of places at short notice for this child, or no longer."""
    with transaction.atomic():
        lock_rows((Placement, placement_id))
        placement = Placement.objects.select_related("child", "parent", "group__location").get(
            pk=placement_id
        )
        check_acts(principal, placement)
        if wanted:
            ShortNotice.objects.get_or_create(placement=placement, defaults={"since": now})
        else:
            ShortNotice.objects.filter(placement__in=every_piece(placement)).delete()
        record(
            principal=principal,
            action="short_notice.set",
            subject=placement,
            now=now,
            household_id=placement.child.household_id,
            desk_id=placement.group.location.desk_id,
            wanted=wanted,
        )


def tell_freed(*, placement: Placement, days: Collection[date], now: datetime) -> int:
    """Who stays away makes room today or tomorrow: tell who wants to hear of it, once a day. Returns how many."""
    today = localtime(now).date()
    location = placement.group.location
    soon = sorted(day for day in set(days) if today <= day <= today + DAY)
    if not soon or not rules_of(location).short_notice:
        return 0
    for watch in _watching:
        watch(placement=placement, days=soon, now=now)
    return sum(_tell_of(placement, day, now) for day in soon)


def watch_freed(watch: Callable[..., object]) -> None:
    """Call this too where a child's absence makes room: `watch(placement=…, days=…, now=…)`."""
    if watch not in _watching:
        _watching.append(watch)


def _tell_of(freed: Placement, day: date, now: datetime) -> int:
    location = freed.group.location
    closed = closed_days_of_group(freed.group, day - DAY, day)
    free = _free(room_on(location, freed.group_id, day)) & halves_to_come(location, day, now)
    listening = with_weeks(
        Placement.objects.filter(
            short_notice__isnull=False,
            group=freed.group_id,
            state=PlacementState.FINAL,
            during__contains=day,
        ).exclude(child=freed.child_id)
    )
    found = list(listening.select_related("child__household", "group__location__desk"))
    away = absences(found, day, day)
    return sum(
        _tell(each, day, wanted, now)
        for each in found
        if (each.pk, day) not in away
        and (wanted := ~plan_of(each, location).halves(day, closed, location) & free)
    )


def _free(room: Room) -> int:
    return sum(1 << half for half in HALVES if room.has(1 << half))


def _tell(listener: Placement, day: date, halves: int, now: datetime) -> bool:
    link = reverse("planning:my_extra", args=[listener.reference]) + f"?day={day}&halves={halves}"
    about = f"short_notice:{listener.pk}:{day}"
    context = {"day": day, "halves": halves}
    told = telling.about_place(listener, "day_free", now=now, link=link, about=about, once=about, **context)
    return told is not None
