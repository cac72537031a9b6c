"""The carers of a location."""

from datetime import date

from django.db.models import Q, QuerySet

from kribbe.people.models import RoleGrant, User
from kribbe.places.models import Location
from kribbe.staff.models import Carer
from kribbe.trust.principal import Role, Scope


def carers_of(location: Location) -> QuerySet[Carer]:
    """Everybody who works or worked at a location, its own and its organiser's, by name."""
    shared = Carer.locations.through.objects.filter(location=location).values("carer")
    return Carer.objects.filter(Q(location=location) | Q(pk__in=shared)).order_by("name", "pk")


def carers_on(location: Location, day: date) -> QuerySet[Carer]:
    """Who works at a location on a day, by name."""
    return carers_of(location).filter(during__contains=day)


def accounts_at(location: Location) -> QuerySet[User]:
    """The accounts that may stand for a carer here: those with a role at the location or its organiser."""
    grants = RoleGrant.objects.filter(
        Q(role=Role.MANAGER, scope=Scope.LOCATION, scope_id=location.pk)
        | Q(role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=location.organiser_id or 0)
    )
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name", "email")
