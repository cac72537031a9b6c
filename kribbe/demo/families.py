"""Invented households with their adults, children and what they told the desk."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import hypot

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.supply import Room, Supply
from kribbe.demo.tables import Table, Town, table, towns
from kribbe.people.models import Adult, Child, FactKind, Household, HouseholdFact
from kribbe.places.models import Location, Street
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE
from kribbe.trust.text import fold, sort_key

BETWEEN_SIBLINGS = (timedelta(days=450), timedelta(days=1700))
NEAREST = 30
CAPITAL = "leuven"


@dataclass
class Family:
    """A household of the book with what the story needs to know of it."""

    household: Household
    town: Town
    street: Street
    origin: Table
    last_name: str
    adults: list[Adult] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    facts: frozenset[str] | None = None
    """What the household told the desk of itself; None before it did."""

    places: dict[int, int] = field(default_factory=dict)
    """By location: the month, counted from today's, in which the last of its children there leaves."""

    @property
    def signature(self) -> str:
        return str(self.adults[0])

    @property
    def youngest(self) -> date:
        return max(birth_of(child) for child in self.children)


def birth_of(child: Child) -> date:
    """The day on which a child was born or is expected."""
    found = child.born or child.expected
    if found is None:
        raise ValueError(f"{child} has no date of birth")
    return found


class Families:
    """Makes families, and finds those that may have another child."""

    def __init__(self, book: Book, supply: Supply) -> None:
        self.book, self.supply = book, supply
        self.chance = Chance("families")
        self.names, self.shares = table("names"), table("needs")["household"]
        self.at_location: dict[int, list[Family]] = {}
        self.municipality_of = {slug: desk.municipality_id for slug, desk in supply.desks.items()}

    def home_of(self, room: Room) -> Town:
        """Where a child of this room lives: mostly here, some across the border."""
        if not self.chance.happens(room.town.from_outside):
            return room.town
        others = [town for town in towns() if town is not room.town]
        return self.chance.weighted(others, [town.places for town in others])

    def new(self, town: Town, since: datetime) -> Family:
        """A family with its adults at an invented address."""
        origin = self.chance.weighted(self.names["origin"], [o["weight"] for o in self.names["origin"]])
        street = self.chance.pick(self.supply.streets[town.slug])
        household = self.book.add(
            Household(
                reference=self.book.reference(),
                desk=self.supply.desks[town.slug],
                municipality_id=self.municipality_of[town.slug],
                street=f"{street.name} {self.chance.whole(1, 180)}",
                postcode=street.postcode,
                city=street.city,
                longitude=round(street.longitude + self.chance.near(0, 0.002), 5),
                latitude=round(street.latitude + self.chance.near(0, 0.0013), 5),
                language=self.chance.key(origin["languages"]),
                created_at=since,
            )
        )
        last_names = [self.chance.pick(origin["last"]) for _ in range(2)]
        family = Family(household, town, street, origin, self.chance.pick(last_names))
        count = 1 if self.chance.happens(self.shares["single_adult"]) else 2
        for place in range(count):
            self._adult(family, last_names[place], is_applicant=place == 0)
        return family

    def with_sibling_at(self, location_id: int, born: date) -> Family | None:
        """A family with a child at this location that may have another one born on that day."""
        known = self.at_location.get(location_id, [])
        if not known or not self.chance.happens(self.shares["sibling"]):
            return None
        for family in (self.chance.pick(known) for _ in range(8)):
            low, high = BETWEEN_SIBLINGS
            if low <= born - family.youngest <= high and len(family.children) < 3:
                return family
        return None

    def child(self, family: Family, born: date, *, registered: datetime, care_need: bool = False) -> Child:
        """A child of this family; before its birth it is expected, and may have no name yet."""
        is_born, known_before = born <= self.book.today, born > registered.date()
        first = self.chance.pick(family.origin["children"]) if is_born or self.chance.happens(0.3) else ""
        child = self.book.add(
            Child(
                household=family.household,
                first_name=first,
                last_name=family.last_name,
                name_key=sort_key(family.last_name, first),
                born=born if is_born else None,
                expected=born if known_before or not is_born else None,
                foster=self.chance.happens(self.shares["foster"]),
                care_need=care_need or self.chance.happens(self.shares["care_need"]),
            )
        )
        family.children.append(child)
        family.household.created_at = min(family.household.created_at, registered)
        return child

    def tell_facts(self, family: Family, at: datetime) -> None:
        """What the household told the desk of itself, once."""
        if family.facts is not None:
            return
        shares = table("needs")["facts"]
        held = {kind for kind in shares if self.chance.happens(shares[kind])}
        if FactKind.WORK not in held:
            held.discard(FactKind.WORK_4_5)
        family.facts = frozenset(held)
        for kind in sorted(held):
            self.book.add(
                HouseholdFact(
                    household=family.household,
                    kind=kind,
                    during=(at.date(), None),
                    recorded_at=at,
                )
            )

    def _adult(self, family: Family, last_name: str, *, is_applicant: bool) -> None:
        first = self.chance.pick(family.origin["adults"])
        has_mail = not self.chance.happens(self.shares["without_mail"])
        domain = self.chance.pick(self.names["mail_domains"])
        number = len(self.book.rows(Adult)) + 1
        address = f"{fold(first)}.{fold(last_name)}{number}@{domain}".replace(" ", "") if has_mail else ""
        adult = Adult(
            household=family.household,
            is_applicant=is_applicant,
            first_name=first,
            last_name=last_name,
            name_key=sort_key(last_name, first),
            email=address,
            phone=f"{self.chance.pick(self.names['phones'])} {self.chance.whole(100000, 999999)}",
        )
        if self.chance.happens(self.shares["works_in_leuven"]):
            adult.work_municipality_id = self.municipality_of[CAPITAL]
        if not is_applicant and self.chance.happens(self.shares["other_address"]):
            other = self.chance.pick(self.supply.streets[family.town.slug])
            adult.other_street = f"{other.name} {self.chance.whole(1, 180)}"
            adult.other_postcode, adult.other_city = other.postcode, other.city
        family.adults.append(self.book.add(adult))


class Nearby:
    """The locations that a family of a street would think of, with weights: larger and nearer ones more."""

    def __init__(self, supply: Supply) -> None:
        self._places: dict[int, int] = {}
        for room in supply.rooms:
            key = room.group.location_id
            self._places[key] = self._places.get(key, 0) + room.places
        self._locations = list(
            {room.group.location_id: room.group.location for room in supply.rooms}.values()
        )
        self._known: dict[int, tuple[list[Location], list[float]]] = {}

    def draw(self, street: Street, count: int, chance: Chance) -> list[Location]:
        """Up to `count` different locations in the order of the family's liking."""
        if street.pk not in self._known:
            self._known[street.pk] = self._near(street)
        locations, weights = self._known[street.pk]
        return chance.several(locations, weights, count)

    def _near(self, street: Street) -> tuple[list[Location], list[float]]:
        ranked = sorted((_km(street, location), location.pk, location) for location in self._locations)
        nearest = ranked[:NEAREST]
        return (
            [location for _, _, location in nearest],
            [self._places[key] / (0.5 + km) ** 1.5 for km, key, _ in nearest],
        )


def _km(street: Street, location: Location) -> float:
    return hypot(
        (street.longitude - location.longitude) * KM_PER_DEGREE_LONGITUDE,
        (street.latitude - location.latitude) * KM_PER_DEGREE_LATITUDE,
    )
