"""What a clerk says of a pair: two children, or, across desks, the same one: the other desk decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.upkeep.models import Pair, PairState

UNDECIDED = (PairState.OPEN, PairState.PROPOSED)


def not_the_same(*, principal: Principal, pair_id: int, desk: Desk, now: datetime) -> None:
    """They are two children: never proposed again."""
    with transaction.atomic():
        pair = _locked(pair_id)
        pair.state, pair.decided_at, pair.decided_by = PairState.DIFFERENT, now, principal.user_id
        pair.save(update_fields=["state", "decided_at", "decided_by"])
        _record(principal, "pair.different", pair, desk, now)


def look_again(*, principal: Principal, pair_id: int, desk: Desk, now: datetime) -> None:
    """Take "two children" back."""
    with transaction.atomic():
        lock_rows((Pair, pair_id))
        pair = Pair.objects.get(pk=pair_id)
        if pair.state != PairState.DIFFERENT:
            raise RefusedError(_("This pair wasn't set apart."), code="not_apart")
        pair.state, pair.decided_at, pair.decided_by = PairState.OPEN, None, None
        pair.proposed_by, pair.proposed_keep = None, None
        pair.save(update_fields=["state", "decided_at", "decided_by", "proposed_by", "proposed_keep"])
        _record(principal, "pair.look_again", pair, desk, now)


def propose(*, principal: Principal, pair_id: int, keep_id: int, desk: Desk, now: datetime) -> None:
    """Say to the other desk that both are the same child, and which registration to keep."""
    with transaction.atomic():
        pair = _locked(pair_id)
        pair.state, pair.proposed_by, pair.proposed_keep_id = PairState.PROPOSED, desk, keep_id
        pair.save(update_fields=["state", "proposed_by", "proposed_keep"])
        _record(principal, "pair.propose", pair, desk, now)


def _locked(pair_id: int) -> Pair:
    lock_rows((Pair, pair_id))
    pair = Pair.objects.get(pk=pair_id)
    if pair.state not in UNDECIDED:
        raise RefusedError(_("This pair was decided already."), code="decided")
    return pair


def _record(principal: Principal, action: str, pair: Pair, desk: Desk, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=pair,
        now=now,
        desk_id=desk.pk,
        children=[pair.first_id, pair.second_id],
    )
