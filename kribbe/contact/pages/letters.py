"""The clerk's letters: to print, to post, and to take back."""

from typing import Any

from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kribbe.contact import services
from kribbe.contact.models import Letter
from kribbe.contact.selectors import letters_at
from kribbe.people.access import note_look, require_at_desk
from kribbe.people.selectors import household_with_adults
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action

POSTED_SHOWN = 50


@require_GET
def letters(request: Any, desk: str) -> HttpResponse:
    """Letters to post, and those posted last."""
    here = _desk(request)
    context = {
        "to_post": letters_at(here, posted=False),
        "posted": letters_at(here, posted=True)[:POSTED_SHOWN],
    }
    return render(request, "contact/letters.html", context)


@require_GET
def letter(request: Any, desk: str, reference: str) -> HttpResponse:
    """One letter, as it is printed."""
    row = _letter(_desk(request), reference)
    household = household_with_adults(row.notice.household_id or 0)
    note_look(principal=request.principal, household=household, now=timezone.now())
    return render(request, "contact/letter.html", {"letter": row, "household": household})


@require_POST
def post(request: Any, desk: str, reference: str) -> HttpResponse:
    """The letter is in the post."""
    row = _letter(_desk(request), reference)
    services.mark_posted(letter=row, principal=request.principal, now=timezone.now())
    told.success(request, _("Noted as posted."))
    return HttpResponseRedirect(reverse("contact:letters", args=[desk]))


@require_POST
def undo_post(request: Any, desk: str, reference: str) -> HttpResponse:
    """It wasn't posted after all."""
    row = _letter(_desk(request), reference)
    services.undo_posted(letter=row, principal=request.principal, now=timezone.now())
    told.success(request, _("The letter stands among those to post again."))
    return HttpResponseRedirect(reverse("contact:letters", args=[desk]))


def _desk(request: Any) -> Desk:
    desk: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_LETTERS, desk)
    return desk


def _letter(desk: Desk, reference: str) -> Letter:
    found = Letter.objects.select_related("notice__household")
    return get_object_or_404(found, notice__desk=desk, notice__reference=reference)
