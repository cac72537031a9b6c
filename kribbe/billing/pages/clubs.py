"""Out-of-school care of which child: who pays for it, and what is charged once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.billing.access import charged_at, note_payers, with_books
from kribbe.billing.forms import ChargeForm
from kribbe.billing.models import Books, Charged, UnplacedCare, site_of
from kribbe.billing.pages.prices import base, told_charges
from kribbe.billing.selectors.listed import kinds_once
from kribbe.billing.services.fees import add_charge, take_back_charge
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key

SHOWN = 500


@require_GET
@with_books(Action.BILLING_READ)
def club_payers(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The children who were invoiced, by club and name, with their payers."""
    if books is None:
        raise Http404
    found = UnplacedCare.objects.filter(club__in=clubs_of(books.organiser_id)).select_related("club", "child")
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


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def charges_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """What is charged once for a child: the last charges, a new one, and one taken back."""
    books, charged = charged_at(books, location, reference)
    is_new = request.method == "POST" and request.POST.get("do") != "take_back"
    kinds = kinds_once(charged, localtime(timezone.now()).date())
    form = ChargeForm(request.POST if is_new else None, kinds=kinds)
    if request.method == "POST" and _did(request, charged, form):
        messages.success(request, _("Saved. It counts in the next run of its month."))
        return redirect("billing:charges", location.slug, charged.reference)
    note_payers(request, location, (), of="charges", children=[charged.child])
    context = {
        **base(request, location, books),
        "charged": charged,
        "site": site_of(charged),
        "form": form,
        "charges": told_charges(charged, SHOWN),
    }
    return render(request, "billing/charges.html", context, status=422 if form.errors else 200)


def _did(request: Any, charged: Charged, form: ChargeForm) -> bool:
    """Do what was asked; False with the fault at its field."""
    now = timezone.now()
    if not form.is_bound:
        key = row_key(request.POST.get("charge", ""))
        take_back_charge(principal=request.principal, charged=charged, charge_id=key, now=now)
        return True
    if not form.is_valid():
        return False
    try:
        add_charge(principal=request.principal, charged=charged, now=now, **form.cleaned_data)
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    return True
