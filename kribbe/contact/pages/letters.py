"""The clerk's letters: to print, to post, and to take back."""

from typing import Any

from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kribbe.contact import services
from kribbe.contact.letters import letters_pdf
from kribbe.contact.models import Letter
from kribbe.contact.pages.desk import back_to
from kribbe.contact.selectors import letters_at
from kribbe.people.access import note_look, require_at_desk
from kribbe.people.selectors import adults_first, household_with_adults
from kribbe.region.models import Desk
from kribbe.trust.audit import note_list, record
from kribbe.trust.permissions import Action

POSTED_SHOWN = 50
AT_ONCE = 100
"""Letters shown to post, and most in one document."""


@require_GET
def letters(request: Any, desk: str) -> HttpResponse:
    """Letters to post, and those posted last."""
    here = _desk(request)
    context = letters_shown(request, here)
    return render(request, "contact/letters.html", context)


def letters_shown(request: Any, desk: Desk, *, kind: str = "") -> dict[str, Any]:
    """Letters to post and those posted last, of the kind or of those that don't stand apart; whose, is noted."""
    to_post = letters_at(desk, posted=False, kind=kind)
    shown, posted = list(to_post[:AT_ONCE]), list(letters_at(desk, posted=True, kind=kind)[:POSTED_SHOWN])
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=desk,
        desk_id=desk.pk,
        households=[each.notice.household_id for each in [*shown, *posted]],
        now=timezone.now(),
        list="letters",
    )
    return {"to_post": shown, "waiting": to_post.count(), "posted": posted}


@require_GET
def letter(request: Any, desk: str, reference: str) -> HttpResponse:
    """One letter, as it is printed."""
    row = _letter(_desk(request), reference)
    household = household_with_adults(row.notice.household_id or 0)
    note_look(principal=request.principal, household=household, now=timezone.now())
    return render(request, "contact/letter.html", {"letter": row, "household": household})


@require_GET
def print_letters(request: Any, desk: str) -> HttpResponse:
    """The letters chosen, or all that are to be posted, as one document: the oldest first."""
    here = _desk(request)
    found = _chosen(here, request.GET.getlist("letter")) or list(letters_at(here, posted=False)[:AT_ONCE])
    if not found:
        told.info(request, _("There are no letters to print."))
        return HttpResponseRedirect(reverse("contact:letters", args=[desk]))
    record(
        principal=request.principal,
        action="letters.printed",
        subject=here,
        now=timezone.now(),
        desk_id=here.pk,
        letters=[each.pk for each in found],
        households=sorted({each.notice.household_id or 0 for each in found}),
    )
    response = HttpResponse(letters_pdf(found, desk=here), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_("letters")}-{here.slug}.pdf"'
    return response


@require_POST
def post_many(request: Any, desk: str) -> HttpResponse:
    """The letters chosen are in the post."""
    here = _desk(request)
    found = _chosen(here, request.POST.getlist("letter"))
    for each in found:
        services.mark_posted(letter=each, principal=request.principal, now=timezone.now())
    count = len(found)
    told.success(
        request, ngettext("%d letter noted as posted.", "%d letters noted as posted.", count) % count
    )
    return HttpResponseRedirect(back_to(request, "contact:letters"))


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
    return HttpResponseRedirect(back_to(request, "contact:letters"))


def _desk(request: Any) -> Desk:
    desk: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_LETTERS, desk)
    return desk


def _chosen(desk: Desk, references: list[str]) -> list[Letter]:
    """Those of the desk with these references, posted or not, the oldest first."""
    found = Letter.objects.filter(notice__desk=desk, notice__reference__in=references[:AT_ONCE])
    with_adults = found.select_related("notice__household").prefetch_related(
        adults_first("notice__household__")
    )
    return list(with_adults.order_by("notice__created_at", "pk"))


def _letter(desk: Desk, reference: str) -> Letter:
    found = Letter.objects.select_related("notice__household")
    return get_object_or_404(found, notice__desk=desk, notice__reference=reference)
