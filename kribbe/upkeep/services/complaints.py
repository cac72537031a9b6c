"""A household complains about a decision; the desk looks into it and answers within its term."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import CareRequest, PassOver, Preference
from kribbe.region.selectors import policy_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.upkeep.models import Complaint, ComplaintKind, ComplaintState, Outcome

MOST_OPEN = 5
"""Open complaints about one request at most: more is a slip of the finger."""

RUNNING = (ComplaintState.RECEIVED, ComplaintState.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The decision: a refused wish, a pass-over, or the position at a location; each may be None."""

    kind: ComplaintKind
    preference: Preference | None = None
    pass_over: PassOver | None = None


def complain(*, principal: Principal, request_id: int, about: About, text: str, now: datetime) -> Complaint:
    """Lay down a complaint. RefusedError without words, or with too many open already."""
    if not text.strip():
        raise RefusedError(_("Say what isn't right."), field="text")
    with transaction.atomic():
        lock_rows((CareRequest, request_id))
        request = CareRequest.objects.select_related("desk", "child").get(pk=request_id)
        if request.complaints.filter(state__in=RUNNING).count() >= MOST_OPEN:
            raise RefusedError(_("You have several open complaints about this request. Wait for an answer."))
        today = localtime(now).date()
        made = Complaint.objects.create(
            desk=request.desk,
            household_id=request.household_id,
            request=request,
            preference=about.preference,
            pass_over=about.pass_over,
            kind=about.kind,
            text=text.strip(),
            made_at=now,
            made_by=principal.user_id,
            answer_by=today + timedelta(days=policy_on(request.desk, today).complaint_days),
        )
        _record(principal, "complaint.make", made, now)
        _tell(made, "complaint_received", now)
    return made


def take_up(*, principal: Principal, complaint_id: int, now: datetime) -> None:
    """A clerk looks into it."""
    with transaction.atomic():
        found = _running(complaint_id)
        found.state, found.taken_by = ComplaintState.TAKEN, principal.user_id
        found.save(update_fields=["state", "taken_by"])
        _record(principal, "complaint.take", found, now)


def answer(*, principal: Principal, complaint_id: int, outcome: Outcome, text: str, now: datetime) -> None:
    """The desk's answer, which the family reads. It can't be changed: a new complaint follows on a wrong one."""
    if not text.strip():
        raise RefusedError(_("Write an answer; the family reads it."), field="answer")
    with transaction.atomic():
        found = _running(complaint_id)
        found.state, found.outcome, found.answer = ComplaintState.ANSWERED, outcome, text.strip()
        found.closed_at, found.closed_by = now, principal.user_id
        found.save(update_fields=["state", "outcome", "answer", "closed_at", "closed_by"])
        _record(principal, "complaint.answer", found, now, outcome=outcome.value)
        _tell(found, "complaint_answered", now)


def withdraw(*, principal: Principal, complaint_id: int, now: datetime) -> None:
    """The household takes its complaint back."""
    with transaction.atomic():
        found = _running(complaint_id)
        found.state, found.closed_at, found.closed_by = ComplaintState.WITHDRAWN, now, principal.user_id
        found.save(update_fields=["state", "closed_at", "closed_by"])
        _record(principal, "complaint.withdraw", found, now)
        _tell(found, "complaint_withdrawn", now)


def _running(key: int) -> Complaint:
    lock_rows((Complaint, key))
    found = Complaint.objects.select_related("desk", "request__child").get(pk=key)
    if found.state not in RUNNING:
        raise RefusedError(_("This complaint is closed."), code="closed")
    return found


def _record(principal: Principal, action: str, found: Complaint, now: datetime, **data: str) -> None:
    record(
        principal=principal,
        action=action,
        subject=found,
        now=now,
        household_id=found.household_id,
        desk_id=found.desk_id,
        kind=found.kind,
        **data,
    )


def _tell(found: Complaint, kind: str, now: datetime) -> None:
    tell_household(
        household_id=found.household_id,
        kind=f"upkeep/{kind}",
        context={"complaint": found, "child": found.request.child},
        now=now,
        link=reverse("upkeep:complaint", args=[found.reference]),
        about=f"complaint:{found.pk}",
    )
