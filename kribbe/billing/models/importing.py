"""Lists of fee certificates that an organiser takes over."""

from django.db import models
from django.db.models import Q

from kribbe.billing.models.books import Books
from kribbe.billing.models.payers import FeeCertificate
from kribbe.trust.fields import EncryptedText, reference_field


class CertificateImport(models.Model):
    """One file, from when it was given until its result. `table` holds what it says until it is carried out.

    `totals` counts the rows by what became of them; `faults` are the rows that were left out.
    """

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="certificate_imports")
    file_name = models.CharField(max_length=200)
    table = EncryptedText(null=True)
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["books", "-given_at"], name="certificate_import_books")]
        constraints = [
            models.CheckConstraint(
                name="certificate_import_undone", condition=Q(undone_at=None) | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(
                name="certificate_import_emptied", condition=Q(done_at=None) | Q(table__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ImportedCertificate(models.Model):
    """The certificate that a row became, and the one that it ended, with the day after its last day of before."""

    run = models.ForeignKey(CertificateImport, on_delete=models.CASCADE, related_name="certificates")
    line = models.PositiveIntegerField()
    certificate = models.OneToOneField(FeeCertificate, on_delete=models.CASCADE, related_name="imported")
    shortened = models.ForeignKey(FeeCertificate, on_delete=models.CASCADE, null=True, related_name="+")
    shortened_end = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="imported_certificate_line", fields=["run", "line"])]

    def __str__(self) -> str:
        return f"{self.run_id} {self.line}"
