"""How likely an offer is, as it was counted last for those who wait."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kribbe.region.models import Region


class ChanceRun(models.Model):
    """One counting of all chances in a region: with how many futures, and from which seed."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="chance_runs")
    at = models.DateTimeField()
    futures = models.PositiveIntegerField()
    seed = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["region", "-at"], name="chance_run_region")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.at:%Y-%m-%d}"


class ChanceLesson(models.Model):
    """What the past year's forecasts taught in a region: the curve by which chances are told, from so many cases.

    Chances of any of a family's choices have a curve of their own.
    """

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="chance_lessons")
    is_any = models.BooleanField(default=False)
    at = models.DateTimeField()
    rising = models.FloatField()
    falling = models.FloatField()
    shift = models.FloatField()
    cases = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="chance_lesson_once", fields=["region", "is_any"])]

    def __str__(self) -> str:
        return f"{self.region_id} {self.at:%Y-%m-%d}"


class Chance(models.Model):
    """The chance of an offer at one wish, or (without a preference) at any wish of the request.

    `value`, `low` and `high` are thousandths, the first for a place that begins by `first_month`, the next by one
    month later, and so on. `pattern` is what was asked. It rests on so many requests and offers of past months.
    """

    run = models.ForeignKey(ChanceRun, on_delete=models.CASCADE, related_name="chances")
    request = models.ForeignKey("enrolment.CareRequest", on_delete=models.CASCADE, related_name="chances")
    preference = models.ForeignKey(
        "enrolment.Preference", on_delete=models.CASCADE, null=True, related_name="chances"
    )
    first_month = models.DateField()
    pattern = models.PositiveSmallIntegerField()
    value = ArrayField(models.PositiveSmallIntegerField())
    low = ArrayField(models.PositiveSmallIntegerField())
    high = ArrayField(models.PositiveSmallIntegerField())
    requests = models.PositiveIntegerField()
    offers = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    is_outdated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["run"], name="chance_outdated", condition=Q(is_outdated=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="chance_once", fields=["request", "preference"], nulls_distinct=False
            ),
            models.CheckConstraint(name="chance_month", condition=Q(first_month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.preference_id}"
