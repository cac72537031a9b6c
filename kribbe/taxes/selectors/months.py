"""The months of an organiser's locations as its two monthly reports tell them; a fixed number of queries.

A day that another carer had a child stands in the report of that carer's location, as it does in its register; a day
of absence stands with the location of the agreement, whose free days it takes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from kribbe.attendance.models import Presence
from kribbe.billing.models import Books
from kribbe.billing.selectors.register import minute_of
from kribbe.billing.selectors.visits import billed_visits
from kribbe.enrolment.models import Placement
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.planning.selectors.counted import counting
from kribbe.planning.selectors.elsewhere import elsewhere
from kribbe.planning.selectors.house_allowance import allowances
from kribbe.planning.selectors.planned import Planned, agreed_at_all
from kribbe.rules.agreed import Parts
from kribbe.rules.billing.allowance import AllowanceCount
from kribbe.rules.billing.case import Absent, Allowance, Case, IncomePrice, Stay
from kribbe.rules.billing.stays import stay_class
from kribbe.rules.calendar import add_months, age_in_months, days_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind
from kribbe.taxes.selectors.month_read import MonthRead, placement_of, read_month
from kribbe.taxes.selectors.one_day import OneDay
from kribbe.taxes.services.identities import PACK
from kribbe.taxes.writing import free_month
from kribbe.taxes.writing.check_income_month import OUT_OF_SCHOOL_ABOVE
from kribbe.taxes.writing.income_month import Block, Length, Line, Month

DAY = timedelta(days=1)
LENGTHS = {Stay.SHORT: Length.SHORT, Stay.HALF: Length.HALF, Stay.FULL: Length.FULL, Stay.LONG: Length.LONG}


@dataclass
class LocationMonth:
    """What both reports tell of a location, and what is missing before they can."""

    location: Location
    income: Month
    children: Sequence[free_month.Child]
    without_code: Sequence[Child] = ()
    without_sex: Sequence[Child] = ()
    has_income: bool = False
    has_free: bool = False


def months_of(
    books: Books, locations: Sequence[Location], month: date, *, responsible: str
) -> list[LocationMonth]:
    """The month that begins on this day at these locations, in their order."""
    last = add_months(month, 1) - DAY
    moved = elsewhere(first=month, last=last, locations=[each.pk for each in locations])
    visits = billed_visits(books.organiser_id, month, last)
    planned = agreed_at_all(
        locations, month, last, also={each.placement_id for each in moved}, visiting=list(visits)
    )
    read = read_month(books, locations, planned, moved, visits, month, last)
    return [_location(each, planned, read, responsible) for each in locations]


def _location(
    location: Location, planned: Sequence[Planned], read: MonthRead, responsible: str
) -> LocationMonth:
    groups = {each.group_id for each in planned if placement_of(each).group.location_id == location.pk}
    coming = [each for each in read.moved.values() if each.location_id == location.pk]
    also = {each.group_id for each in coming}
    also |= {each.group_id for each in read.one_days if each.location_id == location.pk}
    guests = {each.placement_id for each in coming}
    here = [each for each in planned if each.group_id in groups or placement_of(each).pk in guests]
    income = [each for each in here if _kind(each) == PriceKind.INCOME]
    free = [each for each in here if _kind(each) == PriceKind.FREE]
    lines, without_code = _lines(location, income, read)
    children, without_sex = _children(location, free, read)
    return LocationMonth(
        location=location,
        income=Month(
            month=read.month,
            location=location.name,
            file_number=location.licence_number,
            organiser=read.books.name,
            responsible=responsible,
            open_days=_open_days(location, groups | also, read),
            flex=read.flex.get(location.pk, False),
            lines=lines,
        ),
        children=children,
        without_code=without_code,
        without_sex=without_sex,
        has_income=bool(lines or without_code) or _any_in(groups, income),
        has_free=bool(children or without_sex) or _any_in(groups, free),
    )


def _any_in(groups: Collection[int], planned: Iterable[Planned]) -> bool:
    """Whether a child of the location itself is among them; a guest's absence is told where it was agreed."""
    return any(each.group_id in groups for each in planned)


