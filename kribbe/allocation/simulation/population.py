"""An invented population: places and who is there, families with their needs, and all that will happen to them.

Months have 30 days and years twelve of them. The first is a January. What befalls a family (when it answers, when it
stops looking, when its child leaves) is drawn here, so that it is the same under every policy.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kribbe.allocation.generate import DAY_WEIGHTS, HALF, VULNERABLE
from kribbe.allocation.simulation.cells import Ints, fits, shift

MONTH = 30
"""Days."""

YEAR = 12
WARM_UP = 12
"""Months before the measured ones, so that lists and places are as after some time."""

TAIL = 12
"""Months after the measured ones whose families are on the lists already."""

SLOTS = 10
MOST_WISHES = 12
SCHOOL = 30
"""Age in months at which children leave for school."""

TODDLER = 15
"""Age in months from which a child is in the last group of a location with several."""

SHORTEST = 3
"""Months that a stay must last to be worth beginning."""

TENSION = 1.15
"""Children who ask on the busiest half-day, for each place."""

INCOME_TARIFF = 0.7
"""Share of the locations that give places by the law's order."""

OTHER_GROUND = 0.3
"""Share of the other families with another ground of the law."""

OWN_GROUND = 0.15
"""How often a family meets a location's own criterion, such as a brother or sister there."""

SEASON = (1.0, 0.8, 0.9, 0.9, 0.8, 0.7, 0.5, 1.2, 2.4, 1.2, 0.9, 0.7)
"""Wanted starts by month of the year: most in September."""

STARTING_AGES = (3, 4, 5, 6, 8, 10, 12, 15)
LAPSES = 0.08
"""Families who stop needing a place before its start, and tell nobody."""

PATIENCE = 90
"""Mean days after the wanted start for which families go on looking."""

LEAVES_EARLY = 0.15
SIBLINGS = 1 / 40
"""Children who come with a brother or sister."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Taken = tuple[int, int, int, int, int, int]
"""A stay, as `cells` reads it."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is: children whose wanted start is in the measured months, locations, months."""

    children: int = 600
    locations: int = 30
    months: int = 24

    @property
    def horizon(self) -> int:
        """Months in all: everybody who enters has left by then."""
        return WARM_UP + self.months + TAIL + SCHOOL

    @property
    def last_day(self) -> int:
        """The first day after the measured months."""
        return (WARM_UP + self.months) * MONTH


@dataclass(frozen=True, slots=True)
class Places:
    """Locations; their groups stand from `first` to `last`. `room` by group, month and slot, without new families."""

    first: Ints
    last: Ints
    capacity: Ints
    """By group."""
    income_tariff: Bools
    looks_on: Ints
    """Day of the week on which a location looks at its list."""
    room: Ints
    cared: Ints
    """By location and year: children cared for, of those who are there already."""
    cared_vulnerable: Ints


@dataclass(frozen=True, slots=True)
class Families:
    """Children and what will happen to them, in the order of registration."""

    registered: Ints
    """Day."""
    wanted: Ints
    """Month of the wanted start; so are the two below."""
    moves_up: Ints
    end: Ints
    pattern: Ints
    vulnerable: Bools
    law: Ints
    """Rank of the law's ground on income-tariff places, 0 first."""
    wishes: Ints
    """Locations, the best first; -1 beyond the list."""
    own: Ints
    """By wish: 0 where the family meets the location's own criterion, else 1."""
    lot: Ints
    """A draw that orders equal children."""
    sibling: Ints
    """The brother or sister who comes along, or -1."""
    answers_in: Ints
    """Days until an offer is answered."""
    stops: Ints
    """Day from which the family takes no place any more."""
    stays_for: Floats
    """Share of the stay that the child in fact stays."""


@dataclass(frozen=True, slots=True)
class World:
    """A population, the same for the same size and seed."""

    size: Size
    seed: int
    places: Places
    families: Families

    def stay(self, child: int, location: int, start: int) -> Taken:
        """What a child takes of a location from a month on."""
        return (
            int(self.places.first[location]),
            int(self.places.last[location]),
            start,
            int(self.families.moves_up[child]),
            int(self.families.end[child]),
            int(self.families.pattern[child]),
        )

    @property
    def measured(self) -> Bools:
        """The children who count: their wanted start is in the measured months."""
        wanted = self.families.wanted
        return np.asarray((wanted >= WARM_UP) & (wanted < WARM_UP + self.size.months))


def make_world(size: Size, seed: int) -> World:
    """The population of a seed."""
    draw = np.random.default_rng([seed, size.children, size.locations, size.months])
    towns = draw.random((size.locations, 2))
    places = _places(draw, size)
    return World(size, seed, places, _families(draw, size, towns))


def patterns(draw: np.random.Generator, count: int) -> Ints:
    """Weeks as families ask them: single days by their weight, most of them whole."""
    days = draw.random((count, len(DAY_WEIGHTS))) < np.array(DAY_WEIGHTS) * 0.75
    days[~days.any(axis=1), 1] = True
    whole = draw.random(days.shape) > HALF
    morning = draw.random(days.shape) < 0.7
    halves = np.where(whole, 0b11, np.where(morning, 0b01, 0b10)) * days
    return _ints((halves << 2 * np.arange(len(DAY_WEIGHTS))).sum(axis=1))


def _ints(values: Any) -> Ints:
    return np.asarray(values, np.int32)


def _monthly(size: Size) -> float:
    return size.children / size.months


