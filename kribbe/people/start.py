"""Where people go after they log in: each role has its first page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from kribbe.people.words import ROLES
from kribbe.region.models import Desk
from kribbe.trust.principal import Principal, Role, Scope

FIRST_PAGES: Mapping[Role, str] = {
    Role.PARENT: "enrolment:my",
    Role.MANAGER: "enrolment:waiting_list",
    Role.ORGANISER: "enrolment:waiting_list",
    Role.CLERK: "enrolment:office",
    Role.POLICY_OFFICER: "enrolment:figures",
    Role.ADMINISTRATOR: "region:settings",
}
ICONS: Mapping[Role, str] = {
    Role.PARENT: "baby",
    Role.MANAGER: "list-ordered",
    Role.ORGANISER: "building-2",
    Role.CLERK: "users",
    Role.POLICY_OFFICER: "chart-column",
    Role.ADMINISTRATOR: "settings",
}

Places = list[tuple[str, str]]
"""Names and the last part of their addresses."""
LocationFinder = Callable[[frozenset[int], frozenset[int]], Places]

_finders: list[LocationFinder] = []


@dataclass(frozen=True, slots=True)
class Workplace:
    """A role at one place, and its first page."""

    role: Role
    label: str | Promise
    place: str
    url: str
    icon: str


def register_locations(finder: LocationFinder) -> None:
    """Set who names locations: given ids of locations and of organisers, their names and slugs."""
    _finders[:] = [finder]


def workplaces(principal: Principal) -> list[Workplace]:
    """Every place where the principal has something to do, the household first."""
    found = [_workplace(role, name, slug) for role in Role for name, slug in _places(principal, role)]
    return [workplace for workplace in found if workplace is not None]


def _workplace(role: Role, name: str, slug: str) -> Workplace | None:
    try:
        url = reverse(FIRST_PAGES[role], args=[slug] if slug else [])
    except NoReverseMatch:
        return None
    return Workplace(role=role, label=ROLES[role], place=name, url=url, icon=ICONS[role])


def _places(principal: Principal, role: Role) -> Places:
    if role is Role.PARENT:
        return [("", "")] if principal.scope_ids(Scope.HOUSEHOLD, role) else []
    if role in {Role.MANAGER, Role.ORGANISER}:
        ids = principal.scope_ids(Scope.LOCATION, role), principal.scope_ids(Scope.ORGANISER, role)
        return [place for finder in _finders for place in finder(*ids)] if any(ids) else []
    desks = Desk.objects.filter(pk__in=principal.scope_ids(Scope.DESK, role))
    region = Desk.objects.filter(region__in=principal.scope_ids(Scope.REGION, role))
    return list((desks | region).order_by("slug").values_list("name", "slug"))
