"""What families say of days of the register, and nobody answered yet."""

from django.db.models import QuerySet

from kribbe.attendance.models import Dispute
from kribbe.places.models import Location


def unanswered() -> QuerySet[Dispute]:
    """What families asked of the register of any location, and nobody answered."""
    return Dispute.objects.filter(answered_at=None)


def open_disputes(location: Location) -> QuerySet[Dispute]:
    """Questions that wait for the location's answer, the oldest first, with their places."""
    found = unanswered().filter(placement__group__location=location)
    return found.select_related("placement").order_by("raised_at", "pk")
