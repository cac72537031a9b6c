"""With whom of a family an agreement is made: its contract-holders."""

from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult


def holders_of(placement: Placement) -> list[str]:
    """Name and address of each: the parent with whom it is agreed, or else all parents, the applicant first.

    A written agreement is between the organiser and the family, for which one signature is enough.
    """
    adults = Adult.objects.filter(household=placement.child.household_id).select_related("household")
    if placement.parent_id is not None:
        adults = adults.filter(pk=placement.parent_id)
    return [_told(each) for each in adults.order_by("-is_applicant", "pk")]


def _told(adult: Adult) -> str:
    home = adult.household
    street, postcode, city = (
        (adult.other_street, adult.other_postcode, adult.other_city)
        if adult.other_street
        else (home.street, home.postcode, home.city)
    )
    return ", ".join(filter(None, (f"{adult}", street, f"{postcode} {city}".strip())))
