"""The door to a desk's figures, and how exactly its reader may see them. Outsiders find nothing there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from kribbe.people.access import may, refusal, require_at_desk
from kribbe.places.access import locations_for
from kribbe.policy.territory import Territory
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal, Scope

View = Callable[..., HttpResponse]


class PolicyRequest(DeskRequest):
    """A request for figures: of the desk, or of its region where `?scope=region` asks so and the reader may."""

    territory: Territory


def at_policy(action: Action) -> Callable[[View], View]:
    """Opens a page for those who may do this over the desk or its region."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
            require_at_desk(request.principal, action, request.desk)
            request.territory = _territory(request, action)
            return view(request, **parts)

        return opened

    return guard


def at_simulation(view: View) -> View:
    """Opens what rounds would change: for staff of the desk, and for whoever runs one of its locations."""

    @wraps(view)
    @never_cache
    def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
        if not sees_simulation(request.principal, request.desk):
            raise refusal(request.principal)
        request.territory = Territory.of_desk(request.desk)
        return view(request, **parts)

    return opened


def sees_simulation(principal: Principal, desk: Desk) -> bool:
    """Whether the reader may see there what rounds would change."""
    action = Action.SIMULATION_READ
    return (
        may(principal, action, Scope.DESK, desk.pk)
        or may(principal, action, Scope.REGION, desk.region_id)
        or locations_for(principal, action).filter(desk=desk).exists()
    )


def _territory(request: Any, action: Action) -> Territory:
    if request.GET.get("scope") == "region" and may_region(request.principal, action, request.desk.region_id):
        return Territory.of_region(request.desk.region)
    return Territory.of_desk(request.desk)


def may_region(principal: Principal, action: Action, region_id: int) -> bool:
    """Whether the reader holds this over the whole region."""
    return may(principal, action, Scope.REGION, region_id)


def sees_persons(principal: Principal, territory: Territory) -> bool:
    """Whether the reader may see the families behind these figures, and so their exact numbers."""
    if may(principal, Action.HOUSEHOLD_READ, Scope.REGION, territory.region_id):
        return True
    return territory.desk_id is not None and may(
        principal, Action.HOUSEHOLD_READ, Scope.DESK, territory.desk_id
    )