def _kind(planned: Planned) -> str:
    return planned.placement.group.price_kind if planned.placement else ""


def _lines(location: Location, planned: Sequence[Planned], read: MonthRead) -> tuple[list[Line], list[Child]]:
    """The lines in the order of their codes, and the children without a code on some day."""
    counts: dict[tuple[str, bool], Counter[tuple[Block, Length]]] = defaultdict(Counter)
    children: dict[str, Child] = {}
    without: dict[int, Child] = {}
    told: list[tuple[Placement | None, Child, Iterable[tuple[date, Block, Length, int]]]] = [
        (placement_of(each), placement_of(each).child, _days(location, each, read)) for each in planned
    ]
    told += [
        (None, each.child, [_one_day(location, each, read)])
        for each in read.one_days_of(location, PriceKind.INCOME)
    ]
    for placement, child, days in told:
        for day, block, length, times in days:
            code = _code(child, placement, day, read)
            if not code:
                without[child.pk] = child
                continue
            children[code] = child
            counts[code, _is_out_of_school(child, day)][block, length] += times
    lines = [
        Line(code, children[code].first_name, children[code].last_name, is_out, dict(found))
        for (code, is_out), found in sorted(counts.items())
    ]
    return lines, list(without.values())


def _days(location: Location, planned: Planned, read: MonthRead) -> Iterator[tuple[date, Block, Length, int]]:
    """Every day of a child in the month that is this location's to tell: what it was, and how long."""
    placement = placement_of(planned)
    closed = read.closed.of(placement.group)
    case = _case(location, placement.child, read)
    allowance = _allowance(placement.group.location, planned, read)
    stay_year = read.stays[placement.pk]
    counted = counting(stay_year, read.rules.get(placement.group.location_id, ()), read.closed)
    for earlier, day, length in stay_year.away_before(placement, read.month, read.closed):
        _covered(allowance, counted(earlier), stay_class(case, length, day), day)
    for day in days_of_month(read.month):
        if read.location_of(placement, day) != location.pk:
            continue
        parts, came = planned.parts(day, closed), read.came.get((placement.pk, day), ())
        absence = read.away.get((placement.pk, day))
        if absence is None and stay_year.is_rest_of_night(day, read.closed):
            absence = read.away.get((placement.pk, day - DAY))
        visit = read.visits.get(placement.pk, {}).get(day, ())
        stay = _stay(case, parts or visit, day, came)
        if visit or came or (parts and absence is None):
            yield day, Block.CAME, LENGTHS[stay], 1
        elif parts and absence is not None:
            yield from ((day, *each) for each in _absent(allowance, counted(absence), stay, day))


def _one_day(location: Location, each: OneDay, read: MonthRead) -> tuple[date, Block, Length, int]:
    """A place of one day: the child came, or stayed away and is charged."""
    stay = _stay(_case(location, each.child, read), each.reserved, each.day, each.had.came)
    return each.day, Block.BEYOND if each.had.is_absent else Block.CAME, LENGTHS[stay], 1


def _absent(
    allowance: AllowanceCount, absent: Absent, stay: Stay, day: date
) -> Iterator[tuple[Block, Length, int]]:
    """A day of absence: within the allowance, beyond it, or a half of each."""
    covered = _covered(allowance, absent, stay, day)
    if covered in {Decimal(0), Decimal(1)}:
        yield (Block.JUSTIFIED if covered else Block.BEYOND), LENGTHS[stay], 1
    else:
        yield Block.JUSTIFIED, Length.HALF, 1
        yield Block.BEYOND, Length.HALF, 1


def _covered(allowance: AllowanceCount, absent: Absent, stay: Stay, day: date) -> Decimal:
    """The part that isn't charged; what the location or force majeure prevented, or the house rules
    give for illness, never is.
    """
    allowance.go_to(day)
    return Decimal(1) if absent.is_free else allowance.covers(absent, stay)


