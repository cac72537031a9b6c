"""Teams of the locations with their hours, who is away, and the rosters of this week and the next."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.logins import pin
from kribbe.demo.tables import table
from kribbe.places.models import Group, Kind, Location
from kribbe.planning.models import GroupTeam
from kribbe.planning.written import minute
from kribbe.rules.calendar import is_working_day, monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.roster.plan import MINUTES
from kribbe.staff.models import (
    Available,
    Carer,
    Contract,
    Document,
    DocumentKind,
    HomeChild,
    HomeTie,
    Leave,
    LeaveKind,
    Shift,
)
from kribbe.staff.models.contracts import MOST_A_DAY, MOST_A_WEEK

DAY = timedelta(days=1)
WEEKS = 2
FULL_WEEK, PART_WEEK = 76, 60
AWAY_SHARE = 0.08
STRETCH, LONGEST, LONGEST_DAY = 12, 16, 18
"""Half-hours after which a day has a pause, of a shift, and of a day by contract; a family carer works as long as
her house is open."""
WORK_DAYS = 5
SEVERAL = 2
"""Carers at work from which on somebody more is on the team, for leave and rest."""


def staff(book: Book) -> None:
    """Add carers enough for what the groups plan, one more where there are several, and their shifts."""
    chance = Chance("staff")
    hashed = make_password(pin())
    needed: dict[int, int] = {}
    for team in book.rows(GroupTeam):
        key = team.group.location_id
        needed[key] = needed.get(key, 0) + max(team.carers)
    groups: dict[int, list[Group]] = {}
    for group in book.rows(Group):
        groups.setdefault(group.location_id, []).append(group)
    for location in book.rows(Location):
        if location.pk in needed and location.active:
            _location(book, location, groups[location.pk], needed[location.pk], hashed, chance)


AT_HOME_SHARE = 0.16
AT_HOME = WeekPattern.from_text("fri").mask | 1 << 5

PAPERS = {DocumentKind.FIRST_AID: 3, DocumentKind.MEDICAL: 5, DocumentKind.EXTRACT: 1}
"""Papers of a carer, and for how many years each holds in the demo."""


def _papers(book: Book, location: Location, team: Sequence[Carer], chance: Chance) -> None:
    """The papers of a location and its carers; a few end within weeks, one in a hundred has ended."""
    for carer in team:
        for kind, years in PAPERS.items():
            book.add(_paper(book, kind, years, chance, carer=carer))
    for kind in (DocumentKind.FIRE, DocumentKind.INSURANCE):
        book.add(_paper(book, kind, 4, chance, location=location))


def _at_home(book: Book, location: Location, chance: Chance) -> None:
    """A family carer's own child on Wednesday afternoons and Fridays, at one home in six."""
    if location.kind != Kind.FAMILY or not chance.happens(AT_HOME_SHARE):
        return
    book.add(
        HomeChild(
            reference=book.reference(),
            location=location,
            tie=HomeTie.OWN,
            name=chance.pick(chance.pick(table("names")["origin"])["adults"]),
            born=book.today - chance.whole(500, 1600) * DAY,
            pattern=AT_HOME,
            during=(book.today - 60 * DAY, None),
            made_at=book.now - timedelta(days=60),
        )
    )


def _paper(book: Book, kind: DocumentKind, years: int, chance: Chance, **whose: Carer | Location) -> Document:
    left = chance.whole(-years * 3, years * 365)
    return Document(
        reference=book.reference(),
        kind=kind,
        last=book.today + left * DAY,
        made_at=book.now - timedelta(days=90),
        **whose,
    )


def _location(
    book: Book, location: Location, groups: Sequence[Group], needed: int, hashed: str, chance: Chance
) -> None:
    opens, closes = (minute(at) // MINUTES for at in (location.opens_at, location.closes_at))
    team = [
        _carer(book, location, groups[n % len(groups)], hashed, chance)
        for n in range(needed + (needed > SEVERAL))
    ]
    _papers(book, location, team, chance)
    _at_home(book, location, chance)
    away = {carer.pk: _leave(book, carer, chance) for carer in team}
    longest = MOST_A_DAY if location.kind == Kind.FAMILY else LONGEST
    for day in _days(book.today):
        here = [
            each for each in team if day != away[each.pk] and day.weekday() != _free_weekday(each, location)
        ]
        for number, carer in enumerate(here[:needed]):
            length = min(longest, closes - opens)
            start = opens if (number + day.toordinal()) % 2 else closes - length
            book.add(
                Shift(
                    carer=carer,
                    location=location,
                    group=groups[number % len(groups)],
                    day=day,
                    start=start,
                    end=start + length,
                    pause=start + length // 2 if length > STRETCH else None,
                )
            )


def _carer(book: Book, location: Location, group: Group, hashed: str, chance: Chance) -> Carer:
    origin = chance.pick(table("names")["origin"])
    first, last = chance.pick(origin["adults"]), chance.pick(origin["last"])
    begin = book.today - chance.whole(100, 2000) * DAY
    carer = book.add(
        Carer(
            reference=book.reference(),
            location=location,
            name=f"{first} {last}",
            initials=f"{first[0]}{last[0]}".upper(),
            during=(begin, None),
            pin_hash=hashed,
            made_at=book.now - timedelta(days=90),
        )
    )
    contract = book.add(
        Contract(
            carer=carer,
            during=(begin, None),
            week=_week(carer, location),
            day=MOST_A_DAY if location.kind == Kind.FAMILY else LONGEST_DAY,
            group=group,
        )
    )
    opens, closes = (minute(at) // MINUTES for at in (location.opens_at, location.closes_at))
    for weekday in range(WORK_DAYS):
        if weekday != _free_weekday(carer, location):
            book.add(Available(contract=contract, weekday=weekday, start=opens, end=closes))
    return carer


def _week(carer: Carer, location: Location) -> int:
    if location.kind == Kind.FAMILY:
        return MOST_A_WEEK
    return FULL_WEEK if _free_weekday(carer, location) is None else PART_WEEK


def _free_weekday(carer: Carer, location: Location) -> int | None:
    """The day on which somebody with a part-time contract is free; two in five at a day-care centre have one."""
    is_part_time = location.kind != Kind.FAMILY and carer.pk % 10 > WORK_DAYS
    return carer.pk % WORK_DAYS if is_part_time else None


def _leave(book: Book, carer: Carer, chance: Chance) -> date | None:
    """A day of one of these weeks on which somebody is away."""
    if not chance.happens(AWAY_SHARE):
        return None
    day = monday_of(book.today) + chance.whole(0, 7 * WEEKS - 1) * DAY
    kind = LeaveKind.ILLNESS if chance.happens(0.4) else LeaveKind.LEAVE
    book.add(Leave(carer=carer, during=(day, day + DAY), kind=kind, made_at=book.now - timedelta(days=2)))
    return day


def _days(today: date) -> Iterator[date]:
    """The working days of this week and those after it."""
    monday = monday_of(today)
    return (day for n in range(7 * WEEKS) if is_working_day(day := monday + n * DAY))
