"""What a household says yes or no to for a request."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.access import request_for
from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.enrolment.selectors.urgent import switches_of
from kribbe.enrolment.services.urgent import set_switches
from kribbe.region.middleware import use_desk
from kribbe.region.selectors import policy_on
from kribbe.trust.permissions import Action


class SwitchesForm(forms.Form):
    """Two switches."""

    weekly_list = forms.BooleanField(
        required=False,
        help_text=_("Only places that fit what you ask, near you or among your choices."),
    )
    open_when_urgent = forms.BooleanField(
        label=_("Show my request to all locations when it turns urgent"),
        required=False,
        help_text=_("They see the first name, the age and the days, and may offer you a place."),
    )

    def __init__(self, *args: Any, weeks: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = ngettext(
            "Mail me every week which places came free",
            "Mail me every %(count)d weeks which places came free",
            weeks,
        )
        self.fields["weekly_list"].label = text % {"count": weeks}


@require_http_methods(["GET", "POST"])
@signed_in
def switches_page(request: Any, reference: str) -> HttpResponse:
    """The weekly list, and who sees an urgent request."""
    now = timezone.now()
    found = request_for(request.principal, Action.HOUSEHOLD_CHANGE, reference, now=now)
    use_desk(request, found.desk)
    policy = policy_on(found.desk, timezone.localdate(now))
    weekly, urgent = switches_of(found, policy)
    form = SwitchesForm(
        request.POST if request.method == "POST" else None,
        initial={"weekly_list": weekly, "open_when_urgent": urgent},
        weeks=policy.list_weeks,
    )
    if form.is_bound and form.is_valid():
        set_switches(principal=request.principal, request=found, now=now, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("enrolment:request", reference)
    context = {"form": form, "found": found, "days": policy.urgent_days}
    return render(request, "enrolment/request_switches.html", context)
