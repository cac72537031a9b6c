"""A location gives away half-days of the coming days or weeks, and who waits there is told."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import LastMinute
from kribbe.enrolment.selectors.fit import suits
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.places.selectors.closed import calendar_of_group, closing_in_words
from kribbe.rules.closing import days_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import long_date

LONGEST = timedelta(days=56)
DAY = timedelta(days=1)


def publish(
    *,
    principal: Principal,
    location_id: int,
    group_id: int,
    first: date,
    last: date,
    pattern: WeekPattern,
    note: str,
    now: datetime,
) -> LastMinute:
    """Publish half-days that are free from `first` to `last`, and tell the families that wait at the location.

    Told is who would begin by then, has the group's age and asks one of the half-days; whoever gets one gets it by
    an ordinary offer. Raises RefusedError on days that are past, more than eight weeks, all closed, or not free, and
    where group or location takes no child now.
    """
    with transaction.atomic():
        lock_rows((Group, group_id))
        group = (
            Group.objects.select_related("location__desk").filter(pk=group_id, location=location_id).first()
        )
        if group is None:
            raise RefusedError(_("Choose a group."), field="group")
        _check_takes_children(group)
        _check(group, first, last, pattern, localtime(now).date())
        made = LastMinute.objects.create(
            group=group,
            first=first,
            last=last,
            pattern=pattern.mask,
            note=note.strip(),
            published_at=now,
            published_by=principal.user_id,
        )
        made.told = _tell(made, now)
        made.save(update_fields=["told"])
        _record(principal, "last_minute.publish", made, now, told=made.told)
    return made


def take_away(*, principal: Principal, last_minute_id: int, now: datetime) -> None:
    """The half-days are gone: they stand on no page any more."""
    with transaction.atomic():
        lock_rows((LastMinute, last_minute_id))
        made = LastMinute.objects.select_related("group__location").get(pk=last_minute_id)
        if made.ended_at is None:
            made.ended_at = now
            made.save(update_fields=["ended_at"])
            _record(principal, "last_minute.end", made, now)


def _check_takes_children(group: Group) -> None:
    if group.location.is_stopped:
        raise RefusedError(_("Your licence doesn't allow new places now. Call the desk."), code="licence")
    if not group.takes_children:
        raise RefusedError(_("This group is out of use. Choose another one."), field="group", code="group")


def _check(group: Group, first: date, last: date, pattern: WeekPattern, today: date) -> None:
    if first < today:
        raise RefusedError(_("The day is in the past. Choose today or later."), field="first")
    if last < first:
        raise RefusedError(_("The last day is before the first day."), field="last")
    if last - today > LONGEST:
        raise RefusedError(
            _("Last-minute places lie within eight weeks. Later ones come by themselves."), field="last"
        )
    if pattern.is_empty:
        raise RefusedError(_("Choose at least one half-day."), field="pattern")
    _refuse_closed(group, first, last, pattern)
    full = ledger.full_cells(group_id=group.pk, start=first, end=last + DAY, pattern=pattern)
    if full:
        raise RefusedError(
            _("There is no place left on %(day)s.") % {"day": long_date(full[0].day)}, field="pattern"
        )


def _refuse_closed(group: Group, first: date, last: date, pattern: WeekPattern) -> None:
    """Nobody can come on days that are all closed, whatever is free by the agreements."""
    if next(days_of(pattern, first, last), None) is None:
        raise RefusedError(_("None of these half-days lies between the two days."), field="pattern")
    calendar = calendar_of_group(group, first)
    if next(calendar.open_days(pattern, first, last), None):
        return
    closings = (calendar.closing_on(day) for day in days_of(pattern, first, last))
    closing = next((each for each in closings if each), None)
    if closing is None:
        raise RefusedError(_("These are public holidays. Choose other days."), field="first")
    opens = calendar.next_open(pattern, first)
    raise RefusedError(
        _("Nobody can come on these days: you are %(closing)s. The next open day is %(day)s.")
        % {"closing": closing_in_words(closing), "day": long_date(opens)},
        field="first",
    )


def _tell(made: LastMinute, now: datetime) -> int:
    location, pattern = made.group.location, WeekPattern(made.pattern)
    calendar = calendar_of_group(made.group, made.first)
    lines = {
        line.household_id: line
        for line in reversed(waiting_list(location.pk, now=now))
        if line.wanted_start <= made.last
        and suits(made.group, line, made.first)
        and not (line.pattern & pattern).is_empty
    }
    for line in lines.values():
        tell_household(
            household_id=line.household_id,
            kind="enrolment/last_minute",
            context={
                "place": made,
                "location": location,
                "name": line.first_name,
                "closed": calendar.stretches(pattern, made.first, made.last),
            },
            now=now,
            link=reverse("enrolment:request", args=[line.request_reference]),
            about=f"last_minute:{made.pk}",
            location_id=location.pk,
        )
    return len(lines)


def _record(principal: Principal, action: str, made: LastMinute, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=made,
        now=now,
        desk_id=made.group.location.desk_id,
        location=made.group.location_id,
        **data,
    )
