"""Where people go after they log in: each role has its first page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from kribbe.people.words import ROLES
from kribbe.region.models import Desk
from kribbe.trust.principal import Principal, Role, Scope

FIRST_PAGES: Mapping[Role, str] = {
    Role.PARENT: "enrolment:my",
    Role.CO_PARENT: "enrolment:my",
    Role.MANAGER: "enrolment:locations",
    Role.ORGANISER: "enrolment:locations",
    Role.CLERK: "enrolment:office",
    Role.POLICY_OFFICER: "policy:figures",
    Role.ADMINISTRATOR: "region:settings",
    Role.REFERRER: "enrolment:families",
}
"""Where a role's work begins. The pages of the last three are within a desk."""

ICONS: Mapping[Role, str] = {
    Role.PARENT: "baby",
    Role.CO_PARENT: "baby",
    Role.MANAGER: "list-ordered",
    Role.ORGANISER: "building-2",
    Role.CLERK: "users",
    Role.POLICY_OFFICER: "chart-column",
    Role.ADMINISTRATOR: "settings",
    Role.REFERRER: "handshake",
}
AT_A_DESK = frozenset({Role.CLERK, Role.POLICY_OFFICER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Workplace:
    """A role, the desk where it is held if it is held at one, and its first page."""

    label: str | Promise
    place: str
    url: str
    icon: str


def workplaces(principal: Principal) -> list[Workplace]:
    """Every place where the principal has something to do, the household first."""
    held = {grant.role for grant in principal.grants}
    return [workplace for role in Role if role in held for workplace in _at(principal, role)]


def _at(principal: Principal, role: Role) -> list[Workplace]:
    url_name, icon = FIRST_PAGES[role], ICONS[role]
    if role not in AT_A_DESK:
        return [Workplace(ROLES[role], "", reverse(url_name), icon)]
    over_desk = Desk.objects.filter(pk__in=principal.scope_ids(Scope.DESK, role))
    over_region = Desk.objects.filter(region__in=principal.scope_ids(Scope.REGION, role))
    desks = (over_desk | over_region).select_related("municipality").order_by("slug")
    return [
        Workplace(ROLES[role], desk.shown_name, reverse(url_name, args=[desk.slug]), icon) for desk in desks
    ]
