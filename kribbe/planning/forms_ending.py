"""The forms of the end of an agreement, of both sides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.planning.models import Ground, TellingSide
from kribbe.planning.services.ending import Notice
from kribbe.web.forms import DayField


def _reason_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class MyEndingForm(forms.Form):
    """A family ends the agreement."""

    last = DayField(_("Last day of care"))
    reason = _reason_field(_("If you like. The location reads it."))
    name = forms.CharField(label=_("Your name, as signature"), max_length=200)

    def notice(self) -> Notice:
        """What was typed, once valid."""
        return Notice(side=TellingSide.FAMILY, **self.cleaned_data)


class EndingForm(forms.Form):
    """A location ends the agreement, or asks the family to end it together."""

    ground = forms.ChoiceField(
        label=_("How does it end?"), choices=Ground.choices, initial=Ground.NOTICE, widget=forms.RadioSelect
    )
    last = DayField(_("Last day of care"))
    reason = _reason_field(_("The family reads it. Compulsory for a serious fault."))
    name = forms.CharField(label=_("Your name, as signature"), max_length=200)
    other_name = forms.CharField(
        label=_("Who signed on paper for the family"),
        required=False,
        max_length=200,
        help_text=_(
            "Only where you both agree and it was signed on paper. Empty: the family is asked on screen."
        ),
    )
    other_day = DayField(_("Signed on"), required=False)

    def notice(self) -> Notice:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Notice(side=TellingSide.LOCATION, **{**data, "ground": Ground(data["ground"])})
