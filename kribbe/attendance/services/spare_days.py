"""A place of today or tomorrow for families that wait: they are told once, the first that says yes has it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.models_spare import DayInvite, DayListener, InviteState
from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import CareRequest, DirectChild, Placement, RequestState
from kribbe.enrolment.selectors.fit import suits
from kribbe.enrolment.selectors.still_asked import ACTIVE
from kribbe.enrolment.selectors.waiting import Waiting, waiting_list
from kribbe.enrolment.services.direct import holder, take_back
from kribbe.enrolment.services.stopped import check_takes_children
from kribbe.people.selectors import location_addresses
from kribbe.places import ledger
from kribbe.places.models import Group, Location
from kribbe.planning.selectors.days import HALVES, room_on, rules_of
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
_watching: list[Callable[..., object]] = []


def listen(*, principal: Principal, request: CareRequest, wanted: bool, now: datetime) -> None:
    """A family that waits wants to hear of places of one day for this child, or no longer."""
    with transaction.atomic():
        lock_rows((CareRequest, request.pk))
        if wanted:
            DayListener.objects.get_or_create(request=request, defaults={"since": now})
        else:
            DayListener.objects.filter(request=request).delete()
        _record(principal, "spare_day.listen", request, request, now, wanted=wanted)


def invite(*, placement: Placement, days: Collection[date], now: datetime) -> int:
    """Whoever stays away makes room: ask the families of the list whose need fits. Returns how many were asked."""
    today = localtime(now).date()
    location = placement.group.location
    soon = sorted(day for day in set(days) if today <= day <= today + DAY)
    if not soon or location.is_stopped or not rules_of(location).short_notice:
        return 0
    lines = _listening(location, now)
    return sum(_invite_of(placement.group, day, lines, now) for day in soon) if lines else 0


def take(*, principal: Principal, invite_id: int, now: datetime) -> DirectChild:
    """The family says yes: the place of that day is its own, and whoever can't have it any more is told. Said again,
    as by a double tap, it changes and tells nothing more.

    Raises RefusedError where the term is over or somebody else was first, the request ended, the child has a place
    on that day already, or the location's licence allows no new child.
    """
    with transaction.atomic():
        found = _locked(invite_id)
        if found.state == InviteState.TAKEN and found.direct is not None:
            return found.direct
        if found.state != InviteState.ASKED or now >= found.answer_by:
            raise RefusedError(_("This place isn't free any more."), code="over")
        location = found.group.location
        check_takes_children(location)
        if found.request.state != RequestState.OPEN:
            raise RefusedError(_("This request has ended. Make a new one."), code="ended")
        if _elsewhere([found.request.child_id], found.day, found.halves):
            raise RefusedError(_("Your child has a place on that day already."), code="placed")
        if not room_on(location, found.group_id, found.day).has(found.halves):
            raise RefusedError(_("Another family was first: this place is gone."), code="full")
        found.direct = _come(principal, found, now)
        _set(found, InviteState.TAKEN, now)
        for watch in _watching:
            watch(location_id=location.pk, child_id=found.request.child_id, day=found.day)
        _record(principal, "spare_day.take", found, found.request, now, day=f"{found.day}")
        _tell_location(found, now)
        _tell_others(found, now)
    return found.direct


def watch_taken(watch: Callable[..., object]) -> None:
    """Call this too where a family takes a place of one day: `watch(location_id=…, child_id=…, day=…)`."""
    if watch not in _watching:
        _watching.append(watch)


def decline(*, principal: Principal, invite_id: int, now: datetime) -> None:
    """The family says no, or gives back the day that it took, before that day begins: others can have it then."""
    with transaction.atomic():
        found = _locked(invite_id)
        if found.state == InviteState.DECLINED:
            return
        if now >= found.answer_by or found.state not in {InviteState.ASKED, InviteState.TAKEN}:
            raise RefusedError(_("This can't be changed any more. Call the location."), code="over")
        given_back = found.direct
        if given_back is not None:
            take_back(principal=principal, child_id=given_back.pk, now=now)
        _set(found, InviteState.DECLINED, now)
        if given_back is not None:
            _ask_others_again(found, now)
        _record(principal, "spare_day.decline", found, found.request, now, day=f"{found.day}")


def _listening(location: Location, now: datetime) -> list[Waiting]:
    """Those of the list that want to hear, in its order."""
    wanted = set(
        DayListener.objects.filter(request__preferences__location=location).values_list("request", flat=True)
    )
    return (
        [line for line in waiting_list(location.pk, now=now) if line.request_id in wanted] if wanted else []
    )


def _invite_of(group: Group, day: date, lines: Iterable[Waiting], now: datetime) -> int:
    room = room_on(group.location, group.pk, day)
    free = sum(1 << half for half in HALVES if room.has(1 << half))
    fitting = list(_fitting(group, day, lines, free))
    placed = _elsewhere([line.child_id for line, _halves in fitting], day, 3)
    return sum(
        _invite(group, day, line, halves, now) for line, halves in fitting if line.child_id not in placed
    )


def _elsewhere(child_ids: Collection[int], day: date, halves: int) -> set[int]:
    """Which of these children have a place on one of these halves of the day."""
    held = Placement.objects.filter(child__in=child_ids, state__in=ACTIVE, during__contains=day)
    return {
        child_id
        for child_id, pattern in held.values_list("child", "pattern")
        if pattern >> 2 * day.weekday() & halves
    }


def _fitting(group: Group, day: date, lines: Iterable[Waiting], free: int) -> Iterator[tuple[Waiting, int]]:
    """Children whose care would begin by then, of the group's age, who ask a half of this weekday that is free."""
    for line in lines:
        halves = line.pattern.mask >> 2 * day.weekday() & 3 & free
        if halves and line.is_born and line.wanted_start <= day and suits(group, line, day):
            yield line, halves


