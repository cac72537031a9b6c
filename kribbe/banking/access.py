"""The doors to what the bank told an organiser, and to a parent's own mandate; another's isn't found."""

from django.db.models import QuerySet

from kribbe.banking.models import BankFile, DebitFile, Movement, RefundFile, Statement
from kribbe.billing.models import Books, Payer
from kribbe.people.access import refusal
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope


def file_at(principal: Principal, books: Books | None, reference: str) -> BankFile:
    """A file of these books."""
    found = BankFile.objects.filter(books=books, reference=reference).select_related("books").first()
    if books is None or found is None:
        raise refusal(principal)
    return found


def statement_at(principal: Principal, books: Books | None, reference: str) -> Statement:
    """A booked statement of these books."""
    found = Statement.objects.filter(books=books, reference=reference, booked_at__isnull=False).first()
    if books is None or found is None:
        raise refusal(principal)
    return found


def movement_at(principal: Principal, books: Books | None, reference: str) -> Movement:
    """A booked movement of these books."""
    found = (
        Movement.objects.filter(
            statement__books=books, reference=reference, statement__booked_at__isnull=False
        )
        .select_related("statement__books")
        .first()
    )
    if books is None or found is None:
        raise refusal(principal)
    return found


def debit_file_at(principal: Principal, books: Books | None, reference: str) -> DebitFile:
    """A file of collections of these books."""
    found = DebitFile.objects.filter(books=books, reference=reference).select_related("books").first()
    if books is None or found is None:
        raise refusal(principal)
    return found


def refund_file_at(principal: Principal, books: Books | None, reference: str) -> RefundFile:
    """A file of payments back of these books."""
    found = RefundFile.objects.filter(books=books, reference=reference).select_related("books").first()
    if books is None or found is None:
        raise refusal(principal)
    return found


def own_payers(principal: Principal) -> QuerySet[Payer]:
    """The payers of the reader's own household, by organiser; who is no parent finds nothing."""
    households = scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD)
    if not households:
        raise refusal(principal)
    found = Payer.objects.filter(adult__household__in=households).select_related("books", "adult")
    return found.order_by("books__name", "name", "pk")


def own_payer(principal: Principal, reference: str) -> Payer:
    """A payer of the reader's own household; another's isn't found."""
    found = own_payers(principal).filter(reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found
