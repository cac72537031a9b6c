"""Teams of the locations with their hours, who is away, and the rosters of this week and the next."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.contrib.auth.hashers import make_password

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.logins import pin
from kribbe.demo.planning import PACK
from kribbe.demo.tables import table
from kribbe.places.models import Group, GroupCapacity, Kind, Location
from kribbe.planning.models import GroupTeam
from kribbe.planning.written import minute
from kribbe.rules.calendar import is_working_day, monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, carers_needed
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
STRETCH, LONGEST = 12, 18
"""Half-hours after which a day has a pause, and of a shift; a family carer works as long as her house is open."""
PAUSE_AFTER, PAUSES = 6, 6
"""Half-hours after which the first pause begins, and by how many half-hours those of a team are spread."""
WORK_DAYS = 5
BETWEEN = (15, 17)
"""When those begin who neither open nor close, in half-hours of the day: as the children come."""
DAYS_A_WEEK = Fraction(18, 5)
"""Long days of a carer at a day-care centre: four, or three for those who work part-time, two in five."""
LARGE, ILL_ON, ILL = 8, 8, 4
"""Where the law asks so many carers, so many days after Monday (a Tuesday) so many are ill: a gap to see."""


def staff(book: Book) -> None:
    """Add carers enough for what the groups plan, and their shifts."""
    chance = Chance("staff")
    hashed = make_password(pin())
    needed = _needed(book)
    groups: dict[int, list[Group]] = {}
    for group in book.rows(Group):
        groups.setdefault(group.location_id, []).append(group)
    for location in book.rows(Location):
        if location.pk in needed and location.active:
            of_location = _team(book, location, groups[location.pk], needed[location.pk], hashed, chance)
            ill = ILL if needed[location.pk] >= LARGE else 0
            _shifts(book, location, groups[location.pk], of_location, needed[location.pk], ill, chance)


def _needed(book: Book) -> dict[int, int]:
    """By location the carers that the law of the demo's day asks once all places with staff are taken."""
    layouts = {team.group.pk: Layout(team.layout) for team in book.rows(GroupTeam)}
    children: dict[int, Counter[Layout]] = defaultdict(Counter)
    for capacity in book.rows(GroupCapacity):
        if capacity.during[1] is None:
            children[capacity.group.location_id][layouts[capacity.group.pk]] += capacity.staffed_places
    pack = load_pack(PACK)
    return {
        key: carers_needed(children=present, pack=pack, on=book.today).carers
        for key, present in children.items()
    }


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


def _at_work(location: Location, needed: int) -> tuple[int, int]:
    """How many work on a day where so many are needed at once; and how many of them open, and as many close.

    At a day-care centre those who open are gone when the last children go; one more stands in for pauses.
    """
    if location.kind == Kind.FAMILY:
        return needed, 0
    edge = -(-needed // 4)
    return needed + edge + (needed > 1), edge


def _team(
    book: Book, location: Location, groups: Sequence[Group], needed: int, hashed: str, chance: Chance
) -> list[Carer]:
    """Carers for all days of the week, and one more at a day-care centre, for who is away."""
    at_work, _edge = _at_work(location, needed)
    number = at_work
    if at_work and location.kind != Kind.FAMILY:
        number = math.ceil(at_work * WORK_DAYS / DAYS_A_WEEK) + 1
    team = [_carer(book, location, groups[n % len(groups)], hashed, chance) for n in range(number)]
    _papers(book, location, team, chance)
    _at_home(book, location, chance)
    return team


def _shifts(
    book: Book,
    location: Location,
    groups: Sequence[Group],
    team: Sequence[Carer],
    needed: int,
    ill: int,
    chance: Chance,
) -> None:
    """The shifts of these weeks: some open, as many close, the others come in between; `ill` stay away on a day."""
    opens, closes = (minute(at) // MINUTES for at in (location.opens_at, location.closes_at))
    at_work, edge = _at_work(location, needed)
    away = {carer.pk: _leave(book, carer, chance) for carer in team}
    length = min(MOST_A_DAY if location.kind == Kind.FAMILY else LONGEST, closes - opens)
    between = [min(max(start, opens), closes - length) for start in BETWEEN]
    starts = [*[opens] * edge, *[closes - length] * edge]
    pauses = range(PAUSE_AFTER, PAUSE_AFTER + PAUSES) if edge else [length // 2]
    for day in _days(book.today):
        here = [
            each
            for each in team
            if day != away[each.pk] and day.weekday() not in _free_weekdays(each, location)
        ]
        if day == monday_of(book.today) + ILL_ON * DAY and ill:
            for carer in here[at_work - ill :]:
                _stays_away(book, carer, day, LeaveKind.ILLNESS)
            here = here[: at_work - ill]
        for number, carer in enumerate(here[:at_work]):
            start = starts[number] if number < len(starts) else between[number % 2]
            book.add(
                Shift(
                    carer=carer,
                    location=location,
                    group=groups[number % len(groups)],
                    day=day,
                    start=start,
                    end=start + length,
                    pause=start + pauses[number % len(pauses)] if length > STRETCH else None,
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
            day=MOST_A_DAY if location.kind == Kind.FAMILY else LONGEST,
            group=group,
        )
    )
    opens, closes = (minute(at) // MINUTES for at in (location.opens_at, location.closes_at))
    for weekday in range(WORK_DAYS):
        if weekday not in _free_weekdays(carer, location):
            book.add(Available(contract=contract, weekday=weekday, start=opens, end=closes))
    return carer


def _week(carer: Carer, location: Location) -> int:
    if location.kind == Kind.FAMILY:
        return MOST_A_WEEK
    return PART_WEEK if len(_free_weekdays(carer, location)) > 1 else FULL_WEEK


def _free_weekdays(carer: Carer, location: Location) -> frozenset[int]:
    """The days on which a carer is free: at a day-care centre one, and a second one with a part-time contract."""
    if location.kind == Kind.FAMILY:
        return frozenset()
    is_part_time = carer.pk % 10 > WORK_DAYS
    return frozenset({carer.pk % WORK_DAYS, (carer.pk + 2 * is_part_time) % WORK_DAYS})


def _leave(book: Book, carer: Carer, chance: Chance) -> date | None:
    """A day of one of these weeks on which somebody is away."""
    if not chance.happens(AWAY_SHARE):
        return None
    day = monday_of(book.today) + chance.whole(0, 7 * WEEKS - 1) * DAY
    kind = LeaveKind.ILLNESS if chance.happens(0.4) else LeaveKind.LEAVE
    _stays_away(book, carer, day, kind)
    return day


def _stays_away(book: Book, carer: Carer, day: date, kind: LeaveKind) -> None:
    book.add(Leave(carer=carer, during=(day, day + DAY), kind=kind, made_at=book.now - timedelta(days=2)))


def _days(today: date) -> Iterator[date]:
    """The working days of this week and those after it."""
    monday = monday_of(today)
    return (day for n in range(7 * WEEKS) if is_working_day(day := monday + n * DAY))
