"""Forms of this room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.people.forms import OnceForm
from kribbe.upkeep.models import ComplaintKind, Outcome
from kribbe.web.forms import DayField, NameField


class LaterForm(OnceForm):
    """From when the child comes."""

    start = DayField(_("From which day does your child come?"))


class HoldForm(OnceForm):
    """Until when a family is kept, and why."""

    until = DayField(_("Keep until"))
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The family reads this under “My data”."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(OnceForm):
    """Nothing but the button."""


class InviteForm(OnceForm):
    """Whom to invite."""

    email = forms.EmailField(
        label=_("Mail address of the second parent"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class InvitedForm(forms.Form):
    """What a person who was invited is called."""

    name = NameField(
        label=_("Your first name and name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class ComplaintForm(OnceForm):
    """About what, and what isn't right."""

    about = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What isn't right?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class AnswerForm(OnceForm):
    """The desk's answer."""

    outcome = forms.ChoiceField(
        label=_("What do you decide?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("The family reads this. Say what you found, why, and what happens now."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


KINDS = {kind.value: kind for kind in ComplaintKind}
