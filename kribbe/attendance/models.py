"""The register of attendance: devices, taps, corrections, the stays worked out of them, and what a family says."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.models_photo import ChildPhoto as ChildPhoto
from kribbe.attendance.models_spare import DayInvite as DayInvite
from kribbe.attendance.models_spare import DayListener as DayListener
from kribbe.attendance.models_spare import InviteState as InviteState
from kribbe.attendance.models_tap import CANCELS, NOT_TO_COME, Pressing
from kribbe.attendance.models_tap import Mark as Mark
from kribbe.attendance.models_tap import Pressed as Pressed
from kribbe.attendance.models_typed import TypedChild as TypedChild
from kribbe.attendance.models_typed import TypedTap as TypedTap
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Location
from kribbe.region.models import SameKey
from kribbe.rules import attendance as rules
from kribbe.staff.models import Carer
from kribbe.trust.fields import reference_field
from kribbe.trust.history import change_of, remembered

STAYS_FOR_EVER = pgtrigger.Update | pgtrigger.Delete
WORDS_STAY = change_of("key", "placement_id", "day", "about", "words", "at")


OF_ONE = Q(placement__isnull=False, direct=None) | Q(placement=None, direct__isnull=False)
"""A child of a place, or one that was taken outside the desk."""


def no_stays_at_once(name: str, of: str) -> ExclusionConstraint:
    """No two stays of one child on one day overlap."""
    return ExclusionConstraint(
        name=name,
        condition=Q(**{f"{of}__isnull": False}),
        expressions=[
            (SameKey(of), RangeOperators.OVERLAPS),
            (
                Func("day", "day", Value("[]"), function="daterange", output_field=DateRangeField()),
                RangeOperators.OVERLAPS,
            ),
            (
                Func("start", "end", function="tstzrange", output_field=DateTimeRangeField()),
                RangeOperators.OVERLAPS,
            ),
        ],
    )


@remembered(exclude=["code_hash", "token_hash"])
class Device(models.Model):
    """A tablet of a location. The code lets it in once; the token is in its cookie. Both are kept as SHA-256 only."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=60)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="device_code_once", fields=["code_hash"], condition=~Q(code_hash="")
            ),
            models.UniqueConstraint(
                name="device_token_once", fields=["token_hash"], condition=~Q(token_hash="")
            ),
            models.CheckConstraint(
                name="device_enrolled_by_token",
                condition=Q(enrolled_at=None, token_hash="")
                | (Q(enrolled_at__isnull=False, code_hash="") & ~Q(token_hash="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Heard(models.Model):
    """When a device last spoke, and how far its clock was off; apart from it, so that it fills no history."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="heard")
    at = models.DateTimeField()
    offset_seconds = models.IntegerField(default=0)
    """Seconds to add to the device's clock."""

    def __str__(self) -> str:
        return f"{self.device_id} {self.at}"


class Tap(Pressing):
    """Somebody pressed in or out for a child, or took such a press back. It never changes.

    `day` is the day to which it belongs.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="taps")
    direct = models.ForeignKey(DirectChild, on_delete=models.PROTECT, null=True, related_name="taps")
    day = models.DateField()
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="taps")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, null=True, related_name="taps")

    class Meta:
        indexes = [
            models.Index(fields=["placement", "day"], name="tap_placement_day"),
            models.Index(fields=["direct", "day"], name="tap_direct_day"),
        ]
        constraints = [
            models.CheckConstraint(name="tap_of_one", condition=OF_ONE),
            models.CheckConstraint(name="tap_cancels", condition=CANCELS),
            models.CheckConstraint(name="tap_not_to_come", condition=NOT_TO_COME),
        ]
        triggers = [pgtrigger.Protect(name="tap_stays", operation=STAYS_FOR_EVER)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.pressed} {self.at}"


class Correction(models.Model):
    """What the location wrote down for a child's day in place of its taps, and why. The last one holds."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="corrections")
    direct = models.ForeignKey(DirectChild, on_delete=models.PROTECT, null=True, related_name="corrections")
    day = models.DateField()
    starts = ArrayField(models.DateTimeField())
    ends = ArrayField(models.DateTimeField())
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    made_name = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["placement", "day"], name="correction_placement_day"),
            models.Index(fields=["direct", "day"], name="correction_direct_day"),
        ]
        constraints = [
            models.CheckConstraint(name="correction_of_one", condition=OF_ONE),
            models.CheckConstraint(name="correction_pairs", condition=Q(starts__len=F("ends__len"))),
            models.CheckConstraint(name="correction_why", condition=~Q(reason="")),
        ]
        triggers = [pgtrigger.Protect(name="correction_stays", operation=STAYS_FOR_EVER)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day}"

    def as_rule(self) -> rules.Correction:
        """For the rules."""
        return rules.Correction(self.made_at, self.pk, tuple(zip(self.starts, self.ends, strict=True)))


class Doubt(models.TextChoices):
    """As `rules.attendance.Doubt`, in words."""

    NONE = "", ""
    NO_OUT = "no_out", _("No check-out")
    NO_IN = "no_in", _("No check-in")
    AFTER_CORRECTION = "after_correction", _("A tap arrived after the correction")


class Presence(models.Model):
    """A stay, worked out of taps and corrections; see `services.register`, which alone writes it."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="presences")
    direct = models.ForeignKey(DirectChild, on_delete=models.PROTECT, null=True, related_name="presences")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    halves = models.PositiveSmallIntegerField()
    """The half-days taken: bits 0 and 1 of its day, 2 and 3 of the day after."""
    doubt = models.CharField(max_length=16, choices=Doubt.choices, blank=True)
    is_corrected = models.BooleanField(default=False)

    class Meta:
        ordering = ["day", "number"]
        indexes = [
            models.Index(fields=["day"], name="presence_day"),
            models.Index(fields=["day"], name="presence_open", condition=Q(end=None)),
        ]
        constraints = [
            models.CheckConstraint(name="presence_of_one", condition=OF_ONE),
            models.UniqueConstraint(name="presence_once", fields=["placement", "day", "number"]),
            models.UniqueConstraint(name="presence_direct_once", fields=["direct", "day", "number"]),
            models.CheckConstraint(name="presence_ends", condition=Q(end=None) | Q(end__gt=F("start"))),
            no_stays_at_once("presence_no_overlap", "placement_id"),
            no_stays_at_once("presence_direct_no_overlap", "direct_id"),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day} {self.number}"


class About(models.TextChoices):
    """What a note of the day is about."""

    SLEEP = "sleep", _("Sleep")
    FOOD = "food", _("Food")
    MOOD = "mood", _("Mood")
    OTHER = "other", _("Something else")


class DayNote(models.Model):
    """A few words on a child's day for its parents. It never changes; taking it back is all that can be done."""

    key = models.UUIDField(unique=True)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="day_notes")
    day = models.DateField()
    about = models.CharField(max_length=6, choices=About.choices)
    words = models.CharField(max_length=300)
    at = models.DateTimeField()
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, null=True, related_name="+")
    noted_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["placement", "day"], name="day_note_placement_day")]
        constraints = [models.CheckConstraint(name="day_note_words", condition=~Q(words=""))]
        triggers = [
            pgtrigger.Protect(name="note_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="note_words_stay",
                operation=WORDS_STAY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day} {self.about}"


@remembered()
class Dispute(models.Model):
    """A family says that the times of a day are wrong, and the location answers."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="disputes")
    day = models.DateField()
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    raised_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dispute_one_open", fields=["placement", "day"], condition=Q(answered_at=None)
            ),
            models.CheckConstraint(name="dispute_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day}"


class Confirmation(models.Model):
    """A family signed for the times of days, as they stood then. It never changes; a later one comes beside it."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="confirmations")
    first = models.DateField()
    last = models.DateField()
    lines = models.JSONField()
    """What was signed: for each day the stays, as the register told them (`selectors.months.signed_lines`)."""
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "first"], name="confirmation_placement")]
        constraints = [
            models.CheckConstraint(name="confirmation_days", condition=Q(first__lte=F("last"))),
            models.CheckConstraint(name="confirmation_name", condition=~Q(name="")),
        ]
        triggers = [pgtrigger.Protect(name="confirmation_stays", operation=STAYS_FOR_EVER)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.first}"
