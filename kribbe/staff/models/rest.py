"""When the children of a group rest."""

from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from kribbe.places.models import Group
from kribbe.region.models import no_overlap
from kribbe.rules.roster.plan import HALVES
from kribbe.trust.history import remembered


@remembered()
class GroupRest(models.Model):
    """The rest of a group in a period: from `start` until `end`, in half-hours since midnight."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="rests")
    during = DateRangeField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["during"]
        constraints = [
            no_overlap("group_rest_one_a_day", "group_id"),
            models.CheckConstraint(
                name="group_rest_some_day",
                condition=Q(during__isempty=False, during__startswith__isnull=False),
            ),
            models.CheckConstraint(
                name="group_rest_times", condition=Q(start__lt=F("end")) & Q(end__lte=HALVES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.start}-{self.end}"

    @property
    def last(self) -> date | None:
        """The last day; None without an end."""
        upper: date | None = self.during.upper
        return upper and upper - timedelta(days=1)
