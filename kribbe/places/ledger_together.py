"""Half-days that several places of one child hold between them: each once, under one name."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import Held, difference


def hold_together(*, group_id: int, owner: str, held: Sequence[Held], now: datetime) -> None:
    """Have `owner` hold these stretches of half-days in a group, in place of what it held there.

    Only what is added needs room, so that a stay ends in a group that is overfull too. Raises NoRoomError, and
    changes nothing, where an added half-day has no place left.
    """
    with transaction.atomic():
        ledger.lock_groups([group_id])
        rows = LedgerTake.objects.filter(group=group_id, holder__startswith=f"{owner}:")
        before = [Held(row.during.lower, row.during.upper, WeekPattern(row.pattern)) for row in rows]
        added, freed = difference(held, before), difference(before, held)
        full = [
            cell
            for each in added
            for cell in ledger.full_cells(
                group_id=group_id, start=each.start, end=each.end, pattern=each.pattern
            )
        ]
        if full:
            raise ledger.NoRoomError(full)
        for step, stretches in ((-1, freed), (1, added)):
            for each in stretches:
                ledger.add(group_id, each.start, each.end, each.pattern, step)
        rows.delete()
        LedgerTake.objects.bulk_create(
            LedgerTake(
                group_id=group_id,
                during=(each.start, each.end),
                pattern=each.pattern.mask,
                holder=f"{owner}:{group_id}:{each.start}",
            )
            for each in held
        )
        ledger.refresh_availability([group_id], now=now)
