"""The doors to people: who may see or do what. Not yours and not there give the same answer.

Staff who haven't given their second factor hold nothing yet; the middleware asks for it in place of the answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from kribbe.people.models import Household
from kribbe.region.middleware import use_desk
from kribbe.region.models import Desk
from kribbe.trust import audit
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import PARENTS, Principal, Scope

View = Callable[..., HttpResponseBase]

CHOSEN = "household"
"""Where the session keeps the id of the own household whose pages are seen."""


class LogInNeededError(Exception):
    """A visitor came to a page for somebody known: the middleware sends them to log in, and back."""


def may(principal: Principal, action: Action, scope: Scope, scope_id: int) -> bool:
    """Whether the principal may do this over that scope."""
    return scope_id in scope_ids(principal, action, scope)


def may_for(principal: Principal, action: Action, household: Household) -> bool:
    """Whether the principal may do this for that household: over it, its desk or its region."""
    return (
        may(principal, action, Scope.HOUSEHOLD, household.pk)
        or may(principal, action, Scope.DESK, household.desk_id)
        or may(principal, action, Scope.REGION, household.desk.region_id)
    )


def require(principal: Principal, action: Action, scope: Scope, scope_id: int) -> None:
    """Raises Http404 unless the principal may do this over that scope; a visitor is asked to log in."""
    if not may(principal, action, scope, scope_id):
        raise refusal(principal)


def may_at_desk(principal: Principal, action: Action, desk: Desk) -> bool:
    """As `may`, for a role over the desk or over its whole region."""
    return may(principal, action, Scope.REGION, desk.region_id) or may(principal, action, Scope.DESK, desk.pk)


def require_at_desk(principal: Principal, action: Action, desk: Desk) -> None:
    """As `require`, for a role over the desk or over its whole region."""
    if not may_at_desk(principal, action, desk):
        raise refusal(principal)


def household_for(principal: Principal, action: Action, reference: str, *, now: datetime) -> Household:
    """The household of that reference: the principal's own, of a desk where they are a clerk, or that agreed to them.

    Every look by staff leaves a row "household.read". Raises Http404 for outsiders and for no such household.
    """
    household = (
        Household.objects.select_related("desk__municipality", "municipality")
        .filter(Q(reference=reference) & _within(principal, action))
        .first()
    )
    if household is None:
        raise refusal(principal)
    if household.pk not in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        note_look(principal=principal, household=household, now=now)
    return household


def own_household(principal: Principal) -> Household:
    """The household that the principal is a parent of; of several the one chosen in this session, or the oldest.

    A stranger who types somebody's address in a new request can so never hide that parent's own pages. Raises
    Http404 where there is none.
    """
    own = principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    own = own & {principal.household_id} or own
    household = (
        Household.objects.select_related("desk__municipality", "municipality")
        .filter(pk__in=own)
        .order_by("pk")
        .first()
    )
    if household is None:
        raise refusal(principal)
    return household


def note_look(*, principal: Principal, household: Household, now: datetime) -> None:
    """Write down that staff looked at a household; pages that show many call it for each."""
    audit.record(
        principal=principal,
        action=Action.HOUSEHOLD_READ,
        subject=household,
        now=now,
        household_id=household.pk,
        desk_id=household.desk_id,
    )


def note_looks(*, principal: Principal, households: Iterable[Household], now: datetime) -> None:
    """As `note_look`, where a page shows many: a row for each household once, in one query for each desk."""
    shown: dict[int, dict[int, Household]] = defaultdict(dict)
    for household in households:
        shown[household.desk_id][household.pk] = household
    for desk_id, own in sorted(shown.items()):
        audit.record_all(
            principal=principal,
            action=Action.HOUSEHOLD_READ,
            subjects=[(household, key) for key, household in sorted(own.items())],
            now=now,
            desk_id=desk_id,
        )


def staff_required(view: View) -> View:
    """A view for staff who gave their second factor."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.principal.is_staff or not request.principal.verified:
            raise refusal(request.principal)
        return view(request, *args, **kwargs)

    return guarded


def parent_required(view: View) -> View:
    """A view for somebody who is logged in; where the address names no desk, in the face of the family's own."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.principal.is_visitor:
            raise LogInNeededError
        if request.desk is None and request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
            use_desk(request, own_household(request.principal).desk)
        return view(request, *args, **kwargs)

    return guarded


def refusal(principal: Principal) -> Exception:
    """What to raise when a door stays shut."""
    return LogInNeededError() if principal.is_visitor else Http404()


def _within(principal: Principal, action: Action) -> Q:
    return (
        Q(pk__in=scope_ids(principal, action, Scope.HOUSEHOLD))
        | Q(desk__in=scope_ids(principal, action, Scope.DESK))
        | Q(desk__region__in=scope_ids(principal, action, Scope.REGION))
    )


def may_in_navigation(request: HttpRequest, action: str) -> bool:
    """Whether an entry of the navigation shows: the reader may do this over something."""
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    return any(scope_ids(principal, Action(action), scope) for scope in Scope)
