"""What follows an invoice: its paper, how it left, reminders, plans, debts written off, deposits, online payments.

What was sent or posted never changes: it is undone by its contrary, in an entry of its own.
"""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books
from kribbe.billing.models.invoices import STAYS, Invoice
from kribbe.billing.models.journal import JournalEntry
from kribbe.billing.models.payers import Delivery, Payer
from kribbe.billing.models.ties import DEPOSIT_BY_ENTRY
from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class InvoicePaper(models.Model):
    """The PDF of an invoice as it was first made: whoever opens it later sees the same bytes."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="paper")
    pdf = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="paper_stays", operation=STAYS)]

    def __str__(self) -> str:
        return f"{self.invoice_id}.pdf"


@remembered()
class Sending(models.Model):
    """How an invoice leaves, once. On paper it waits on the pile, as an electronic invoice for its download."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="sending")
    way = models.CharField(max_length=6, choices=Delivery.choices)
    notice = models.ForeignKey(Notice, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    """When it was printed or downloaded; of a mail, when it was written."""

    class Meta:
        indexes = [models.Index(fields=["way"], name="sending_waits", condition=Q(done_at=None))]
        constraints = [
            models.CheckConstraint(
                name="sending_mail_done", condition=~Q(way=Delivery.MAIL) | Q(done_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.way}"


class Step(models.IntegerChoices):
    FREE = 1, _("First reminder, free")
    COSTS = 2, _("Reminder with costs")


class Reminder(models.Model):
    """A reminder of an invoice, with what it adds. Euros.

    `pay_by` is the last day before costs may be asked (`FREE`), or on which all of it should be paid.
    """

    reference = reference_field()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    step = models.PositiveSmallIntegerField(choices=Step.choices)
    on = models.DateField()
    pay_by = models.DateField()
    asked = models.DecimalField(max_digits=10, decimal_places=2)
    """What was still open of the invoice."""
    interest = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    lump = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="reminder")
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="reminder_stays", operation=STAYS)]
        constraints = [
            models.UniqueConstraint(name="reminder_step_once", fields=["invoice", "step"]),
            models.CheckConstraint(
                name="reminder_first_is_free",
                condition=Q(step=Step.FREE, interest=0, lump=0, entry=None)
                | Q(step=Step.COSTS, interest__gte=0, lump__gte=0),
            ),
            models.CheckConstraint(name="reminder_asked", condition=Q(asked__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.step}"

    @property
    def costs(self) -> Decimal:
        """Interest and lump sum together."""
        return self.interest + self.lump


@remembered()
class PaymentPlan(models.Model):
    """Days on which a payer pays off what was open. While it is kept, nobody is reminded of its invoices."""

    reference = reference_field()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="plans")
    total = models.DecimalField(max_digits=10, decimal_places=2)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_one_of_payer", fields=["payer"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="plan_total", condition=Q(total__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} {self.total}"


class PlannedInvoice(models.Model):
    """What of an invoice a plan pays off, in euros."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="invoices")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="planned")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(name="planned_once", fields=["plan", "invoice"])]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.invoice_id}"


class Instalment(models.Model):
    """A part of a plan and the day on which it is due, in euros."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="instalments")
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(name="instalment_day_once", fields=["plan", "due_on"]),
            models.CheckConstraint(name="instalment_amount", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount}"


@remembered()
class WriteOff(models.Model):
    """What of an invoice isn't asked any more, in euros, and the contrary entry where that was undone."""

    reference = reference_field()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.CharField(max_length=200)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="write_off")
    undone = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="write_off_undone"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="write_off_amount", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.amount}"


@remembered()
class Deposit(models.Model):
    """A guarantee asked for a place, in euros. What is kept of it, is the sum of its moves."""

    reference = reference_field()
    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="deposit")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="deposits")
    asked = models.DecimalField(max_digits=6, decimal_places=2)
    low_income = models.BooleanField(default=False)
    asked_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="deposit_asked", condition=Q(asked__gt=0))]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.asked}"


class DepositMove(models.Model):
    """Paid in above nought; set off or paid back below. Euros; the entry says which."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="moves")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="deposit_move")
    amount = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="deposit_move_stays", operation=STAYS),
            pgtrigger.Trigger(
                name="deposit_within",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT FROM billing_deposit asked
                        JOIN billing_depositmove moved ON moved.deposit_id = asked.id
                        WHERE asked.id = NEW.deposit_id
                        GROUP BY asked.id, asked.asked
                        HAVING SUM(moved.amount) NOT BETWEEN 0 AND asked.asked
                    ) THEN
                        RAISE EXCEPTION 'deposit % is kept below nought or beyond what was asked', NEW.deposit_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
            DEPOSIT_BY_ENTRY,
        ]
        constraints = [models.CheckConstraint(name="deposit_move_amount", condition=~Q(amount=0))]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.amount}"


class OnlineState(models.TextChoices):
    BEGUN = "begun", _("Begun")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Not paid")


class OnlinePayment(models.Model):
    """A payment that a parent began with a provider of online payments. Euros."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="online_payments")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="online_payments")
    provider = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=6, choices=OnlineState.choices, default=OnlineState.BEGUN)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="online")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="online_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="online_paid_has_entry",
                condition=Q(state=OnlineState.PAID, entry__isnull=False)
                | ~Q(state=OnlineState.PAID) & Q(entry=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
