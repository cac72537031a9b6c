"""Invented organisers and locations with their groups, places, prices, criteria and closing days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.text import slugify

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.tables import Town, table, towns
from kribbe.demo.territory import opening
from kribbe.places.models import (
    ClosingDay,
    Group,
    GroupCapacity,
    Kind,
    LicenceState,
    Location,
    LocationCriteria,
    Organiser,
    PlanKind,
    Street,
)
from kribbe.region.models import Desk
from kribbe.rules.capacity import NO_OVERBOOKING, bookable_places
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.text import sort_key

BABY_MONTHS = 18
"""Where ages are split, the age at which a child moves on to the toddlers."""

SATURDAY = 5


@dataclass(frozen=True)
class Room:
    """A group with what fills it: bookable places, open half-days and the age band in months."""

    group: Group
    town: Town
    places: int
    open: WeekPattern
    quiet: bool
    toddlers: "Room | None" = None

    @property
    def is_for_babies(self) -> bool:
        return self.toddlers is not None

    @property
    def is_for_toddlers(self) -> bool:
        return self.group.from_months > 0


@dataclass(frozen=True)
class Supply:
    """All rooms, and the streets and desks by municipality."""

    rooms: list[Room]
    streets: dict[str, list[Street]]
    desks: dict[str, Desk]

    @cached_property
    def _groups(self) -> dict[int, int]:
        return {room.group.location_id: room.group.pk for room in reversed(self.rooms)}

    def group_of(self, location_id: int) -> int:
        """The first group of a location."""
        return self._groups[location_id]


def furnish(book: Book) -> Supply:
    """Add organisers, locations and groups until every municipality has its places."""
    desks = {desk.slug: desk for desk in book.rows(Desk)}
    streets: dict[str, list[Street]] = {town.slug: [] for town in towns()}
    by_municipality = {desk.municipality_id: slug for slug, desk in desks.items()}
    for street in book.rows(Street):
        streets[by_municipality[street.municipality_id]].append(street)
    builder = _Builder(book, desks, streets)
    rooms = [room for town in towns() for room in builder.places_of(town)]
    return Supply(rooms, streets, desks)


class _Builder:
    def __init__(self, book: Book, desks: dict[str, Desk], streets: dict[str, list[Street]]) -> None:
        self.book, self.desks, self.streets = book, desks, streets
        self.chance = Chance("supply")
        self.data = table("places")
        self.slugs: set[str] = set()
        self.names: list[str] = []
        self.since = opening(book.today)
        names = self.data["names"]["organisers"]
        self.private = [self._organiser(name, is_public=False) for name in names]

    def places_of(self, town: Town) -> Iterator[Room]:
        """Family carers first, then day-care centres until all places are there."""
        main = next(iter(town.towns.values()))
        names = self.data["names"]
        public = self._organiser(names["public_organiser"].format(town=main), is_public=True)
        service = self._organiser(names["family_service"].format(town=main), is_public=False)
        left = town.places
        family = int(town.places * self.data["mix"]["family_share"])
        while town.places - left < family:
            room = self._family(town, service)
            left -= room.places
            yield room
        while left > 0:
            rooms = self._centre(town, public, left)
            left -= sum(self._licensed(room) for room in rooms)
            yield from rooms

    def _licensed(self, room: Room) -> int:
        capacities = self.book.rows(GroupCapacity)
        return capacities[room.group.pk - 1].licensed_places

    def _organiser(self, name: str, *, is_public: bool) -> Organiser:
        number = f"{700_000_000 + 1_234_567 * (len(self.book.rows(Organiser)) + 1):010d}"
        host = f"{slugify(name)}.example"
        return self.book.add(
            Organiser(
                name=name,
                name_key=sort_key(name),
                enterprise_number=with_check_digits(number),
                is_public=is_public,
                phone="016 00 13 00",
                email=f"info@{host}",
                complaints=f"Klachtendienst van {name}, klachten@{host}",
            )
        )

    def _family(self, town: Town, service: Organiser) -> Room:
        chance, data = self.chance, self.data
        first = chance.pick(table("names")["origin"][0]["adults"])
        name = chance.pick(data["names"]["family"]).format(first=first)
        independent = chance.happens(0.3)
        location = self._location(town, name, Kind.FAMILY, None if independent else service)
        places = chance.pick(data["sizes"]["family_places"])
        price = PriceKind.FREE if independent and chance.happens(0.5) else PriceKind.INCOME
        self._price(location, [price])
        pattern = WeekPattern.from_text(chance.key(data["hours"]["family_open"]))
        return self._room(town, location, data["groups"]["family"], places, pattern, price)

    def _centre(self, town: Town, public: Organiser, left: int) -> list[Room]:
        chance, mix = self.chance, self.data["mix"]
        is_public = chance.happens(mix["public_share"])
        organiser = public if is_public else chance.pick(self.private)
        location = self._location(town, self._group_name(), Kind.GROUP, organiser)
        sizes = self._sizes(left)
        prices = self._prices(len(sizes), is_public)
        self._price(location, prices)
        pattern = WeekPattern.from_text(chance.key(self.data["hours"]["open"]))
        if len(sizes) >= 2 and chance.happens(mix["split_ages_share"]):
            return self._split(town, location, sizes, pattern, prices)
        names = chance.shuffled(self.data["groups"]["mixed"])
        return [
            self._room(town, location, name, size, pattern, price)
            for name, size, price in zip(names, sizes, prices, strict=False)
        ]

    def _split(
        self, town: Town, location: Location, sizes: list[int], pattern: WeekPattern, prices: list[PriceKind]
    ) -> list[Room]:
        """Babies in the smallest group, toddlers in the largest, the others mixed."""
        groups, size = self.data["groups"], sorted(sizes)
        toddlers = self._room(
            town, location, groups["toddlers"], size[-1], pattern, prices[0], ages=(BABY_MONTHS, 36)
        )
        babies = self._room(
            town,
            location,
            groups["babies"],
            size[0],
            pattern,
            prices[0],
            ages=(0, BABY_MONTHS),
            toddlers=toddlers,
        )
        names = self.chance.shuffled(groups["mixed"])
        mixed = [
            self._room(town, location, name, places, pattern, price)
            for name, places, price in zip(names, size[1:-1], prices[2:], strict=False)
        ]
        return [babies, toddlers, *mixed]

    def _sizes(self, left: int) -> list[int]:
        """The sizes of a centre's groups; the last centre takes what is left, in groups within the law."""
        options = self.data["group_size"]
        count = self.chance.weighted([o["groups"] for o in options], [o["weight"] for o in options])
        sizes = [self.chance.pick(self.data["sizes"]["group_places"]) for _ in range(count)]
        smallest, largest = min(self.data["sizes"]["group_places"]), max(self.data["sizes"]["group_places"])
        if left - sum(sizes) >= smallest:
            return sizes
        count = -(-left // largest)
        return [left // count + (place < left % count) for place in range(count)]

    def _prices(self, count: int, is_public: bool) -> list[PriceKind]:
        mix = self.data["mix"]
        if is_public:
            return [PriceKind.INCOME] * count
        if self.chance.happens(mix["free_price_share"]):
            return [PriceKind.FREE] * count
        if count > 1 and self.chance.happens(mix["mixed_price_share"]):
            return [PriceKind.INCOME] * (count - 1) + [PriceKind.FREE]
        return [PriceKind.INCOME] * count

    def _price(self, location: Location, prices: list[PriceKind]) -> None:
        if PriceKind.FREE in prices:
            location.day_price = Decimal(str(self.chance.pick(self.data["terms"]["prices"])))

    def _group_name(self) -> str:
        if not self.names:
            self.names = self.chance.shuffled(self.data["names"]["group"])
        return self.names.pop()

    def _location(self, town: Town, name: str, kind: Kind, organiser: Organiser | None) -> Location:
        chance, data = self.chance, self.data
        street = chance.pick(self.streets[town.slug])
        slug = self._slug(name, street.city)
        opens, closes = chance.pick(data["hours"][kind.value])
        terms, is_group = data["terms"], kind is Kind.GROUP
        minimum = terms["min_half_days" if is_group else "family_min_half_days"]
        location = self.book.add(
            Location(
                desk=self.desks[town.slug],
                organiser=organiser,
                municipality_id=self.desks[town.slug].municipality_id,
                name=name,
                name_key=sort_key(name),
                slug=slug,
                kind=kind.value,
                licence_number=f"91{len(self.book.rows(Location)) + 1:07d}",
                street=f"{street.name} {chance.whole(1, 140)}",
                postcode=street.postcode,
                city=street.city,
                longitude=round(street.longitude + chance.near(0, 0.002), 5),
                latitude=round(street.latitude + chance.near(0, 0.0013), 5),
                phone=f"016 00 {chance.whole(14, 99)} {chance.whole(10, 99)}",
                email=f"{slug}@opvang.example",
                website=f"https://{slug}.example/",
                languages=chance.weighted(data["languages"]["options"], data["languages"]["weights"]),
                approach=chance.pick(data["approach"][kind.value]),
                inclusive=chance.happens(data["mix"]["inclusive_share"]) and is_group,
                plus_subsidy=chance.happens(data["mix"]["plus_share"]) and is_group,
                opens_at=time.fromisoformat(opens),
                closes_at=time.fromisoformat(closes),
                min_half_days=int(chance.key(minimum)),
                plan_kind=PlanKind.VARIABLE if chance.happens(terms["variable_share"]) else PlanKind.FIXED,
                deposit=Decimal(chance.key(terms["deposits"])),
            )
        )
        self._licence(location)
        self._criteria(location)
        self._closing_days(location)
        return location

    def _slug(self, name: str, city: str) -> str:
        wanted = slugify(f"{name} {city}")
        slug, count = wanted, 1
        while slug in self.slugs:
            count += 1
            slug = f"{wanted}-{count}"
        self.slugs.add(slug)
        return slug

    def _licence(self, location: Location) -> None:
        licence = self.data["licence"]
        location.licence_state = LicenceState.LICENSED
        if location.name in licence["suspended"]:
            location.licence_state = LicenceState.SUSPENDED
        elif self.chance.happens(licence["unknown_share"]):
            location.licence_state = LicenceState.UNKNOWN
        if location.licence_state != LicenceState.UNKNOWN:
            location.licence_checked_on = self.book.today - timedelta(days=self.chance.whole(3, 80))

    def _criteria(self, location: Location) -> None:
        criteria = self.data["criteria"]
        names = self.chance.weighted(criteria["options"], criteria["weights"])
        self.book.add(
            LocationCriteria(
                location=location,
                during=(self.since, None),
                names=names,
                recorded_at=self.chance.moment(self.since),
            )
        )

    def _closing_days(self, location: Location) -> None:
        for closing in self.data["closing"]["days"]:
            month, day = map(int, closing["from"].split("-"))
            for year in (self.book.today.year, self.book.today.year + 1):
                first = _weekday(date(year, month, day)) + timedelta(
                    days=self.chance.whole(0, 3) * (closing["days"] > 1)
                )
                during = (first, first + timedelta(days=closing["days"]))
                if during[1] > self.book.today and self.chance.happens(0.85):
                    self.book.add(ClosingDay(location=location, during=during, reason=closing["reason"]))

    def _room(
        self,
        town: Town,
        location: Location,
        name: str,
        licensed: int,
        pattern: WeekPattern,
        price: PriceKind,
        *,
        ages: tuple[int, int] = (0, 36),
        toddlers: Room | None = None,
    ) -> Room:
        short = licensed > 8 and self.chance.happens(self.data["mix"]["short_staffed_share"])
        staffed = licensed - self.chance.whole(1, 2) if short else licensed
        group = self.book.add(
            Group(
                location=location, name=name, from_months=ages[0], to_months=ages[1], price_kind=price.value
            )
        )
        bookable = bookable_places(
            licensed=licensed,
            staffed=staffed,
            overbooking=NO_OVERBOOKING,
            pack=load_pack("flanders"),
            on=self.book.today,
        )
        self.book.add(
            GroupCapacity(
                group=group,
                during=(self.since, None),
                licensed_places=licensed,
                staffed_places=staffed,
                bookable_places=bookable.places,
                open_pattern=pattern.mask,
            )
        )
        quiet = self.chance.happens(table("needs")["occupancy"]["quiet_share"])
        return Room(group, town, bookable.places, pattern, quiet, toddlers)


def with_check_digits(number: str) -> str:
    """A Belgian enterprise number: eight digits and 97 less their remainder by 97."""
    body = number[:8]
    return f"{body}{97 - int(body) % 97:02d}"


def _weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() >= SATURDAY else 0)
