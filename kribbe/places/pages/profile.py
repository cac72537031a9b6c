"""What a location tells of itself on its page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location, PlanKind
from kribbe.places.services.profile import Profile, change_profile, highest_deposit, profile_of
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import PhoneField, WebAddressField

SPOKEN = ("nl", "fr", "en", "de", "tr", "ar", "es", "it", "pl", "pt", "ro", "ru", "uk")
"""Languages that a location may name."""

GROUPS = (
    (_("Hours"), ("opens_at", "morning_ends_at", "closes_at")),
    (_("Days and plan"), ("min_half_days", "plan_kind")),
    (_("Price"), ("day_price", "deposit")),
    (
        _("What you are like"),
        ("approach", "quality", "visit", "food", "accessibility", "languages", "inclusive"),
    ),
    (_("Contact"), ("phone", "email", "website")),
)


def _hour(label: Any, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"})
    return forms.TimeField(label=label, widget=widget, **more)


def _story(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=2000, widget=widget)


class ProfileForm(forms.Form):
    """The fields that a location may change."""

    opens_at = _hour(_("Opens at"))
    morning_ends_at = _hour(
        _("Morning ends at"),
        help_text=_("A stay takes each half-day of which it has more than half an hour."),
    )
    closes_at = _hour(_("Closes at"))
    min_half_days = forms.IntegerField(
        label=_("At least so many half-days a week"), min_value=1, max_value=14
    )
    plan_kind = forms.ChoiceField(label=_("Days"), choices=PlanKind.choices, widget=forms.RadioSelect)
    day_price = forms.DecimalField(
        label=_("Price of a whole day (€)"),
        required=False,
        max_digits=6,
        decimal_places=2,
        help_text=_("Only for places with a free price."),
    )
    deposit = forms.DecimalField(label=_("Deposit (€)"), max_digits=6, decimal_places=2)
    approach = forms.CharField(
        label=_("How you work"),
        required=False,
        max_length=3000,
        help_text=_("In your own words: your day, your house, what matters to you."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    quality = _story(_("What you do for quality"), _("Training, measuring, how parents have a say."))
    visit = _story(
        _("What a visit is like"), _("When families can come, how long it takes, who shows them round.")
    )
    food = _story(_("Food"), _("Who cooks, what about allergies, breast milk and halal or vegetarian food."))
    accessibility = _story(
        _("Getting in and around"), _("Steps, lift, a place for the pram, parking, a bus stop near by.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages that you speak"), required=False, widget=forms.CheckboxSelectMultiple
    )
    inclusive = forms.BooleanField(label=_("We care for children with specific needs too"), required=False)
    phone = PhoneField(label=_("Telephone"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = WebAddressField(label=_("Website"), required=False)

    def __init__(self, *args: Any, most: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deposit"].help_text = gettext("At most € %(most)s.") % {"most": most}
        names = [(code, get_language_info(code)["name_local"].capitalize()) for code in SPOKEN]
        self.fields["languages"].choices = names  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in GROUPS]

    def profile(self) -> Profile:
        """What was typed, once it is valid."""
        return Profile(**{**self.cleaned_data, "languages": tuple(self.cleaned_data["languages"])})


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def profile_page(request: Any, location: Location) -> HttpResponse:
    """See and change what parents read of the location."""
    now = timezone.now()
    most = f"{highest_deposit(location.desk, localtime(now).date()):.0f}"
    present = profile_of(location)
    initial = {name: getattr(present, name) for name in Profile.__slots__}
    form = ProfileForm(
        request.POST or None, initial={**initial, "languages": list(present.languages)}, most=most
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_profile(
                principal=request.principal, location_id=location.pk, profile=form.profile(), now=now
            )
        except RefusedError as error:
            form.add_error(error.field or None, str(error.message))
        else:
            saved, same = gettext("Your page is changed."), gettext("Nothing was changed.")
            messages.success(request, saved if changed else same)
            return redirect("places:profile", slug=location.slug)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "current": "profile",
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "licence": location.get_licence_state_display(),
    }
    return render(request, "places/profile.html", context, status=422 if form.errors else 200)