def _places(draw: np.random.Generator, size: Size) -> Places:
    groups = draw.integers(1, 3, size.locations)
    last = np.cumsum(groups) - 1
    staying = _monthly(size) * (SCHOOL - np.mean(STARTING_AGES))
    total = staying * max(DAY_WEIGHTS) * 0.75 / TENSION
    share = draw.uniform(0.5, 1.5, size.locations)
    heads = np.maximum(groups, np.round(total * share / share.sum()))
    capacity = np.maximum(1, np.round(np.repeat(heads / groups, groups)))
    room = np.broadcast_to(capacity[:, None, None], (len(capacity), size.horizon, SLOTS))
    years = -(-size.horizon // YEAR)
    places = Places(
        first=_ints(last - groups + 1),
        last=_ints(last),
        capacity=_ints(capacity),
        income_tariff=draw.random(size.locations) < INCOME_TARIFF,
        looks_on=_ints(draw.integers(0, 7, size.locations)),
        room=_ints(room).copy(),
        cared=np.zeros((size.locations, years), np.int32),
        cared_vulnerable=np.zeros((size.locations, years), np.int32),
    )
    _fill(draw, places, round(staying * 1.3))
    return places


def _fill(draw: np.random.Generator, places: Places, count: int) -> None:
    """Children who are there already enter where they fit, tried at three locations each."""
    born = draw.integers(-SCHOOL + 2, -3, count)
    weeks = patterns(draw, count)
    vulnerable = draw.random(count) < VULNERABLE
    tried = draw.integers(0, len(places.first), (count, 3))
    for child in range(count):
        end = int(born[child]) + SCHOOL
        for location in tried[child]:
            stay = (
                int(places.first[location]),
                int(places.last[location]),
                0,
                int(born[child]) + TODDLER,
                end,
                int(weeks[child]),
            )
            if fits(places.room, *stay):
                shift(places.room, *stay, -1)
                note_care(places.cared[location], 0, end)
                if vulnerable[child]:
                    note_care(places.cared_vulnerable[location], 0, end)
                break


def note_care(by_year: Ints, start: int, end: int) -> None:
    """Count a child in each year in which it is there."""
    by_year[start // YEAR : (end - 1) // YEAR + 1] += 1


def _families(draw: np.random.Generator, size: Size, towns: Floats) -> Families:
    span = WARM_UP + size.months + TAIL
    count = max(2, round(_monthly(size) * span))
    season = np.resize(SEASON, span) / np.resize(SEASON, span).sum()
    wanted = draw.choice(span, count, p=season)
    age = draw.choice(STARTING_AGES, count)
    days_before = draw.triangular(10, 180, 420, count)
    wishes, own = _wishes(draw, count, towns)
    vulnerable = draw.random(count) < VULNERABLE
    other = draw.random(count) < OTHER_GROUND
    start = wanted * MONTH
    registered = np.maximum(0, start - days_before)
    lapses = draw.random(count) < LAPSES
    stops = np.where(
        lapses,
        draw.uniform(registered, np.maximum(start, registered + 1)),
        start + draw.exponential(PATIENCE, count),
    )
    weeks = patterns(draw, count)
    early = np.where(draw.random(count) < LEAVES_EARLY, draw.uniform(0.2, 0.9, count), 1.0)
    columns = {
        "registered": _ints(registered),
        "wanted": _ints(wanted),
        "moves_up": _ints(wanted - age + TODDLER),
        "end": _ints(wanted - age + SCHOOL),
        "pattern": weeks,
        "vulnerable": vulnerable,
        "law": _ints(np.where(vulnerable, 0, np.where(other, 1, 2))),
        "wishes": wishes,
        "own": own,
        "lot": _ints(draw.permutation(count)),
        "answers_in": _ints(draw.integers(1, 10, count)),
        "stops": _ints(stops),
        "stays_for": early,
    }
    order = np.argsort(columns["registered"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    return Families(**columns, sibling=_siblings(draw, columns, count))


def _wishes(draw: np.random.Generator, count: int, towns: Floats) -> tuple[Ints, Ints]:
    """Lists of one to twelve locations: by distance, how well liked they are, and the family's own taste."""
    homes = draw.random((count, 2))
    distance = np.linalg.norm(homes[:, None] - towns, axis=2)
    liked = draw.normal(0, 0.1, len(towns)) + draw.normal(0, 0.08, distance.shape)
    most = min(MOST_WISHES, len(towns))
    wishes = np.full((count, MOST_WISHES), -1)
    wishes[:, :most] = np.argsort(distance + liked, axis=1)[:, :most]
    wishes[np.arange(MOST_WISHES) >= draw.integers(1, most + 1, count)[:, None]] = -1
    own = draw.random((count, MOST_WISHES)) >= OWN_GROUND
    return _ints(wishes), _ints(own)


SHARED = ("registered", "wanted", "vulnerable", "law", "wishes", "own", "answers_in", "stops")


def _siblings(draw: np.random.Generator, columns: dict[str, Any], count: int) -> Ints:
    """Neighbours in the list become brother and sister, with the first one's household; the columns are changed."""
    sibling = np.full(count, -1, np.int32)
    for first in np.flatnonzero(draw.random(count // 2) < SIBLINGS) * 2:
        second = first + 1
        older = int(columns["wanted"][first] - columns["wanted"][second])
        for name in SHARED:
            columns[name][second] = columns[name][first]
        for name in ("moves_up", "end"):
            columns[name][second] += older
        sibling[first], sibling[second] = second, first
    return sibling
