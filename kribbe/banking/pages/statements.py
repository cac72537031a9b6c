"""Giving a file of the bank, looking at it, booking it; and the statements that are booked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.banking.access import file_at, statement_at
from kribbe.banking.forms import MOST_BYTES, StatementForm
from kribbe.banking.models import BankFile, FileState, Statement
from kribbe.banking.pages.showing import around, at_row, noted
from kribbe.banking.selectors.movements import counts, follows, foreseen, parked, shown
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.files import take_in, throw_away
from kribbe.billing.access import with_books
from kribbe.billing.models import Books
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.trust.receiving import takes

SHOWN = 50
READ, CHANGE = Action.BILLING_READ, Action.BILLING_CHANGE


@takes(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def bank_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """A file to give, files that wait, how much is parked, and the statements."""
    if books is None:
        return render(request, "banking/no_books.html", around(location))
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = _taken(request, books, form)
        if file:
            return redirect("banking:file", location.slug, file.reference)
    booked = Statement.objects.filter(books=books, booked_at__isnull=False)
    found = page(booked, by="on", size=SHOWN, descending=True, **at_row(request, booked))
    context = around(location) | {
        "books": books,
        "form": form,
        "files": BankFile.objects.filter(books=books, state=FileState.CHECKED).order_by("-pk")[:SHOWN],
        "parked": parked(books).count(),
        "page": found,
    }
    return render(request, "banking/bank.html", context, status=422 if form.errors else 200)


def _taken(request: Any, books: Books, form: StatementForm) -> BankFile | None:
    name, data = form.cleaned_data["file"]
    try:
        return take_in(principal=request.principal, books=books, data=data, name=name, now=timezone.now())
    except RefusedError as refused:
        form.add_error("file", str(refused.message))
        return None


@require_GET
@with_books(READ)
def file_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """What a file holds and what booking it would do."""
    file = file_at(request.principal, books, reference)
    statements = list(file.statements.order_by("on", "pk"))
    rows = [
        one
        for statement in statements[:1]
        for one in foreseen(file.books, list(statement.movements.order_by("number")[:SHOWN]))
    ]
    noted(request, location, rows)
    context = around(location) | {
        "file": file,
        "is_booked": file.state == FileState.BOOKED,
        "statements": [(each, follows(each)) for each in statements[:SHOWN]],
        "rows": rows,
        "counts": counts(file, file.books),
    }
    return render(request, "banking/file.html", context)


@require_POST
@with_books(READ, CHANGE)
def book_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Book a file."""
    file = file_at(request.principal, books, reference)
    book_file(principal=request.principal, file=file, now=timezone.now())
    messages.success(request, _("Booked. Invoices that were paid are settled."))
    return redirect("banking:bank", location.slug)


@require_POST
@with_books(READ, CHANGE)
def throw_away_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Forget a file that isn't booked."""
    file = file_at(request.principal, books, reference)
    try:
        throw_away(principal=request.principal, file=file, now=timezone.now())
        messages.success(request, _("Thrown away. You can give the file again."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("banking:bank", location.slug)


@require_GET
@with_books(READ)
def statement_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """The movements of a statement, and whose they are."""
    statement = statement_at(request.principal, books, reference)
    movements = statement.movements.all()
    found = page(movements, by="number", size=SHOWN, **at_row(request, movements))
    rows = shown(statement.books, found.rows)
    noted(request, location, rows)
    context = around(location) | {
        "statement": statement,
        "follows": follows(statement),
        "rows": rows,
        "page": found,
    }
    return render(request, "banking/statement.html", context)
