"""What a family may still change itself of its start and locations, by the terms of its desk."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest
from kribbe.people.access import may
from kribbe.region.selectors import policy_on
from kribbe.rules.dates import last_own_change
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action, roles_for
from kribbe.trust.principal import Principal, Scope


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """How many changes of start and locations are left to a family, and their last day; None is unlimited."""

    left: int | None
    last: date | None

    def are_open(self, today: date) -> bool:
        """Whether the family itself can change them on that day."""
        return self.left != 0 and (self.last is None or today <= self.last)


def own_changes(request: CareRequest, *, today: date) -> OwnChanges:
    """What is left to the family of this request by the terms that hold today."""
    policy = policy_on(request.desk, today)
    left = None if policy.most_changes is None else max(0, policy.most_changes - _made(request))
    return OwnChanges(left, last_own_change(request.wanted_start, policy.change_days))


def is_bound(principal: Principal, request: CareRequest) -> bool:
    """Whether the terms for families bind who acts: parents, and a referrer who acts for them.

    Not whoever may change the households of the desk, even where it is a parent of this one.
    """
    act = Action.HOUSEHOLD_CHANGE
    if may(principal, act, Scope.DESK, request.desk_id) or may(
        principal, act, Scope.REGION, request.desk.region_id
    ):
        return False
    roles = roles_for(act, Scope.HOUSEHOLD)
    return request.household_id in principal.scope_ids(Scope.HOUSEHOLD, *roles)


def check_own_change(principal: Principal, request: CareRequest, *, today: date) -> bool:
    """Whether a change counts as the family's own. RefusedError where its desk leaves it none; staff always can."""
    if not is_bound(principal, request):
        return False
    if not own_changes(request, today=today).are_open(today):
        message = _("Your start and your locations can now be changed only by the desk. Call or write to it.")
        raise RefusedError(message, code="own_changes")
    return True


def _made(request: CareRequest) -> int:
    return AuditEntry.objects.filter(
        subject=CareRequest._meta.label_lower, subject_id=request.pk, data__own=True
    ).count()
