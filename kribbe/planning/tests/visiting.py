"""A Monday of two groups with many visits, and a plain count of who is where in each of its minutes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from kribbe.enrolment.models import Placement
from kribbe.places.models import Group, Location
from kribbe.planning.models import GettingUsedDay, GroupTeam
from kribbe.planning.written import HALF_DAY, clock_time
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, carers_needed
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS

NOW = datetime(2026, 11, 2, 10, tzinfo=BRUSSELS)
DAY = timedelta(days=1)
MONDAY, FEBRUARY, LATER = date(2027, 1, 11), date(2027, 2, 1), date(2028, 2, 1)
OPENS, NOON, CLOSES = 7 * 60, 13 * 60, 18 * 60
HALVES = {1: "mon-am", 2: "mon-pm", 3: "mon"}
AGREED = {0: (0, 0), 1: (NOON - HALF_DAY, NOON), 2: (NOON, NOON + HALF_DAY), 3: (OPENS, CLOSES)}
LAYOUTS = {"Vlinders": Layout.BABIES, "Kevers": Layout.TODDLERS}
HALF_HOUR = 30


@dataclass
class Child:
    """Its group with its half-days, if it has a place already; and its visit."""

    placement: Placement | None = None
    group: Group | None = None
    halves: int = 0
    visits: Group | None = None
    hours: tuple[int, int] = (0, 0)
    is_baby: bool = False

    def is_expected(self, group: Group, minute: int) -> bool:
        """Whether it is planned in a group or visits it, also while it is away from there on a visit."""
        start, end = AGREED[self.halves]
        is_visit = self.visits == group and self.hours[0] <= minute < self.hours[1]
        return is_visit or (self.group == group and start <= minute < end)

    def at(self, minute: int) -> Group | None:
        """Where the child is."""
        if self.hours[0] <= minute < self.hours[1]:
            return self.visits
        start, end = AGREED[self.halves]
        return self.group if start <= minute < end else None


@dataclass
class Visiting:
    """The location, another one, and all children of both."""

    location: Location
    other: Location
    groups: list[Group]
    elsewhere: Group
    children: list[Child] = field(default_factory=list)

    @property
    def manager(self):
        return cast.acting(cast.Role.MANAGER, cast.Scope.LOCATION, self.location.pk)

    def there(self, minute: int) -> Counter[str]:
        """The children by name of the group, of the groups of the location."""
        found = Counter(at.name for child in self.children if (at := child.at(minute)) in self.groups)
        return Counter({group.name: found[group.name] for group in self.groups})

    def need(self, minute: int, *, mixed: bool = False):
        """What the law asks in a minute; `mixed` where a baby is among the toddlers."""
        there = self.there(minute)
        by_layout = Counter()
        for name, number in there.items():
            by_layout[Layout.MIXED if mixed and name == "Kevers" else LAYOUTS[name]] += number
        return carers_needed(
            children=by_layout, pack=load_pack("flanders"), on=MONDAY, groups=list(there.values()),
            family=self.location.kind == "family",
        )  # fmt: skip

    def worst(self, start: int, end: int) -> tuple[int, int]:
        """Children too many, and carers, of the minute from `start` to `end` that asks most.

        The toddlers count as a mixed group where a baby is expected there in one of these minutes.
        """
        minutes = range(start, end)
        babies = [child for child in self.children if child.is_baby]
        mixed = any(child.is_expected(self.groups[1], minute) for child in babies for minute in minutes)
        needs = [self.need(minute, mixed=mixed) for minute in minutes]
        return max((need.too_many, need.carers) for need in needs)


def visiting(seed, **fields) -> Visiting:
    """Children at random: with a place, with a visit to the next group or another location, new, or several."""
    random = Random(seed)  # noqa: S311 - the same children each run
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", **fields)
    other = cast.make_location(desk, "De Linde")
    babies = cast.make_group(location, 30, now=NOW, from_months=0, to_months=12)
    toddlers = cast.make_group(location, 30, now=NOW, name="Kevers", from_months=12, to_months=36)
    elsewhere = cast.make_group(other, 30, now=NOW, name="Bijen")
    made = Visiting(location, other, [babies, toddlers], elsewhere)
    homes = [babies, babies, toddlers, elsewhere, None]
    for number in range(random.randint(8, 16)):
        made.children.append(_child(desk, made, random.choice(homes), f"Gezin {number}", random))
    return made


def at_home(number: int, *, elsewhere: bool = False) -> Visiting:
    """A family carer with so many children on Mondays; the first gets a place in the second group, or elsewhere."""
    desk = cast.make_desk()
    home, creche = cast.make_location(desk, "An", kind="family"), cast.make_location(desk, "De Linde")
    groups = [cast.make_group(home, 8, now=NOW), cast.make_group(home, 8, now=NOW, name="Kevers")]
    made = Visiting(home, creche, groups, cast.make_group(creche, 9, now=NOW, name="Bijen"))
    for each in range(number):
        child = cast.make_child(cast.make_household(desk, f"Gezin {each}", now=NOW), "Kim", born=NOW.date())
        _place(child, groups[0], date(2026, 11, 30), FEBRUARY, "mon")
        made.children.append(Child(group=groups[0], halves=3))
        if not each:
            to = made.elsewhere if elsewhere else groups[1]
            made.children[0].placement = _place(child, to, FEBRUARY, LATER, "mon")
    return made


def newcomer(made: Visiting, group: Group) -> Placement:
    """The place of a child that begins in February."""
    household = cast.make_household(made.location.desk, f"Nieuw {group.name}", now=NOW)
    return _place(cast.make_child(household, "Juul", born=NOW.date()), group, FEBRUARY, LATER, "mon")


def staffed(made: Visiting, carers: int) -> None:
    for group, number in zip(made.groups, (carers, 0), strict=True):
        GroupTeam.objects.create(
            group=group, during=(MONDAY - 28 * DAY, None), layout=LAYOUTS[group.name],
            carers=[number] * SLOTS,
        )  # fmt: skip


def _child(desk, made, home, name, random) -> Child:
    is_baby = random.random() < 0.3
    born = date(2026, 2, 1) if is_baby else date(2025, 6, 1)
    child = cast.make_child(cast.make_household(desk, name, now=NOW), "Kim", born=born)
    found = Child(group=home, is_baby=is_baby)
    if home is not None:
        found.halves = random.choice([1, 2, 3, 3])
        _place(child, home, date(2026, 11, 30), FEBRUARY, HALVES[found.halves])
    if home is None or random.random() < 0.6:
        found.visits = random.choice([*made.groups, made.elsewhere])
        found.hours = _hours(random)
        found.placement = _place(child, found.visits, FEBRUARY, LATER, "mon")
        GettingUsedDay.objects.create(
            placement=found.placement, day=MONDAY, start=clock_time(found.hours[0]),
            end=clock_time(found.hours[1]), made_at=NOW,
        )  # fmt: skip
    return found


def _place(child, group, start, end, pattern) -> Placement:
    return cast.make_placement(
        child, group, start=start, end=end, pattern=WeekPattern.from_text(pattern), now=NOW
    )


def _hours(random) -> tuple[int, int]:
    """While all of a half-day are there, in one half-day or more than half an hour of each: so both counts agree."""
    while True:
        start = random.randrange(NOON - HALF_DAY, NOON + HALF_DAY - 15, 5)
        end = min(NOON + HALF_DAY, start + random.randrange(15, 240, 5))
        if end <= NOON or start >= NOON or (NOON - start > HALF_HOUR and end - NOON > HALF_HOUR):
            return start, end
