"""Step 2: which half-days, how strictly, and from when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Flexibility
from kribbe.rules.dates import check_request
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.reasons import Problem
from kribbe.web.forms import DayField, HalfDayPicker, PatternField, RadioCards
from kribbe.web.words import say

ALTERNATIVES = 2


MORNING, AFTERNOON = "7:00–13:00", "13:00–18:00"


@dataclass(frozen=True)
class Birth:
    """What the days are checked against."""

    born: date | None
    expected: date | None


class NeedForm(forms.Form):
    """Step 2: which half-days, how strictly, and from when. Also used to change a request."""

    pattern = PatternField(
        label=_("Which half-days?"),
        help_text=_("Tap what you need. You can change this later without losing your place in line."),
        widget=HalfDayPicker(morning=MORNING, afternoon=AFTERNOON),
        error_messages={"required": _("Choose at least one half-day.")},
    )
    brought = forms.TimeField(
        label=_("Brought at"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
    )  # fmt: skip
    fetched = forms.TimeField(
        label=_("Fetched at"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
    )  # fmt: skip
    alternative_1 = PatternField(
        label=_("Another week that would do as well"), required=False, widget=HalfDayPicker(small=True)
    )
    alternative_2 = PatternField(label=_("And one more"), required=False, widget=HalfDayPicker(small=True))
    flexibility = forms.ChoiceField(
        label=_("Could it be other days too?"),
        help_text=_("The more room you leave, the better your chance of a place."),
        choices=Flexibility.choices,
        widget=RadioCards(
            hints={
                Flexibility.EXACT: _("We only look for places that fit this."),
                Flexibility.SAME_NUMBER: _("Locations may offer you other days; you decide each time."),
                Flexibility.FEWER: _("You then stay on the list for the rest."),
            }
        ),
    )
    wanted_start = DayField(_("Preferably from"))
    latest_start = DayField(_("At the latest on"))

    def __init__(self, *args: Any, births: Sequence[Birth], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.births, self.today = births, today
        self.warnings: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        brought, fetched = cleaned.get("brought"), cleaned.get("fetched")
        if brought and fetched and fetched <= brought:
            self.add_error("fetched", _("This is before the time at which your child is brought."))
        seen = set()
        for problem in self._problems(cleaned):
            if problem.field in {"wanted_start", "latest_start"} and problem.reason not in seen:
                seen.add(problem.reason)
                if problem.warning:
                    self.warnings.append(say(problem.reason))
                elif cleaned.get(problem.field):
                    self.add_error(problem.field, say(problem.reason))
        return cleaned

    def _problems(self, cleaned: Mapping[str, Any]) -> list[Problem]:
        return [
            problem
            for birth in self.births or [Birth(None, None)]
            for problem in check_request(
                born=birth.born,
                expected=birth.expected,
                wanted_start=cleaned.get("wanted_start"),
                latest_start=cleaned.get("latest_start"),
                pattern=WeekPattern(cleaned.get("pattern") or 0),
                wishes=[],
                max_wishes=None,
                today=self.today,
            )
        ]

    @property
    def pattern_given(self) -> WeekPattern:
        """The half-days asked."""
        return WeekPattern(self.cleaned_data["pattern"])

    @property
    def alternatives(self) -> list[WeekPattern]:
        """The other weeks that would do."""
        masks = [self.cleaned_data.get(f"alternative_{number}") or 0 for number in range(1, ALTERNATIVES + 1)]
        return [WeekPattern(mask) for mask in masks if mask]

    @property
    def hours(self) -> dict[str, str]:
        """The hours, where they matter: `{"from": "07:30", "until": "17:00"}`, either or both."""
        given: dict[str, time | None] = {
            "from": self.cleaned_data.get("brought"), "until": self.cleaned_data.get("fetched")
        }  # fmt: skip
        return {name: f"{moment:%H:%M}" for name, moment in given.items() if moment}

    @property
    def has_extras(self) -> bool:
        """Whether hours or another week were typed, so that they are shown open."""
        names = ("brought", "fetched", "alternative_1", "alternative_2")
        return any(self[name].value() or self[name].errors for name in names)
