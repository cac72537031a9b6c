"""The tables of billing, by what they are about."""

from kribbe.billing.models.after import (
    Deposit,
    DepositMove,
    Instalment,
    InvoicePaper,
    OnlinePayment,
    OnlineState,
    PaymentPlan,
    PlannedInvoice,
    Reminder,
    Sending,
    Step,
    WriteOff,
)
from kribbe.billing.models.books import Books, Counter, PriceList
from kribbe.billing.models.importing import CertificateImport, ImportedCertificate
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
    ShareChange,
)

__all__ = [
    "Account",
    "Books",
    "CertificateImport",
    "CertificateKind",
    "Counter",
    "Delivery",
    "Deposit",
    "DepositMove",
    "EntryKind",
    "FeeCertificate",
    "ImportedCertificate",
    "Instalment",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "InvoicePaper",
    "JournalEntry",
    "JournalLine",
    "OneCharge",
    "OnlinePayment",
    "OnlineState",
    "Payer",
    "PayerKind",
    "PaymentPlan",
    "PlannedInvoice",
    "PriceList",
    "Reminder",
    "Run",
    "RunState",
    "Sending",
    "Settlement",
    "Share",
    "ShareChange",
    "Step",
    "WriteOff",
]
