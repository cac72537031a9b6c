"""What a family may still change itself of its start and locations, by the terms of its desk."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest
from kribbe.region.selectors import policy_on
from kribbe.rules.dates import last_own_change
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import PARENTS, Principal, Scope


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


def check_own_change(principal: Principal, request: CareRequest, *, today: date) -> bool:
    """Whether a change counts as the family's own. RefusedError where its desk leaves it none; staff always can."""
    if request.household_id not in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        return False
    if not own_changes(request, today=today).are_open(today):
        message = _("Your start and your locations can now be changed only by the desk. Call or write to it.")
        raise RefusedError(message, code="own_changes")
    return True


def _made(request: CareRequest) -> int:
    return AuditEntry.objects.filter(
        subject=CareRequest._meta.label_lower, subject_id=request.pk, data__own=True
    ).count()
