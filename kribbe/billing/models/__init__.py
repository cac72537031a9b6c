"""The tables of billing, by what they are about."""

from kribbe.billing.models.books import Books, Counter, PriceList
from kribbe.billing.models.invoices import Invoice, InvoiceKind, InvoiceLine, Run, RunState
from kribbe.billing.models.journal import Account, EntryKind, JournalEntry, JournalLine, Settlement
from kribbe.billing.models.payers import (
    CertificateKind,
    Delivery,
    FeeCertificate,
    OneCharge,
    Payer,
    PayerKind,
    Share,
)

__all__ = [
    "Account",
    "Books",
    "CertificateKind",
    "Counter",
    "Delivery",
    "EntryKind",
    "FeeCertificate",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "JournalEntry",
    "JournalLine",
    "OneCharge",
    "Payer",
    "PayerKind",
    "PriceList",
    "Run",
    "RunState",
    "Settlement",
    "Share",
]
