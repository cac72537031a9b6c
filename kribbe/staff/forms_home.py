"""What a family carer states of its own children."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import HomeTie
from kribbe.staff.services.home import AtHome
from kribbe.web.forms import DayField, HalfDayPicker, NameField, PatternField


class HomeForm(forms.Form):
    """A child of the carer, and when it is at home."""

    tie = forms.ChoiceField(label=_("Whose child"), choices=HomeTie.choices)
    name = NameField(label=_("First name"), max_length=40)
    born = DayField(_("Born on"))
    pattern = PatternField(label=_("At home on these half-days"), widget=HalfDayPicker(small=True))
    first = DayField(_("From"))
    last = DayField(_("Until"), required=False)

    def child(self) -> AtHome:
        """What was typed, once valid."""
        data = self.cleaned_data
        return AtHome(
            tie=HomeTie(data["tie"]),
            name=data["name"],
            born=data["born"],
            pattern=WeekPattern(data["pattern"]),
            first=data["first"],
            last=data["last"],
        )
