"""Changes that a location made for many children at once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kribbe.places.models import Location
from kribbe.trust.fields import reference_field


class ManyChange(models.Model):
    """One change of many children's days, kept so that it can be undone; `papers` are those that it sent."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="many_changes")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    papers = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["location", "-at"], name="many_change_location")]

    def __str__(self) -> str:
        return self.reference


class DayBatch(models.Model):
    """Days that a location moved, or a week's changes that it copied, kept so that they can be undone at once.

    `changes` are the extra days and swaps that it made.
    """

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="day_batches")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    changes = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["location", "-at"], name="day_batch_location")]

    def __str__(self) -> str:
        return self.reference
