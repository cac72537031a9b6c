"""What is agreed with a carer, and when they are away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.rules.at_work import Role
from kribbe.staff.models import Available, Carer, Contract, Leave, LeaveKind
from kribbe.staff.models.contracts import MOST_A_DAY, MOST_A_WEEK
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
LONGEST_LEAVE = timedelta(days=731)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A contract: half-hours a week and a day, and by weekday from when to when they can work (half-hours)."""

    first: date
    last: date | None = None
    week: int
    day: int = 18
    group_id: int | None = None
    role: Role = Role.CARER
    available: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def agree_work(
    *, principal: Principal, location: Location, carer: Carer, work: Work, now: datetime
) -> Contract:
    """From its first day on this contract holds; the one that ran ends the day before, later ones on its days go.

    Raises RefusedError where days, hours or times can't be.
    """
    _check(location, work)
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        carer.refresh_from_db()
        during = DateRange(work.first, work.last + DAY if work.last else None)
        own = Contract.objects.filter(carer=carer)
        own.filter(during__contained_by=during).delete()
        for running in own.filter(during__overlap=during):
            _cut(running, during)
        made = Contract.objects.create(
            carer=carer,
            during=during,
            role=work.role,
            week=work.week,
            day=work.day,
            group_id=work.group_id,
        )
        Available.objects.bulk_create(
            Available(contract=made, weekday=weekday, start=start, end=end)
            for weekday, (start, end) in sorted(work.available.items())
        )
        _record(principal, "contract.agree", made, location, now)
    return made


def report_leave(
    *,
    principal: Principal,
    location: Location,
    carer: Carer,
    first: date,
    last: date,
    kind: LeaveKind,
    now: datetime,
) -> Leave:
    """A carer is away on these days. Their shifts stay until somebody changes them: the roster marks them."""
    if last < first:
        raise RefusedError(_("The last day is before the first."), field="last")
    if last - first > LONGEST_LEAVE:
        raise RefusedError(_("Give two years at most."), field="last")
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        during = DateRange(first, last + DAY)
        if Leave.objects.filter(carer=carer, during__overlap=during).exists():
            raise RefusedError(_("Some of these days were noted already."), field="first")
        made = Leave.objects.create(
            carer=carer, during=during, kind=kind, made_at=now, made_by=principal.user_id
        )
        _record(principal, "leave.report", made, location, now)
    return made


def take_back_leave(
    *, principal: Principal, location: Location, carer: Carer, leave_id: int, now: datetime
) -> None:
    """The carer works on these days after all; what isn't theirs changes nothing."""
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        found = Leave.objects.filter(pk=leave_id, carer=carer).first()
        if found is not None:
            _record(principal, "leave.take_back", found, location, now)
            found.delete()


def _check(location: Location, work: Work) -> None:
    if work.last is not None and work.last < work.first:
        raise RefusedError(_("The last day is before the first."), field="last")
    if not 1 <= work.week <= MOST_A_WEEK:
        raise RefusedError(_("Give from half an hour to 50 hours a week."), field="week")
    if not 1 <= work.day <= MOST_A_DAY:
        raise RefusedError(_("Give from half an hour to 11 hours a day."), field="day")
    if not work.available:
        raise RefusedError(_("Give times on at least one day."), field="available")
    if any(end <= start for start, end in work.available.values()):
        raise RefusedError(_("From comes before to."), field="available")
    if work.group_id is not None and not Group.objects.filter(pk=work.group_id, location=location).exists():
        raise RefusedError(_("Choose a group of this location."), field="group")


def _cut(running: Contract, during: DateRange) -> None:
    """What of a contract lies outside another's days; where that is in the middle, only what came before."""
    if running.during.lower < during.lower:
        running.during = DateRange(running.during.lower, during.lower)
    else:
        running.during = DateRange(during.upper, running.during.upper)
    running.save(update_fields=["during"])


def _record(principal: Principal, action: str, subject: Model, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
