"""The half-day ledger for many holders at once: the weeks of a group are counted once, however many take."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min
from django.utils.timezone import localtime

from kribbe.places.ledger import lock_groups, onward, recount
from kribbe.places.models import LedgerTake, LedgerWeek
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern


@dataclass(frozen=True, slots=True)
class Taking:
    """What a holder is to have in a group, from `start` until before `end`."""

    group_id: int
    start: date
    end: date | None
    pattern: WeekPattern
    holder: str


def take_many(*, takings: Collection[Taking], now: datetime) -> None:
    """As `take`, for many holders; the weeks of each group are counted once.

    For who judged under the lock that there is room: where there is none the trigger raises IntegrityError.
    """
    with transaction.atomic():
        lock_groups({taking.group_id for taking in takings})
        made = LedgerTake.objects.bulk_create(
            LedgerTake(
                group_id=taking.group_id,
                during=DateRange(taking.start, taking.end),
                pattern=taking.pattern.mask,
                holder=taking.holder,
            )
            for taking in takings
        )
        _count_again(made, now)


def release_many(*, holders: Collection[str], now: datetime) -> None:
    """Give back all that these holders have, in a next group too; the weeks of each group are counted once."""
    with transaction.atomic():
        held = LedgerTake.objects.filter(holder__in=[*holders, *map(onward, holders)])
        lock_groups(held.values_list("group", flat=True).distinct())
        rows = list(held)
        held.delete()
        _count_again(rows, now)


def _count_again(rows: Collection[LedgerTake], now: datetime) -> None:
    """Count the laid weeks of these takes, from the first on which one of a group begins."""
    first: dict[int, date] = {}
    for row in rows:
        first[row.group_id] = min(row.during.lower, first.get(row.group_id, row.during.lower))
    laid = LedgerWeek.objects.filter(group__in=first).values_list("group").annotate(first=Min("monday"))
    for group_id, monday in laid.order_by("group"):
        since = max(monday, monday_of(first[group_id]))
        recount(group_ids=[group_id], today=localtime(now).date(), now=now, since=since)
