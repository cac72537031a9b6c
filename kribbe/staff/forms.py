"""The forms of staff."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.selectors.location import active_groups
from kribbe.people.models import User
from kribbe.places.access import locations_for
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import open_pattern
from kribbe.rules.at_work import Role
from kribbe.staff.models import Carer, LeaveKind, RoleKind, Shift
from kribbe.staff.models.carers import INITIALS
from kribbe.staff.selectors.carers import accounts_at
from kribbe.staff.services.carers import Person
from kribbe.staff.services.contracts import Work
from kribbe.staff.services.pins import LONGEST
from kribbe.staff.services.roster import Hours
from kribbe.staff.written import half_of, time_of
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.web.forms import DayField, NameField
from kribbe.web.weeks import DAY_NAMES

DAY = timedelta(days=1)
DAYS = 7


class CarerForm(forms.Form):
    """Who a carer is, and where they work."""

    name = NameField(label=_("Name"), max_length=200)
    initials = forms.CharField(
        label=_("Initials"),
        max_length=INITIALS,
        required=False,
        widget=forms.TextInput(attrs={"class": "input--short"}),
        help_text=_("As they stand on the roster. Leave it empty and the name gives them."),
    )
    first = DayField(_("Works here from"))
    last = DayField(_("Until"), required=False, help_text=_("The last day. Leave it empty if none is known."))
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Own account"),
        required=False,
        empty_label=_("none"),
        help_text=_("Only for who manages the location and cares for children too."),
    )
    locations = forms.ModelMultipleChoiceField(
        Location.objects.none(),
        label=_("Also works at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, location: Location, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = accounts_at(location)  # type: ignore[attr-defined]  # a model's choices
        others = (
            locations_for(principal, Action.STAFF_CHANGE)
            .filter(organiser=location.organiser_id, organiser__isnull=False)
            .exclude(pk=location.pk)
            .order_by("name_key")
        )
        if others:
            self.fields["locations"].queryset = others  # type: ignore[attr-defined]  # a model's choices
        else:
            del self.fields["locations"]

    def person(self) -> Person:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Person(
            name=data["name"],
            first=data["first"],
            last=data["last"],
            initials=data["initials"],
            user=data["user"],
            locations=[each.pk for each in data.get("locations") or ()],
        )


def typed_carer(carer: Carer) -> dict[str, Any]:
    """A carer as initial values of the form."""
    upper = carer.during.upper
    return {
        "name": carer.name,
        "initials": carer.initials,
        "first": carer.during.lower,
        "last": upper - DAY if upper else None,
        "user": carer.user_id,
        "locations": list(carer.locations.values_list("pk", flat=True)),
    }


class PinForm(forms.Form):
    """A new PIN, typed by the location beside its carer."""

    pin = forms.CharField(
        label=_("New PIN"),
        max_length=LONGEST,
        widget=forms.PasswordInput(
            attrs={"class": "input--code", "inputmode": "numeric", "autocomplete": "new-password"}
        ),
        help_text=_("Four to eight digits. Let your carer choose and type it: nobody can read it again."),
    )


class HalfHourField(forms.TimeField):
    """A time on the half-hour; cleans to the half-hour of the day (0 to 48)."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        attrs = {"type": "time", "step": "1800", "class": "input--short"}
        super().__init__(label=label, widget=forms.TimeInput(format="%H:%M", attrs=attrs), **options)

    def clean(self, value: Any) -> int | None:
        """Raises ValidationError on times between half-hours."""
        at = super().clean(value)
        if at is None:
            return None
        half = half_of(at)
        if half is None:
            raise forms.ValidationError(_("Give a whole or a half hour."))
        return half


class ShiftForm(forms.Form):
    """A shift of somebody on a day."""

    group = forms.ModelChoiceField(Group.objects.none(), label=_("Group"), empty_label=None)
    start = HalfHourField(_("From"))
    end = HalfHourField(_("Until"))
    pause = HalfHourField(
        _("Pause of half an hour at"),
        required=False,
        help_text=_("Needed in more than six hours. Leave it empty and it comes in the middle."),
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(location=location, active=True).order_by("from_months", "name")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a model's choices

    def hours(self) -> Hours:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Hours(group_id=data["group"].pk, start=data["start"], end=data["end"], pause=data["pause"])


def typed_shift(shift: Shift) -> dict[str, Any]:
    """A shift as initial values of the form."""
    return {
        "group": shift.group_id,
        "start": time_of(shift.start),
        "end": time_of(shift.end),
        "pause": None if shift.pause is None else time_of(shift.pause),
    }


class ContractForm(forms.Form):
    """A contract: hours, usual group, and when somebody can work."""

    begin = DayField(_("From"))
    until = DayField(_("Until"), required=False)
    role = forms.ChoiceField(
        label=_("Works as"),
        choices=RoleKind.choices,
        initial=RoleKind.CARER,
        help_text=_(
            "Interns, volunteers and a pedagogic coach don't count among the carers that the law asks for. "
            "Logistic help counts for a part from 2027 on, beside two carers in the group."
        ),
    )
    hours = forms.DecimalField(
        label=_("Hours a week"),
        min_value=1,
        max_value=50,
        max_digits=3,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "input--short", "step": "0.5"}),
    )
    day_hours = forms.DecimalField(
        label=_("Hours a day at most"),
        min_value=1,
        max_value=11,
        max_digits=3,
        decimal_places=1,
        initial=9,
        widget=forms.NumberInput(attrs={"class": "input--short", "step": "0.5"}),
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("Usual group"), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(location=location, active=True).order_by("from_months", "name")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a model's choices
        for day in range(DAYS):
            for part, said in (("from", _("from")), ("to", _("to"))):
                self.fields[f"d{day}{part}"] = HalfHourField(f"{DAY_NAMES[day]}, {said}", required=False)

    def rows(self) -> list[tuple[str, Any, Any]]:
        """For the template: a day's name and its two fields."""
        return [(str(DAY_NAMES[day]), self[f"d{day}from"], self[f"d{day}to"]) for day in range(DAYS)]

    def work(self) -> Work:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Work(
            first=data["begin"],
            last=data["until"],
            week=int(2 * data["hours"]),
            day=int(2 * data["day_hours"]),
            group_id=data["group"].pk if data["group"] else None,
            role=Role(data["role"]),
            available={
                day: (start, end)
                for day in range(DAYS)
                if (start := data.get(f"d{day}from")) is not None
                and (end := data.get(f"d{day}to")) is not None
            },
        )


def usual_times(location: Location, on: date) -> dict[str, Any]:
    """A new contract begins with the opening hours, on the weekdays on which the location is open from a day on."""
    opened = open_pattern([group.pk for group in active_groups(location)], on)
    return {
        f"d{day}{part}": at
        for day in opened.days()
        for part, at in (("from", location.opens_at), ("to", location.closes_at))
    }


class LeaveForm(forms.Form):
    """Days on which somebody is away."""

    kind = forms.ChoiceField(label=_("Why"), choices=LeaveKind.choices)
    first_day = DayField(_("First day"))
    last_day = DayField(_("Last day"), required=False, help_text=_("Leave it empty for one day."))


class CopyForm(forms.Form):
    """Where a week is copied to."""

    first = DayField(_("To the week of"))
    weeks = forms.IntegerField(label=_("Number of weeks"), min_value=1, max_value=8, initial=1)
