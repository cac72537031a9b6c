"""Two years of giving places as the desk has it: who asked, and who got a place when, in each location's order.

For every month a location decides twice: some months ahead on its list of that day, and a month ahead on what is
left; then it takes whoever comes and fits. An offer goes to the best standing whose half-days are free from the
first month to the last. Locations that take part in rounds give by those once the first was held.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kribbe.demo import past_rounds
from kribbe.demo.history import Ask, History, Need
from kribbe.demo.occupancy import FIRST_MONTH, Filling, Fillings, Stay
from kribbe.demo.supply import Room
from kribbe.people.models import FactKind
from kribbe.places.models import Location, LocationCriteria
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import DateRule, Facts, PriceKind, standing

FIRST_ASKED = -23
"""The first month for which places are given by the list."""

FIRST_LATE = -14
"""The first month in which those who fill up what is left came late; before it most came before the desk opened."""

WAITS_MONTHS = 2
"""How much later than asked a family would begin."""

LEADS = (2, 3, 3, 4, 4, 5)
"""Months ahead in which locations first decide on a month."""

Key = tuple[tuple[int, ...], str]


def give(rooms: Iterable[Room], history: History) -> list[Stay]:
    """Fill all rooms from the first month on and tell the history of it. Returns all stays."""
    fillings = Fillings(rooms)
    fillings.fill(FIRST_MONTH, FIRST_ASKED)
    before = fillings.stays
    told = {id(stay) for stay in before}
    history.tell(before)
    giving = _Giving(fillings, history)
    giving.run()
    fillings.fill(1, len(history.needs["occupancy"]["agreed_ahead"]))
    history.tell(stay for stay in fillings.stays if id(stay) not in told)
    for ask in giving.asks:
        if not ask.is_placed:
            history.end(ask)
    past_rounds.write_down(history, giving.held)
    return fillings.stays


class _Giving:
    def __init__(self, fillings: Fillings, history: History) -> None:
        self.fillings, self.history, self.chance = fillings, history, history.chance
        self.options = history.needs["request"]
        self.leads: dict[int, int] = {}
        self.by_location: dict[tuple[int, int], list[Ask]] = defaultdict(list)
        self.keys: dict[tuple[int, int], Key] = {}
        self.kinds = {filling.room.group.location_id: filling.room.group.price_kind for filling in fillings}
        self.policies = {row.desk_id: row for row in history.book.rows(DeskPolicy)}
        self.criteria = {row.location_id: tuple(row.names) for row in history.book.rows(LocationCriteria)}
        self.asks = [ask for month in range(FIRST_ASKED, 0) for ask in self._asks_of(month)]
        part = past_rounds.part_of(history.families.supply)
        self.together = [each for each in fillings if each.room.group.location_id in part]
        self.held: list[past_rounds.Held] = []

    def run(self) -> None:
        """All decisions in the order of their days."""
        for day, _, month, lead, filling in sorted(self._events(), key=lambda event: event[:3]):
            if filling is None:
                self._hold_round(month, day)
                continue
            filling.move_up(month)
            if filling not in self.together or month - lead < past_rounds.FIRST_HELD:
                for ask in self._in_order(filling.room, month, day):
                    self._consider(ask, filling, month, day)
            if lead == 1:
                filling.newcomers(month, day if month >= FIRST_LATE else None)

    def _events(self) -> Iterator[tuple[date, int, int, int, Filling | None]]:
        """Day, order within it, the month that it is about, how far ahead that is, and the room; None: a round."""
        for number, filling in enumerate(self.fillings):
            for month in range(FIRST_ASKED, 1):
                for lead in (self._lead(filling.room), 1):
                    yield self._day(month - lead, filling), number, month, lead, filling
        for month, day in past_rounds.days(self.history):
            yield day, -1, month, 0, None

    def _hold_round(self, month: int, day: date) -> None:
        """Offer what the solver gives to all who would begin in the months after this one."""
        for filling in self.together:
            filling.move_up(month + 1)
        found = {
            ask.need.child.pk: (ask, list(self._choices(ask, month))) for ask in self._who_asks(month, day)
        }
        choices = {child: each for child, each in found.items() if each[1]}
        held = past_rounds.hold(
            month,
            day,
            choices,
            self.together,
            lambda ask, filling: self._key(ask, filling.room.group.location),
            self.policies[self.together[0].room.group.location.desk_id].lottery_seed,
        )
        for each in held.result.placed:
            if each.wish is not None:
                ask, options = choices[int(each.child)]
                self._offer(ask, options[each.wish].filling, options[each.wish].stay, day)
                held.offered.append((ask, options[each.wish].stay))
        self.held.append(held)

    def _who_asks(self, month: int, day: date) -> Iterator[Ask]:
        """Those who wait for a place that a round of this month could give them."""
        for ask in self.asks:
            if month + 1 - WAITS_MONTHS <= ask.first <= month + past_rounds.MONTHS and ask.waits(day):
                yield ask

    def _choices(self, ask: Ask, month: int) -> Iterator[past_rounds.Choice]:
        """What the child could have, by its own order, from the first month in which that is possible."""
        first = max(ask.first, month + 1)
        for wish in ask.wishes:
            for filling in self.together:
                if filling.room.group.location_id == wish.location_id and self._suits(
                    ask, filling.room, first
                ):
                    stay = filling.stay_of(ask.born, first, ask.need.pattern)
                    if stay.last > first:
                        yield past_rounds.Choice(filling, stay)

    def _day(self, month: int, filling: Filling) -> date:
        return self.history.month(month) + timedelta(days=filling.room.group.pk % 20)

    def _lead(self, room: Room) -> int:
        """Each location has its habit; no desk lets it decide too early."""
        key = room.group.location_id
        if key not in self.leads:
            earliest = self.history.policy_of(room.group.location).earliest_answer_months
            self.leads[key] = min(self.chance.pick(LEADS), earliest or max(LEADS))
        return self.leads[key]

    def _consider(self, ask: Ask, filling: Filling, month: int, day: date) -> None:
        stay = filling.stay_of(ask.born, month, ask.need.pattern)
        if stay.last > month and filling.fits(stay):
            self._offer(ask, filling, stay, day)

    def _offer(self, ask: Ask, filling: Filling, stay: Stay, day: date) -> None:
        """The family takes it, or says no and waits on."""
        stay.decided = day
        if self.chance.happens(self.options["refuses"]):
            ask.noes.append(stay)
            return
        stay.ask, ask.is_placed = ask, True
        ask.need.family.places[filling.room.group.location_id] = stay.last
        filling.add(stay)

    def _in_order(self, room: Room, month: int, day: date) -> list[Ask]:
        """Those on the list who would begin in that month in this room, the best standing first."""
        location = room.group.location
        found = [
            ask
            for wanted in range(month - WAITS_MONTHS, month + 1)
            for ask in self.by_location[location.pk, wanted]
            if ask.waits(day) and self._suits(ask, room, month)
        ]
        return sorted(found, key=lambda ask: self._key(ask, location))

    def _suits(self, ask: Ask, room: Room, month: int) -> bool:
        price = ask.wishes[0].request.price
        group = room.group
        said_no = any(no.room.group.location_id == group.location_id for no in ask.noes)
        return (
            not said_no
            and price in {"any", group.price_kind}
            and group.from_months <= month - ask.born < group.to_months - 3
        )

    def _key(self, ask: Ask, location: Location) -> Key:
        found = self.keys.get((id(ask), location.pk))
        if found is None:
            found = self.keys[id(ask), location.pk] = self._standing(ask, location)
        return found

    def _standing(self, ask: Ask, location: Location) -> Key:
        need, family, policy = ask.need, ask.need.family, self.policies[location.desk_id]
        held = family.facts or frozenset()
        until = family.places.get(location.pk, FIRST_MONTH)
        return standing(
            facts=Facts(
                work=FactKind.WORK in held,
                work_share_4_5=FactKind.WORK_4_5 in held,
                single=FactKind.SINGLE in held,
                low_income=FactKind.LOW_INCOME in held,
                care_need=FactKind.CARE_NEED in held or need.child.care_need,
                no_diploma=FactKind.NO_DIPLOMA in held,
                foster=need.child.foster,
                sibling_here=until > ask.first - max(LEADS),
                sibling_same_time=until > ask.first,
                resident=family.household.municipality_id == location.municipality_id,
                works_here=any(a.work_municipality_id == location.municipality_id for a in family.adults),
            ),
            pattern=need.pattern,
            price=PriceKind(self.kinds[location.pk]),
            criteria=self.criteria.get(location.pk, ()),
            date_rule=DateRule(policy.date_rule),
            registered=need.registered,
            wanted_start=need.start,
            seed=policy.lottery_seed,
            child_id=str(need.child.pk),
            pack=load_pack(policy.rule_pack),
            on=add_months(need.start, -max(LEADS) + 1),
        ).sort_key

    def _asks_of(self, month: int) -> Iterator[Ask]:
        """The requests of the whole region that would begin in a month."""
        rooms = self.history.families.supply.rooms
        places = [room.places for room in rooms]
        for _ in range(round(sum(places) * self.options["asked_a_month"])):
            ask = self._ask(self.chance.weighted(rooms, places), month)
            if ask is not None:
                for wish in ask.wishes:
                    self.by_location[wish.location_id, month].append(ask)
                yield ask

    def _ask(self, room: Room, month: int) -> Ask | None:
        """The request of a family that knows the location of a room, if it came after the desk opened."""
        history, chance, stay = self.history, self.chance, self.history.needs["stay"]
        start = history.month(month) + timedelta(days=14 * chance.whole(0, 1))
        age = chance.weighted(stay["start_months"], stay["start_weights"])
        born = history.month(month - age) + timedelta(days=chance.whole(0, 13))
        registered = history.registered(start, born, latest=history.book.today - timedelta(days=40))
        if registered.date() <= history.since:
            return None
        family = history.families.with_sibling_at(room.group.location_id, born)
        family = family or history.families.new(history.families.home_of(room), registered)
        child = history.families.child(family, born, registered=registered)
        patterns = history.needs["pattern"]
        text = chance.weighted([p["text"] for p in patterns], [p["weight"] for p in patterns])
        need = Need(
            family, child, registered, start, add_months(start, WAITS_MONTHS), WeekPattern.from_text(text)
        )
        request = history.request(need)
        history.families.tell_facts(family, registered)
        wishes = history.wishes(request, history.locations(family, room.group.location))
        end = min(need.latest + timedelta(days=20), history.book.today - timedelta(days=1))
        stays = not chance.happens(self.options["leaves"])
        leaves = end if stays else chance.day(registered.date() + timedelta(days=20), end)
        return Ask(need, wishes, month, month - age, leaves, stays)
