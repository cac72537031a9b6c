"""The doors to staff: the carers of a location whose own door was passed."""

from django.db.models import Q

from kribbe.people.access import refusal
from kribbe.places.access import locations_for
from kribbe.places.models import Location
from kribbe.staff.models import Carer, Document, HomeChild, Replacement, RosterProposal
from kribbe.staff.selectors.carers import carers_of
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal


def carer_at(principal: Principal, location: Location, reference: str) -> Carer:
    """A carer who works at this location; another's isn't found."""
    found = carers_of(location).select_related("location", "organiser", "user").filter(reference=reference)
    carer = found.first()
    if carer is None:
        raise refusal(principal)
    return carer


def may_change_carer(principal: Principal, carer: Carer) -> bool:
    """Whether the principal may change who somebody is: at every location where they work."""
    own = locations_for(principal, Action.STAFF_CHANGE)
    if carer.location_id is not None:
        return own.filter(pk=carer.location_id).exists()
    works = set(carer.locations.values_list("pk", flat=True))
    return bool(works) and own.filter(pk__in=works).count() == len(works)


def proposal_at(principal: Principal, location: Location, reference: str) -> RosterProposal:
    """A proposed roster of this location; another's isn't found."""
    found = (
        RosterProposal.objects.select_related("location")
        .filter(location=location, reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def document_at(principal: Principal, location: Location, reference: str) -> Document:
    """A paper of this location or of who works here, a removed one too; another's isn't found."""
    found = (
        Document.objects.select_related("carer", "location")
        .filter(Q(location=location) | Q(carer__in=carers_of(location)), reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def home_child_at(principal: Principal, location: Location, reference: str) -> HomeChild:
    """A child of the carer of this location, one that was taken back too; another's isn't found."""
    found = HomeChild.objects.select_related("location__desk").filter(location=location, reference=reference)
    child = found.first()
    if child is None:
        raise refusal(principal)
    return child


def replacement_at(principal: Principal, location: Location, reference: str) -> Replacement:
    """What was arranged for the children of this location; another's isn't found."""
    found = Replacement.objects.select_related("location__desk").filter(
        location=location, reference=reference
    )
    made = found.first()
    if made is None:
        raise refusal(principal)
    return made
