"""The invoices of an organiser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kribbe.billing.access import with_books
from kribbe.billing.models import Books, Invoice
from kribbe.places.models import Location
from kribbe.trust.permissions import Action

SHOWN = 50


@with_books(Action.BILLING_READ)
def invoices_page(request: HttpRequest, location: Location, books: Books | None) -> HttpResponse:
    """The last invoices and credit notes."""
    latest = Invoice.objects.filter(books=books).select_related("payer").order_by("-year", "-number")[:SHOWN]
    return render(
        request, "billing/invoices.html", {"location": location, "books": books, "invoices": latest}
    )
