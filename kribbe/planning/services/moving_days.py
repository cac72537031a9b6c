"""A location moves a child's day, or copies the changes of a week onto the weeks after it; both can be undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import homes_of, pieces_of_same_stays
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.models import DayBatch, DayChange, DayRules, DayState
from kribbe.planning.models_days import STANDING
from kribbe.planning.selectors.days import NO_ROOM, Room, rooms_at
from kribbe.planning.selectors.planned import Planned, absences, certain, plan_of
from kribbe.planning.services.days import FURTHEST, Wish, give_day, take_back_day
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
MOST_WEEKS = 8
Rooms = dict[tuple[int, date], Room]
OWN_RULES = DayRules(swap_weeks=MOST_WEEKS)
"""A location that moves a day itself isn't bound by the weeks within which families can exchange one."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A change of the week that is copied, on other days; `problem` says in words why it can't be."""

    placement: Placement
    wish: Wish
    problem: str = ""


def move_day(*, principal: Principal, placement_id: int, wish: Wish, now: datetime) -> DayBatch:
    """A child comes on one day instead of another, as location and family agreed; the family is told.

    Raises RefusedError on what can't be, and on a full day.
    """
    with transaction.atomic():
        change, placement = give_day(
            principal=principal, placement_id=placement_id, wish=wish, rules=OWN_RULES, now=now
        )
        return _keep(principal, placement.group.location, [change.pk], "days.move", now)


def look_at_copy(location: Location, monday: date, count: int, *, today: date) -> list[Copy]:
    """The changes of a week on each of so many weeks after it, as they were made; as many queries for any number."""
    changes = list(
        _changes(location, monday)
        .select_related("placement__child", "placement__group__location")
        .order_by("answered_at", "pk")
    )
    if not changes:
        return []
    homes = homes_of({each.placement for each in changes})
    shifted = ((each, _shifted(each, week * WEEK)) for week in range(1, count + 1) for each in changes)
    asked = [(homes(each.placement, wish.day), wish) for each, wish in shifted]
    judge = _Judge(location, asked, today)
    return [Copy(place, wish, judge.say(place, wish)) for place, wish in asked]


def look_at_move(placement: Placement, wish: Wish, *, today: date) -> tuple[str, Rooms]:
    """Why a day can't be moved, in words, and the room on both days; the room is as it is now."""
    judge = _Judge(placement.group.location, [(placement, wish)], today)
    space = dict(judge.space)
    return judge.say(placement, wish), space


def copy_week(
    *, principal: Principal, location: Location, monday: date, count: int, now: datetime
) -> tuple[DayBatch, list[Copy]]:
    """Copy the changes of a week that can be onto so many weeks after it; gives those that couldn't be, with why.

    Raises RefusedError where none can.
    """
    today = localtime(now).date()
    with transaction.atomic():
        places = _changes(location, monday).values_list("placement", flat=True)
        groups = Group.objects.filter(location=location).values_list("pk", flat=True)
        lock_rows(
            (Location, location.pk),
            *((Placement, key) for key in pieces_of_same_stays(places)),
            *((Group, key) for key in groups),
        )
        made, left = [], []
        for each in look_at_copy(location, monday, count, today=today):
            why = each.problem
            if not why:
                try:
                    change, _place = give_day(
                        principal=principal,
                        placement_id=each.placement.pk,
                        wish=each.wish,
                        rules=OWN_RULES,
                        now=now,
                    )
                    made.append(change.pk)
                except RefusedError as refused:
                    why = str(refused.message)
            if why:
                left.append(Copy(each.placement, each.wish, why))
        if not made:
            raise RefusedError(_("Nothing of this week can be copied."), code="nothing")
        return _keep(principal, location, made, "days.copy", now), left


def undo_batch(*, principal: Principal, batch_id: int, now: datetime) -> tuple[int, int]:
    """Take back the days of a batch that are still to come. Returns how many went, and how many stay as they are."""
    with transaction.atomic():
        lock_rows((DayBatch, batch_id))
        batch = DayBatch.objects.select_related("location").get(pk=batch_id)
        if batch.undone_at is not None:
            raise RefusedError(_("This was undone already."), code="undone")
        places = Placement.objects.filter(day_changes__in=batch.changes).values_list("pk", "group")
        lock_rows(
            *((Placement, key) for key, _group in places),
            *((Group, key) for _place, key in places),
        )
        gone = sum(_taken_back(principal, key, now) for key in reversed(batch.changes))
        if not gone:
            raise RefusedError(
                _("These days are over, or were changed since. Change them one by one."), code="over"
            )
        batch.undone_at = now
        batch.save(update_fields=["undone_at"])
        _record(principal, "days.undo", batch, gone, now)
    return gone, len(batch.changes) - gone


