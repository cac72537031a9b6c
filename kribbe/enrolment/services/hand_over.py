"""Handing a household over to another desk, with its consent; the dates of its requests stay."""

from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.contact.desk_services import mark_rows
from kribbe.contact.models import Thread
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import CareRequest, HandOver, RequestState
from kribbe.enrolment.selectors.hand_over import TAKEN_OVER, document_of, not_looked_at
from kribbe.people.models import Household, RoleGrant
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Principal, Scope

UNDO_TERM = timedelta(days=14)
OTHER_LOOKS = ("proof.see", "household.export", "household.hand_over_file")
"""Deeds that change nothing of a household, beside those that end in ".read"."""


@transaction.atomic
def hand_over(
    *,
    household_id: int,
    from_desk_id: int,
    consent_by: str,
    consented_on: date,
    principal: Principal,
    now: datetime,
    to_desk: Desk | None = None,
    to_name: str = "",
) -> HandOver:
    """Hand a household of `from_desk_id` to a desk of this installation, which takes it over now, or to another one.

    A desk inside gets the household and its open requests, with their dates; outside, a document goes along and
    nothing changes here. Raises RefusedError for the household's own desk, and where it is with another desk by now.
    """
    _lock(household_id)
    household = Household.objects.select_related("desk").get(pk=household_id)
    if household.desk_id != from_desk_id:
        raise RefusedError(_("The family is with another desk by now."), code="gone")
    if to_desk is not None and to_desk.pk == household.desk_id:
        raise RefusedError(_("The family is with this desk already."), field="to_desk")
    made = HandOver.objects.create(
        household=household,
        from_desk=household.desk,
        to_desk=to_desk,
        to_name=to_name,
        consent_by=consent_by,
        consented_on=consented_on,
        made_at=now,
        made_by=principal.user_id,
    )
    made.requests.set(CareRequest.objects.filter(household=household, state=RequestState.OPEN))
    made.document = document_of(made)
    made.save(update_fields=["document"])
    if to_desk is not None:
        _move(made, to_desk)
        _tell(made, made.from_desk, to_desk, now)
    _record("household.handed_over", made, principal, now)
    return made


@transaction.atomic
def undo_hand_over(*, made: HandOver, principal: Principal, now: datetime) -> None:
    """The family stays with its old desk after all.

    Raises RefusedError where it was undone before or is older than UNDO_TERM, where the family has moved on to a
    third desk, and once the receiving desk has changed something.
    """
    _lock(made.household_id)
    standing = HandOver.objects.select_related("household", "from_desk", "to_desk").get(pk=made.pk)
    if standing.undone_at is not None:
        raise RefusedError(_("This was undone already."), code="undone")
    if now - standing.made_at > UNDO_TERM:
        raise RefusedError(
            _("This hand-over is more than two weeks old. Hand the family over again instead."), code="late"
        )
    if standing.to_desk_id is not None:
        if standing.household.desk_id != standing.to_desk_id:
            raise RefusedError(_("The family is with another desk by now."), code="moved-on")
        if _was_worked_on(standing):
            raise RefusedError(
                _("The new desk has worked on this family since. Hand it over again instead."), code="changed"
            )
        _move(standing, standing.from_desk)
        _tell(standing, standing.to_desk, standing.from_desk, now)
    HandOver.objects.filter(pk=standing.pk).update(undone_at=now)
    _record("household.hand_over_undone", standing, principal, now)


def note_looked_at(*, household: Household, principal: Principal, now: datetime) -> None:
    """Its desk opened the family's page: it leaves the list of those taken over."""
    unseen = not_looked_at(household.desk_id).filter(household=household).values_list("pk", flat=True)
    rows = [str(key) for key in unseen]
    if rows:
        mark_rows(desk=household.desk, name=TAKEN_OVER, rows=rows, principal=principal, now=now)


def forget_documents(*, older_than: timedelta, now: datetime) -> int:
    """Delete the documents of hand-overs made longer ago than that, from the history of those rows too.

    That the family was handed over, when, by whom and with whose consent stays. Returns how many.
    """
    due = HandOver.objects.filter(made_at__lt=now - older_than, forgotten_at=None).order_by("pk")
    keys = list(due.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            lock_rows((HandOver, key))
            made = HandOver.objects.select_related("household").get(pk=key)
            made.document, made.forgotten_at = {}, now
            made.save(update_fields=["document", "forgotten_at"])
            history = apps.get_model("enrolment", "HandOverEvent")
            history._default_manager.filter(pgh_obj=key).update(document={})
            _record("household.hand_over_forgotten", made, SYSTEM, now)
    return len(keys)


def _lock(household_id: int) -> None:
    """The household, its requests and its conversations at once, and so in the one order of everybody."""
    requests = CareRequest.objects.filter(household=household_id).values_list("pk", flat=True)
    threads = Thread.objects.filter(household=household_id, with_desk=True).values_list("pk", flat=True)
    lock_rows(
        (Household, household_id),
        *((CareRequest, key) for key in requests),
        *((Thread, key) for key in threads),
    )


def _move(made: HandOver, desk: Desk) -> None:
    """The household, all its open requests (later ones too), and the conversations in which its desk takes part."""
    household_id = made.household_id
    gone_along = Q(state=RequestState.OPEN) | Q(pk__in=made.requests.values("pk"))
    Household.objects.filter(pk=household_id).update(desk=desk)
    CareRequest.objects.filter(gone_along, household=household_id).update(desk=desk)
    Thread.objects.filter(household=household_id, with_desk=True).update(desk=desk)


def _tell(made: HandOver, from_desk: Desk | None, to_desk: Desk, now: datetime) -> None:
    """Tell the family which desk it has now."""
    tell_household(
        household_id=made.household_id,
        kind="enrolment/handed_over",
        context={"from_desk": from_desk, "to_desk": to_desk},
        now=now,
        link=reverse("enrolment:my"),
        about=f"hand_over:{made.pk}",
    )


def _was_worked_on(made: HandOver) -> bool:
    """Whether somebody of the receiving desk changed something since; a look is no change, nor what others did."""
    staff = RoleGrant.objects.filter(scope=Scope.DESK, scope_id=made.to_desk_id or 0)
    since = AuditEntry.objects.filter(
        household_id=made.household_id,
        desk_id=made.to_desk_id,
        at__gt=made.made_at,
        actor_id__in=staff.values("user_id"),
    )
    return since.exclude(action__endswith=".read").exclude(action__in=OTHER_LOOKS).exists()


def _record(action: str, made: HandOver, principal: Principal, now: datetime) -> None:
    """On the trail of both desks; on the household's once."""
    desks = [made.from_desk_id, *([made.to_desk_id] if made.to_desk_id else [])]
    for place, desk_id in enumerate(desks):
        record(
            principal=principal,
            action=action,
            subject=made,
            now=now,
            household_id=made.household_id if place == 0 else None,
            desk_id=desk_id,
            consented_on=str(made.consented_on),
        )
