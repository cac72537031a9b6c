"""Who was there: in and out, and corrections that keep what stood before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool.models import Club, Part, Stay
from kribbe.outofschool.selectors.day import is_expected
from kribbe.people.models import Child
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

FURTHEST_BACK = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Which:
    """One child on one part of a day."""

    child_id: int
    day: date
    part: Part


def came(*, principal: Principal, club: Club, which: Which, now: datetime) -> Stay:
    """The child is there from this minute on. Said twice, the first counts."""
    with transaction.atomic():
        child = _expected(club, which, now)
        if which.day != localtime(now).date():
            raise RefusedError(_("Give the times of another day by hand."), code="day")
        made, is_new = Stay.objects.get_or_create(
            club=club,
            child=child,
            day=which.day,
            part=which.part,
            defaults={"came_at": _minute(now), "noted_at": now, "noted_by": principal.user_id},
        )
        if is_new:
            _record(principal, "stay.came", made, club, now)
    return made


def left(*, principal: Principal, club: Club, which: Which, now: datetime) -> Stay:
    """The child left at this minute. Said twice, the first counts."""
    with transaction.atomic():
        _expected(club, which, now)
        found = _stay(club, which)
        if found is None or which.day != localtime(now).date():
            raise RefusedError(_("Note first that the child came."), code="not-there")
        if found.left_at is None:
            found.left_at = max(found.came_at, _minute(now))
            found.noted_at, found.noted_by = now, principal.user_id
            found.save(update_fields=["left_at", "noted_at", "noted_by"])
            _record(principal, "stay.left", found, club, now)
    return found


def correct(
    *, principal: Principal, club: Club, which: Which, came_at: time, left_at: time | None, now: datetime
) -> Stay:
    """Set both times by hand; history keeps what stood there, the audit trail who changed it.

    Raises RefusedError on a departure before the arrival, a day to come, or one more than two months ago.
    """
    if left_at is not None and left_at < came_at:
        raise RefusedError(_("The child left before it came. Check the times."), field="left_at")
    with transaction.atomic():
        child = _expected(club, which, now)
        before = _stay(club, which)
        made, _created = Stay.objects.update_or_create(
            club=club,
            child=child,
            day=which.day,
            part=which.part,
            defaults={
                "came_at": came_at,
                "left_at": left_at,
                "noted_at": now,
                "noted_by": principal.user_id,
            },
        )
        was = [f"{before.came_at}", f"{before.left_at}"] if before else []
        _record(principal, "stay.correct", made, club, now, was=was)
    return made


def _expected(club: Club, which: Which, now: datetime) -> Child:
    """Locks the child: two who note the same wait for each other. Raises RefusedError where none is expected."""
    today = localtime(now).date()
    if not today - FURTHEST_BACK <= which.day <= today:
        raise RefusedError(_("Choose a day of the last two months."), code="day")
    if not is_expected(club, which.child_id, which.day, which.part):
        raise RefusedError(_("This child isn't expected then."), code="unexpected")
    lock_rows((Child, which.child_id))
    return Child.objects.get(pk=which.child_id)


def _stay(club: Club, which: Which) -> Stay | None:
    return Stay.objects.filter(club=club, child=which.child_id, day=which.day, part=which.part).first()


def _minute(now: datetime) -> time:
    return localtime(now).time().replace(second=0, microsecond=0)


def _record(principal: Principal, action: str, stay: Stay, club: Club, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=stay,
        now=now,
        household_id=stay.child.household_id,
        desk_id=club.desk_id,
        day=f"{stay.day}",
        **data,
    )
