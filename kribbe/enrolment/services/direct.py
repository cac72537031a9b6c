"""A child that a location took outside the desk: its half-days count, and the clerk hears of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import DirectChild
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.region.models import Municipality
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen
from kribbe.web.templatetags.telling import long_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """What a location tells of it; `end` is the first day without care."""

    group_id: int
    name: str
    birth_month: date
    start: date
    end: date
    pattern: WeekPattern
    municipality: Municipality | None = None


def take_directly(*, principal: Principal, location_id: int, told: Direct, now: datetime) -> DirectChild:
    """Hold the half-days of a child that has an agreement outside the desk.

    Raises RefusedError, naming the field, on a group of another location, wrong dates or half-days that are full.
    """
    with transaction.atomic():
        lock_rows((Group, told.group_id))
        group = (
            Group.objects.select_related("location").filter(pk=told.group_id, location=location_id).first()
        )
        if group is None:
            raise RefusedError(_("Choose a group."), field="group")
        _check(told, localtime(now).date())
        child = DirectChild.objects.create(
            group=group,
            name=told.name.strip(),
            birth_month=told.birth_month.replace(day=1),
            municipality=told.municipality,
            during=DateRange(told.start, told.end),
            pattern=told.pattern.mask,
            recorded_at=now,
            recorded_by=principal.user_id,
        )
        _hold(child, now)
        _record(principal, "direct.take", child, now, start=f"{told.start}", pattern=told.pattern.mask)
    return child


def take_back(*, principal: Principal, child_id: int, now: datetime) -> None:
    """It was a mistake: the half-days come free, and the clerk's list no longer has it.

    One for which a request ended comes back on that list: the request may have to be opened again.
    """
    with transaction.atomic():
        child = _locked(child_id)
        ledger.release(holder=holder(child), now=now)
        child.undone_at = now
        if child.matches.filter(undone_at=None).exists():
            child.seen_at = child.seen_by = None
        child.save(update_fields=["undone_at", "seen_at", "seen_by"])
        _record(principal, "direct.take_undone", child, now)


def end_direct(*, principal: Principal, child_id: int, end: date | None, now: datetime) -> date | None:
    """It stays until before `end`; gives the end before.

    Raises RefusedError on a day before it came, no room, or a
    child that was taken back.
    """
    with transaction.atomic():
        child = _locked(child_id)
        before: date | None = child.during.upper
        if child.undone_at is not None:
            raise RefusedError(_("This child was taken back. Load the page again."), code="undone")
        if end is not None and end <= child.during.lower:
            raise RefusedError(_("This is before the first day."), field="last")
        child.during = DateRange(child.during.lower, end)
        child.save(update_fields=["during"])
        with _room():
            ledger.move(holder=holder(child), start=child.during.lower, end=end, now=now)
        _record(principal, "direct.end", child, now, end=f"{end}", before=f"{before}")
    return before


def mark_seen(*, principal: Principal, child_id: int, now: datetime, seen: bool = True) -> None:
    """A clerk has looked at this child (or hasn't after all)."""
    with transaction.atomic():
        child = _locked(child_id)
        child.seen_at, child.seen_by = (now, principal.user_id) if seen else (None, None)
        child.save(update_fields=["seen_at", "seen_by"])
        _record(principal, "direct.seen" if seen else "direct.seen_undone", child, now)


def holder(child: DirectChild) -> str:
    """Under this name the ledger holds the child's half-days."""
    return f"direct:{child.pk}"


def _check(told: Direct, today: date) -> None:
    if not is_seen(told.name):
        raise RefusedError(_("Give a name or initials, so that you know the child again."), field="name")
    if told.pattern.is_empty:
        raise RefusedError(_("Choose at least one half-day."), field="pattern")
    if told.end <= told.start or told.end <= today:
        raise RefusedError(_("The last day is before the first day, or has passed."), field="last")
    if told.birth_month > told.start:
        raise RefusedError(_("The child is born after it begins. Check the month."), field="birth_month")


def _hold(child: DirectChild, now: datetime) -> None:
    with _room():
        ledger.take(
            group_id=child.group_id,
            start=child.during.lower,
            end=child.during.upper,
            pattern=WeekPattern(child.pattern),
            holder=holder(child),
            now=now,
        )


@contextmanager
def _room() -> Iterator[None]:
    """Says in words on which day there is no room."""
    try:
        yield
    except ledger.NoRoomError as error:
        raise RefusedError(
            _("There is no place left on %(day)s. Change the half-days, or the places of the group.")
            % {"day": long_date(error.cells[0].day)},
            field="pattern",
            code="full",
        ) from error


def _locked(child_id: int) -> DirectChild:
    group_id = DirectChild.objects.values_list("group_id", flat=True).get(pk=child_id)
    lock_rows((Group, group_id), (DirectChild, child_id))
    return DirectChild.objects.select_related("group__location").get(pk=child_id)


def _record(principal: Principal, action: str, child: DirectChild, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=child,
        now=now,
        desk_id=child.group.location.desk_id,
        location=child.group.location_id,
        **data,
    )
