"""How a desk wants to talk."""

from kribbe.contact.models import ContactPolicy
from kribbe.region.models import Desk


def policy_of(desk: Desk) -> ContactPolicy:
    """The desk's choice; the standard where it made none."""
    return ContactPolicy.objects.filter(desk=desk).first() or ContactPolicy(desk=desk)
