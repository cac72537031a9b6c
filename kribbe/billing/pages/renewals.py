"""The work list at indexation: who has no new certificate yet, and a mail to those families."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books, MailingKind
from kribbe.billing.pages.mailing import progress, start
from kribbe.billing.pages.prices import base
from kribbe.billing.selectors.mailings import going, stuck
from kribbe.billing.selectors.renewals import indexed_on, once_of, to_renew
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
    if request.method == "POST":
        start(request, books, MailingKind.RENEWALS)
        return redirect("billing:renewals", location.slug)
    if (part := progress(request, books, MailingKind.RENEWALS)) is not None:
        return part
    rows = _rows(books, to_renew(books, on), on)
    shown = rows[:SHOWN]
    couldnt = stuck(books, MailingKind.RENEWALS)
    named = [*(place for place, _told in shown), *(each.placement for each in couldnt if each.placement)]
    note_payers(request, location, (), of="renewals", children=[place.child for place in named])
    context = {
        **base(request, location, books),
        "on": on,
        "rows": shown,
        "count": len(rows),
        "stuck": couldnt,
        "going": going(books, MailingKind.RENEWALS),
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
