"""The end of an agreement: told by one side by the term, or agreed by both."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class TellingSide(models.TextChoices):
    FAMILY = "family", _("The family")
    LOCATION = "location", _("The location")


class Ground(models.TextChoices):
    NOTICE = "notice", _("By the term of notice")
    BOTH = "both", _("Both sides agree on the day")
    FAULT = "fault", _("Serious fault of the family")


FAULT_OF_LOCATION = _("Serious fault of the location")
"""What `Ground.FAULT` is where the family ends it; the loss of the licence is one."""


@remembered()
class Ending(models.Model):
    """One side ends an agreement. `last` is the last day of care that it has of itself, by the term or the fault.

    `earlier` is a day that the other side is asked to agree to; once it does (`agreed_at`) that is the last day.
    `leavings` are what `enrolment.services.stays.restore_end` needs, one for each time that the stay was cut short.
    """

    reference = reference_field()
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="endings")
    side = models.CharField(max_length=8, choices=TellingSide.choices)
    ground = models.CharField(max_length=6, choices=Ground.choices)
    notice_days = models.PositiveSmallIntegerField()
    """Calendar days of the term that held when it was told."""
    term = models.DateField()
    last = models.DateField(null=True)
    earlier = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200)
    """Who signed for the side that ends it."""
    other_name = models.CharField(max_length=200, blank=True)
    """Who signed for the other side, where it agreed."""
    agreed_at = models.DateTimeField(null=True)
    on_paper = models.BooleanField(default=False)
    refused_at = models.DateTimeField(null=True)
    leavings = models.JSONField(default=list)
    told_at = models.DateTimeField()
    told_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ending_some_day", condition=Q(last__isnull=False) | Q(earlier__isnull=False)
            ),
            models.CheckConstraint(name="ending_signed", condition=~Q(name="")),
            models.CheckConstraint(
                name="ending_agreed_or_refused", condition=Q(agreed_at=None) | Q(refused_at=None)
            ),
            models.CheckConstraint(
                name="ending_agreed_by_name", condition=Q(agreed_at=None) | ~Q(other_name="")
            ),
            models.CheckConstraint(name="ending_fault_says_why", condition=~Q(ground="fault", reason="")),
            models.UniqueConstraint(
                name="ending_one_open",
                fields=["placement"],
                condition=Q(earlier__isnull=False, agreed_at=None, refused_at=None, taken_back_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def waits(self) -> bool:
        """Whether an earlier day was asked and nobody answered or took it back, be that day over (see `waits_on`)."""
        is_answered = self.agreed_at or self.refused_at or self.taken_back_at
        return self.earlier is not None and not is_answered

    def waits_on(self, today: date) -> bool:
        """Whether the other side can still agree today; a day that is over before anybody answered lapses."""
        earlier: date | None = self.earlier
        return earlier is not None and earlier >= today and self.waits

    @property
    def held_by(self) -> Ground:
        """On what ground its last day holds: by both once the other side agreed to an earlier one."""
        return Ground.BOTH if self.agreed_at else Ground(self.ground)

    @property
    def ground_words(self) -> str:
        """On what ground its last day holds; a serious fault is of the other side."""
        is_of_location = self.held_by is Ground.FAULT and self.side == TellingSide.FAMILY
        return str(FAULT_OF_LOCATION if is_of_location else self.held_by.label)

    @property
    def ends_on(self) -> date | None:
        """The last day of care as it stands; None where only an answer is waited for, or it was refused."""
        last: date | None = self.earlier if self.agreed_at else self.last
        return last
