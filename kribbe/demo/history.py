"""Two years behind us: requests, wishes, offers and the places that came of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.families import Families, Family, Nearby
from kribbe.demo.occupancy import FIRST_MONTH, Stay
from kribbe.demo.supply import Room
from kribbe.demo.tables import table, towns
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferKind,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.people.models import Child
from kribbe.places.models import LedgerTake, Location
from kribbe.region.models import PassOverReason
from kribbe.region.presets import Preset, presets
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern

BIRTH_KNOWN_DAYS = 255
"""How long before a birth a family can register at the earliest."""

SETTLED_DAYS = 16
"""An offer made longer ago than this has been answered, and its agreement signed."""


@dataclass(frozen=True)
class Need:
    """What a family asks for a child."""

    family: Family
    child: Child
    registered: datetime
    start: date
    latest: date
    pattern: WeekPattern


@dataclass(eq=False)
class Ask:
    """A request of these two years while it waits for its turn. `first` is the month in which it would begin.

    Until `leaves` the family waits; `stays` says that it waits to the end. `noes` are the places that it didn't take.
    """

    need: Need
    wishes: list[Preference]
    first: int
    born: int
    leaves: date
    stays: bool
    noes: list[Stay] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    is_placed: bool = False

    def waits(self, day: date) -> bool:
        """Whether it stands on the lists on that day."""
        return not self.is_placed and self.need.registered.date() < day < self.leaves


class Story:
    """What history and the waiting have in common: dates, requests and wishes."""

    def __init__(self, book: Book, families: Families, nearby: Nearby, name: str) -> None:
        self.book, self.families, self.nearby = book, families, nearby
        self.chance = Chance(name)
        self.needs = table("needs")
        self.towns = {town.slug: town for town in towns()}
        desks = families.supply.desks
        self.policies = {desk.pk: presets()[self.towns[slug].preset] for slug, desk in desks.items()}
        self.reasons = {(r.desk_id, r.code): r for r in book.rows(PassOverReason)}

    def month(self, number: int) -> date:
        """The first day of a month counted from today's."""
        return add_months(first_of_month(self.book.today), number)

    def policy_of(self, location: Location) -> Preset:
        """What the location's desk decided."""
        return self.policies[location.desk_id]

    def registered(self, start: date, born: date, *, latest: date) -> datetime:
        """When the family came, some months before the start but not before it knew of the child."""
        request = self.needs["request"]
        lead = self.chance.weighted(request["lead_months"], request["lead_weights"])
        wanted = add_months(start, -lead) - timedelta(days=self.chance.whole(0, 24))
        known = born - timedelta(days=self.chance.whole(BIRTH_KNOWN_DAYS - 60, BIRTH_KNOWN_DAYS))
        return self.chance.moment(min(max(wanted, known), latest))

    def request(self, need: Need) -> CareRequest:
        """An open request for this need."""
        options = self.needs["request"]
        household = need.family.household
        return self.book.add(
            CareRequest(
                reference=self.book.reference(),
                desk=household.desk,
                household=household,
                child=need.child,
                registered_at=need.registered,
                wanted_start=need.start,
                latest_start=need.latest,
                pattern=need.pattern.mask,
                flexibility=self.chance.key(options["flexibility"]),
                price=self.chance.key(options["price"]),
            )
        )

    def wishes(self, request: CareRequest, locations: Sequence[Location]) -> list[Preference]:
        """The ranked locations of a request, all waiting."""
        return [
            self.book.add(
                Preference(
                    request=request,
                    location=location,
                    rank=rank,
                    registered_at=request.registered_at,
                    open_pattern=request.pattern,
                    state_at=request.registered_at,
                )
            )
            for rank, location in enumerate(locations, start=1)
        ]

    def locations(self, family: Family, first: Location | None = None) -> list[Location]:
        """The locations that a family wishes, `first` somewhere among them."""
        options = self.needs["request"]
        wanted = self.chance.weighted(options["wishes"], options["wishes_weights"])
        allowed = self.policies[family.household.desk_id].max_wishes or wanted
        drawn = self.nearby.draw(family.street, min(wanted, allowed), self.chance)
        if first is None:
            return drawn
        others = [location for location in drawn if location is not first][: min(wanted, allowed) - 1]
        others.insert(min(self.chance.whole(0, 2), len(others)), first)
        return others

    def take(
        self, group_id: int, during: tuple[date, date | None], pattern: WeekPattern, holder: str
    ) -> None:
        """Hold half-days in the ledger; its weeks are counted when all are there."""
        self.book.add(LedgerTake(group_id=group_id, during=during, pattern=pattern.mask, holder=holder))


