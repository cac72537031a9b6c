"""Many families registered at once, as a list of a location brings them: as many statements at any number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models, transaction

from kribbe.people.models import Adult, Child, Household, RoleGrant, User
from kribbe.people.services.households import AdultData, ChildData, adult_row, check_dates, child_row
from kribbe.region.models import Desk
from kribbe.trust.audit import record_each
from kribbe.trust.principal import PARENTS, Principal, Role, Scope

Told = tuple[models.Model, int | None, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyData:
    """One family; the first of its adults is the applicant, who signs."""

    adults: Sequence[AdultData]
    children: Sequence[ChildData]


@transaction.atomic
def register_families(
    *,
    desk: Desk,
    families: Sequence[FamilyData],
    language: str,
    principal: Principal,
    today: date,
    now: datetime,
) -> list[list[Child]]:
    """New households whose address isn't known yet; the children of each, in the order given.

    Adults with a mail address can log in with it, unless it is the address of somebody of the staff. Raises
    RefusedError for impossible dates. Without national numbers: who is known by one isn't looked for.
    """
    for child in (child for family in families for child in family.children):
        check_dates(child, today)
    homes = Household.objects.bulk_create(
        Household(desk=desk, language=language, created_at=now) for _ in families
    )
    pairs = list(zip(homes, families, strict=True))
    adults = [
        adult_row(home, adult, is_applicant=place == 0)
        for home, family in pairs
        for place, adult in enumerate(family.adults)
    ]
    accounts = _accounts(adults, language)
    for adult in adults:
        adult.user = accounts.get(adult.email)
    Adult.objects.bulk_create(adults)
    children = [[child_row(home, child) for child in family.children] for home, family in pairs]
    added = Child.objects.bulk_create(child for row in children for child in row)
    _tell(
        "household.registered", ((home, home.pk, {"adults": len(one.adults)}) for home, one in pairs),
        desk, principal, now,
    )  # fmt: skip
    _tell(
        "child.added", ((child.household, child.household_id, {"child": child.pk}) for child in added),
        desk, principal, now,
    )  # fmt: skip
    _grant(adults, principal, now)
    return children


def _accounts(adults: Collection[Adult], language: str) -> dict[str, User]:
    """The accounts by address, made where there are none; without those of the staff."""
    names = {adult.email: f"{adult}" for adult in reversed(list(adults)) if adult.email}
    known = set(User.objects.filter(email__in=names).values_list("email", flat=True))
    new = [_account(email, name, language) for email, name in names.items() if email not in known]
    User.objects.bulk_create(new, ignore_conflicts=True)
    users = list(User.objects.filter(email__in=names))
    EmailAddress.objects.bulk_create(
        (
            EmailAddress(user=user, email=user.email, primary=True, verified=False)
            for user in users
            if user.email not in known
        ),
        ignore_conflicts=True,
    )
    staff = set(
        RoleGrant.objects.filter(user__in=users).exclude(role__in=PARENTS).values_list("user", flat=True)
    )
    return {user.email: user for user in users if user.pk not in staff}


def _account(email: str, name: str, language: str) -> User:
    user = User(email=email, name=name, language=language)
    user.set_unusable_password()
    return user


def _grant(adults: Iterable[Adult], principal: Principal, now: datetime) -> None:
    pairs = dict.fromkeys((adult.user_id, adult.household_id) for adult in adults if adult.user_id)
    grants = RoleGrant.objects.bulk_create(
        RoleGrant(
            user_id=user_id, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household_id, granted_at=now
        )
        for user_id, household_id in pairs
    )
    told = ((grant, grant.scope_id, _granted(grant)) for grant in grants)
    _tell("role.granted", told, None, principal, now)


def _granted(grant: RoleGrant) -> dict[str, Any]:
    return {"role": grant.role, "scope": grant.scope, "scope_id": grant.scope_id, "user": grant.user_id}


def _tell(
    action: str, subjects: Iterable[Told], desk: Desk | None, principal: Principal, now: datetime
) -> None:
    record_each(
        principal=principal, action=action, subjects=subjects, now=now, desk_id=desk.pk if desk else None
    )
