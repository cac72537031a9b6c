"""Payments that somebody must look at, and one payment: whose it is, split, undone, put aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.banking.access import movement_at
from kribbe.banking.models import Movement
from kribbe.banking.pages.showing import around, at_row, noted
from kribbe.banking.selectors.expected import entered_before
from kribbe.banking.selectors.movements import parked, shown
from kribbe.banking.selectors.payers import Owing, owing, payers_named
from kribbe.banking.services.matching import match, put_aside, undo
from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books
from kribbe.billing.services.posting import Share
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action

SHOWN = 50
MOST_CHOSEN = 8
READ, CHANGE = Action.BILLING_READ, Action.BILLING_CHANGE


@dataclass(frozen=True)
class Chosen:
    """A payer on the form, with the amount that stands in its field."""

    owing: Owing
    amount: str


@require_GET
@with_books(READ)
def parked_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The payments of which nobody said yet whose they are, with proposals."""
    if books is None:
        return render(request, "banking/no_books.html", around(location))
    waiting = parked(books)
    found = page(waiting, by="on", size=SHOWN, **at_row(request, waiting))
    rows = shown(books, found.rows)
    noted(request, location, rows)
    return render(request, "banking/parked.html", around(location) | {"rows": rows, "page": found})


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def payment_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """One payment; the form says whose it is."""
    movement = movement_at(request.principal, books, reference)
    error = ""
    if request.method == "POST":
        error = _match(request, movement)
        if not error:
            messages.success(request, _("Matched. You can undo this here."))
            return redirect("banking:payment", location.slug, movement.reference)
    query = request.GET.get("q", "")[:80]
    (row,) = shown(movement.statement.books, [movement])
    chosen = _chosen(request, movement, row.payers if row.state == "proposed" else ())
    results = payers_named(movement.statement.books, query) if query else []
    note_payers(request, location, [*row.payers, *results, *(each.owing.payer for each in chosen)], of="bank")
    context = around(location) | {
        "row": row,
        "movement": movement,
        "query": query,
        "results": results,
        "chosen": chosen,
        "picked": [each.owing.payer.reference for each in chosen],
        "error": error,
        "may_be_entered": 0 < movement.amount <= entered_before(movement.statement.books),
    }
    return render(request, "banking/payment.html", context, status=422 if error else 200)


@require_POST
@with_books(READ, CHANGE)
def undo_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Take a match back."""
    movement = movement_at(request.principal, books, reference)
    try:
        undo(principal=request.principal, movement=movement, now=timezone.now())
        messages.success(request, _("Undone. Say now whose the payment is."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("banking:payment", location.slug, movement.reference)


@require_POST
@with_books(READ, CHANGE)
def aside_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Say that a payment needs no look, as of no payer or as entered already; or that it does."""
    movement = movement_at(request.principal, books, reference)
    answer = request.POST.get("aside")
    try:
        put_aside(
            principal=request.principal,
            movement=movement,
            aside=answer in ("yes", "entered"),
            entered=answer == "entered",
            now=timezone.now(),
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("banking:payment", location.slug, movement.reference)


def _chosen(request: Any, movement: Movement, proposed: Sequence[Any]) -> list[Chosen]:
    """Payers of the address and of the form, and the proposed one where none is chosen."""
    books = movement.statement.books
    wanted = [*request.GET.getlist("payer"), *request.POST.getlist("payer")][:MOST_CHOSEN]
    found = owing(books, wanted or [payer.reference for payer in proposed])
    typed = {each: request.POST.get(f"amount-{each}", "") for each in wanted}
    whole = str(abs(movement.amount)) if len(found) == 1 else ""
    return [Chosen(each, typed.get(each.payer.reference) or whole) for each in found]


def _match(request: Any, movement: Movement) -> str:
    """Match by what was typed; says what is wrong, or nothing."""
    found = owing(movement.statement.books, request.POST.getlist("payer")[:MOST_CHOSEN])
    named = set(request.POST.getlist("invoice"))
    of_deposit = request.POST.get("deposit", "")
    shares = []
    for each in found:
        amount = _euros(request.POST.get(f"amount-{each.payer.reference}", ""))
        if amount is None:
            return _("Give each amount in euros, as 12.50.")
        invoices = (*each.invoices, *each.written_off)
        first = tuple(invoice.pk for invoice in invoices if invoice.reference in named)
        deposit = next((one for one in each.deposits if one.reference == of_deposit), None)
        part = min(amount, deposit.missing) if deposit else Decimal(0)
        if deposit and part:
            shares.append(Share(each.payer.pk, part, deposit=deposit.pk))
        if amount > part:
            shares.append(Share(each.payer.pk, amount - part, first))
    try:
        match(principal=request.principal, movement=movement, shares=shares, now=timezone.now())
    except RefusedError as refused:
        return str(refused.message)
    return ""


def _euros(text: str) -> Decimal | None:
    """Euros that were typed, with a comma or a point; nothing typed is nought."""
    plain = text.strip().replace(",", ".") or "0"
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    sane = amount.is_finite() and 0 <= amount < 10**8 and amount == round(amount, 2)
    return amount if sane else None
