"""Other days or hours for many children at once: looked at first, sent to each family to sign, and taken back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import Stay, pieces_of_same_stays, stays
from kribbe.places.models import Group, Location
from kribbe.planning.importing.plan import Room
from kribbe.planning.importing.rows import Row
from kribbe.planning.models import ManyChange, Paper
from kribbe.planning.selectors.agreements import open_papers
from kribbe.planning.selectors.planned import Planned, plan_of, with_weeks
from kribbe.planning.services.check import half_days
from kribbe.planning.services.papers import send_paper, withdraw_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.written import minute
from kribbe.rules.agreed import Agreement, Weeks, changed, minutes, ordinary, same_days
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.many import Change, MoveDay, laid_over
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A change from a day on, for good or until `last`, of the children of these places.

    A place stands for its whole stay: what changes is the piece that has the first day.
    """

    change: Change
    first: date
    last: date | None = None
    placement_ids: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What the change does to one child; `problem` says why it can't be, in words."""

    placement: Placement
    before: Weeks
    after: Weeks
    problem: str = ""
    replaces: Sequence[Agreement] = ()
    """Other weeks agreed for later, in the place of which a change for good comes too."""


def look_at_many(location: Location, many: Many) -> list[Line]:
    """The children whom the change touches, by name, with what was and what would be. As many queries at any size."""
    rows = [row for row in stays(_places(location, many), many.first) if many.first in row.home.during]
    found = [row.home for row in rows]
    waiting = set(
        open_papers()
        .filter(agreement__weeks__placement__in=found)
        .values_list("agreement__weeks__placement", flat=True)
    )
    room = Room(sorted({each.group_id for each in found}))
    return [line for row in rows if (line := _line(row, location, many, waiting, room))]


def change_many(
    *, principal: Principal, location: Location, many: Many, name: str, now: datetime
) -> ManyChange:
    """Sign with `name` and send an addendum to the family of each child that the change touches, all or none.

    Children who can't have it (see `look_at_many`) stay as they are. Raises RefusedError where nobody can, without a
    name, and on a first day that is over.
    """
    if many.first <= localtime(now).date():
        raise RefusedError(_("Choose a day that is still to come."), field="first")
    with transaction.atomic():
        places = [(Placement, each.pk) for each in _places(location, many)]
        groups = Group.objects.filter(location=location).values_list("pk", flat=True)
        lock_rows((Location, location.pk), *places, *((Group, key) for key in groups))
        lines = [line for line in look_at_many(location, many) if not line.problem]
        if not lines:
            raise RefusedError(_("This changes nothing for these children."), code="nothing")
        papers = [_send(line, principal, many, name, now) for line in lines]
        made = ManyChange.objects.create(location=location, at=now, by=principal.user_id, papers=papers)
        _record(principal, "many.change", made, now, len(papers))
    return made


def undo_many(*, principal: Principal, change_id: int, now: datetime) -> tuple[int, int]:
    """Take back what families didn't sign yet. Returns how many papers went, and how many were signed and stay."""
    with transaction.atomic():
        lock_rows((ManyChange, change_id))
        made = ManyChange.objects.select_related("location").get(pk=change_id)
        if made.undone_at is not None:
            raise RefusedError(_("This was undone already."), code="undone")
        papers = Paper.objects.filter(pk__in=made.papers).order_by("agreement__placement", "pk")
        open_ = [paper.pk for paper in papers if paper.is_open]
        signed = sum(paper.signed_at is not None for paper in papers)
        for key in open_:
            withdraw_paper(principal=principal, paper_id=key, now=now)
        made.undone_at = now
        made.save(update_fields=["undone_at"])
        _record(principal, "many.undo", made, now, len(open_))
    return len(open_), signed


def _places(location: Location, many: Many) -> QuerySet[Placement]:
    """The pieces of the chosen stays that aren't over on the first day."""
    found = Placement.objects.filter(
        group__location=location,
        pk__in=pieces_of_same_stays(many.placement_ids),
        state=PlacementState.FINAL,
    )
    return with_weeks(found.exclude(during__endswith__lte=many.first))


def _line(stay: Stay, location: Location, many: Many, waiting: Collection[int], room: Room) -> Line | None:
    placement = stay.home
    planned = plan_of(placement, location)
    before = _weeks_on(planned, many.first)
    after = laid_over(before, many.change)
    changes = changed(planned.base, Agreement(many.first, many.last, after))
    if after == before or same_days(planned.base, changes, many.first):
        return None
    placement.group.location = location
    problem = next(_problems(placement, planned, after, many, waiting, room), "")
    return Line(placement, before, after, problem, _replaced(stay, location, before, many))


def _replaced(stay: Stay, location: Location, before: Weeks, many: Many) -> list[Agreement]:
    """What else is agreed for after the first day, where the change is for good."""
    if many.last is not None:
        return []
    agreed = (each for piece in (stay.home, *stay.later) for each in ordinary(plan_of(piece, location).base))
    return [each for each in agreed if each.start > many.first and each.weeks != before]


def _problems(
    placement: Placement,
    planned: Planned,
    after: Weeks,
    many: Many,
    waiting: Collection[int],
    room: Room,
) -> Iterator[str]:
    """What stands in the way, the first thing first; a child without a problem takes its half-days."""
    if not planned.is_agreed:
        yield _("Its agreement isn't signed yet.")
    if placement.pk in waiting:
        yield _("Another change waits for the family.")
    if isinstance(many.change, MoveDay) and _time(after) < _time(_weeks_on(planned, many.first)):
        yield _("It comes on that day already, so it would come less.")
    if many.last and placement.during.upper and many.last >= placement.during.upper:
        yield _("The place ends before that.")
    yield from _outside(placement.group.location, after)
    more = half_days(placement, after) - WeekPattern(placement.pattern)
    end = many.last or (placement.during.upper - DAY if placement.during.upper else None)
    row = Row(0, {}, group=placement.group, start=many.first, end=end, pattern=half_days(placement, after))
    room.check_open(row)
    if not row.refused:
        row.pattern = more
        room.take(row)
    yield from (fault.message for fault in row.faults)


def _weeks_on(planned: Planned, day: date) -> Weeks:
    return next(each.weeks_from(day) for each in ordinary(planned.base) if each.holds(day))


def _time(weeks: Weeks) -> int:
    """The minutes of these weeks together."""
    return sum(minutes(parts) for week in weeks for parts in week.values())


def _outside(location: Location, weeks: Weeks) -> Iterator[str]:
    opens, closes = minute(location.opens_at), minute(location.closes_at)
    spans = [part for week in weeks for parts in week.values() for part in parts]
    if any(start < opens or end > closes for start, end in spans):
        yield _("The location is open from %(opens)s to %(closes)s.") % {
            "opens": time_format(location.opens_at),
            "closes": time_format(location.closes_at),
        }


def _send(line: Line, principal: Principal, many: Many, name: str, now: datetime) -> int:
    terms = Terms(first=many.first, last=many.last, weeks=line.after)
    paper = send_paper(principal=principal, placement_id=line.placement.pk, terms=terms, name=name, now=now)
    return paper.pk


def _record(principal: Principal, action: str, made: ManyChange, now: datetime, count: int) -> None:
    record(
        principal=principal,
        action=action,
        subject=made,
        now=now,
        desk_id=made.location.desk_id,
        location=made.location_id,
        papers=count,
    )
