"""Mails that didn't arrive, and what a clerk does about each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.contact.selectors.undelivered import households_of, undelivered_at
from kribbe.contact.services import undelivered as services
from kribbe.contact.words import family
from kribbe.people.access import note_look, require_at_desk
from kribbe.people.models import Household
from kribbe.region.models import Desk
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

SHOWN = 50


class AddressForm(forms.Form):
    """To which address, corrected or the same."""

    address = forms.EmailField(
        label=gettext_lazy("Mail address"),
        help_text=gettext_lazy("Correct it here: the family keeps the new one."),
    )


@require_GET
def undelivered(request: Any, desk: str) -> HttpResponse:
    """The list, the oldest first."""
    here = _desk(request)
    found = undelivered_at(here)
    shown = list(found[:SHOWN])
    households = households_of(shown, here)
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=here,
        desk_id=here.pk,
        households=[household.pk for household in households.values()],
        now=timezone.now(),
        list="undelivered",
    )
    rows = [{"mail": each, "who": _who(households.get(each.pk))} for each in shown]
    return render(request, "contact/undelivered.html", {"rows": rows, "waiting": found.count()})


@require_http_methods(["GET", "POST"])
def undelivered_mail(request: Any, desk: str, mail: int) -> HttpResponse:
    """One mail: what it said, why it came back, and sending it again to a right address."""
    here = _desk(request)
    row = get_object_or_404(undelivered_at(here), pk=mail)
    household = households_of([row], here).get(row.pk)
    form = AddressForm(request.POST or None, initial={"address": row.address})
    if form.is_valid():

        def work() -> None:
            services.send_again(
                mail=row,
                address=form.cleaned_data["address"],
                principal=request.principal,
                now=timezone.now(),
                household=household,
            )

        return _done(request, work, _("Sent again."))
    if household is not None:
        note_look(principal=request.principal, household=household, now=timezone.now())
    context = {"mail": row, "who": _who(household), "form": form, "household": household}
    status = 422 if form.errors else 200
    return render(request, "contact/undelivered_mail.html", context, status=status)


@require_POST
def post_instead(request: Any, desk: str, mail: int) -> HttpResponse:
    """A letter in its place."""
    row = get_object_or_404(undelivered_at(_desk(request)), pk=mail)
    return _done(
        request,
        lambda: services.post_instead(mail=row, principal=request.principal, now=timezone.now()),
        _("The letter stands among those to post."),
    )


@require_POST
def set_aside(request: Any, desk: str, mail: int) -> HttpResponse:
    """Told otherwise."""
    here = _desk(request)
    row = get_object_or_404(undelivered_at(here), pk=mail)
    household = households_of([row], here).get(row.pk)
    return _done(
        request,
        lambda: services.set_aside(
            mail=row, principal=request.principal, now=timezone.now(), household=household
        ),
        _("Noted: the family was told otherwise."),
    )


def _done(request: Any, work: Callable[[], object], text: str) -> HttpResponse:
    try:
        work()
    except RefusedError as refused:
        told.error(request, str(refused.message))
    else:
        told.success(request, text)
    return HttpResponseRedirect(reverse("contact:undelivered", args=[request.desk.slug]))


def _desk(request: Any) -> Desk:
    desk: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_LETTERS, desk)
    return desk


def _who(household: Household | None) -> str:
    return family(household) if household else _("A location")
