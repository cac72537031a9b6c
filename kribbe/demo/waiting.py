"""Those who wait today: open requests with their wishes, open offers, and places still to be signed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone

from kribbe.demo.book import Book
from kribbe.demo.families import Families, Family, Nearby, birth_of
from kribbe.demo.history import Need, Story
from kribbe.demo.occupancy import Rest
from kribbe.demo.supply import Room
from kribbe.demo.tables import Town, towns
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferKind,
    OfferState,
    Placement,
    Preference,
    PreferenceState,
    RequestAlternative,
)
from kribbe.places.models import LicenceState, Location
from kribbe.rules.calendar import add_months
from kribbe.rules.dates import default_end, earliest_answer
from kribbe.rules.halfdays import WeekPattern

START_WEIGHTS = (6, 8, 9, 10, 10, 10, 9, 9, 8, 8, 7, 6)
"""How many want to start in each of the coming months, this one first."""

OVERDUE_SHARE = 0.05
"""Share of the waiting whose wanted start has passed."""

LATER = (0, 31, 61, 92)
NEW_ON_LIST = timedelta(days=6)
"""Nobody gets an offer within so short a time."""

SHORTEST_OFFER = 4
"""Half-days that a location offers at least where it can't offer all."""


class Waiting(Story):
    """The open requests of today."""

    def __init__(
        self, book: Book, families: Families, nearby: Nearby, rest: Rest, share: float = 1.0
    ) -> None:
        super().__init__(book, families, nearby, "waiting")
        self.rest = rest
        self.share = share
        self.rooms: dict[int, list[Room]] = {}
        for room in families.supply.rooms:
            self.rooms.setdefault(room.group.location_id, []).append(room)
        self.options = self.needs["request"]["open"]

    def tell(self) -> None:
        """Add the open requests of every municipality, then offers to some of them."""
        for town in towns():
            for _ in range(round(town.waiting * self.share)):
                self._ask(town)
        self._offers()

    def _ask(self, town: Town) -> None:
        start = self._start()
        stay = self.needs["stay"]
        age = self.chance.weighted(stay["start_months"], stay["start_weights"])
        born = add_months(start, -age) - timedelta(days=self.chance.whole(0, 27))
        latest = self.book.today - timedelta(days=self.chance.whole(1, 12))
        registered = self.registered(start, born, latest=latest)
        family, first = self._family(town, born, registered)
        child = self.families.child(family, born, registered=registered)
        patterns = self.needs["pattern"]
        text = self.chance.weighted([p["text"] for p in patterns], [p["weight"] for p in patterns])
        last = max(start, self.book.today + timedelta(days=14)) + timedelta(days=self.chance.pick(LATER))
        need = Need(family, child, registered, start, last, WeekPattern.from_text(text))
        self._register(need, first)
        if self.chance.happens(self.needs["household"]["twins"]):
            twin = self.families.child(family, born, registered=registered)
            twin.birth_rank = 2
            self._register(Need(family, twin, registered, start, last, need.pattern), first)

    def _start(self) -> date:
        """The first or the fifteenth of a coming month, or a day that has passed."""
        if self.chance.happens(OVERDUE_SHARE):
            return self.book.today - timedelta(days=self.chance.whole(1, 50))
        month = self.chance.weighted(range(len(START_WEIGHTS)), START_WEIGHTS)
        day = self.month(month) + timedelta(days=14 * self.chance.whole(0, 1))
        return day if day > self.book.today else self.month(month + 1)

    def _family(self, town: Town, born: date, registered: datetime) -> tuple[Family, Location | None]:
        """A family with a child in care who asks for the next one, or a new family."""
        if self.chance.happens(self.needs["household"]["sibling"]):
            for room in (self.chance.pick(self.families.supply.rooms) for _ in range(12)):
                location = room.group.location
                family = self.families.with_sibling_at(location.pk, born)
                if room.town is town and family is not None and family.town is town:
                    return family, location
        return self.families.new(town, registered), None

    def _register(self, need: Need, sibling_at: Location | None) -> None:
        request = self.request(need)
        self.families.tell_facts(need.family, need.registered)
        wishes = self.wishes(request, self._ranked(need.family, sibling_at))
        for wish in wishes[1:]:
            if self.chance.happens(self.options["added_later"]):
                day = self.chance.day(need.registered.date(), self.book.today - timedelta(days=1))
                wish.registered_at = wish.state_at = max(need.registered, self.chance.moment(day))
            elif self.chance.happens(self.options["refused_wish"]):
                self._refuse(wish)
        if request.flexibility != "exact" and self.chance.happens(self.options["alternative"]):
            self._alternative(request)

    def _ranked(self, family: Family, sibling_at: Location | None) -> list[Location]:
        found = self.locations(family, sibling_at)
        return sorted(found, key=lambda location: location is not sibling_at) if sibling_at else found

    def _refuse(self, wish: Preference) -> None:
        code = self.chance.pick(["no-place-in-time", "days-not-offered", "age-not-offered"])
        day = self.chance.day(wish.registered_at.date(), self.book.today - timedelta(days=1))
        wish.state = PreferenceState.REFUSED
        wish.state_at = max(self.chance.moment(day), wish.registered_at)
        wish.refusal_reason = self.reasons[wish.location.desk_id, code]

    def _alternative(self, request: CareRequest) -> None:
        """The same number of days, on quieter ones."""
        quiet = WeekPattern.from_text("tue wed fri")
        if quiet.mask != request.pattern:
            self.book.add(RequestAlternative(request=request, position=1, pattern=quiet.mask))

    def _offers(self) -> None:
        """Offers to those for whom there is room; the last of them accepted and to be signed."""
        wanted = self.options["offers_open"] + self.options["to_sign"]
        asked: set[int] = set()
        made = 0
        for wish in self.chance.shuffled(self.book.rows(Preference)):
            if made == wanted:
                return
            if wish.request_id in asked or (offer := self._offer(wish)) is None:
                continue
            asked.add(wish.request_id)
            made += 1
            if made > self.options["offers_open"]:
                self._accept(offer)
            else:
                self.take(offer.group_id, offer.during, WeekPattern(offer.pattern), f"offer:{offer.pk}")

    def _offer(self, wish: Preference) -> Offer | None:
        request, location = wish.request, wish.location
        policy = self.policy_of(location)
        months = policy.earliest_answer_months
        start = request.wanted_start
        too_early = months is not None and earliest_answer(start, months) > self.book.today
        if not self._is_waiting(wish) or start <= self.book.today + timedelta(days=21) or too_early:
            return None
        birth = birth_of(request.child)
        end = default_end(birth)
        for room, pattern in self._rooms(location, start, birth, end, WeekPattern(request.pattern)):
            made = self.chance.moment(self.book.today - timedelta(days=self.chance.whole(1, 4)))
            self.rest.give(room, pattern, self._number(start), self._number(end))
            return self.book.add(
                Offer(
                    reference=self.book.reference(),
                    preference=wish,
                    group=room.group,
                    kind=OfferKind.SAME if pattern.mask == request.pattern else OfferKind.OTHER_PATTERN,
                    during=(start, end),
                    pattern=pattern.mask,
                    made_at=made,
                    deadline=end_of_day(made.date() + timedelta(days=policy.reaction_days)),
                )
            )
        return None

    def _is_waiting(self, wish: Preference) -> bool:
        return (
            wish.state == PreferenceState.WAITING
            and wish.registered_at < self.book.now - NEW_ON_LIST
            and wish.request.state == "open"
            and wish.location.licence_state == LicenceState.LICENSED
        )

    def _rooms(
        self, location: Location, start: date, birth: date, end: date, asked: WeekPattern
    ) -> Iterator[tuple[Room, WeekPattern]]:
        """Groups of this age with room for all that is asked, or for most of it."""
        for room in self.rooms[location.pk]:
            group = room.group
            if add_months(birth, group.from_months) > start or add_months(birth, group.to_months) < end:
                continue
            pattern = asked & self.rest.free_slots(room, self._number(start), self._number(end))
            least = max(location.min_half_days, min(SHORTEST_OFFER, len(asked)))
            if len(pattern) >= least and len(pattern) * 2 > len(asked):
                yield room, pattern

    def _number(self, day: date) -> int:
        return (day.year - self.book.today.year) * 12 + day.month - self.book.today.month

    def _accept(self, offer: Offer) -> None:
        answered = self.book.now - timedelta(hours=self.chance.whole(12, 30))
        offer.made_at = min(offer.made_at, answered - timedelta(hours=20))
        offer.state, offer.answered_at = OfferState.ACCEPTED, answered
        location, request = offer.preference.location, offer.preference.request
        for wish in self.book.rows(Preference):
            if wish.request_id == request.pk and wish.state == PreferenceState.WAITING:
                chosen = wish.pk == offer.preference_id
                wish.state = PreferenceState.PLACED if chosen else PreferenceState.REPLACED
                wish.state_at = max(answered, wish.registered_at)
        placement = self.book.add(
            Placement(
                reference=self.book.reference(),
                child=request.child,
                group_id=offer.group_id,
                offer=offer,
                during=offer.during,
                pattern=offer.pattern,
                reserved_at=answered,
                sign_by=end_of_day(answered.date() + timedelta(days=self.policy_of(location).signature_days)),
                deposit_asked=location.deposit,
            )
        )
        self.take(offer.group_id, offer.during, WeekPattern(offer.pattern), f"placement:{placement.pk}")


def end_of_day(day: date) -> datetime:
    """The last moment of a day: terms count whole days."""
    return datetime.combine(day + timedelta(days=1), time(0), get_default_timezone())
