"""The days on which a location, or one group of it, is closed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kribbe.places.models import ClosingDay, Group, Location
from kribbe.places.selectors.closed import closing_of
from kribbe.rules.calendar import is_working_day
from kribbe.rules.closing import Closing
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import closing_changed, families_concerned
from kribbe.web.templatetags.telling import long_date

LONGEST = timedelta(days=120)
FURTHEST_YEARS = 3
MORE_FAMILIES = "families"
"""The code of a refusal because more families are told than was known."""


def working_days(closing: Closing) -> int:
    """Weekdays of the closing that are no public holiday: the days that parents notice."""
    days = (closing.last - closing.first).days + 1
    return sum(is_working_day(closing.first + timedelta(days=step)) for step in range(days))


def add_closing(
    *,
    principal: Principal,
    location_id: int,
    closing: Closing,
    now: datetime,
    group_id: int | None = None,
    knowing: int | None = None,
) -> ClosingDay:
    """Close the location, or one group of it, on these days; families that have planned days in them are told.

    Raises RefusedError where the days are turned round, too long or closed already, where the group isn't in use, and
    where more families are told than whoever acts knows of: `knowing`, None where it doesn't matter.
    """
    with transaction.atomic():
        lock_rows((Location, location_id))
        _check(closing, localtime(now).year)
        _check_group(location_id, group_id)
        _check_once(location_id, group_id, closing)
        if knowing is not None:
            _check_families(location_id, group_id, closing, knowing, now)
        row = ClosingDay.objects.create(
            location_id=location_id,
            group_id=group_id,
            during=DateRange(closing.first, closing.last + timedelta(days=1)),
            reason=closing.reason,
        )
        told = closing_changed(row.pk, is_new=True, now=now)
        _record(principal, "closing.add", row, closing, told, now)
    return row


def remove_closing(*, principal: Principal, location_id: int, closing_id: int, now: datetime) -> ClosingDay:
    """Open again on these days; families that have planned days in them are told.

    Gives what was removed, so that it can be put back.
    """
    with transaction.atomic():
        lock_rows((Location, location_id))
        row = ClosingDay.objects.filter(pk=closing_id, location=location_id).first()
        if row is None:
            raise RefusedError(_("These closing days were removed already."), code="gone")
        closing = closing_of(row)
        told = closing_changed(row.pk, is_new=False, now=now)
        _record(principal, "closing.remove", row, closing, told, now)
        row.delete()
    return row


def _check(closing: Closing, year: int) -> None:
    if closing.last < closing.first:
        raise RefusedError(_("The last day is before the first day."), field="last")
    if closing.last - closing.first > LONGEST:
        raise RefusedError(
            _("More than four months is no closing period. Call the desk if you stop."), field="last"
        )
    if not year - 1 <= closing.first.year <= year + FURTHEST_YEARS:
        raise RefusedError(_("Check the year of the first day."), field="first")


def _check_group(location_id: int, group_id: int | None) -> None:
    own = Group.objects.filter(location=location_id, active=True)
    if group_id is not None and not own.filter(pk=group_id).exists():
        raise RefusedError(_("Choose a group that you use."), field="group")


def _check_once(location_id: int, group_id: int | None, closing: Closing) -> None:
    """Days of another group are no hindrance; those of the whole location are one to each group, and the reverse."""
    found = ClosingDay.objects.filter(
        location=location_id, during__overlap=DateRange(closing.first, closing.last + timedelta(days=1))
    )
    if group_id is not None:
        found = found.filter(Q(group=None) | Q(group=group_id))
    taken = found.select_related("group").order_by("during").first()
    if taken is not None:
        raise RefusedError(_taken(taken, is_whole=group_id is None), field="first")


def _taken(row: ClosingDay, *, is_whole: bool) -> str:
    if row.group is None:
        text = _("You are closed already from %(first)s to %(last)s.")
    elif is_whole:
        text = _(
            "The group %(group)s is closed already from %(first)s to %(last)s. Remove these days first to close the "
            "whole location."
        )
    else:
        text = _("The group %(group)s is closed already from %(first)s to %(last)s.")
    other = closing_of(row)
    days = {"first": long_date(other.first), "last": long_date(other.last)}
    return text % (days | {"group": row.group.name if row.group else ""})


def _check_families(
    location_id: int, group_id: int | None, closing: Closing, knowing: int, now: datetime
) -> None:
    families = families_concerned(location_id, group_id, closing.first, closing.last, now)
    if families > knowing:
        raise RefusedError(
            ngettext(
                "%(families)d family has planned days then and is told of it.",
                "%(families)d families have planned days then and are told of it.",
                families,
            )
            % {"families": families},
            code=MORE_FAMILIES,
        )


def _record(
    principal: Principal, action: str, row: ClosingDay, closing: Closing, told: int, now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=row,
        now=now,
        desk_id=row.location.desk_id,
        location=row.location_id,
        group=row.group_id,
        first=f"{closing.first}",
        last=f"{closing.last}",
        families=told,
    )
