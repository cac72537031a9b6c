"""A proof is asked, sent, looked at, decided on, and forgotten."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import ProofRequest, ProofState
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.trust import files
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import PARENTS, Principal, Scope

KEPT_UNDECIDED = timedelta(days=90)
KEPT_DECIDED = timedelta(days=30)
"""How long a file stays after it was sent, and after it was decided on."""

LONGEST_TERM = timedelta(days=120)
OPEN = (ProofState.ASKED, ProofState.SENT, ProofState.REJECTED)


def ask_proof(
    *,
    principal: Principal,
    household: Household,
    location: Location | None,
    what: str,
    why: str,
    until: date,
    now: datetime,
) -> ProofRequest:
    """Ask a household for a proof, and tell it. Raises RefusedError on a day that is over or too far."""
    today = localtime(now).date()
    if not today < until <= today + LONGEST_TERM:
        raise RefusedError(_("Choose a day from tomorrow on, within four months."), field="until")
    with transaction.atomic():
        lock_rows((Household, household.pk))
        proof = ProofRequest.objects.create(
            household=household,
            location=location,
            what=what.strip(),
            why=why.strip(),
            until=until,
            asked_at=now,
            asked_by=principal.user_id,
        )
        _record(principal, "proof.ask", proof, now)
        _tell(proof, "proof_asked", now)
    return proof


def withdraw_proof(*, principal: Principal, proof_id: int, now: datetime) -> None:
    """The proof isn't needed after all; what was sent is deleted at once."""
    with transaction.atomic():
        proof = _locked(proof_id)
        proof.state = ProofState.WITHDRAWN
        _forget(proof, now)
        proof.save()
        _record(principal, "proof.withdraw", proof, now)
        _tell(proof, "proof_withdrawn", now)


def send_proof(*, principal: Principal, proof_id: int, file: StoredFile, now: datetime) -> None:
    """The household sends a file; another one that nobody decided on is replaced."""
    with transaction.atomic():
        proof = _locked(proof_id)
        _forget(proof, now)
        proof.state, proof.file, proof.sent_at = ProofState.SENT, files.claim(file), now
        proof.seen_at, proof.seen_by, proof.decided_at, proof.deleted_at = None, "", None, None
        proof.delete_on = localtime(now).date() + KEPT_UNDECIDED
        proof.save()
        _record(principal, "proof.send", proof, now)


def see_proof(*, principal: Principal, proof_id: int, now: datetime) -> None:
    """Note the first look at what was sent."""
    with transaction.atomic():
        lock_rows((ProofRequest, proof_id))
        proof = ProofRequest.objects.select_related("household").get(pk=proof_id)
        if proof.state != ProofState.SENT or proof.seen_at is not None:
            return
        proof.seen_at, proof.seen_by = now, principal.name
        proof.save(update_fields=["seen_at", "seen_by"])
        _record(principal, "proof.see", proof, now)


def note_reading(*, principal: Principal, proof: ProofRequest, now: datetime) -> None:
    """Write down that somebody other than the parents opened the file."""
    if proof.household_id not in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        _record(principal, "proof.read", proof, now)


def decide_proof(
    *, principal: Principal, proof_id: int, is_enough: bool, note: str, now: datetime
) -> ProofRequest:
    """Accept what was sent, or say what it lacks. RefusedError on a no without a note, or with nothing sent."""
    with transaction.atomic():
        proof = _locked(proof_id)
        if proof.state != ProofState.SENT:
            raise RefusedError(_("Nothing new was sent. Refresh the page."), code="nothing")
        if not is_enough and not note.strip():
            raise RefusedError(_("Say what is missing, so that the family can send it."), field="note")
        proof.state = ProofState.ACCEPTED if is_enough else ProofState.REJECTED
        proof.seen_at, proof.seen_by = proof.seen_at or now, proof.seen_by or principal.name
        proof.decided_at, proof.note = now, note.strip()
        proof.delete_on = localtime(now).date() + KEPT_DECIDED
        proof.save()
        _record(principal, f"proof.{proof.state}", proof, now)
        _tell(proof, f"proof_{proof.state}", now)
    return proof


def forget_proofs(*, now: datetime) -> int:
    """Delete the files whose time is over; that they were seen, and when, stays. Returns how many."""
    due = ProofRequest.objects.filter(delete_on__lte=localtime(now).date(), file__isnull=False)
    count = 0
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            lock_rows((ProofRequest, key))
            proof = due.select_related("file").filter(pk=key).first()
            if proof is None:
                continue
            _forget(proof, now)
            proof.save(update_fields=["file", "deleted_at"])
            count += 1
    return count


def _locked(proof_id: int) -> ProofRequest:
    lock_rows((ProofRequest, proof_id))
    proof = ProofRequest.objects.select_related("household", "location__desk", "file").get(pk=proof_id)
    if proof.state not in OPEN:
        raise RefusedError(_("This is closed already. Refresh the page."), code="closed")
    return proof


def _forget(proof: ProofRequest, now: datetime) -> None:
    file = proof.file
    if file is not None:
        proof.file, proof.deleted_at = None, now
        ProofRequest.objects.filter(pk=proof.pk).update(file=None)
        files.remove(file)


def _tell(proof: ProofRequest, kind: str, now: datetime) -> None:
    tell_household(
        household_id=proof.household_id,
        kind=f"enrolment/{kind}",
        context={"proof": proof, "asker": proof.location or proof.household.desk},
        now=now,
        link=reverse("enrolment:my_proof", args=[proof.reference]),
        about=f"proof:{proof.pk}",
    )


def _record(principal: Principal, action: str, proof: ProofRequest, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=proof,
        now=now,
        household_id=proof.household_id,
        desk_id=proof.household.desk_id,
        location=proof.location_id,
    )
