"""Who pays for the out-of-school care of which child."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books, ClubCare
from kribbe.billing.pages.prices import base
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.places.models import Location
from kribbe.trust.permissions import Action

SHOWN = 500


@require_GET
@with_books(Action.BILLING_READ)
def club_payers(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The children who were invoiced, by club and name, with their payers."""
    if books is None:
        raise Http404
    found = ClubCare.objects.filter(club__in=clubs_of(books.organiser_id)).select_related("club", "child")
    rows = list(
        found.prefetch_related("shares__payer").order_by(
            "club__name_key", "child__last_name", "child__first_name", "pk"
        )[:SHOWN]
    )
    payers = (share.payer for row in rows for share in row.shares.all())
    note_payers(request, location, payers, of="fees", children=(row.child for row in rows))
    context = {
        **base(request, location, books),
        "rows": [
            {"care": row, "payers": ", ".join(sorted({share.payer.name for share in row.shares.all()}))}
            for row in rows
        ],
    }
    return render(request, "billing/club_payers.html", context)
