"""What becomes of a family's invoices, and how long the law has them kept."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Deposit, Invoice, JournalLine
from kribbe.billing.selectors.accounts import OWED
from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import GONE, Need, erase, forget, hollow, need

PACK = "flanders"
BOOK_YEARS = "forget.book_years"
INVOICED = (
    "payer__adult__household",
    "lines__placement__child__household",
    "lines__care__child__household",
)


def forget_families() -> None:
    """Who paid and for whom; numbers, amounts and the ledger stay."""
    need(_invoiced)
    need(_owing)
    paid = "payer__adult__household"
    forget(
        "billing.Payer", "adult__household", name=GONE, street="", postcode="", city="", email="", iban="",
        enterprise_number="", delivery="paper",
    )  # fmt: skip
    forget("billing.Invoice", paid, parties=_without_buyer)
    forget("billing.WriteOff", f"invoice__{paid}", reason="")
    forget("billing.OneCharge", _charged, name=GONE)
    forget("billing.FeeCertificate", "child__household", code="")
    erase("billing.InvoicePaper", f"invoice__{paid}", is_guarded=True)
    erase("billing.Stuck", f"invoice__{paid}")
    erase("billing.Stuck", "placement__child__household")


def _charged(household: int) -> Q:
    """The charges of a household's places, and of its children's out-of-school care."""
    return Q(placement__child__household=household) | Q(care__child__household=household)


def _without_buyer(row: Invoice) -> dict[str, object]:
    return {**row.parties, "buyer": hollow(row.parties.get("buyer", {}))}


def _invoiced(household_ids: Collection[int], today: date) -> Iterator[Need]:
    """Whole years after that of the invoice, for who pays and for the child's own household."""
    years = load_pack(PACK).integer(BOOK_YEARS, today)
    why = _("The law has invoices kept.")
    for path in INVOICED:
        rows = Invoice.objects.filter(**{f"{path}__in": household_ids})
        for key, year in rows.values_list(path, "year").distinct():
            yield Need(key, date(year, 12, 31), why, years)


def _owing(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    """Payers with something open, either way, and deposits that weren't given back."""
    path = "payer__adult__household"
    lines = JournalLine.objects.filter(**{f"{path}__in": household_ids}, account__in=OWED)
    for key, _account, amount in lines.values_list(path, "account").annotate(sum=Sum("amount")):
        if amount:
            yield Need(key, None, _("An invoice is open, or something must be paid back."))
    held = Deposit.objects.filter(**{f"{path}__in": household_ids}).annotate(held=Sum("moves__amount"))
    for key in held.filter(~Q(held=0), held__isnull=False).values_list(path, flat=True):
        yield Need(key, None, _("A deposit wasn't given back yet."))
