"""Who acts for a household that isn't theirs, and the page of that household where they come from."""

from django.urls import reverse

from kribbe.people.models import Household
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import PARENTS, Principal, Scope


def page_of(household: Household, principal: Principal) -> str:
    """Address of the household's page for a clerk or a referrer; "" for its own parents."""
    if household.pk in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        return ""
    if household.pk in scope_ids(principal, Action.HOUSEHOLD_READ, Scope.HOUSEHOLD):
        return reverse("enrolment:family", args=[household.reference])
    return reverse("enrolment:household", args=[household.desk.slug, household.reference])
