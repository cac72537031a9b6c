"""Reading people: principals, accounts, households."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from kribbe.people.models import Adult, Child, Household, HouseholdFact, RoleGrant, User
from kribbe.region.models import Desk, Municipality
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import PARENTS, Grant, Principal, Role, Scope


def principal_of(user: User, *, verified: bool) -> Principal:
    """The principal behind an account."""
    grants = tuple(
        Grant(Role(role), Scope(scope), scope_id)
        for role, scope, scope_id in RoleGrant.objects.filter(user=user).values_list(
            "role", "scope", "scope_id"
        )
    )
    return Principal(user_id=user.pk, name=user.name or user.email, grants=grants, verified=verified)


def user_by_email(email: str) -> User | None:
    """The account with this address, or None."""
    return User.objects.filter(email=email.strip().lower()).first()


def holds_staff_role(user: User) -> bool:
    """Whether the account holds any role but a parent's."""
    return RoleGrant.objects.filter(user=user).exclude(role__in=PARENTS).exists()


def household_with_adults(household_id: int) -> Household:
    """A household with its desk and its adults, the applicant first."""
    adults = Adult.objects.order_by("-is_applicant", "pk")
    return (
        Household.objects.select_related("desk")
        .prefetch_related(Prefetch("adults", queryset=adults))
        .get(pk=household_id)
    )


def location_addresses(*, location_id: int, organiser_id: int | None) -> list[str]:
    """Mail addresses of those who manage a location, or where nobody does of its organiser's people."""
    managers = _addresses(Role.MANAGER, Scope.LOCATION, location_id)
    if managers or organiser_id is None:
        return managers
    return _addresses(Role.ORGANISER, Scope.ORGANISER, organiser_id)


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