def _allowance(location: Location, planned: Planned, read: MonthRead) -> AllowanceCount:
    """As the bill counts it: by the house rules of each day."""
    first, *later = allowances(
        read.rules.get(location.pk, ()),
        read.stays[placement_of(planned).pk],
        year=read.month.year,
        pack=load_pack(PACK),
        morning_ends=location.morning_ends_at,
    )
    return AllowanceCount(first[1], later)


def _case(location: Location, child: Child, read: MonthRead) -> Case:
    """By which the class of a stay is known; nothing in it is priced."""
    return Case(
        pack=load_pack(PACK),
        month=read.month,
        school_from=child.school_from,
        certificates=(),
        price=IncomePrice(),
        flex=read.flex.get(location.pk, False),
        beyond=None,
        extras=(),
        charges=(),
        agreement=(),
        closing_days=read.closed.at[location.pk],
        allowance=Allowance(),
        entries={},
    )


def _stay(case: Case, parts: Parts, day: date, came: Sequence[Presence]) -> Stay:
    """The class of the longer of what was reserved and what was used, of the hours that count."""
    used = [(minute_of(each.start, day), minute_of(each.end, day)) for each in came if each.end is not None]
    return stay_class(case, max(_length(parts, case, day), _length(used, case, day)), day)


def _length(parts: Sequence[tuple[int, int]], case: Case, day: date) -> int:
    """The minutes of these parts, of the hours that count where flexible care isn't permitted."""
    if case.flex:
        return sum(end - start for start, end in parts)
    opens, closes = (60 * case.pack.integer(f"income_month.{end}_hour", day) for end in ("from", "to"))
    return sum(max(0, min(end, closes) - max(start, opens)) for start, end in parts)


def _wall(at: datetime) -> datetime:
    """A moment by the clock on the wall."""
    return localtime(at).replace(tzinfo=None)


def _code(child: Child, placement: Placement | None, day: date, read: MonthRead) -> str:
    """The code of the certificate that holds on a day; one of the place before one of the child."""
    own = placement.pk if placement else None
    found = [
        each
        for each in read.certificates.get(child.pk, [])
        if day in each.during and each.placement_id in {None, own}
    ]
    found.sort(key=lambda each: each.placement_id is None)
    return found[0].code if found else ""


def _children(
    location: Location, planned: Sequence[Planned], read: MonthRead
) -> tuple[list[free_month.Child], list[Child]]:
    """The children at a free price with their stays by the register, and those of whom the sex isn't known."""
    stays: dict[int, list[Presence]] = defaultdict(list)
    known: dict[int, Child] = {}
    for each in planned:
        placement = placement_of(each)
        for day in days_of_month(read.month):
            if read.location_of(placement, day) != location.pk:
                continue
            ended = [one for one in read.came.get((placement.pk, day), ()) if one.end is not None]
            if ended:
                known[placement.child_id] = placement.child
                stays[placement.child_id] += ended
    for one in read.one_days_of(location, PriceKind.FREE):
        if one.had.came:
            known[one.child.pk] = one.child
            stays[one.child.pk] += one.had.came
    told = [
        free_month.Child(
            first_name=child.first_name,
            last_name=child.last_name,
            born=child.born,
            sex=read.reported[key].sex,
            school_from=child.school_from,
            stays=[(each.day, _wall(each.start), _wall(each.end)) for each in stays[key] if each.end],
        )
        for key, child in sorted(known.items())
        if key in read.reported and child.born
    ]
    return told, [child for key, child in sorted(known.items()) if key not in read.reported]


def _open_days(location: Location, groups: Collection[int], read: MonthRead) -> int:
    """The days on which one of these groups of the location was open."""
    places = [each for each in read.places if each.group_id in groups]
    return sum(
        any(
            day in each.during
            and day.weekday() in WeekPattern(each.open_pattern).days()
            and day not in read.closed.in_group(each.group_id, location.pk)
            for each in places
        )
        for day in days_of_month(read.month)
    )


def _is_out_of_school(child: Child, day: date) -> bool:
    """From full-time school on, or above the age at which the authority takes it so (6.9)."""
    above = load_pack(PACK).integer(OUT_OF_SCHOOL_ABOVE, day)
    return child.at_school(day) or (child.born is not None and age_in_months(child.born, day) > above)
