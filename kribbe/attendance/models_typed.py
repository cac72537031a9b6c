"""Children whom no tablet knew: under the name that somebody typed, until the location says who it was."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kribbe.attendance.models_tap import CANCELS, NOT_TO_COME, Pressing
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Group, Location
from kribbe.rules import attendance as rules
from kribbe.staff.models import Carer
from kribbe.trust.history import remembered

TYPED = "typed-"
"""So begins the reference of a child by a typed name on a tablet; its key follows."""

UNMATCHED = Q(placement=None, direct=None)
MATCHED_ONCE = Q(placement=None) | Q(direct=None)


@remembered(exclude=["name", "not_ours", "reason"])
class TypedChild(models.Model):
    """One child on one day, by a typed name; two tablets that type the same name make two.

    It is open until the location matches it with a child of its own (`placement` or `direct`), whose register then
    has its taps, or says that it is none (`not_ours` tells who it was). `start` and `end` stand in place of its taps
    once the location corrected them. `matches` counts how often it was matched.
    """

    key = models.UUIDField(unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="typed_children")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    is_baby = models.BooleanField(default=False)
    day = models.DateField()
    made_at = models.DateTimeField()
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="typed")
    direct = models.ForeignKey(DirectChild, on_delete=models.PROTECT, null=True, related_name="typed")
    not_ours = models.CharField(max_length=100, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    matches = models.PositiveSmallIntegerField(default=0)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["location", "day"], name="typed_location_day")]
        constraints = [
            models.CheckConstraint(name="typed_name", condition=~Q(name="")),
            models.CheckConstraint(name="typed_of_one", condition=MATCHED_ONCE),
            models.CheckConstraint(
                name="typed_settled",
                condition=(UNMATCHED & Q(not_ours="", settled_at=None))
                | (
                    Q(settled_at__isnull=False)
                    & ((~UNMATCHED & Q(not_ours="")) | (UNMATCHED & ~Q(not_ours="")))
                ),
            ),
            models.CheckConstraint(
                name="typed_corrected",
                condition=Q(start=None, end=None, corrected_at=None)
                | Q(start__isnull=False, end__gt=F("start"), corrected_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"

    @property
    def reference(self) -> str:
        """How a tablet names it."""
        return f"{TYPED}{self.key}"

    @property
    def is_matched(self) -> bool:
        return self.placement_id is not None or self.direct_id is not None

    @property
    def is_open(self) -> bool:
        """Whether the location has still to say who it was."""
        return self.settled_at is None

    def corrections(self) -> list[rules.Correction]:
        """For the rules."""
        if self.start is None or self.end is None or self.corrected_at is None:
            return []
        return [rules.Correction(self.corrected_at, 0, ((self.start, self.end),))]


class TypedTap(Pressing):
    """A press for a child by a typed name. It never changes; see `Tap`."""

    child = models.ForeignKey(TypedChild, on_delete=models.PROTECT, related_name="taps")
    device = models.ForeignKey("attendance.Device", on_delete=models.PROTECT, null=True, related_name="+")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="typed_tap_cancels", condition=CANCELS),
            models.CheckConstraint(name="typed_tap_not_to_come", condition=NOT_TO_COME),
        ]
        triggers = [pgtrigger.Protect(name="typed_tap_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.child_id} {self.pressed} {self.at}"


def typed_key(reference: str) -> UUID | None:
    """The key in a reference of a child by a typed name."""
    if not reference.startswith(TYPED):
        return None
    try:
        return UUID(reference.removeprefix(TYPED))
    except ValueError:
        return None
