"""A month of the register: what stands in it by child and day, and what of it a family signed for."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import localtime

from kribbe.attendance.attendee import Attendee, Who, of_any, who_of
from kribbe.attendance.models import Confirmation, Correction, DayNote, Dispute, Doubt, Presence
from kribbe.attendance.selectors.guests import gone_from, guests_at
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Location
from kribbe.planning.models import Absence
from kribbe.planning.selectors.planned import certain
from kribbe.planning.words import clock
from kribbe.rules.attendance import MINUTE, Stay

DAY = timedelta(days=1)

Row = TypeVar("Row", bound=Model)
Pairs = Collection[tuple[int | None, date]]
"""Places and days."""

Lines = dict[str, list[str]]
"""By day (2026-11-03) its stays as they are read (8:05–16:50)."""


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


@dataclass
class DayLine:
    """One child's day in the register."""

    day: date
    stays: list[Presence] = field(default_factory=list)
    correction: Correction | None = None
    absence: Absence | None = None
    notes: list[DayNote] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    signed: Confirmation | None = None
    """The last signature under this day."""

    @property
    def told(self) -> list[str]:
        return [stay_words(stay) for stay in self.stays]

    @property
    def minutes(self) -> int:
        """The time of the stays that ended."""
        return sum(round((stay.end - stay.start) / MINUTE) for stay in self.stays if stay.end)

    @property
    def doubts(self) -> list[str]:
        return [str(Doubt(stay.doubt).label) for stay in self.stays if stay.doubt]

    @property
    def is_asked(self) -> bool:
        """Whether the family waits for an answer."""
        return any(each.answered_at is None for each in self.disputes)

    @property
    def is_signed(self) -> bool:
        """Whether it was signed for as it stands."""
        return self.signed is not None and self.signed.lines[f"{self.day}"] == self.told

    @property
    def is_changed(self) -> bool:
        """Whether it was signed for, and changed since."""
        return self.signed is not None and not self.is_signed

    @property
    def is_known(self) -> bool:
        """Whether the register says something of it that can be signed for."""
        is_open = any(stay.end is None for stay in self.stays)
        return not is_open and bool(self.stays or self.correction)


@dataclass(frozen=True)
class ChildMonth:
    """One child's month."""

    child: Attendee
    days: Sequence[DayLine]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.days)

    @property
    def waits(self) -> int:
        """Days that stand to be signed for; outside the desk there is no family to sign."""
        return sum(line.is_known and not line.is_signed for line in self.days if self.child.placement)


def stay_words(stay: Presence | Stay) -> str:
    """`8:05–16:50` by the clock on the wall; without an end while it lasts."""
    return f"{wall(stay.start)}–{wall(stay.end) if stay.end else ''}"


def wall(at: datetime) -> str:
    """A moment as `8:05`."""
    local = localtime(at)
    return clock(60 * local.hour + local.minute)


def months_at(location: Location, month: Month) -> list[ChildMonth]:
    """Every child with a place at a location in a month; eleven queries, whatever its size.

    A day that another location cared for a child stands in that one's register, not in its own.
    """
    during = (month.first, month.last + DAY)
    gone = {(each.placement_id, each.day) for each in gone_from(location, month.first, month.last)}
    came = set(guests_at(location, month.first, month.last).values_list("placement", "day"))
    guests = Q(pk__in={key for key, _day in came})
    here = Q(group__location=location) | guests
    found = certain(during).filter(here).select_related("child__household")
    direct = (
        DirectChild.objects.select_related("group")
        .filter(Q(undone_at=None) | Q(presences__day__range=(month.first, month.last)))
        .filter(group__location=location, during__overlap=during)
        .order_by("group__from_months", "group__name", "name", "pk")
        .distinct()
    )
    months = _months(
        [*(Attendee(each) for each in found), *(Attendee(direct=each) for each in direct)], month
    )
    return [_kept_here(each, location, gone, came) for each in months]


def _kept_here(each: ChildMonth, location: Location, gone: Pairs, came: Pairs) -> ChildMonth:
    """The days that stand in this location's register."""
    key = each.child.who.placement_id
    is_own = each.child.placement is None or each.child.group.location_id == location.pk
    days = [
        line for line in each.days if ((key, line.day) not in gone if is_own else (key, line.day) in came)
    ]
    return ChildMonth(each.child, days)


def months_of(placements: Iterable[Placement], month: Month) -> list[ChildMonth]:
    """The months of these places; six queries beside theirs."""
    return _months([Attendee(each) for each in placements], month)


def _months(children: Sequence[Attendee], month: Month) -> list[ChildMonth]:
    lines: Mapping[Who, dict[date, DayLine]] = defaultdict(dict)
    within = of_any(each.who for each in children) & Q(day__range=(month.first, month.last))
    for stay in Presence.objects.filter(within):
        _line(lines, who_of(stay), stay.day).stays.append(stay)
    for correction in Correction.objects.filter(within).order_by("made_at", "pk"):
        _line(lines, who_of(correction), correction.day).correction = correction
    _add_said(lines, [each.placement for each in children if each.placement], month)
    return [ChildMonth(each, [lines[each.who][day] for day in sorted(lines[each.who])]) for each in children]


def _add_said(lines: Mapping[Who, dict[date, DayLine]], found: Sequence[Placement], month: Month) -> None:
    """What is told of places alone: absences, notes, what families ask and sign."""
    for absence in _rows(Absence.objects.filter(taken_back_at=None), found, month):
        _line(lines, Who(absence.placement_id), absence.day).absence = absence
    for note in _rows(DayNote.objects.filter(taken_back_at=None), found, month):
        _line(lines, Who(note.placement_id), note.day).notes.append(note)
    for dispute in _rows(Dispute.objects.order_by("raised_at"), found, month):
        _line(lines, Who(dispute.placement_id), dispute.day).disputes.append(dispute)
    _sign(lines, found, month)


def signed_lines(placement: Placement, month: Month, *, today: date) -> Lines:
    """What a family signs for now: the days that are over, of which it asked nothing that waits for an answer."""
    (found,) = months_of([placement], month)
    return {
        f"{line.day}": line.told
        for line in found.days
        if line.day < today and line.is_known and not line.is_asked
    }


def _rows(rows: QuerySet[Row], placements: Sequence[Placement], month: Month) -> QuerySet[Row]:
    keys = [each.pk for each in placements]
    return rows.filter(placement__in=keys, day__range=(month.first, month.last))


def _line(lines: Mapping[Who, dict[date, DayLine]], who: Who, day: date) -> DayLine:
    return lines[who].setdefault(day, DayLine(day))


def _sign(lines: Mapping[Who, dict[date, DayLine]], placements: Sequence[Placement], month: Month) -> None:
    found = Confirmation.objects.filter(
        placement__in=[each.pk for each in placements], first__lte=month.last, last__gte=month.first
    ).order_by("made_at", "pk")
    for row in found:
        for text in row.lines:
            day = date.fromisoformat(text)
            if line := lines[Who(row.placement_id)].get(day):
                line.signed = row