class _Judge:
    """What stands in the way of days, read once for all of them; each that can be takes its place."""

    def __init__(self, location: Location, asked: Sequence[tuple[Placement, Wish]], today: date) -> None:
        self.today = today
        days = {day for _place, wish in asked for day in _days(wish)}
        first, last = min(days), max(days)
        placements = {place.pk for place, _wish in asked}
        places = certain((first, last + DAY)).filter(child__in={place.child_id for place, _wish in asked})
        self.closed = closed_days_of([location.pk], first, last)
        found = rooms_at([location], days)
        groups = {place.group_id for place, _wish in asked}
        self.space = {(key, day): found.get((key, day), NO_ROOM) for key in groups for day in days}
        self.plans = [plan_of(each, each.group.location) for each in places.select_related("group__location")]
        self.away = absences([place for place, _wish in asked], first, last)
        rows = DayChange.objects.filter(STANDING, placement__in=placements)
        self.standing = {(each.placement_id, day) for each in rows for day in (each.day, each.instead_of)}

    def say(self, placement: Placement, wish: Wish) -> str:
        """Why a day can't be, in words; one that can be takes its place, and the day that it gives comes free."""
        problem = next(self._problems(placement, wish), "")
        if not problem:
            self._count(placement, wish.day, wish.halves, 1)
            if wish.instead_of:
                own = self._halves(placement, wish.instead_of, own=True)
                self._count(placement, wish.instead_of, own, -1)
        return problem

    def _count(self, placement: Placement, day: date, halves: int, children: int) -> None:
        key = (placement.group_id, day)
        self.space[key] = _fuller(self.space[key], halves, children)

    def _problems(self, placement: Placement, wish: Wish) -> Iterator[str]:
        days, stay = _days(wish), placement.during
        if min(days) <= self.today or wish.day > self.today + FURTHEST:
            yield _("This day is over, or too far ahead.")
        if min(days) < stay.lower or (stay.upper and max(days) >= stay.upper):
            yield _("Choose a day within the child's stay.")
        if wish.day in self.closed.of(placement.group):
            yield _("There is no care on this day: it is a closing day.")
        if any((placement.pk, day) in self.standing for day in days):
            yield _("Something was changed on this day already.")
        if self._halves(placement, wish.day, own=False) & wish.halves:
            yield _("The child is planned then already.")
        if wish.instead_of:
            yield from self._given(placement, wish, wish.instead_of)
        if not self.space[placement.group_id, wish.day].has(wish.halves):
            yield _("There is no place left on this day.")

    def _given(self, placement: Placement, wish: Wish, given: date) -> Iterator[str]:
        halves = self._halves(placement, given, own=True)
        if not halves or (placement.pk, given) in self.away:
            yield _("Give a day on which the child comes.")
        if wish.halves.bit_count() > halves.bit_count():
            yield _("Give a whole day for a whole day.")

    def _halves(self, placement: Placement, day: date, *, own: bool) -> int:
        found, location = 0, placement.group.location
        for each in self._plans_of(placement, own=own):
            found |= each.halves(day, self.closed.in_group(each.group_id, location.pk), location)
        return found

    def _plans_of(self, placement: Placement, *, own: bool) -> Iterator[Planned]:
        """The plans of the child's places, or of this place alone."""
        for each in self.plans:
            at = each.placement
            if at and at.child_id == placement.child_id and (at.pk == placement.pk or not own):
                yield each


def _changes(location: Location, monday: date) -> QuerySet[DayChange]:
    """The changes of a week at a location."""
    return DayChange.objects.filter(
        state=DayState.GRANTED,
        placement__group__location=location,
        day__range=(monday, monday + 6 * DAY),
    )


def _days(wish: Wish) -> list[date]:
    return [day for day in (wish.day, wish.instead_of) if day is not None]


def _shifted(change: DayChange, by: timedelta) -> Wish:
    given = change.instead_of + by if change.instead_of else None
    return Wish(day=change.day + by, halves=change.halves, instead_of=given)


def _fuller(room: Room, halves: int, children: int) -> Room:
    """With so many children more, or fewer, on these halves."""
    morning, afternoon = (
        max(0, taken + children * (halves >> half & 1)) for half, taken in enumerate(room.taken)
    )
    return Room(room.places, (morning, afternoon))


def _taken_back(principal: Principal, change_id: int, now: datetime) -> bool:
    try:
        take_back_day(principal=principal, change_id=change_id, now=now, by_location=True)
    except RefusedError:
        return False
    return True


def _keep(
    principal: Principal, location: Location, changes: list[int], action: str, now: datetime
) -> DayBatch:
    batch = DayBatch.objects.create(location=location, at=now, by=principal.user_id, changes=changes)
    _record(principal, action, batch, len(changes), now)
    return batch


def _record(principal: Principal, action: str, batch: DayBatch, count: int, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=batch,
        now=now,
        desk_id=batch.location.desk_id,
        location=batch.location_id,
        days=count,
    )
