"""Holiday schedules: what they may be, and what the ledger holds for them beside the half-days of the place."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services.turns import check_once, room_told
from kribbe.places import ledger
from kribbe.planning.models import AgreedWeeks
from kribbe.planning.services.check import check_days, check_hours, check_open, half_days
from kribbe.planning.services.turns import turn_from
from kribbe.planning.written import Bounds, agreement_of
from kribbe.rules.agreed import Weeks
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.school import Holiday, Schedule
from kribbe.rules.turns import outside
from kribbe.trust.errors import RefusedError
from kribbe.web.weeks import week_words

DAY = timedelta(days=1)


def check_schedule(
    placement: Placement, first: date, weeks: Weeks, schedule: Schedule, *, is_first: bool
) -> None:
    """Raises RefusedError, naming the field, on the first thing that can't be. No stretches: the schedule ends."""
    if is_first:
        raise RefusedError(_("Send the agreement first, then the days in the school holidays."), code="first")
    check_days(placement, first, None, is_first=False)
    stay = stay_from(placement)
    if not schedule.stretches:
        if not any(_has_schedule(part, first) for part in stay):
            raise RefusedError(
                _("No school holidays are known within the stay from this day on."), field="first"
            )
        return
    for part in stay:
        _check_part(part, max(first, part.during.lower), weeks, schedule)


def _check_part(part: Placement, first: date, weeks: Weeks, schedule: Schedule) -> None:
    """The same of one place of the stay, on its own days."""
    own = stretches_within(schedule, part)
    if not own:
        return
    check_hours(part, weeks)
    check_open(part, [(each.first, each.last) for each in own], half_days(part, weeks))
    _check_turn(part, first, weeks)
    more = beyond(part, weeks)
    if not more.is_empty:
        check_once(part.child_id, (first, part.during.upper), more, None)


def stretches_within(schedule: Schedule, part: Placement) -> list[Holiday]:
    """The stretches of a schedule on the days of one place."""
    start, end = part.during.lower, part.during.upper
    cut = (
        replace(each, first=max(each.first, start), last=min(each.last, end - DAY) if end else each.last)
        for each in schedule.stretches
    )
    return [each for each in cut if each.first <= each.last]


def beyond(placement: Placement, weeks: Weeks) -> WeekPattern:
    """The half-days that these weeks take beside those of the place; none of a place that takes turns."""
    if placement.in_turn is not None:
        return WeekPattern(0)
    return half_days(placement, weeks) - WeekPattern(placement.pattern)


def hold_calendar(placement: Placement, *, now: datetime) -> None:
    """Have the ledger hold what the holiday schedule takes beside the half-days of the place, on its days only.

    The caller holds the locks of the place and its group. Raises RefusedError where there is no room.
    """
    holder = f"placement:{placement.pk}"
    wanted = _wanted(placement, holder) if placement.state == PlacementState.FINAL else {}
    for row in ledger.besides(holder, placement.group_id):
        if wanted.get(row.holder) == (row.during.lower, row.during.upper, row.pattern):
            del wanted[row.holder]
        else:
            ledger.release(holder=row.holder, now=now)
    with room_told():
        for name, (start, end, mask) in wanted.items():
            ledger.take(
                group_id=placement.group_id,
                start=start,
                end=end,
                pattern=WeekPattern(mask),
                holder=name,
                now=now,
            )


def stay_laid(placement_id: int, now: datetime) -> None:
    """A place got other dates: its holiday schedule holds what lies within them."""
    hold_calendar(Placement.objects.get(pk=placement_id), now=now)


def _wanted(placement: Placement, holder: str) -> dict[str, tuple[date, date | None, int]]:
    stay: Bounds = (placement.during.lower, placement.during.upper)
    found: dict[str, tuple[date, date | None, int]] = {}
    for row in AgreedWeeks.objects.filter(placement=placement, by_calendar=True).order_by("during"):
        each = agreement_of(row, stay)
        more = 0
        for mask in row.masks:
            more |= mask & ~placement.pattern
        if each and more and placement.in_turn is None:
            after = each.end + DAY if each.end else None
            found[ledger.beside(holder, each.start)] = (each.start, after, more)
    return found


def _has_schedule(placement: Placement, first: date) -> bool:
    stay: Bounds = (placement.during.lower, placement.during.upper)
    rows = AgreedWeeks.objects.filter(placement=placement, by_calendar=True)
    held = (each for row in rows if (each := agreement_of(row, stay)))
    return any(each.end is None or each.end >= first for each in held)


def _check_turn(placement: Placement, first: date, weeks: Weeks) -> None:
    if placement.in_turn is None:
        return
    more = outside(turn_from(placement, weeks, first), placement.in_turn)
    if not more.is_empty:
        raise RefusedError(
            _("These half-days aren't in the weeks of this agreement: %(days)s. Change its weeks first.")
            % {"days": week_words(more.mask)},
            field="weeks",
        )
