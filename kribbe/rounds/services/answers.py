"""Locations confirm or refuse what a round proposes; the desk sends what they confirmed as offers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.services.make_offer import Excuse, Onward, ahead_that_fit, make_offer
from kribbe.places.models import Location
from kribbe.region.models import Desk, PassOverReason
from kribbe.rounds.models import Proposal, ProposalState, Round, RoundState
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

ROUND_REASON = "round"
"""The desk's reason for passing over who stands ahead and got another place in the round, or begins later."""


def confirm(*, principal: Principal, location: Location, proposal_ids: Collection[int], now: datetime) -> int:
    """The location confirms these proposals; gives how many were still to be confirmed."""
    with transaction.atomic():
        rows = _locked(location, proposal_ids)
        todo = [row for row in rows if row.state == ProposalState.PROPOSED]
        for row in todo:
            _answer(row, ProposalState.CONFIRMED, principal, now)
        _record(principal, "round.confirm", location, now, proposals=[row.pk for row in todo])
    return len(todo)


def refuse(
    *,
    principal: Principal,
    location: Location,
    proposal_id: int,
    reason_code: str,
    note: str,
    now: datetime,
) -> None:
    """The location refuses a proposal, with a reason of the desk's list. Raises RefusedError without one."""
    with transaction.atomic():
        (row,) = _locked(location, [proposal_id])
        if row.state not in {ProposalState.PROPOSED, ProposalState.CONFIRMED}:
            raise RefusedError(_("This proposal is no longer open."), code="answered")
        reason = PassOverReason.objects.filter(
            desk=location.desk, active=True, refusal=False, code=reason_code
        ).first()
        if reason is None or reason.code == ROUND_REASON:
            raise RefusedError(_("Give a reason of the desk's list."), field="reason", code="reason")
        row.reason, row.note = reason, note.strip()[:500]
        _answer(row, ProposalState.REFUSED, principal, now)
        _record(principal, "round.refuse", location, now, proposal=row.pk, reason=reason_code)


def take_answer_back(*, principal: Principal, location: Location, proposal_id: int, now: datetime) -> None:
    """The location hasn't answered after all.

    Where the half-days of a refused proposal were given anew meanwhile, the next calculation decides.
    """
    with transaction.atomic():
        (row,) = _locked(location, [proposal_id])
        if row.state not in {ProposalState.CONFIRMED, ProposalState.REFUSED}:
            raise RefusedError(_("There is no answer to take back."), code="not_answered")
        given_anew = (
            row.state == ProposalState.REFUSED
            and row.round.calculations.filter(at__gte=row.answered_at, number__gt=1).exists()
        )
        row.state = ProposalState.DROPPED if given_anew else ProposalState.PROPOSED
        row.reason, row.note, row.answered_at, row.answered_by = None, "", None, None
        row.save()
        _record(principal, "round.answer_undone", location, now, proposal=row.pk)


def send_offers(*, principal: Principal, round_id: int, now: datetime) -> tuple[int, int]:
    """Make offers of what is confirmed, and close the round; gives how many went out and how many couldn't.

    Each offer holds its half-days or isn't made: nothing is promised twice. What couldn't be offered says why and
    can be tried again. Proposals that no location answered fall away.
    """
    with transaction.atomic():
        lock_rows((Round, round_id))
        found = Round.objects.select_related("desk").get(pk=round_id)
        if found.state not in {RoundState.PREVIEW, RoundState.DONE}:
            raise RefusedError(_("This round has nothing to send."), code="closed")
        if not found.proposals.filter(state=ProposalState.CONFIRMED).exists():
            if found.state == RoundState.DONE:
                raise RefusedError(_("All offers of this round have gone out already."), code="sent")
            raise RefusedError(_("No location confirmed anything yet."), code="nothing")
        if found.state == RoundState.PREVIEW:
            found.proposals.filter(state=ProposalState.PROPOSED).update(state=ProposalState.DROPPED)
            found.state, found.closed_at = RoundState.DONE, now
            found.save(update_fields=["state", "closed_at"])
        record(principal=principal, action="round.send", subject=found, now=now, desk_id=found.desk_id)
    ensure_reason(found.desk)
    confirmed = list(
        found.proposals.filter(state=ProposalState.CONFIRMED)
        .select_related("group__location__desk", "preference")
        .order_by("group", "start", "pk")
    )
    outcomes = [_send(row, principal, now) for row in confirmed]
    return outcomes.count(True), outcomes.count(False)


