"""The doors to clubs and to what families asked there. Not there and not yours give the same answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from kribbe.outofschool.models import Club
from kribbe.people.access import household_for, refusal
from kribbe.region.middleware import use_desk
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.web.errors import session_ended

View = Callable[..., HttpResponse]


def clubs_for(principal: Principal, action: Action) -> QuerySet[Club]:
    """The clubs at which the principal may do this: its organiser, the managers of its location, its desk."""
    return Club.objects.select_related("desk__municipality", "desk__region", "organiser").filter(
        Q(organiser__in=scope_ids(principal, action, Scope.ORGANISER))
        | Q(location__in=scope_ids(principal, action, Scope.LOCATION))
        | Q(desk__in=scope_ids(principal, action, Scope.DESK))
        | Q(desk__region__in=scope_ids(principal, action, Scope.REGION))
    )


def at_club(reading: Action, changing: Action) -> Callable[[View], View]:
    """Opens a page of a club's staff: `reading` to see it, `changing` to send a form. The view gets the club."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: Any, desk: str, club: str, **parts: Any) -> HttpResponse:
            if request.principal.is_visitor and request.method == "POST":
                return session_ended(request)
            action = changing if request.method == "POST" else reading
            found = clubs_for(request.principal, action).filter(desk__slug=desk, slug=club).first()
            if found is None:
                raise refusal(request.principal)
            use_desk(request, found.desk)
            return view(request, found, **parts)

        return opened

    return decorate


def for_household(reading: Action, changing: Action) -> Callable[[View], View]:
    """Opens a page of a family, for its parents and for who acts for it. The view gets the household."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: Any, reference: str, **parts: Any) -> HttpResponse:
            action = changing if request.method == "POST" else reading
            household = household_for(request.principal, action, reference, now=timezone.now())
            use_desk(request, household.desk)
            return view(request, household, **parts)

        return opened

    return decorate
