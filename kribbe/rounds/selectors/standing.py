"""Where a family stands now at each of its wishes, why, and what would help: all of it calculated on the spot.

The free places of its locations, and of those that the others who wait there chose too, are given as if every
location gave them today by its own published order. What would help is first fitted in what those ahead would leave,
and told only if giving the places once more, with the change, does give this child a place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.utils.timezone import localtime

from kribbe.allocation.instance import Child, Instance, Stay, Wish
from kribbe.allocation.result import Result
from kribbe.allocation.solve import solve
from kribbe.enrolment.models import CareRequest, Preference, PreferenceState, RequestState
from kribbe.enrolment.selectors.choices import Asked, nearest, point
from kribbe.enrolment.selectors.household import Ahead
from kribbe.enrolment.selectors.location import JUDGED_MONTHS
from kribbe.enrolment.selectors.waiting import AsIf, Waiting
from kribbe.places.models import Group, Location
from kribbe.places.selectors.opened import opened_in
from kribbe.rounds.selectors.instance import Drawn, draw, place_name, standing_numbers
from kribbe.rounds.selectors.rows import Window
from kribbe.rounds.weighing import Short, Weighing, fits
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import PriceKind, grounds_ahead, key_if_asked
from kribbe.rules.small_numbers import hide_table
from kribbe.rules.variations import fewer_days, other_days

MONTHS_LATER = 6
TOLD = 2
"""Helps of one kind that are told at most."""

TRIED = 4
"""Helps of one kind that are tried by giving all places again."""


class Kind(StrEnum):
    """What could be changed."""

    START = "start"
    PATTERN = "pattern"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Place:
    """One wish: the position, who is ahead and why, whether a place would be had, and what is short.

    `has_group` False: no group of the child's age and kind of price, so nothing is judged. `closed`: the half-days
    asked on which the location isn't open at all; they are no short ones.
    """

    location: Location
    rank: int
    position: int
    waiting: int
    ahead: tuple[Ahead, ...]
    granted: bool
    has_group: bool
    short: tuple[Short, ...]
    closed: WeekPattern


@dataclass(frozen=True, slots=True)
class Help:
    """A change with which the child would have a place at the location. `km` is told of another location."""

    kind: Kind
    location: Location
    start: date
    pattern: WeekPattern
    km: float | None = None


@dataclass(frozen=True, slots=True)
class LiveStanding:
    """All of it. `tried` counts what was tried of each kind; `month(0)` is the first of the periods."""

    places: tuple[Place, ...]
    helps: tuple[Help, ...]
    tried: Mapping[Kind, int]
    first: date

    def month(self, period: int) -> date:
        """The first day of a period."""
        return add_months(self.first, period)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change to try: the line at its location, and the ways by which the child could be there."""

    help: Help
    line: Waiting
    kind: str
    standing: tuple[int, ...]
    ways: Sequence[tuple[Stay, ...]]


def live_standing(request: CareRequest, *, now: datetime) -> LiveStanding:
    """The standing of an open request, in a fixed number of queries."""
    today = localtime(now).date()
    wishes = list(
        request.preferences.filter(state=PreferenceState.WAITING, open_pattern__gt=0)
        .select_related("location")
        .order_by("rank")
    )
    near = _near(request, wishes)
    window = Window(frozenset({*_connected(wishes), *near}), first_of_month(today), JUDGED_MONTHS, early=True)
    also = [AsIf(key, request.pk, WeekPattern(request.pattern), now) for key in near]
    drawn = draw(window, now=now, desk_id=request.desk_id, also=also)
    return _Looker(request, wishes, near, drawn, today, _opened(wishes, window)).look()


def _opened(wishes: Iterable[Preference], window: Window) -> Mapping[int, WeekPattern]:
    """When the locations of the wishes are open, whatever is free."""
    groups = Group.objects.filter(location__in=[wish.location_id for wish in wishes], active=True)
    by_group = dict(groups.values_list("pk", "location_id"))
    return opened_in(by_group, window.first, add_months(window.first, window.months))


def _connected(wishes: Iterable[Preference]) -> set[int]:
    """The locations of these wishes, and all others that those who wait there wait for."""
    own = {wish.location_id for wish in wishes}
    beside = Preference.objects.filter(
        state=PreferenceState.WAITING,
        location__active=True,
        request__in=Preference.objects.filter(
            state=PreferenceState.WAITING, location__in=own, request__state=RequestState.OPEN
        ).values("request"),
    )
    return own | set(beside.order_by().values_list("location", flat=True).distinct())


