"""A family comes in: with its first request, or for care after school or of a sick child without one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Adult, Child, Household, RoleGrant, User
from kribbe.people.services import (
    AdultData,
    ChildData,
    add_child,
    link_user,
    open_log_ins,
    register_household,
)
from kribbe.region.models import Desk, Municipality, Region
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.trust.text import sort_key
from kribbe.trust.watching import children_registered


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHousehold:
    """A household that isn't known yet; the first adult is the applicant."""

    adults: Sequence[AdultData]
    street: str
    postcode: str
    city: str
    municipality: Municipality | None = None
    longitude: float | None = None
    latitude: float | None = None


def register_family(
    *,
    principal: Principal,
    desk: Desk,
    household: NewHousehold,
    children: Sequence[ChildData],
    language: str,
    now: datetime,
) -> Household:
    """Register a family without a request for day care, so that it waits nowhere and isn't counted as asking.

    A parent who sends this twice, or from two tabs, gets the household of the first time. Raises RefusedError, and
    registers nothing, for impossible dates, a child given twice, and where somebody acts for a family whose mail
    address belongs to one already.
    """
    with transaction.atomic():
        known = _known_to(principal)
        if known is not None:
            return known
        if principal.is_staff:
            refuse_known_address([adult.email for adult in household.adults], desk.region)
        made = new_household(principal=principal, desk=desk, given=household, language=language, now=now)
        add_children(principal=principal, household=made, children=children, now=now)
    return made


def add_children(
    *, principal: Principal, household: Household, children: Sequence[ChildData], now: datetime
) -> list[Child]:
    """More children of a household, without a request. Raises RefusedError for one that is among its children."""
    with transaction.atomic():
        lock_rows((Household, household.pk))
        made = [_added(principal, household, child, now) for child in children]
        children_registered([child.pk for child in made], now)
    return made


def new_household(
    *,
    principal: Principal,
    desk: Desk,
    given: NewHousehold,
    language: str,
    now: datetime,
    works_in: Municipality | None = None,
) -> Household:
    """The household with its adults, each of whom gets to it by a mailed code; who is logged in, at once."""
    first, *others = given.adults
    household = register_household(
        desk=desk,
        adults=[replace(first, work_municipality=works_in), *others],
        street=given.street,
        postcode=given.postcode,
        city=given.city,
        municipality=given.municipality,
        longitude=given.longitude,
        latitude=given.latitude,
        language=language,
        principal=principal,
        now=now,
    )
    open_log_ins(household=household, principal=principal, now=now)
    if principal.user_id is not None and not principal.is_staff:
        user = User.objects.get(pk=principal.user_id)
        link_user(household=household, user=user, principal=principal, now=now)
    return household


def same_child(given: ChildData) -> dict[str, object]:
    """By what a child that is given is found among those that are known."""
    return {
        "name_key": sort_key(given.last_name, given.first_name),
        "born": given.born,
        "expected": given.expected,
    }


def next_rank(household: Household, given: ChildData) -> int:
    """How manieth this child is of those born, or expected, on its day: twins are 1 and 2."""
    return household.children.filter(born=given.born, expected=given.expected).count() + 1


def refuse_known_address(emails: Sequence[str], region: Region) -> None:
    """Raises RefusedError where a family of the region has one of these mail addresses: it is looked up instead."""
    given = [email.strip().lower() for email in emails if email]
    if Adult.objects.filter(email__in=given, household__desk__region=region).exists():
        raise RefusedError(
            _(
                "A family with this mail address is registered already. At the desk, search for it by the "
                "address, or by name if another desk has it; who helps it asks the desk to note its consent."
            ),
            field="email",
            code="known",
        )


def _known_to(principal: Principal) -> Household | None:
    """The household that this parent got meanwhile. The account stays locked, so that two tabs make one."""
    if principal.user_id is None or principal.is_staff:
        return None
    lock_rows((User, principal.user_id))
    held = RoleGrant.objects.filter(user=principal.user_id, scope=Scope.HOUSEHOLD, role__in=PARENTS)
    return Household.objects.filter(pk__in=held.values("scope_id")).order_by("pk").first()


def _added(principal: Principal, household: Household, child: ChildData, now: datetime) -> Child:
    if household.children.filter(**same_child(child)).exists():
        raise RefusedError(
            gettext("%(name)s is among your children already.") % {"name": child.first_name},
            field="first_name_0",
            code="known-child",
        )
    return add_child(
        household=household,
        child=replace(child, birth_rank=next_rank(household, child)),
        principal=principal,
        today=localtime(now).date(),
        now=now,
    )
