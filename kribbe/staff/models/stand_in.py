"""Children of a family carer who is ill: on which days another carer has them, or nobody."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places.models import Group, Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


@remembered()
class Replacement(models.Model):
    """What was arranged in one go for the children of a location; so it is undone."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="replacements")
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["location", "-made_at"], name="replacement_last")]

    def __str__(self) -> str:
        return self.reference


class StandInState(models.TextChoices):
    """How it stands with a child's day."""

    TOLD = "told", _("the family was told")
    AGREED = "agreed", _("the family agrees")
    NOBODY = "nobody", _("nobody could be found, the day isn't charged")
    DECLINED = "declined", _("the family keeps the child at home, the day isn't charged")
    UNDONE = "undone", _("undone")


HOLDS = Q(state__in=[StandInState.TOLD, StandInState.AGREED])
"""On these days the child is with the other carer."""


@remembered()
class StandIn(models.Model):
    """A child's day with another carer: `group` takes it on `halves` (bit 0 the morning). Without a group, nobody."""

    reference = reference_field()
    replacement = models.ForeignKey(Replacement, on_delete=models.PROTECT, related_name="days")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="stand_ins")
    day = models.DateField()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="stand_ins")
    halves = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=StandInState.choices)
    state_at = models.DateTimeField()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [
            models.Index(fields=["group", "day"], condition=HOLDS, name="stand_in_group_day"),
            models.Index(fields=["day"], condition=HOLDS, name="stand_in_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="stand_in_once_a_day",
                fields=["placement", "day"],
                condition=~Q(state=StandInState.UNDONE),
            ),
            models.CheckConstraint(name="stand_in_halves", condition=Q(halves__range=(1, 3))),
            models.CheckConstraint(name="stand_in_by_somebody", condition=Q(group__isnull=False) | ~HOLDS),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def holds(self) -> bool:
        """Whether the child is with the other carer on this day."""
        return self.state in {StandInState.TOLD, StandInState.AGREED}
