"""What a family, a carer and the desk fill in about sick-child care."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Child
from kribbe.sickcare.models import SickCarer
from kribbe.web.forms import DayField, NameField, PhoneField


def _times(label: Any, **options: Any) -> forms.TimeField:
    attrs = {"type": "time", "class": "input--short"}
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs=attrs), **options)


class CallForm(forms.Form):
    """For which child, on which day, between which hours."""

    child = forms.ModelChoiceField(
        label=_("Child"), queryset=Child.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    day = DayField(_("Day"))
    begins = _times(_("From"), initial=time(8))
    ends = _times(_("Until"), initial=time(17))

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["child"]
        field.queryset = children


class ServiceForm(forms.Form):
    """What the service says of itself, and how long a carer has to answer."""

    name = NameField(label=_("Name"), max_length=200)
    phone = PhoneField(label=_("Telephone"))
    about = forms.CharField(
        label=_("What families should know"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    answer_minutes = forms.IntegerField(
        label=_("Minutes that a carer has to answer"), min_value=5, max_value=240, initial=20
    )
    asks_from = _times(_("Ask carers from"), initial=time(6, 30))
    asks_until = _times(_("Ask carers until"), initial=time(22))
    hour_price = forms.DecimalField(
        label=_("Price of an hour, in euros"), min_value=0, max_value=999, decimal_places=2
    )
    active = forms.BooleanField(label=_("Families can ask now"), required=False, initial=True)


class CarerForm(forms.Form):
    """A carer on call, who is known by the mail address: that of `carer`, who is changed, stays."""

    name = NameField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Mail address"))
    phone = PhoneField(label=_("Telephone"))
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Town"), max_length=100)
    radius_km = forms.IntegerField(
        label=_("How far they go, in kilometres"), min_value=1, max_value=100, initial=10
    )
    active = forms.BooleanField(label=_("On call"), required=False, initial=True)

    def __init__(self, *args: Any, carer: SickCarer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if carer is not None:
            self.initial = {name: getattr(carer, name) for name in self.fields}
            self.fields["email"].disabled = True


class DaysForm(forms.Form):
    """Hours of the coming days; an empty line is a day off."""

    def __init__(self, *args: Any, days: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for day in days:
            self.fields[f"b{day}"] = _times(_("From"), required=False)
            self.fields[f"e{day}"] = _times(_("Until"), required=False)

    def rows(self) -> list[tuple[date, Any, Any]]:
        """The day and its two fields, for the template."""
        return [(day, self[f"b{day}"], self[f"e{day}"]) for day in self.days]

    def hours(self) -> dict[date, tuple[time, time] | None]:
        """By day, once valid; a line with one time alone is a day off."""
        data = self.cleaned_data
        pairs = {day: (data.get(f"b{day}"), data.get(f"e{day}")) for day in self.days}
        return {day: (begins, ends) if begins and ends else None for day, (begins, ends) in pairs.items()}
