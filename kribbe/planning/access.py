"""The doors to agreements: the location's own, by the place that they are for, and the family's."""

from datetime import datetime

from django.utils.timezone import localtime

from kribbe.enrolment.access import placement_for
from kribbe.enrolment.models import Placement
from kribbe.people.access import household_for, refusal
from kribbe.places.models import Location
from kribbe.planning.models import DayChange, Paper
from kribbe.planning.selectors.child_file import open_places
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal


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


def change_at(principal: Principal, location: Location, reference: str) -> DayChange:
    """An extra day or swap at a location; another's isn't found."""
    found = DayChange.objects.filter(placement__group__location=location, reference=reference).first()
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
