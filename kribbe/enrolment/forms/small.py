"""Forms of one question around a request: stop for now, a birth, a signature."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forms.typed import name_field
from kribbe.web.forms import DayField


class LaterForm(forms.Form):
    """Stop and go on later: the address that gets the link."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class BirthForm(forms.Form):
    """A child that was expected is born."""

    first_name = name_field(_("First name"), autocomplete="off")
    born = DayField(_("Date of birth"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_born(self) -> date:
        born: date = self.cleaned_data["born"]
        if born > self.today:
            raise ValidationError(_("This day is still to come."))
        return born


class SignForm(forms.Form):
    """Signing by typing one's name."""

    name = name_field(_("Type your first and last name"), most=200, autocomplete="name")
    agreed = forms.BooleanField(
        label=_("I agree with this place, its days and its start."),
        error_messages={"required": _("Tick this to sign.")},
    )
