"""Documents that were issued. None ever changes: what was wrong is set right by another."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books
from kribbe.billing.models.payers import ONE_OF, Charged, Payer, UnplacedCare, site_of
from kribbe.enrolment.models import Placement
from kribbe.outofschool.models import Club
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field
from kribbe.trust.history import no_number_left_out

STAYS = pgtrigger.Update | pgtrigger.Delete


class RunState(models.TextChoices):
    GOING = "going", _("Under way")
    DONE = "done", _("Done")


class Run(models.Model):
    """A month that an organiser invoices, or sets right. What is left of one that was interrupted can be resumed."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="runs")
    month = models.DateField()
    state = models.CharField(max_length=5, choices=RunState.choices, default=RunState.GOING)
    issued_on = models.DateField()
    started_at = models.DateTimeField()
    started_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="run_one_going", fields=["books", "month"], condition=Q(state=RunState.GOING)
            ),
            models.CheckConstraint(name="run_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="run_done",
                condition=Q(state=RunState.GOING, done_at=None)
                | Q(state=RunState.DONE, done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class MonthCount(models.Model):
    """What a run of a month that was invoiced would still find, as counted at a moment."""

    books = models.ForeignKey(Books, on_delete=models.CASCADE, related_name="month_counts")
    month = models.DateField()
    documents = models.PositiveIntegerField()
    """Invoices and credit notes that would set it right."""
    held = models.PositiveIntegerField()
    """Days of a child that aren't charged yet."""
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="month_count_once", fields=["books", "month"]),
            models.CheckConstraint(name="month_count_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.books_id} {self.month}"


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")


class Invoice(models.Model):
    """An invoice or credit note, numbered without a gap within its books and year.

    `total` in euros is below nought for a credit note. `parties` keeps how both sides were called on that day:
    {"seller": {...}, "buyer": {...}}, with the fields of Books and Payer.
    """

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="invoices")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="invoices")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="invoices")
    kind = models.CharField(max_length=7, choices=InvoiceKind.choices)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    month = models.DateField()
    """The first day of the month of care."""
    issued_on = models.DateField()
    due_on = models.DateField()
    ogm = models.CharField(max_length=12, unique=True)
    """The structured reference for the bank, twelve digits."""
    language = models.CharField(max_length=2)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    parties = models.JSONField()
    supplements = models.JSONField(default=list)
    """What of the month counts for the childcare supplement, by place: {"placement", "full", "half", "day", "amount",
    "verified", "provisional", "at_school"}; the last two only since they are told. For the family's information;
    nothing of it is charged.
    """
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["year", "number"]
        indexes = [
            models.Index(fields=["payer", "-issued_on"], name="invoice_payer"),
            models.Index(fields=["books", "month"], name="invoice_month"),
        ]
        constraints = [
            models.UniqueConstraint(name="invoice_number_once", fields=["books", "year", "number"]),
            models.UniqueConstraint(
                name="invoice_run_once", fields=["run", "payer"], condition=Q(run__isnull=False)
            ),
            models.CheckConstraint(name="invoice_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="invoice_month_first", condition=Q(month__day=1)),
            models.CheckConstraint(name="invoice_ogm", condition=Q(ogm__regex=r"^[0-9]{12}$")),
            models.CheckConstraint(
                name="invoice_sign",
                condition=Q(kind=InvoiceKind.INVOICE, total__gte=0) | Q(kind=InvoiceKind.CREDIT, total__lt=0),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="issued_stays", operation=STAYS),
            no_number_left_out("no_number_left_out", "billing_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:05d}"


class InvoiceLine(models.Model):
    """One charge of one day, or what it differs from what was asked before. Euros.

    `what` is a code of a billing case (`stay.full`) or the name of an extra or single charge; `why` keeps the reasons
    as codes with values, to be said in any language. `amount` is the payer's share, rounded to the cent.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="invoice_lines"
    )
    care = models.ForeignKey(UnplacedCare, on_delete=models.PROTECT, null=True, related_name="invoice_lines")
    month = models.DateField()
    day = models.DateField()
    what = models.CharField(max_length=80)
    quantity = models.DecimalField(max_digits=7, decimal_places=2)
    unit_price = models.DecimalField(max_digits=9, decimal_places=2)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    why = models.JSONField(default=list)

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["placement", "month"], name="invoice_line_placement")]
        constraints = [models.CheckConstraint(name="invoice_line_of_one", condition=ONE_OF)]
        triggers = [pgtrigger.Protect(name="line_stays", operation=STAYS)]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.amount}"

    @property
    def charged(self) -> Charged:
        """The place, or the out-of-school care, that the line is about."""
        about = self.placement or self.care
        if about is None:
            raise ValueError(f"line {self.pk} is about nothing")
        return about

    @property
    def child(self) -> Child:
        """Whose care it is."""
        return self.charged.child

    @property
    def site(self) -> Location | Club:
        """Where the child is cared for; both have a name and a desk."""
        return site_of(self.charged)
