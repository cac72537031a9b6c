"""Lists of children and agreements that a location takes over from its own spreadsheet."""

from django.db import models
from django.db.models import Q

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.trust.fields import EncryptedText, reference_field


class AgreementImport(models.Model):
    """One file, from when it was given until its result. `table` holds what it says until it is carried out.

    Once it is asked for, signed by a name, a worker writes it in parts; `stopped` where a fault ended that early.
    `totals` counts the rows by what became of them; `faults` are the rows that were left out or warned of.
    """

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="agreement_imports")
    file_name = models.CharField(max_length=200)
    table = EncryptedText(null=True)
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.BigIntegerField(null=True)
    signed_as = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["location", "-given_at"], name="agreement_import_location")]
        constraints = [
            models.CheckConstraint(
                name="agreement_import_signed",
                condition=Q(asked_at=None, signed_as="") | (Q(asked_at__isnull=False) & ~Q(signed_as="")),
            ),
            models.CheckConstraint(
                name="agreement_import_stopped", condition=Q(stopped=False) | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(
                name="agreement_import_undone_after", condition=Q(undone_at=None) | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(
                name="agreement_import_emptied", condition=Q(done_at=None) | Q(table__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_going(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.asked_at is not None and self.done_at is None


class ImportedPlace(models.Model):
    """What a row of a list became, and whether its family came into the register with it."""

    run = models.ForeignKey(AgreementImport, on_delete=models.CASCADE, related_name="places")
    line = models.PositiveIntegerField()
    placement = models.OneToOneField(Placement, on_delete=models.CASCADE, related_name="imported")
    new_household = models.BooleanField()
    new_child = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="imported_place_line_once", fields=["run", "line"]),
            models.CheckConstraint(
                name="imported_place_new", condition=Q(new_household=False) | Q(new_child=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.line}"
