"""The forms of an extra day, and of what a location decides of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.planning.models import DayRules
from kribbe.planning.services.days import Wish
from kribbe.planning.written import minute
from kribbe.rules.getting_used import Visit
from kribbe.web.dates import date_format
from kribbe.web.forms import DayField
from kribbe.web.weeks import DAY_NAMES

HALVES = [("3", _("The whole day")), ("1", _("The morning")), ("2", _("The afternoon"))]


def _clock_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"})
    )


class ExtraDayForm(forms.Form):
    """A day, its halves, and one of the child's own days in exchange."""

    day = DayField(_("Which day?"))
    halves = forms.ChoiceField(label=_("How long?"), choices=HALVES, initial="3", widget=forms.RadioSelect)
    instead_of = forms.TypedChoiceField(
        label=_("In exchange for"), required=False, coerce=date.fromisoformat, empty_value=None
    )

    def __init__(self, *args: Any, own_days: Iterable[date], swap_weeks: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (f"{day}", f"{DAY_NAMES[day.weekday()]} {date_format(day, 'DATE_FORMAT')}") for day in own_days
        ]
        field: Any = self.fields["instead_of"]
        field.choices = [("", _("Nothing: an extra day")), *choices]
        if not swap_weeks or not choices:
            del self.fields["instead_of"]

    def wish(self) -> Wish:
        """What was asked, once valid."""
        data = self.cleaned_data
        return Wish(day=data["day"], halves=int(data["halves"]), instead_of=data.get("instead_of"))


class VisitForm(forms.Form):
    """A visit before the first day."""

    day = DayField(_("Day"))
    start = _clock_field(_("From"))
    end = _clock_field(_("Until"))

    def visit(self) -> Visit:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Visit(data["day"], minute(data["start"]), minute(data["end"]))


class DayRulesForm(forms.ModelForm[DayRules]):
    """What a location decides of extra days and swaps."""

    class Meta:
        model = DayRules
        fields = ("at_once", "swap_weeks", "short_notice")
        labels = {
            "at_once": _("Free places decide at once; we needn't answer"),
            "swap_weeks": _("A day may be had for another within how many weeks?"),
            "short_notice": _("Tell families on the list of a place of today or tomorrow"),
        }
        help_texts = {
            "swap_weeks": _("1 is the same week, 0 is no exchange."),
            "short_notice": _("Who stays away makes a place. The first family that says yes has it."),
        }
        widgets = {"swap_weeks": forms.NumberInput(attrs={"class": "input--short", "min": 0, "max": 8})}
