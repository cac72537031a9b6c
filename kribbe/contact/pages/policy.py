"""How the desk wants to talk: for its administrators, among the settings."""

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.contact.models import ContactPolicy
from kribbe.contact.selectors.policy import policy_of, versions
from kribbe.contact.services.policy import Talking, change_contact_policy
from kribbe.region.access import at_desk
from kribbe.region.models import Desk
from kribbe.region.settings_tabs import tabs
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

FIELDS = tuple(Talking.__dataclass_fields__)


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
    )


class PolicyForm(forms.Form):
    """What a mail may hold, and when mails stay behind."""

    post_text_in_mail = forms.BooleanField(
        label=gettext_lazy("Mails hold the text of a message"),
        help_text=gettext_lazy(
            "Otherwise a mail says only who wrote, and the family reads the message after logging in. That is"
            " safer: a mail can end up with somebody else."
        ),
        required=False,
    )
    quiet_from = _clock(
        gettext_lazy("Mails wait from"),
        gettext_lazy(
            "The answer to what somebody just did, such as a code to log in, leaves at once. Other mails wait"
            " until the quiet hours are over. Fill in the same hour twice for no quiet hours."
        ),
    )
    quiet_until = _clock(gettext_lazy("Mails leave again from"))
    quiet_sundays = forms.BooleanField(label=gettext_lazy("Mails wait on Sundays too"), required=False)

    draft_reminder_days = forms.IntegerField(
        label=gettext_lazy("Days after which somebody is reminded of a request that was left halfway"),
        help_text=gettext_lazy(
            "One mail, to who asked for the link or was logged in. Leave empty to remind nobody."
        ),
        required=False,
        min_value=1,
        max_value=50,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )

    def talking(self) -> Talking:
        """The values as typed."""
        return Talking(**{name: self.cleaned_data[name] for name in FIELDS})


@require_http_methods(["GET", "POST"])
@at_desk(Action.DESK_SETTINGS)
def policy(request: Any, desk: Desk) -> HttpResponse:
    """What holds, what held before, and another choice."""
    now_holds = policy_of(desk)
    form = PolicyForm(request.POST or None, initial={name: getattr(now_holds, name) for name in FIELDS})
    if form.is_valid() and _saved(request, desk, form):
        return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "desk": desk,
        "tabs": tabs(desk, "contact:policy"),
        "history": [(each, sentences(each.policy)) for each in versions(desk)],
        "standard": sentences(ContactPolicy(desk=desk)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "contact/settings_policy.html", context, status=status)


def sentences(policy: Any) -> list[str]:
    """What a choice comes to, in sentences."""
    return [
        _("Mails hold the text of a message.")
        if policy.post_text_in_mail
        else _("Mails don't hold the text of a message."),
        _quiet(policy.quiet_from, policy.quiet_until),
        _("Mails wait on Sundays.") if policy.quiet_sundays else _("Mails leave on Sundays too."),
        _reminder(policy.draft_reminder_days),
    ]


def _quiet(starts: time, ends: time) -> str:
    if starts == ends:
        return _("There are no quiet hours.")
    hours = {"from": time_format(starts, "TIME_FORMAT"), "until": time_format(ends, "TIME_FORMAT")}
    return _("Mails that nobody waits for stay behind from %(from)s until %(until)s.") % hours


def _reminder(days: int | None) -> str:
    if days is None:
        return _("Nobody is reminded of a request that was left halfway.")
    text = ngettext(
        "Who left a request halfway is reminded once, after %d day.",
        "Who left a request halfway is reminded once, after %d days.",
        days,
    )
    return text % days


def _saved(request: Any, desk: Desk, form: PolicyForm) -> bool:
    try:
        change_contact_policy(
            desk=desk, talking=form.talking(), principal=request.principal, now=timezone.now()
        )
    except RefusedError as refused:
        form.add_error(refused.field, str(refused.message))
        return False
    told.success(request, _("Saved."))
    return True
