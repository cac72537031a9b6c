"""The half-days that a paper holds in the ledger while it waits for a signature."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services.turns import turning
from kribbe.places import ledger
from kribbe.places.models import Group, LedgerTake
from kribbe.planning.models import Paper
from kribbe.planning.services.calendar import beyond, stretches_within
from kribbe.planning.written import Bounds
from kribbe.rules.agreed import Weeks
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.school import Schedule
from kribbe.trust.errors import RefusedError
from kribbe.web.templatetags.telling import long_date

DAY = timedelta(days=1)


def hold(paper: Paper, placement: Placement, schedule: Schedule | None, weeks: Weeks, now: datetime) -> None:
    """Hold what the paper asks beside what the place has, until it is signed or withdrawn.

    Raises RefusedError ("full") where a group has no place left.
    """
    if schedule is not None:
        for part in stay_from(placement):
            _hold_stretches(paper, part, schedule, weeks, now)
        return
    for part in stay_from(placement) if paper.last is None else [placement]:
        _hold_part(paper, part, now)


def _hold_part(paper: Paper, part: Placement, now: datetime) -> None:
    """The same on the days of one piece of the stay."""
    more = WeekPattern(paper.pattern) - WeekPattern(part.pattern)
    for other in turning(part) if part.in_turn is not None else ():
        more = more - WeekPattern(other.pattern)
    if not more.is_empty:
        start = max(paper.first, part.during.lower)
        after = paper.last + DAY if paper.last else part.during.upper
        holder = _holder(paper) if start == paper.first else ledger.beside(_holder(paper), start)
        _take(part, holder, (start, after), more, now)


def _hold_stretches(
    paper: Paper, placement: Placement, schedule: Schedule, weeks: Weeks, now: datetime
) -> None:
    """The same for each stretch, less what the schedule before has on all of its days already."""
    own = list(ledger.besides(f"placement:{placement.pk}", placement.group_id))
    for each in stretches_within(schedule, placement):
        more, after = beyond(placement, weeks), each.last + DAY
        for row in own:
            if row.during.lower <= each.first and (row.during.upper is None or row.during.upper >= after):
                more = more - WeekPattern(row.pattern)
        if not more.is_empty:
            _take(placement, ledger.beside(_holder(paper), each.first), (each.first, after), more, now)


def _take(placement: Placement, holder: str, during: Bounds, more: WeekPattern, now: datetime) -> None:
    start, end = during
    try:
        ledger.take(group_id=placement.group_id, start=start, end=end, pattern=more, holder=holder, now=now)
    except ledger.NoRoomError as error:
        raise RefusedError(
            _("There is no place left on %(day)s.") % {"day": long_date(error.cells[0].day)},
            field="weeks",
            code="full",
        ) from error


def release(paper: Paper, now: datetime) -> None:
    """Give back what the paper holds, in the group that the child left meanwhile too."""
    for holder in held(paper).order_by("group", "pk").values_list("holder", flat=True):
        ledger.release(holder=holder, now=now)


def held(paper: Paper) -> QuerySet[LedgerTake]:
    """What a paper holds: for all of its days, or for each stretch of its holiday schedule."""
    holder = _holder(paper)
    child = Placement.objects.filter(pk=paper.agreement.placement_id).values("child")
    locations = Placement.objects.filter(child__in=child).values("group__location")
    return LedgerTake.objects.filter(
        Q(holder=holder) | Q(holder__startswith=f"{holder}{ledger.BESIDE}"),
        group__in=Group.objects.filter(location__in=locations),
    )


def _holder(paper: Paper) -> str:
    return f"paper:{paper.pk}"
