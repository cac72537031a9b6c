"""Reading people: principals, accounts, households."""

from collections.abc import Iterable
from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import Prefetch, QuerySet

from kribbe.people.models import (
    Adult,
    Child,
    Consent,
    Household,
    HouseholdFact,
    ReferrerOrganisation,
    RoleGrant,
    User,
)
from kribbe.region.models import Desk, Municipality
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, SYSTEM, Grant, Principal, Role, Scope


def principal_of(user: User, *, verified: bool, today: date) -> Principal:
    """The principal behind an account. A referrer acts for families whose consent stands today, and no further."""
    grants = tuple(
        Grant(Role(role), Scope(scope), scope_id)
        for role, scope, scope_id in RoleGrant.objects.filter(user=user).values_list(
            "role", "scope", "scope_id"
        )
    )
    grants += _families(Principal(grants=grants).scope_ids(Scope.REFERRER, Role.REFERRER), today)
    return Principal(user_id=user.pk, name=user.name or user.email, grants=grants, verified=verified)


def hand_of(user_id: int | None) -> Principal:
    """By whose hand a job writes what somebody asked for; the system's own where nobody did."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return Principal(user_id=user.pk, name=user.name or user.email) if user else SYSTEM


def _families(organisation_ids: Iterable[int], today: date) -> tuple[Grant, ...]:
    if not organisation_ids:
        return ()
    standing = standing_consents(today).filter(organisation__in=organisation_ids)
    return tuple(
        Grant(
            Role.REFERRER,
            Scope.HOUSEHOLD,
            consent.household_id,
            frozenset({Action.HOUSEHOLD_READ, *consent.what}),
        )
        for consent in standing
    )


def functions_of(user_ids: Iterable[int]) -> dict[int, tuple[Role, str]]:
    """In what function each of them acts: the role, and the desk or organisation where it is held ("" elsewhere)."""
    held = RoleGrant.objects.filter(user__in=set(user_ids)).exclude(role__in=PARENTS).order_by("-pk")
    grants = list(held.values_list("user_id", "role", "scope", "scope_id"))
    places = {
        Scope.DESK: {
            desk.pk: desk.shown_name
            for desk in Desk.objects.filter(pk__in=_of(grants, Scope.DESK)).select_related("municipality")
        },
        Scope.REFERRER: dict(
            ReferrerOrganisation.objects.filter(pk__in=_of(grants, Scope.REFERRER)).values_list("pk", "name")
        ),
    }
    return {
        user_id: (Role(role), places.get(Scope(scope), {}).get(scope_id, ""))
        for user_id, role, scope, scope_id in grants
    }


def _of(grants: Iterable[tuple[int, str, str, int]], wanted: Scope) -> set[int]:
    return {scope_id for _user, _role, scope, scope_id in grants if scope == wanted}


def standing_consents(today: date) -> "QuerySet[Consent]":
    """Consents that hold today for organisations that still act."""
    return Consent.objects.filter(withdrawn_at=None, during__contains=today, organisation__active=True)


def consents_of(household: Household) -> list[Consent]:
    """What a household agreed to, with organisations, the latest first."""
    return list(household.consents.select_related("organisation").order_by("-given_at", "-pk"))


def user_by_email(email: str) -> User | None:
    """The account with this address, or None."""
    return User.objects.filter(email=email.strip().lower()).first()


def holds_staff_role(user: User) -> bool:
    """Whether the account holds any role but a parent's."""
    return RoleGrant.objects.filter(user=user).exclude(role__in=PARENTS).exists()


def household_with_adults(household_id: int) -> Household:
    """A household with its desk and its adults, the applicant first."""
    return (
        Household.objects.select_related("desk__municipality")
        .prefetch_related(adults_first())
        .get(pk=household_id)
    )


def adults_first(path: str = "") -> "Prefetch[str, QuerySet[Adult], str]":
    """The adults of households found at `path`, the applicant first, to prefetch."""
    return Prefetch(f"{path}adults", queryset=Adult.objects.order_by("-is_applicant", "pk"))


def location_addresses(*, location_id: int, organiser_id: int | None) -> list[str]:
    """Mail addresses of those who manage a location, or where nobody does of its organiser's people."""
    managers = _addresses(Role.MANAGER, Scope.LOCATION, location_id)
    if managers or organiser_id is None:
        return managers
    return _addresses(Role.ORGANISER, Scope.ORGANISER, organiser_id)


def organiser_addresses(organiser_id: int | None) -> list[str]:
    """Mail addresses of an organiser's own people."""
    return [] if organiser_id is None else _addresses(Role.ORGANISER, Scope.ORGANISER, organiser_id)


def _addresses(role: Role, scope: Scope, scope_id: int) -> list[str]:
    holders = RoleGrant.objects.filter(role=role, scope=scope, scope_id=scope_id, user__is_active=True)
    return list(holders.order_by("user__email").values_list("user__email", flat=True))


def children_of(household: Household) -> QuerySet[Child]:
    """The household's children, eldest first, the expected last."""
    return household.children.order_by("born", "expected", "birth_rank", "pk")


def facts_of(household: Household) -> QuerySet[HouseholdFact]:
    """What the household told of itself, by kind, the oldest first."""
    return household.facts.order_by("kind", "during")


def municipality_of(postcode: str) -> Municipality | None:
    """The municipality that uses this postcode, or None."""
    return Municipality.objects.filter(postcodes__contains=[postcode.strip()]).order_by("pk").first()


def grants_over(household: Household) -> "QuerySet[RoleGrant]":
    """Who acts for the household with an account of their own, the first to get there first."""
    held = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household.pk, role__in=PARENTS)
    return held.select_related("user").order_by("granted_at", "pk")


def used_addresses(users: Iterable[User]) -> set[int]:
    """The ids of those who proved their mail address, by logging in with it."""
    proven = EmailAddress.objects.filter(user__in=list(users), verified=True)
    return set(proven.values_list("user", flat=True))


def grants_at(desk: Desk) -> list[RoleGrant]:
    """Roles held over the desk itself or its region, with their accounts."""
    over_desk = RoleGrant.objects.filter(scope=Scope.DESK, scope_id=desk.pk)
    over_region = RoleGrant.objects.filter(scope=Scope.REGION, scope_id=desk.region_id)
    return list((over_desk | over_region).select_related("user").order_by("role", "user__email"))


def looks_at(household: Household, *, actions: Iterable[str], limit: int) -> list[AuditEntry]:
    """The latest audit rows of the household with one of these actions, newest first."""
    return list(
        AuditEntry.objects.filter(household_id=household.pk, action__in=actions).order_by("-at", "-pk")[
            :limit
        ]
    )
