"""Tax certificates that were issued. None ever changes: what was wrong is set right by another."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, Payer
from kribbe.people.models import Child
from kribbe.trust.fields import reference_field
from kribbe.trust.history import no_number_left_out

STAYS = pgtrigger.Update | pgtrigger.Delete


class CertificateKind(models.TextChoices):
    ORIGINAL = "original", _("Certificate")
    CHANGE = "change", _("Corrected certificate")
    CANCEL = "cancel", _("Cancelled certificate")


class TaxCertificate(models.Model):
    """A certificate 281.86 of a child, payer and calendar year, numbered without a gap within books and year.

    `lines` has {"first", "last", "days", "price", "amount"} for each period, amounts in euros as text, price None
    where none is asked. `parties` keeps how all were called: {"organiser": {...}, "certifier": {...}, "payer":
    {...}, "child": {...}}, without national numbers. One that cancels has no lines.
    """

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="tax_certificates")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="tax_certificates")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="tax_certificates")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=CertificateKind.choices, default=CertificateKind.ORIGINAL)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    lines = models.JSONField()
    days = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=9, decimal_places=2)
    parties = models.JSONField()
    language = models.CharField(max_length=2)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["year", "number"]
        indexes = [models.Index(fields=["payer", "year"], name="tax_certificate_payer")]
        constraints = [
            models.UniqueConstraint(name="tax_certificate_once", fields=["books", "year", "number"]),
            models.CheckConstraint(name="tax_certificate_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="tax_certificate_kind",
                condition=Q(kind=CertificateKind.ORIGINAL, replaces=None)
                | (~Q(kind=CertificateKind.ORIGINAL) & Q(replaces__isnull=False)),
            ),
            models.CheckConstraint(
                name="tax_certificate_total",
                condition=Q(kind=CertificateKind.CANCEL, total=0, days=0)
                | (~Q(kind=CertificateKind.CANCEL) & Q(total__gt=0, days__gt=0)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="tax_certificate_stays", operation=STAYS),
            no_number_left_out("no_certificate_left_out", "taxes_taxcertificate"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:05d}"


class Way(models.TextChoices):
    """How a copy left the books."""

    ACCOUNT = "account", _("In the account")
    PAPER = "paper", _("On paper")


class CertificateCopy(models.Model):
    """A copy of a certificate that was taken. The first is the original; each later one says it is a duplicate."""

    certificate = models.ForeignKey(TaxCertificate, on_delete=models.PROTECT, related_name="copies")
    way = models.CharField(max_length=7, choices=Way.choices)
    is_duplicate = models.BooleanField()
    taken_at = models.DateTimeField()
    taken_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="certificate_one_original", fields=["certificate"], condition=Q(is_duplicate=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.way}"
