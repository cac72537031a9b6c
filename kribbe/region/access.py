"""The door to a desk's settings. An outsider and a wrong address get the same answer: not found."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse

from kribbe.region.middleware import use_desk
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.web.errors import session_ended


def desks_for(principal: Principal, action: Action) -> QuerySet[Desk]:
    """The desks at which the principal may do this, over the desk itself or its region."""
    return Desk.objects.select_related("municipality", "region").filter(
        Q(pk__in=scope_ids(principal, action, Scope.DESK))
        | Q(region__in=scope_ids(principal, action, Scope.REGION))
    )


def desk_for(principal: Principal, action: Action, slug: str) -> Desk:
    """The desk of this address, if the principal may do this there; Http404 otherwise."""
    found = desks_for(principal, action).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


DeskView = Callable[[Any, Desk], HttpResponse]
SlugView = Callable[[Any, str], HttpResponse]


def at_desk(action: Action) -> Callable[[DeskView], SlugView]:
    """Opens a page of a desk's staff; the view gets the desk in place of its slug.

    A visitor is asked to log in; one whose session ran out while sending a form is told so.
    """

    def decorate(view: DeskView) -> SlugView:
        @wraps(view)
        def opened(request: Any, desk: str) -> HttpResponse:
            if request.principal.is_visitor:
                return (
                    session_ended(request)
                    if request.method == "POST"
                    else redirect_to_login(request.get_full_path())
                )
            found = desk_for(request.principal, action, desk)
            use_desk(request, found)
            return view(request, found)

        return opened

    return decorate
