"""Who runs the locations of a desk: managers of one, organisers of all of theirs."""

from collections.abc import Mapping, Sequence

from django.db.models import F, Q, QuerySet

from kribbe.people.models import RoleGrant
from kribbe.places.models import Location, Organiser
from kribbe.region.models import Desk
from kribbe.trust.principal import Role, Scope


def runners_of(desk: Desk, *, query: str = "") -> "QuerySet[RoleGrant]":
    """The roles over locations and organisers of the desk; `who` is the mail address, `query` a part of a name."""
    locations, organisers = _of(desk, query)
    found = RoleGrant.objects.filter(
        Q(role=Role.MANAGER, scope=Scope.LOCATION, scope_id__in=locations.values("pk"))
        | Q(role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id__in=organisers.values("pk"))
    )
    return found.select_related("user").annotate(who=F("user__email"))


def _of(desk: Desk, query: str) -> "tuple[QuerySet[Location], QuerySet[Organiser]]":
    here = Location.objects.filter(desk=desk)
    organisers = Organiser.objects.filter(pk__in=here.values("organiser"))
    if not query:
        return here, organisers
    return here.filter(name__icontains=query), organisers.filter(name__icontains=query)


def names_of(grants: Sequence[RoleGrant]) -> Mapping[int, str]:
    """What each role is held over, by the key of the grant. Two queries."""
    keys = {
        scope: [each.scope_id for each in grants if each.scope == scope]
        for scope in (Scope.LOCATION, Scope.ORGANISER)
    }
    locations = dict(Location.objects.filter(pk__in=keys[Scope.LOCATION]).values_list("pk", "name"))
    organisers = dict(Organiser.objects.filter(pk__in=keys[Scope.ORGANISER]).values_list("pk", "name"))
    return {
        each.pk: (organisers if each.scope == Scope.ORGANISER else locations).get(each.scope_id, "")
        for each in grants
    }


def without_runner(desk: Desk) -> "QuerySet[Location]":
    """Open locations of the desk for which nobody can log in."""
    return (
        Location.objects.filter(desk=desk, active=True)
        .exclude(pk__in=_held(Role.MANAGER, Scope.LOCATION))
        .exclude(organiser__isnull=False, organiser__in=_held(Role.ORGANISER, Scope.ORGANISER))
    )


def _held(role: Role, scope: Scope) -> "QuerySet[RoleGrant, int]":
    return RoleGrant.objects.filter(role=role, scope=scope).values_list("scope_id", flat=True)
