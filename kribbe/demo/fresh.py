"""How fresh the places are: who looked when, children taken directly, urgent families, last Thursday's list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils.timezone import get_default_timezone, localtime

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.families import CAPITAL
from kribbe.demo.occupancy import Rest
from kribbe.demo.supply import Room, Supply
from kribbe.enrolment.models import (
    CareRequest,
    DirectChild,
    FreeThen,
    LookAgain,
    Preference,
    PreferenceState,
    RequestState,
    RequestSwitches,
)
from kribbe.enrolment.services.weekly_list import make_list
from kribbe.places.models import GroupAvailability, LedgerTake, Location
from kribbe.region.models import Region
from kribbe.rules.calendar import add_months, age_in_months, first_of_month
from kribbe.rules.halfdays import WeekPattern

LOOKED = (((0, 12), 70), ((13, 26), 16), ((29, 40), 5), ((50, 140), 9))
"""Days since a location last looked, and how many of a hundred locations."""

URGENT_DAYS = 30
AGREED_SHARE = 0.5
DIRECT = 14
SOUGHT = 3
"""So many of the children taken directly are those of open requests of the capital's desk."""

STAY_MONTHS = 9
ANSWER = timedelta(days=20)
"""Within so many days a location answers, if only with the month in which it looks again."""

SILENT_SHARE = 0.04
"""Share of the locations that answer nobody."""

NEWLY_FREE = 24
"""Groups with half-days that came free in the week before the last list."""

MOST_HALF_DAYS = 4


class Fresh:
    """What locations and families said lately."""

    def __init__(self, book: Book, supply: Supply, rest: Rest) -> None:
        self.book, self.supply, self.rest = book, supply, rest
        self.chance = Chance("fresh")

    def tell(self) -> None:
        """When each location looked, children taken directly, and who lets all locations see its request."""
        for location in self.book.rows(Location):
            low, high = self.chance.weighted([span for span, _w in LOOKED], [w for _span, w in LOOKED])
            location.looked_at = self.chance.moment(
                self.book.today - timedelta(days=self.chance.whole(max(1, low), high))
            )
        self._direct()
        last = self.book.today + timedelta(days=URGENT_DAYS)
        for request in self.book.rows(CareRequest):
            is_urgent = request.state == RequestState.OPEN and request.wanted_start <= last
            if is_urgent and self.chance.happens(AGREED_SHARE):
                self.book.add(RequestSwitches(request=request, open_when_urgent=True))
        self._answer()

    def _answer(self) -> None:
        """Locations say in which month they look again; a few are silent."""
        chance, today = Chance("answers"), self.book.today
        silent = {row.pk for row in self.book.rows(Location) if chance.happens(SILENT_SHARE)}
        for wish in self.book.rows(Preference):
            asked = localtime(wish.registered_at).date()
            waits = wish.state == PreferenceState.WAITING and wish.request.state == RequestState.OPEN
            if not waits or wish.location_id in silent or asked + ANSWER >= today:
                continue
            month = max(add_months(today, 1), add_months(wish.request.wanted_start, -chance.whole(1, 3)))
            said = min(asked + timedelta(days=chance.whole(2, ANSWER.days)), today - timedelta(days=1))
            self.book.add(
                LookAgain(preference=wish, month=first_of_month(month), said_at=chance.moment(said))
            )

    def _direct(self) -> None:
        """Children that locations took directly: of a few the desk still has the open request."""
        start = add_months(first_of_month(self.book.today), 1)
        rooms = self.chance.shuffled([room for room in self.supply.rooms if self._free(room)])
        sought = list(islice(self._sought(rooms, start), SOUGHT))
        for room, request, born in sought:
            child = request.child
            self._take(
                room,
                start,
                name=f"{child.first_name} {child.last_name[0]}.",
                birth_month=first_of_month(born),
                municipality_id=request.household.municipality_id,
            )
        for room in [room for room in rooms if self._free(room)][: DIRECT - len(sought)]:
            self._take(
                room,
                start,
                name=f"{self.chance.pick('ABDEFLMNST')}.",
                birth_month=add_months(start, -max(9, room.group.from_months + 3)),
                municipality_id=room.group.location.municipality_id,
            )

    def _free(self, room: Room) -> list[int]:
        """The half-days that a child taken directly gets there; none where the room has fewer."""
        free = self.rest.free_slots(room, 0, STAY_MONTHS).slots()
        return list(free[:MOST_HALF_DAYS]) if len(free) >= MOST_HALF_DAYS else []

    def _sought(self, rooms: Iterable[Room], start: date) -> Iterator[tuple[Room, CareRequest, date]]:
        """A room at the capital's desk, a request for its location, and the birth of its child, of the right age."""
        asking: dict[int, list[CareRequest]] = defaultdict(list)
        for wish in self.book.rows(Preference):
            request = wish.request
            is_open = wish.state == PreferenceState.WAITING and request.state == RequestState.OPEN
            if is_open and request.desk.slug == CAPITAL:
                asking[wish.location_id].append(request)
        taken: set[int] = set()
        for room in rooms:
            ages = range(room.group.from_months, room.group.to_months)
            for request in asking[room.group.location_id]:
                child, born = request.child, request.child.born
                if born and child.pk not in taken and age_in_months(born, start) in ages:
                    taken.add(child.pk)
                    yield room, request, born
                    break

    def _take(self, room: Room, start: date, **told: object) -> None:
        """The room takes a child from that day on, as its location told it."""
        pattern = WeekPattern.from_slots(self._free(room))
        during = (start, add_months(start, STAY_MONTHS - 1))
        self.rest.give(room, pattern, 0, STAY_MONTHS)
        day = self.book.today - timedelta(days=self.chance.whole(1, 25))
        child = self.book.add(
            DirectChild(
                group=room.group,
                during=during,
                pattern=pattern.mask,
                recorded_at=self.chance.moment(day),
                **told,
            )
        )
        self.book.add(
            LedgerTake(group=room.group, during=during, pattern=pattern.mask, holder=f"direct:{child.pk}")
        )


def list_last_thursday(today: date) -> None:
    """The list of last Thursday, as it came of the half-days that were free a week before."""
    day = today - timedelta(days=(today.weekday() - 3) % 7)
    made = datetime.combine(day, time(6), get_default_timezone())
    kept = list(GroupAvailability.objects.order_by("pk"))
    news = {
        row.pk for row in Chance("vacancies").shuffled([row for row in kept if "1" in row.free])[:NEWLY_FREE]
    }
    FreeThen.objects.bulk_create(
        FreeThen(
            group_id=row.pk,
            first_month=row.first_month,
            free="0" * len(row.free) if row.pk in news else row.free,
            kept_at=made - timedelta(days=7),
        )
        for row in kept
    )
    for region in Region.objects.all():
        make_list(region=region, now=made)
