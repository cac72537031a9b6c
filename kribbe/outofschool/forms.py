"""What families, clubs and desks fill in about out-of-school care."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool import words
from kribbe.outofschool.models import Club, ClubYear, HolidayWeek, School
from kribbe.people.models import Child
from kribbe.rules.outofschool import MOMENTS
from kribbe.web.forms import DayField, NameField

NEW = "new"
MOST_PLACES = 400


def times_field(label: Any, **options: Any) -> forms.TimeField:
    """A moment of a day."""
    attrs = {"type": "time", "class": "input--short"}
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs=attrs), **options)


def _moment(label: Any, **options: Any) -> forms.DateTimeField:
    attrs = {"type": "datetime-local", "class": "input--short"}
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=attrs),
        **options,
    )


class MomentsField(forms.TypedMultipleChoiceField):
    """Moments of the week as tick boxes; cleans to a pattern."""

    def __init__(self, slots: Iterable[int] = range(MOMENTS), **options: Any) -> None:
        super().__init__(
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            choices=[(slot, words.moment_name(slot)) for slot in slots],
            error_messages={"required": _("Tick at least one moment.")},
            **options,
        )

    def clean(self, value: Any) -> int:
        """The pattern of the ticked moments."""
        return sum(1 << slot for slot in super().clean(value))


class SearchForm(forms.Form):
    """By school or by address, with the moments asked."""

    is_filter = True
    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), required=False, to_field_name="reference"
    )
    address = forms.CharField(label=_("Or your address"), required=False, max_length=200)

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = schools
        field.empty_label = gettext("Any school")
        self.fields["moments"] = MomentsField(label=_("Moments"), required=False)


class AskForm(forms.Form):
    """A short request: which child, which school, which moments, from when."""

    child = forms.ChoiceField(label=_("Child"))
    first_name = NameField(label=_("First name of the new child"), required=False, max_length=100)
    last_name = NameField(label=_("Last name"), required=False, max_length=100)
    born = DayField(_("Born on"), required=False)
    school = forms.ModelChoiceField(label=_("School"), queryset=School.objects.none())
    year = forms.ModelChoiceField(label=_("School year"), queryset=ClubYear.objects.none())
    first = DayField(_("From"), help_text=_("Until the end of the school year, or until you stop it."))

    def __init__(self, *args: Any, club: Club, years: Any, children: Sequence[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(child.pk), str(child)) for child in children]
        self.fields["child"] = forms.ChoiceField(
            label=_("Child"), choices=[*known, (NEW, gettext("Another child"))], widget=forms.RadioSelect
        )
        schools = School.objects.filter(pickups__club=club, active=True).order_by("name_key")
        for name, rows in (("school", schools), ("year", years)):
            field: Any = self.fields[name]
            field.queryset = rows
            field.empty_label = None
        year_field: Any = self.fields["year"]
        year_field.label_from_instance = lambda each: words.school_year(each.year)
        open_ = [slot for slot in range(MOMENTS) if any(each.places[slot] for each in years)]
        self.fields["pattern"] = MomentsField(open_, label=_("Which moments?"))
        self.order_fields(["child", "first_name", "last_name", "born", "school", "year", "pattern", "first"])

    def clean(self) -> dict[str, Any]:
        """A new child needs its names and its day of birth."""
        data = super().clean() or self.cleaned_data
        if data.get("child") == NEW:
            for name in ("first_name", "last_name", "born"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Fill this in for another child."))
        return data


class HolidayForm(forms.Form):
    """Which children come in a holiday week."""

    children = forms.ModelMultipleChoiceField(
        label=_("Who comes?"),
        queryset=Child.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick who comes.")},
    )

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["children"]
        field.queryset = children


class PlacesForm(forms.Form):
    """Places of a school year by moment; 0 is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in range(MOMENTS):
            self.fields[f"m{slot}"] = forms.IntegerField(
                label=words.moment_name(slot),
                min_value=0,
                max_value=MOST_PLACES,
                widget=forms.NumberInput(attrs={"class": "input--short"}),
            )

    def places(self) -> list[int]:
        """By moment, once valid."""
        return [self.cleaned_data[f"m{slot}"] for slot in range(MOMENTS)]


class WeekForm(forms.Form):
    """A holiday week and the moment at which registration opens."""

    name = NameField(label=_("Name"), max_length=100)
    first = DayField(_("First day"))
    last = DayField(_("Last day"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_PLACES)
    opens_at = _moment(_("Registration opens on"))
    closes_at = _moment(_("Registration closes on"))
    per_household = forms.IntegerField(
        label=_("Places for one family at most"), min_value=1, max_value=10, initial=3
    )

    def __init__(self, *args: Any, week: HolidayWeek | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if week is None:
            return
        for name in self.fields:
            value = getattr(week, name)
            self.initial[name] = localtime(value) if isinstance(value, datetime) else value
        first = self.fields["first"]
        first.disabled = True
        first.help_text = _(
            "By its first day a week is known: it stays. To begin on another day, plan another week."
        )


class TimesForm(forms.Form):
    """When a child came and left, by hand."""

    came_at = times_field(_("Came at"))
    left_at = times_field(_("Left at"), required=False)


def first_day(year: ClubYear, today: date) -> date:
    """The first day that makes sense: today, or the first of a school year to come."""
    return max(today, date(year.year, 9, 1))