def ensure_reason(desk: Desk) -> PassOverReason:
    """The reason that the offers of a round give for those who stand ahead without one."""
    words = {
        "text_nl": "Gegeven in een ronde: dit kind kreeg een plaats die hoger staat, of begint later",
        "text_en": "Given in a round: this child got a place ranked higher, or begins later",
        "text_fr": "Donnée dans un tour : cet enfant a une place préférée, ou commence plus tard",
        "text_de": "In einer Runde vergeben: Dieses Kind bekam einen lieberen Platz oder beginnt später",
    }
    return PassOverReason.objects.get_or_create(desk=desk, code=ROUND_REASON, defaults=words)[0]


def _send(row: Proposal, principal: Principal, now: datetime) -> bool | None:
    """Whether the offer went out; None where somebody else sent it at the same moment."""
    pattern = WeekPattern(row.pattern)
    start = max(row.start, localtime(now).date())
    try:
        with transaction.atomic():
            made = make_offer(
                principal=principal,
                preference_id=row.preference_id,
                group_id=row.group_id,
                start=start,
                pattern=pattern,
                now=now,
                excuses=_excuses(row, pattern, now),
                onward=_onward(row),
            )
            row.offer, row.state, row.trouble = made, ProposalState.OFFERED, ""
            row.save(update_fields=["offer", "state", "trouble"])
    except RefusedError as refused:
        waiting = Proposal.objects.filter(pk=row.pk, state=ProposalState.CONFIRMED)
        return False if waiting.update(trouble=str(refused.message)[:300]) else None
    return True


def _onward(row: Proposal) -> Onward | None:
    """The group in which the child goes on, where the round moves it."""
    if row.onward_id is None or row.onward_from is None:
        return None
    return Onward(row.onward_id, row.onward_from)


def _excuses(row: Proposal, pattern: WeekPattern, now: datetime) -> dict[int, Excuse]:
    """Why those who stand ahead and fit don't get it: the location's own reason, or what the round gave them."""
    refused = {
        each.preference_id: Excuse(each.reason.code, each.note)
        for each in Proposal.objects.filter(
            round=row.round, state=ProposalState.REFUSED, reason__isnull=False
        ).select_related("reason")
        if each.reason is not None
    }
    ahead = ahead_that_fit(preference_id=row.preference_id, group=row.group, pattern=pattern, now=now)
    return {line.preference_id: refused.get(line.preference_id, Excuse(ROUND_REASON)) for line in ahead}


def _locked(location: Location, proposal_ids: Collection[int]) -> list[Proposal]:
    """Proposals of a round that still runs, at this location, locked with their round."""
    rounds = Proposal.objects.filter(pk__in=proposal_ids, group__location=location).values_list(
        "round", flat=True
    )
    lock_rows(*((Round, key) for key in set(rounds)), *((Proposal, key) for key in proposal_ids))
    rows = list(
        Proposal.objects.select_related("round").filter(
            pk__in=proposal_ids, group__location=location, round__state=RoundState.PREVIEW
        )
    )
    if len(rows) < len(set(proposal_ids)):
        raise RefusedError(_("The round has gone on meanwhile. Look at the list again."), code="closed")
    return rows


def _answer(row: Proposal, state: ProposalState, principal: Principal, now: datetime) -> None:
    row.state, row.answered_at, row.answered_by = state, now, principal.user_id
    row.save(update_fields=["state", "answered_at", "answered_by", "reason", "note"])


def _record(principal: Principal, action: str, location: Location, now: datetime, **data: Any) -> None:
    record(principal=principal, action=action, subject=location, now=now, desk_id=location.desk_id, **data)
