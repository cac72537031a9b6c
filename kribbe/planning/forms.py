"""The forms of an agreement, of an absence, of carers and of house rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.planning.services.check import MOST_WEEKS
from kribbe.planning.written import minute
from kribbe.rules.agreed import Parts, Weeks
from kribbe.rules.allowance import Rounding
from kribbe.rules.packs import Pack
from kribbe.rules.school import Community, Schedule, schedule
from kribbe.web.forms import DayField, NameField
from kribbe.web.weeks import DAY_NAMES

COMMUNITIES = [
    (Community.DUTCH.value, _("Dutch-speaking (Flemish school year)")),
    (Community.FRENCH.value, _("French-speaking (its own school year since 2022)")),
]
DAYS = 7
TURNS = [
    (1, _("Every week is the same")),
    (2, _("Two weeks take turns")),
    (3, _("Three weeks take turns")),
    (4, _("Four weeks take turns")),
]


def _time_field(label: str) -> forms.TimeField:
    attrs = {"type": "time", "aria-label": label, "class": "input--short"}
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs=attrs))


class PaperForm(forms.Form):
    """From when on, which hours on which days of how many weeks that take turns, and the signature."""

    first = DayField(_("From"))
    last = DayField(_("Until"), required=False, help_text=_("Only for a change for a time."))
    day_fee = forms.DecimalField(
        label=_("Price of a full day, in euros"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "input--short", "step": "0.01"}),
        help_text=_("Of the fee certificate, or of your list. With it a family sees what an absence costs."),
    )
    note = forms.CharField(
        label=_("What else is agreed"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    turns = forms.TypedChoiceField(
        label=_("Weeks"),
        choices=TURNS,
        coerce=int,
        initial=1,
        widget=forms.RadioSelect,
        help_text=_("The child doesn't come in a week that you leave empty."),
    )
    name = NameField(label=_("Your name, as signature"), required=False, max_length=200)

    def __init__(self, *args: Any, days: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for week in range(MOST_WEEKS):
            for day in days:
                for part in ("from", "to"):
                    said = gettext("from") if part == "from" else gettext("to")
                    label = f"{DAY_NAMES[day]}, {gettext('week')} {week + 1}, {said}"
                    self.fields[f"w{week}d{day}{part}"] = _time_field(label)

    def rows(self) -> Iterator[tuple[str, list[list[Any]]]]:
        """The hours by day, for the template: the day's name and the two fields of each week."""
        for day in self.days:
            pairs = [[self[f"w{week}d{day}{part}"] for part in ("from", "to")] for week in range(MOST_WEEKS)]
            yield str(DAY_NAMES[day]), pairs

    def week_names(self) -> list[str]:
        """What the weeks of the turn are called, for the template."""
        return [gettext("Week %(number)d") % {"number": week + 1} for week in range(MOST_WEEKS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for week in range(data.get("turns", 1)):
            for day in self.days:
                given = [data.get(f"w{week}d{day}{part}") for part in ("from", "to")]
                if (given[0] is None) != (given[1] is None):
                    self.add_error(
                        None,
                        gettext("%(day)s: give both from and to, or neither.") % {"day": DAY_NAMES[day]},
                    )
        return data

    def weeks(self) -> Weeks:
        """The weeks typed, as many as take turns; one without hours is free."""
        return tuple(self._week(week) for week in range(self.cleaned_data["turns"]))

    def _week(self, week: int) -> dict[int, Parts]:
        data = self.cleaned_data
        return {
            day: ((minute(start), minute(end)),)
            for day in self.days
            if (start := data.get(f"w{week}d{day}from")) and (end := data.get(f"w{week}d{day}to"))
        }


def typed_hours(weeks: Weeks) -> Mapping[str, Any]:
    """Weeks as initial values of the form, and how many take turns: a whole day from its first minute to its last."""
    found: dict[str, Any] = {"turns": len(weeks)}
    for number, week in enumerate(weeks):
        for day, parts in week.items():
            if parts:
                start, end = parts[0][0], min(parts[-1][1], 24 * 60 - 1)
                found[f"w{number}d{day}from"] = time(start // 60, start % 60)
                found[f"w{number}d{day}to"] = time(end // 60, end % 60)
    return found


class SecondForm(PaperForm):
    """A second agreement for the same child, with the other parent."""

    parent = forms.TypedChoiceField(label=_("With which parent?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, parents: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.choices = parents
        del self.fields["last"]


class HolidayForm(PaperForm):
    """On which days of the school calendar other weeks hold; without hours the child doesn't come then."""

    community = forms.ChoiceField(
        label=_("School calendar"), choices=COMMUNITIES, widget=forms.RadioSelect, initial=Community.DUTCH
    )
    when = forms.ChoiceField(
        label=_("These hours hold"),
        choices=[
            ("in", _("In school holidays")),
            ("outside", _("Outside school holidays")),
            ("end", _("No longer: the ordinary weeks hold all year")),
        ],
        widget=forms.RadioSelect,
        initial="in",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("last", "day_fee"):
            del self.fields[name]

    def schedule(self, pack: Pack, last: date | None) -> Schedule:
        """The days that were asked, as far as the calendar of schools is known; none where the schedule ends."""
        data = self.cleaned_data
        community, when = Community(data["community"]), data["when"]
        if when == "end":
            return Schedule(community, False, ())
        return schedule(pack, community, data["first"], last, outside=when == "outside")


class SignPaperForm(forms.Form):
    """The family signs by typing its name: for consent, and for receipt of house rules that are new to it."""

    agreed = forms.BooleanField(label=_("I have read this and agree."))
    received = forms.BooleanField(
        label=_("I received the house rules."),
        error_messages={"required": _("Tick this once you have the house rules. Ask the location for them.")},
    )
    name = NameField(label=_("Your name, as signature"), max_length=200)

    def __init__(self, *args: Any, receipt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not receipt:
            del self.fields["received"]


class OnPaperForm(forms.Form):
    """The location notes who signed on paper for the family, and when."""

    name = NameField(label=_("Who signed for the family"), max_length=200)
    day = DayField(_("Signed on"))


class AbsenceForm(forms.Form):
    """The days on which a child stays away."""

    first = DayField(_("First day"))
    last = DayField(_("Last day"), required=False, help_text=_("Leave it empty for one day."))

    ill = forms.BooleanField(label=_("The child is ill"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", gettext("The last day is before the first."))
        return data

    def bounds(self) -> tuple[date, date]:
        """The first and the last day, once valid."""
        first = self.cleaned_data["first"]
        return first, self.cleaned_data["last"] or first


class HouseRulesForm(forms.Form):
    """A new version of the house rules."""

    from_day = DayField(
        _("From"),
        help_text=_(
            "Families are told as soon as you publish. What is less good for them begins two months later."
        ),
    )
    notice_days = forms.IntegerField(label=_("Days of notice"), min_value=0, max_value=365, initial=60)
    allowance_days = forms.DecimalField(
        label=_("Days a year that a full-time child may be absent for free"),
        required=False,
        min_value=0,
        max_digits=4,
        decimal_places=1,
        help_text=_("Leave it empty for what the law asks."),
    )
    half_days = forms.BooleanField(label=_("We count these in half-days"), required=False)
    rounding = forms.ChoiceField(
        label=_("A part of a day is rounded"),
        choices=[(Rounding.UP.value, _("up")), (Rounding.DOWN.value, _("down"))],
    )
    told_by = forms.TimeField(
        label=_("An absence is told in time before"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
        help_text=_("Leave it empty if you ask no term."),
    )
    told_days_before = forms.TypedChoiceField(
        label=_("On which day?"),
        choices=[
            (0, _("on the day itself")),
            (1, _("on the day before")),
            (2, _("two days before")),
            (3, _("three days before")),
            (7, _("a week before")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial=0,
    )
    absence_full = forms.DecimalField(
        label=_("Price of a full day of absence beyond those, in euros"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text=_("Leave both empty to charge the family's own price."),
    )
    absence_half = forms.DecimalField(
        label=_("Price of half a day of absence"), required=False, min_value=0, max_digits=6, decimal_places=2
    )
    ill_days = forms.IntegerField(
        label=_("Days of illness a year that are free besides those"),
        required=False,
        min_value=0,
        max_value=366,
        initial=0,
        help_text=_("0 or empty: a sick child uses its free absences, like any other that stays away."),
    )
    ill_all = forms.BooleanField(label=_("Every day of illness is free"), required=False)
    ill_note = forms.BooleanField(
        label=_("We ask a doctor's note for a free day of illness"),
        required=False,
        help_text=_(
            "You mark it on the day once you have seen it. Until then the day counts like any other."
        ),
    )
    visits_charged = forms.BooleanField(
        label=_("Visits to get used cost the ordinary price"),
        required=False,
        help_text=_(
            "By the length of each visit, and nothing on a day that is reserved already. Else they are free."
        ),
    )
