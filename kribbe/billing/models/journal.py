"""The ledger in double entry. The database holds that each entry balances, and that none is changed or removed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books
from kribbe.billing.models.invoices import STAYS, Invoice
from kribbe.billing.models.payers import Payer
from kribbe.billing.models.ties import (
    DEPOSITS_MOVED,
    LOWERED_BY_SETTLING,
    POSTED_AS_ASKED,
    SETTLED_BY_ENTRY,
)
from kribbe.trust.fields import reference_field

BALANCED = """
    IF (SELECT COALESCE(SUM(amount), 0) <> 0 OR COUNT(*) < 2 FROM billing_journalline
        WHERE entry_id = NEW.{entry}) THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.{entry} USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


CLOSED = """
    PERFORM 1 FROM billing_books WHERE id IN (SELECT books_id FROM made) FOR KEY SHARE;
    IF EXISTS (SELECT FROM made JOIN billing_books kept ON kept.id = made.books_id
               WHERE made."on" <= kept.closed_until) THEN
        RAISE EXCEPTION 'the books are closed on that day' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
"""Books that are being closed (locked alone) are waited for, so that no entry slips in; nothing else is."""


class Account(models.TextChoices):
    """What is owned and owed. Those of a payer have one in every line: what it owes, and what is kept of it."""

    RECEIVABLE = "receivable", _("Owed by payers")
    BANK = "bank", _("Bank")
    CARE = "care", _("Income from care")
    COSTS = "costs", _("Income from reminders")
    DEPOSITS = "deposits", _("Deposits kept")
    PARKED = "parked", _("Payments to look at")
    TO_REFUND = "to_refund", _("To pay back")
    LOSS = "loss", _("Written off")
    BANK_COSTS = "bank_costs", _("Costs of the bank")
    OTHER = "other", _("Other income")


OF_PAYERS = (Account.RECEIVABLE, Account.DEPOSITS, Account.TO_REFUND)


class EntryKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")
    PAYMENT = "payment", _("Payment")
    RETURN = "return", _("Payment that was returned")
    REFUND = "refund", _("Paid back")
    DEPOSIT = "deposit", _("Deposit")
    REMINDER = "reminder", _("Costs of a reminder")
    WRITE_OFF = "write_off", _("Written off")
    MOVE = "move", _("Moved between accounts")
    SET_OFF = "set_off", _("Went off what was owed")


class JournalEntry(models.Model):
    """Something that happened to money on a day. `key` is what it came from, so that it is never entered twice."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=9, choices=EntryKind.choices)
    on = models.DateField()
    key = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["books", "on"], name="journal_entry_on")]
        constraints = [models.UniqueConstraint(name="journal_entry_once", fields=["books", "key"])]
        triggers = [
            pgtrigger.Protect(name="entry_stays", operation=STAYS),
            pgtrigger.Trigger(
                name="entry_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=BALANCED.format(entry="id"),
            ),
            pgtrigger.Trigger(
                name="books_open",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="made"),  # type: ignore[no-untyped-call]
                func=CLOSED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JournalLine(models.Model):
    """One side of an entry, in euros: above nought debit, below credit."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=10, choices=Account.choices)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, null=True, related_name="journal_lines")
    amount = models.DecimalField(max_digits=11, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["payer", "account"], name="journal_line_payer")]
        constraints = [
            models.CheckConstraint(name="journal_line_amount", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="journal_line_payer_known",
                condition=Q(account__in=OF_PAYERS, payer__isnull=False)
                | (~Q(account__in=OF_PAYERS) & Q(payer=None)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="line_stays", operation=STAYS),
            pgtrigger.Trigger(
                name="line_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=BALANCED.format(entry="entry_id"),
            ),
            POSTED_AS_ASKED,
            DEPOSITS_MOVED,
            LOWERED_BY_SETTLING,
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class Settlement(models.Model):
    """What of an invoice an entry paid, in euros; below nought what a credit note gave, or a payment taken back.

    A row is never changed: one that was wrong is undone by its contrary, in an entry of its own.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="settlements")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="settlements")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["invoice"], include=["amount"], name="settlement_invoice")]
        constraints = [models.CheckConstraint(name="settlement_amount", condition=~Q(amount=0))]
        triggers = [
            pgtrigger.Protect(name="settlement_stays", operation=STAYS),
            SETTLED_BY_ENTRY,
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.amount}"
