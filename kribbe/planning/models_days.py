"""Single days beside the agreed weeks: an extra day, one day for another, and who wants to hear of free places."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

BOTH_HALVES = 3


class DayState(models.TextChoices):
    """Where an extra day or a swap stands."""

    ASKED = "asked", _("Waits for the location")
    GRANTED = "granted", _("Agreed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


STANDING = Q(state__in=[DayState.ASKED, DayState.GRANTED])


@remembered()
class DayRules(models.Model):
    """What a location decided of extra days and swaps; one without a row answers each itself."""

    location = models.OneToOneField(Location, on_delete=models.CASCADE, related_name="day_rules")
    at_once = models.BooleanField(default=False)
    """Whether the free half-days decide by themselves, in place of the location."""
    swap_weeks = models.PositiveSmallIntegerField(default=2)
    """Within how many weeks, counted with its own, a day may be had for another; 0 is no swaps."""
    short_notice = models.BooleanField(default=False)
    """Whether families on the list are told of a place of today or tomorrow; the first that says yes has it."""

    class Meta:
        constraints = [models.CheckConstraint(name="day_rules_weeks", condition=Q(swap_weeks__lte=8))]

    def __str__(self) -> str:
        return f"{self.location_id}"


@remembered()
class DayChange(models.Model):
    """An extra half-day or day of a child, or one of its days for another (`instead_of`, which it gives up).

    `halves` has bit 0 for the morning, bit 1 for the afternoon. Agreed, the half-days are held in the ledger as
    "day:<id>" (`in_ledger`); where the ledger is full it comes in the place of a child that stays away.
    """

    reference = reference_field()
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="day_changes")
    day = models.DateField()
    halves = models.PositiveSmallIntegerField()
    instead_of = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=DayState.choices, default=DayState.ASKED)
    in_ledger = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "day"], name="day_change_placement_day")]
        constraints = [
            models.UniqueConstraint(name="day_change_once", fields=["placement", "day"], condition=STANDING),
            models.UniqueConstraint(
                name="day_change_given_once", fields=["placement", "instead_of"], condition=STANDING
            ),
            models.CheckConstraint(name="day_change_halves", condition=Q(halves__range=(1, BOTH_HALVES))),
            models.CheckConstraint(
                name="day_change_other_day", condition=Q(instead_of=None) | ~Q(instead_of=F("day"))
            ),
            models.CheckConstraint(
                name="day_change_answered",
                condition=Q(state=DayState.ASKED, answered_at=None)
                | (~Q(state=DayState.ASKED) & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="day_change_ledger", condition=Q(in_ledger=False) | Q(state=DayState.GRANTED)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


def day_holder(change: DayChange) -> str:
    """Under this name the ledger holds the half-days of a granted day."""
    return f"day:{change.pk}"


@remembered()
class GettingUsedDay(models.Model):
    """A visit before the first day of a place, by the clock on the wall. It takes no place."""

    reference = reference_field()
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="getting_used_days")
    day = models.DateField()
    start = models.TimeField()
    end = models.TimeField()
    is_charged = models.BooleanField(default=False)
    """Whether it costs the ordinary price, by the house rules of its day as they stood when it was agreed."""
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="getting_used_day")]
        constraints = [
            models.UniqueConstraint(
                name="getting_used_once_a_day", fields=["placement", "day"], condition=Q(taken_back_at=None)
            ),
            models.CheckConstraint(name="getting_used_hours", condition=Q(start__lt=F("end"))),
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class ShortNotice(models.Model):
    """A family wants to hear of a place of today or tomorrow for a child that is cared for already."""

    placement = models.OneToOneField(Placement, on_delete=models.CASCADE, related_name="short_notice")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.placement_id}"
