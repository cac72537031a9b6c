"""The forms of the end of an agreement, of both sides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.planning.models import Ground, TellingSide
from kribbe.planning.models_ending import FAULT_OF_LOCATION
from kribbe.planning.services.ending import Notice
from kribbe.web.forms import DayField, NameField

OF_FAMILY = ((Ground.NOTICE, Ground.NOTICE.label), (Ground.FAULT, FAULT_OF_LOCATION))


def _notice(side: TellingSide, typed: dict[str, Any]) -> Notice:
    return Notice(side=side, **{**typed, "ground": Ground(typed["ground"])})


def _reason_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class MyEndingForm(forms.Form):
    """A family ends the agreement, by the term or at once by serious fault."""

    ground = forms.ChoiceField(
        label=_("How does it end?"), choices=OF_FAMILY, initial=Ground.NOTICE, widget=forms.RadioSelect
    )
    last = DayField(_("Last day of care"))
    reason = _reason_field(_("The location reads it. Compulsory for a serious fault."))
    name = NameField(label=_("Your name, as signature"), max_length=200)

    def notice(self) -> Notice:
        """What was typed, once valid."""
        return _notice(TellingSide.FAMILY, self.cleaned_data)


class EndingForm(forms.Form):
    """A location ends the agreement, or asks the family to end it together."""

    ground = forms.ChoiceField(
        label=_("How does it end?"), choices=Ground.choices, initial=Ground.NOTICE, widget=forms.RadioSelect
    )
    last = DayField(_("Last day of care"))
    reason = _reason_field(_("The family reads it. Compulsory for a serious fault."))
    name = NameField(label=_("Your name, as signature"), max_length=200)
    other_name = NameField(
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
        return _notice(TellingSide.LOCATION, self.cleaned_data)
