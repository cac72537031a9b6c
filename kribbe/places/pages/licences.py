"""The desk's look at licences: which weren't checked for long, and one location's state with its source."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.places.access import at_location
from kribbe.places.models import LicenceState, Location
from kribbe.places.selectors.licences import licence_history, licences_of
from kribbe.places.selectors.location import LICENCES
from kribbe.places.services.licences import note_licence
from kribbe.region.access import at_desk
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.web.components import Chip
from kribbe.web.forms import DayField, RadioCards

SIZE = 50
CLOSED = frozenset({LicenceState.SUSPENDED, LicenceState.ENDED})


class LicenceForm(forms.Form):
    """What a source says of a licence, and when it was looked up."""

    state = forms.ChoiceField(
        label=_("What does the source say?"),
        choices=[(state.value, state.label) for state in LicenceState if state is not LicenceState.UNKNOWN],
        widget=RadioCards(
            hints={
                LicenceState.SUSPENDED: _(
                    "The location takes no new children. Its families are to be called."
                ),
                LicenceState.ENDED: _(
                    "The location disappears from the search. Its families are to be called."
                ),
            }
        ),
        error_messages={"required": _("Choose a state.")},
    )
    checked_on = DayField(
        _("When did you look?"),
    )
    source = forms.CharField(
        label=_("Where did you find it?"),
        max_length=200,
        help_text=_("For example: register of Opgroeien, letter of the inspectorate, telephone."),
    )


@require_GET
@at_desk(Action.LOCATION_LICENCE)
def licences_page(request: Any, desk: Desk) -> HttpResponse:
    """The desk's locations with the state of their licence, the one checked longest ago first."""
    query, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    found = licences_of(desk, query=query, state=state)
    shown = page(
        found,
        by="checked",
        size=SIZE,
        after=_anchor(found, request.GET.get("after", "")),
        before=_anchor(found, request.GET.get("before", "")),
    )
    where = {"q": query, "state": state}
    context = {
        "desk": desk,
        "query": query,
        "state": state,
        "rows": [(row, *LICENCES[row.licence_state]) for row in shown.rows],
        "chips": _chips(query, state),
        "previous_url": _link(where, before=shown.rows[0].slug) if shown.has_previous and shown.rows else "",
        "next_url": _link(where, after=shown.rows[-1].slug) if shown.has_next and shown.rows else "",
    }
    return render(request, "places/licences.html", context)


def _anchor(found: Any, slug: str) -> Any:
    return found.filter(slug=slug).first() if slug else None


def _link(where: dict[str, str], **more: str) -> str:
    return f"?{urlencode({name: value for name, value in {**where, **more}.items() if value})}"


def _chips(query: str, state: str) -> list[Chip]:
    return [
        Chip(
            str(each.label),
            _link({"q": query, "state": "" if each == state else each.value}),
            is_on=each == state,
        )
        for each in LicenceState
    ]


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_LICENCE)
def licence_page(request: Any, location: Location) -> HttpResponse:
    """One location's licence: what was found before, and what is found now."""
    form = LicenceForm(
        request.POST if request.method == "POST" else None, initial={"checked_on": timezone.localdate()}
    )
    if form.is_bound and form.is_valid():
        try:
            made = note_licence(
                principal=request.principal,
                location_id=location.pk,
                state=LicenceState(form.cleaned_data["state"]),
                checked_on=form.cleaned_data["checked_on"],
                source=form.cleaned_data["source"],
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, gettext("The licence of %(name)s is noted.") % {"name": location.name})
            return redirect(_after(location, LicenceState(made.state)))
    icon, tone, label = LICENCES[location.licence_state]
    context = {
        "location": location,
        "desk": location.desk,
        "form": form,
        "icon": icon,
        "tone": tone,
        "label": label,
        "history": [(each, *LICENCES[each.state]) for each in licence_history(location)[:SIZE]],
        "is_closed": location.licence_state in CLOSED,
    }
    return render(request, "places/licence.html", context, status=422 if form.errors else 200)


def _after(location: Location, state: LicenceState) -> str:
    """Where the clerk goes on: with a closed location to its own page, which leads to whom to call."""
    if state in CLOSED:
        return reverse("places:licence", args=[location.slug])
    return reverse("places:licences", args=[location.desk.slug])
