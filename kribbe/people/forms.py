"""Forms about people, and how a form is carried out once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Adult, Household
from kribbe.people.services import AdultData
from kribbe.people.words import FACT_HINTS, FACTS, ROLES
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.principal import Role
from kribbe.web.forms import DayField, NameField, PhoneField, RadioCards

DESK_ROLES = (Role.CLERK, Role.POLICY_OFFICER, Role.ADMINISTRATOR)


class OnceForm(forms.Form):
    """A form that is carried out once, however often it is sent."""

    once = forms.CharField(widget=forms.HiddenInput, initial=new_token, required=False, max_length=64)

    def carry_out(self, work: Callable[[dict[str, Any]], str], *, at: str, now: datetime) -> str | None:
        """The address that `work` gives, the first time round if this form was sent before.

        None where the form isn't right or the work is refused; the form then says why at its field.
        """
        if not self.is_valid():
            return None
        try:
            return once(self.cleaned_data["once"], at=at, now=now, work=lambda: work(self.cleaned_data))
        except RefusedError as refused:
            self.add_error(refused.field if refused.field in self.fields else None, str(refused.message))
            return None


class AddressForm(OnceForm):
    """Where a household lives."""

    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    postcode = forms.RegexField(
        r"^\s*\d{4}\s*$",
        label=_("Postcode"),
        widget=forms.TextInput(
            {"autocomplete": "postal-code", "inputmode": "numeric", "class": "input--short"}
        ),
        error_messages={"invalid": _("A postcode has four digits, such as 3000.")},
    )
    city = forms.CharField(
        label=_("Town"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level2"})
    )

    @classmethod
    def start(cls, household: Household) -> dict[str, Any]:
        """What the form shows at first."""
        return {"street": household.street, "postcode": household.postcode, "city": household.city}


class AdultForm(OnceForm):
    """An adult's names and contacts."""

    first_name = NameField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = NameField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Without one we write to you on paper."),
    )
    phone = PhoneField(label=_("Telephone"), widget=forms.TextInput({"autocomplete": "tel", "type": "tel"}))
    other_street = forms.CharField(
        label=_("Street and number, if this adult lives elsewhere"), max_length=200, required=False
    )
    other_postcode = forms.CharField(label=_("Postcode there"), max_length=10, required=False)
    other_city = forms.CharField(label=_("Town there"), max_length=100, required=False)
    national_number = forms.CharField(
        label=_("National number"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
        help_text=_("It helps us not to count your family twice. We keep a code of it, never the number."),
    )

    @classmethod
    def start(cls, adult: Adult) -> dict[str, Any]:
        """What the form shows at first; a known national number can't be shown."""
        shown = ("first_name", "last_name", "email", "phone", "other_street", "other_postcode", "other_city")
        return {name: getattr(adult, name) for name in shown}

    @staticmethod
    def told(given: dict[str, Any], adult: Adult) -> AdultData:
        """What was given, for the service; the work place stays."""
        values = {name: value for name, value in given.items() if name != "once"}
        return AdultData(**values, work_municipality=adult.work_municipality)


class LanguageForm(OnceForm):
    """The language that a household likes to read."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class BirthForm(OnceForm):
    """The name that an expected child got, and the day on which it was born."""

    first_name = NameField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    born = DayField(_("Date of birth"))


class SchoolForm(OnceForm):
    """From which day a child goes to school full-time."""

    school_from = DayField(
        _("Goes to school full-time from"),
        required=False,
        help_text=_("Leave it open until you know the day. You can change it later."),
    )


class FactForm(OnceForm):
    """A fact of the household, and since when."""

    kind = forms.ChoiceField(
        label=_("What is so?"),
        choices=[(kind.value, words) for kind, words in FACTS.items()],
        widget=RadioCards(hints={kind.value: hint for kind, hint in FACT_HINTS.items()}),
    )
    since = DayField(_("Since when?"))


class EndFactForm(OnceForm):
    """The last day on which a fact holds."""

    last_day = DayField(_("What is the last day on which this is so?"))


class GrantForm(OnceForm):
    """A role at a desk for the holder of a mail address."""

    name = NameField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, ROLES[role]) for role in DESK_ROLES])
