"""What a desk and a location fill in about rounds."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.rounds.models import Rhythm
from kribbe.rules.calendar import months
from kribbe.web.templatetags.telling import month_name

MOST_MONTHS = 24
MONTHS_AHEAD = 12


class BeginForm(forms.Form):
    """The months of first days for which a round gives places."""

    first = forms.ChoiceField(label=_("First month"))
    months = forms.IntegerField(label=_("Number of months"), min_value=1, max_value=MOST_MONTHS, initial=6)

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        found = months(today, MONTHS_AHEAD + 1)
        self.fields["first"] = forms.ChoiceField(
            label=_("First month"),
            choices=[(f"{month:%Y-%m-%d}", month_name(month)) for month in found],
            initial=f"{found[1]:%Y-%m-%d}",
        )

    def clean_first(self) -> date:
        """The month as its first day."""
        return date.fromisoformat(self.cleaned_data["first"])


class RhythmForm(forms.Form):
    """When rounds begin by themselves."""

    rhythm = forms.ChoiceField(label=_("When do rounds begin?"), choices=Rhythm.choices)
    rhythm_months = forms.IntegerField(
        label=_("For how many months of first days?"), min_value=1, max_value=MOST_MONTHS
    )
