from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class VisitState(models.TextChoices):
    """Of a moment: it goes through or not; of a booking: the family comes or not."""

    ON = "on", _("Goes through")
    CANCELLED = "cancelled", _("Cancelled")


@remembered()
class VisitMoment(models.Model):
    """When families may come and look. With `for_household` it is a proposal to that family alone.

    `taken` counts the bookings that stand; it never passes `seats`.
    """

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="visit_moments")
    for_household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.ON)
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["location", "starts_at"], name="visit_moment_location")]
        constraints = [
            models.CheckConstraint(name="visit_moment_times", condition=Q(starts_at__lt=F("ends_at"))),
            models.CheckConstraint(name="visit_moment_seats", condition=Q(seats__gt=0)),
            models.CheckConstraint(name="visit_moment_not_oversold", condition=Q(taken__lte=F("seats"))),
            models.CheckConstraint(name="visit_moment_for_one", condition=Q(for_household=None) | Q(seats=1)),
            models.CheckConstraint(name="visit_moment_cancelled_empty", condition=Q(state="on") | Q(taken=0)),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def seats_left(self) -> int:
        """Seats that can still be booked."""
        return self.seats - self.taken


@remembered()
class VisitBooking(models.Model):
    """A family that comes to look. Moved, it keeps its reference; `sequence` counts what calendars must follow."""

    reference = reference_field()
    moment = models.ForeignKey(VisitMoment, on_delete=models.PROTECT, related_name="bookings")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="visits")
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.ON)
    booked_at = models.DateTimeField()
    booked_by = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="visit_booking_once", fields=["moment", "household"], condition=Q(state="on")
            ),
            models.CheckConstraint(
                name="visit_booking_cancelled",
                condition=Q(state="on", cancelled_at=None) | Q(state="cancelled", cancelled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CalendarFeed(models.Model):
    """A secret address under which a household's or a location's visits can be read by a calendar program."""

    nonce = models.CharField(max_length=32, unique=True)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="feed_household_once", fields=["household"], condition=Q(revoked_at=None)
            ),
            models.UniqueConstraint(
                name="feed_location_once", fields=["location"], condition=Q(revoked_at=None)
            ),
            models.CheckConstraint(
                name="feed_of_one",
                condition=Q(household__isnull=False, location=None)
                | Q(household=None, location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.nonce
