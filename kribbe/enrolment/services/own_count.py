"""What a location says is free, where not all of its children are known to the desk.

The difference with what the desk knows is held in the ledger as places without a name, "own:<group>:<day>:<nr>",
so that nobody is promised what the location has given away itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.places import ledger
from kribbe.places.free import free_during
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group, LedgerTake
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.layers import layers
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

MONTHS_KEPT = 12
"""What is said of next month holds for the months after it too, as far as there is room, for a year."""

MOST_TO_TAKE = 60

Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Held:
    """One nameless place as it stood, to be put back by an undo."""

    start: str
    end: str
    pattern: int


def say_free(
    *,
    principal: Principal,
    group_id: int,
    this_month: Sequence[int] | None,
    next_month: Sequence[int] | None,
    today: date,
    now: datetime,
) -> list[Held]:
    """So many places are free by half-day (14 numbers); None leaves a month as it is.

    Gives the nameless places as they stood. Raises RefusedError where more would be free than the agreements
    that the desk knows leave: then a child left, or there is more staff, and that is to be said first.
    """
    with transaction.atomic():
        ledger.lock_groups([group_id])
        before = [_kept(take) for take in _own(group_id, today)]
        following = add_months(first_of_month(today), 1)
        if this_month is not None:
            _say(group_id, (today, following), this_month, now, "this")
        if next_month is not None:
            _say(group_id, (following, add_months(following, 1)), next_month, now, "next", and_later=True)
        _record(principal, "free.said", group_id, now, this_month=this_month, next_month=next_month)
    return before


def put_back(
    *, principal: Principal, group_id: int, before: Sequence[Held], today: date, now: datetime
) -> None:
    """The nameless places as they stood before. Raises RefusedError where somebody took what was said to be free."""
    with transaction.atomic():
        ledger.lock_groups([group_id])
        _clear(group_id, today, None, now)
        for held in before:
            start = max(date.fromisoformat(held.start), today)
            end = date.fromisoformat(held.end)
            if start < end:
                _take(group_id, (start, end), [WeekPattern(held.pattern)], now)
        _record(principal, "free.said_undone", group_id, now)


def _say(
    group_id: int,
    period: Period,
    said: Sequence[int],
    now: datetime,
    field: str,
    *,
    and_later: bool = False,
) -> None:
    _clear(group_id, period[0], None if and_later else period[1], now)
    free = free_during(group_ids=[group_id], start=period[0], end=period[1])[group_id]
    gone = [max(0, free[slot]) - said[slot] for slot in range(SLOTS)]
    if min(gone) < 0:
        raise RefusedError(
            _(
                "By the agreements that the desk knows, fewer are free. Say first which child left, or raise the "
                "staffed places."
            ),
            field=field,
            code="fewer",
        )
    _take(group_id, period, _layers(gone), now)
    if and_later:
        for later, patterns in _later(group_id, period[1], gone):
            _take(group_id, later, patterns, now)


def _later(group_id: int, first: date, gone: Sequence[int]) -> Iterator[tuple[Period, list[WeekPattern]]]:
    """The same places in the months after, as far as there is room; months alike are taken together."""
    months = free_by_month(group_ids=[group_id], first_month=first, months=MONTHS_KEPT)[group_id]
    room = [
        (number, tuple(max(0, min(gone[slot], month[slot])) for slot in range(SLOTS)))
        for number, month in enumerate(months)
    ]
    for counts, run in groupby(room, key=itemgetter(1)):
        numbers = [number for number, _counts in run]
        yield (add_months(first, numbers[0]), add_months(first, numbers[-1] + 1)), _layers(counts)


def _layers(counts: Sequence[int]) -> list[WeekPattern]:
    if max(counts) > MOST_TO_TAKE:
        raise RefusedError(_("This is more than any group has. Check the numbers."), field="next")
    return layers(counts)


def _take(group_id: int, period: Period, patterns: Sequence[WeekPattern], now: datetime) -> None:
    taken = LedgerTake.objects.filter(holder__startswith=f"own:{group_id}:{period[0]}:").count()
    for number, pattern in enumerate(patterns, start=taken + 1):
        try:
            ledger.take(
                group_id=group_id,
                start=period[0],
                end=period[1],
                pattern=pattern,
                holder=f"own:{group_id}:{period[0]}:{number}",
                now=now,
            )
        except ledger.NoRoomError as error:
            raise RefusedError(
                _("Somebody took what you said was free. Look at the numbers again."), code="full"
            ) from error


def _clear(group_id: int, start: date, end: date | None, now: datetime) -> None:
    """Give back the nameless places in [start, end); what lies after `end` is held on."""
    for take in _own(group_id, start, end):
        until = take.during.upper
        ledger.release(holder=take.holder, now=now, from_day=start)
        if end is not None and until > end:
            _take(group_id, (end, until), [WeekPattern(take.pattern)], now)


def _own(group_id: int, start: date, end: date | None = None) -> list[LedgerTake]:
    within = Q(during__overlap=DateRange(start, end))
    return list(LedgerTake.objects.filter(within, group=group_id, holder__startswith="own:").order_by("pk"))


def _kept(take: LedgerTake) -> Held:
    return Held(f"{take.during.lower}", f"{take.during.upper}", take.pattern)


def _record(principal: Principal, action: str, group_id: int, now: datetime, **data: Any) -> None:
    group = Group.objects.select_related("location").get(pk=group_id)
    record(
        principal=principal,
        action=action,
        subject=group,
        now=now,
        desk_id=group.location.desk_id,
        location=group.location_id,
        **data,
    )
