"""Out-of-school care in the navigation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool.access import clubs_for
from kribbe.outofschool.models import Registration
from kribbe.people.navigation import desk_here, own_household_only
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import PARENTS, Scope
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the account menu of families and in the rail of staff."""
    label = _("Out-of-school care")
    register(
        NavItem(
            label,
            "outofschool:my",
            "school",
            "parent",
            order=16,
            badge=to_answer,
            arguments=own_household_only,
        )
    )
    register(NavItem(label, "outofschool:search", "school", "foot", order=15, arguments=desk_here))
    register(
        NavItem(
            label, "outofschool:clubs", "school", "desk", order=37, action=Action.CLUB_READ,
            arguments=_with_clubs,
        )
    )  # fmt: skip
    register(
        NavItem(
            _("Out-of-school rules"), "outofschool:rules", "school", "admin", order=63,
            action=Action.CLUB_RULES, arguments=desk_here, holds=("outofschool:schools",),
        )
    )  # fmt: skip


def to_answer(request: Any) -> "Sequence[QuerySet[Registration]]":
    """The offers that wait for this parent."""
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return [Registration.objects.filter(state="offered", child__household__in=own)]


def _with_clubs(request: Any) -> Mapping[str, object] | None:
    """At the reader's own desk, or at one where it has a club."""
    here = desk_here(request)
    if here is None:
        return None
    principal = request.principal
    if request.desk.pk in scope_ids(principal, Action.CLUB_READ, Scope.DESK):
        return here
    found = clubs_for(principal, Action.CLUB_READ).filter(desk=request.desk.pk)
    return here if found.exists() else None
