"""Children of a family carer that are at home while others are cared for."""

from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class HomeTie(models.TextChoices):
    """Whose child it is, as `rules.family_carer.Tie` has it."""

    OWN = "own", _("child of the carer")
    GRANDCHILD = "grandchild", _("grandchild of the carer")


@remembered()
class HomeChild(models.Model):
    """A child of the carer and the half-days on which it is at home. `gone_at` is when that was taken back."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="home_children")
    tie = models.CharField(max_length=10, choices=HomeTie.choices)
    name = models.CharField(max_length=40)
    born = models.DateField()
    pattern = models.PositiveSmallIntegerField()
    during = DateRangeField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["born", "pk"]
        indexes = [models.Index(fields=["location"], condition=Q(gone_at=None), name="home_child_here")]
        constraints = [
            models.CheckConstraint(name="home_child_pattern", condition=Q(pattern__range=(1, 2**SLOTS - 1))),
            models.CheckConstraint(name="home_child_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="home_child_some_day", condition=Q(during__isempty=False, during__lower_inf=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def week(self) -> WeekPattern:
        return WeekPattern(self.pattern)

    @property
    def last(self) -> date | None:
        """The last day; None without an end."""
        upper: date | None = self.during.upper
        return upper and upper - timedelta(days=1)
