"""A need that changes has no chance until its region is counted anew (see `services.chances`)."""

from kribbe.enrolment.models import Chance


def outdate_chances(request_id: int) -> None:
    """The need of a request changed: its chances aren't told any more."""
    Chance.objects.filter(request=request_id).update(is_outdated=True)
