"""Households handed to another desk."""

from django.db import models
from django.db.models import F, Q

from kribbe.people.models import Household
from kribbe.region.models import Desk
from kribbe.trust.history import remembered


@remembered()
class HandOver(models.Model):
    """A household handed to another desk: one of this installation (`to_desk`), or one that works otherwise.

    `document` is what goes along, as it was on that day. It is deleted in time (`forgotten_at`); the rest stays.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="hand_overs")
    from_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="handed_over")
    to_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="taken_over", null=True)
    to_name = models.CharField(max_length=200, blank=True)
    requests = models.ManyToManyField("enrolment.CareRequest", related_name="hand_overs")
    consent_by = models.CharField(max_length=200)
    consented_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    document = models.JSONField(default=dict)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["from_desk", "-made_at"], name="hand_over_from"),
            models.Index(fields=["to_desk", "-made_at"], name="hand_over_to"),
        ]
        constraints = [
            models.CheckConstraint(
                name="hand_over_somewhere",
                condition=Q(to_desk__isnull=False, to_name="") | (Q(to_desk=None) & ~Q(to_name="")),
            ),
            models.CheckConstraint(name="hand_over_elsewhere", condition=~Q(to_desk=F("from_desk"))),
            models.CheckConstraint(
                name="hand_over_forgotten", condition=Q(forgotten_at=None) | Q(document={})
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.made_at:%Y-%m-%d}"
