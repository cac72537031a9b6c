"""What a press is made of, whoever it was for: a child of the register, or one by a name that somebody typed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.rules import attendance as rules


class Pressed(models.TextChoices):
    """As `rules.attendance.Pressed`, in words."""

    IN = "in", _("In")
    OUT = "out", _("Out")
    CANCEL = "cancel", _("Taken back")


class Mark(models.TextChoices):
    """What is remarkable about a tap."""

    CLOCK = "clock", _("The clock of the tablet was wrong; the time was set right")
    CLOCK_SET = "clock_set", _("The clock of the tablet was set meanwhile; check the time")
    LATE = "late", _("Arrived later: the tablet had no network")
    UNKNOWN_CARER = "unknown_carer", _("Without a PIN")
    CARER_LEFT = "carer_left", _("By somebody who doesn't work here on that day")
    WAS_ABSENT = "was_absent", _("The child was reported absent")
    NOT_PLANNED = "not_planned", _("The child wasn't planned")
    TYPED = "typed", _("Under a name that was typed; matched later")
    OUTSIDE = "outside", _("Outside the days of the place; doesn't count")
    REVOKED = "revoked", _("From a tablet that was shut out; doesn't count")


UNCOUNTED = frozenset({Mark.OUTSIDE, Mark.REVOKED})
"""Taps with these are kept and shown, and make no stay."""

CANCELS = Q(pressed=Pressed.CANCEL, cancels__isnull=False) | (~Q(pressed=Pressed.CANCEL) & Q(cancels=None))
NOT_TO_COME = Q(at__lte=F("received_at"))


class Pressing(models.Model):
    """One press. `told_at` is by the clock of the device, `at` is when it was."""

    key = models.UUIDField(unique=True)
    pressed = models.CharField(max_length=6, choices=Pressed.choices)
    at = models.DateTimeField()
    told_at = models.DateTimeField()
    received_at = models.DateTimeField()
    cancels = models.UUIDField(null=True)
    noted_by = models.BigIntegerField(null=True)
    marks = ArrayField(models.CharField(max_length=14, choices=Mark.choices), default=list)

    class Meta:
        abstract = True

    @property
    def counts(self) -> bool:
        """Whether it makes a stay."""
        return UNCOUNTED.isdisjoint(self.marks)

    def as_rule(self) -> rules.Tap:
        """For the rules."""
        return rules.Tap(
            self.key, rules.Pressed(self.pressed), self.at, self.received_at, self.cancels, self.counts
        )
