"""Changing the roster: a shift, a whole week copied or emptied, and any change undone.

Every change rewrites whole days of a location and keeps what these held before; undoing puts that back, as long as
nobody changed the same days since.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.rules.roster.plan import HALVES
from kribbe.staff.models import Carer, ChangeKind, RosterChange, Shift
from kribbe.staff.models.roster import STRETCH
from kribbe.staff.selectors.carers import carers_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
MOST_WEEKS = 8
FURTHEST = timedelta(days=800)

Rewrite = Callable[[list[Shift]], Iterable[Shift]]
"""Gets the shifts of the days and says which they shall be; none of these is saved yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A shift: its group, from when to when, and its pause, in half-hours; without one it is found if needed."""

    group_id: int
    start: int
    end: int
    pause: int | None = None


def set_shift(
    *, principal: Principal, location: Location, carer: Carer, day: date, hours: Hours | None, now: datetime
) -> RosterChange:
    """A carer's shift at a location on a day in place of what was; None takes it away.

    Raises RefusedError on times that can't be, and where the carer works elsewhere then or not at all that day.
    """
    if hours is not None:
        hours = _checked(location, carer, day, hours)

    def rewrite(had: list[Shift]) -> list[Shift]:
        kept = [shift for shift in had if shift.carer_id != carer.pk]
        return kept if hours is None else [*kept, _shift(location, carer.pk, day, hours)]

    return change_days(
        principal=principal, location=location, days=[day], kind=ChangeKind.SHIFT, rewrite=rewrite, now=now
    )


def copy_week(
    *, principal: Principal, location: Location, source: date, first: date, weeks: int, now: datetime
) -> RosterChange:
    """The shifts of the week of Monday `source` on `weeks` weeks from Monday `first`, in place of what stood there.

    Shifts of carers who don't work here any more are left out.
    """
    if source.weekday() or first.weekday() or not 1 <= weeks <= MOST_WEEKS:
        raise RefusedError(_("Choose one to eight weeks."), field="weeks")
    days = [first + n * DAY for n in range(7 * weeks)]
    if source in days:
        raise RefusedError(_("Choose other weeks than the one that you copy."), field="first")
    model = list(Shift.objects.filter(location=location, day__range=(source, source + 6 * DAY)))
    if not model:
        raise RefusedError(_("The week that you copy is empty."), field="first")
    works = {carer.pk: carer for carer in carers_of(location)}
    made = [
        _copied(shift, day)
        for day in days
        for shift in model
        if shift.day.weekday() == day.weekday()
        and shift.carer_id in works
        and works[shift.carer_id].works_on(day)
    ]
    return change_days(
        principal=principal,
        location=location,
        days=days,
        kind=ChangeKind.COPY,
        rewrite=lambda had: made,
        now=now,
    )


def clear_week(*, principal: Principal, location: Location, monday: date, now: datetime) -> RosterChange:
    """Take all shifts of a week away."""
    days = [monday + n * DAY for n in range(7)]
    return change_days(
        principal=principal,
        location=location,
        days=days,
        kind=ChangeKind.CLEAR,
        rewrite=lambda had: [],
        now=now,
    )


def change_days(
    *,
    principal: Principal,
    location: Location,
    days: Collection[date],
    kind: ChangeKind,
    rewrite: Rewrite,
    now: datetime,
) -> RosterChange:
    """Rewrite whole days, and keep what they were. RefusedError where the database refuses what they shall be."""
    with transaction.atomic():
        lock_rows((Location, location.pk))
        had = _on(location, days)
        wanted = list(rewrite(had))
        _write(location, days, wanted)
        change = RosterChange.objects.create(
            location=location,
            kind=kind,
            days=sorted(days),
            before=_told(had),
            after=_told(wanted),
            at=now,
            by=principal.user_id,
        )
        _record(principal, "roster.change", change, location, now)
    return change


def undo_change(
    *, principal: Principal, location: Location, reference: str, now: datetime
) -> RosterChange | None:
    """Put back what the days of a change held before it. Undone already, or another location's: nothing happens.

    Raises RefusedError where the days were changed since.
    """
    with transaction.atomic():
        lock_rows((Location, location.pk))
        change = RosterChange.objects.filter(location=location, reference=reference, undone_at=None).first()
        if change is None:
            return None
        if sorted(_told(_on(location, change.days))) != sorted(change.after):
            raise RefusedError(_("These days were changed since. Undo the later change first."))
        _write(location, change.days, [_read(location, each) for each in change.before])
        change.undone_at = now
        change.save(update_fields=["undone_at"])
        _record(principal, "roster.undo", change, location, now)
    return change


def _on(location: Location, days: Collection[date]) -> list[Shift]:
    return list(Shift.objects.filter(location=location, day__in=days).order_by("day", "carer"))


def _write(location: Location, days: Collection[date], wanted: Sequence[Shift]) -> None:
    try:
        with transaction.atomic():
            Shift.objects.filter(location=location, day__in=days).delete()
            Shift.objects.bulk_create(wanted)
    except IntegrityError as error:
        raise RefusedError(
            _("Somebody would work at two places at once, or on a day on which they don't work here."),
            field="start",
        ) from error


def _checked(location: Location, carer: Carer, day: date, hours: Hours) -> Hours:
    if not carer.works_on(day):
        raise RefusedError(_("This carer doesn't work here on that day."), field="start")
    if not 0 <= hours.start < hours.end <= HALVES:
        raise RefusedError(_("From comes before to."), field="end")
    if not Group.objects.filter(pk=hours.group_id, location=location).exists():
        raise RefusedError(_("Choose a group of this location."), field="group")
    pause = hours.pause
    if pause is None and hours.end - hours.start > STRETCH:
        pause = (hours.start + hours.end) // 2
    if pause is not None and not _fits(hours, pause):
        raise RefusedError(
            _("Nobody works more than six hours in one go: put the pause more to the middle."), field="pause"
        )
    return Hours(group_id=hours.group_id, start=hours.start, end=hours.end, pause=pause)


def _fits(hours: Hours, pause: int) -> bool:
    inside = hours.start < pause < hours.end - 1
    return inside and pause - hours.start <= STRETCH and hours.end - pause - 1 <= STRETCH


def _shift(location: Location, carer_id: int, day: date, hours: Hours) -> Shift:
    return Shift(
        location=location,
        carer_id=carer_id,
        group_id=hours.group_id,
        day=day,
        start=hours.start,
        end=hours.end,
        pause=hours.pause,
    )


def _copied(shift: Shift, day: date) -> Shift:
    return Shift(
        location_id=shift.location_id,
        carer_id=shift.carer_id,
        group_id=shift.group_id,
        day=day,
        start=shift.start,
        end=shift.end,
        pause=shift.pause,
    )


def _told(shifts: Iterable[Shift]) -> list[list[Any]]:
    """As JSON holds it: day, carer, group, start, end, pause (-1 without one)."""
    return [
        [
            f"{shift.day}",
            shift.carer_id,
            shift.group_id,
            shift.start,
            shift.end,
            -1 if shift.pause is None else shift.pause,
        ]
        for shift in shifts
    ]


def _read(location: Location, told: Sequence[Any]) -> Shift:
    day, carer_id, group_id, start, end, pause = told
    hours = Hours(group_id=group_id, start=start, end=end, pause=None if pause < 0 else pause)
    return _shift(location, carer_id, date.fromisoformat(day), hours)


def _record(
    principal: Principal, action: str, change: RosterChange, location: Location, now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=change,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
        days=[f"{day}" for day in change.days],
    )
