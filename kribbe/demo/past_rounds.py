"""The rounds of the year behind us: a dozen locations of the first desk give their places together each month.

What each round was given and what the solver answered is kept as the desk itself keeps it, so it can be replayed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import get_default_timezone

from kribbe.allocation.instance import FORMAT
from kribbe.allocation.reading import as_instance
from kribbe.allocation.result import VERSION, On, Result
from kribbe.allocation.solve import solve
from kribbe.demo.families import CAPITAL
from kribbe.demo.history import Ask, History
from kribbe.demo.occupancy import SLOTS, Filling, Stay
from kribbe.demo.supply import Supply
from kribbe.enrolment.models import Offer
from kribbe.region.models import Desk
from kribbe.rounds import kept
from kribbe.rounds.models import (
    Calculation,
    Proposal,
    ProposalState,
    Rhythm,
    Round,
    RoundPlan,
    RoundState,
    TakesPart,
)
from kribbe.rounds.selectors.instance import place_name
from kribbe.rounds.services.rhythm import FIRST_WEEK, is_due

FIRST_HELD = -13
"""The month in which the first round was held."""

PART = 12
"""Locations that take part all the while."""

MONTHS = 4
"""Months of first days for which a round gives places."""

BEGUN, ENDED = time(8), time(17)

Order = Callable[[Ask, Filling], Any]
"""Sorts those who wait at a room's location."""


@dataclass(frozen=True)
class Choice:
    """What a child would get by one of its wishes."""

    filling: Filling
    stay: Stay


@dataclass
class Held:
    """One round: when, what the solver was given and answered, and who was offered what."""

    month: int
    day: date
    raw: kept.Raw
    result: Result
    offered: list[tuple[Ask, Stay]] = field(default_factory=list)


def part_of(supply: Supply) -> frozenset[int]:
    """The locations that take part: the last ones of the first desk."""
    desk = supply.desks[CAPITAL]
    found = {
        room.group.location_id
        for room in supply.rooms
        if room.group.location.desk_id == desk.pk and room.group.location.active
    }
    return frozenset(sorted(found)[-PART:])


def days(history: History) -> Iterator[tuple[int, date]]:
    """The month and the day of each round."""
    for month in range(FIRST_HELD, 0):
        week = (history.month(month) + timedelta(days=number) for number in range(FIRST_WEEK))
        yield month, next(day for day in week if is_due(Rhythm.MONTHLY, day))


def hold(
    month: int,
    day: date,
    choices: Mapping[int, tuple[Ask, Sequence[Choice]]],
    fillings: Sequence[Filling],
    order: Order,
    seed: int,
) -> Held:
    """Solve a round of these rooms; `choices` by child, the best first, for first days from the next month on."""
    first = month + 1
    places: dict[str, list[Filling]] = {}
    for filling in fillings:
        places.setdefault(_place(filling), []).append(filling)
    standing = _standing(choices.values(), order)
    last = max((each.stay.last for _, found in choices.values() for each in found), default=first + 1)
    raw = {
        "format": FORMAT,
        "periods": last - first,
        "slots": SLOTS,
        "seed": seed,
        "locations": [
            {
                "id": place,
                "owed": 0,
                "criteria": ["list"],
                "groups": [{"id": f"{each.room.group.pk}", "free": each.free(first, last)} for each in found],
            }
            for place, found in sorted(places.items())
        ],
        "children": [
            {
                "id": f"{child}",
                "household": f"{ask.need.child.household_id}",
                "vulnerable": False,
                "current": None,
                "wishes": [_wish(each, standing[child, _place(each.filling)], first) for each in found],
            }
            for child, (ask, found) in sorted(choices.items())
        ],
        "together": [],
    }
    return Held(month, day, raw, solve(as_instance(raw)))


def _place(filling: Filling) -> str:
    group = filling.room.group
    return place_name(group.location_id, group.price_kind)


def _standing(found: Iterable[tuple[Ask, Sequence[Choice]]], order: Order) -> dict[tuple[int, str], int]:
    """By child and place: its position on the list."""
    lists: dict[str, list[tuple[Any, int]]] = {}
    for ask, choices in found:
        for choice in choices:
            lists.setdefault(_place(choice.filling), []).append(
                (order(ask, choice.filling), ask.need.child.pk)
            )
    return {
        (child, place): position
        for place, waiting in lists.items()
        for position, (_, child) in enumerate(sorted(waiting))
    }


def _wish(choice: Choice, position: int, first: int) -> kept.Raw:
    stay = choice.stay
    return {
        "location": _place(choice.filling),
        "standing": [position],
        "stays": [
            {
                "group": f"{stay.room.group.pk}",
                "from": stay.first - first,
                "to": stay.last - first,
                "pattern": stay.pattern.mask,
            }
        ],
    }


def write_down(history: History, held: Sequence[Held]) -> None:
    """The rows that the desk would have of these rounds, once their offers are in the book."""
    book, desk = history.book, history.families.supply.desks[CAPITAL]
    part = sorted(part_of(history.families.supply))
    begun = _at(held[0].day - timedelta(days=7), BEGUN)
    for location in part:
        book.add(TakesPart(location_id=location, since=begun))
    book.add(RoundPlan(desk=desk, rhythm=Rhythm.MONTHLY, months=MONTHS))
    offers = {(row.preference.request_id, row.group_id): row for row in book.rows(Offer)}
    through = Round.locations.through
    for each in held:
        made = book.add(_round(history, desk, each))
        for location in part:
            book.add(through(round_id=made.pk, location_id=location))
        book.add(_calculation(made, each))
        for ask, stay in each.offered:
            offer = offers[ask.wishes[0].request.pk, stay.room.group.pk]
            book.add(_proposal(made, offer))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, get_default_timezone())


def _round(history: History, desk: Desk, held: Held) -> Round:
    return Round(
        reference=history.book.reference(),
        desk=desk,
        first=history.month(held.month + 1),
        months=MONTHS,
        state=RoundState.DONE,
        planned_at=_at(held.day, BEGUN),
        closed_at=_at(held.day, ENDED),
    )


def _calculation(made: Round, held: Held) -> Calculation:
    instance, result = kept.as_bytes(held.raw), held.result.as_bytes()
    return Calculation(
        round=made,
        number=1,
        at=made.planned_at,
        why="first",
        instance=instance,
        instance_hash=kept.fingerprint(instance),
        result=result,
        result_hash=kept.fingerprint(result),
        solver=VERSION,
        seed=held.raw["seed"],
        changes={"marks": kept.marks(held.raw)},
    )


def _proposal(made: Round, offer: Offer) -> Proposal:
    start, end = offer.during
    return Proposal(
        round=made,
        request_id=offer.preference.request_id,
        preference=offer.preference,
        group_id=offer.group_id,
        start=start,
        end=end,
        pattern=offer.pattern,
        on=On.OPEN.value,
        state=ProposalState.OFFERED,
        answered_at=made.closed_at,
        offer=offer,
    )
