"""A location's own hand: those who wait and fit, and what giving each of them a place would do to its week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from kribbe.enrolment.selectors.fit import stay_end
from kribbe.enrolment.selectors.location import JUDGED_MONTHS, Line, queue
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group, Location
from kribbe.rounds.selectors.rows import month_number
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.week_effect import Effect, effect

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Choice:
    """One who fits, in the published order, and what giving it the place does."""

    line: Line
    effect: Effect


@dataclass(frozen=True, slots=True)
class OwnHand:
    """The choices for one group and month; `fitting` is how many fit in all."""

    choices: Sequence[Choice]
    fitting: int
    free: Sequence[int]
    bookable: Sequence[int]


def own_hand(location: Location, *, group: Group, month: date, now: datetime) -> OwnHand:
    """Those who could begin in that month in the group, in a fixed number of queries."""
    today = localtime(now).date()
    found = queue(location, group=group, month=month, now=now)
    fitting = [line for line in found.lines if line.fits and not line.offered]
    first = first_of_month(today)
    free = free_by_month(group_ids=[group.pk], first_month=first, months=JUDGED_MONTHS)[group.pk]
    spans = [_span(line, first) for line in fitting]
    bookable = found.month.bookable if found.month else [0] * SLOTS
    waiting = [(line.waiting.pattern, *span) for line, span in zip(fitting, spans, strict=True)]
    choices = [
        Choice(
            line,
            effect(
                line.waiting.pattern,
                free=free,
                bookable=bookable,
                first=span[0],
                last=span[1],
                waiting=[other for place, other in enumerate(waiting) if place != number],
            ),
        )
        for number, (line, span) in enumerate(zip(fitting[:SHOWN], spans[:SHOWN], strict=True))
    ]
    shown = free[month_number(month) - month_number(first)]
    return OwnHand(choices, len(fitting), shown, bookable)


def _span(line: Line, first: date) -> tuple[int, int]:
    """The first and the last month of the stay, counted from `first`, as far as the ledger knows."""
    start = month_number(line.start) - month_number(first)
    end = month_number(stay_end(line.waiting.birth)) - month_number(first)
    return start, min(end, JUDGED_MONTHS - 1)
