"""Getting-used days before the first day of a place, and changes that a location made for many children at once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

MIDNIGHT = 24 * 60


@remembered()
class SettlingDay(models.Model):
    """A day before the first one on which a child comes to get used; in minutes since midnight.

    `free` is what the house rules of that day said when it was agreed: no charge, or the price of its own.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="settling_days")
    day = models.DateField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    free = models.BooleanField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="settling_day_day")]
        constraints = [
            models.UniqueConstraint(
                name="settling_day_once", fields=["placement", "day"], condition=Q(taken_back_at=None)
            ),
            models.CheckConstraint(
                name="settling_day_hours", condition=Q(start__lt=F("end"), end__lte=MIDNIGHT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day}"


class ManyKind(models.TextChoices):
    """What was done for many at once."""

    WEEKS = "weeks", _("Other days or hours for many children")
    COPY = "copy", _("A week copied")


class ManyChange(models.Model):
    """One change of many children's days, kept so that it can be undone; `rows` has the keys of what it made."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="many_changes")
    kind = models.CharField(max_length=5, choices=ManyKind.choices)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    rows = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["location", "-at"], name="many_change_location")]

    def __str__(self) -> str:
        return self.reference
