"""Papers with a last day: what a location must renew, and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.rules.expiry import WARNED_BEFORE, Standing, standing
from kribbe.staff.access import document_at
from kribbe.staff.forms_documents import DocumentForm, RenewForm
from kribbe.staff.models import Document
from kribbe.staff.selectors.documents import documents_of
from kribbe.staff.services.documents import add_document, remove_document, renew_document, undo_document
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.expiring import Ending, ending

TAGS = {
    Standing.HOLDS: (gettext_lazy("holds"), "good", "check"),
    Standing.SOON: (gettext_lazy("ends soon"), "warn", "clock"),
    Standing.NEAR: (gettext_lazy("ends soon"), "warn", "clock"),
    Standing.OVER: (gettext_lazy("has ended"), "bad", "triangle-alert"),
}
"""How a paper stands: in words, their tone and their icon."""


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def documents_page(request: Any, location: Location) -> HttpResponse:
    """All papers by their last day, one to add, and what ends elsewhere on the desk."""
    now = timezone.now()
    today = localtime(now).date()
    form = DocumentForm(request.POST or None, location=location, today=today)
    if request.method == "POST" and form.is_valid():
        acting = {"principal": request.principal, "location": location, "now": now}
        if _done(form, lambda: add_document(**acting, held=form.held())):
            messages.success(request, _("Noted. You are warned before the last day."))
            return redirect("staff:documents", location.slug)
    return _page(request, location, form=form)


@require_POST
@at_location(Action.STAFF_CHANGE)
def change(request: Any, location: Location, reference: str) -> HttpResponse:
    """Renew a paper, remove it, or undo either."""
    document = document_at(request.principal, location, reference)
    acting = {
        "principal": request.principal,
        "location": location,
        "document": document,
        "now": timezone.now(),
    }
    do = request.POST.get("do", "")
    if do == "renew":
        return _renew(request, location, document, acting)
    try:
        if do == "undo":
            undo_document(**acting)
            messages.success(request, _("Undone."))
            return redirect("staff:documents", location.slug)
        remove_document(**acting)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect("staff:documents", location.slug)
    return _changed(location, document)


def _renew(request: Any, location: Location, document: Document, acting: dict[str, Any]) -> HttpResponse:
    form = RenewForm(request.POST, prefix=document.reference)
    if form.is_valid() and _done(form, lambda: renew_document(**acting, **form.cleaned_data)):
        return _changed(location, document)
    return _page(request, location, renewing={document.pk: form})


def _changed(location: Location, document: Document) -> HttpResponse:
    return redirect(f"{redirect('staff:documents', location.slug).url}?changed={document.reference}")


def _done(form: forms.Form, do: Callable[[], object]) -> bool:
    try:
        do()
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    return True


def _page(
    request: Any,
    location: Location,
    form: DocumentForm | None = None,
    renewing: dict[int, RenewForm] | None = None,
) -> HttpResponse:
    now = timezone.now()
    today = localtime(now).date()
    found = list(documents_of(location, today))
    elsewhere = _elsewhere(request, location, {f"document:{each.pk}" for each in found}, today)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[each.household_id for each in elsewhere],
        now=now,
        of="papers",
    )
    given = renewing or {}
    context = {
        "place_name": location.name,
        "location": location,
        "rows": [
            {
                "document": each,
                "tag": TAGS[standing(each.last, today)],
                "form": given.get(each.pk) or RenewForm(prefix=each.reference),
                "is_open": each.pk in given,
            }
            for each in found
        ],
        "elsewhere": [(each, TAGS[standing(each.last, today)]) for each in elsewhere],
        "form": form or DocumentForm(location=location, today=today),
        "changed": _undoable(request, location),
        "days": WARNED_BEFORE,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    is_wrong = bool(given) or bool(form and form.errors)
    return render(request, "staff/documents.html", context, status=422 if is_wrong else 200)


def _elsewhere(request: Any, location: Location, own: set[str], today: Any) -> list[Ending]:
    """What other lists of this location have that ends, and that the reader may open."""
    until = today + timedelta(days=max(WARNED_BEFORE))
    found = ending([location], today=today, until=until, reader=request.principal)
    return [each for each in found if each.key not in own]


def _undoable(request: Any, location: Location) -> Document | None:
    """The paper that was just renewed or removed."""
    reference = request.GET.get("changed", "")
    return document_at(request.principal, location, reference) if reference else None
