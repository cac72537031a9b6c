"""The doors to agreements: the location's own, by the place that they are for, and the family's."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.access import placement_for
from kribbe.enrolment.models import Placement
from kribbe.people.access import household_for, refusal
from kribbe.places.models import Location
from kribbe.planning.models import DayChange, Ending, GettingUsedDay, Paper
from kribbe.planning.selectors.child_file import open_places
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope


def placement_at(principal: Principal, location: Location, reference: str) -> Placement:
    """A place at a location whose door was passed; another's isn't found."""
    found = (
        Placement.objects.select_related("child__household", "group__location__desk__municipality", "parent")
        .filter(group__location=location, reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def own_placement(principal: Principal, action: Action, reference: str, *, now: datetime) -> Placement:
    """A place through its household's door. A look by staff is recorded."""
    placement = placement_for(principal, action, reference)
    household_for(principal, action, placement.child.household.reference, now=now)
    return placement


def acts_on(principal: Principal, placement: Placement) -> bool:
    """Whether somebody whom the door lets in may act on an agreement, and not only read it.

    Of a family it is the parent with whom it is agreed, by that parent's own account; every parent of the household
    where it names none. Staff act for a family by their own role.
    """
    is_family = placement.child.household_id in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    parent = placement.parent
    return (
        not is_family
        or parent is None
        or (parent.user_id is not None and parent.user_id == principal.user_id)
    )


def why_only_read(principal: Principal, placement: Placement) -> str:
    """Why a parent reads this agreement and can change nothing; empty where it can."""
    if acts_on(principal, placement):
        return ""
    parent = placement.parent
    if parent is not None and parent.user_id is None:
        return _(
            "These weeks are agreed with %(parent)s, who has no log-in here yet. You can read them; the location"
            " notes on paper what %(parent)s asks."
        ) % {"parent": f"{parent}"}
    return _(
        "These weeks are agreed with %(parent)s. You can read them; only %(parent)s can ask or change something."
    ) % {"parent": f"{parent}"}


def check_acts(principal: Principal, placement: Placement) -> None:
    """Raises RefusedError where the agreement is for the other parent to act on."""
    why = why_only_read(principal, placement)
    if why:
        raise RefusedError(why, code="other_parent")


def paper_at(principal: Principal, location: Location, reference: str) -> Paper:
    """A paper of a place at a location; another's isn't found."""
    found = (
        Paper.objects.select_related("agreement__placement__child__household", "house_rules")
        .filter(agreement__placement__group__location=location, reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def own_paper(principal: Principal, action: Action, reference: str, *, now: datetime) -> Paper:
    """A paper through the household's door."""
    found = (
        Paper.objects.select_related("agreement__placement", "house_rules")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    own_placement(principal, action, found.agreement.placement.reference, now=now)
    return found


def ending_at(principal: Principal, location: Location, reference: str) -> Ending:
    """The end of an agreement at a location; another's isn't found."""
    found = Ending.objects.filter(placement__group__location=location, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def own_ending(principal: Principal, action: Action, reference: str, *, now: datetime) -> Ending:
    """The end of an agreement through the household's door."""
    found = Ending.objects.select_related("placement").filter(reference=reference).first()
    if found is None:
        raise refusal(principal)
    own_placement(principal, action, found.placement.reference, now=now)
    return found


def change_at(principal: Principal, location: Location, reference: str) -> DayChange:
    """An extra day or swap at a location; another's isn't found."""
    found = DayChange.objects.filter(placement__group__location=location, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def visit_at(principal: Principal, location: Location, reference: str) -> GettingUsedDay:
    """A visit before the first day at a location; another's isn't found."""
    found = (
        GettingUsedDay.objects.select_related("placement")
        .filter(placement__group__location=location, reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def file_place_at(principal: Principal, location: Location, reference: str, *, now: datetime) -> Placement:
    """A place whose child's file the location may see today, and the look written down; another isn't found."""
    placement = open_places(location.pk, localtime(now).date()).filter(reference=reference).first()
    if placement is None:
        raise refusal(principal)
    placement.group.location = location
    record(
        principal=principal,
        action="child_file.read",
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=location.desk_id,
    )
    return placement
