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
from kribbe.billing.selectors.late import in_running_plans
from kribbe.billing.selectors.net import asked_of
from kribbe.contact.services import tell_household
from kribbe.rules.bank.creditor import is_creditor_id
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

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
    """What is to be paid of an invoice, in euros, and the mandate by which it may be collected."""

    invoice: Invoice
    asked: Decimal
    mandate: Mandate


def to_collect(books: Books) -> list[Due]:
    """Invoices of which something is to be paid, of payers with a mandate, that no collection is under way for and no
    payment plan pays off."""
    under_way = Collection.objects.filter(invoice=OuterRef("pk"), returned_by=None, dropped_at=None)
    mandates = {
        each.payer_id: each
        for each in Mandate.objects.filter(payer__books=books, revoked_at=None).select_related("payer__adult")
    }
    planned = in_running_plans().filter(invoice=OuterRef("pk"))
    found = Invoice.objects.filter(~Exists(under_way), ~Exists(planned), payer__in=mandates, total__gt=0)
    rows = list(with_open(found).filter(open__gt=0).order_by("due_on", "pk"))
    asked = asked_of(rows)
    return [Due(each, asked[each.pk], mandates[each.payer_id]) for each in rows if asked[each.pk]]


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
            mandate__in={each.mandate.pk for each in due}, returned_by=None, dropped_at=None
        ).values_list("mandate_id", flat=True)
    )
    found = []
    for each in due:
        sequence = Sequence.RECURRING if each.mandate.pk in used else Sequence.FIRST
        used.add(each.mandate.pk)
        found.append(
            Collection(
                file=file, mandate=each.mandate, invoice=each.invoice, amount=each.asked, sequence=sequence
            )
        )
    return found


def debit_xml(file: DebitFile) -> bytes:
    """The file for the bank (pain.008.001.08), valid by its schema; the same bytes but for the time of writing.

    Raises RefusedError where nothing is left to collect, and where the bank would refuse it.
    """
    rows = list(file.collections.filter(dropped_at=None).select_related("mandate", "invoice").order_by("pk"))
    if not rows:
        raise RefusedError(_("Nothing is left to collect in this file."), code="empty")
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
