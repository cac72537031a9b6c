"""A location says no, after reading what the family will read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.contact.writing import BINDING_LANGUAGE, compose
from kribbe.enrolment.models import Preference
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.pages.location_answering import (
    NOTE_LENGTH,
    name_of,
    note_look,
    reasons_of,
    waiting_wish,
)
from kribbe.enrolment.services.wishes import refuse_wish
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.models import PassOverReason
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action


class RefuseForm(forms.Form):
    """Why a location says no."""

    reason = forms.ChoiceField(label=_("The reason"))
    note = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=_("The family reads this below the reason."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, reasons: Sequence[PassOverReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("Choose a reason")), *((r.code, words.reason_text(r)) for r in reasons)]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def refuse_page(request: Any, location: Location, preference_id: int) -> HttpResponse:
    """Say no, after reading what the family will read."""
    now = timezone.now()
    wish = waiting_wish(location, preference_id)
    list_url = reverse("enrolment:waiting_list", args=[location.slug])
    if wish is None:
        messages.info(request, gettext("This family no longer waits here. Refresh the list."))
        return redirect(list_url)
    note_look(request, location, wish, now)
    reasons = reasons_of(location, refusal=True)
    sent = request.method == "POST" and "preview" not in request.POST
    form = RefuseForm(request.POST or None, reasons=reasons)
    if sent and form.is_valid():
        try:
            address = once(
                request.POST.get("once", ""),
                at=request.path,
                now=now,
                work=lambda: _refuse(request, location, wish, form, now),
            )
        except RefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect(address)
    chosen = next((r for r in reasons if r.code == form["reason"].value()), None)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form
        if sent or request.method == "GET"
        else RefuseForm(initial=request.POST.dict(), reasons=reasons),
        "name": name_of(wish),
        "letter": _letter(location, wish, chosen, str(form["note"].value() or ""), now) if chosen else None,
        "once": request.POST.get("once") or new_token(),
        "back_url": reverse("enrolment:waiting_child", args=[location.slug, wish.pk]),
    }
    return render(request, "enrolment/location/refuse.html", context, status=422 if sent else 200)


def _refuse(request: Any, location: Location, wish: Preference, form: RefuseForm, now: datetime) -> str:
    refuse_wish(
        principal=request.principal,
        preference_id=wish.pk,
        reason_code=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        now=now,
    )
    messages.success(request, gettext("%(name)s got your answer.") % {"name": name_of(wish)})
    return reverse("enrolment:waiting_list", args=[location.slug])


def _letter(location: Location, wish: Preference, reason: PassOverReason, note: str, now: datetime) -> Any:
    today = localtime(now).date()
    authority = load_pack(policy_on(location.desk, today).rule_pack).text("authority.complaints", today)
    return compose(
        "enrolment/wish_refused",
        {
            "request": wish.request,
            "child": wish.request.child,
            "location": location,
            "reason": reason,
            "note": note,
            "authority": authority,
        },
        desk=location.desk,
        language=BINDING_LANGUAGE,
        names="",
        link="",
    )
