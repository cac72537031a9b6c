"""What the bank told: files, their statements and movements, and which entry of the ledger matched a movement."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, JournalEntry
from kribbe.billing.words import printed_reference
from kribbe.trust.fields import reference_field
from kribbe.trust.history import change_of

BOOKED = """
    IF EXISTS (SELECT FROM banking_statement WHERE id = OLD.statement_id AND booked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the statement of movement % is booked', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
"""


class FileForm(models.TextChoices):
    CODA = "coda", "CODA"
    CAMT = "camt", "CAMT.053"


class FileState(models.TextChoices):
    CHECKED = "checked", _("Checked, not booked")
    BOOKED = "booked", _("Booked")


class BankFile(models.Model):
    """A file of the bank that was wholly checked. It is looked at first, and then booked or thrown away."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="bank_files")
    form = models.CharField(max_length=4, choices=FileForm.choices)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    """SHA-256 of its bytes, by which the same file is known again."""
    state = models.CharField(max_length=7, choices=FileState.choices, default=FileState.CHECKED)
    skipped = models.PositiveSmallIntegerField(default=0)
    """Statements of the file that the books had already."""
    others = models.PositiveSmallIntegerField(default=0)
    """Statements of the file that are of other accounts, and weren't read."""
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="bank_file_once", fields=["books", "digest"])]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """An account of the books from one balance to the next, in euros."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="statements")
    file = models.ForeignKey(BankFile, on_delete=models.CASCADE, related_name="statements")
    iban = models.CharField(max_length=34)
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=35)
    old_balance = models.DecimalField(max_digits=14, decimal_places=2)
    new_balance = models.DecimalField(max_digits=14, decimal_places=2)
    old_on = models.DateField()
    on = models.DateField()
    """The day of the new balance."""
    booked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["books", "-on", "-id"], name="statement_on")]
        constraints = [
            models.UniqueConstraint(name="statement_once", fields=["books", "iban", "year", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"


class Aside(models.TextChoices):
    """Why a movement needs no look though it is of no payer."""

    OTHER = "other", _("Of no payer")
    ENTERED = "entered", _("Entered already")


class Movement(models.Model):
    """Money in (above nought) or out, in euros. Once its statement is booked it never changes, save `aside`."""

    reference = reference_field()
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="movements")
    number = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    on = models.DateField()
    value_on = models.DateField()
    bank_reference = models.CharField(max_length=35, blank=True)
    ogm = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=300, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    name = models.CharField(max_length=140, blank=True)
    client_reference = models.CharField(max_length=35, blank=True)
    code = models.CharField(max_length=20, blank=True)
    return_reason = models.CharField(max_length=4, blank=True)
    aside_at = models.DateTimeField(null=True)
    """Since when somebody said that it needs no look."""
    aside_as = models.CharField(max_length=7, choices=Aside.choices, blank=True)
    """Of no payer, and moved to other income or costs; or entered before it came, and moved nowhere."""

    class Meta:
        ordering = ["statement_id", "number"]
        indexes = [models.Index(fields=["iban"], name="movement_iban", condition=~Q(iban=""))]
        constraints = [
            models.UniqueConstraint(name="movement_once", fields=["statement", "number"]),
            models.CheckConstraint(
                name="movement_aside",
                condition=Q(aside_at=None, aside_as="")
                | Q(aside_at__isnull=False, aside_as__in=Aside.values),
            ),
            models.CheckConstraint(name="movement_ogm", condition=Q(ogm="") | Q(ogm__regex=r"^[0-9]{12}$")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="booked_stays", when=pgtrigger.Before, operation=pgtrigger.Delete, func=BOOKED
            ),
            pgtrigger.Protect(
                name="told_stays",
                operation=change_of("statement_id", "number", "amount", "on", "ogm", "iban"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.amount}"

    @property
    def told(self) -> str:
        """What whoever paid wrote: the structured reference as banks print it, or words."""
        return printed_reference(self.ogm) if self.ogm else self.text


class Match(models.Model):
    """An entry that says whose a movement was. One that was wrong is undone by a contrary entry, and kept."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="matches")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="match")
    undone_by = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="undone_match"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="match_one", fields=["movement"], condition=Q(undone_by=None))
        ]

    def __str__(self) -> str:
        return f"{self.movement_id} {self.entry_id}"
