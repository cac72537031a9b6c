"""Collecting what payers agreed to: announced first, one collection for an invoice, in a file for the bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from sepaxml import SepaDD

from kribbe.banking.models import Collection, Creditor, DebitFile, Mandate, Sequence
from kribbe.banking.services.pain import written
from kribbe.billing.models import Books, Invoice, Payer
from kribbe.billing.selectors.accounts import with_open
from kribbe.contact.services import tell_household
from kribbe.rules.bank.creditor import is_creditor_id
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

NOUGHT = Decimal(0)
SCHEMA = "pain.008.001.08"


def set_creditor(
    *, principal: Principal, books: Books, identifier: str, notice_days: int, now: datetime
) -> Creditor:
    """Keep the identifier that the bank gave, and how many days before a collection it is announced."""
    plain = "".join(identifier.split()).upper()
    if not is_creditor_id(plain):
        raise RefusedError(
            _("Check the identifier: it isn't right. It stands in your contract with the bank."),
            field="identifier",
            code="identifier",
        )
    with transaction.atomic():
        creditor, _made = Creditor.objects.update_or_create(
            books=books, defaults={"identifier": plain, "notice_days": notice_days}
        )
        record(principal=principal, action="debit.creditor", subject=creditor, now=now)
    return creditor


@dataclass(frozen=True, slots=True)
class Due:
    """What is open of an invoice, in euros, and the mandate by which it may be collected."""

    invoice: Invoice
    open: Decimal
    mandate: Mandate


def to_collect(books: Books) -> list[Due]:
    """Open invoices of payers with a mandate that no collection is under way for."""
    under_way = Collection.objects.filter(invoice=OuterRef("pk"), returned_by=None)
    mandates = {
        each.payer_id: each
        for each in Mandate.objects.filter(payer__books=books, revoked_at=None).select_related("payer__adult")
    }
    free = Invoice.objects.filter(~Exists(under_way), payer__in=mandates, total__gt=0)
    rows = with_open(free).filter(open__gt=0).order_by("due_on", "pk")
    return [Due(invoice, invoice.open, mandates[invoice.payer_id]) for invoice in rows]


def make_file(
    *, principal: Principal, books: Books, collect_on: date, today: date, now: datetime
) -> DebitFile:
    """Announce and write down the collection of all that can be collected on a day.

    Raises RefusedError without an identifier, for a day too near to announce it, and where nothing is open.
    """
    creditor = Creditor.objects.filter(books=books).first()
    if creditor is None:
        raise RefusedError(_("Give the identifier of your bank first."), code="creditor")
    first = today + timedelta(days=creditor.notice_days)
    if collect_on < first:
        raise RefusedError(
            _("Families hear of it %(days)s days before. Choose %(first)s or later.")
            % {"days": creditor.notice_days, "first": first},
            field="collect_on",
            code="too_near",
        )
    with transaction.atomic():
        lock_rows((Books, books.pk))
        lock_rows(*((Payer, each.mandate.payer_id) for each in to_collect(books)))
        due = to_collect(books)
        if not due:
            raise RefusedError(_("Nothing is open of payers with a mandate."), code="nothing")
        file = DebitFile.objects.create(
            books=books, collect_on=collect_on, made_at=now, made_by=principal.user_id
        )
        for each in Collection.objects.bulk_create(_collections(file, due)):
            _announce(each, now)
        record(principal=principal, action="debit.file", subject=file, now=now, collections=len(due))
    return file


def _announce(collection: Collection, now: datetime) -> None:
    payer = collection.mandate.payer
    if payer.adult is None:
        return
    tell_household(
        household_id=payer.adult.household_id,
        kind="banking/collection",
        context={"collection": collection, "file": collection.file, "books": collection.file.books},
        now=now,
        link=reverse("banking:mandate", args=[payer.reference]),
        about=f"collection:{collection.pk}",
    )


def _collections(file: DebitFile, due: Iterable[Due]) -> list[Collection]:
    used = set(
        Collection.objects.filter(
            mandate__in={each.mandate.pk for each in due}, returned_by=None
        ).values_list("mandate_id", flat=True)
    )
    found = []
    for each in due:
        sequence = Sequence.RECURRING if each.mandate.pk in used else Sequence.FIRST
        used.add(each.mandate.pk)
        found.append(
            Collection(
                file=file, mandate=each.mandate, invoice=each.invoice, amount=each.open, sequence=sequence
            )
        )
    return found


def debit_xml(file: DebitFile) -> bytes:
    """The file for the bank (pain.008.001.08), valid by its schema; the same bytes but for the time of writing.

    Raises RefusedError where the bank would refuse it.
    """
    books = file.books
    sepa = SepaDD(
        {
            "name": books.name,
            "IBAN": books.iban,
            "batch": True,
            "creditor_id": books.creditor.identifier,
            "currency": "EUR",
            **({"BIC": books.bic} if books.bic else {}),
        },
        schema=SCHEMA,
    )
    rows = file.collections.select_related("mandate", "invoice").order_by("pk")
    for each in rows:
        sepa.add_payment(
            {
                "name": each.mandate.holder,
                "IBAN": each.mandate.iban,
                "amount": int(each.amount * 100),
                "type": each.sequence,
                "collection_date": file.collect_on,
                "mandate_id": each.mandate.reference,
                "mandate_date": each.mandate.signed_on,
                "description": f"{books.name} {each.invoice}",
                "endtoend_id": each.reference,
            }
        )
    return written(sepa)
