"""What a family is asked for, and what a location says without offering or refusing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered
from kribbe.trust.models import StoredFile


class ProofState(models.TextChoices):
    ASKED = "asked", _("Asked")
    SENT = "sent", _("Sent, not looked at yet")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not enough")
    WITHDRAWN = "withdrawn", _("No longer needed")


@remembered()
class ProofRequest(models.Model):
    """A proof that the desk (or a location) asks of a household: which, why, until when.

    The file is kept until `delete_on`; what remains is who looked at it and when.
    """

    reference = reference_field()
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="proofs")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="proofs")
    what = models.CharField(max_length=200)
    why = models.CharField(max_length=300)
    until = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=ProofState.choices, default=ProofState.ASKED)
    file = models.OneToOneField(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    delete_on = models.DateField(null=True, db_index=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["household", "state"], name="proof_household")]
        constraints = [
            models.CheckConstraint(
                name="proof_sent",
                condition=Q(state__in=["asked", "withdrawn"])
                | Q(sent_at__isnull=False, delete_on__isnull=False),
            ),
            models.CheckConstraint(
                name="proof_decided",
                condition=~Q(state__in=["accepted", "rejected"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class LookAgain(models.Model):
    """A location keeps a family waiting, and says in which month it looks at it again."""

    preference = models.OneToOneField(
        "enrolment.Preference", on_delete=models.CASCADE, related_name="look_again"
    )
    month = models.DateField()
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="look_again_first_of_month", condition=Q(month__day=1))]

    def __str__(self) -> str:
        return f"{self.preference_id} {self.month}"