class History(Story):
    """The children who have or had a place, and the requests that ended without one."""

    def __init__(self, book: Book, families: Families, nearby: Nearby) -> None:
        super().__init__(book, families, nearby, "history")
        self.since = add_months(book.today, -self.needs["request"]["history_months"])

    def tell(self, stays: Iterable[Stay]) -> None:
        """Give every stay its family and placement; the elder children come first."""
        found = list(stays)
        moves = {id(stay.next) for stay in found if stay.next is not None}
        firsts = [stay for stay in found if id(stay) not in moves]
        for stay in sorted(firsts, key=lambda stay: stay.born):
            if stay.ask is not None:
                self._answer_ask(stay, stay.ask)
            else:
                self._place(stay)

    def _answer_ask(self, stay: Stay, ask: Ask) -> None:
        """A request of the list that got its turn."""
        wanted = ask.need.start
        start = wanted if stay.first == ask.first else self.month(stay.first)
        self._earlier(ask)
        self._accepted(ask.need, ask.wishes, stay.room, (start, self.month(stay.last)), decided(stay))
        self._moved_up(stay, ask.need.child)
        self.families.at_location.setdefault(stay.room.group.location_id, []).append(ask.need.family)

    def end(self, ask: Ask) -> None:
        """A request that came to nothing at the desk."""
        self._earlier(ask)
        request = ask.wishes[0].request
        last = min(ask.leaves, self.book.today - timedelta(days=1))
        end = (
            RequestEnd.UNANSWERED if ask.stays else RequestEnd(self.chance.key(self.needs["request"]["left"]))
        )
        ended = max(self.chance.moment(last), ask.need.registered + timedelta(hours=1))
        for offer in ask.offers:
            ended = max(ended, offer.answered_at or offer.deadline)
        request.state, request.ended_at, request.end = RequestState.ENDED, ended, end
        for wish in ask.wishes:
            self._give_up(wish, end, ended)

    def _earlier(self, ask: Ask) -> None:
        """The offers to which this family said no, or nothing."""
        for no in ask.noes:
            wish = next(wish for wish in ask.wishes if wish.location_id == no.room.group.location_id)
            during = (max(ask.need.start, self.month(no.first)), self.month(no.last))
            offer = self._offer(wish, no.room.group.pk, during, no.pattern, decided(no))
            days = self.policy_of(wish.location).reaction_days
            lapsed = self.chance.happens(self.needs["request"]["lapses"])
            answered = self.chance.moment(decided(no) + timedelta(days=self.chance.whole(1, days - 1)))
            self._close(
                offer,
                OfferState.LAPSED if lapsed else OfferState.DECLINED,
                offer.deadline if lapsed else answered,
            )
            ask.offers.append(offer)

    def _place(self, stay: Stay) -> None:
        last = self._last(stay)
        if self.month(last.last) <= self.since:
            return
        born = self.month(stay.born) + timedelta(days=self.chance.whole(0, 27))
        start = self.month(stay.first)
        if stay.first > FIRST_MONTH and self.chance.happens(0.4):
            start += timedelta(days=self.chance.whole(1, 24))
        latest = self.book.today - timedelta(days=self.chance.whole(SETTLED_DAYS + 6, 75))
        registered = self.registered(start, born, latest=latest)
        if stay.decided is not None:
            latest = min(stay.decided, self.book.today - timedelta(days=SETTLED_DAYS))
            registered = self.chance.moment(latest - timedelta(days=self.chance.whole(8, 40)))
        family = self._family(stay, born, registered)
        child = self.families.child(family, born, registered=registered)
        pattern = stay.pattern
        during = (start, self.month(stay.last))
        if registered.date() >= self.since and during[1] > self.since:
            need = Need(family, child, registered, start, add_months(start, 1), pattern)
            self._answer(need, stay, during)
        else:
            self._agree(child, stay.room, during, pattern, registered + timedelta(days=40))
        self._moved_up(stay, child)
        self.families.at_location.setdefault(stay.room.group.location_id, []).append(family)
        family.places[stay.room.group.location_id] = last.last

    def _moved_up(self, stay: Stay, child: Child) -> None:
        if stay.next is None:
            return
        moved = (self.month(stay.next.first), self.month(stay.next.last))
        at = self.chance.moment(min(moved[0] - timedelta(days=60), self.book.today - timedelta(days=2)))
        self._agree(child, stay.next.room, moved, stay.pattern, at)

    def _last(self, stay: Stay) -> Stay:
        return stay.next or stay

    def _family(self, stay: Stay, born: date, registered: datetime) -> Family:
        found = self.families.with_sibling_at(stay.room.group.location_id, born)
        return found or self.families.new(self.families.home_of(stay.room), registered)

    def _agree(
        self, child: Child, room: Room, during: tuple[date, date], pattern: WeekPattern, at: datetime
    ) -> None:
        """A placement from before the desk, or a move within the location: agreed without an offer."""
        ended = during[1] <= self.book.today
        placement = self.book.add(
            Placement(
                reference=self.book.reference(),
                child=child,
                group=room.group,
                during=during,
                pattern=pattern.mask,
                state=PlacementState.ENDED if ended else PlacementState.FINAL,
                reserved_at=at,
                final_at=at,
            )
        )
        self.take(room.group.pk, during, pattern, f"placement:{placement.pk}")

    def _answer(self, need: Need, stay: Stay, during: tuple[date, date]) -> None:
        """A request that came to a place, with the offers before it."""
        location = stay.room.group.location
        request = self.request(need)
        self.families.tell_facts(need.family, need.registered)
        wanted = self.locations(need.family, location)
        late = stay.decided is not None
        wishes = self.wishes(request, [location] if late else wanted)
        chosen = next(wish for wish in wishes if wish.location_id == location.pk)
        made = stay.decided or self._offered_on(need, self.policy_of(location))
        made = min(made, self.book.today - timedelta(days=SETTLED_DAYS))
        if not late:
            self._earlier_offers(need, wishes, chosen, made)
        self._accepted(need, wishes, stay.room, during, made)

    def _accepted(
        self, need: Need, wishes: Sequence[Preference], room: Room, during: tuple[date, date], made: date
    ) -> None:
        chosen = next(wish for wish in wishes if wish.location_id == room.group.location_id)
        offer = self._offer(chosen, room.group.pk, during, need.pattern, made)
        answered = self.chance.moment(made + timedelta(days=self.chance.whole(1, 6)))
        self._close(offer, OfferState.ACCEPTED, answered)
        final = self.chance.moment(answered.date() + timedelta(days=self.chance.whole(1, 7)))
        for wish in wishes:
            wish.state = PreferenceState.PLACED if wish is chosen else PreferenceState.REPLACED
            wish.state_at = answered
        request = chosen.request
        request.state, request.ended_at, request.end = RequestState.ENDED, final, RequestEnd.ANSWERED
        self._signed(need, offer, answered, final)

    def _signed(self, need: Need, offer: Offer, answered: datetime, final: datetime) -> None:
        location = offer.preference.location
        start, end = offer.during
        ended = end <= self.book.today
        placement = self.book.add(
            Placement(
                reference=self.book.reference(),
                child=need.child,
                group_id=offer.group_id,
                offer=offer,
                during=(start, end),
                pattern=need.pattern.mask,
                state=PlacementState.ENDED if ended else PlacementState.FINAL,
                reserved_at=answered,
                sign_by=answered + timedelta(days=self.policy_of(location).signature_days),
                signed_at=final,
                signed_name=need.family.signature,
                deposit_asked=location.deposit,
                deposit_paid_at=final if location.deposit else None,
                final_at=final,
            )
        )
        self.take(offer.group_id, (start, end), need.pattern, f"placement:{placement.pk}")

    def _offered_on(self, need: Need, policy: Preset) -> date:
        """A day between the earliest on which the location may answer and the last that leaves time."""
        months = policy.earliest_answer_months
        allowed = need.start if months is None else add_months(need.start, -months)
        earliest = max(need.registered.date() + timedelta(days=2), min(allowed, need.start))
        latest = min(need.start - timedelta(days=20), self.book.today - timedelta(days=SETTLED_DAYS))
        if months is None:
            earliest = need.registered.date() + timedelta(days=2)
        return self.chance.day(min(earliest, self.book.today - timedelta(days=SETTLED_DAYS)), latest)

    def _earlier_offers(
        self, need: Need, wishes: Sequence[Preference], chosen: Preference, before: date
    ) -> None:
        """Sometimes another location offered first: declined, or run out."""
        options = self.needs["request"]
        room_for = (before - need.registered.date()).days > 30
        others = [wish for wish in wishes if wish is not chosen]
        if not (room_for and others):
            return
        for share, state in (
            (options["declined_before"], OfferState.DECLINED),
            (options["lapsed_before"], OfferState.LAPSED),
        ):
            if self.chance.happens(share):
                wish = self.chance.pick(others)
                group = self.families.supply.group_of(wish.location_id)
                days = self.policy_of(wish.location).reaction_days
                made = before - timedelta(days=self.chance.whole(days + 1, 29))
                end = add_months(need.start, 24)
                offer = self._offer(wish, group, (need.start, end), need.pattern, made)
                lapsed = state is OfferState.LAPSED
                day = made + timedelta(days=days if lapsed else self.chance.whole(0, days - 1))
                self._close(offer, state, offer.deadline if lapsed else self.chance.moment(day))
                return

    def _offer(
        self, wish: Preference, group_id: int, during: tuple[date, date], pattern: WeekPattern, made: date
    ) -> Offer:
        at = self.chance.moment(made)
        same_day = during[0] == wish.request.wanted_start
        return self.book.add(
            Offer(
                reference=self.book.reference(),
                preference=wish,
                group_id=group_id,
                kind=OfferKind.SAME if same_day else OfferKind.OTHER_DATE,
                during=during,
                pattern=pattern.mask,
                made_at=at,
                deadline=at + timedelta(days=self.policy_of(wish.location).reaction_days),
            )
        )

    def _close(self, offer: Offer, state: OfferState, at: datetime) -> None:
        offer.state, offer.answered_at = state, max(at, offer.made_at)

    def _give_up(self, wish: Preference, end: RequestEnd, at: datetime) -> None:
        wish.state_at = at
        if end is RequestEnd.UNANSWERED:
            wish.state = PreferenceState.REFUSED
            wish.refusal_reason = self.reasons[wish.location.desk_id, "no-place-in-time"]
        else:
            wish.state, wish.rank = PreferenceState.WITHDRAWN, None


def decided(stay: Stay) -> date:
    """The day on which a place of the list was offered."""
    if stay.decided is None:
        raise ValueError(f"nobody decided on the stay of month {stay.first}")
    return stay.decided
