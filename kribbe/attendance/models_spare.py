"""A place that comes free for a day: who of a waiting list wants to hear of it, who was asked, and who took it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, DirectChild
from kribbe.places.models import Group
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


@remembered()
class DayListener(models.Model):
    """A family that waits wants to hear of places of today or tomorrow for this child."""

    request = models.OneToOneField(CareRequest, on_delete=models.CASCADE, related_name="day_listener")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.request_id}"


class InviteState(models.TextChoices):
    """How it stands with a place of one day for a family."""

    ASKED = "asked", _("free, as long as nobody says yes")
    TAKEN = "taken", _("taken by you")
    DECLINED = "declined", _("not wanted")
    GONE = "gone", _("gone to somebody else")


@remembered()
class DayInvite(models.Model):
    """A family is asked whether it takes a place of one day, until `answer_by`. Taken, `direct` comes that day.

    `halves` has bit 0 for the morning, bit 1 for the afternoon.
    """

    reference = reference_field()
    request = models.ForeignKey(CareRequest, on_delete=models.CASCADE, related_name="day_invites")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    halves = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=InviteState.choices, default=InviteState.ASKED)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state_at = models.DateTimeField()
    direct = models.OneToOneField(
        DirectChild, on_delete=models.SET_NULL, null=True, related_name="day_invite"
    )

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["group", "day"], name="day_invite_group_day")]
        constraints = [
            models.UniqueConstraint(name="day_invite_once", fields=["request", "group", "day"]),
            models.CheckConstraint(name="day_invite_halves", condition=Q(halves__range=(1, 3))),
        ]

    def __str__(self) -> str:
        return self.reference
