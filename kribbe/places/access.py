"""The door to a location: its managers, its organiser, and staff of its desk as the table of permissions says.

An outsider and a wrong address get the same answer: not found.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from kribbe.people.access import refusal
from kribbe.places.models import Kind, Location
from kribbe.region.middleware import use_desk
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.web.errors import session_ended

View = Callable[..., HttpResponse]


MOST_BESIDE = 25
"""Locations that a page shows side by side."""

REACH = {
    "pk__in": Scope.LOCATION,
    "organiser__in": Scope.ORGANISER,
    "desk__in": Scope.DESK,
    "desk__region__in": Scope.REGION,
}
"""Which locations a right of each scope reaches."""

SISTERS = ArraySubquery(Location.objects.filter(organiser=OuterRef("organiser")).values("pk"))


def sisters(location: Location) -> frozenset[int]:
    """The locations of the same organiser, itself too; read along where the location came through its door."""
    known = getattr(location, "sisters", None)
    if known is None:
        known = Location.objects.filter(organiser=location.organiser_id).values_list("pk", flat=True)
    return frozenset({location.pk, *known})


def locations_for(principal: Principal, action: Action) -> QuerySet[Location]:
    """The locations at which the principal may do this."""
    reach = {path: ids for path, scope in REACH.items() if (ids := scope_ids(principal, action, scope))}
    known = Location.objects.select_related("desk__municipality", "desk__region", "organiser")
    return known.filter(Q(*reach.items(), _connector=Q.OR)) if reach else known.none()


def has_others(principal: Principal, action: Action, location: Location) -> bool:
    """Whether the principal may do this at other locations too; asks nothing for one who has this one alone."""
    wider = any(scope_ids(principal, action, scope) for scope in (Scope.ORGANISER, Scope.DESK, Scope.REGION))
    if not wider and scope_ids(principal, action, Scope.LOCATION) <= {location.pk}:
        return False
    return locations_for(principal, action).exclude(pk=location.pk).exists()


def beside(principal: Principal, action: Action) -> tuple[list[Location], bool]:
    """The open locations of the reader by name, MOST_BESIDE at most, and whether there are more."""
    own = locations_for(principal, action).filter(active=True).order_by("name_key", "pk")[: MOST_BESIDE + 1]
    return list(own[:MOST_BESIDE]), len(own) > MOST_BESIDE


def location_for(principal: Principal, action: Action, slug: str) -> Location:
    """The location of this address, if the principal may do this there; Http404 otherwise.

    A visitor is asked to log in first, and staff for the second factor.
    """
    found = locations_for(principal, action).filter(slug=slug).annotate(sisters=SISTERS).first()
    if found is None:
        raise refusal(principal)
    return found


def may_at(principal: Principal, action: Action, location: Location) -> bool:
    """Whether the principal may do this at the location."""
    return (
        location.pk in scope_ids(principal, action, Scope.LOCATION)
        or location.organiser_id in scope_ids(principal, action, Scope.ORGANISER)
        or location.desk_id in scope_ids(principal, action, Scope.DESK)
        or location.desk.region_id in scope_ids(principal, action, Scope.REGION)
    )


def at_location(reading: Action, changing: Action | None = None) -> Callable[[View], View]:
    """Opens a page of a location: `reading` is needed to see it, `changing` (default the same) to send a form.

    The view gets the location in place of its slug, and its desk's face. One whose session ran out while
    sending a form is told so, with what was typed still in the page behind.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.principal.is_visitor and request.method == "POST":
                return session_ended(request)
            action = (changing or reading) if request.method == "POST" else reading
            location = location_for(request.principal, action, slug)
            use_desk(request, location.desk)
            request.place = location
            return view(request, location, *args, **kwargs)

        return opened

    return decorate


def place_of(request: HttpRequest) -> Location | None:
    """The location whose page is open, or None."""
    return getattr(request, "place", None)


def place_where(action: Action) -> Callable[[Any], Mapping[str, object] | None]:
    """For the navigation: the address of the location whose page is open, where the reader may do this."""

    def address(request: Any) -> Mapping[str, object] | None:
        location = place_of(request)
        may = location is not None and may_at(request.principal, action, location)
        return {"slug": location.slug} if location is not None and may else None

    return address


def home_where(action: Action) -> Callable[[Any], Mapping[str, object] | None]:
    """As `place_where`, of a family carer's home alone."""
    of_any = place_where(action)

    def address(request: Any) -> Mapping[str, object] | None:
        location = place_of(request)
        return of_any(request) if location is not None and location.kind == Kind.FAMILY else None

    return address