def _near(request: CareRequest, wishes: Iterable[Preference]) -> dict[int, tuple[Location, float | None]]:
    """The nearest locations that it didn't choose."""
    home = point(request.household.longitude, request.household.latitude)
    asked = Asked(
        desk=request.desk,
        births=[request.child.birth],
        start=request.wanted_start,
        pattern=WeekPattern(request.pattern),
        price=request.price,
        home=home,
    )
    found = nearest(asked, without=[wish.location_id for wish in wishes])
    return {location.pk: (location, km) for location, km in found}


@dataclass
class _Looker:
    """One look at one request."""

    request: CareRequest
    wishes: Sequence[Preference]
    near: Mapping[int, tuple[Location, float | None]]
    drawn: Drawn
    today: date
    opened: Mapping[int, WeekPattern]

    def look(self) -> LiveStanding:
        instance = self.drawn.instance
        name = f"{self.request.child_id}"
        self.child = next((child for child in instance.children if child.id == name), None)
        result = solve(instance)
        self.weighing = Weighing(instance, result)
        granted = self._granted(result)
        places = tuple(self._place(wish, granted) for wish in self.wishes)
        helps, tried = self._helps(granted) if self.child else ((), {})
        return LiveStanding(places, tuple(helps), tried, self.drawn.window.first)

    def _granted(self, result: Result) -> int | None:
        """The location at which the child would have a place."""
        for each in result.placed:
            if self.child and each.child == self.child.id and each.wish is not None:
                return self.drawn.asked[each.child, each.wish].line.location_id
        return None

    def _lines(self, location_id: int) -> list[tuple[str, Waiting]]:
        """The child's own lines at a location, by the kind of its places."""
        return [
            (kind, line)
            for (location, kind), lines in sorted(self.drawn.lines.items())
            for line in lines
            if location == location_id and line.request_id == self.request.pk
        ]

    def _place(self, wish: Preference, granted: int | None) -> Place:
        own = self._lines(wish.location_id)
        suited = [pair for pair in own if self.request.price in {"any", pair[0]}] or own
        kind, line = next((pair for pair in suited if pair[0] == PriceKind.INCOME), suited[0])
        lines = self.drawn.lines[wish.location_id, kind]
        counts = grounds_ahead(line.standing, (other.standing for other in lines))
        hidden = hide_table(dict(counts)).cells
        stays = self._stays_at(wish.location_id)
        opened = self.opened.get(wish.location_id, WeekPattern(0))
        return Place(
            location=wish.location,
            rank=wish.rank or 0,
            position=line.position,
            waiting=len(lines),
            ahead=tuple(Ahead(ground, hidden[ground]) for ground, _ in counts.most_common()),
            granted=granted == wish.location_id,
            has_group=bool(stays),
            short=() if granted == wish.location_id else self._least_short(stays, opened),
            closed=WeekPattern(self.request.pattern) - opened,
        )

    def _stays_at(self, location_id: int) -> list[Wish]:
        """The child's wishes in the instance at that location, for the days that it asks first."""
        return [
            wish
            for wish in (self.child.wishes if self.child else ())
            if (asked := self.drawn.asked[f"{self.request.child_id}", wish.position]).line.location_id
            == location_id
            and asked.pattern == asked.line.pattern
        ]

    def _least_short(self, wishes: Iterable[Wish], opened: WeekPattern) -> tuple[Short, ...]:
        """What is short by the way that lacks least, of the half-days on which the location is open."""
        if self.child is None:
            return ()
        found = [self.weighing.short(self.child, wish.location, wish.standing, wish.stays) for wish in wishes]
        least = min(found, key=lambda each: sum(len(s.full) + len(s.ahead) for s in each), default=[])
        return tuple(short for short in least if short.slot in opened)

    def _helps(self, granted: int | None) -> tuple[list[Help], dict[Kind, int]]:
        """What would give a place at a wish that is better than the one that is to be had."""
        better = [wish for wish in self.wishes if granted is None or self._is_before(wish, granted)]
        helps, tried = [], {}
        kinds = {
            Kind.START: list(self._starts(better)),
            Kind.PATTERN: list(self._patterns(better)),
            Kind.LOCATION: list(self._locations()) if granted is None else [],
        }
        for kind, changes in kinds.items():
            tried[kind] = len(changes)
            helps += self._confirmed(changes)
        return helps, tried

    def _is_before(self, wish: Preference, location_id: int) -> bool:
        ranks = {each.location_id: each.rank or 0 for each in self.wishes}
        return (wish.rank or 0) < ranks.get(location_id, 0)

    def _starts(self, better: Sequence[Preference]) -> Iterator[_Change]:
        first = first_of_month(max(self.request.wanted_start, self.today))
        for later in range(1, MONTHS_LATER + 1):
            start = add_months(first, later)
            for wish in better:
                for kind, line in self._suited(wish):
                    if not _counts_on_start(line):
                        yield self._change(Kind.START, wish.location, line, kind, start, line.pattern)

    def _patterns(self, better: Sequence[Preference]) -> Iterator[_Change]:
        start = max(self.request.wanted_start, self.today)
        asked = WeekPattern(self.request.pattern)
        for pattern in [*other_days(asked), *fewer_days(asked)]:
            for wish in better:
                for kind, line in self._suited(wish):
                    if line.pattern == asked:
                        yield self._change(Kind.PATTERN, wish.location, line, kind, start, pattern)

    def _locations(self) -> Iterator[_Change]:
        start = max(self.request.wanted_start, self.today)
        for key, (location, km) in self.near.items():
            for kind in PriceKind:
                line = self.drawn.as_if.get((key, kind.value))
                if line is not None and line.price in {"any", kind.value}:
                    change = self._change(Kind.LOCATION, location, line, kind, start, line.pattern)
                    if change.ways:
                        yield replace(change, help=replace(change.help, km=km))

    def _suited(self, wish: Preference) -> list[tuple[str, Waiting]]:
        return [pair for pair in self._lines(wish.location_id) if pair[1].price in {"any", pair[0]}]

    def _change(
        self, what: Kind, location: Location, line: Waiting, kind: str, start: date, pattern: WeekPattern
    ) -> _Change:
        key = key_if_asked(line.standing, pattern=pattern, wanted_start=start)
        standing = (*key, *standing_numbers(line)[len(key) :])
        ways = self.drawn.ways(line, kind, start, pattern)
        return _Change(Help(what, location, start, pattern), line, kind, standing, ways)

    def _confirmed(self, changes: Iterable[_Change]) -> list[Help]:
        """The first of them with which giving all places again does give one."""
        told: list[Help] = []
        fitting = [change for change in changes if self._fits(change)]
        for change in fitting[:TRIED]:
            if len(told) < TOLD and not _says_no_more(change.help, told) and self._gives(change):
                told.append(change.help)
        return told

    def _fits(self, change: _Change) -> bool:
        child = self._someone()
        place = place_name(change.line.location_id, change.kind)
        room = self.weighing.room(child, place, change.standing)
        return any(self._is_known(stays) and fits(room, stays) for stays in change.ways)

    def _is_known(self, stays: Sequence[Stay]) -> bool:
        return all(stay.end <= self.drawn.instance.periods for stay in stays)

    def _gives(self, change: _Change) -> bool:
        child, instance = self._someone(), self.drawn.instance
        place = place_name(change.line.location_id, change.kind)
        ways = [stays for stays in change.ways if self._is_known(stays)]
        wishes = tuple(Wish(number, place, change.standing, stays) for number, stays in enumerate(ways))
        result = solve(_with(instance, replace(child, wishes=wishes)))
        return any(each.child == child.id and each.wish is not None for each in result.placed)

    def _someone(self) -> Child:
        if self.child is None:
            raise LookupError("the child takes no part")
        return self.child


def _with(instance: Instance, child: Child) -> Instance:
    children = tuple(child if each.id == child.id else each for each in instance.children)
    return replace(instance, children=children)


def _says_no_more(each: Help, told: Sequence[Help]) -> bool:
    """A still later start at a location says nothing new."""
    return each.kind is Kind.START and any(other.location == each.location for other in told)


def _counts_on_start(line: Waiting) -> bool:
    """Whether the priority hangs on who is there on the wanted start: then a later start may lose it."""
    return any(part.reason.code == "law.sibling_same_time" for part in line.standing.parts)
