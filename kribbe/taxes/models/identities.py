"""By which number the tax office knows a payer or child. Kept sealed, for the certificate 281.86 alone."""

from django.db import models
from django.db.models import Q

from kribbe.people.models import Adult, Child
from kribbe.trust.fields import EncryptedText


class TaxIdentity(models.Model):
    """The national or bis number of an adult or child, sealed; `severe_disability` is told of a child only.

    It has no history: what is removed is gone. Who gave, looked at or used it stands on the audit trail, without it.
    """

    adult = models.OneToOneField(Adult, on_delete=models.CASCADE, null=True, related_name="tax_identity")
    child = models.OneToOneField(Child, on_delete=models.CASCADE, null=True, related_name="tax_identity")
    number = EncryptedText(null=True)
    severe_disability = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tax_identity_of_one",
                condition=Q(adult__isnull=True, child__isnull=False)
                | Q(adult__isnull=False, child__isnull=True),
            ),
            models.CheckConstraint(
                name="tax_identity_disability", condition=Q(severe_disability=False) | Q(adult=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
