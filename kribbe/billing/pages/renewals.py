"""The work list at indexation: who has no new certificate yet, and a mail to those families."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books
from kribbe.billing.pages.prices import base
from kribbe.billing.selectors.renewals import indexed_on, to_renew
from kribbe.billing.services.renewals import ask_to_renew, once_of
from kribbe.contact.models import Notice
from kribbe.places.models import Location
from kribbe.trust.permissions import Action

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def renewals_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The children of all locations without a new certificate, those first whose family wasn't asked."""
    if books is None:
        raise Http404
    on = indexed_on(localdate())
    rows = _rows(books, to_renew(books, on), on)
    if request.method == "POST":
        waiting = [place for place, told in rows if not told][:SHOWN]
        count = ask_to_renew(
            principal=request.principal, books=books, placements=waiting, on=on, now=timezone.now()
        )
        said = ngettext("%(count)d family is asked.", "%(count)d families are asked.", count) % {
            "count": count
        }
        messages.success(request, said) if count else messages.info(
            request, _("Everybody was asked already.")
        )
        return redirect("billing:renewals", location.slug)
    shown = rows[:SHOWN]
    note_payers(request, location, (), of="renewals", children=[place.child for place, _told in shown])
    context = {
        **base(request, location, books),
        "on": on,
        "rows": shown,
        "count": len(rows),
        "waiting": len({place.child.household_id for place, told in rows if not told}),
    }
    return render(request, "billing/renewals.html", context)


def _rows(books: Books, places: Any, on: Any) -> list[tuple[Any, Any]]:
    """Each place with when its family was asked, those that weren't first."""
    found = list(places)
    names = {once_of(books, each.child.household_id, on) for each in found}
    told = dict(Notice.objects.filter(once__in=names).values_list("once", "created_at"))
    rows = [(each, told.get(once_of(books, each.child.household_id, on))) for each in found]
    return sorted(rows, key=lambda row: row[1] is not None)