def _invite(group: Group, day: date, line: Waiting, halves: int, now: datetime) -> bool:
    location = group.location
    begins = location.opens_at if halves & 1 else location.morning_ends_at
    until = datetime.combine(day, begins, get_default_timezone())
    if until <= now:
        return False
    made, is_new = DayInvite.objects.get_or_create(
        request_id=line.request_id,
        group=group,
        day=day,
        defaults={"halves": halves, "asked_at": now, "answer_by": until, "state_at": now},
    )
    if is_new:
        _tell(made, "day_free", now)
    return is_new


def _come(principal: Principal, found: DayInvite, now: datetime) -> DirectChild:
    """The child stands on the list of that day; where the ledger is full, in the place of who stays away."""
    child = found.request.child
    mask = found.halves << 2 * found.day.weekday()
    made = DirectChild.objects.create(
        group=found.group,
        name=f"{child}"[:40],
        birth_month=first_of_month(child.birth),
        during=(found.day, found.day + DAY),
        pattern=mask,
        recorded_at=now,
        recorded_by=principal.user_id,
        seen_at=now,
    )
    until, pattern = found.day + DAY, WeekPattern(mask)
    full = ledger.full_cells(group_id=found.group_id, start=found.day, end=until, pattern=pattern)
    if not full:
        ledger.take(
            group_id=found.group_id,
            start=found.day,
            end=until,
            pattern=pattern,
            holder=holder(made),
            now=now,
        )
    return made


def _tell_others(taken: DayInvite, now: datetime) -> None:
    """Who was asked for the same day and finds no room any more."""
    others = DayInvite.objects.filter(group=taken.group_id, day=taken.day, state=InviteState.ASKED)
    room = room_on(taken.group.location, taken.group_id, taken.day)
    for each in others.select_related("request__child", "group__location__desk").order_by("pk"):
        if not room.has(each.halves):
            _set(each, InviteState.GONE, now)
            _tell(each, "day_gone", now)


def _ask_others_again(given_back: DayInvite, now: datetime) -> None:
    """Who was told that this day was gone is asked again, as long as there is time and room."""
    others = DayInvite.objects.filter(
        group=given_back.group_id, day=given_back.day, state=InviteState.GONE, answer_by__gt=now
    ).exclude(pk=given_back.pk)
    room = room_on(given_back.group.location, given_back.group_id, given_back.day)
    for each in others.select_related("request__child", "group__location__desk").order_by("pk"):
        if each.request.state == RequestState.OPEN and room.has(each.halves):
            _set(each, InviteState.ASKED, now)
            _tell(each, "day_free", now)


def _tell(found: DayInvite, kind: str, now: datetime) -> None:
    location = found.group.location
    tell_household(
        household_id=found.request.household_id,
        kind=f"attendance/{kind}",
        context={
            "child": found.request.child,
            "location": location,
            "day": found.day,
            "until": found.answer_by,
        },
        now=now,
        link=reverse("attendance:my_spare"),
        about=f"day_invite:{found.pk}",
        location_id=location.pk,
        once=f"{kind}:{found.pk}:{found.state_at:%Y%m%d%H%M%S%f}",
    )


def _tell_location(found: DayInvite, now: datetime) -> None:
    location = found.group.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind="attendance/day_taken",
        context={"child": found.request.child, "location": location, "day": found.day},
        now=now,
        link=reverse("attendance:day", args=[location.slug]),
        about=f"day_invite:{found.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def _set(found: DayInvite, state: InviteState, now: datetime) -> None:
    found.state, found.state_at = state, now
    found.save(update_fields=["state", "state_at", "direct"])


def _locked(invite_id: int) -> DayInvite:
    group_id, request_id = DayInvite.objects.values_list("group_id", "request_id").get(pk=invite_id)
    lock_rows((CareRequest, request_id), (Group, group_id), (DayInvite, invite_id))
    known = DayInvite.objects.select_related("request__child", "group__location__desk", "direct")
    return known.get(pk=invite_id)


def _record(
    principal: Principal, action: str, subject: Any, request: CareRequest, now: datetime, **data: Any
) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        household_id=request.household_id,
        desk_id=request.desk_id,
        **data,
    )
