"""A list to fill in: two invented children whom this very location could take over as they stand."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_

from kribbe.enrolment.selectors.location import active_groups
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.planning.importing.plan import Room
from kribbe.planning.importing.rows import hours_of
from kribbe.rules.agreed import Parts, Weeks
from kribbe.rules.calendar import add_months, monday_of
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.rules.week_text import Hours, to_text

CHILDREN = 2
USUAL = (8 * 60, 17 * 60)
AHEAD, STAY = timedelta(weeks=9), timedelta(days=364)
DEFAULT = WeekPattern.from_text("mon tue wed thu fri")
HEADS = (
    "Voornaam",
    "Naam",
    "Geboortedatum",
    "Voornaam ouder",
    "Naam ouder",
    "E-mail ouder",
    "Groep",
    "Startdatum",
    "Einddatum",
    "Dagen",
    "Dagprijs",
)


def example_rows(location: Location, today: date) -> list[Sequence[str]]:
    """Two children, the second with weeks in turn, in the group that has room for both the soonest."""
    hours, groups = hours_of(location), active_groups(location)
    room = Room([group.pk for group in groups])
    found = [(group, *_opening(group, room, monday_of(today + AHEAD))) for group in groups]
    able = sorted((each for each in found if not each[1].is_empty), key=lambda each: each[2])
    group, open_, start = able[0] if able else (None, DEFAULT, monday_of(today + AHEAD))
    name = group.name if group else ""
    born = min(add_months(start, -(group.from_months if group else 0) - 2), today)
    days = [(day, _parts(open_, day, hours)) for day in open_.days()]
    plain: Weeks = (dict(days),)
    in_turn: Weeks = (dict(days[:-1] or days), dict(days[-1:]))
    return [
        _row("Noor", "Voorbeelds", "Sam", born, name, start, f"{start + STAY:%d/%m/%Y}", plain, "24,50"),
        _row("Lou", "Proefman", "Kim", born, name, start, "", in_turn, ""),
    ]


def _opening(group: Group, room: Room, since: date) -> tuple[WeekPattern, date]:
    """Up to three of the days on which a group is open for good, and the Monday from which they are free."""
    ahead = GroupCapacity.objects.filter(group=group, during__overlap=(since, None))
    open_ = [WeekPattern(each.open_pattern) if each.licensed_places else EMPTY for each in ahead]
    always = reduce(and_, open_) if open_ else EMPTY
    days = [WeekPattern(always.mask & 3 << 2 * day) for day in always.days()[:3]]
    pattern = reduce(or_, days, EMPTY)
    return pattern, room.free_from(group.pk, pattern, CHILDREN, since)


def _parts(open_: WeekPattern, day: int, hours: Hours) -> Parts:
    """The usual hours of a whole day, as far as the location is open then; else those of the half-day."""
    halves = open_.mask >> 2 * day & 3
    start, end = max(USUAL[0], hours.opens), min(USUAL[1], hours.closes)
    return ((start, end) if halves == 3 and start < hours.noon < end else hours.of(halves),)


def _row(
    first: str, last: str, parent: str, born: date, group: str, start: date, end: str, weeks: Weeks, fee: str
) -> Sequence[str]:
    mail = f"{parent}@voorbeeld.example".lower()
    begins = f"{start:%d/%m/%Y}"
    return (first, last, f"{born:%d/%m/%Y}", parent, last, mail, group, begins, end, to_text(weeks), fee)
