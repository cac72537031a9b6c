"""Days of school: by community, from the dated facts of the pack `school`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kribbe.rules.packs import Figure, Pack

PACK = "school"
DAY = timedelta(days=1)
WEDNESDAY, SATURDAY = 2, 5
SEPTEMBER = 9


class Community(StrEnum):
    """Whose school year a school keeps."""

    DUTCH = "nl"
    FRENCH = "fr"


class DayKind(StrEnum):
    """What a day is at school."""

    FULL = "full"
    HALF = "half"
    """Wednesday: until noon."""
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    UNKNOWN = "unknown"
    """No calendar is known for this day."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without school, both included. `name` is a code such as "easter"."""

    name: str
    first: date
    last: date


def school_year_of(day: date) -> int:
    """The year in which the school year of this day began; July and August belong to the one that ends."""
    return day.year if day.month >= SEPTEMBER else day.year - 1


def year_bounds(year: int) -> tuple[date, date]:
    """The first and the last day of a registration for a school year: 1 September to 31 August."""
    return date(year, SEPTEMBER, 1), date(year + 1, 8, 31)


def day_kind(pack: Pack, community: Community, day: date) -> DayKind:
    """What a day is at the schools of a community."""
    if day.weekday() >= SATURDAY:
        return DayKind.WEEKEND
    if holiday_on(pack, community, day):
        return DayKind.HOLIDAY
    if not any(figure.holds(day) for figure in pack.figures.get(f"school.known.{community}", ())):
        return DayKind.UNKNOWN
    return DayKind.HALF if day.weekday() == WEDNESDAY else DayKind.FULL


def holiday_on(pack: Pack, community: Community, day: date) -> Holiday | None:
    """The holiday that a day belongs to."""
    return next((_holiday(figure) for figure in _facts(pack, community) if figure.holds(day)), None)


def holidays_between(pack: Pack, community: Community, first: date, last: date) -> list[Holiday]:
    """The holidays that touch these days, in order."""
    found = [_holiday(figure) for figure in _facts(pack, community)]
    return [each for each in found if each.first <= last and first <= each.last]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days of a holiday schedule as they were agreed: in the holidays of a community, or outside of them."""

    community: Community
    outside: bool
    stretches: tuple[Holiday, ...]


def schedule(
    pack: Pack, community: Community, first: date, last: date | None, *, outside: bool = False
) -> Schedule:
    """The stretches of days from `first` to `last`, as far as the calendar is known; `last` None is until then.

    Outside the holidays a stretch has no name.
    """
    known = known_until(pack, community)
    end = known if last is None else min(last, known)
    found = sorted(holidays_between(pack, community, first, end), key=lambda each: each.first)
    inside = [Holiday(each.name, max(each.first, first), min(each.last, end)) for each in found]
    return Schedule(community, outside, tuple(_between(inside, first, end) if outside else inside))


def known_until(pack: Pack, community: Community) -> date:
    """The last day of which it is known whether there is school; the first of all days where none is known."""
    facts = pack.figures.get(f"school.known.{community}", ())
    return max((figure.valid_to for figure in facts if figure.valid_to), default=date.min)


def _between(holidays: list[Holiday], first: date, last: date) -> Iterator[Holiday]:
    """The days from `first` to `last` that no holiday has, in stretches."""
    for each in holidays:
        if first < each.first:
            yield Holiday("", first, each.first - DAY)
        first = max(first, each.last + DAY)
    if first <= last:
        yield Holiday("", first, last)


def school_days(pack: Pack, community: Community, first: date, last: date) -> list[date]:
    """The days with school, from the first to the last included."""
    days = (first + number * DAY for number in range((last - first).days + 1))
    return [day for day in days if day_kind(pack, community, day) in {DayKind.FULL, DayKind.HALF}]


def _facts(pack: Pack, community: Community) -> tuple[Figure, ...]:
    return pack.figures.get(f"school.holiday.{community}", ())


def _holiday(figure: Figure) -> Holiday:
    return Holiday(str(figure.value), figure.valid_from, figure.valid_to or figure.valid_from)
