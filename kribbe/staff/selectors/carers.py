"""The carers of a location."""

from datetime import date

from django.db.models import Q, QuerySet

from kribbe.people.models import RoleGrant, User
from kribbe.places.models import Kind, Location
from kribbe.staff.models import Carer, Leave, Shift
from kribbe.trust.principal import Role, Scope


def carers_of(location: Location) -> QuerySet[Carer]:
    """Everybody who works or worked at a location, its own and its organiser's, by name."""
    shared = Carer.locations.through.objects.filter(location=location).values("carer")
    return Carer.objects.filter(Q(location=location) | Q(pk__in=shared)).order_by("name", "pk")


def carers_on(location: Location, day: date) -> QuerySet[Carer]:
    """Who works at a location on a day, by name."""
    return carers_of(location).filter(during__contains=day)


def counts_herself(location: Location, day: date) -> bool:
    """Whether somebody who minds children at home is there though nobody is planned: she lives there.

    A roster of the day says who is there instead, and whoever is away on it isn't. Three queries at most.
    """
    if location.kind != Kind.FAMILY or Shift.objects.filter(location=location, day=day).exists():
        return False
    away = Leave.objects.filter(during__contains=day).values("carer")
    own = carers_on(location, day)
    return own.exclude(pk__in=away).exists() or not own.exists()


def accounts_at(location: Location) -> QuerySet[User]:
    """The accounts that may stand for a carer here: those with a role at the location or its organiser."""
    grants = RoleGrant.objects.filter(
        Q(role=Role.MANAGER, scope=Scope.LOCATION, scope_id=location.pk)
        | Q(role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=location.organiser_id or 0)
    )
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name", "email")
