"""What a family changes of itself reaches its payers: name, address, mail and language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from kribbe.billing.models import Payer
from kribbe.billing.selectors.shares import said_by
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM


@contextmanager
def payers_follow(household_id: int, now: datetime) -> Iterator[None]:
    """Around a change of a household, in its transaction. What the organiser wrote otherwise for a payer stays.

    Documents that were issued say what they said.
    """
    before = _payers(household_id)
    if not before:
        yield
        return
    lock_rows(*((Payer, key) for key in before))
    before = _payers(household_id)
    yield
    after = _payers(household_id)
    for key in before.keys() & after.keys():
        _follow(after[key], before[key], now)


def _payers(household_id: int) -> dict[int, Payer]:
    found = Payer.objects.filter(adult__household=household_id).select_related("adult__household")
    return {each.pk: each for each in found}


def _follow(payer: Payer, before: Payer, now: datetime) -> None:
    """Each part that a payer had as the parent said it is what the parent says now."""
    if payer.adult is None or before.adult is None:
        return
    said = zip(said_by(before.adult), said_by(payer.adult), strict=True)
    changed = {
        name: value
        for part, told in said
        if part != told and all(getattr(payer, name) == value for name, value in part.items())
        for name, value in told.items()
    }
    if not changed:
        return
    for name, value in changed.items():
        setattr(payer, name, value)
    payer.save(update_fields=list(changed))
    record(
        principal=SYSTEM,
        action="billing.payer_follows",
        subject=payer,
        now=now,
        household_id=payer.adult.household_id,
        fields=sorted(changed),
    )
